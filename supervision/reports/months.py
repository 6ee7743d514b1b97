"""The months and the schemes as lists, and how far a month's workbook is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from activities.models import Policies
from branches.models import Organization
from core.contributions import Metric
from core.jobs import Job
from core.periods import Month
from supervision import rules
from supervision.models import Assessment, Report, Result, Scheme, SchemeLine
from supervision.reports.figures import GRADES
from supervision.reports.results import metric_of


@dataclass(frozen=True)
class MonthRow:
    """A month in the list, with its assessment (or None) and the visible ``(grade, word, count)`` rows.

    ``is_preview``: something of it could still be done in time when it was computed. ``is_off``: a vacation month.
    """

    month: Month
    assessment: Assessment | None
    grades: list[tuple[str, str, int]]
    not_graded: int
    is_preview: bool = False
    is_off: bool = False

    @property
    def is_published(self) -> bool:
        return self.assessment is not None and self.assessment.is_published


@dataclass(frozen=True)
class SchemeRow:
    """A scheme, its ``(line, metric)`` rows, the months that it concerns, and how many of them are published."""

    scheme: Scheme
    lines: list[tuple[SchemeLine, Metric]]
    points: Decimal
    last: Month | None
    published: int


@dataclass(frozen=True)
class Workbook:
    """The compiled workbook of a scope: its last report and its job, either of which may not exist yet."""

    scope: Organization | None
    report: Report | None
    job: Job | None

    @property
    def is_running(self) -> bool:
        return self.job is not None and self.job.is_open

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == Job.State.FAILED

    @property
    def is_stale(self) -> bool:
        """Was the assessment computed anew, or published, after the workbook was compiled?"""
        if self.report is None:
            return False
        changed_at = self.report.assessment.last_changed_at
        return changed_at is not None and self.report.compiled_at < changed_at


def months_for(months: Iterable[Month], user) -> list[MonthRow]:
    """The given months with what the user may see of their assessments, in three queries."""
    months, policies = list(months), Policies()
    assessments = Assessment.objects.visible_to(user).filter(month__in=months).with_scheme()
    by_month = {row.month: row for row in assessments}
    counts = _counts(Result.objects.visible_to(user).filter(assessment__in=[row.pk for row in by_month.values()]))
    found = []
    for month in months:
        row = by_month.get(month)
        pk = row.pk if row else None
        grades = [(grade, word, counts.get((pk, grade), 0)) for grade, word in GRADES]
        is_preview = row is not None and rules.is_preview(row, policies)
        not_graded = counts.get((pk, Result.Grade.NONE), 0)
        found.append(MonthRow(month, row, grades, not_graded, is_preview, policies.of(month).is_off(month)))
    return found


def _counts(results):
    rows = results.order_by().values("assessment", "grade").annotate(count=Count("pk"))
    return {(row["assessment"], row["grade"]): row["count"] for row in rows}


def schemes_for(user) -> list[SchemeRow]:
    """Every scheme, the latest first, with the last month before the next one begins."""
    found, later = [], None
    published = Count("assessment", filter=Q(assessment__status=Assessment.Status.PUBLISHED))
    for scheme in (
        Scheme.objects.visible_to(user)
        .annotate(published=published)
        .order_by("-effective_from")
        .prefetch_related("lines")
    ):
        lines = [(line, metric_of(line.metric)) for line in scheme.lines.all()]
        points = sum(line.points for line, _ in lines)
        found.append(SchemeRow(scheme, lines, points, later.previous if later else None, scheme.published))
        later = scheme.effective_from
    return found


def workbook_of(assessment: Assessment, scope: Organization | None) -> Workbook:
    """The workbook of the user's own scope: one job a month and scope makes it, and knows it."""
    if scope is None:
        return Workbook(None, None, None)
    job = Job.objects.filter(key=Report.key(assessment.month, scope)).select_related("report").first()
    report = getattr(job, "report", None)
    if report:
        report.assessment = assessment
    return Workbook(scope, report, job)


def general_branches(user):
    """The general branches that a reader may filter by."""
    return Organization.objects.general_branches().visible_to(user)
