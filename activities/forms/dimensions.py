"""HTTP input of 三定一创: a dimension, the month with which it ends, and the marks of a day."""

from django import forms

from activities.marks import MarkLine, MarkSheet, lines_of, stamp_of
from activities.models import DayMark, Dimension
from activities.rules.dimensions import first_end
from branches.access import can
from core.periods import Month

OPEN_MONTHS = 12
NOTHING = "NONE"  # a radio button without a value would be sent as "on"
TEXT = forms.Textarea(attrs={"rows": 2, "placeholder": "由组织部写明含义；可不填"})


def _months(first: Month) -> list[tuple[str, str]]:
    return [(str(month), month.label) for month in first.until(first + (OPEN_MONTHS - 1))]


class DimensionForm(forms.ModelForm):
    """Its name and the department's explanation of it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = Dimension
        fields = ["name", "text"]
        widgets = {"text": TEXT}
        error_messages = {"name": {"required": "请写名称。"}}

    def __init__(self, data=None, *, instance):
        super().__init__(data, instance=instance, initial={"version": instance.version})

    def _post_clean(self):
        """The instance stays as it is read: the action writes, under its lock."""


class NewDimensionForm(forms.Form):
    name = forms.CharField(label="名称", max_length=20, error_messages={"required": "请写名称。"})
    effective_from = forms.TypedChoiceField(label="从哪个月起", coerce=Month.parse)
    text = forms.CharField(label="说明", max_length=300, required=False, widget=TEXT)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["effective_from"].choices = _months(Month.current())  # type: ignore[attr-defined]


class EndForm(forms.Form):
    ended_from = forms.TypedChoiceField(label="从哪个月起停用", coerce=Month.parse)

    def __init__(self, dimension, data=None):
        super().__init__(data)
        self.fields["ended_from"].choices = _months(first_end(dimension))  # type: ignore[attr-defined]


def marks_of(day, user, form=None) -> MarkSheet:
    """三定一创 of a day for its record page: a form for whoever writes the record, while it is open."""
    if not can(user, "day.write", day):
        return MarkSheet(lines_of(day))
    form = form or MarksForm(day)
    return MarkSheet(form.lines, form)


class MarksForm(forms.Form):
    """A line a dimension: what was said of it, and a note. ``seen`` names the marks that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, day, data=None):
        self.rows = lines_of(day)
        self.overtaken = False
        # the record on the same page has fields of these names, a note an item: a label would lead to those
        super().__init__(
            data, auto_id="marks-%s", initial={"seen": stamp_of(one.mark for one in self.rows if one.mark)}
        )
        for row in self.rows:
            name, mark = row.dimension.name, row.mark
            self.fields[f"mark-{row.dimension.pk}"] = forms.ChoiceField(
                label=f"{name}：做得怎样", choices=[*DayMark.Mark.choices, (NOTHING, "不评")], required=False,
                widget=forms.RadioSelect, initial=mark.mark if mark else NOTHING,
            )  # fmt: skip
            self.fields[f"note-{row.dimension.pk}"] = forms.CharField(
                label=f"{name}：说明", max_length=200, required=False, initial=mark.note if mark else "",
                widget=forms.TextInput(attrs={"placeholder": "说明，可不填"}),
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        for row in self.rows:
            pk = row.dimension.pk
            if data.get(f"mark-{pk}") == NOTHING:
                data[f"mark-{pk}"] = ""
            if data.get(f"note-{pk}") and not data.get(f"mark-{pk}"):
                self.add_error(f"note-{pk}", "请先选做得怎样，再写说明。")
        return data

    @property
    def lines(self) -> list[MarkLine]:
        """The dimensions with their fields, for the page."""
        return [
            MarkLine(row.dimension, row.mark, self[f"mark-{row.dimension.pk}"], self[f"note-{row.dimension.pk}"])
            for row in self.rows
        ]

    @property
    def values(self):
        """What ``save_marks`` takes."""
        data, keys = self.cleaned_data, [row.dimension.pk for row in self.rows]
        return {"seen": data["seen"], "marks": {pk: (data[f"mark-{pk}"], data[f"note-{pk}"]) for pk in keys}}

    def renew(self) -> None:
        """After a conflict: the next save is made knowing what stands now."""
        self.overtaken = True
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": self.initial["seen"]}
