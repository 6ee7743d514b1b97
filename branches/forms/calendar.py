"""One day of the calendar, a range of days, a school term, and the year that a page shows."""

import datetime

from django import forms

from branches.actions.calendar import version_of
from branches.actions.school_terms import overlap_words, span_words
from branches.models import Term
from branches.models.calendar import is_usual_workday
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIRST_YEAR, LAST_YEAR = 1950, 2150
LONGEST_RANGE, SHORTEST_TERM, LONGEST_TERM = 60, 28, 300  # days
FREE, WORKED, USUAL = "free", "worked", "usual"
WHY = "请写明为什么休息，如 校庆放假。"


def asked_year(typed: str) -> int:
    """The year that an address names; without one, or with nonsense, the present one."""
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year


class KindForm(forms.Form):
    """Free, worked, or what the weekday says; with a name. ``said`` is what the calendar is to say."""

    kind = forms.ChoiceField(label="这一天", widget=forms.RadioSelect, error_messages={"required": "请选一项。"})
    name = forms.CharField(
        label="名称", max_length=40, required=False, help_text="休息的原因，如 校庆放假；改回平日时不用填"
    )

    @property
    def said(self):
        """``(is it worked, its name)``, or None for what its weekday says."""
        data = self.cleaned_data
        return None if data["kind"] == USUAL else (data["kind"] == WORKED, data["name"])


class DayForm(KindForm):
    """What one day is. ``was`` is what the page showed of it."""

    was = forms.CharField(widget=forms.HiddenInput, max_length=50)

    def __init__(self, row, *args, **kwargs):
        kind = (WORKED if row.is_workday else FREE) if row.is_special else USUAL
        initial = {"kind": kind, "name": row.name, "was": version_of(row)}
        super().__init__(*args, initial=initial, **kwargs)
        self.day = row.day
        usual = "上班" if is_usual_workday(row.day) else "休息"
        self.fields["kind"].choices = [(FREE, "休息"), (WORKED, "上班"), (USUAL, f"按星期几算（{usual}）")]

    def clean(self):
        data = super().clean()
        if data.get("kind") == FREE and not data.get("name") and is_usual_workday(self.day):
            self.add_error("name", WHY)
        return data


class RangeForm(KindForm):
    """From when to when the days are free, and why; or that they are ordinary days again."""

    first = forms.DateField(label="从", widget=DAY)
    last = forms.DateField(label="到（含）", widget=DAY)
    field_order = ["first", "last", "kind", "name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "这几天"
        self.fields["kind"].choices = [(FREE, "放假"), (USUAL, "改回平日，按星期几算")]
        self.fields["kind"].initial = FREE

    def clean(self):
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, "年份不对，请核对。")
        if first and last and last < first:
            self.add_error("last", "不能早于开始的日期。")
        elif first and last and (last - first).days >= LONGEST_RANGE:
            self.add_error("last", f"一次最多 {LONGEST_RANGE} 天。寒假、暑假不用在这里设，把学期的起止填好就有了。")
        if data.get("kind") == FREE and not data.get("name"):
            self.add_error("name", WHY)
        return data


class TermForm(forms.Form):
    """A school term. What is wrong is said at the field; the action asks again."""

    name = forms.CharField(label="名称", max_length=40, help_text="如 2026—2027 学年第一学期")
    starts_on = forms.DateField(label="开始日期", widget=DAY)
    ends_on = forms.DateField(label="结束日期（含）", widget=DAY)

    term: Term | None = None

    def clean(self):
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if not (first and last):
            return data
        if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR and last >= first:
            self.add_error("starts_on", "年份不对，请核对。")
        elif last <= first:
            self.add_error("ends_on", "要晚于开始的日期。")
        elif not SHORTEST_TERM <= (last - first).days + 1 <= LONGEST_TERM:
            self.add_error("ends_on", f"一个学期有 {(last - first).days + 1} 天，请核对年份和月份。")
        elif other := Term.objects.overlapping(first, last).exclude(pk=self.term and self.term.pk).first():
            self.add_error("starts_on", overlap_words(other))
        return data


class TermEditForm(TermForm):
    """The same for a term that exists. ``was`` is what the page showed of it."""

    was = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, term, *args, **kwargs):
        initial = {name: getattr(term, name) for name in ("name", "starts_on", "ends_on")}
        super().__init__(*args, initial=initial | {"was": span_words(term)}, **kwargs)
        self.term = term


def range_of(get) -> dict[str, str]:
    """What a link to the range form brings along: its days and its name, as they stand in the address."""
    typed = {name: get.get(name, "") for name in ("first", "last", "name")}
    for name in ("first", "last"):
        try:
            datetime.date.fromisoformat(typed[name])
        except ValueError:
            typed[name] = ""
    return typed
