"""A member and a branch claim one wish at the same moment: one has it, the other learns who was faster.

The control takes the lock away: then both believe that they have it, and the later one overwrites the faster.
"""

import threading
import time

import pytest
from django.db import connection

from activities.actions import wishes
from activities.models import Wish
from branches.models import Organization
from core.accounts import User
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import World
from tests.service_builders import make_wish
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def waiting(db, tmp_path):
    """Ids of wishes of First that are open to the whole committee."""
    world = World()
    ids = [make_wish(world.first, open_to=world.committee).pk for _ in range(ROUNDS)]
    back = move_to_a_file(tmp_path)
    yield ids
    back()


def claim(pk, name, branch=None):
    wish, by = Wish.objects.get(pk=pk), User.objects.get(name=name)
    taken_for = Organization.objects.get(short_name=branch) if branch else None
    return lambda: wishes.claim_wish(wish, by=by, branch=taken_for)


def both(pk):
    return together(claim(pk, "郑党员"), claim(pk, "赵书记", "文学院第二党支部"))


def test_one_has_it_and_the_other_is_told_who_was_faster(waiting):
    for pk in waiting:
        answers = both(pk)
        winner = next(answer for answer in answers if isinstance(answer, Wish))
        loser = next(answer for answer in answers if isinstance(answer, StaleState))
        stored = Wish.objects.get(pk=pk)
        assert (stored.claimed_by, stored.claimant) == (winner.claimed_by, winner.claimant)
        assert f"最近办理：{stored.claimed_by.name}，认领微心愿" in str(loser)
        assert AuditEntry.objects.about(stored).count() == 1


def test_the_control_without_the_lock_lets_both_have_it(waiting, monkeypatch):
    """Both have read before either writes; SQLite's transactions are serial: there both read before either begins."""
    met = threading.Barrier(2)

    def read(row, *states):
        if connection.vendor == "postgresql":
            fresh = Wish.objects.get(pk=row.pk)
            met.wait(timeout=20)
            return fresh
        time.sleep(0.01)
        return row

    monkeypatch.setattr(wishes, "lock", read)
    answers = [both(pk) for pk in waiting]
    assert [[type(one).__name__ for one in pair] for pair in answers] == [["Wish", "Wish"]] * ROUNDS
