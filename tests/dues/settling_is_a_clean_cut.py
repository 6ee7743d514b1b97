"""Fifty payments race the hand-in of a month, and its settlement: each is wholly before it, or booked after it.

Fifty students of First Branch owe twenty months before November, one month a round: what comes in for them counts to
November until it is handed in. What its statement says is what the ledger has of November, in every round. The control
takes the lock away: then a payment stands in the month and not in its statement.
"""

import threading
from decimal import Decimal

import pytest

from branches.models import Organization
from core.accounts import User
from core.workflow import StaleState
from dues import actions
from dues.actions import paying
from dues.models import Charge, DuesMonth, Entry
from tests.builders import NOVEMBER, World, make_person
from tests.dues_builders import bring_on, make_dues
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
PAYMENTS, ROUNDS = 50, 20
OWED = Decimal("0.20")
DECEMBER = NOVEMBER.next


def months(count):
    """The months before November, the latest first."""
    found = [NOVEMBER.previous]
    while len(found) < count:
        found.append(found[-1].previous)
    return found


@pytest.fixture
def november(db, tmp_path):
    """First Branch's November, signed; all that its students owe from before is open."""
    world = World()
    for number in range(PAYMENTS):
        make_person(world.first, f"学生{number}", category="STUDENT")
    make_dues(world.first, members=0, verified=world.li)
    for month in months(ROUNDS + 1):
        actions.open_month(month, Organization.objects.filter(pk=world.first.pk))
    back = move_to_a_file(tmp_path)
    yield DuesMonth.objects.get(month=NOVEMBER, organization=world.first)
    back()


def user(name):
    return User.objects.get(name=name)


def owed(month):
    """The ids of the students' charges of a month."""
    rows = Charge.objects.filter(month=month, person__name__startswith="学生").order_by("pk")
    return list(rows.values_list("pk", flat=True))


def pay(pk, promised=None):
    charge = Charge.objects.select_related("person", "dues_month").get(pk=pk)
    return actions.pay(charge, method="CASH", by=user("李书记"), booked_in=promised)


def race(month, act):
    """All payments of a month and an act at the same moment: every other page had promised November."""
    pays = [lambda pk=pk, said=said: pay(pk, said) for pk, said in zip(owed(month), [None, NOVEMBER] * 25, strict=True)]
    *paid, done = together(*pays, act)
    assert not isinstance(done, Exception), done
    assert {type(one) for one in paid} <= {Entry, StaleState}
    return paid


def booked(month_paid):
    """(how many, how much) of the students' arrears is booked in a month."""
    rows = Entry.objects.filter(charge__month__lt=NOVEMBER, month_paid=month_paid)
    return rows.count(), sum(rows.values_list("amount", flat=True), Decimal(0))


def said(row):
    one = row.statements.latest("pk")
    return one.arrears_people, one.arrears


def test_each_payment_is_in_the_statement_or_after_it(november):
    before = after = 0
    for month in months(ROUNDS):
        paid = race(month, lambda: actions.submit_month(november, by=user("李书记")))
        written = [one for one in paid if isinstance(one, Entry)]

        assert said(november)[1] == booked(NOVEMBER)[1]
        assert {one.month_paid for one in written} <= {NOVEMBER, DECEMBER}
        assert Entry.objects.filter(charge__month=month).count() == len(written)
        promised = [one for one in paid[1::2] if isinstance(one, Entry)]
        assert {one.month_paid for one in promised} <= {NOVEMBER}  # or they were refused
        before += sum(one.month_paid == NOVEMBER for one in written)
        after += PAYMENTS - sum(one.month_paid == NOVEMBER for one in written)
        actions.withdraw_month(november, by=user("李书记"))
    print(f"{ROUNDS} rounds: {before} before the cut, {after} after it")
    assert before > 0 < after


def test_nothing_comes_into_a_month_while_it_is_settled(november):
    world_of = {"submitted": user("李书记"), "forwarded": user("王总支")}
    row = bring_on(november, **world_of)
    told = said(row)

    paid = race(months(1)[0], lambda: bring_on(november, settled=user("周组织部")))

    row.refresh_from_db()
    assert (row.status, said(row), booked(NOVEMBER)[0]) == ("SETTLED", told, 0)
    assert {one.month_paid for one in paid if isinstance(one, Entry)} == {DECEMBER}
    assert [isinstance(one, Entry) for one in paid] == [True, False] * 25


def test_the_control_without_the_lock_leaves_a_payment_out_of_the_statement(november, monkeypatch):
    looked, handed_in = threading.Event(), threading.Event()
    key = paying.payment_key

    def key_after_the_month_went_up(charge_id, reversals):
        looked.set()
        handed_in.wait(timeout=60)
        return key(charge_id, reversals)

    def submit():
        looked.wait(timeout=60)
        try:
            return actions.submit_month(november, by=user("李书记"))
        finally:
            handed_in.set()

    monkeypatch.setattr(paying, "lock_all", list)
    monkeypatch.setattr(actions, "pay", actions.pay.__wrapped__)
    monkeypatch.setattr(paying, "payment_key", key_after_the_month_went_up)

    entry, row = together(lambda: pay(owed(months(1)[0])[0]), submit)

    assert (entry.month_paid, row.status) == (NOVEMBER, "SUBMITTED")
    assert (said(row)[1], booked(NOVEMBER)[1]) == (0, OWED)
