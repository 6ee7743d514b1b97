"""Two committees are each put under the other at the same moment. The control takes the tree's lock away.

Without it both see a tree in which their move is legal; afterwards they stand under each other, cut off from the top.
"""

import datetime
import threading

import pytest
from django.db import connection

from branches import actions
from branches.actions import organizations
from branches.models import Organization
from branches.models.organizations import OrganizationQuerySet
from core.accounts import User
from tests.builders import World, make_branch, make_organization
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10
DAY = datetime.date(2026, 11, 23)
Kind = Organization.Kind


@pytest.fixture
def pairs(db, tmp_path):
    """Ten pairs of committees under the top one, each with a branch."""
    world = World()
    made = []
    for number in range(ROUNDS):
        pair = [make_organization(Kind.COMMITTEE, f"{side}党委{number}", world.committee) for side in "甲乙"]
        for committee in pair:
            make_branch(committee, f"{committee}支部")
        made.append([committee.pk for committee in pair])
    back = move_to_a_file(tmp_path)
    yield made
    back()


def cross(pair):
    """Each under the other, at once, as both pages showed the tree before."""
    zhou = User.objects.get(name="周组织部")
    one, two = (Organization.objects.select_related("parent").get(pk=pk) for pk in pair)
    return together(
        lambda: actions.move_organization(one, by=zhou, parent=two, on=DAY, reason="甲归乙"),
        lambda: actions.move_organization(two, by=zhou, parent=one, on=DAY, reason="乙归甲"),
    )


def is_a_tree() -> bool:
    """Does every path say what the parents say, down from a top?"""
    rows = {row.pk: row for row in Organization.objects.all()}

    def path(row, seen=()):
        if row.pk in seen:
            return None
        above = path(rows[row.parent_id], (*seen, row.pk)) if row.parent_id else "/"
        return above and f"{above}{row.pk}/"

    return all(row.path == path(row) for row in rows.values())


def test_one_move_is_made_and_the_other_refused(pairs):
    for pair in pairs:
        answers = cross(pair)
        assert sorted(type(answer).__name__ for answer in answers) == ["Organization", "PermissionDenied"]
        assert is_a_tree()


def test_the_control_without_the_lock_cuts_both_off(pairs, monkeypatch):
    """Both pass their checks; then one writes, and the other after it, as it had seen the tree before."""
    checked, written, steps = threading.Barrier(2, timeout=20), threading.Event(), threading.local()
    require, move = organizations.require, actions.move_organization

    def require_and_wait(verdict):
        require(verdict)
        steps.number = getattr(steps, "number", 0) + 1
        if steps.number == 3 and checked.wait() == 0:
            written.wait(20)

    def move_and_tell(*args, **kwargs):
        act = move if connection.vendor == "postgresql" else move.__wrapped__  # SQLite's transactions begin in turn
        row = act(*args, **kwargs)
        written.set()
        return row

    monkeypatch.setattr(organizations, "require", require_and_wait)
    monkeypatch.setattr(actions, "move_organization", move_and_tell)
    monkeypatch.setattr(OrganizationQuerySet, "lock_tree", lambda rows: None)
    monkeypatch.setattr(organizations, "lock", lambda row: Organization.objects.get(pk=row.pk))
    monkeypatch.setattr(organizations, "lock_all", list)

    answers = cross(pairs[0])

    assert [type(answer).__name__ for answer in answers] == ["Organization", "Organization"]
    assert not is_a_tree()
