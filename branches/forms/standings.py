"""One step of a standing, its taking back, a correction, and the filter of those on probation."""

import django_filters
from django import forms

from branches.actions.standings import facts_of
from branches.forms.places import PLACES, PlaceFilter
from branches.models import Person
from branches.standing import STEPS, correction_faults, faults, steps_from
from branches.words import person_named
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WHEN = [("soon", "三个月内满"), ("all", "全部预备党员")]


class StepForm(forms.Form):
    """The day of a step, the end of an extension, and on what it rests."""

    changed_on = forms.DateField(label="日期", widget=DAY)
    until = forms.DateField(label="延长到", widget=DAY)
    note = forms.CharField(
        label="依据", max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：支部大会决议、校党组〔2026〕12号"}),
    )  # fmt: skip

    def __init__(self, person, kind, facts, *args, **kwargs):
        super().__init__(*args, auto_id=f"{kind}_%s", **kwargs)
        self.person, self.kind, self.facts = person, kind, facts
        self.fields["changed_on"].help_text = STEPS[kind].hint
        if kind != "EXTENDED":
            del self.fields["until"]
        if STEPS[kind].needs_note:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = "请写明依据，如会议日期、批复文号或原因。"

    def clean(self):
        data = super().clean()
        if self.errors or self.kind not in steps_from(self.person.standing):
            return data  # a step that starts from elsewhere is answered by the action: somebody was faster
        wrong = faults(
            self.kind, self.facts, changed_on=data["changed_on"], until=data.get("until"), note=data["note"],
            today=clock.today(),
        )  # fmt: skip
        for name, words in wrong.items():
            self.add_error(name, words)
        return data


def step_forms(person, kinds, posted=None) -> dict[str, StepForm]:
    """An empty form for each kind but the posted one, which keeps what was typed."""
    facts = facts_of(person)
    forms_ = {kind: StepForm(person, kind, facts) for kind in kinds}
    return forms_ | ({posted.kind: posted} if posted else {})


class UndoForm(forms.Form):
    note = forms.CharField(
        label="撤回的原因", max_length=200, error_messages={"required": "请写明为什么撤回，如：日期登记错了。"}
    )


class CorrectForm(forms.Form):
    """The standing and its days as they truly were from the beginning."""

    standing = forms.ChoiceField(label="人员类别", choices=Person.Standing.choices)
    joined_on = forms.DateField(label="加入党组织日期", required=False, widget=DAY)
    confirmed_on = forms.DateField(label="转为正式党员日期", required=False, widget=DAY)
    note = forms.CharField(
        label="更正的依据", max_length=200,
        error_messages={"required": "请写明依据，如：入党志愿书所载日期。"},
    )  # fmt: skip

    def __init__(self, person, *args, **kwargs):
        names = ("standing", "joined_on", "confirmed_on")
        initial = {name: getattr(person, name) for name in names}
        super().__init__(*args, initial=initial, auto_id="correct_%s", **kwargs)
        self.person = person

    def clean(self):
        data = super().clean()
        days = {name: data.get(name) for name in ("joined_on", "confirmed_on")}
        wrong = correction_faults(data.get("standing"), born_on=self.person.born_on, **days, today=clock.today())
        for name, words in wrong.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, words)
        return data


class ProbationFilter(PlaceFilter):
    """Whose probation: over by today unless chosen otherwise; by name or number, in one organization."""

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    when = django_filters.ChoiceFilter(label="预备期", choices=WHEN, empty_label="已经期满", method="filter_nothing")

    class Meta:
        model = Person
        fields = ["q", "organization", "place", "when"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))

    def filter_nothing(self, rows, name, value):
        """The report narrows by it, also where nothing is chosen."""
        return rows

    @property
    def span(self) -> str:
        """``over``, ``soon`` or ``all``."""
        return (self.form.cleaned_data.get("when") if self.form.is_valid() else "") or "over"

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        chosen = {"预备期": dict(WHEN).get(self.span, "已经期满")}
        chosen |= {"姓名或学工号": data["q"]} if data.get("q") else {}
        return chosen | {word: str(data[name]) for name, word in PLACES.items() if data.get(name)}
