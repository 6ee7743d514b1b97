"""What was found and what was gone through; rows in batches, as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

BATCH = 500


@dataclass(frozen=True)
class Finding:
    """One row that is wrong: its table and id, whose it is, and what is wrong. Without an id: of several rows."""

    table: str
    pk: int | None
    branch: str
    month: str
    person: str
    what: str

    def __str__(self):
        row = f"{self.table} {self.pk or ''}".strip()
        whose = "，".join(part for part in (self.branch, self.month, self.person) if part)
        return f"{row}（{whose}）：{self.what}" if whose else f"{row}：{self.what}"


@dataclass
class Summary:
    """What was gone through: rows, of them old lines without a seal, and sums in 元."""

    months: int = 0
    statements: int = 0
    charges: int = 0
    owed: Decimal = Decimal("0.00")
    entries: int = 0
    reversals: int = 0
    unsealed: int = 0
    received: Decimal = Decimal("0.00")
    receipts: int = 0
    findings: int = 0

    def __str__(self):
        return "\n".join(
            (
                f"党费月份 {self.months} 个（每个支部每月一个），签认单 {self.statements} 份",
                f"应缴 {self.charges} 笔，共 {self.owed:.2f} 元",
                f"流水 {self.entries} 笔（其中冲正 {self.reversals} 笔），净收 {self.received:.2f} 元",
                f"收据 {self.receipts} 张",
                f"加封以前的旧流水 {self.unsealed} 笔，没有封签可核对",
            )
        )


def of_charge(table, pk, charge, what) -> Finding:
    """A finding about a row of a charge, which was read with its month, branch and person."""
    return Finding(table, pk, str(charge.dues_month.organization), charge.month.label, str(charge.person), what)


def batches(rows, size=BATCH) -> Iterator[list]:
    """A QuerySet piece by piece in the order of its ids: a query each, however many rows there are."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield batch
        last = batch[-1].pk


def without_parents(model, number) -> Iterator[Finding]:
    """Rows that were not among the ``number`` gone through, as what they point at is not there."""
    if lost := model.objects.count() - number:
        what = f"有 {lost} 行没有核对到：它们指向的应缴、党费月份、支部或党员不在了"
        yield Finding(model._meta.db_table, None, "", "", "", what)


@contextmanager
def at_one_moment():
    """What is read within is of one moment, and nobody waits for it: acts of others go on meanwhile."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:  # atomic() would keep every writer out
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
