"""First after log-in: what I owe, overdue first; below me, who has not filed. All of it from duties.

It is 23 November; December's plans are due on the 25th. Li leads First Branch, nine to be counted on its roster.
"""

import datetime

import pytest
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan, Policy
from core.clock import at
from core.periods import Month
from dues.actions import open_month
from meetings.models import Requirement
from tests.builders import NOVEMBER, OCTOBER, make_day, make_plan

DECEMBER = Month(2026, 12)
Status = MonthlyPlan.Status


@pytest.fixture(autouse=True)
def in_use_since_october(world):
    Policy.objects.update(effective_from=OCTOBER)
    Requirement.objects.all().delete()  # meetings are told in tests/meetings


def page(client, user):
    client.force_login(user)
    return client.get(reverse("workbench")).context


def lines(context):
    return [(line.duty.title, line.word) for line in context["lines"]]


def steps(context):
    return {step["name"]: (step["word"], step["detail"]) for step in context["steps"]}


def test_what_is_overdue_stands_first_and_done_things_are_gone(world, client):
    make_day(world.first, OCTOBER, status="RECORDED")
    make_plan(world.first, NOVEMBER, Status.ACCEPTED, planned_on=datetime.date(2026, 11, 20))

    assert lines(page(client, world.li)) == [
        ("开展 11 月活动日", "逾期 3 天"),
        ("报送 12 月计划", "还剩 2 天"),
    ]


def test_the_five_steps_say_where_the_month_is(world, client):
    make_plan(world.first, NOVEMBER, Status.ACCEPTED)
    open_month(NOVEMBER)
    before = steps(page(client, world.li))
    assert (before["计划"], before["活动日"]) == (("已办", "10 月 25 日"), ("已逾期", "11 月 13 日前"))
    assert before["记录"] == ("还没到", "活动日还没有开展")


def test_a_held_day_says_how_many_came(world, client):
    make_day(world.first, NOVEMBER, absent=2, on_leave=1)

    after = steps(page(client, world.li))

    assert after["活动日"] == ("已办", "11 月 13 日，到会 6／9")
    assert after["记录"] == ("已逾期", "11 月 18 日前")


def test_a_day_that_was_not_held_asks_for_no_record(world, client):
    day = make_plan(world.first, NOVEMBER, Status.ACCEPTED).day
    ActivityDay.objects.filter(pk=day.pk).update(status="NOT_HELD", not_held_reason="集中实习")

    found = steps(page(client, world.li))

    assert (found["活动日"], found["记录"]) == (("未开展", "未开展：集中实习"), ("不要求", "本月未开展活动日"))


def test_the_year_counts_what_was_done_and_what_was_due(world, client):
    make_day(world.first, OCTOBER, absent=1)
    year = {what: (done, owed) for what, done, owed, _, _ in page(client, world.li)["year"]}
    assert year == {"活动日已开展": (1, 1), "党员到会": (8, 9), "党费已查验": (0, 0)}

    make_plan(world.first, NOVEMBER, Status.ACCEPTED)  # for the 13th, and nothing was held

    year = {what: (done, owed) for what, done, owed, _, _ in page(client, world.li)["year"]}
    assert (year["活动日已开展"], year["党员到会"]) == ((1, 2), (8, 9))


def unfiled(context):
    """Month by month: how many, how many late, and the branches that are named."""
    return [(group.month, group.count, group.late, [row.branch for row in group.rows]) for group in context["unfiled"]]


def test_a_reviewer_sees_who_has_not_filed_and_whom_to_call(world, client):
    make_plan(world.first, NOVEMBER, Status.ACCEPTED)
    make_plan(world.second, NOVEMBER, Status.ACCEPTED)
    make_plan(world.first, DECEMBER, Status.SUBMITTED)

    context = page(client, world.wang)

    (group,) = context["unfiled"]
    assert [(row.branch, str(row.head.appointment.person)) for row in group.rows] == [(world.second, "赵书记")]
    assert context["headline"] == ["1 件待您处理", "1 个党支部未报 12 月计划"]
    assert [(row.name, row.filed, row.waiting, row.unfiled) for row in context["progress"]] == [
        ("文学院党总支", 0, 1, 1)
    ]


def test_who_is_late_for_this_month_stands_before_who_has_not_filed_the_next(world, client):
    make_plan(world.first, NOVEMBER, Status.ACCEPTED)
    make_plan(world.second, NOVEMBER, Status.DRAFT)

    context = page(client, world.wang)

    assert unfiled(context) == [(NOVEMBER, 1, 1, [world.second]), (DECEMBER, 2, 0, [world.first, world.second])]
    assert context["headline"] == ["1 个党支部逾期未报 11 月计划", "2 个党支部未报 12 月计划"]
    shown = client.get(reverse("workbench")).text
    assert shown.index("还没有报 11 月计划的党支部") < shown.index("还没有报 12 月计划的党支部")


def test_a_returned_plan_is_late_only_after_its_days_for_mending(world, client):
    """Second's plan was returned yesterday and may be sent again until the 25th; First sent none."""
    make_plan(world.second, NOVEMBER, Status.RETURNED, returned_at=at(datetime.date(2026, 11, 22), 9))
    for branch in (world.first, world.second):
        make_plan(branch, DECEMBER, Status.FILED)

    context = page(client, world.wang)

    assert unfiled(context) == [(NOVEMBER, 2, 1, [world.first, world.second])]
    assert context["headline"] == ["2 个党支部未报 11 月计划（1 个逾期）", "12 月计划已全部报来"]


def test_before_the_fifteenth_the_month_itself_is_the_one_that_is_late(world, client, monday):
    monday.move_to("2026-11-09T10:00:00+08:00")

    assert unfiled(page(client, world.sun)) == [(NOVEMBER, 1, 1, [world.other])]


def test_nobody_is_asked_in_a_month_off(world, client):
    Policy.objects.update(months_off=[11, 12])

    context = page(client, world.wang)

    assert (context["unfiled"], context["headline"]) == ([], ["眼下没有要您处理的事"])
    assert "12 月是假期月份" in client.get(reverse("workbench")).text


def test_the_department_sees_the_month_of_all_branches(world, client):
    make_day(world.first, NOVEMBER, absent=2)
    make_day(world.second, NOVEMBER)

    figures = {what: (done, owed) for what, done, owed, _, _ in page(client, world.zhou)["figures"]}

    assert figures["活动日已开展"] == (2, 4)
    assert figures["活动日记录已交"] == (0, 2)
    assert figures["党员到会"] == (7 + 4, 9 + 4)
