"""A member asks for leave while the secretary confirms the day: the roster has it, or it was not taken.

The control takes the lock on the day away from the asking. In each of five branches one member asks.
"""

import threading

import pytest

from activities import actions
from activities.actions import days, leaves
from activities.models import ActivityDay, Attendance, LeaveRequest
from branches.models import Person
from core.accounts import User
from tests.builders import NOVEMBER, World, make_branch, make_person, make_plan, make_seat
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def branches(db, tmp_path):
    """Ids of branches with a day whose date is today, and a member with an account."""
    world = World()
    made = []
    for number in range(ROUNDS):
        branch = make_branch(world.arts, f"支部{number}", members=2)
        make_seat(world.li, branch, "SECRETARY")
        make_plan(branch, NOVEMBER, "ACCEPTED", items=(), planned_on="2026-11-23")
        member = make_person(branch, "请假的")
        member.user = User.objects.create(username=member.staff_number, name=member.name, password="!")
        member.save()
        made.append(branch.pk)
    back = move_to_a_file(tmp_path)
    yield made
    back()


def hold(branch):
    day = ActivityDay.objects.select_related("plan", "organization").get(organization=branch)
    li = User.objects.get(name="李书记")
    facts = {name: getattr(day.plan, name) for name in ("starts_at", "place", "host", "recorder")}
    return lambda: days.hold_day(day, by=li, held_on=day.plan.planned_on, **facts)


def ask(branch, wait=lambda: None):
    """Asking, by a page that was opened before; ``wait`` comes first."""
    day = ActivityDay.objects.select_related("plan", "organization").get(organization=branch)
    person = Person.objects.select_related("user").get(organization=branch, name="请假的")

    def act():
        wait()
        return actions.ask_leave(day, person, by=person.user, reason="病假")

    return act


def agree(branch):
    """Does the roster say what was asked for?"""
    asked = LeaveRequest.objects.running().filter(day__organization=branch).exists()
    row = Attendance.objects.get(day__organization=branch, person__name="请假的")
    return (row.status == "ON_LEAVE") == asked


def frozen_first(monkeypatch, branch):
    """Both acts, where the asking begins when the roster is written and not yet committed; gives their answers."""
    is_frozen = threading.Event()
    freeze = days.freeze_roster

    def slow(day, people):
        rows = freeze(day, people)
        is_frozen.set()
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(days, "freeze_roster", slow)
        return together(hold(branch), ask(branch, lambda: is_frozen.wait(timeout=20)))


def test_whoever_is_faster_the_roster_has_what_was_asked(branches):
    for branch in branches:
        answers = together(hold(branch), ask(branch))
        assert type(answers[0]).__name__ == "ActivityDay", answers
        assert type(answers[1]).__name__ in ("LeaveRequest", "StaleState"), answers
        assert agree(branch)


def test_who_asks_while_the_roster_is_frozen_is_told(branches, monkeypatch):
    for branch in branches:
        answers = frozen_first(monkeypatch, branch)
        assert [type(answer).__name__ for answer in answers] == ["ActivityDay", "StaleState"], answers
        assert agree(branch)


def test_the_control_without_the_lock_on_the_day_loses_the_leave(branches, monkeypatch):
    monkeypatch.setattr(leaves, "lock", lambda row, *states: row)
    answers = [frozen_first(monkeypatch, branch) for branch in branches]
    assert [type(asked).__name__ for _, asked in answers] == ["LeaveRequest"] * ROUNDS, answers
    assert [agree(branch) for branch in branches] == [False] * ROUNDS
