"""Payments: in full, once, with a key that the database keeps unique, a receipt and a seal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from core import clock
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, expect, lock_all, require
from dues import rules
from dues.actions.bases import BATCH
from dues.booking import booking_month
from dues.models import SEAL, Charge, Deferral, DuesMonth, Entry, Receipt

PAID_ALREADY = "刚才已经登记过这笔党费，没有重复登记。请看最新情况。"


@dataclass(frozen=True)
class Choice:
    """What the table says of one member: a payment ``method``, or DEFER with the reason as ``note``."""

    method: str = Entry.Method.CASH
    note: str = ""


def lock_to_book(
    dues_month, *states, booked_in: Month | None = None, charge_id: int | None = None
) -> tuple[DuesMonth, Month]:
    """Hold a month and the branch's running one, oldest first: the month as it is, and where money is booked now.

    That is as ``booking_month`` says, of the one charge that is named. ``booked_in`` is what the page had promised; if
    that has changed meanwhile, nothing is booked (StaleState). So too unless the month is in one of ``states``, where
    some are named.
    """
    rows = _lock_months(dues_month.organization_id, {dues_month.month})
    if states:
        expect(rows[dues_month.month], *states)
    return rows[dues_month.month], _books(rows, booked_in, charge_id)


def _lock_months(branch_id, months) -> dict[Month, DuesMonth]:
    """The branch's dues months, and its running one, held oldest first.

    Before the running one is opened, the last before it is held in its place: two payments of different months never
    number at the same time.
    """
    mine = DuesMonth.objects.of([branch_id])
    latest = mine.filter(month__lte=Month.current()).order_by("-month").values("pk")[:1]
    asked = mine.filter(Q(month__in=months) | Q(pk__in=latest))
    return {row.month: row for row in lock_all(asked.order_by("month"))}


def _books(rows, booked_in, charge_id=None) -> Month:
    books = booking_month(rows.get(Month.current()), charge_id)
    if booked_in is not None and booked_in != books:
        why = _why_not(booked_in, books)
        raise StaleState(f"{why}，现在登记的算作 {books.label}。还没有登记，请看最新情况后再办。")
    return books


def _why_not(promised: Month, books: Month) -> str:
    """What has happened since a page promised to book in another month."""
    current = Month.current()
    if promised < current:
        return f"{promised.label}已经过去"
    return f"{current.label}党费刚刚{'上报' if books > current else '撤回'}"


def payment_key(charge_id: int, reversals: int) -> str:
    """A charge is paid once; after each reversal once more."""
    return f"pay:{charge_id}:{reversals}"


def write_entries(entries: list[Entry]) -> list[Entry]:
    """The only door into the ledger: lines are sealed as they go in."""
    for entry in entries:
        entry.seal = SEAL.signature(entry.said)
    return Entry.objects.bulk_create(entries, batch_size=BATCH)


def new_receipts(branch_id: int, people: Iterable[int], by) -> list[Receipt]:
    """A receipt for each of ``people`` (ids), numbered on from the branch's last one of the year.

    The caller holds the branch's running month (see ``lock_to_book``), so that nobody else numbers meanwhile; the
    database refuses the rest.
    """
    year = clock.today().year
    last = Receipt.objects.filter(branch=branch_id, year=year).aggregate(last=Max("number"))["last"] or 0
    return Receipt.objects.bulk_create(
        [
            Receipt(branch_id=branch_id, year=year, number=number, person_id=person, by=by)
            for number, person in enumerate(people, start=last + 1)
        ],
        batch_size=BATCH,
    )


def pay_all(paying: list[tuple[Any, Choice]], branch_id: int, books: Month, by, *, on_one_receipt=False) -> list[Entry]:
    """Write the payment of each (charge with state, choice) of a branch, in full; StaleState if one was paid already.

    ``books`` is the month in which the money is booked, or a later one that a charge has reached (``booking_month``).
    Each payment has a receipt, or all of one member share one.
    """
    ids = [charge.pk for charge, _ in paying]
    booked = Entry.objects.filter(charge__in=ids).order_by().values("charge")
    counted = booked.annotate(count=Count("pk", filter=Q(reverses__isnull=False)), last=Max("month_paid"))
    before = {pk: (count, last) for pk, count, last in counted.values_list("charge", "count", "last")}
    entries = []
    for charge, choice in paying:
        reversals, last = before.get(charge.pk, (0, books))
        entries.append(
            Entry(
                charge=charge, amount=charge.amount - charge.paid, method=choice.method, month_paid=max(books, last),
                key=payment_key(charge.pk, reversals), note=choice.note, by=by,
            )
        )  # fmt: skip
    try:
        with transaction.atomic():
            people = [charge.person_id for charge, _ in paying]
            receipts = new_receipts(branch_id, people[:1] if on_one_receipt else people, by)
            for entry, receipt in zip(entries, receipts * len(people) if on_one_receipt else receipts, strict=True):
                entry.receipt = receipt
            return write_entries(entries)
    except IntegrityError as error:
        raise StaleState(PAID_ALREADY) from error


@transaction.atomic
def pay(charge, *, method, by, note="", booked_in: Month | None = None) -> Entry:
    """Register a later payment, in full; a running deferral is lifted.

    It is booked in the running month, or in the next one once that was handed in (see ``booking_month``).
    """
    dues_month, books = lock_to_book(charge.dues_month, booked_in=booked_in, charge_id=charge.pk)
    charge = Charge.objects.with_state().select_related("person").get(pk=charge.pk)
    require(rules.can_pay(by, charge))
    if charge.paid >= charge.amount:
        raise StaleState(f"{charge.person} {charge.month.label}的党费已经登记过，没有重复登记。")
    (entry,) = pay_all([(charge, Choice(method, note))], dues_month.organization_id, books, by)
    lifted = _lift(charge)
    told = f"{charge.person} {entry.amount} 元，{entry.get_method_display()}，收据 {entry.receipt}"
    record(dues_month, "dues.paid", by=by, note=told, also=lifted)
    return entry


@transaction.atomic
def pay_together(charges, *, method, by, note="", booked_in: Month | None = None) -> list[Entry]:
    """Register several months of one member at once (charges of one branch), on one receipt: all of them, or none."""
    charges = list(charges)
    if len({(charge.person_id, charge.dues_month.organization_id) for charge in charges}) != 1:
        raise ValueError("charges of one member at one branch are paid together")
    branch = charges[0].dues_month.organization_id
    rows = _lock_months(branch, {charge.month for charge in charges})
    books = _books(rows, booked_in)
    found = Charge.objects.with_state().filter(pk__in=[charge.pk for charge in charges])
    charges = list(found.select_related("person", "dues_month__organization").order_by("month"))
    for charge in charges:
        require(rules.can_pay(by, charge))
        if charge.paid >= charge.amount:
            raise StaleState(f"{charge.person} {charge.month.label}的党费已经登记过，没有重复登记。")
    entries = pay_all([(one, Choice(method, note)) for one in charges], branch, books, by, on_one_receipt=True)
    for charge, entry in zip(charges, entries, strict=True):
        told = f"{charge.person} {entry.amount} 元，{entry.get_method_display()}，收据 {entry.receipt}"
        record(rows[charge.month], "dues.paid", by=by, note=told, also=_lift(charge))
    return entries


def _lift(charge) -> list[Deferral]:
    """End the running deferral of a charge that is paid."""
    running = lock_all(charge.deferrals.filter(lifted_at=None))
    for one in running:
        one.lifted_at = clock.now()
        one.save(update_fields=["lifted_at"])
    return running
