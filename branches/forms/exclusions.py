"""Proposing, deciding and ending an exclusion, and the filters of their list."""

import django_filters
from django import forms

from branches.actions.exclusions import end_is_within, overlap_words
from branches.forms.places import PlaceFilter
from branches.models import Exclusion
from branches.reports.exclusions import in_state
from branches.words import person_named
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
REASONS = ["因病", "年老体弱", "出国（境）", "外出学习工作半年以上"]
STATES = [
    ("awaiting", "等我批复"), ("proposed", "待批准"), ("running", "执行中"), ("coming", "未开始"), ("over", "已结束"),
    ("declined", "未批准"), ("withdrawn", "已撤回"),
]  # fmt: skip


class ProposeForm(forms.Form):
    """Why somebody is not expected, from when and until when (open where it is not known)."""

    reason = forms.ChoiceField(
        label="原因", choices=[*((one, one) for one in REASONS), ("other", "其他")], widget=forms.RadioSelect,
        error_messages={"required": "请选一个原因。"},
    )  # fmt: skip
    other_reason = forms.CharField(label="其他原因", max_length=80, required=False)
    starts_on = forms.DateField(label="从哪天起", widget=DAY)
    last_on = forms.DateField(label="到哪天为止（含）", widget=DAY, required=False, help_text="还不知道的可以不填。")

    def __init__(self, person, *args, **kwargs):
        super().__init__(*args, initial={"starts_on": clock.today()}, **kwargs)
        self.person = person

    def clean(self):
        data = super().clean()
        starts_on, last_on = data.get("starts_on"), data.get("last_on")
        if data.get("reason") == "other":
            data["reason"] = data.get("other_reason", "").strip()
            if not data["reason"] and "other_reason" not in self.errors:
                self.add_error("other_reason", "请写明是什么原因。")
        if starts_on and last_on and last_on < starts_on:
            self.add_error("last_on", "不能早于起始的日期。")
        elif starts_on and "last_on" not in self.errors:
            other = self.person.exclusions.overlapping(starts_on, last_on).first()
            if other:
                self.add_error("starts_on", overlap_words(other))
        data.pop("other_reason", None)
        return data


class ApproveForm(forms.Form):
    answer = forms.CharField(label="批复（可不填）", max_length=120, required=False)


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label="不批准的原因", max_length=120, error_messages={"required": "请写明原因，支部才知道怎么办。"}
    )


class EndForm(forms.Form):
    last_on = forms.DateField(label="最后一天", widget=DAY, help_text="从第二天起重新计入应到；已经固定的名单不变。")

    def __init__(self, exclusion, *args, **kwargs):
        super().__init__(*args, initial={"last_on": max(clock.today(), exclusion.starts_on)}, **kwargs)
        self.exclusion = exclusion

    def clean_last_on(self):
        day = self.cleaned_data["last_on"]
        verdict = end_is_within(self.exclusion, day)
        if not verdict:
            raise forms.ValidationError(verdict.why)
        return day


class ExclusionFilter(PlaceFilter):
    """By state today, organization, and name or number; an unknown value filters nothing."""

    paths = ("person__organization__path",)

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, empty_label="全部状态", method="filter_state")

    class Meta:
        model = Exclusion
        fields = ["q", "organization", "place", "state"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "person__"))

    def filter_state(self, rows, name, value):
        return in_state(rows, value, self.request.user)

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        shown = {
            "姓名或学工号": data.get("q"),
            "党组织": data.get("organization"),
            "组织名称或编码": data.get("place"),
            "状态": dict(STATES).get(data.get("state", "")),
        }
        return {name: str(word) for name, word in shown.items() if word}
