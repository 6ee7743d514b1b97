"""HTTP input of the rules of dues: from which month what holds, and the brackets of every category of members."""

from typing import Any

from django import forms

from branches.models import Person
from core.periods import Month
from dues import policy_rules
from dues.bands import faults_of, of_category, plain
from dues.models import RatePolicy
from dues.models.policies import MOST_MONTHS
from dues.policies import RatePolicies
from dues.rates import Band

OPEN_MONTHS = 24  # so far ahead a change may begin
MOST_LINES = 10  # of a category
VALUES = ["rounding", "soft_cap", "base_month", "remind_after", "alert_after", "reductions_by"]
COLUMNS = ["up_to", "percent", "amount"]


def _money(label, **kwargs):
    """An amount that is kept as it was typed, be it a number or not."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, decimal_places=2, widget=widget, **kwargs)


def _number(label, low, high, **kwargs):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=widget, **kwargs)


class RatesForm(forms.Form):
    """What holds beside the brackets, and the month from which all of it holds."""

    effective_from = forms.ChoiceField(label="从哪个月起")
    rounding = forms.ChoiceField(label="算到", choices=RatePolicy.Rounding.choices, help_text="四舍五入。")
    soft_cap = _money(
        "月缴提示上限（元）", min_value=1, max_digits=12, help_text="一个月应缴超过它的，提示核对，不限制。"
    )
    base_month = forms.TypedChoiceField(
        label="基数取上一年几月的工资", choices=[(number, f"{number} 月") for number in range(1, 13)], coerce=int
    )
    remind_after = _number("连续欠缴几个月提醒", 1, MOST_MONTHS)
    alert_after = _number(
        "连续欠缴几个月重点提示", 1, MOST_MONTHS, help_text="只作提示：是否有正当理由、怎么处理，由人来定。"
    )
    reductions_by = forms.ChoiceField(label="减免由谁批准", choices=RatePolicy.Approver.choices)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)

    def __init__(self, *args, months, taken, **kwargs):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        field: Any = self.fields["effective_from"]
        field.choices = [
            (str(one), f"{one.label}（已另定，会被替换）" if one in taken else one.label) for one in months
        ]

    def clean_effective_from(self):
        return Month.parse(self.cleaned_data["effective_from"])

    def clean(self):
        data = super().clean()
        remind, alert = data.get("remind_after"), data.get("alert_after")
        if remind and alert and alert < remind:
            self.add_error("alert_after", f"不能早于提醒的 {remind} 个月。")
        return data


class BracketForm(forms.Form):
    """One line of a category; what it must be beside its neighbours is for ``bands.faults_of`` to say."""

    up_to = _money("基数上限（含，元）", max_digits=12, required=False)
    percent = _money("比例（%）", max_digits=5, required=False)
    amount = _money("固定金额（元）", max_digits=12, required=False)

    @property
    def is_blank(self) -> bool:
        return not any(self[name].value() for name in COLUMNS)

    def band(self, category) -> Band:
        return Band(category, *(self.cleaned_data.get(name) for name in COLUMNS))


class BaseLines(forms.BaseFormSet):
    """The lines of one category, which is their prefix; blank ones are passed over."""

    @property
    def label(self) -> str:
        return str(Person.Category(str(self.prefix)).label)

    @property
    def is_full(self) -> bool:
        return self.total_form_count() >= MOST_LINES

    @property
    def filled(self):
        return [form for form in self.forms if not form.is_blank]

    @property
    def bands(self) -> list[Band]:
        return [form.band(self.prefix) for form in self.filled]

    def clean(self):
        if any(form.errors for form in self.forms):
            return
        for fault in faults_of(self.bands):
            self.filled[fault.line].add_error(fault.field, fault.why)


Lines = forms.formset_factory(
    BracketForm, BaseLines, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES + 5, validate_max=True
)


class RateTable:
    """The whole page: ``head`` (a RatesForm) and ``lines``, a formset a category; bound to ``data`` if it is given.

    It starts from what holds in ``month``. ``typed`` is what was typed so far, shown as it is and not judged yet: with
    one more line for the category ``add``, without the line ``drop`` (STAFF-2). ``policy`` is, once valid, the unsaved
    row with its bands.
    """

    def __init__(self, data=None, *, policies: RatePolicies, month: Month | None = None, typed=None):
        self.policies, self.policy, self.is_overtaken = policies, None, False
        self.first = policies.first_open_month
        months = list(self.first.until(self.first + (OPEN_MONTHS - 1)))
        self.month = month if month in months else self.first
        start = _typed(typed) if typed is not None else self._in_force()
        taken = {row.effective_from for row in policies.rows}
        self.head = RatesForm(data, initial=start.pop(""), months=months, taken=taken)
        self.lines = [Lines(data, initial=start[category], prefix=category) for category in Person.Category.values]

    def _in_force(self):
        """The fields of every form as they hold in the month: by category, and by "" of the head."""
        base = self.policies.of(self.month) or RatePolicy(effective_from=self.month, soft_cap=1000)
        values = {name: getattr(base, name) for name in VALUES}
        head = values | {
            "soft_cap": plain(base.soft_cap), "effective_from": str(self.month), "seen": self.policies.stamp
        }  # fmt: skip
        lines = {
            category: [
                {name: plain(getattr(band, name)) for name in COLUMNS}
                for band in of_category(base.bands if base.pk else [], category)
            ]
            for category in Person.Category.values
        }
        return {"": head, **lines}

    @property
    def forms(self):
        return [self.head, *self.lines]

    @property
    def typed(self) -> list[tuple[str, Any]]:
        """(name, value) of all that the page holds, to be carried along by another form."""
        parts = [self.head, *(part for lines in self.lines for part in (lines.management_form, *lines.forms))]
        return [(field.html_name, field.value()) for part in parts for field in part]

    @property
    def has_faults(self) -> bool:
        return self.head.is_bound and not self.is_valid()

    def is_valid(self) -> bool:
        answers = [form.is_valid() for form in self.forms]  # of all, so that every fault is marked
        if self.policy is None and all(answers):
            self._weigh()
        return self.policy is not None

    def _weigh(self):
        """All of it together: is it still what the editor saw, is its month open, and does anything change?"""
        data = self.head.cleaned_data
        if data["seen"] != self.policies.stamp:
            self.is_overtaken = True
            self.head.add_error(None, "刚刚有人改过党费标准，请看过最新的标准再核对。您填的都还在。")
            return
        if not (verdict := policy_rules.is_open(data["effective_from"], self.policies)):
            self.head.add_error("effective_from", verdict.why)
            return
        policy = RatePolicy(effective_from=data["effective_from"], **{name: data[name] for name in VALUES})
        policy.bands = [band for lines in self.lines for band in lines.bands]
        if _facts(policy) == _facts(self.policies.of(policy.effective_from)):
            self.head.add_error(None, f"和 {policy.effective_from.label}现定的标准一样，没有改动。")
            return
        self.policy = policy

    @property
    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``policy_actions.set_rates`` besides the month and the editor."""
        data = {name: self.head.cleaned_data[name] for name in (*VALUES, "seen")}
        return data | {"bands": self.policy.bands if self.policy else []}


def _facts(policy):
    """What a policy says, apart from when: two that say the same are equal."""
    if policy is None:
        return None
    bands = [band for category in Person.Category.values for band in of_category(policy.bands, category)]
    return [getattr(policy, name) for name in VALUES], bands


def _typed(data):
    """What was typed, form by form as in ``_in_force``, with a line more or less where a button asked for it."""
    lines = {category: _typed_lines(data, category) for category in Person.Category.values}
    if data.get("add") in lines:
        lines[data["add"]].append(dict.fromkeys(COLUMNS, ""))
    return {"": {name: data.get(name, "") for name in RatesForm.base_fields}, **lines}


def _typed_lines(data, category):
    total = data.get(f"{category}-TOTAL_FORMS", "")
    count = min(int(total), MOST_LINES) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    return [
        {name: data.get(f"{category}-{place}-{name}", "") for name in COLUMNS}
        for place in range(count)
        if data.get("drop") != f"{category}-{place}"
    ]
