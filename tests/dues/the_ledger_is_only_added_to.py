"""The database itself refuses to change or delete money: in bulk, by raw SQL, by cascade, on both databases."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, ProtectedError

from dues import actions
from dues.actions.verifying import state
from dues.models import Base, Charge, DuesMonth, Entry, Receipt, Statement
from tests.builders import NOVEMBER, make_person

REFUSED = {
    Entry: "the ledger is append-only",
    Charge: "a charge is frozen",
    Base: "a base is added, never changed",
    Receipt: "a receipt is never changed",
    Statement: "a statement is never changed",
}
NUMBERS = {Receipt: "number", Statement: "paid_people"}  # the others: the amount


@pytest.fixture
def entry(world):
    person = make_person(world.first)
    actions.set_bases({person.pk: Decimal(3000)}, NOVEMBER, "核定", None)
    actions.open_month(NOVEMBER)
    entry = actions.pay(Charge.objects.get(person=person), method="CASH", by=world.li)
    state(entry.charge.dues_month, Statement.Act.VERIFIED, world.li)
    return entry


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (*REFUSED, DuesMonth)]


def number_of(model):
    return NUMBERS.get(model, "amount")


@pytest.mark.parametrize("model", REFUSED)
@pytest.mark.parametrize(
    "attempt",
    [
        lambda rows: rows.update(**{number_of(rows.model): F(number_of(rows.model)) + 1}),
        lambda rows: rows._raw_delete("default"),
        lambda rows: rows.bulk_update([_other_amount(row) for row in rows], [number_of(rows.model)]),
        lambda rows: _other_amount(rows.get()).save(),
        lambda rows: _sql(f"UPDATE {rows.model._meta.db_table} SET {number_of(rows.model)} = 7"),
        lambda rows: _sql(f"DELETE FROM {rows.model._meta.db_table}"),
    ],
    ids=["update", "raw delete", "bulk update", "save", "SQL update", "SQL delete"],
)
def test_money_is_neither_changed_nor_deleted(entry, model, attempt):
    before = everything()

    with pytest.raises(DatabaseError, match=REFUSED[model]), transaction.atomic():
        attempt(model.objects.all())

    assert everything() == before


def _other_amount(row):
    setattr(row, number_of(type(row)), getattr(row, number_of(type(row))) + 1)
    return row


def _sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "parent",
    [
        lambda entry: entry.charge,
        lambda entry: entry.charge.dues_month,
        lambda entry: entry.charge.person,
        lambda entry: entry.charge.dues_month.organization,
        lambda entry: entry.by,
        lambda entry: entry.receipt,
    ],
    ids=["charge", "month", "person", "branch", "account", "receipt"],
)
def test_no_cascade_reaches_the_ledger(entry, parent):
    before = everything()

    with pytest.raises(ProtectedError), transaction.atomic():
        parent(entry).delete()

    assert everything() == before


@pytest.mark.parametrize("table", ["dues_charge", "dues_duesmonth", "branches_person"])
def test_no_raw_delete_of_a_parent_reaches_the_ledger(entry, table):
    before = everything()

    with pytest.raises(DatabaseError), transaction.atomic():
        _sql(f"DELETE FROM {table}")
        connection.check_constraints()

    assert everything() == before


def test_what_may_change_still_does(entry):
    """The control: the same statements on a table that is not the ledger go through."""
    assert DuesMonth.objects.update(status="OPEN") > 0
    assert _sql("UPDATE dues_duesmonth SET status = 'OPEN'") is None


def test_a_payment_is_positive_and_a_reversal_carries_its_reason(entry):
    fields = {"charge": entry.charge, "method": "CASH", "month_paid": NOVEMBER, "key": "other"}
    for wrong in (
        {"amount": Decimal(-1)},
        {"amount": Decimal(0)},
        {"amount": Decimal(1), "reverses": entry, "note": "原因"},
        {"amount": Decimal(-1), "reverses": entry, "note": ""},
        {"amount": Decimal(1), "key": entry.key},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.create(**(fields | wrong))
    assert Entry.objects.count() == 1
