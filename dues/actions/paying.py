"""Payments: in full, once, with a key that the database keeps unique."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from core import clock
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, require
from dues import rules
from dues.actions.bases import BATCH
from dues.models import Charge, Deferral, DuesMonth, Entry

Status = DuesMonth.Status


@dataclass(frozen=True)
class Choice:
    """What the table says of one member: a payment ``method``, or DEFER with the reason as ``note``."""

    method: str = Entry.Method.CASH
    note: str = ""


def payment_key(charge_id: int, reversals: int) -> str:
    """A charge is paid once; after each reversal once more."""
    return f"pay:{charge_id}:{reversals}"


def pay_all(paying, by) -> list[Entry]:
    """Write the payment of each (charge with state, choice), in full; StaleState when one was paid meanwhile."""
    ids = [charge.pk for charge, _ in paying]
    reversals = dict(
        Entry.objects.filter(charge__in=ids)
        .order_by()
        .values("charge")
        .annotate(count=Count("pk", filter=Q(reverses__isnull=False)))
        .values_list("charge", "count")
    )
    entries = [
        Entry(
            charge=charge, amount=charge.amount - charge.paid, method=choice.method, month_paid=Month.current(),
            key=payment_key(charge.pk, reversals.get(charge.pk, 0)), note=choice.note, by=by,
        )
        for charge, choice in paying
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return Entry.objects.bulk_create(entries, batch_size=BATCH)
    except IntegrityError as error:
        raise StaleState("刚才已经登记过这笔党费，没有重复登记。请看最新情况。") from error


@transaction.atomic
def pay(charge, *, method, by, note="") -> Entry:
    """Register a later payment, in full and in the current month; a running deferral is lifted."""
    dues_month = lock(charge.dues_month, *Status)
    charge = Charge.objects.with_state().select_related("person").get(pk=charge.pk)
    require(rules.can_pay(by, charge))
    if charge.paid >= charge.amount:
        raise StaleState(f"{charge.person} {charge.month.label}的党费已经登记过，没有重复登记。")
    (entry,) = pay_all([(charge, Choice(method, note))], by)
    lifted = _lift(charge)
    note = f"{charge.person} {entry.amount} 元，{entry.get_method_display()}"
    record(dues_month, "dues.paid", by=by, note=note, also=lifted)
    return entry


def _lift(charge) -> list[Deferral]:
    """End the running deferral of a charge that is paid."""
    running = lock_all(charge.deferrals.filter(lifted_at=None))
    for one in running:
        one.lifted_at = clock.now()
        one.save(update_fields=["lifted_at"])
    return running
