"""``<paper:model>`` in an address: which kind of paper a step is about."""

from activities.models import AnnualPlan, MonthlyPlan, YearSummary

KINDS = {model.kind: model for model in (MonthlyPlan, AnnualPlan, YearSummary)}


class PaperConverter:
    """month, annual or summary: the model of the paper."""

    regex = "|".join(KINDS)

    def to_python(self, value):
        return KINDS[value]

    def to_url(self, value) -> str:
        return value if isinstance(value, str) else value.kind
