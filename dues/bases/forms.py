"""HTTP input of bases: one person's, a branch's for a year, the items of pay, and the filters of the list."""

import django_filters
from django import forms

from branches.forms.places import PlaceFilter
from branches.models import Person
from branches.words import person_named
from core.periods import Month
from dues.bases.actions import NewBase
from dues.bases.column import parse
from dues.bases.models import PaySchemes
from dues.bases.pay import Part, computed
from dues.bases.reports import STATES
from dues.bases.sheet_headings import RESERVED
from dues.bases.standing import Bases, stamp_of

REASON_LENGTH = 120
OTHER = "其他"
WHY = ("职务、岗位变动", "离退休", "原基数有误，更正", OTHER)
OVERTAKEN = "刚才有人核定过基数，这里还没有保存。您填的都还在，请对照最新的基数核对后再保存。"


class MoneyField(forms.CharField):
    """An amount of 元 as people type and paste it: 9640, 9,640.00, full-width figures."""

    def __init__(self, what, **kwargs):
        self.what = what
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_length=20, widget=widget, **kwargs)

    def to_python(self, value):
        try:
            return parse(super().to_python(value), self.what)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def validate(self, value):
        """What is no amount has been refused by now."""

    def run_validators(self, value):
        """The length is that of the text."""


class BaseForm(forms.Form):
    """One person's base: typed, or computed from the items of pay in force in the month from which it holds.

    ``new`` is, once valid, what would be added.
    """

    amount = MoneyField("基数", label="基数（元／月）", help_text="填了下面的工资项目，这里可以空着。")
    from_month = forms.ChoiceField(label="从哪个月起")
    why = forms.ChoiceField(label="为什么改", required=False)
    words = forms.CharField(
        label="依据说明", max_length=80, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：2026 年 12 月工资，人事处核定"}),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    scheme = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def __init__(self, person, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.bases, self.schemes = person, Bases([person.pk]), PaySchemes()
        offered = self.bases.offered(person.pk)
        first, last = self.bases.bounds(person.pk)
        months = list(first.until(last))
        self.fields["from_month"].choices = [(str(month), month.label) for month in months]
        self.fields["from_month"].initial = str(offered)
        self.fields["why"].choices = [("", "请选择"), *((word, word) for word in WHY)]
        self.stamp = stamp_of([person.pk])
        asked = self.data.get("from_month", "") if self.is_bound else str(offered)
        self.items = self.schemes.items_of(next((month for month in months if str(month) == asked), offered))
        self.scheme_key = str(self.items[0].scheme_id) if self.items else ""
        for item in self.items:
            self.fields[f"part-{item.name}"] = MoneyField(item.name, label=f"{item.sign}：{item.name}")

    @property
    def part_fields(self):
        return [self[f"part-{item.name}"] for item in self.items]

    @property
    def is_overtaken(self) -> bool:
        return self.is_bound and self.data.get("seen", "") != self.stamp

    def clean(self):
        data = super().clean()
        if self.is_overtaken:
            raise forms.ValidationError(OVERTAKEN)
        if self.data.get("scheme", "") != self.scheme_key:
            raise forms.ValidationError("从这个月起核算项目不同，下面已换成这个月的项目，请核对后再按“下一步”。")
        self._clean_amount(data)
        if data.get("from_month"):
            self._clean_reason(data, Month.parse(data["from_month"]))
        return data

    def _clean_amount(self, data):
        self.parts = tuple(
            Part(item.name, item.is_deducted, data[f"part-{item.name}"])
            for item in self.items
            if data.get(f"part-{item.name}") is not None
        )
        if self.errors:
            return
        typed, total = data.get("amount"), computed(self.parts)
        if self.parts and total < 0:
            self.add_error("amount", f"按工资项目算出来是 {total:,.2f} 元，基数不能是负数，请核对各项。")
        elif self.parts and typed is not None and typed != total:
            self.add_error(
                "amount", f"按工资项目算出来是 {total:,.2f} 元，和这里填的不一样。请核对；空着就按项目计算。"
            )
        elif not self.parts and typed is None:
            self.add_error("amount", "请填基数，或者填下面的工资项目。")
        data["amount"] = total if self.parts else typed

    def _clean_reason(self, data, month):
        why, words = data.get("why", ""), data.get("words", "")
        if self.bases.needs_reason(self.person.pk, month):
            if not why:
                self.add_error("why", f"基数一年一定。从 {month.label}起改，请选原因。")
            elif why == OTHER and not words:
                self.add_error("words", "选了“其他”，请写明原因。")
        first = "首次核定" if self.bases.at(self.person.pk, month) is None else f"{month.year} 年度核定"
        data["reason"] = "：".join(filter(None, (why, words))) or first

    @property
    def new(self) -> NewBase:
        data = self.cleaned_data
        month = Month.parse(data["from_month"])
        return NewBase(self.person.pk, data["amount"], month, data["reason"], self.parts)


class YearForm(forms.Form):
    """A branch's bases of a year, a field a member; it starts from the bases that go on."""

    reason = forms.CharField(label="依据", max_length=REASON_LENGTH, error_messages={"required": "请写明依据。"})
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, table, year, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.table, self.january = table, Month(year, 1)
        self.fields["reason"].initial = f"{year} 年度核定，按 {year - 1} 年 12 月工资"
        for row in self.open_rows:
            initial = f"{row.had.amount:.2f}" if row.had else ""
            self.fields[f"base-{row.person.pk}"] = MoneyField("基数", label=f"{row.person}的基数", initial=initial)

    @property
    def open_rows(self):
        return [row for row in self.table.rows if not row.why_not]

    @property
    def lines(self):
        """(row, its field); None where it is not to be changed here."""
        return [(row, None if row.why_not else self[f"base-{row.person.pk}"]) for row in self.table.rows]

    @property
    def is_overtaken(self) -> bool:
        return self.is_bound and self.data.get("seen", "") != self.table.stamp

    def clean(self):
        if self.is_overtaken:
            raise forms.ValidationError(OVERTAKEN)
        return super().clean()

    @property
    def news(self) -> list[NewBase]:
        """What is to be added: who has no base of this January yet, and whose amount was changed."""
        found = []
        for row in self.open_rows:
            amount = self.cleaned_data[f"base-{row.person.pk}"]
            if amount is not None and not (row.is_fixed and row.had.amount == amount):
                found.append(NewBase(row.person.pk, amount, self.january, self.cleaned_data["reason"]))
        return found


class ItemsForm(forms.Form):
    """The items of pay, in their order, and the month from which they hold; an empty line is none."""

    LINES = 12
    MONTHS = 13
    effective_from = forms.ChoiceField(label="从哪个月起的基数")
    seen = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)

    def __init__(self, schemes, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.schemes, now = schemes, Month.current()
        months = list(now.until(now + self.MONTHS))
        self.fields["effective_from"].choices = [(str(month), month.label) for month in months]
        self.fields["effective_from"].initial = str(now.next)
        items = schemes.items_of(now.next)
        for place in range(self.LINES):
            item = items[place] if place < len(items) else None
            self.fields[f"name-{place}"] = forms.CharField(
                label=f"第 {place + 1} 项", max_length=20, required=False, initial=item.name if item else ""
            )
            self.fields[f"sign-{place}"] = forms.ChoiceField(
                label="加减", choices=[("add", "加"), ("deduct", "减")], required=False,
                initial="deduct" if item and item.is_deducted else "add",
            )  # fmt: skip

    @property
    def lines(self):
        return [(self[f"name-{place}"], self[f"sign-{place}"]) for place in range(self.LINES)]

    @property
    def is_overtaken(self) -> bool:
        return self.is_bound and self.data.get("seen", "") != self.schemes.stamp

    def clean(self):
        data = super().clean()
        if self.is_overtaken:
            raise forms.ValidationError("刚刚有人改过核算项目，这里还没有保存。您填的都还在，请核对后再保存。")
        seen = set()
        for place in range(self.LINES):
            name = data.get(f"name-{place}", "")
            if name in seen:
                self.add_error(f"name-{place}", f"“{name}”写了两次，请只留一项。")
            if name in RESERVED:
                self.add_error(f"name-{place}", f"“{name}”是导入表里别的列名，请换一个名称。")
            seen |= {name} - {""}
        if not seen and not self.errors:
            self.add_error("name-0", "至少要有一项。")
        elif not self.errors and all(is_deducted for _, is_deducted in self.items_of(data)):
            self.add_error("sign-0", "至少要有一项是加的。")
        return data

    def items_of(self, data) -> list[tuple[str, bool]]:
        named = [(data[f"name-{place}"], data[f"sign-{place}"] == "deduct") for place in range(self.LINES)]
        return [(name, is_deducted) for name, is_deducted in named if name]

    @property
    def values(self):
        data = self.cleaned_data
        return {"month": Month.parse(data["effective_from"]), "items": self.items_of(data), "seen": data["seen"]}


class BaseFilter(PlaceFilter):
    """The filters of the list, all of them in the address; an unknown value filters nothing."""

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    state = django_filters.ChoiceFilter(
        label="范围",
        choices=[(key, word) for key, (word, _) in STATES.items()],
        empty_label="全部",
        method="filter_state",
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))

    def filter_state(self, rows, name, value):
        return STATES[value][1](rows)

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the page, the export's note and its log."""
        data = self.form.cleaned_data
        shown = {
            "q": data.get("q") or "", "organization": str(data.get("organization") or ""),
            "place": data.get("place") or "", "state": STATES[data["state"]][0] if data.get("state") else "",
        }  # fmt: skip
        return {self.form.fields[name].label: word for name, word in shown.items() if word}
