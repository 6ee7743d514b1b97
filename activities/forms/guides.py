"""HTTP input of the month's guide, turned into clean values."""

from django import forms

from activities.actions.guides import MOST_FILES
from activities.forms import MOST_ITEMS, BaseItems, ItemForm
from activities.models import GuideItem, MonthGuide
from core.documents import DocumentsField


class GuideForm(forms.ModelForm):
    """Title, text, files to add, files to take off; and the reason, where an issued guide is corrected."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    attach = DocumentsField(
        most=MOST_FILES,
        label="加附件",
        help_text="PDF、Word、Excel、PowerPoint、WPS、txt、csv，每个不超过 20 MB；可一次选几个",
    )
    take_off = forms.TypedMultipleChoiceField(label="去掉附件", coerce=int, required=False)
    reason = forms.CharField(
        label="更正原因", max_length=200, error_messages={"required": "更正要写明原因，收到的人才知道改了什么。"}
    )

    class Meta:
        model = MonthGuide
        fields = ["title", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 8, "placeholder": "这个月学什么、做什么、要注意什么"})}
        error_messages = {"title": {"required": "请写标题，如“12 月：宪法宣传和年终总结”。"}}

    def __init__(self, *args, corrects=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.existing = list(self.instance.files.select_related("file")) if self.instance.pk else []
        self.fields["take_off"].choices = [(row.pk, str(row)) for row in self.existing]
        self.fields["title"].widget.attrs["placeholder"] = "如：宪法宣传和年终总结"
        if not corrects:
            del self.fields["reason"]

    def clean(self):
        data = super().clean()
        left = len(self.existing) - len(data.get("take_off", []))
        if left + len(data.get("attach", [])) > MOST_FILES:
            self.add_error("attach", f"一份工作提示最多带 {MOST_FILES} 个附件，现在还留着 {left} 个。")
        return data

    def _post_clean(self):
        """The instance stays as it is read: the action writes, under its lock."""

    @property
    def values(self):
        """What the actions take of it; with the reason, where it corrects."""
        data = self.cleaned_data
        taken = {"version": data["version"], "attach": data["attach"], "drop": data["take_off"]}
        taken |= {"reason": data["reason"]} if "reason" in self.fields else {}
        return taken | {"values": {name: data[name] for name in self.Meta.fields}}


class GuideItemForm(ItemForm):
    """A line of the run that branches may take over, or must."""

    is_required = forms.BooleanField(label="必须安排", required=False)

    @property
    def row(self):
        """The line as GuideItem fields; None for one without words."""
        row = super().row
        if not row:
            return None
        row |= {"is_required": self.cleaned_data["is_required"]}
        return {name: row[name] for name in GuideItem.COPIED}


def guide_items_form(data=None, *, rows=(), blank=False):
    """The lines of a guide; ``blank`` adds an empty one to be written."""
    extra = int(blank and len(rows) < MOST_ITEMS)
    made = forms.formset_factory(
        GuideItemForm, BaseItems, extra=extra, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS + 10
    )
    return made(data, initial=list(rows), prefix="i", form_kwargs={"members": None})


def typed_rows(formset, drop: str) -> list[dict]:
    """The lines as they were typed, valid or not, without the one whose place ``drop`` names (as a form sends it)."""
    return [
        {name: form[name].value() for name in form.fields}
        for place, form in enumerate(formset.forms)
        if str(place) != drop
    ]
