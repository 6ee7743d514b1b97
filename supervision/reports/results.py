"""An assessment's results as frozen rows: the page and the workbook render the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.contributions import Metric, registry
from supervision.models import Assessment, Result, ResultLine

# Of a row of the denominator: 计入 would read as if the others were taken out of it.
DONE, NOT_DONE = "算完成", "没完成"


@dataclass(frozen=True)
class LineRow:
    """One metric of a branch; ``earned`` is None when it does not apply."""

    metric: str
    name: str
    unit: str
    numerator: Decimal
    denominator: Decimal
    points: Decimal
    earned: Decimal | None
    how: str


@dataclass(frozen=True)
class ResultRow:
    """One branch of an assessment with its lines in the order of the scheme."""

    organization_id: int
    code: str
    general_branch: str
    branch: str
    score: Decimal | None
    grade: str
    grade_word: str
    points: Decimal
    earned: Decimal
    lines: tuple[LineRow, ...]

    @property
    def short(self) -> str:
        """The metrics in which points were lost, by name."""
        return "、".join(line.name for line in self.lines if line.earned is not None and line.earned < line.points)

    @property
    def not_applicable(self) -> int:
        return sum(line.earned is None for line in self.lines)


@dataclass(frozen=True)
class EvidenceRow:
    """One row behind a figure."""

    code: str
    branch: str
    metric: str
    numerator: Decimal
    denominator: Decimal
    what: str
    value: str
    counts: bool
    url: str

    @property
    def word(self) -> str:
        return DONE if self.counts else NOT_DONE


def metric_of(code: str) -> Metric:
    """The registered metric; one that is no longer registered keeps its code as its name."""
    unknown = Metric(code, code, "", "—", "—", "—", lambda *_: {}, lambda *_: ())
    return registry.metrics.get(code, unknown)


def results_for(assessment: Assessment, user) -> list[ResultRow]:
    """Every result of an assessment that the user may see, in the order of codes."""
    return rows_of(Result.objects.visible_to(user).filter(assessment=assessment))


def rows_of(results) -> list[ResultRow]:
    """Two queries for any number of results (a QuerySet or a slice of one)."""
    results = list(results.select_related("organization__parent"))
    lines: dict[int, list[LineRow]] = {}
    for line in ResultLine.objects.filter(result__in=[row.pk for row in results]).defer("evidence"):
        lines.setdefault(line.result_id, []).append(_line(line))
    return [
        ResultRow(
            organization_id=row.organization_id,
            code=row.organization.code,
            general_branch=row.organization.above_name,
            branch=row.organization.short_name,
            score=row.score,
            grade=row.grade,
            grade_word=row.get_grade_display(),
            points=row.points,
            earned=row.earned,
            lines=tuple(lines.get(row.pk, ())),
        )
        for row in results
    ]


def _line(line):
    metric = metric_of(line.metric)
    return LineRow(
        line.metric, metric.name, metric.unit, line.numerator, line.denominator, line.points, line.earned, line.how
    )


def evidence_of(results) -> Iterator[EvidenceRow]:
    """The rows behind every figure of the given results, streamed in the order of codes and lines."""
    lines = ResultLine.objects.filter(result__in=results.order_by().values("pk"))
    lines = lines.select_related("result__organization").order_by("result__organization__code", "order")
    for line in lines.iterator(chunk_size=500):
        yield from evidence_rows(line)


def evidence_rows(line: ResultLine) -> Iterator[EvidenceRow]:
    """The rows behind one figure."""
    owner, name = line.result.organization, metric_of(line.metric).name
    for what, value, counts, url in line.evidence:
        yield EvidenceRow(
            owner.code, owner.short_name, name, line.numerator, line.denominator, what, value, counts, url
        )


def opened(rows: list[ResultRow], organization: str) -> ResultRow | None:
    """The row that the address asks to open; a single row is always open."""
    if len(rows) == 1 and not organization:
        return rows[0]
    return next((row for row in rows if str(row.organization_id) == organization), None)
