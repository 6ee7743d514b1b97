"""Computing, publishing and compiling an assessment, changing the scheme: every write of this part.

Computing works in batches of branches, each in its own short transaction, so that no lock is held for the whole
university; ``computed_at`` is empty meanwhile, and what is half computed can be neither published nor compiled.
"""

from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction

from branches import access
from branches.models import Appointment, Organization
from core import clock, jobs
from core.audit import record, remember, since
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, require
from supervision import rules, scoring, workbook
from supervision.measuring import BATCH, UNKNOWN, assessed_branches, changed_branches, measure
from supervision.models import Assessment, Report, Result, ResultLine, Scheme, SchemeLine


def compute_assessment(month: Month, *, by=None, progress=None) -> Assessment:
    """Score every branch of a month under the scheme in force; computing again replaces the rows by the same ones.

    ``by`` is None when the system computes; ``progress(percent)`` is called after each metric of each batch.
    Raises StaleState when the month is published.
    """
    assessment = _begin(month, by=by)
    lines = list(assessment.scheme.lines.all())
    for batch, found in measure(month, lines, progress=progress):
        _write(assessment, lines, batch, found)
    return _finish(assessment, by=by)


@transaction.atomic
def _begin(month, *, by):
    scheme = Scheme.in_force(month)
    if scheme is None:
        raise StaleState(f"{month.label}没有生效的考评方案，请先制定方案。")
    assessment, _ = Assessment.objects.get_or_create(month=month, defaults={"scheme": scheme})
    assessment = lock(assessment, Assessment.Status.COMPUTED)
    if by is not None:
        require(rules.can_compute(by, assessment))
    assessment.scheme, assessment.scheme_version, assessment.computed_at = scheme, scheme.version, None
    assessment.save(update_fields=["scheme", "scheme_version", "computed_at"])
    return assessment


@transaction.atomic
def _write(assessment, lines, batch, found):
    """Replace the rows of a batch of branches, unless somebody published or began anew under another scheme."""
    fresh = lock(assessment, Assessment.Status.COMPUTED)
    if (fresh.scheme_id, fresh.scheme_version) != (assessment.scheme_id, assessment.scheme_version):
        raise StaleState("计算期间方案改过，请重新计算。")
    old = assessment.results.filter(organization__in=batch)
    ResultLine.objects.filter(result__in=old).delete()
    old.delete()
    scored = [_scored(assessment, lines, pk, found) for pk in batch]
    Result.objects.bulk_create([result for result, _ in scored], batch_size=BATCH)
    for result, rows in scored:
        for row in rows:
            row.result = result
    ResultLine.objects.bulk_create([row for _, rows in scored for row in rows], batch_size=BATCH)


def _scored(assessment, lines, pk, found):
    """One branch's unsaved result and its lines."""
    rows, marks = [], []
    for line in lines:
        figures, evidence = found[line.metric]
        figure = figures.get(pk, UNKNOWN)
        mark = scoring.mark(scoring.Line(line.points, line.rule, line.per_miss, line.full_from), figure)
        marks.append(mark)
        rows.append(
            ResultLine(
                metric=line.metric,
                order=line.order,
                numerator=figure.numerator,
                denominator=figure.denominator,
                points=mark.points,
                earned=mark.earned,
                how=mark.how[:200],
                evidence=evidence.get(pk, []),
            )
        )
    scheme = assessment.scheme
    total = scoring.total(marks, scoring.Floors(scheme.excellent_from, scheme.good_from, scheme.fair_from))
    result = Result(assessment=assessment, organization_id=pk)
    result.score, result.points, result.earned, result.grade = total.score, total.points, total.earned, total.grade
    return result, rows


@transaction.atomic
def _finish(begun, *, by):
    assessment = lock(begun, Assessment.Status.COMPUTED)
    since(assessment, begun)  # beginning and finishing are one act, recorded once
    assessment.results.exclude(organization__in=assessed_branches(assessment.month)).delete()
    assessment.computed_at = clock.now()
    assessment.save(update_fields=["computed_at"])
    record(
        assessment, "assessment.computed", by=by, scheme_version=assessment.scheme_version,
        results=assessment.results.count(),
    )  # fmt: skip
    return assessment


def publish_assessment(assessment: Assessment, *, by) -> Assessment:
    """Freeze the results and tell the secretaries of the assessed branches, once.

    Everything is read again first: figures that have been overtaken since they were computed are not published, but
    computed anew and looked at.
    """
    with transaction.atomic():
        ready = _lock_to_publish(assessment, by=by)
    changed = changed_branches(ready)
    if changed:
        raise StaleState(
            f"还没有发布：计算以后数据有改动，涉及 {len(changed)} 个党支部。请先点“重新计算”，看过新结果再发布。"
        )
    return _publish(ready, by=by)


def _lock_to_publish(assessment, *, by):
    assessment = lock(assessment, Assessment.Status.COMPUTED)
    # Under the scheme's lock nobody can edit it between the check and the publication.
    Scheme.objects.select_for_update().get(pk=assessment.scheme_id)
    require(rules.can_publish(by, assessment))
    return assessment


@transaction.atomic
def _publish(ready, *, by):
    assessment = _lock_to_publish(ready, by=by)
    if assessment.computed_at != ready.computed_at:
        raise StaleState("还没有发布：刚才有人重新计算过，请看过新结果再发布。")
    assessment.status = Assessment.Status.PUBLISHED
    assessment.published_at, assessment.published_by = clock.now(), by
    assessment.save(update_fields=["status", "published_at", "published_by"])
    record(assessment, "assessment.published", by=by, results=assessment.results.count())
    tell(
        _secretaries(assessment), "assessment_published", key=f"assessment_published:{assessment.month}",
        title=f"{assessment.month.label}考评结果已发布", text="点开可以看到本支部的得分、等次和每一项的依据。",
        url=assessment.get_absolute_url(), sender="党委组织部",
    )  # fmt: skip
    return assessment


def _secretaries(assessment):
    return Appointment.objects.filling(access.SECRETARIES, assessment.results.values("organization")).accounts()


@transaction.atomic
def edit_scheme(base: Scheme, *, by, version: int, effective_from: Month, name: str, floors, lines) -> Scheme:
    """Set the scheme from a month on, starting from ``base`` as it stood at ``version``.

    A scheme that a published assessment uses is never changed: the month must lie after the last published one. For
    the month of ``base`` itself that scheme is rewritten, for another one a new scheme begins there. ``floors`` are
    ``scoring.Floors``, ``lines`` dicts of SchemeLine's fields.
    """
    schemes = {scheme.pk: scheme for scheme in lock_all(Scheme.objects.order_by("pk"))}
    if base.pk not in schemes or schemes[base.pk].version != version:
        raise StaleState("方案已被别人改过，请看最新的方案后再修改。")
    require(rules.can_edit(by, base))
    free = rules.first_free_month()
    if free and effective_from < free:
        raise StaleState(f"{free.previous.label}的结果已经发布，方案最早从 {free.label}起修改。")
    same = next((one for one in schemes.values() if one.effective_from == effective_from), None)
    if same and same.pk != base.pk:
        raise StaleState(f"{effective_from.label}起已有方案“{same}”，请直接修改那个方案。")
    scheme = same or Scheme(effective_from=effective_from, version=0)
    scheme.name, scheme.version = name, scheme.version + 1
    scheme.excellent_from, scheme.good_from, scheme.fair_from = floors.excellent, floors.good, floors.fair
    scheme.save()
    kept, gone = _write_lines(scheme, lines)
    record(
        scheme, "scheme.edited", by=by, also=kept, gone=gone,
        effective_from=str(effective_from), version=scheme.version,
        floors=[str(floors.excellent), str(floors.good), str(floors.fair)],
        lines=[{key: str(value) for key, value in line.items()} for line in lines],
    )  # fmt: skip
    return scheme


def _write_lines(scheme, lines):
    """Make the scheme's lines what they should be, metric by metric; gives those that stay and those that go."""
    wanted = {line["metric"]: line for line in lines}
    held = {line.metric: line for line in lock_all(scheme.lines.all())}
    kept = [line for metric, line in held.items() if metric in wanted]
    gone = [line for metric, line in held.items() if metric not in wanted]
    for line in kept:
        for name, value in wanted[line.metric].items():
            setattr(line, name, value)
        line.save()
    scheme.lines.filter(pk__in=[line.pk for line in gone]).delete()
    SchemeLine.objects.bulk_create(
        SchemeLine(scheme=scheme, **line) for metric, line in wanted.items() if metric not in held
    )
    return kept, gone


@transaction.atomic
def request_report(month: Month, organization: Organization, *, by) -> jobs.Job:
    """Ask for an organization's workbook of a month; one job a month and scope."""
    require(rules.can_report(by, organization))
    job = jobs.enqueue(
        "compile_report", Report.key(month, organization), by=by, again=True, month=str(month),
        organization=organization.pk,
    )  # fmt: skip
    record(organization, "report.requested", by=by, month=str(month))
    return job


def compile_report(job: jobs.Job) -> Report:
    """The work of a ``compile_report`` job: compute what may still be computed, write the workbook, keep it as a file.

    Done again it gives the same file; whoever asked must still be entitled when the work is done.
    """
    month = Month.parse(job.payload["month"])
    organization = Organization.objects.get(pk=job.payload["organization"])
    require(rules.can_report(job.asked_by, organization))
    assessment = Assessment.objects.filter(month=month).first() or Assessment(month=month)
    if rules.can_compute(job.asked_by, assessment):
        assessment = compute_assessment(
            month, by=job.asked_by, progress=lambda done: job.report_progress(done * 6 // 10)
        )
    if assessment.computed_at is None:
        raise StaleState(f"{month.label}考评还没有计算好，稍后会再试。")
    results = Result.objects.visible_to(job.asked_by).filter(assessment=assessment).under(organization)
    content = workbook.compile_workbook(
        assessment, organization, results, progress=lambda done: job.report_progress(60 + done * 4 // 10)
    )
    return _store(assessment, organization, job, content)


@transaction.atomic
def _store(assessment, organization, job, content):
    if lock(assessment).computed_at != assessment.computed_at:
        raise StaleState("编制期间考评重新计算过，将按新结果重新编制。")
    report = Report.objects.filter(assessment=assessment, organization=organization).first()
    if report:
        remember(report)
    report = report or Report(assessment=assessment, organization=organization)
    old = report.file.name
    report.job, report.compiled_at = job, clock.now()
    report.file.save(f"{assessment.month}-{organization.code}.xlsx", ContentFile(content), save=False)
    report.save()
    record(report, "report.compiled", by=job.asked_by, month=str(assessment.month), bytes=len(content))
    if old:
        transaction.on_commit(partial(report.file.storage.delete, old))
    return report


@transaction.atomic
def take_report(report: Report, *, by):
    """Open a report's file for whoever downloads it; the download is kept in the log."""
    record(report, "report.downloaded", by=by, file=report.file.name)
    return report.file.open("rb")
