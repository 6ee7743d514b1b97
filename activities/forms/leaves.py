"""HTTP input of leave that is asked for before the day."""

from django import forms

from activities.rosters import LEAVE_REASONS
from branches.models import Person


class LeaveForm(forms.Form):
    """Why somebody will not come: one of the common reasons, or words of one's own."""

    reason = forms.CharField(max_length=120, required=False)
    other_reason = forms.CharField(label="其他原因", max_length=120, required=False)

    reasons = LEAVE_REASONS

    def clean(self):
        data = super().clean()
        other = data.pop("other_reason", "")
        data["reason"] = (data.get("reason") or other or "").strip()
        if not data["reason"]:
            raise forms.ValidationError("请选一个请假原因，或写明其他原因。")
        return data


class OwnLeaveForm(LeaveForm):
    """The same of the user's own day, one of ``days``."""

    def __init__(self, days, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"] = forms.ModelChoiceField(
            queryset=days, error_messages={"required": "请从“我的”里选要请假的活动日。"}
        )


class EnterLeaveForm(LeaveForm):
    """The same for a member who asked by word of mouth."""

    person = forms.ModelChoiceField(
        label="谁请假", queryset=Person.objects.none(), empty_label="请选择",
        error_messages={"required": "请选请假的党员。"},
    )  # fmt: skip

    field_order = ["person", "reason", "other_reason"]

    def __init__(self, day, *args, **kwargs):
        super().__init__(*args, **kwargs)
        away = day.leaves.running().values("person")
        members = Person.objects.of(day.organization).present().members().exclude(pk__in=away)
        self.fields["person"].queryset = members.order_by("staff_number")
