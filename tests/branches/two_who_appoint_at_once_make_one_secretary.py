"""Wang and Zhou fill the same seat at the same moment, in twenty branches. The controls lack look or lock.

So too where Zhou does it by a sheet.
"""

import datetime
import threading
import time

import pytest
from django.db import connection

from branches import actions
from branches.actions import offices
from branches.imports import people
from branches.models import Appointment, Election, Organization, Person
from core.accounts import User
from core.workflow import YES, StaleState
from tests.builders import World, make_branch, make_import
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = datetime.date(2026, 11, 23)
ROUNDS = 20


@pytest.fixture
def branches(db, tmp_path):
    """Branches with two members and no secretary."""
    world = World()
    made = [make_branch(world.arts, f"新支部{number}", members=2).pk for number in range(ROUNDS)]
    back = move_to_a_file(tmp_path)
    yield made
    back()


def both(pk, act):
    """``act(branch, user, person)`` by two users at once, each with another person."""
    users = [User.objects.get(name=name) for name in ("王总支", "周组织部")]
    people = list(Person.objects.filter(organization=pk).select_related("organization").order_by("pk"))
    pages = [Organization.objects.select_related("parent").get(pk=pk) for _ in users]
    return together(
        lambda: act(pages[0], users[0], people[0]),
        lambda: act(pages[1], users[1], people[1]),
    )


def appoint(branch, user, person):
    return actions.appoint(branch, by=user, person=person, office="SECRETARY", starts_on=TODAY)


def elect(branch, user, person):
    return actions.hold_election(
        branch, by=user, held_on=TODAY, term_starts_on=TODAY, term_ends_on=TODAY.replace(year=2029),
        seats=[(person, "SECRETARY")], seen=set(),
    )  # fmt: skip


def secretaries(pk):
    return Appointment.objects.active().filter(organization=pk, office="SECRETARY").count()


@pytest.mark.parametrize("acts", [(appoint, Appointment), (elect, Election)], ids=["appointed", "elected"])
def test_one_is_and_the_other_is_told_who(branches, acts):
    act, model = acts
    for pk in branches:
        answers = both(pk, act)
        assert sorted(type(answer).__name__ for answer in answers) == sorted([model.__name__, "StaleState"]), answers
        loser = next(answer for answer in answers if isinstance(answer, StaleState))
        assert "书记" in str(loser) or "任职有了变动" in str(loser)
    assert [secretaries(pk) for pk in branches] == [1] * ROUNDS


def test_an_election_and_an_appointment_at_once_leave_one(branches):
    ways = {"王总支": appoint, "周组织部": elect}
    for pk in branches:
        answers = both(pk, lambda branch, user, person: ways[user.name](branch, user, person))
        assert sum(isinstance(answer, StaleState) for answer in answers) == 1, answers
    assert [secretaries(pk) for pk in branches] == [1] * ROUNDS


def a_sheet_and_a_page(pk, monkeypatch):
    """Zhou's sheet is being written, and compared already, when Wang appoints another by page."""
    wang, zhou = (User.objects.get(name=name) for name in ("王总支", "周组织部"))
    branch = Organization.objects.select_related("parent").get(pk=pk)
    one, other = Person.objects.filter(organization=pk).select_related("organization").order_by("pk")
    cells = [one.staff_number, one.name, branch.code, "正式党员", "支部书记"]
    row = make_import(zhou, [cells], ["学工号", "姓名", "所在党支部", "人员类别", "党内职务"])
    actions.confirm_import(row, by=zhou, digest=row.digest)
    compared, compare = threading.Event(), people.compare

    def linger(*args, **options):
        plan = compare(*args, **options)
        compared.set()
        time.sleep(0.2)
        return plan

    def appoint_meanwhile():
        compared.wait(20)
        return appoint(branch, wang, other)

    monkeypatch.setattr(people, "compare", linger)
    return together(lambda: actions.write_import(row.pk, lambda percent: None), appoint_meanwhile)


def test_a_sheet_and_a_page_at_once_leave_one(branches, monkeypatch):
    written, answer = a_sheet_and_a_page(branches[0], monkeypatch)

    assert (written, type(answer).__name__, secretaries(branches[0])) == (None, "StaleState", 1)


def test_the_control_without_the_locks_of_the_sheet_leaves_two(branches, monkeypatch):
    """SQLite's transactions are serial: there one lock is left."""
    monkeypatch.setattr(people, "lock", lambda sheet: None)
    a_sheet_and_a_page(branches[0], monkeypatch)

    assert secretaries(branches[0]) == (1 if connection.vendor == "sqlite" else 2)


def test_the_control_without_the_look_appoints_two(branches, monkeypatch):
    monkeypatch.setattr(offices.rules, "is_free", lambda *args, **kwargs: YES)
    for pk in branches:
        both(pk, appoint)
    assert [secretaries(pk) for pk in branches] == [2] * ROUNDS


def test_the_control_without_the_lock_appoints_two(branches, monkeypatch):
    """Look and leap drawn apart, as on a busy server. SQLite's transactions are serial: one lock is left."""

    def look(*args, **kwargs):
        answer = is_free(*args, **kwargs)
        time.sleep(0.05)
        return answer

    is_free = offices.rules.is_free
    monkeypatch.setattr(offices.rules, "is_free", look)
    monkeypatch.setattr(offices, "lock", lambda row, *states: type(row)._base_manager.get(pk=row.pk))
    for pk in branches:
        both(pk, appoint)
    assert [secretaries(pk) for pk in branches] == [1 if connection.vendor == "sqlite" else 2] * ROUNDS
