"""Filing, reminding, urging and publishing find their people at one place: former officers get nothing.

Each office has two holders. The one who is gone (left, disabled, out of office) must get nothing, the other a notice.
"""

import datetime

import pytest

from activities import filing
from branches import access
from branches.models import Appointment, Office, Organization, Person
from core.accounts import User
from core.inbox import Notice
from supervision.actions import compute_assessment, publish_assessment
from supervision.reminders import remind_of_plans, urge
from tests.builders import NOVEMBER, OCTOBER, World, make_officer, make_plan

TODAY = datetime.date(2026, 11, 23)
WAYS = {
    "left": lambda user: Person.objects.filter(user=user).update(left_on=TODAY),
    "disabled": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "out of office": lambda user: Appointment.objects.filter(person__user=user).update(ends_on=TODAY),
}


@pytest.fixture
def deputies(world: World):
    """A deputy beside Li, one beside Wang, a second officer beside Zhou."""
    return {
        "first": make_officer(world.first, Office.DEPUTY_SECRETARY, "第一支部副书记"),
        "arts": make_officer(world.arts, Office.DEPUTY_SECRETARY, "总支副书记", branch=world.second),
        "department": make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "组织部干事", branch=world.direct),
    }


@pytest.fixture(params=WAYS, ids=WAYS)
def gone(request, world, deputies):
    """Li, Wang and Zhou are gone; their deputies are there."""
    for user in (world.li, world.wang, world.zhou):
        WAYS[request.param](user)
    return deputies


def told(kind):
    return {notice.recipient for notice in Notice.objects.filter(kind=kind).select_related("recipient")}


def test_control_both_are_told_while_both_are_there(world, deputies):
    filing.submit_plan(make_plan(world.first), by=world.li)

    assert told("plan_submitted") == {world.wang, deputies["arts"]}


def test_a_submission_reaches_those_who_can_review_it(world, gone):
    filing.submit_plan(make_plan(world.first), by=gone["first"])

    assert told("plan_submitted") == {gone["arts"]}


def test_a_forwarded_and_a_returned_plan_too(world, gone):
    plan = filing.submit_plan(make_plan(world.first), by=gone["first"])

    filing.forward_plan(plan, by=gone["arts"])
    assert told("plan_filed") == {gone["department"]}
    filing.return_plan(plan, by=gone["department"], note="请改地点")
    assert told("plan_returned") == {gone["first"]}


def test_reminders_and_urging_too(world, gone):
    Appointment.objects.exclude(organization__in=[world.first, world.arts, world.committee]).update(ends_on=TODAY)
    remind_of_plans()
    urge(world.first, "plan", NOVEMBER, by=gone["arts"])

    assert told("plan_missing") == told("duty_urged") == {gone["first"]}
    assert told("plan_missing_digest") == {gone["arts"], gone["department"]}


def test_publishing_too(world, gone):
    publish_assessment(compute_assessment(OCTOBER), by=gone["department"])

    assert told("assessment_published") == {gone["first"], world.zhao, world.qian, world.wu}


def test_nobody_fills_an_office_of_a_closed_organization(world):
    Organization.objects.filter(pk=world.first.pk).update(closed_on=TODAY)
    both = Appointment.objects.filling(access.SECRETARIES, [world.first, world.second])

    assert [row.person for row in both] == [world.zhao.person]


def test_who_holds_two_of_the_offices_is_one_account(world):
    Appointment.objects.create(
        person=world.li.person, organization=world.first, office=Office.DEPUTY_SECRETARY, starts_on=TODAY
    )

    assert list(Appointment.objects.filling(access.SECRETARIES, [world.first]).accounts()) == [world.li]
