"""Zhou, of the organization department, computes and publishes. Every branch of the cast is assessed for October."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities.models import Policy
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from supervision import reports, scoring
from supervision.actions import compute_assessment, edit_scheme, publish_assessment
from supervision.models import Assessment, Result, ResultLine, Scheme
from tests.builders import NOVEMBER, OCTOBER, make_branch
from tests.supervision.cases import HALF, NOT_APPLICABLE, NOTHING

FLOORS = scoring.Floors(Decimal(90), Decimal(80), Decimal(60))


def stored(assessment):
    """Everything that was stored of an assessment, without ids."""
    fields = ("organization__code", "score", "points", "earned", "grade")
    lines = ("result__organization__code", "metric", "order", "numerator", "denominator", "points", "earned", "how")
    return [
        list(assessment.results.values_list(*fields)),
        list(ResultLine.objects.filter(result__assessment=assessment).order_by("result__organization__code", "order")
             .values_list(*lines, "evidence")),
    ]  # fmt: skip


def test_every_branch_gets_its_score_and_grade(world, figures):
    figures.set(world.first, days=HALF)
    figures.set(world.second, talks=NOT_APPLICABLE)
    figures.set(world.other, days=NOT_APPLICABLE, talks=NOT_APPLICABLE)
    figures.set(world.direct, talks=NOTHING)

    assessment = compute_assessment(OCTOBER, by=world.zhou)

    assert stored(assessment)[0] == [
        ("0201001", Decimal("70.0"), Decimal(100), Decimal(70), "FAIR"),
        ("0201002", Decimal("100.0"), Decimal(60), Decimal(60), "EXCELLENT"),
        ("0301001", None, Decimal(0), Decimal(0), "NONE"),
        ("9901001", Decimal("60.0"), Decimal(100), Decimal(60), "FAIR"),
    ]
    assert figures.computed == ["days", "talks"]


def test_computing_again_gives_the_same_rows(world, figures):
    figures.set(world.first, days=HALF)
    first = stored(compute_assessment(OCTOBER, by=world.zhou))

    assert stored(compute_assessment(OCTOBER, by=world.zhou)) == first
    assert Result.objects.count() == 4


def test_computing_in_batches_gives_the_same_rows(world, figures, monkeypatch):
    figures.set(world.first, days=HALF)
    whole = stored(compute_assessment(OCTOBER))
    monkeypatch.setattr("supervision.measuring.BATCH", 3)
    percents = []

    assert stored(compute_assessment(OCTOBER, progress=percents.append)) == whole
    assert percents == [25, 50, 75, 100]


def test_only_branches_that_stood_in_the_month_are_assessed(world, figures):
    for branch, founded_on, closed_on in (
        (make_branch(world.arts, "十月成立", code="0201008"), datetime.date(2026, 10, 31), None),
        (make_branch(world.arts, "十一月成立", code="0201009"), datetime.date(2026, 11, 1), None),
        (make_branch(world.arts, "十月撤销", code="0201010"), None, datetime.date(2026, 10, 31)),
        (make_branch(world.arts, "十一月撤销", code="0201012"), None, datetime.date(2026, 11, 1)),
    ):
        branch.founded_on, branch.closed_on = founded_on, closed_on
        branch.save()

    assessment = compute_assessment(OCTOBER, by=world.zhou)

    assert list(assessment.results.values_list("organization__code", flat=True)) == [
        "0201001", "0201002", "0201008", "0201012", "0301001", "9901001",
    ]  # fmt: skip


def test_a_branch_that_no_longer_counts_loses_its_row(world, figures):
    compute_assessment(OCTOBER, by=world.zhou)
    world.direct.closed_on = datetime.date(2026, 10, 20)
    world.direct.save()

    assessment = compute_assessment(OCTOBER, by=world.zhou)

    assert list(assessment.results.values_list("organization__code", flat=True)) == ["0201001", "0201002", "0301001"]


def test_publishing_freezes_figures_and_evidence(world, figures):
    assessment = publish_assessment(compute_assessment(OCTOBER, by=world.zhou), by=world.zhou)
    before = stored(assessment)
    figures.set(world.first, days=NOTHING)

    with pytest.raises(StaleState):
        compute_assessment(OCTOBER, by=world.zhou)
    with pytest.raises(StaleState):
        publish_assessment(assessment, by=world.zhou)

    assert stored(assessment) == before


def test_publishing_tells_each_secretary_once(world, figures):
    publish_assessment(compute_assessment(OCTOBER, by=world.zhou), by=world.zhou)

    told = Notice.objects.order_by("recipient__name").values_list("recipient__name", "title", "url")
    assert list(told) == [
        (name, "2026 年 10 月考评结果已发布", "/assessments/2026-10/")
        for name in ("吴书记", "李书记", "赵书记", "钱书记")
    ]
    assert list(AuditEntry.objects.order_by("pk").values_list("event", "by__name")) == [
        ("assessment.computed", "周组织部"), ("assessment.published", "周组织部"),
    ]  # fmt: skip


def test_what_was_half_computed_is_not_published(world, figures, monkeypatch):
    compute_assessment(OCTOBER, by=world.zhou)
    monkeypatch.setattr("supervision.actions._write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        compute_assessment(OCTOBER, by=world.zhou)

    with pytest.raises(PermissionDenied, match="没有完成"):
        publish_assessment(Assessment.objects.get(), by=world.zhou)


def change(scheme, world, month, days=70, **fields):
    lines = [{"metric": "days", "order": 1, "points": Decimal(days)}]
    values = {"version": scheme.version, "name": "新方案", "floors": FLOORS, "lines": lines} | fields
    return edit_scheme(scheme, by=world.zhou, effective_from=month, **values)


def test_figures_under_a_changed_scheme_are_not_published_before_they_are_computed_again(world, figures):
    assessment = compute_assessment(OCTOBER, by=world.zhou)
    scheme = Scheme.objects.get()
    change(scheme, world, scheme.effective_from)

    with pytest.raises(PermissionDenied, match="方案在计算之后改过"):
        publish_assessment(assessment, by=world.zhou)
    publish_assessment(compute_assessment(OCTOBER, by=world.zhou), by=world.zhou)

    assert Result.objects.get(organization=world.first).points == Decimal(70)


def test_a_scheme_that_was_published_with_is_never_changed(world, figures):
    publish_assessment(compute_assessment(OCTOBER, by=world.zhou), by=world.zhou)
    scheme = Scheme.objects.get()

    for month in (scheme.effective_from, OCTOBER):
        with pytest.raises(StaleState, match="最早从 2026 年 11 月起修改"):
            change(scheme, world, month)
    new = change(scheme, world, NOVEMBER)

    assert list(Scheme.objects.values_list("name", "effective_from", "version")) == [
        ("新方案", NOVEMBER, 1), ("默认百分制方案", scheme.effective_from, 1),
    ]  # fmt: skip
    assert sum(line.points for line in scheme.lines.all()) == 100
    assert compute_assessment(NOVEMBER, by=world.zhou).scheme == new


def test_the_second_of_two_editors_is_told(world, figures):
    scheme = Scheme.objects.get()
    change(scheme, world, scheme.effective_from)

    with pytest.raises(StaleState, match="已被别人改过"):
        change(scheme, world, scheme.effective_from, days=10)

    assert [line.points for line in Scheme.objects.get().lines.all()] == [Decimal(70)]


def test_results_read_back_as_they_were_scored(world, figures):
    figures.set(world.first, days=HALF)
    rows = reports.results_for(compute_assessment(OCTOBER, by=world.zhou), world.zhou)

    first = rows[0]
    assert (first.code, first.general_branch, first.branch) == ("0201001", "文学院党总支", "文学院第一党支部")
    assert [(line.name, line.numerator, line.denominator, line.earned, line.how) for line in first.lines] == [
        ("活动", 2, 4, 30, "50.0%，按比例"), ("谈话", 4, 4, 40, "全部完成"),
    ]  # fmt: skip
    assert [row.general_branch for row in rows] == ["文学院党总支", "文学院党总支", "历史学院党总支", "直属党支部"]


def test_months_before_the_site_was_in_use_are_not_assessed(world, client):
    Policy.objects.update(effective_from=OCTOBER)
    client.force_login(world.zhou)
    assert [row.month for row in client.get(reverse("assessments")).context["rows"]] == [NOVEMBER, OCTOBER]
    assert client.post(reverse("assessment_compute", args=[OCTOBER.previous])).status_code == 403
    assert not Assessment.objects.exists()
