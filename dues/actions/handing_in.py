"""上报: a signed month goes up one level at a time, comes back, or is settled."""

from django.db import transaction

from core import clock
from core.audit import record, record_many
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, require
from dues import rules
from dues.actions.opening import open_again
from dues.actions.verifying import state, verify_month
from dues.models import Charge, DuesMonth, Statement
from dues.owing import lacking

Status = DuesMonth.Status
UP = (Status.SUBMITTED, Status.FORWARDED)


@transaction.atomic
def submit_month(dues_month, *, by) -> DuesMonth:
    """Hand a signed month in: to the general branch or, from a branch directly under the committee, to the department.

    Everybody must be paid or put off with a reason: a charge that was added since the signature is not passed over.
    """
    dues_month = lock(dues_month, Status.VERIFIED)
    require(rules.can_submit(by, dues_month))
    if why := rules.why_incomplete(lacking(dues_month)) or _why_unpaid(dues_month):
        raise StaleState(why)
    dues_month.status = Status.FORWARDED if dues_month.organization.is_direct else Status.SUBMITTED
    dues_month.submitted_at, dues_month.submitted_by = clock.now(), by
    dues_month.first_submitted_at = dues_month.first_submitted_at or dues_month.submitted_at
    dues_month.save(update_fields=["status", "submitted_at", "submitted_by", "first_submitted_at"])
    stated = state(dues_month, Statement.Act.SUBMITTED, by)
    note = f"应缴 {stated.owed_people} 人 {stated.owed:.2f} 元，共收 {stated.received:.2f} 元"
    record(dues_month, "dues.submitted", by=by, note=note, also=[stated])
    return dues_month


def _why_unpaid(dues_month):
    unpaid = dues_month.charges.with_state().filter(state=Charge.State.UNPAID).select_related("person")
    names = [charge.person.name for charge in unpaid[: rules.NAMED + 1]]
    return rules.why_unpaid(names)


@transaction.atomic
def verify_and_submit(dues_month, *, choices, by, booked_in=None) -> DuesMonth:
    """Sign a month off and hand it in, in one act: both, or neither."""
    return submit_month(verify_month(dues_month, choices=choices, by=by, booked_in=booked_in), by=by)


@transaction.atomic
def withdraw_month(dues_month, *, by) -> DuesMonth:
    """The branch takes its month back while nobody above has acted on it."""
    dues_month = lock(dues_month, *UP)
    require(rules.can_withdraw(by, dues_month))
    _back(dues_month)
    record(dues_month, "dues.withdrawn", by=by)
    _ask_again(dues_month, by)
    return dues_month


@transaction.atomic
def return_month(dues_month, *, reason, by) -> DuesMonth:
    """Whoever it waits for sends it back to the branch, and says why; who handed it in is told."""
    dues_month = lock(dues_month, *UP)
    require(rules.can_return(by, dues_month))
    told = dues_month.submitted_by
    _back(dues_month)
    record(dues_month, "dues.returned", by=by, note=reason)
    _ask_again(dues_month, by)
    tell(
        [told], "dues_returned", key=f"dues_returned:{dues_month.pk}:{clock.now():%Y%m%d%H%M%S}",
        title=f"{dues_month.month.label}党费被退回", text=f"{by.name}：{reason}", url=dues_month.get_absolute_url(),
        sender=by.name,
    )  # fmt: skip
    return dues_month


def _back(dues_month):
    dues_month.status, dues_month.submitted_at, dues_month.submitted_by = Status.VERIFIED, None, None
    dues_month.save(update_fields=["status", "submitted_at", "submitted_by"])


def _ask_again(dues_month, by):
    """What was taken back while the month was up is registered, or put off, at a new signature."""
    if _why_unpaid(dues_month):
        open_again([dues_month], by=by, note="上报以后有冲正，请再查验一次")


@transaction.atomic
def forward_months(dues_months, *, by) -> list[DuesMonth]:
    """The general branch forwards months of its branches (a QuerySet) to the department: all of them, or none."""
    rows = _held(dues_months, Status.SUBMITTED)
    for row in rows:
        require(rules.can_forward(by, row))
    for row in rows:
        row.status = Status.FORWARDED
    DuesMonth.objects.bulk_update(rows, ["status"])
    record_many(rows, "dues.forwarded", by=by)
    return rows


@transaction.atomic
def settle_months(dues_months, *, by) -> list[DuesMonth]:
    """结清: the department closes months (a QuerySet): all of them, or none. Nothing in them changes any more."""
    rows, now = _held(dues_months, Status.FORWARDED), clock.now()
    for row in rows:
        require(rules.can_settle(by, row))
    for row in rows:
        row.status, row.settled_at, row.settled_by = Status.SETTLED, now, by
    DuesMonth.objects.bulk_update(rows, ["status", "settled_at", "settled_by"])
    record_many(rows, "dues.settled", by=by)
    return rows


def _held(dues_months, status):
    """The rows under their locks, oldest first; StaleState if one of them is not there any more."""
    rows = lock_all(dues_months.select_related("organization__parent").order_by("month", "pk"))
    moved = [row for row in rows if row.status != status]
    if moved or not rows:
        names = "、".join(str(row) for row in moved[: rules.NAMED])
        raise StaleState(f"{names or '所选的党费'}刚刚已经办过或撤回了，没有办理。请看最新情况后再选。")
    return rows
