"""Twenty payments of different members of one branch at the same moment: twenty numbers, one after the other.

The control takes the lock on the month away: then two look at the same last number, and somebody is refused who paid
for the first time. Whoever pays an earlier month numbers from the same row.
"""

import threading
from types import SimpleNamespace

import pytest
import time_machine

from core.accounts import User
from core.workflow import StaleState
from dues import actions
from dues.actions import paying
from dues.models import Charge, DuesMonth, Entry, Receipt
from tests.builders import NOVEMBER, OCTOBER, World, make_person
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
PAYMENTS = 20


@pytest.fixture
def charges(db, tmp_path):
    """Twenty members of First Branch who owe; the half of them October."""
    world = World()
    for number in range(PAYMENTS):
        make_person(world.first, f"学生{number}", category="STUDENT")
    for month in (OCTOBER, NOVEMBER):
        actions.open_month(month)
    back = move_to_a_file(tmp_path)
    owed = list(Charge.objects.filter(dues_month__organization=world.first).order_by("person", "month"))
    yield [owed[2 * place + place % 2] for place in range(PAYMENTS)]
    back()


def pay_together(charges):
    """What each of the payments came to: the entry, or the refusal."""
    li = User.objects.get(name="李书记")
    fresh = [Charge.objects.select_related("person", "dues_month").get(pk=charge.pk) for charge in charges]
    return together(*[lambda one=one: actions.pay(one, method="CASH", by=User.objects.get(pk=li.pk)) for one in fresh])


def numbers():
    return list(Receipt.objects.order_by("number").values_list("number", flat=True))


def test_twenty_at_once_are_numbered_one_to_twenty(charges):
    results = pay_together(charges)

    assert [one for one in results if not isinstance(one, Entry)] == []
    assert numbers() == list(range(1, PAYMENTS + 1))
    assert Entry.objects.filter(receipt=None).count() == 0


def test_before_the_running_month_is_opened_too(charges):
    """On the first of a month, before the daily opening, payments of two older months number one after the other."""
    with time_machine.travel("2026-12-01T00:30:00+08:00", tick=False):
        results = pay_together(charges)

    assert [one for one in results if not isinstance(one, Entry)] == []
    assert numbers() == list(range(1, PAYMENTS + 1))
    assert set(Entry.objects.values_list("month_paid", flat=True)) == {NOVEMBER.next}


def test_two_months_are_paid_under_one_lock(charges, monkeypatch):
    """Not only SQLite, which has one writer, keeps the two apart: they lock a row in common."""
    held, lock_all = [], paying.lock_all

    def lock_and_tell(rows):
        locked = lock_all(rows)
        held.append({row.month for row in locked if isinstance(row, DuesMonth)})
        return locked

    monkeypatch.setattr(paying, "lock_all", lock_and_tell)
    with time_machine.travel("2026-12-01T00:30:00+08:00", tick=False):
        for charge in charges[:2]:
            actions.pay(charge, method="CASH", by=User.objects.get(name="李书记"))

    assert [one for one in held if one] == [{OCTOBER, NOVEMBER}, {NOVEMBER}]


class NoTransaction:
    """A block that is not one act."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def test_the_control_without_the_lock_refuses_somebody(charges, monkeypatch):
    counted, create = threading.Barrier(PAYMENTS), Receipt.objects.bulk_create

    def create_after_all_have_counted(rows, **kwargs):
        counted.wait(timeout=60)
        return create(rows, **kwargs)

    monkeypatch.setattr(paying, "lock_all", list)
    monkeypatch.setattr(actions, "pay", actions.pay.__wrapped__)
    monkeypatch.setattr(paying, "transaction", SimpleNamespace(atomic=NoTransaction))
    monkeypatch.setattr(Receipt.objects, "bulk_create", create_after_all_have_counted)

    refused = [one for one in pay_together(charges) if isinstance(one, StaleState)]

    assert (len(refused), numbers()) == (PAYMENTS - 1, [1])
