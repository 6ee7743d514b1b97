"""HTTP input about offices: appointing, ending, correcting; and what narrows the two lists."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from branches.forms.choosing import Choosing
from branches.models import Appointment, Group, Office, Organization
from branches.reports.offices import STATES, may_be_chosen
from branches.reports.terms import CONDITIONS
from branches.rules import offices
from branches.words import organization_named, person_named
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AppointForm(forms.Form):
    """任命: the office, the person, the first day."""

    office = forms.ChoiceField(label="职务")
    starts_on = forms.DateField(
        label="任职日期", widget=DAY, help_text="从这一天起有这个职务的权限；填以后的日期，到那天才有。"
    )
    is_acting = forms.BooleanField(label="代理（权限相同）", required=False)
    title = forms.CharField(
        label="职务名称（可不填）", max_length=60, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：组织部副部长、第一书记"}),
    )  # fmt: skip
    field_order = ["office", "group", "person", "starts_on", "is_acting", "title"]

    def __init__(self, organization, user, *args, from_above=False, wanted="", **kwargs):
        super().__init__(*args, **kwargs)
        self.organization = organization
        given = offices.offices_given(user, organization)
        self.fields["office"].choices = [("", "请选择"), *((one, Office(one).label) for one in given)]
        self.fields["office"].initial = wanted
        self.fields["starts_on"].initial = clock.today
        self.choosing = Choosing(may_be_chosen(organization, user, from_above=from_above), organization)
        self.fields["person"] = self.choosing.field(label="任命谁", error_messages={"required": "请选任命谁。"})
        if Office.GROUP_LEADER in given and organization.groups.open().exists():
            groups = Group.objects.open().filter(organization=organization)
            self.fields["group"] = forms.ModelChoiceField(
                groups, label="党小组（任命党小组长时选）", required=False, empty_label="——"
            )
        self.order_fields(self.field_order)

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        return _passed(offices.can_start(self.organization, day), day)

    def clean(self):
        data = super().clean()
        person, office, day = data.get("person"), data.get("office"), data.get("starts_on")
        if office == Office.GROUP_LEADER and not data.get("group"):
            words = "请选他带哪个党小组。" if "group" in self.fields else "本支部没有分党小组，先分小组再任命组长。"
            self.add_error("group" if "group" in self.fields else "office", words)
        if person and office:
            fits = offices.can_hold(person, self.organization, office)
            if not fits:
                self.add_error("person", fits.why)
            elif day:
                free = offices.is_free(person, self.organization, office, day, group=data.get("group"))
                if not free:
                    self.add_error("office", free.why)
        return data


class EndForm(forms.Form):
    """免职: the first day without the office, and why."""

    ends_on = forms.DateField(label="自哪一天起不再担任", widget=DAY)
    reason = forms.CharField(
        label="原因", max_length=200, widget=forms.TextInput(attrs={"placeholder": "如：工作调动、改选、辞职"}),
        error_messages={"required": "请写明原因，会留在记录里。"},
    )  # fmt: skip

    def __init__(self, appointment, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        self.fields["ends_on"].initial = max(clock.today(), appointment.starts_on)
        self.fields[
            "ends_on"
        ].help_text = f"填 {clock.today():%Y-%m-%d}（今天），权限马上收回；填以后的日期，到那天零点收回。"

    def clean_ends_on(self):
        day = self.cleaned_data["ends_on"]
        return _passed(offices.can_end_on(self.appointment, day), day)


class CorrectForm(forms.Form):
    """更正: what was entered wrongly, and why it was."""

    starts_on = forms.DateField(label="任职日期", widget=DAY)
    title = forms.CharField(label="职务名称（可不填）", max_length=60, required=False)
    is_acting = forms.BooleanField(label="代理（权限相同）", required=False)
    reason = forms.CharField(
        label="更正原因", max_length=200, widget=forms.TextInput(attrs={"placeholder": "如：导入时日期填错"}),
        error_messages={"required": "请写明更正原因，会留在记录里。"},
    )  # fmt: skip

    def __init__(self, appointment, *args, **kwargs):
        initial = {name: getattr(appointment, name) for name in ("starts_on", "title", "is_acting")}
        super().__init__(*args, initial=initial, **kwargs)
        self.appointment = appointment

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        return _passed(offices.can_start_instead(self.appointment, day), day)


def _passed(verdict, value):
    """The value, or the reason against it beside its field."""
    if not verdict:
        raise ValidationError(verdict.why)
    return value


class Narrowing(django_filters.FilterSet):
    """Filters of an address; an unknown value filters nothing."""

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        choices = {name: dict(getattr(self.form.fields[name], "choices", [])) for name in data}
        return {self.form.fields[name].label: choices[name].get(value, value) for name, value in data.items() if value}


class AppointmentFilter(Narrowing):
    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    office = django_filters.ChoiceFilter(label="职务", choices=Office.choices, empty_label="全部职务")
    state = django_filters.ChoiceFilter(
        label="状态", choices=[(key, word) for key, (word, _) in STATES.items()], empty_label="现任和历任",
        method="filter_state",
    )  # fmt: skip

    class Meta:
        model = Appointment
        fields = ["q", "office", "state"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "person__"))

    def filter_state(self, rows, name, value):
        return STATES[value][1](rows)


MATTERS = [
    ("pressing", "书记空缺或已届满"), ("vacant", "书记空缺"), ("lacking", "支委会缺人"), ("ended", "已届满"),
    ("ending", "即将届满"), ("unset", "没有登记任期"), ("all", "全部组织"),
]  # fmt: skip


class TermFilter(Narrowing):
    q = django_filters.CharFilter(label="组织名称或编码", method="filter_text")
    matter = django_filters.ChoiceFilter(
        label="事项", choices=MATTERS, empty_label="全部要办的", method="filter_matter"
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=Organization.Kind.choices, empty_label="全部类别")

    class Meta:
        model = Organization
        fields = ["q", "matter", "kind"]

    def filter_text(self, rows, name, value):
        return rows.filter(organization_named(value))

    def filter_matter(self, rows, name, value):
        return rows.filter(CONDITIONS[value])

    @property
    def rows(self):
        """Those that need something, unless a matter was chosen."""
        return self.qs if "事项" in self.words else self.qs.filter(CONDITIONS[""])
