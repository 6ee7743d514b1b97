"""Each indicator of the activity day is the arithmetic of the rows behind it, and agrees with what the duties say.

First held November's day as filed and recorded it in time; Second held it two days later and recorded late. Other,
whose plan came late, did not hold it; Direct did nothing at all.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.duties import rows
from activities.kinds import ItemKind
from activities.metrics import METRICS
from activities.models import ActivityDay, Attendance, MonthlyPlan, Policy
from branches.models import Organization
from core.clock import at
from core.contributions import Scope
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_person, make_plan
from tests.publicity_builders import make_mark

# how the rows make the figure: each row is one of the denominator; or the day counts once if any row does
BY_ROW = {
    "plan_in_time", "held_on_filed_day", "record_in_time", "attendance", "service", "leading_cadres", "responsibility",
}  # fmt: skip
BY_DAY = {"education"}
CODES = [metric.code for metric in METRICS]


@pytest.fixture
def november(world):
    for person in world.first.people.order_by("pk")[:3]:
        person.is_leading_cadre = True
        person.save(update_fields=["is_leading_cadre"])
    first = make_day(world.first, status="RECORDED", absent=2, on_leave=1)
    first.attendance.filter(person=world.xu.person).update(status="NOT_COUNTED", reason="长期病休")
    first.attendance.filter(person=world.chen.person).update(status="ABSENT")
    first.items.create(order=9, kind=ItemKind.SERVICE, content="义务讲解", outcome="NOT_DONE")
    for name, mark in (("定①", "MET"), ("定②", "PARTLY"), ("定③", "NOT_MET"), ("创", "MET")):
        make_mark(first, name, mark)
    late = at(datetime.date(2026, 11, 25), 9)
    second = make_day(world.second, status="RECORDED", held_on=datetime.date(2026, 11, 15), recorded_at=late)
    second.items.filter(kind=ItemKind.EDUCATION).update(outcome="NOT_DONE")
    second.items.filter(kind=ItemKind.SERVICE).delete()
    other = make_plan(world.other, status="ACCEPTED", first_submitted_on=datetime.date(2026, 10, 26)).day
    ActivityDay.objects.filter(pk=other.pk).update(status="NOT_HELD", not_held_reason="全院实习")
    return Organization.objects.branches()


# First, Second, Other, Direct: numerator, denominator
NOTHING = (0, 0)
FIGURES = {
    "plan_in_time": [(1, 1), (1, 1), (0, 1), (0, 1)],
    "held_on_filed_day": [(1, 1), (0, 1), (0, 1), (0, 1)],
    "record_in_time": [(1, 1), (0, 1), NOTHING, NOTHING],
    "attendance": [(4, 8), (4, 4), NOTHING, NOTHING],  # of nine one is not counted, two absent, one on leave, Chen
    "education": [(1, 1), (0, 1), NOTHING, NOTHING],
    "service": [(1, 2), NOTHING, NOTHING, NOTHING],
    "leading_cadres": [(1, 2), NOTHING, NOTHING, NOTHING],  # Li is there, Chen is not, Xu is not counted
    "responsibility": [(2, 4), NOTHING, NOTHING, NOTHING],  # what was met in part is not met
}


def figures(metric, branches, month=NOVEMBER):
    return metric.compute(branches, month)


@pytest.mark.parametrize("metric", METRICS, ids=CODES)
def test_the_figures_are_those_of_the_month(world, november, metric):
    found = figures(metric, november)

    order = (world.first, world.second, world.other, world.direct)
    assert [(found[one.pk].numerator, found[one.pk].denominator) for one in order] == FIGURES[metric.code]
    assert [found[one.pk].applies or bool(found[one.pk].why) for one in order] == [True] * 4


@pytest.mark.parametrize("metric", METRICS, ids=CODES)
def test_every_figure_is_the_sum_of_its_evidence(november, metric):
    evidence = {}
    for row in metric.evidence(november, NOVEMBER):
        evidence.setdefault(row.organization_id, []).append(row)

    for pk, figure in figures(metric, november).items():
        behind = evidence.get(pk, [])
        good = sum(row.counts for row in behind)
        if metric.code in BY_ROW:
            assert (figure.numerator, figure.denominator) == (good, len(behind))
        else:
            assert figure.numerator == min(good, 1)


def test_every_indicator_says_how_its_rows_make_it():
    assert sorted(CODES) == sorted(BY_ROW | BY_DAY) == sorted(FIGURES)


def test_everybody_expected_is_named_and_who_was_missing_first_with_the_reason(world, november):
    metric = next(one for one in METRICS if one.code == "attendance")

    rows = [row for row in metric.evidence(november, NOVEMBER) if row.organization_id == world.first.pk]

    words = [(row.value, row.counts) for row in rows]
    assert sorted(words[:4]) == [("缺席", False), ("缺席", False), ("缺席", False), ("请假：病假", False)]
    assert words[4:] == [("到会", True)] * 4
    counted = Attendance.objects.filter(day__organization=world.first).exclude(status="NOT_COUNTED")
    assert sorted(row.what for row in rows) == sorted(counted.values_list("person__name", flat=True))


@pytest.mark.parametrize(("hour", "says"), [(23, "2026-11-18 提交"), (24, "2026-11-19 提交")])
def test_a_record_is_shown_with_the_chinese_day_by_which_it_is_judged(world, hour, says):
    moment = at(datetime.date(2026, 11, 18)) + datetime.timedelta(hours=hour)
    make_day(world.first, status="RECORDED", recorded_at=moment.astimezone(datetime.UTC))
    metric = METRICS[CODES.index("record_in_time")]

    (row,) = metric.evidence(Organization.objects.filter(pk=world.first.pk), NOVEMBER)

    assert (row.value, row.counts) == (f"{says}（截止 2026-11-18）", hour == 23)


@pytest.mark.parametrize("state", MonthlyPlan.Status.values)
@pytest.mark.parametrize("late", [False, True])
def test_a_plan_counts_exactly_when_its_duty_was_done_in_time(world, state, late):
    sent = {} if state == "DRAFT" else {"first_submitted_on": datetime.date(2026, 10, 26 if late else 25)}
    make_plan(world.first, status=state, **sent)
    branches = Organization.objects.filter(pk=world.first.pk)
    duty = next(one for one in rows(Scope(branches, [NOVEMBER])) if one.kind == "plan")

    figure = METRICS[CODES.index("plan_in_time")].compute(branches, NOVEMBER)[world.first.pk]

    in_time = duty.done_on is not None and not duty.is_late
    assert (figure.numerator, figure.denominator) == (int(in_time), 1)
    assert in_time == (state in ("SUBMITTED", "FILED", "ACCEPTED") and not late)


@pytest.mark.parametrize("metric", METRICS, ids=CODES)
def test_a_month_off_counts_neither_for_nor_against_even_where_a_day_was_held(november, world, metric):
    Policy.objects.update(months_off=[11])

    found = figures(metric, november)

    assert {(one.numerator, one.denominator, one.why) for one in found.values()} == {(0, 0, "假期月份")}
    assert list(metric.evidence(november, NOVEMBER)) == []


@pytest.mark.parametrize("metric", METRICS, ids=CODES)
def test_only_the_asked_branches_and_month_are_behind_a_figure(world, november, metric):
    only = Organization.objects.filter(pk=world.first.pk)
    whole = [row for row in metric.evidence(november, NOVEMBER) if row.organization_id == world.first.pk]
    make_day(world.first, OCTOBER, status="RECORDED", absent=3)

    assert list(metric.evidence(only, NOVEMBER)) == whole
    assert figures(metric, only) == {world.first.pk: figures(metric, november)[world.first.pk]}


@pytest.mark.parametrize("metric", METRICS, ids=CODES)
def test_figure_and_evidence_cost_the_same_for_one_branch_and_for_six(world, november, metric):
    def costs(branches):
        with CaptureQueriesContext(connection) as queries:
            figures(metric, branches)
            list(metric.evidence(branches, NOVEMBER))
        return len(queries)

    few = costs(Organization.objects.filter(pk=world.first.pk))
    for number in range(3, 8):
        branch = make_branch(world.arts, f"第{number}党支部", members=3)
        make_person(branch, is_leading_cadre=True)
        make_day(branch, status="RECORDED", absent=1)
    assert costs(Organization.objects.branches()) == few
