"""冲正: a wrong payment is taken back by a negative entry, and stays readable."""

from django.db import IntegrityError, transaction
from django.urls import reverse as address

from core.audit import record
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, require
from dues import rules
from dues.actions.opening import open_again
from dues.models import DuesMonth, Entry

Status = DuesMonth.Status


@transaction.atomic
def reverse(entry, *, reason, by) -> Entry:
    """Take a wrong payment back by a negative entry in the current month.

    The charge is unpaid again, a verified month is open again, and the member is told.
    """
    entry = Entry.objects.select_related("charge__person__user", "charge__dues_month__organization").get(pk=entry.pk)
    dues_month = lock(entry.charge.dues_month, *Status)
    require(rules.can_reverse(by, entry))
    if entry.reverses_id or Entry.objects.filter(reverses=entry).exists():
        raise StaleState("这笔党费已经冲正过，没有重复冲正。请看最新情况。")
    try:
        with transaction.atomic():
            negative = Entry.objects.create(
                charge=entry.charge, amount=-entry.amount, method=entry.method, month_paid=Month.current(),
                reverses=entry, key=f"reverse:{entry.pk}", note=reason, by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise StaleState("这笔党费已经冲正过，没有重复冲正。请看最新情况。") from error
    person, month = entry.charge.person, entry.charge.month
    record(dues_month, "dues.reversed", by=by, note=f"{person} {entry.amount} 元，{reason}")
    if dues_month.status == Status.VERIFIED:
        open_again([dues_month], by=by, note=f"{person}冲正后重新查验")
    tell(
        [person.user], "dues_reversed", key=f"dues_reversed:{negative.pk}",
        title=f"您 {month.label}的党费登记已冲正", text=f"{entry.amount} 元，原因：{reason}。如有疑问请联系支部书记。",
        url=address("me"), sender=str(entry.charge.dues_month.organization),
    )  # fmt: skip
    return negative
