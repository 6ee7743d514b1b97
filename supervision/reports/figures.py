"""How given results are spread, and what they add up to: one query each."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, Sum

from core.shares import percent
from supervision.models import Result, ResultLine
from supervision.reports.results import metric_of

GRADES = [(grade.value, grade.label) for grade in Result.Grade if grade != Result.Grade.NONE]
# Score from, up to (not including, but the last), and what stands under the bar.
BANDS = [(0, 60, "60 以下"), *((low, low + 5, f"{low}–{low + 5}") for low in range(60, 100, 5))]
TALLEST = 170  # pixels of the highest bar


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution; ``height`` is in pixels. Its words are text beside it, so that they never shrink."""

    label: str
    count: int
    height: int
    is_mine: bool


@dataclass(frozen=True)
class Overview:
    """How the given results are spread: bars, ``(grade, word, count, share)`` rows, and how many were graded or not."""

    bars: list[Bar]
    grades: list[tuple[str, str, int, str]]
    graded: int
    not_graded: int
    average: Decimal | None


@dataclass(frozen=True)
class MetricRow:
    """A metric over all given results: the fraction added up, and how many branches lost points or did not count."""

    metric: str
    name: str
    unit: str
    numerator: Decimal
    denominator: Decimal
    short: int
    not_applicable: int

    @property
    def share(self) -> str:
        return share(self.numerator, self.denominator)


def share(numerator, denominator) -> str:
    """A fraction in percent; a dash without a denominator."""
    return f"{percent(numerator, denominator)}%" if denominator else "—"


def overview(results, mine: Decimal | None = None) -> Overview:
    """The distribution and the grades of the given results in one query; the bar of the score ``mine`` is marked."""
    counts = {f"band_{low}": Count("pk", filter=_in_band(low, high)) for low, high, _ in BANDS}
    counts |= {grade: Count("pk", filter=Q(grade=grade)) for grade in Result.Grade.values}
    found = results.order_by().aggregate(**counts, total_score=Sum("score"))
    graded = sum(found[grade] for grade, _ in GRADES)
    tallest = max([found[f"band_{low}"] for low, _, _ in BANDS] + [1])
    bars = []
    for low, high, label in BANDS:
        count = found[f"band_{low}"]
        is_mine = mine is not None and low <= mine and (mine < high or high == 100)
        bars.append(Bar(label, count, round(TALLEST * count / tallest), is_mine))
    return Overview(
        bars=bars,
        grades=[(grade, word, found[grade], share(found[grade], graded)) for grade, word in GRADES],
        graded=graded,
        not_graded=found[Result.Grade.NONE],
        average=(found["total_score"] / graded).quantize(Decimal("0.1"), ROUND_HALF_UP) if graded else None,
    )


def _in_band(low, high):
    return Q(score__gte=low) & (Q() if high == 100 else Q(score__lt=high))


def metrics_of(results) -> list[MetricRow]:
    """Every metric of the given results added up, in the order of the scheme, in one query."""
    rows = (
        ResultLine.objects.filter(result__in=results.order_by().values("pk"))
        .order_by("order")
        .values("metric", "order")
        .annotate(
            done=Sum("numerator"),
            owed=Sum("denominator"),
            short=Count("pk", filter=Q(earned__lt=F("points"))),
            absent=Count("pk", filter=Q(earned=None)),
        )
    )
    found = []
    for row in rows:
        metric = metric_of(row["metric"])
        found.append(
            MetricRow(metric.code, metric.name, metric.unit, row["done"], row["owed"], row["short"], row["absent"])
        )
    return found
