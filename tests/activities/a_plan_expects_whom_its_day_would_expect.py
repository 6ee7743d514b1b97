"""The estimate of 应到 on a plan is the roster that the day would freeze, were it held on the planned day.

Li leads First Branch, whose day is planned on Friday, 13 November; Zhao's Second next door has held its own already.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import actions, reports
from activities.models import Attendance, MonthlyPlan
from branches.actions import approve_exclusion, change_standing, move_many, propose_exclusion
from branches.models import Person
from core import clock
from tests.builders import NOVEMBER, make_branch, make_day, make_person, make_plan

FRIDAY = datetime.date(2026, 11, 13)
LONG_AGO, DAY_BEFORE, DAY_AFTER = datetime.date(2026, 3, 1), datetime.date(2026, 11, 12), datetime.date(2026, 11, 14)


def exclude(world, person, starts_on, last_on=None):
    row = propose_exclusion(person, by=world.li, reason="因病", starts_on=starts_on, last_on=last_on)
    return approve_exclusion(row, by=world.wang)


@pytest.fixture
def people(world):
    """Somebody for each way in which a roster of the 13th differs from today's register."""
    made = {
        name: make_person(world.first, name)
        for name in ("病着", "病好了", "那天以后才病", "只是申请", "那天以后转出", "那天以前转出")
    }
    exclude(world, made["病着"], LONG_AGO)
    exclude(world, made["病好了"], LONG_AGO, DAY_BEFORE)
    exclude(world, made["那天以后才病"], DAY_AFTER)
    propose_exclusion(made["只是申请"], by=world.li, reason="因病", starts_on=LONG_AGO)
    make_day(world.second, held_on=datetime.date(2026, 11, 6))
    came = make_person(world.second, "已在别处记过")
    Attendance.objects.create(day=world.second.days.get(), person=came, standing="FULL")
    move_many({came: world.first}, by=world.zhou, moved_on=datetime.date(2026, 11, 10))
    move_many({made["那天以前转出"]: world.direct}, by=world.zhou, moved_on=DAY_BEFORE)
    move_many({made["那天以后转出"]: world.direct}, by=world.zhou, moved_on=DAY_AFTER)
    confirmed = make_person(world.first, "那天以后转正", standing="PROBATIONARY", joined_on=datetime.date(2025, 11, 1))
    change_standing(confirmed, by=world.wang, kind="CONFIRMED", changed_on=DAY_AFTER)
    admitted = make_person(world.first, "那天以后接收", standing="PROSPECT", joined_on=None)
    change_standing(admitted, by=world.wang, kind="ADMITTED", changed_on=DAY_AFTER, note="决议")
    return made | {"已在别处记过": came, "那天以后转正": confirmed, "那天以后接收": admitted}


def test_the_estimate_is_the_roster_of_the_planned_day(world, people):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", planned_on=FRIDAY)

    estimate = reports.headcount(world.first, NOVEMBER, FRIDAY)

    facts = {name: getattr(plan, name) for name in ("starts_at", "place", "host", "recorder")}
    day = actions.hold_day(plan.day, by=world.li, held_on=FRIDAY, **facts)
    roster = dict(day.attendance.values_list("person__name", "status"))
    assert {name: roster.get(name) for name in people} == {
        "病着": "NOT_COUNTED", "病好了": "PRESENT", "那天以后才病": "PRESENT", "只是申请": "PRESENT",
        "那天以后转出": "PRESENT", "那天以前转出": None, "已在别处记过": None, "那天以后转正": "PRESENT",
        "那天以后接收": None,
    }  # fmt: skip
    counted = day.attendance.exclude(status="NOT_COUNTED")
    assert estimate == {
        "full": counted.filter(standing="FULL").count(), "probationary": 1, "expected": counted.count(), "apart": 1,
    }  # fmt: skip
    assert reports.headcount(world.first, NOVEMBER, FRIDAY) == estimate  # the own roster takes nobody away from it


def test_every_page_of_a_plan_says_the_same_number(world, client, people):
    plan = make_plan(world.first, NOVEMBER, planned_on=FRIDAY)
    expected = reports.headcount(world.first, NOVEMBER, FRIDAY)
    client.force_login(world.li)
    form = client.get(reverse("plan_edit", args=[world.first.pk, NOVEMBER]))
    MonthlyPlan.objects.filter(pk=plan.pk).update(
        status="SUBMITTED", submitted_by=world.li, submitted_at=clock.now(), first_submitted_on=clock.today()
    )
    printed = client.get(reverse("plan_print", args=[plan.pk]))
    client.force_login(world.wang)
    review = client.get(reverse("review"), {"plan": plan.pk})

    assert [page.context["headcount"] for page in (form, review)] == [expected] * 2
    full = f"{expected['expected']} 人：正式党员 {expected['full']}、预备党员 1，另有 1 人经批准不计"
    assert [full in page.content.decode() for page in (form, review)] == [True, True]
    assert f"<td><div>应到 {expected['expected']} 人</div></td>" in printed.content.decode()
    assert expected["expected"] != Person.objects.of(world.first).present().members().count()


def test_of_many_branches_and_days_it_is_the_same_in_one_query(world, people):
    """Those who moved on the 12th, or on the 14th, are expected at one place or at the other, never at both."""
    days = [DAY_BEFORE, FRIDAY, DAY_AFTER, clock.today()]
    wanted = [(branch, NOVEMBER, day) for branch in (world.first, world.second, world.direct) for day in days]
    wanted.append((world.first, NOVEMBER, NOVEMBER.first))  # of this day nobody asks whom the others expected
    one_by_one = {(branch.pk, month, day): reports.headcount(branch, month, day) for branch, month, day in wanted}
    empty = make_branch(world.arts)

    with CaptureQueriesContext(connection) as queries:
        together = reports.headcounts(
            [(branch.pk, *when) for branch, *when in [*wanted, (empty, NOVEMBER, DAY_BEFORE)]]
        )

    nobody = {"full": 0, "probationary": 0, "apart": 0, "expected": 0}
    assert together == one_by_one | {(empty.pk, NOVEMBER, DAY_BEFORE): nobody}
    assert len(queries) == 1
    assert len({tuple(counts.items()) for counts in one_by_one.values()}) > 4  # or it would show nothing
    assert reports.headcounts([]) == {}


def test_without_a_day_it_is_todays_and_costs_one_query(world, people):
    assert reports.headcount(make_branch(world.arts, members=2), NOVEMBER.next, None)["expected"] == 2
    with CaptureQueriesContext(connection) as queries:
        reports.headcount(world.first, NOVEMBER, FRIDAY)
    assert len(queries) == 1
