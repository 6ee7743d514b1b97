"""HTTP input of plans and days, turned into clean values."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from activities.kinds import ITEM_CHOICES, code_of
from activities.models import ActivityDay, Attendance, DayItem, MonthlyPlan
from branches.models import Person
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PlanForm(forms.ModelForm):
    """A plan's fields. A draft may have gaps; a date outside the month is an error at once."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = MonthlyPlan
        fields = ["planned_on", "starts_at", "place", "host", "recorder", "theme", "guests"]
        widgets = {"planned_on": DAY, "starts_at": TIME}

    def __init__(self, branch, month, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.month = month
        members = Person.objects.of(branch).present().members()
        choices = [("", "请选择"), *((person.pk, str(person)) for person in members)]  # read once for both
        for name in ("host", "recorder"):
            self.fields[name].queryset = members
            self.fields[name].choices = choices
        self.fields["place"].widget.attrs["placeholder"] = "如：文学院 201 会议室"
        self.fields["guests"].widget.attrs["placeholder"] = "如：入党积极分子 江映雪、白亦尘"

    def clean_planned_on(self):
        day = self.cleaned_data["planned_on"]
        if day and day not in self.month:
            raise forms.ValidationError(f"活动日期要在 {self.month.label}之内。")
        return day

    @property
    def values(self):
        """The model fields alone."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


CHOOSE_KIND = "请选这一项的类别。"


class ItemForm(forms.Form):
    """One line of the run: what it is (kind and subtype in one choice), its words, its minutes."""

    what = forms.ChoiceField(
        label="类别", choices=[("", "请选类别"), *ITEM_CHOICES], required=False,
        error_messages={"invalid_choice": CHOOSE_KIND},
    )  # fmt: skip
    content = forms.CharField(
        label="内容", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 1, "class": "text"})
    )
    minutes = forms.IntegerField(label="时长", min_value=0, max_value=600, required=False, initial=20)

    def __init__(self, *args, initial=None, **kwargs):
        if initial and "kind" in initial:
            initial = {**initial, "what": code_of(initial["kind"], initial["subtype"])}
        super().__init__(*args, initial=initial, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        if not initial:
            self.fields["content"].widget.attrs |= {"placeholder": "这一项做什么"}

    def clean(self):
        """A line of which nothing is chosen nor written is not kept; of one half written, the rest is asked for."""
        data = super().clean()
        if data.get("content") and not data.get("what") and "what" not in self.errors:
            self.add_error("what", CHOOSE_KIND)
        if data.get("what") and not data.get("content") and "content" not in self.errors:
            self.add_error("content", "请写这一项做什么。")
        return data

    @property
    def row(self):
        """The line as PlanItem fields; None for one without words."""
        data = self.cleaned_data
        if not data.get("content"):
            return None
        kind, _, subtype = data["what"].partition(".")
        return {"kind": kind, "subtype": subtype, "content": data["content"], "minutes": data["minutes"] or 0}


MOST_ITEMS = 20


class BaseItems(forms.BaseFormSet):
    @property
    def rows(self):
        """The filled lines as dicts of PlanItem fields, in their order."""
        return [form.row for form in self.forms if form.row]


def items_form(data=None, *, rows=(), blank=False):
    """The lines of the run; ``blank`` adds an empty one to be written."""
    extra = int(blank and len(rows) < MOST_ITEMS)
    made = forms.formset_factory(ItemForm, BaseItems, extra=extra, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS + 10)
    return made(data, initial=list(rows), prefix="i")


class ReturnForm(forms.Form):
    note = forms.CharField(
        label="退回意见",
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "请写明要改什么，支部会照此修改"}),
        error_messages={"required": "退回要写明意见，支部才知道改什么。"},
    )


class HoldForm(forms.ModelForm):
    """When and where the day was really held."""

    class Meta:
        model = ActivityDay
        fields = ["held_on", "starts_at", "place", "host", "recorder"]
        widgets = {"held_on": DAY, "starts_at": TIME}

    def __init__(self, day, *args, **kwargs):
        plan, today = day.plan, clock.today()
        initial = {
            "held_on": min(plan.planned_on or today, today), "starts_at": plan.starts_at, "place": plan.place,
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
            raise forms.ValidationError(f"实际日期要在 {self.day.month.label}之内。")
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明原因。"})


class MarkForm(forms.Form):
    """One person's attendance: set, never toggled. Leave and exclusion need a reason."""

    status = forms.ChoiceField(choices=Attendance.Status.choices)
    reason = forms.CharField(max_length=120, required=False)
    other_reason = forms.CharField(label="其他原因", max_length=120, required=False)

    def clean(self):
        data = super().clean()
        data["reason"] = (data.get("reason") or data.pop("other_reason", "") or "").strip()
        data.pop("other_reason", None)
        status = data.get("status")
        if status in (Attendance.Status.ON_LEAVE, Attendance.Status.NOT_COUNTED) and not data["reason"]:
            raise forms.ValidationError("请假和不计都要写明原因。")
        if status == Attendance.Status.PRESENT:
            data["reason"] = ""
        return data


class GuestForm(forms.Form):
    """A guest: somebody of the branch's prospects and activists, or a name with a capacity."""

    person = forms.ModelChoiceField(label="从名册选", queryset=Person.objects.none(), required=False)
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
        self.fields["capacity"].widget.attrs["placeholder"] = "如：流动党员、校外专家"

    def clean(self):
        data = super().clean()
        person = data.get("person")
        if person:
            data["name"], data["capacity"] = person.name, person.get_standing_display()
        elif not data.get("name"):
            raise forms.ValidationError("请从名册选一人，或写下姓名。")
        return data


@dataclass(frozen=True)
class Difference:
    """One field of the record: as typed here, and as it stands now."""

    name: str
    typed: str
    now: str


class RecordForm(forms.Form):
    """What was done: the outcome and a note per item, and the day's summary."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    summary = forms.CharField(
        label="主要内容及特色",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "学了什么、议了什么、做了什么、效果怎样"}),
    )

    def __init__(self, day, *args, **kwargs):
        super().__init__(*args, initial={"summary": day.summary, "version": day.version}, **kwargs)
        self.items = list(day.items.all())
        for item in self.items:
            # what signed minutes say took place cannot be put down as 未进行
            outcomes = [DayItem.Outcome.DONE, DayItem.Outcome.CHANGED] if item.is_signed else DayItem.Outcome
            choices = [(one.value, one.label) for one in outcomes]
            self.fields[f"outcome-{item.pk}"] = forms.ChoiceField(
                label=f"{item.content}：完成情况", choices=choices if item.is_signed else [("", "请选择"), *choices],
                required=item.is_signed, initial=item.outcome,
            )  # fmt: skip
            self.fields[f"note-{item.pk}"] = forms.CharField(
                label=f"{item.content}：情况记录", required=False, initial=item.note,
                widget=forms.Textarea(attrs={"rows": 1, "placeholder": "可不填；有调整或未进行请写明"}),
            )  # fmt: skip

    @property
    def lines(self):
        """(item, outcome field, note field) in order, for the page."""
        return [(item, self[f"outcome-{item.pk}"], self[f"note-{item.pk}"]) for item in self.items]

    @property
    def values(self):
        """What ``save_record`` takes: version, summary, and ``{item id: (outcome, note)}``."""
        data = self.cleaned_data
        outcomes = {item.pk: (data[f"outcome-{item.pk}"], data[f"note-{item.pk}"]) for item in self.items}
        return {"version": data["version"], "summary": data["summary"], "outcomes": outcomes}

    def differences(self, day) -> list[Difference]:
        """Field by field, what was typed and differs from what the record says now."""
        words = dict(DayItem.Outcome.choices)
        typed, found = self.values, []
        if typed["summary"] != day.summary:
            found.append(Difference("主要内容及特色", typed["summary"], day.summary))
        for item in day.items.all():
            outcome, note = typed["outcomes"].get(item.pk, (item.outcome, item.note))
            if (outcome, note) != (item.outcome, item.note):
                mine, now = (
                    " ".join(filter(None, [words.get(a, ""), b]))
                    for a, b in ((outcome, note), (item.outcome, item.note))
                )
                found.append(Difference(item.content, mine, now))
        return found

    def renew(self, day) -> None:
        """After a conflict: the next save is made knowing what stands now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(day.version)
        self.data = data
