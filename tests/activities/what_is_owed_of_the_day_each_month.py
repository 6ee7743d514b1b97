"""A branch owes each month its plan, its day and the record: open until done, and not at all where nothing is owed.

It is 23 November; November's plan was due on 25 October, the usual day was Friday, 13 November.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.duties import rows
from activities.metrics import METRICS
from activities.models import ActivityDay, MonthlyPlan, Policy
from branches.models import Organization
from core.clock import at
from core.contributions import Figure, Scope
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_plan

DUE = datetime.date(2026, 10, 25)
FRIDAY = datetime.date(2026, 11, 13)


def owed(*branches, months=(NOVEMBER,)):
    """``{kind: duty}`` of one branch and month, or the list of all duties."""
    found = list(rows(Scope(Organization.objects.filter(pk__in=[one.pk for one in branches]).order_by("code"), months)))
    return {duty.kind: duty for duty in found} if len(found) == 3 else found


def test_without_a_plan_both_plan_and_day_are_open_and_the_record_waits(world):
    duties = owed(world.first)

    form = reverse("plan_edit", args=[world.first.pk, NOVEMBER])
    assert {kind: (duty.due_on, duty.is_open, duty.not_yet, duty.url) for kind, duty in duties.items()} == {
        "plan": (DUE, True, "", form),
        "day": (datetime.date(2026, 11, 30), True, "", form),
        "record": (datetime.date(2026, 12, 5), False, "活动日还没有开展", form),
    }


@pytest.mark.parametrize(
    ("status", "is_open", "detail", "act"),
    [
        ("DRAFT", True, "草稿已存，还没有报送。", "补齐并报送"),
        ("SUBMITTED", False, "待总支审核", "补齐并报送"),
        ("FILED", False, "待组织部审核", "补齐并报送"),
        ("ACCEPTED", False, "已备案", "补齐并报送"),
        ("RETURNED", True, "被退回：请换地点", "修改再报"),
    ],
)
def test_a_plan_is_owed_until_it_is_sent_and_again_when_it_is_returned(world, status, is_open, detail, act):
    plan = make_plan(world.first, status=status, return_note="请换地点" if status == "RETURNED" else "")

    duty = owed(world.first)["plan"]

    assert (duty.is_open, duty.detail, duty.act) == (is_open, detail, act)
    assert duty.done_on == (None if is_open else DUE)
    form = reverse("plan_edit", args=[world.first.pk, NOVEMBER])
    assert duty.url == (form if is_open else plan.get_absolute_url())


def test_a_plan_sent_after_its_day_is_done_late(world):
    make_plan(world.first, status="FILED", first_submitted_on=datetime.date(2026, 10, 26))
    make_plan(world.second, status="FILED", first_submitted_on=DUE)

    assert [duty.is_late for duty in owed(world.first, world.second) if duty.kind == "plan"] == [True, False]


def test_a_day_is_owed_on_the_date_that_was_filed(world):
    day = make_plan(world.first, status="ACCEPTED", planned_on=datetime.date(2026, 11, 20)).day

    duty = owed(world.first)["day"]

    assert (duty.due_on, duty.is_open, duty.url) == (datetime.date(2026, 11, 20), True, day.get_absolute_url())


def test_a_held_day_is_done_and_its_record_is_owed_five_days_later(world):
    day = make_day(world.first)

    duties = owed(world.first)

    assert (duties["day"].done_on, duties["day"].is_open) == (FRIDAY, False)
    record = duties["record"]
    assert (record.due_on, record.is_open, record.url) == (
        datetime.date(2026, 11, 18), True, reverse("day_record", args=[day.pk]),
    )  # fmt: skip


@pytest.mark.parametrize(("hour", "late"), [(23, False), (24, True)])
def test_a_record_is_done_on_its_chinese_day(world, hour, late):
    day = make_day(world.first, status="RECORDED")
    ActivityDay.objects.filter(pk=day.pk).update(
        recorded_at=at(datetime.date(2026, 11, 18)) + datetime.timedelta(hours=hour)
    )

    duty = owed(world.first)["record"]

    assert (duty.done_on, duty.is_late) == (datetime.date(2026, 11, 19 if late else 18), late)


def test_a_day_that_was_not_held_is_said_with_its_reason(world):
    day = make_plan(world.first, status="ACCEPTED").day
    ActivityDay.objects.filter(pk=day.pk).update(status="NOT_HELD", not_held_reason="全院实习")

    duties = owed(world.first)

    assert (duties["plan"].is_open, duties["day"].is_open, duties["day"].is_owed, duties["day"].missed) == (
        False, False, True, "未开展：全院实习",
    )  # fmt: skip
    assert duties["record"].not_owed == "本月未开展活动日"


NOTHING = [
    ("系统启用前", Month(2026, 9), {}),
    ("假期月份", Month(2027, 2), {}),
    ("尚未成立", OCTOBER, {"founded_on": datetime.date(2026, 11, 1)}),
    ("已撤销", NOVEMBER, {"closed_on": datetime.date(2026, 11, 1)}),
    ("", OCTOBER, {"founded_on": datetime.date(2026, 9, 25)}),
    ("已撤销", NOVEMBER, {"closed_on": datetime.date(2026, 11, 30)}),
    ("", NOVEMBER, {"closed_on": datetime.date(2026, 12, 1)}),
    ("", OCTOBER, {}),
]


@pytest.mark.parametrize(("why", "month", "fields"), NOTHING)
def test_where_nothing_is_owed_duty_and_figure_give_the_same_reason(world, why, month, fields):
    """The site has been in use since October; February and August are off."""
    Policy.objects.update(effective_from=OCTOBER, months_off=[2, 8])
    branch = make_branch(world.arts, members=3)
    Organization.objects.filter(pk=branch.pk).update(**fields)

    duties = owed(branch, months=(month,))
    branches = Organization.objects.filter(pk=branch.pk)
    figures = {metric.code: metric.compute(branches, month)[branch.pk] for metric in METRICS}

    assert (duties["plan"].not_owed, duties["day"].not_owed) == (why, why)
    assert (duties["record"].not_owed, duties["record"].not_yet) == (why, "活动日还没有开展")
    assert {code: figures[code].why for code in ("plan_in_time", "held_on_filed_day")} == {
        "plan_in_time": why, "held_on_filed_day": why,
    }  # fmt: skip
    others = [figure for code, figure in figures.items() if code not in ("plan_in_time", "held_on_filed_day")]
    assert {(figure.denominator, figure.why) for figure in others} == {(0, why or "本月未开展活动日")}


def test_a_branch_founded_after_the_due_day_owes_the_day_and_no_plan(world):
    Organization.objects.filter(pk=world.first.pk).update(founded_on=datetime.date(2026, 10, 26))

    duties = owed(world.first)
    branches = Organization.objects.filter(pk=world.first.pk)
    plan = next(metric for metric in METRICS if metric.code == "plan_in_time").compute(branches, NOVEMBER)

    assert (duties["plan"].not_owed, duties["day"].is_open) == ("成立时已过报送期", True)
    assert plan[world.first.pk].why == "成立时已过报送期"


def test_a_returned_plan_is_owed_again_some_days_later(world):
    plan = make_plan(world.first, status="RETURNED", returned_at=at(datetime.date(2026, 11, 20), 15))

    duty = owed(world.first)["plan"]

    assert (duty.title, duty.due_on) == ("修改并再报 11 月计划", datetime.date(2026, 11, 23))
    MonthlyPlan.objects.filter(pk=plan.pk).update(returned_at=at(datetime.date(2026, 10, 10), 15))
    assert owed(world.first)["plan"].due_on == DUE


def test_the_due_day_of_a_plan_stays_what_it_was_when_it_was_begun(world):
    make_plan(world.first, status="FILED", first_submitted_on=datetime.date(2026, 10, 25))
    Policy.objects.update(plan_due_day=20)

    plans = [duty for duty in owed(world.first, world.second) if duty.kind == "plan"]

    assert [(duty.due_on.day, duty.is_late) for duty in plans] == [(25, False), (20, False)]


def test_a_record_that_may_still_come_counts_neither_way(world, monday):
    day = make_day(world.first, held_on=datetime.date(2026, 11, 20))
    record = next(metric for metric in METRICS if metric.code == "record_in_time")
    branches = Organization.objects.filter(pk=world.first.pk)

    assert record.compute(branches, NOVEMBER)[world.first.pk].why == "记录还没有到截止日"
    assert list(record.evidence(branches, NOVEMBER)) == []
    monday.move_to(at(day.record_due_on + datetime.timedelta(days=1)))
    assert record.compute(branches, NOVEMBER)[world.first.pk] == Figure(0, 1)


def test_a_date_filed_after_the_day_was_chosen_not_kept(world):
    kept = next(metric for metric in METRICS if metric.code == "held_on_filed_day")
    make_day(world.first)
    late = make_day(world.second)
    MonthlyPlan.objects.filter(pk=late.plan_id).update(submitted_at=at(datetime.date(2026, 11, 16), 9))

    figures = kept.compute(Organization.objects.branches(), NOVEMBER)

    assert (figures[world.first.pk], figures[world.second.pk]) == (Figure(1, 1), Figure(0, 1))
    assert [row.value for row in kept.evidence(Organization.objects.filter(pk=world.second.pk), NOVEMBER)] == [
        "2026-11-13 开展，备案日期 2026-11-13（2026-11-16 才报送）"
    ]


def test_a_later_policy_leaves_the_months_before_it_alone(world):
    """From December on the plan is due on the 20th, the record within three days, and December is off."""
    Policy.objects.create(effective_from=NOVEMBER.next, plan_due_day=20, record_due_days=3, months_off=[12])

    plans = [duty for duty in owed(world.first, months=[NOVEMBER, NOVEMBER.next, NOVEMBER + 2]) if duty.kind == "plan"]

    assert [(duty.due_on, duty.not_owed) for duty in plans] == [
        (DUE, ""), (datetime.date(2026, 11, 20), "假期月份"), (datetime.date(2026, 12, 20), ""),
    ]  # fmt: skip


def test_the_year_of_a_branch_says_where_nothing_was_owed_and_offers_no_way_there(world, client):
    """A month off that is over is left alone; one that is to come may still be planned."""
    Policy.objects.update(effective_from=Month(2026, 8), months_off=[2, 8])
    make_plan(world.first, status="ACCEPTED")
    make_plan(world.first, NOVEMBER.next)
    client.force_login(world.li)

    quarters = client.get(reverse("plans"), {"year": 2026}).context["quarters"]

    shown = {row.month.number: (row.not_owed, row.plan_late, row.act) for part in quarters for row in part["months"]}
    assert {number: shown[number] for number in range(7, 13)} == {
        7: ("系统启用前", False, ""), 8: ("假期月份", False, ""), 9: ("", True, "填写"), 10: ("", True, "填写"),
        11: ("", False, "查看"), 12: ("", False, "继续填"),
    }  # fmt: skip
    following = client.get(reverse("plans"), {"year": 2027}).context["quarters"][0]["months"]
    assert [(row.not_owed, row.act) for row in following] == [("", "填写"), ("假期月份", "填写"), ("", "填写")]


def test_only_the_branches_that_are_asked_for_are_told_in_the_same_queries_at_any_number(world):
    for branch in (world.first, world.second):
        make_day(branch)

    def costs(*branches):
        with CaptureQueriesContext(connection) as queries:
            found = {duty.organization_id for duty in owed(*branches, months=[OCTOBER, NOVEMBER])}
        assert found == {branch.pk for branch in branches}
        return len(queries)

    few = costs(world.first)
    more = [make_branch(world.arts, f"第{number}党支部", members=2) for number in range(3, 7)]
    for branch in more:
        make_day(branch)
    assert (few, costs(world.first, world.second, *more)) == (3, 3)
    assert MonthlyPlan.objects.count() == 6
