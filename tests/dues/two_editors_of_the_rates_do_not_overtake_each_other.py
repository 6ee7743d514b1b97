"""Two of the department set rates for different months at one moment, ten times. The control forgets what each saw."""

from decimal import Decimal

import pytest

from core.accounts import User
from core.audit import AuditEntry
from dues.models import RatePolicy
from dues.policies import RatePolicies
from dues.policy_actions import set_rates
from tests.builders import NOVEMBER, World
from tests.rates_builders import bands_of
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
    """Each sets the rates of a month, from those that both of them saw."""
    seen, one, other = RatePolicies().stamp, User.objects.get(pk=pk), User.objects.get(pk=pk)
    return together(
        lambda: set_rates(JANUARY, by=one, seen=seen, bands=bands_of(), soft_cap=Decimal(900)),
        lambda: set_rates(MARCH, by=other, seen=seen, bands=bands_of(), soft_cap=Decimal(800)),
    )


def written():
    return AuditEntry.objects.filter(event="rates.set").count()


def test_one_is_saved_and_the_other_is_told(zhou):
    for _ in range(ROUNDS):
        assert sorted(type(answer).__name__ for answer in both(zhou)) == ["RatePolicy", "StaleState"]
    assert written() == ROUNDS
    assert all(len(row.bands) == 8 for row in RatePolicies().rows)


def test_the_control_saves_both(zhou, monkeypatch):
    monkeypatch.setattr(RatePolicies, "stamp", "the same as ever")
    for _ in range(ROUNDS):
        assert [type(answer) for answer in both(zhou)] == [RatePolicy, RatePolicy]
    assert written() == 2 * ROUNDS
