"""HTTP input of the activity day, turned into clean values: when it was held, or why not."""

import datetime

from django import forms

from activities.forms.plans import DAY, TIME
from activities.models import ActivityDay
from branches.models import Person
from core import clock
from core.periods import Month

LATEST_SUBSTITUTE = datetime.timedelta(days=31)


class HoldForm(forms.ModelForm):
    """When and where the day was really held."""

    class Meta:
        model = ActivityDay
        fields = ["held_on", "starts_at", "place", "host", "recorder"]
        widgets = {"held_on": DAY, "starts_at": TIME}

    def __init__(self, day, *args, **kwargs):
        plan, today = day.plan, clock.today()
        substitute = day.substitute_on
        expected = substitute if substitute and substitute in day.month else plan.planned_on
        initial = {
            "held_on": min(expected or today, today), "starts_at": plan.starts_at, "place": plan.place,
            "host": plan.host_id, "recorder": plan.recorder_id,
        }  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self.day = day
        members = Person.objects.of(day.organization).present().members()
        for name, field in self.fields.items():
            field.required = True
            if name in ("host", "recorder"):
                field.queryset, field.empty_label = members, "请选择"

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > clock.today():
            raise forms.ValidationError("实际日期还没有到，活动结束后再确认。")
        if day not in self.day.month:
            raise forms.ValidationError(f"实际日期要在 {self.day.month.label}之内。{self._why(day)}")
        return day

    def _why(self, day):
        """What to do with a day that was made up for in the next month: it does not mend this one."""
        if day < self.day.month.first:
            return ""
        return f"补到下个月的，{self.day.month.short}仍按未开展计；补的活动请写进 {Month.of(day).label}的活动日。"


class SkipForm(forms.Form):
    """Why the month's day was not held, and when it is to be made up for."""

    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})
    substitute_on = forms.DateField(
        label="拟补日期", required=False, widget=DAY,
        help_text="可不填。当月补上的，补后可以撤销“未开展”并确认；补到下个月的，本月仍按未开展计。",
    )  # fmt: skip

    def __init__(self, day, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day

    def clean_substitute_on(self):
        substitute, today = self.cleaned_data["substitute_on"], clock.today()
        latest = max(self.day.month.last, today + LATEST_SUBSTITUTE)
        if substitute and substitute < today:
            raise forms.ValidationError("拟补日期已经过了；已经补上的，不用记为未开展，直接确认开展。")
        if substitute and substitute > latest:
            raise forms.ValidationError(f"拟补日期最晚到 {latest.month} 月 {latest.day} 日。")
        return substitute


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})
