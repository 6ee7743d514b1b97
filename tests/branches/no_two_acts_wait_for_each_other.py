"""Two acts about the same person and branch at the same moment: one waits for the other, and never both.

The controls lock people before the branch that a new row points at, as it once was: PostgreSQL ends one of the two.
"""

import datetime
import threading
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from branches import actions
from branches.actions import elections, groups, offices, order, persons, standings, transfers
from branches.models import Group, Organization, Person
from core.accounts import User
from core.workflow import lock, lock_all
from tests.builders import World, make_branch, make_group, make_person, make_seat
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = datetime.date(2026, 11, 23)
ROUNDS = 5


@pytest.fixture
def cast(db, tmp_path):
    """Five branches with a group, in which one full member and one activist are; and a branch to go to."""
    world = World()
    made = []
    for number in range(ROUNDS):
        branch = make_branch(world.arts, f"支部{number}")
        member = make_person(branch, f"党员甲{number}")
        activist = make_person(branch, f"积极分子{number}", standing="ACTIVIST", joined_on=None)
        make_group(branch, "第一党小组", [member, activist])
        made.append((branch.pk, member.pk, activist.pk))
    make_seat(world.li, world.second, "MEMBER")
    back = move_to_a_file(tmp_path)
    yield made
    back()


def user(name):
    return User.objects.get(name=name)


def person(pk):
    return Person.objects.select_related("organization").get(pk=pk)


def second():
    return Organization.objects.get(code="0201002")


def request(branch, member, activist):
    return actions.request_transfer(person(member), by=user("周组织部"), to=second())


def release(branch, member, activist):
    return actions.release_person(person(member), by=user("周组织部"), kind="OUT", left_on=TODAY)


def graduate(branch, member, activist):
    return actions.release_graduates({person(member): "外校"}, by=user("周组织部"), left_on=TODAY)


def move(branch, member, activist):
    return actions.move_many({person(member): second()}, by=user("周组织部"), moved_on=TODAY)


def drop(branch, member, activist):
    return actions.change_standing(
        person(activist), by=user("周组织部"), kind="DROPPED", changed_on=TODAY, note="支委会决定"
    )  # fmt: skip


def edit(branch, member, activist):
    one, group = person(member), Group.objects.get(organization=branch)
    version = actions.version_of(one)
    return actions.edit_person(one, by=user("周组织部"), version=version, name="新名字", group=group)


def appoint(branch, member, activist):
    place = Organization.objects.select_related("parent").get(pk=branch)
    return actions.appoint(place, by=user("王总支"), person=person(member), office="MEMBER", starts_on=TODAY)


def elect(branch, member, activist):
    place = Organization.objects.select_related("parent").get(pk=branch)
    return actions.hold_election(
        place, by=user("王总支"), held_on=TODAY, term_starts_on=TODAY, term_ends_on=TODAY.replace(year=2029),
        seats=[(person(member), "SECRETARY")],
    )  # fmt: skip


def arrange(branch, member, activist):
    place = Organization.objects.get(pk=branch)
    return actions.arrange_groups(place, by=user("王总支"), choices={member: None, activist: None})


def dissolve(branch, member, activist):
    return actions.dissolve_group(
        Group.objects.select_related("organization").get(organization=branch), by=user("王总支")
    )


PAIRS = [
    (request, appoint), (request, elect), (release, appoint), (graduate, elect), (move, appoint), (drop, arrange),
    (edit, dissolve), (move, dissolve),
]  # fmt: skip


class Meeting:
    """Each of two acts stops after its first lock until the other has its own, or for ``patience`` seconds."""

    def __init__(self, monkeypatch, patience):
        self.patience, self.first = patience, threading.local()
        for room in (elections, groups, offices, persons, standings, transfers):
            monkeypatch.setattr(room, "lock", self.after(lock), raising=False)
        for room in (groups, order, standings):
            monkeypatch.setattr(room, "lock_all", self.after(lock_all), raising=False)

    def after(self, act):
        def locked(*args, **kwargs):
            rows = act(*args, **kwargs)
            if not hasattr(self.first, "was"):
                self.first.was = True
                with suppress(threading.BrokenBarrierError):
                    self.barrier.wait(self.patience)
            return rows

        return locked

    def deadlocks(self, cast, one, other):
        """How many of the two acts in each branch the database ended."""
        answers = []
        for ids in cast:
            self.barrier = threading.Barrier(2)
            answers += together(lambda ids=ids: one(*ids), lambda ids=ids: other(*ids))
        return sum(isinstance(answer, OperationalError) for answer in answers)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda act: act.__name__)
def test_both_end_in_turn(cast, monkeypatch, one, other):
    assert Meeting(monkeypatch, patience=0.2).deadlocks(cast, one, other) == 0


@pytest.mark.parametrize(
    ("one", "other"), [(request, appoint), (release, appoint), (drop, arrange)], ids=lambda act: act.__name__
)
def test_the_control_that_locks_people_first_is_ended_by_the_database(cast, monkeypatch, one, other):
    """SQLite's transactions are serial: there nobody ever waits with something in hand."""
    is_serial = connection.vendor == "sqlite"
    meeting = Meeting(monkeypatch, patience=0.2 if is_serial else 20)
    people_first = meeting.after(
        lambda ids, *branches: lock_all(
            Person.objects.filter(pk__in=list(ids)).select_related("organization", "user").order_by("pk")
        )
    )
    for room in (standings, transfers):
        monkeypatch.setattr(room, "lock_people", people_first)
    monkeypatch.setattr(transfers, "lock", lambda row, *states: type(row)._base_manager.get(pk=row.pk))

    assert meeting.deadlocks(cast, one, other) == (0 if is_serial else ROUNDS)
