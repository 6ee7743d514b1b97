"""Two branches confirm their days at the same moment, and one person belongs to both: who moved between the two days.

One roster takes the person, whoever is faster; the controls take the lock on people away. In each of ten pairs of
branches one member moved on the 16th; the old branch met on the 12th, the new one on the 20th.
"""

import datetime
import threading
import time

import pytest
from django.db import connection

from activities.actions import days
from activities.models import ActivityDay, Attendance
from branches import actions
from branches.models import Organization, Person, Transfer
from branches.models.people import PersonQuerySet
from core.accounts import User
from tests.builders import NOVEMBER, World, make_branch, make_person, make_plan, make_seat
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
D = datetime.date
MOVED_ON = D(2026, 11, 16)


@pytest.fixture
def pairs(db, tmp_path):
    """Ids of (old branch, new branch, who asks to move), each branch with another member and its day to come."""
    world = World()
    made = []
    for number in range(ROUNDS):
        pair = [make_branch(world.arts, f"{side}支部{number}", members=1) for side in "旧新"]
        for branch, day in zip(pair, (12, 20), strict=True):
            make_seat(world.li, branch, "SECRETARY")
            make_plan(branch, NOVEMBER, "ACCEPTED", items=(), planned_on=D(2026, 11, day))
        mover = make_person(pair[0], f"转接{number}")
        actions.request_transfer(mover, by=world.zhou, to=pair[1])
        made.append((pair[0].pk, pair[1].pk, mover.pk))
    back = move_to_a_file(tmp_path)
    yield made
    back()


def accept(mover):
    wang = User.objects.get(name="王总支")
    return actions.accept_transfer(Transfer.objects.get(person=mover), by=wang, moved_on=MOVED_ON)


def hold(branch):
    day = ActivityDay.objects.select_related("plan", "organization").get(organization=branch)
    li = User.objects.get(name="李书记")
    facts = {name: getattr(day.plan, name) for name in ("starts_at", "place", "host", "recorder")}
    return lambda: days.hold_day(day, by=li, held_on=day.plan.planned_on, **facts)


def rosters(mover):
    """The branches that count the person in the month."""
    return list(Attendance.objects.filter(person=mover).values_list("day__organization", flat=True))


def look_long(monkeypatch):
    """Look and leap drawn apart, as on a busy server."""
    freeze = days.freeze_roster

    def slow(day, people):
        time.sleep(0.05)
        return freeze(day, people)

    monkeypatch.setattr(days, "freeze_roster", slow)


def both_have_read(monkeypatch):
    """No roster is written before both branches read their members: where no lock keeps one of them waiting."""
    freeze = days.freeze_roster
    met = threading.Barrier(2)

    def slow(day, people):
        met.wait(timeout=20)
        return freeze(day, people)

    monkeypatch.setattr(days, "freeze_roster", slow)


def test_one_roster_takes_who_moved_between_the_two_days(pairs, monkeypatch):
    look_long(monkeypatch)
    for old, new, mover in pairs:
        accept(mover)
        answers = together(hold(old), hold(new))
        assert [type(answer).__name__ for answer in answers] == ["ActivityDay", "ActivityDay"], answers
        assert len(rosters(mover)) == 1
        for branch in (old, new):
            others = Person.objects.filter(organization=branch).exclude(pk=mover)
            counted = Attendance.objects.filter(day__organization=branch).exclude(person=mover)
            assert set(counted.values_list("person", flat=True)) == set(others.values_list("pk", flat=True))


def test_the_control_without_the_lock_on_people_counts_one_twice(pairs, monkeypatch):
    """SQLite's transactions are serial: there nothing but the order is left to see."""
    serial = connection.vendor == "sqlite"
    look_long(monkeypatch) if serial else both_have_read(monkeypatch)
    monkeypatch.setattr(PersonQuerySet, "select_for_update", lambda rows, **kwargs: rows)
    counted = []
    for old, new, mover in pairs:
        accept(mover)
        together(hold(old), hold(new))
        counted.append(len(rosters(mover)))
    assert counted == [1 if serial else 2] * ROUNDS


def test_who_is_accepted_while_both_are_held_is_on_the_old_branchs_roster_or_the_new_ones(pairs, monkeypatch):
    """The old branch met before the move: whoever is faster, it never loses the person to nobody."""
    look_long(monkeypatch)
    for old, new, mover in pairs:
        answers = together(hold(old), hold(new), lambda mover=mover: accept(mover))
        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        assert len(rosters(mover)) == 1
        assert Person.objects.get(pk=mover).organization == Organization.objects.get(pk=new)
