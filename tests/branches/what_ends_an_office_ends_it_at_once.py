"""Whatever ends an office ends its rights at the next request, in sessions that are open: by reading and by posting.

Li leads First Branch, Wang the general branch above, Zhou sits in the department. Li is logged in at two places and has
the form of an act open. Ending it on the offices' own page, its last day, a new password and a disabled account are
shown elsewhere; here are the acts on something else by which an office ends as well.
"""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Group, Person
from tests.builders import fresh, make_group, make_officer, make_person, make_plan
from tests.house.who_may_open_what import every_row

TODAY = datetime.date(2026, 11, 23)
DAYS = {"held_on": TODAY, "term_starts_on": TODAY, "term_ends_on": datetime.date(2029, 11, 22)}


def others(world):
    """Three members of First without an office, for the seats of a committee."""
    people = Person.objects.filter(organization=world.first, user=None).order_by("pk")[:3]
    return list(zip(people, ("SECRETARY", "DEPUTY_SECRETARY", "MEMBER"), strict=True))


def moves(world):
    row = actions.request_transfer(world.li.person, by=world.chen, to=world.other)
    actions.accept_transfer(row, by=world.qian)


def leaves(world):
    actions.release_person(world.li.person, by=world.chen, kind="OUT", left_on=TODAY, place="兄弟院校")


def graduates(world):
    Person.objects.filter(user=world.li).update(category="STUDENT")
    actions.release_graduates({Person.objects.get(user=world.li): "街道"}, by=world.chen, left_on=TODAY)


def is_not_elected(world):
    actions.hold_election(world.first, by=world.wang, seats=others(world), **DAYS)


def closes(world):
    actions.close_organization(world.first, by=world.zhou, closed_on=TODAY, reason="合并", people_to=world.other)


WAYS = [moves, leaves, graduates, is_not_elected, closes]


@pytest.fixture
def open_pages(world):
    """Two browsers of Li's in which First's pages are open, and what Li would send next."""
    world.draft = make_plan(world.first, status="SUBMITTED")
    world.target = make_person(world.first, "生病的人")
    places = [Client(), Client()]
    for one in places:
        one.force_login(world.li)
        assert [one.get(address).status_code for address in pages(world)] == [200, 200, 200]
    return places


def pages(world):
    rows = (world.draft, world.first, world.target)
    return [row.get_absolute_url() for row in rows]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_next_request_of_every_open_session_is_refused(world, open_pages, way):
    way(world)
    is_out = not Person.objects.present().filter(user=world.li).exists()
    answer = 302 if is_out else 404  # who left the register cannot be logged in at all
    before = every_row()
    for one in open_pages:
        assert [one.get(address).status_code for address in pages(world)] == [answer] * 3
        propose = reverse("exclusion_propose", args=[world.target.pk])
        sent = one.post(propose, {"reason": "因病", "starts_on": "2026-11-23"})
        assert sent.status_code == answer
        assert one.get(reverse("me")).status_code == (302 if is_out else 200)
    assert every_row() == before


def test_the_control_before_it_the_same_is_done(world, open_pages):
    propose = reverse("exclusion_propose", args=[world.target.pk])
    assert open_pages[0].post(propose, {"reason": "因病", "starts_on": "2026-11-23"}).status_code == 302
    assert world.target.exclusions.count() == 1


def test_who_was_elected_by_a_wrong_entry_loses_it_with_the_entry(world):
    """The seats of an election that is undone end in the session in which they were opened."""
    heir = make_officer(world.first, "MEMBER", "新书记")
    seats = [(heir.person, "SECRETARY"), *[(one, office) for one, office in others(world) if office != "SECRETARY"]]
    election = actions.hold_election(world.first, by=world.wang, seats=seats, **DAYS)
    browser, edit = Client(), reverse("person_edit", args=[world.zheng.person.pk])
    browser.force_login(heir)
    assert browser.get(edit).status_code == 200
    actions.undo_election(election, by=world.wang, reason="录错了")
    assert browser.get(edit).status_code == 403  # a member of the committee again, who sees the branch


def test_an_election_for_a_later_day_changes_the_guard_at_midnight(world, open_pages):
    tomorrow = TODAY + datetime.timedelta(days=1)
    actions.hold_election(world.first, by=world.wang, seats=others(world), **DAYS | {"term_starts_on": tomorrow})
    plan, *_ = pages(world)
    with time_machine.travel("2026-11-23T23:59:59+08:00", tick=False):
        open_pages[0].force_login(fresh(world.li))
        assert open_pages[0].get(plan).status_code == 200
    with time_machine.travel("2026-11-24T00:00:00+08:00", tick=False):
        assert open_pages[0].get(plan).status_code == 404


def test_a_dissolved_group_has_no_leader_at_the_next_click(world):
    leader = make_officer(world.first, "GROUP_LEADER", "林组长")
    group = make_group(world.first, "第一党小组", [leader.person])
    Appointment.objects.filter(person__user=leader).update(group=group)
    browser = Client()
    browser.force_login(leader)
    assert browser.get(world.first.get_absolute_url()).status_code == 200
    actions.dissolve_group(Group.objects.get(pk=group.pk), by=world.li)
    assert browser.get(world.first.get_absolute_url()).status_code == 404
