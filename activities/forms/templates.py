"""The forms of plan templates: a name, and what a template says."""

from django import forms

from activities.forms.plans import TIME
from activities.models import PlanTemplate


class TemplateNameForm(forms.Form):
    name = forms.CharField(
        label="模板名称", max_length=60, error_messages={"required": "请给模板起个名称，如：“主题党课”。"},
        widget=forms.TextInput(attrs={"placeholder": "如：主题党课、志愿服务月"}),
    )  # fmt: skip


class TemplateForm(forms.ModelForm):
    """What a template says besides its run; whatever stays empty is left to the plan."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = PlanTemplate
        fields = ["name", "theme", "starts_at", "place"]
        widgets = {"starts_at": TIME}

    @property
    def values(self):
        """The model fields alone."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
