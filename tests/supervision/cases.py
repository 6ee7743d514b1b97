"""Metrics whose figures a test sets by hand, and the assessments made of them."""

from core.contributions import Evidence, Figure, Metric
from supervision.models import Scheme

FULL, HALF, NOTHING, NOT_APPLICABLE = Figure(4, 4), Figure(2, 4), Figure(0, 4), Figure(0, 0, "本月不用开会")


class Figures:
    """Two metrics, 60 points for ``days`` and 40 for ``talks``: each branch has what ``set`` gave it, else the full."""

    def __init__(self):
        self.of = {}
        self.computed = []

    def set(self, branch, **figures):
        for code, figure in figures.items():
            self.of[code, branch.pk] = figure

    def metric(self, code, name):
        def compute(branches, month):
            self.computed.append(code)
            return {branch.pk: self.of.get((code, branch.pk), FULL) for branch in branches.order_by("pk")}

        def evidence(branches, month):
            for branch in branches.order_by("pk"):
                figure = self.of.get((code, branch.pk), FULL)
                for number in range(figure.denominator):
                    yield Evidence(
                        branch.pk, f"={name}{number}", f"{branch}的一次", number < figure.numerator, "/days/1/"
                    )

        return Metric(code, name, "次", "开展的次数", "应开展的次数", "本月不用开展", compute, evidence)

    def register(self, monkeypatch, registry):
        metrics = {"days": self.metric("days", "活动"), "talks": self.metric("talks", "谈话")}
        monkeypatch.setattr(registry, "metrics", metrics)


def make_scheme(**points):
    """The shipped scheme with the test's two metrics instead of its own."""
    scheme = Scheme.objects.get()
    scheme.lines.all().delete()
    for order, (metric, value) in enumerate((points or {"days": 60, "talks": 40}).items(), start=1):
        scheme.lines.create(metric=metric, order=order, points=value)
    return scheme
