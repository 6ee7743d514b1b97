"""HTTP input of the roster and of the guests, turned into clean values."""

from django import forms

from activities.models import Attendance
from activities.rosters import floating_elsewhere
from branches.models import Person

Status = Attendance.Status


class MarkForm(forms.Form):
    """One person's attendance: set, never toggled. Leave and exclusion need a reason.

    A button says all of it at once as ``mark`` (``ON_LEAVE:病假``); beside it a status with a reason that was typed.
    """

    mark = forms.CharField(max_length=140, required=False)
    status = forms.ChoiceField(
        choices=Status.choices, required=False, error_messages={"invalid_choice": "没有这种情况。"}
    )
    reason = forms.CharField(max_length=120, required=False)
    other_reason = forms.CharField(label="其他原因", max_length=120, required=False)

    def clean(self):
        data = super().clean()
        status, _, reason = data.pop("mark", "").partition(":")
        data["status"] = status = status or data.get("status") or ""
        other = data.pop("other_reason", "")
        data["reason"] = (reason or data.get("reason") or other or "").strip()
        if status not in Status.values:
            raise forms.ValidationError("请选到会、缺席、请假或不计。")
        if status in (Status.ON_LEAVE, Status.NOT_COUNTED) and not data["reason"]:
            raise forms.ValidationError("请假和不计都要写明原因。")
        if status in (Status.PRESENT, Status.ABSENT):
            data["reason"] = ""
        return data


class CorrectForm(MarkForm):
    """The same after the record went in, and why."""

    why = forms.CharField(label="更正原因", max_length=120, error_messages={"required": "更正要写明原因。"})


class GuestForm(forms.Form):
    """A guest: a prospect or activist of the branch, a floating member of another, or a name with a capacity."""

    person = forms.ModelChoiceField(label="从名册选", queryset=Person.objects.none(), required=False)
    floating = forms.ModelChoiceField(queryset=Person.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="或写姓名", max_length=60, required=False)
    capacity = forms.CharField(label="身份", max_length=60, required=False)

    def __init__(self, day, *args, **kwargs):
        super().__init__(*args, **kwargs)
        invited = [Person.Standing.PROSPECT, Person.Standing.ACTIVIST]
        present = day.guests.exclude(person=None).values("person")
        self.fields["person"].queryset = (
            Person.objects.of(day.organization).present().filter(standing__in=invited).exclude(pk__in=present)
        )
        self.fields["person"].empty_label = "请选择"
        self.fields["person"].label_from_instance = lambda person: f"{person.name}（{person.get_standing_display()}）"
        if self.is_bound:
            self.fields["floating"].queryset = floating_elsewhere(day).exclude(pk__in=present)
        self.fields["capacity"].widget.attrs["placeholder"] = "如：校外专家"

    def clean(self):
        data = super().clean()
        person, floating = data.get("person"), data.pop("floating", None)
        if floating:
            data |= {"person": floating, "name": floating.name, "capacity": f"流动党员（{floating.organization}）"[:60]}
        elif person:
            data["name"], data["capacity"] = person.name, person.get_standing_display()
        elif not data.get("name"):
            raise forms.ValidationError("请从名册选一人，或写下姓名。")
        return data
