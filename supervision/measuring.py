"""Reading what an assessment is made of: the figures of a month with the rows behind them, in batches of branches."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q

from branches.models import Organization
from core.contributions import Figure, registry
from core.periods import Month
from supervision.models import Assessment, ResultLine

BATCH = 500
UNKNOWN = Figure(0, 0, "系统里没有这项指标")
CENT = Decimal("0.01")


def assessed_branches(month: Month):
    """The branches that an assessment of a month covers: founded by its end and not closed by then."""
    return Organization.objects.branches().filter(
        Q(founded_on=None) | Q(founded_on__lte=month.last), Q(closed_on=None) | Q(closed_on__gt=month.last)
    )


def measure(month: Month, lines, *, progress=None) -> Iterator[tuple[list[int], dict]]:
    """Batches of branches, each with ``{metric: (figures, evidence)}`` for the lines of a scheme.

    ``progress(percent)`` is called after each metric of each batch.
    """
    ids = list(assessed_branches(month).values_list("pk", flat=True))
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    for place, batch in enumerate(batches):
        branches, found = Organization.objects.filter(pk__in=batch), {}
        for step, line in enumerate(lines, start=1):
            found[line.metric] = _figures(registry.metrics.get(line.metric), branches, month)
            if progress:
                progress((place * len(lines) + step) * 100 // (len(batches) * len(lines)))
        yield batch, found


def _figures(metric, branches, month):
    """A metric's figures and its evidence as ``{organization_id: [[what, value, counts, url], …]}``."""
    if metric is None:
        return {}, {}
    evidence: dict[int, list] = {}
    with one_moment():
        for row in metric.evidence(branches, month):
            evidence.setdefault(row.organization_id, []).append([row.what, row.value, row.counts, row.url])
        return metric.compute(branches, month), evidence


@contextmanager
def one_moment():
    """What is read inside is read as of one moment, so that no mark in between parts a figure from its evidence.

    PostgreSQL shows each statement the newest rows unless it is told to repeat. On SQLite the transaction is enough:
    it holds the lock that a writer would need. Hence one metric of one batch at a time, which is a few hundredths of
    a second, and progress is told outside. Inside another transaction the moment is that one's.
    """
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def changed_branches(assessment: Assessment) -> set[int]:
    """The branches that would have another figure, or other rows behind one, if they were computed now."""
    month, lines = assessment.month, list(assessment.scheme.lines.all())
    assessed = assessed_branches(month).values_list("pk", flat=True)
    changed = set(assessed) ^ set(assessment.results.values_list("organization", flat=True))
    for batch, found in measure(month, lines):
        stored = ResultLine.objects.filter(result__assessment=assessment, result__organization__in=batch)
        for row in stored.select_related("result"):
            figures, evidence = found[row.metric]
            pk = row.result.organization_id
            figure = figures.get(pk, UNKNOWN)
            if _as_stored(figure) != (row.numerator, row.denominator) or not _alike(evidence.get(pk, []), row.evidence):
                changed.add(pk)
    return changed


def _as_stored(figure):
    return tuple(Decimal(part).quantize(CENT) for part in (figure.numerator, figure.denominator))


def _alike(one, other):
    return sorted(one) == sorted(other)  # the order in which a database gives rows means nothing
