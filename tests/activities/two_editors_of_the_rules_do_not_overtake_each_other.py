"""Two of the department set rules for different months at one moment, ten times. The control forgets what each saw."""

import pytest

from activities.actions.policies import set_policy
from activities.models import Policies, Policy
from core.accounts import User
from core.audit import AuditEntry
from tests.builders import NOVEMBER, World
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY, MARCH = NOVEMBER + 2, NOVEMBER + 4
ROUNDS = 10


@pytest.fixture
def zhou(db, tmp_path):
    user = World().zhou
    back = move_to_a_file(tmp_path)
    yield user.pk
    back()


def both(pk):
    """Each sets the rule of a month, from the rules as both of them saw them."""
    seen, one, other = Policies().stamp, User.objects.get(pk=pk), User.objects.get(pk=pk)
    return together(
        lambda: set_policy(JANUARY, by=one, seen=seen, plan_due_day=20),
        lambda: set_policy(MARCH, by=other, seen=seen, months_off=[7, 8]),
    )


def written():
    return AuditEntry.objects.filter(event="policy.set").count()


def test_one_is_saved_and_the_other_is_told(zhou):
    for _ in range(ROUNDS):
        assert sorted(type(answer).__name__ for answer in both(zhou)) == ["Policy", "StaleState"]
    assert written() == ROUNDS


def test_the_control_saves_both(zhou, monkeypatch):
    monkeypatch.setattr(Policies, "stamp", "the same as ever")
    for _ in range(ROUNDS):
        assert [type(answer) for answer in both(zhou)] == [Policy, Policy]
    assert written() == 2 * ROUNDS
