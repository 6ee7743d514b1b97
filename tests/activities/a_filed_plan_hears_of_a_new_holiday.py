"""The department makes a day free on which plans stand: their secretaries are told once, and where the date is moved.

Li's First and Zhao's Second Branch have a plan on 11 December, Qian's branch on the 18th; Wu's direct branch drafts.
"""

import datetime

import pytest

import activities.tasks  # noqa: F401 - a worker knows every kind of job
from branches import actions
from core import clock
from core.inbox import Notice
from core.jobs import Job, work_off
from tests.builders import NOVEMBER, make_plan

DECEMBER, DAY = NOVEMBER.next, datetime.date(2026, 12, 11)
FREE = (False, "校庆")


@pytest.fixture
def plans(world):
    make_plan(world.other, DECEMBER, "ACCEPTED", planned_on=DAY + datetime.timedelta(days=7))
    make_plan(world.direct, DECEMBER, planned_on=DAY)
    return make_plan(world.first, DECEMBER, "ACCEPTED"), make_plan(world.second, DECEMBER, "SUBMITTED")


def work_off_all():
    for pk in Job.objects.runnable(clock.now()).order_by("pk").values_list("pk", flat=True):
        work_off(pk)


def told():
    rows = Notice.objects.filter(kind="plan_day_free").order_by("recipient__name")
    return [(row.recipient.name, row.url, row.text[:7]) for row in rows]


def test_the_secretaries_of_plans_on_the_day_are_told_once(world, plans):
    first, second = plans
    actions.set_day(DAY, by=world.zhou, said=FREE, was="1")
    assert Job.objects.filter(kind="tell_of_free_days").count() == 1
    work_off_all()
    expected = [
        ("李书记", first.get_absolute_url(), "打开计划，可以"), ("赵书记", second.get_absolute_url(), "计划还没有备案"),
    ]  # fmt: skip
    assert told() == expected
    assert Notice.objects.get(recipient=world.li).title == "12 月 11 日改为校庆，请看活动日要不要改期"

    actions.set_range(DAY, DAY, by=world.zhou, said=(False, "校庆日"))  # free before, free now
    work_off_all()
    assert told() == expected


def test_what_is_moved_called_off_or_worked_again_is_not_told_any_more(world, plans, monday):
    first, second = plans
    actions.set_range(DAY, DAY + datetime.timedelta(days=2), by=world.zhou, said=FREE)
    first.planned_on = DAY + datetime.timedelta(days=3)
    first.save(update_fields=["planned_on"])
    type(second.day).objects.filter(plan=second).update(status="NOT_HELD", not_held_reason="停电")
    work_off_all()
    assert told() == []

    type(second.day).objects.filter(plan=second).update(status="PLANNED", not_held_reason="")
    for said in (None, FREE, None):
        monday.shift(60)
        actions.set_range(DAY, DAY, by=world.zhou, said=said)
    work_off_all()
    assert (Job.objects.count(), told()) == (2, [])


def test_a_day_that_is_past_or_has_no_plans_asks_for_no_job(world, plans):
    make_plan(world.first, NOVEMBER, "ACCEPTED", planned_on=datetime.date(2026, 11, 13))
    for day in (datetime.date(2026, 11, 13), DAY + datetime.timedelta(days=3)):
        actions.set_range(day, day, by=world.zhou, said=FREE)
    assert Job.objects.count() == 0
