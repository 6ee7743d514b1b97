"""Conflicts are said before a plan is filed: the room or the host is taken at that hour, and by whom."""

import datetime

import pytest
from django.urls import reverse

from activities.cautions import cautions
from activities.models import Policy
from tests.activities.the_filing_table_is_kept import filled_in
from tests.builders import NOVEMBER, make_branch, make_organization, make_plan

DECEMBER = NOVEMBER.next
ROOM = "文学院 201 会议室"


def clashes(plan, **fields):
    for name, value in fields.items():
        setattr(plan, name, value)
    return [(one.title, one.detail) for one in cautions(plan, Policy.in_force(DECEMBER), plan.organization)]


@pytest.fixture
def mine(world):
    """From three o'clock, 110 minutes long."""
    return make_plan(world.first, DECEMBER, place=ROOM)


def test_the_room_is_taken_by_a_neighbour(world, mine):
    make_plan(world.second, DECEMBER, "SUBMITTED", place=ROOM, starts_at=datetime.time(16, 0))
    assert clashes(mine) == [
        (f"“{ROOM}”这个时间已有安排", "文学院第二党支部 16:00—17:50 已经报了。请确认时间，或换一个地方。")
    ]


def test_of_another_general_branch_it_is_not_said_who(world, mine):
    make_plan(world.other, DECEMBER, "ACCEPTED", place=ROOM)
    assert clashes(mine) == [
        (f"“{ROOM}”这个时间已有安排", "另一个党支部 15:00—16:50 已经报了。请确认时间，或换一个地方。")
    ]


def test_the_same_host_cannot_be_at_two_places(world, mine):
    make_plan(world.direct, DECEMBER, "FILED", host=mine.host)
    assert [title for title, _ in clashes(mine)] == [f"主持人{mine.host.name}这个时间已有安排"]


def test_of_two_plans_without_a_host_the_room_is_told(world, mine):
    make_plan(world.second, DECEMBER, "SUBMITTED", place=ROOM, host=None)
    assert [title for title, _ in clashes(mine, host=None)] == [f"“{ROOM}”这个时间已有安排"]


def test_what_is_typed_is_looked_at_as_what_is_stored(world, client, mine):
    """A form that is refused for something else still tells the host from the room."""
    make_plan(world.direct, DECEMBER, "FILED", host=mine.host)
    client.force_login(world.li)
    typed = filled_in(mine) | {"i-0-what": ""}
    page = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), typed)
    assert (page.status_code, [one.title for one in page.context["cautions"]]) == (
        422, [f"主持人{mine.host.name}这个时间已有安排"],
    )  # fmt: skip


def test_before_after_elsewhere_and_in_a_draft_nobody_is_in_the_way(world, mine):
    make_plan(world.second, DECEMBER, "SUBMITTED", place=ROOM, starts_at=datetime.time(16, 50))
    make_plan(world.other, DECEMBER, "DRAFT", place=ROOM)
    make_plan(world.direct, DECEMBER, "SUBMITTED", place="另一间")
    committee = make_organization("COMMITTEE", "另一所学校党委", code="09")
    make_plan(make_branch(committee, "别校党支部", members=1), DECEMBER, "ACCEPTED", place=ROOM)
    assert clashes(mine) == []
    assert clashes(mine, starts_at=None) == []
