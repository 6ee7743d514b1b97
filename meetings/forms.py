"""HTTP input of meetings and minutes, turned into clean values."""

import datetime
from dataclasses import dataclass

from django import forms
from django.db.models import BigIntegerField, Q
from django.http import QueryDict

from activities.forms import TIME
from branches import access
from branches.models import Group, Person
from meetings.actions import FIELDS
from meetings.models import Meeting, MeetingType
from meetings.periods import Period
from meetings.rules import led_groups


@dataclass(frozen=True)
class Difference:
    """One field of minutes: as typed here, and as it stands now."""

    name: str
    typed: str
    now: str


def _plain(value) -> str:
    if isinstance(value, list):
        return "、".join(MeetingType(one).label for one in value)
    return f"{value:%H:%M}" if isinstance(value, datetime.time) else str(value or "")


class ListFilter(forms.Form):
    """What the address of the list says; anything that makes no sense is passed over."""

    type = forms.ChoiceField(choices=MeetingType.choices, required=False)
    status = forms.ChoiceField(choices=Meeting.Status.choices, required=False)
    period = forms.CharField(max_length=8, required=False)
    q = forms.CharField(max_length=60, required=False)
    organization = forms.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT, required=False)
    day = forms.IntegerField(min_value=1, max_value=BigIntegerField.MAX_BIGINT, required=False)

    def clean_period(self):
        text = self.cleaned_data["period"]
        try:
            return Period.parse(text) if text else None
        except ValueError as error:
            raise forms.ValidationError("没有这个时段。") from error

    @property
    def values(self) -> dict:
        """The fields that were filled in and make sense."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class MinutesForm(forms.ModelForm):
    """The minutes as far as they are written: a draft may have gaps. The date is the day's and cannot be typed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    types = forms.MultipleChoiceField(
        label="会议类型", choices=MeetingType.choices, required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text="一次会议可以有几种类型，如党员大会套开党课：都勾上，只写一份记录。",
    )  # fmt: skip

    class Meta:
        model = Meeting
        fields = [*FIELDS, "group"]
        widgets = {
            "starts_at": TIME,
            "content": forms.Textarea(attrs={"rows": 8, "placeholder": "谁讲了什么、大家议了什么，按先后写"}),
            "decisions": forms.Textarea(attrs={"rows": 3, "placeholder": "没有形成决议可不填"}),
        }

    def __init__(self, meeting, user, *args, **kwargs):
        initial = {name: getattr(meeting, f"{name}_id", None) for name in ("chair", "recorder", "group")}
        initial |= {name: getattr(meeting, name) for name in FIELDS if name not in initial}
        initial |= {"types": list(meeting.types), "version": meeting.version}
        super().__init__(*args, initial=initial, **kwargs)
        people = Person.objects.filter(
            Q(organization=meeting.organization_id, left_on=None) | Q(pk__in=[meeting.chair_id, meeting.recorder_id])
        )
        for name in ("chair", "recorder"):
            self.fields[name].queryset = people.members()
            self.fields[name].empty_label = "请选择"
        groups = Group.objects.filter(Q(closed_on=None) | Q(pk=meeting.group_id), organization=meeting.organization_id)
        if not access.holds(user, meeting.organization, access.RECORDERS):
            groups = groups.filter(pk__in=led_groups(user, meeting.organization))
            self.fields["types"].choices = [(MeetingType.GROUP.value, MeetingType.GROUP.label)]
        self.fields["group"].queryset = groups
        self.fields["group"].empty_label = "不是党小组会"
        self.fields["lecturer"].widget.attrs["placeholder"] = "开党课时填写"

    @property
    def values(self) -> dict:
        """What ``save_minutes`` takes beside the version."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, "types", "group")}

    def differences(self, meeting) -> list[Difference]:
        """Field by field, what was typed and differs from what the minutes say now."""
        now = {name: getattr(meeting, name) for name in (*FIELDS, "group")} | {"types": sorted(meeting.types)}
        typed = {name: self.cleaned_data[name] for name in now} | {"types": sorted(self.cleaned_data["types"])}
        return [
            Difference(str(self.fields[name].label), _plain(typed[name]), _plain(now[name]))
            for name in now
            if (typed[name] or "") != (now[name] or "")
        ]

    def renew(self, version: int) -> None:
        """After a conflict: the next save is made knowing what stands now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label="更正内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "哪一处有出入，应当是什么"}),
        error_messages={"required": "请写明要更正什么。"},
    )
