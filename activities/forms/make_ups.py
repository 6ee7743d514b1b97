"""HTTP input of a make-up session."""

from django import forms

from activities.actions.make_ups import MOST_FILES
from activities.forms.plans import DAY
from activities.models import Attendance, MakeUp
from branches.models import Person
from core import clock
from core.documents import DocumentsField


class MakeUpForm(forms.ModelForm):
    """When and where, what was done, who led it, who took part; documents to add and to take off."""

    attended = forms.ModelMultipleChoiceField(
        label="参加补课的同志", queryset=Attendance.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选参加补课的同志。"},
    )  # fmt: skip
    attach = DocumentsField(
        most=MOST_FILES, label="材料（可不传）",
        help_text="签到表、学习心得等。PDF、Word、Excel、WPS 等，每个不超过 20 MB；可一次选几个",
    )  # fmt: skip
    take_off = forms.TypedMultipleChoiceField(label="去掉材料", coerce=int, required=False)

    class Meta:
        model = MakeUp
        fields = ["held_on", "place", "minutes", "led_by", "content"]
        widgets = {"held_on": DAY, "content": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, day, *args, instance, **kwargs):
        usual = {} if instance.pk else {"held_on": clock.today(), "place": day.place, "led_by": day.host_id}
        super().__init__(*args, instance=instance, initial=usual, **kwargs)
        self.day = day
        self.existing = list(self.instance.files.select_related("file")) if self.instance.pk else []
        self.fields["take_off"].choices = [(row.pk, str(row)) for row in self.existing]
        here = Person.objects.of(day.organization).present().members()
        self.fields["led_by"].queryset = here | Person.objects.filter(pk=self.instance.led_by_id)
        self.fields["led_by"].empty_label = "请选择"
        attended = self.fields["attended"]
        attended.queryset = day.attendance.filter(status__in=Attendance.MISSED).select_related("person")
        attended.label_from_instance = lambda row: f"{row.person.name}，{row.words}"
        if self.instance.pk:
            self.initial["attended"] = [row.attendance_id for row in self.instance.attended.all()]

    def clean_held_on(self):
        held_on = self.cleaned_data["held_on"]
        if held_on > clock.today():
            raise forms.ValidationError("补课日期还没有到，补完以后再登记。")
        if held_on < self.day.held_on:
            raise forms.ValidationError(f"补课在活动日之后，不早于 {self.day.held_on:%Y-%m-%d}。")
        return held_on

    def clean_minutes(self):
        minutes = self.cleaned_data["minutes"]
        if not 1 <= minutes <= 600:
            raise forms.ValidationError("时长在 1 到 600 分钟之间。")
        return minutes

    def clean(self):
        data = super().clean()
        left = len(self.existing) - len(data.get("take_off", []))
        if left + len(data.get("attach", [])) > MOST_FILES:
            self.add_error("attach", f"一次补课最多带 {MOST_FILES} 份材料，现在还留着 {left} 份。")
        return data

    def _post_clean(self):
        """The instance stays as it is read: the action writes, under its lock."""

    @property
    def values(self):
        """Keyword arguments of ``save_make_up``."""
        data = self.cleaned_data
        return {
            "values": {name: data[name] for name in self.Meta.fields},
            "attended": list(data["attended"]),
            "attach": data["attach"],
            "drop": data["take_off"],
        }
