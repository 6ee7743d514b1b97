"""First after log-in: what I owe, overdue first; below me, who has not filed. All of it from duties.

It is 23 November; December's plans are due on the 25th. Li leads First Branch, nine to be counted on its roster.
"""

import datetime

import pytest
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan, Policy
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


def test_a_reviewer_sees_who_has_not_filed_and_whom_to_call(world, client):
    make_plan(world.first, DECEMBER, Status.SUBMITTED)

    context = page(client, world.wang)

    assert [(row["branch"], str(row["head"].appointment.person)) for row in context["unfiled"]] == [
        (world.second, "赵书记")
    ]
    assert (context["waiting"], context["unfiled_count"]) == (1, 1)
    assert [(row.name, row.filed, row.waiting, row.unfiled) for row in context["progress"]] == [
        ("文学院党总支", 0, 1, 1)
    ]


def test_the_department_sees_the_month_of_all_branches(world, client):
    make_day(world.first, NOVEMBER, absent=2)
    make_day(world.second, NOVEMBER)

    figures = {what: (done, owed) for what, done, owed, _, _ in page(client, world.zhou)["figures"]}

    assert figures["活动日已开展"] == (2, 4)
    assert figures["活动日记录已交"] == (0, 2)
    assert figures["党员到会"] == (7 + 4, 9 + 4)
