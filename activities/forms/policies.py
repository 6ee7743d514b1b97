"""HTTP input of the policy: from which month what holds."""

from datetime import time
from typing import Any

from django import forms

from activities.models import Policies, Policy
from activities.models.policies import NTH, RANGES
from activities.required import WORDS, in_order
from activities.rules import policies as policy_rules
from core.periods import WEEKDAYS, Month

OPEN_MONTHS = 24  # so far ahead a change may begin
# the fields of Policy that the form sets, and those of them that only one pattern reads
VALUES = [
    "plan_due_day", "record_due_days", "correction_days", "lapse_working_days", "months_off", "pattern", "pattern_nth",
    "pattern_weekday", "pattern_day", "usual_start", "required_items", "annual_due_month", "annual_due_day",
    "summary_due_day", "self_check_in",
]  # fmt: skip
READ_BY = {
    "pattern_nth": Policy.Pattern.NTH_WEEKDAY,
    "pattern_weekday": Policy.Pattern.NTH_WEEKDAY,
    "pattern_day": Policy.Pattern.DATE,
}


def values_of(policy: Policy) -> dict[str, Any]:
    """The fields that the form sets, as the policy has them."""
    return {name: getattr(policy, name) for name in VALUES}


def _number(name, label, **kwargs):
    low, high = RANGES[name]
    return forms.IntegerField(label=label, min_value=low, max_value=high, **kwargs)


class PolicyForm(forms.Form):
    """The whole policy and the month from which it holds; it starts from what holds in that month so far.

    ``policies`` are all as they stand; ``policy`` is, once valid, the unsaved row. Fields that the chosen pattern does
    not read keep what they were.
    """

    effective_from = forms.ChoiceField(label="从哪个月起")
    pattern = forms.ChoiceField(label="固定活动日", choices=Policy.Pattern.choices, widget=forms.RadioSelect)
    pattern_nth = forms.TypedChoiceField(
        label="第几个", choices=[(nth, f"第{NTH[nth]}个") for nth in range(1, 6)], coerce=int, empty_value=None,
        required=False, help_text="没有第五个的月份，为最后一个。",
    )  # fmt: skip
    pattern_weekday = forms.TypedChoiceField(
        label="星期几", choices=[(day, f"星期{WEEKDAYS[day]}") for day in range(7)], coerce=int, empty_value=None,
        required=False,
    )  # fmt: skip
    pattern_day = _number("pattern_day", "几日", required=False, help_text="没有这一天的月份，为最后一天。")
    usual_start = forms.TimeField(
        label="通常几点开始", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(15)
    )
    months_off = forms.TypedMultipleChoiceField(
        label="假期月份", choices=[(number, f"{number} 月") for number in range(1, 13)], coerce=int,
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    plan_due_day = _number(
        "plan_due_day", "计划在上个月几日前报送", help_text="含当天；上个月没有这一天的，为最后一天。"
    )
    correction_days = _number("correction_days", "退回后几天内再报")
    lapse_working_days = _number(
        "lapse_working_days", "几个工作日到期自动备案", help_text="报到组织部后过了这些工作日没有退回的，到期自动备案。"
    )
    record_due_days = _number("record_due_days", "活动日后几天内交记录", help_text="填 0 为活动当天。")
    annual_due_month = _number("annual_due_month", "年度计划在当年几月前报送", help_text="到这个月的下面这一天为止。")
    annual_due_day = _number("annual_due_day", "年度计划截止在几日", help_text="含当天。")
    summary_due_day = _number("summary_due_day", "年终总结在次年 1 月几日前报送", help_text="含当天。")
    required_items = forms.MultipleChoiceField(
        label="每月计划必备的内容", choices=list(WORDS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    self_check_in = forms.BooleanField(
        label="开通现场扫码签到", required=False,
        help_text="只作参考：到会以支部确认的名单为准，签到不改变到会情况。",
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)

    def __init__(self, data=None, *, policies: Policies, month: Month | None = None):
        self.policies, self.policy, self.is_overtaken = policies, None, False
        self.first = policies.first_open_month()
        self.months = list(self.first.until(self.first + (OPEN_MONTHS - 1)))
        month = month if month in self.months else self.first
        self.base = policies.of(month)
        super().__init__(data, initial=values_of(self.base) | {"effective_from": str(month), "seen": policies.stamp})
        self.use_required_attribute = False
        field: Any = self.fields["effective_from"]
        field.choices = [(str(one), self._month_label(one)) for one in self.months]

    def _month_label(self, month):
        return f"{month.label}（已另定规则，会被替换）" if self.policies.at(month) else month.label

    @property
    def kinds(self):
        """The boxes of whole kinds among what can be required."""
        return [box for box in self["required_items"] if "." not in str(box.data["value"])]

    @property
    def subtypes(self):
        return [box for box in self["required_items"] if "." in str(box.data["value"])]

    @property
    def has_subtypes(self) -> bool:
        return any("." in code for code in self["required_items"].value() or [])

    def clean_effective_from(self):
        month = Month.parse(self.cleaned_data["effective_from"])
        self.base = self.policies.of(month)
        return month

    def clean_months_off(self):
        months = sorted(self.cleaned_data["months_off"])
        if len(months) == 12:
            raise forms.ValidationError("至少要留一个月开展活动日。")
        return months

    def clean_required_items(self):
        return in_order(self.cleaned_data["required_items"])

    def clean(self):
        data = super().clean()
        self._keep_what_is_not_read(data)
        if data.get("seen") != self.policies.stamp:
            self.is_overtaken = True
            self.add_error(None, "刚刚有人改过规则，请看过最新的规则再核对。您填的都还在。")
        if not self.errors:
            self._weigh(data)
        return data

    def _keep_what_is_not_read(self, data):
        for name, pattern in READ_BY.items():
            if data.get("pattern") != pattern:
                self.errors.pop(name, None)
                data[name] = getattr(self.base, name)
            elif data.get(name) is None and name not in self.errors:
                self.add_error(name, "这一项要填。")

    def _weigh(self, data):
        """The values together: is there a change, and is its first month still open under it?"""
        values = {name: data[name] for name in VALUES}
        if values == values_of(self.base):
            self.add_error(None, f"和 {data['effective_from'].label}现定的规则一样，没有改动。")
            return
        policy = Policy(effective_from=data["effective_from"], **values)
        verdict = policy_rules.is_open(policy, self.policies)
        if not verdict:
            self.add_error("plan_due_day", verdict.why)
            return
        self.policy = policy

    @property
    def values(self) -> dict[str, Any]:
        """Keyword arguments of ``actions.policies.set_policy`` besides the month and the editor."""
        return {name: self.cleaned_data[name] for name in (*VALUES, "seen")}
