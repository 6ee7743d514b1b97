"""HTTP input about offices: appointing, ending, correcting, an election; and what narrows the two lists."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from branches.models import Appointment, Group, Office, Organization, Person, StructurePolicy
from branches.reports.offices import STATES, by_name_or_number, holder_named, may_be_chosen, may_be_elected
from branches.reports.terms import CONDITIONS, organizations_named
from branches.rules import elections, offices
from branches.structure import months_later
from core import clock

FEW = 50  # people that a list shows; more are found by name or number
SUGGESTED = 500  # names that the browser offers while one is typed
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def in_words(person, home=None) -> str:
    """A person in a list of choices; where somebody is registered is said when it is elsewhere than ``home``."""
    parts = [person.staff_number]
    if home is None or person.organization_id != home.pk:
        parts.append(person.organization.short_name)
    if person.standing != Person.Standing.FULL:
        parts.append(person.get_standing_display())
    return f"{person.name}（{'，'.join(parts)}）"


class PersonSelect(forms.TypedChoiceField):
    """One of a few people."""

    def __init__(self, people, home, **kwargs):
        known = {str(person.pk): person for person in people}
        choices = [("", "——"), *((pk, in_words(person, home)) for pk, person in known.items())]
        super().__init__(choices=choices, coerce=known.__getitem__, empty_value=None, **kwargs)

    @staticmethod
    def start(person):
        return str(person.pk)


class PersonTyped(forms.CharField):
    """One of many, found by name or number; who shares a name is told apart by number."""

    def __init__(self, people, **kwargs):
        widget = forms.TextInput(
            attrs={"list": "people", "placeholder": "填姓名或学工号", "autocomplete": "off"}
        )  # fmt: skip
        super().__init__(widget=widget, max_length=120, **kwargs)
        self.people = people

    def clean(self, value):
        name, _, rest = super().clean(value).partition("（")  # as suggested: 姓名（学工号，党支部）
        if not name.strip():
            return None
        found = by_name_or_number(self.people, rest.rstrip("）").split("，")[0].strip() or name.strip())
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到“{value}”。请填可选人员的姓名或学工号；自己的职务由别人办理。")
        raise ValidationError(f"有几位相近：{'；'.join(map(in_words, found))}。请改填学工号。")

    @staticmethod
    def start(person):
        return in_words(person)


class Choosing:
    """Makes the fields in which people are chosen: a list of few, or a line to type in, for all seats alike."""

    def __init__(self, people, home):
        self.people, self.home = people, home
        self.few = list(people[: FEW + 1])
        self.is_typed = len(self.few) > FEW

    def field(self, **kwargs):
        return PersonTyped(self.people, **kwargs) if self.is_typed else PersonSelect(self.few, self.home, **kwargs)

    @property
    def suggestions(self) -> list[str]:
        return [in_words(person) for person in self.people[:SUGGESTED]] if self.is_typed else []


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
        if Office.GROUP_LEADER in given and organization.groups.exists():
            self.fields["group"] = forms.ModelChoiceField(
                Group.objects.filter(organization=organization), label="党小组（任命党小组长时选）", required=False,
                empty_label="——",
            )  # fmt: skip
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
                free = offices.is_free(person, self.organization, office, day)
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


class UndoForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因", max_length=200, widget=forms.TextInput(attrs={"placeholder": "如：人选录错"}),
        error_messages={"required": "请写明撤销原因，会留在记录里。"},
    )  # fmt: skip


ROWS = [(Office.SECRETARY, 1), (Office.DEPUTY_SECRETARY, 2), (Office.ORGANIZATION_COMMISSIONER, 1),
        (Office.PUBLICITY_COMMISSIONER, 1), (Office.DISCIPLINE_COMMISSIONER, 1),
        (Office.UNITED_FRONT_COMMISSIONER, 1), (Office.MEMBER, 4)]  # fmt: skip
SEATS = {f"{office.lower()}_{number}": office for office, count in ROWS for number in range(1, count + 1)}


class ElectionForm(forms.Form):
    """换届选举: the days, and a row a seat, filled with the present committee to begin with."""

    held_on = forms.DateField(label="选举日期", widget=DAY)
    term_starts_on = forms.DateField(label="任期起始（权限从这天起变更）", widget=DAY)
    term_ends_on = forms.DateField(label="届满日期", widget=DAY)
    note = forms.CharField(
        label="批复文号或说明（可不填）", max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：党总支批复〔2026〕12 号"}),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization, self.user = organization, user
        self.seats_shown = {} if organization.kind == Organization.Kind.COMMITTEE else SEATS
        self.choosing = Choosing(may_be_elected(organization, user), organization)
        self.present = list(elections.running(organization, clock.today()))
        self._start_days()
        for name, office in self.seats_shown.items():
            label = office.label if office != Office.MEMBER else f"委员（{name[-1]}）"
            self.fields[name] = self.choosing.field(label=label, required=name == "secretary_1")
        if self.seats_shown:
            self.fields["secretary_1"].error_messages["required"] = "请选书记。"
            self._start_seats()

    def _start_days(self):
        today = clock.today()
        years = elections.term_years(self.organization, StructurePolicy.in_force())
        self.fields["held_on"].initial = self.fields["term_starts_on"].initial = today
        self.fields["term_ends_on"].initial = months_later(today, 12 * years)
        self.fields["term_ends_on"].help_text = f"{self.organization.get_kind_display()}一届 {years} 年。"

    def _start_seats(self):
        """The present committee stands in its seats, as far as it can be elected again."""
        able = {person.pk: person for person in self.choosing.few}
        if self.choosing.is_typed:
            able = self.choosing.people.in_bulk([row.person_id for row in self.present])
        free = list(self.seats_shown.items())
        for row in self.present:
            name = next((name for name, office in free if office == row.office), None)
            if name and row.person_id in able:
                free.remove((name, row.office))
                self.fields[name].initial = self.fields[name].start(able[row.person_id])

    @property
    def seat_fields(self):
        return [self[name] for name in self.seats_shown]

    @property
    def seats(self) -> list[tuple[Person, str]]:
        chosen = [(self.cleaned_data.get(name), office) for name, office in self.seats_shown.items()]
        return [(person, office) for person, office in chosen if person]

    def clean_seen(self):
        parts = self.cleaned_data["seen"].split(",")
        return {int(part) for part in parts if part.isascii() and part.isdigit()}

    def clean(self):
        data = super().clean()
        if not self.errors:
            days = {name: data[name] for name in ("held_on", "term_starts_on", "term_ends_on")}
            for fault in elections.faults_of(self.organization, by=self.user, seats=self.seats, **days):
                self.add_error(fault.field or None, fault.sentence)
        return data

    @property
    def values(self):
        names = ("held_on", "term_starts_on", "term_ends_on", "note", "seen")
        return {"seats": self.seats} | {name: self.cleaned_data[name] for name in names}


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
        return holder_named(rows, value)

    def filter_state(self, rows, name, value):
        return STATES[value][1](rows)


MATTERS = [
    ("vacant", "书记空缺"), ("lacking", "支委会缺人"), ("ended", "已届满"), ("ending", "即将届满"),
    ("unset", "没有登记任期"), ("all", "全部组织"),
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
        return organizations_named(rows, value)

    def filter_matter(self, rows, name, value):
        return rows.filter(CONDITIONS[value])

    @property
    def rows(self):
        """Those that need something, unless a matter was chosen."""
        return self.qs if "事项" in self.words else self.qs.filter(CONDITIONS[""])
