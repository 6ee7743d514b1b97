"""The forms of a year's plan and of its summary."""

from django import forms

from activities.filing.drafts import shut_fields
from activities.forms.overtaken import Difference
from activities.forms.papers import differing
from activities.models import AnnualPlan, YearSummary


class _YearForm(forms.ModelForm):
    """A draft may have gaps; of a paper returned on single parts only those are open."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shut = shut_fields(self.instance) if self.instance.pk else set()
        for name in self.shut & set(self.fields):
            self.fields[name].disabled = True

    def differences(self, paper) -> list[Difference]:
        """Part by part, what was typed and differs from what the paper says now; the form is valid."""
        return differing(self.instance, paper)

    @property
    def values(self):
        """The model fields alone."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


def _lines(rows, placeholder):
    return forms.Textarea(attrs={"rows": rows, "placeholder": placeholder})


class AnnualPlanForm(_YearForm):
    class Meta:
        model = AnnualPlan
        fields = ["goals", "measures", "theme_1", "theme_2", "theme_3", "theme_4"]
        widgets = {
            "goals": _lines(4, "一年里要达到什么，一行一条"),
            "measures": _lines(6, "怎么做到，一行一条"),
        }  # fmt: skip


class YearSummaryForm(_YearForm):
    class Meta:
        model = YearSummary
        fields = ["achieved", "shortcomings", "next_steps"]
        widgets = {
            "achieved": _lines(6, "对照年初的目标，完成了什么"),
            "shortcomings": _lines(4, "哪些没有做到，原因是什么"),
            "next_steps": _lines(4, "明年打算怎么改进"),
        }  # fmt: skip
