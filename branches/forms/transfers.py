"""What is asked when people move: where to, from which day on, why; and the list's filters."""

import re

import django_filters
from django import forms
from django.db.models import Q

from branches.forms.persons import callable_number, plain_number
from branches.forms.places import PLACES, PlaceFilter
from branches.models import Organization, Person, Transfer
from branches.reports.persons import alike, holder_of
from branches.reports.transfers import students_of
from branches.rules import transfers as rules
from branches.standing import correction_faults
from branches.words import person_named
from core import clock
from core.periods import Month

Kind, Status = Transfer.Kind, Transfer.Status
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NEEDS_PLACE = (Kind.OUT, Kind.GRADUATED)
NEEDS_NOTE = (Kind.SUSPENDED, Kind.LEFT)
MONTHS_SHOWN = 24
NUMBER = re.compile(r"[0-9]{1,18}")


class DayField(forms.DateField):
    """A day, today unless changed."""

    def __init__(self, label):
        words = {"required": "请填日期。", "invalid": "请填日期，如 2026-11-23。"}
        super().__init__(label=label, initial=clock.today, widget=DAY, error_messages=words)


class TransferRequestForm(forms.Form):
    """Which branch takes somebody over: one of those found."""

    to = forms.ModelChoiceField(
        label="转到哪个党支部",
        queryset=Organization.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请选对方党支部。", "invalid_choice": "请从查到的党支部里选一个。"},
    )
    note = forms.CharField(
        label="说明（可不填）",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：调到图书馆工作"}),
    )

    def __init__(self, person, found, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        # any open branch can be chosen; shown are those that were found
        field.queryset = Organization.objects.branches().open().exclude(pk=person.organization_id)
        field.widget.choices = [(one.pk, f"{one.short_name}（{one.above_name}）") for one in found]


class AcceptForm(forms.Form):
    """From which day on the person belongs here."""

    moved_on = DayField("转入日期")

    def __init__(self, transfer, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.transfer = transfer

    def clean_moved_on(self):
        return _possible(self.cleaned_data["moved_on"], self.transfer.person_id, Kind.WITHIN)


def _possible(day, person_id, kind):
    """The day, unless a move of this kind cannot have taken place on it."""
    allowed = rules.why_not_on(day, rules.last_moves([person_id]).get(person_id), kind=kind)
    if not allowed:
        raise forms.ValidationError(allowed.why)
    return day


class AnswerForm(forms.Form):
    answer = forms.CharField(label="为什么退回", max_length=200, error_messages={"required": "请写明为什么退回。"})


class UndoForm(forms.Form):
    reason = forms.CharField(label="为什么撤销", max_length=200, error_messages={"required": "请写明为什么撤销。"})


class LeaveForm(forms.Form):
    """How, when and where to somebody left."""

    kind = forms.ChoiceField(label="怎样离开", widget=forms.RadioSelect, error_messages={"required": "请选一种。"})
    left_on = DayField("离开日期")
    place = forms.CharField(
        label="转到哪里",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "对方党组织全称"}),
        help_text="转出本校、毕业转出的要填。",
    )
    note = forms.CharField(
        label="依据或说明", max_length=200, required=False, help_text="停止党籍、出党的要写明决定和文号。"
    )

    def __init__(self, person, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in rules.leaving_kinds(user, person)]

    def clean(self):
        data = super().clean()
        kind = data.get("kind")
        if kind in NEEDS_PLACE and not data.get("place"):
            self.add_error("place", "请填转到哪个党组织。")
        if kind in NEEDS_NOTE and not data.get("note"):
            self.add_error("note", "请写明决定和文号。")
        if kind and data.get("left_on"):
            try:
                _possible(data["left_on"], self.person.pk, kind)
            except forms.ValidationError as error:
                self.add_error("left_on", error)
        return data


class AdmitForm(forms.ModelForm):
    """Somebody who comes from outside with a letter of introduction; who was here before, by the same number."""

    place = forms.CharField(
        label="从哪里转来", max_length=120, error_messages={"required": "请填原来的党组织。"},
        widget=forms.TextInput(attrs={"placeholder": "介绍信上的原党组织全称"}),
    )  # fmt: skip
    moved_on = DayField("转入日期")
    note = forms.CharField(label="介绍信编号或说明（可不填）", max_length=200, required=False)

    class Meta:
        model = Person
        fields = [
            "staff_number", "name", "gender", "standing", "category", "joined_on", "confirmed_on", "phone",
        ]  # fmt: skip
        widgets = {"joined_on": DAY, "confirmed_on": DAY}
        error_messages = {
            "staff_number": {"required": "请填学工号。"},
            "name": {"required": "请填姓名。"},
        }

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization, self.user, self.known, self.alike = organization, user, None, []
        for name, kinds in (("gender", Person.Gender), ("standing", Person.Standing), ("category", Person.Category)):
            self.fields[name].choices = [("", "请选择"), *kinds.choices]
        self.fields["standing"].required = self.fields["category"].required = False
        self.fields["phone"].validators.append(callable_number)

    def clean_staff_number(self):
        """As the register writes it, if it has it: 'n1' is 'N1'."""
        number = plain_number(self.cleaned_data["staff_number"])
        self.known = holder_of(number)
        return self.known.staff_number if self.known else number

    def clean(self):
        data = super().clean()
        if "staff_number" in self.errors:
            return data
        for name, why in self._faults(data):
            if name not in self.errors:
                self.add_error(name, why)
        if not self.errors and self.known is None and not self.data.get("sure"):
            self.alike = alike(data["name"], None, data.get("phone"))
        return data

    def _faults(self, data):
        if self.known is None:
            yield from self._faults_of_somebody_new(data)
            last = None
        else:
            yield from self._faults_of_a_return(data)
            moved = rules.last_moves([self.known.pk]).get(self.known.pk)
            last = max(filter(None, [self.known.left_on, moved]), default=None)
        if data.get("moved_on") and not (allowed := rules.why_not_on(data["moved_on"], last, kind=Kind.IN)):
            yield "moved_on", allowed.why

    def _faults_of_somebody_new(self, data):
        if not data.get("standing"):
            yield "standing", "请选人员类别。"
        if not data.get("category"):
            yield "category", "请选工作岗位，党费标准按它定。"
        days = {name: data.get(name) for name in ("joined_on", "confirmed_on")}
        yield from correction_faults(data.get("standing"), born_on=None, today=clock.today(), **days).items()
        if data.get("standing") == Person.Standing.FULL and not data.get("joined_on"):
            yield "joined_on", "党员要填加入党组织日期。"

    def _faults_of_a_return(self, data):
        if data.get("name") and self.known.name != data["name"]:
            yield "name", "这个学工号在名册里是另一个姓名，请核对学工号和姓名。"
        elif not self.known.left_on:
            yield "staff_number", "这位同志现在就在本校名册里，请由所在党支部提出校内转接。"
        elif not (allowed := rules.can_take_back(self.user, self.known, self.organization)):
            yield "staff_number", allowed.why

    def validate_unique(self):
        """Whoever has the number already comes back under it."""

    @property
    def values(self) -> dict:
        """What ``admit_person`` takes; ``confirmed_on`` and the like of somebody who comes back stay as they were."""
        return dict(self.cleaned_data)


VIEWS = {
    "": ("全部", lambda rows, user: rows),
    "incoming": ("待我接收", lambda rows, user: rows.awaiting(user)),
    "outgoing": ("我方转出待接收", lambda rows, user: rows.sent_by(user)),
    "settled": ("已办结", lambda rows, user: rows.exclude(status=Status.REQUESTED)),
}
ORDERS = {
    "-requested": ("新提出的在前", ("-pk",)),
    "requested": ("早提出的在前", ("pk",)),
    "-moved": ("新变动的在前", ("-moved_on", "-pk")),
    "name": ("按姓名排列", ("person__name", "-pk")),
}


def _months():
    """The months of the filter, the present one first."""
    return [(str(Month.current() - back), (Month.current() - back).label) for back in range(MONTHS_SHOWN)]


def _words(table):
    return [(key, word) for key, (word, _) in table.items()]


class TransferFilter(PlaceFilter):
    """The list's tab, filters and order; an unknown value filters nothing. A place means moves from it or to it."""

    paths = ("from_organization__path", "to_organization__path")

    view = django_filters.ChoiceFilter(label="范围", choices=_words(VIEWS), method="filter_view")
    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    kind = django_filters.ChoiceFilter(label="种类", choices=Kind.choices, empty_label="全部种类")
    month = django_filters.ChoiceFilter(label="月份", choices=_months, empty_label="全部月份", method="filter_month")
    order = django_filters.ChoiceFilter(label="排列", choices=_words(ORDERS), empty_label=None, method="sort")

    class Meta:
        model = Transfer
        fields = ["view", "q", "kind", "organization", "place", "month", "order"]

    def filter_view(self, rows, name, value):
        return VIEWS[value][1](rows, self.request.user)

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "person__"))

    def filter_month(self, rows, name, value):
        """What took place in a month; of what did not, when it was asked for."""
        month = Month.parse(value)
        asked = Q(moved_on=None, requested_at__gte=clock.at(month.first), requested_at__lt=clock.at(month.next.first))
        return rows.filter(Q(moved_on__range=(month.first, month.last)) | asked)

    def sort(self, rows, name, value):
        return rows.order_by(*ORDERS[value][1])

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        shown = {
            name: str(value) if name in ("q", *PLACES) else dict(self.form.fields[name].choices).get(value, "")
            for name, value in data.items()
            if value
        }
        return {self.form.fields[name].label: word for name, word in shown.items() if word}


class StudentFilter(PlaceFilter):
    """Which students a graduation lists, ``within`` an organization; one looks for branches of that part."""

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    standing = django_filters.ChoiceFilter(label="类别", choices=Person.Standing.choices, empty_label="全部类别")

    class Meta:
        model = Person
        fields = ["q", "organization", "place", "standing"]

    def __init__(self, *args, within, **kwargs):
        self.within = within
        super().__init__(*args, **kwargs)

    @property
    def offered(self):
        return super().offered.branches().under(self.within)

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))


class GraduatesForm(forms.Form):
    """Who graduates, when, and where each goes: one place for all, or a place of one's own."""

    left_on = DayField("转出日期")
    place = forms.CharField(
        label="都转到哪里（各人不同的，写在名字后面）", max_length=120, required=False,
        widget=forms.TextInput(attrs={"placeholder": "对方党组织全称"}),
    )  # fmt: skip
    note = forms.CharField(label="说明（可不填）", max_length=200, required=False)

    def __init__(self, organization, user, *args, most, **kwargs):
        super().__init__(*args, **kwargs)
        self.most = most
        self.students = students_of(organization, user)
        ids = {int(one) for one in self.data.getlist("person") if NUMBER.fullmatch(one)} if self.is_bound else set()
        self.chosen = list(self.students.filter(pk__in=sorted(ids)[: most + 1])) if ids else []
        self.asked = len(ids)

    def place_of(self, person) -> str:
        """What was typed behind a name."""
        return self.data.get(f"place-{person.pk}", "").strip()[:120] if self.is_bound else ""

    def clean(self):
        data = super().clean()
        if not self.asked:
            raise forms.ValidationError("还没有选人。请先在名单里勾选毕业的学生。")
        if self.asked > self.most:
            raise forms.ValidationError(f"一次最多办理 {self.most} 人，请分几次办理。")
        if len(self.chosen) < self.asked:
            raise forms.ValidationError("名单有变化，有人已经不在名册里。请按最新名单重新勾选。")
        without = [one.name for one in self.chosen if not (data.get("place") or self.place_of(one))]
        if without:
            self.add_error("place", f"还有 {len(without)} 人没有写转到哪里：{'、'.join(without[:5])}。")
        self._check_day(data.get("left_on"))
        return data

    def _check_day(self, day):
        last = rules.last_moves([one.pk for one in self.chosen])
        for person in self.chosen if day else []:
            allowed = rules.why_not_on(day, last.get(person.pk), kind=Kind.GRADUATED)
            if not allowed:
                self.add_error("left_on", f"{person.name}：{allowed.why}")
                return

    @property
    def places(self) -> dict[Person, str]:
        """``{person: where to}`` of those who were ticked."""
        return {person: self.place_of(person) or self.cleaned_data["place"] for person in self.chosen}
