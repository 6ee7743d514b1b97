"""冲正: a wrong payment is taken back by a negative entry, and stays readable. It takes two people."""

from django.db import IntegrityError, transaction
from django.urls import reverse as address

from core import clock
from core.audit import record
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, require
from dues import rules
from dues.actions.opening import open_again
from dues.actions.paying import lock_to_book, write_entries
from dues.models import DuesMonth, Entry, ReversalRequest

Status, Outcome = DuesMonth.Status, ReversalRequest.Outcome
TAKEN_BACK = "这笔党费已经冲正过，没有重复冲正。请看最新情况。"
ASKED = "这笔党费已经有人提出冲正，正等另一位确认。请看最新情况。"
ANSWERED = "这份冲正申请刚刚已经办过了，没有重复办理。请看最新情况。"


@transaction.atomic
def ask_reversal(entry, *, reason, by) -> ReversalRequest:
    """Ask for a wrong payment to be taken back; nothing is booked until a second person confirms it."""
    entry = _entry(entry.pk)
    dues_month = lock(entry.charge.dues_month)
    require(rules.can_reverse(by, entry))
    if entry.reverses_id or Entry.objects.filter(reverses=entry).exists():
        raise StaleState(TAKEN_BACK)
    try:
        with transaction.atomic():
            asked = ReversalRequest.objects.create(entry=entry, reason=reason, by=by)
    except IntegrityError as error:
        raise StaleState(ASKED) from error
    record(dues_month, "dues.reversal_asked", by=by, note=_told(entry, reason), also=[asked])
    return asked


@transaction.atomic
def confirm_reversal(request, *, by, booked_in: Month | None = None) -> Entry:
    """The second person confirms: the payment is taken back by a negative entry, booked like money that comes now.

    The charge is unpaid again, and the member is told. A month that was signed and not handed in is open again; one
    that went up stays as it went.
    """
    charge = request.entry.charge
    dues_month, books = lock_to_book(charge.dues_month, booked_in=booked_in, charge_id=charge.pk)
    request = _waiting(request)
    require(rules.can_confirm_reversal(by, request))
    entry = request.entry
    try:
        with transaction.atomic():
            (negative,) = write_entries(
                [
                    Entry(
                        charge=entry.charge, amount=-entry.amount, method=entry.method, month_paid=books,
                        reverses=entry, key=f"reverse:{entry.pk}", note=request.reason, by=request.by, second=by,
                    )
                ]
            )  # fmt: skip
    except IntegrityError as error:
        raise StaleState(TAKEN_BACK) from error
    _answer(request, Outcome.DONE, by)
    person, month = entry.charge.person, entry.charge.month
    record(dues_month, "dues.reversed", by=by, note=_told(entry, request.reason), also=[request])
    if dues_month.status == Status.VERIFIED:
        open_again([dues_month], by=by, note=f"{person}冲正后重新查验")
    tell(
        [person.user], "dues_reversed", key=f"dues_reversed:{negative.pk}",
        title=f"您 {month.label}的党费登记已冲正",
        text=f"{entry.amount} 元，原因：{request.reason}。如有疑问请联系支部书记。",
        url=address("me"), sender=str(entry.charge.dues_month.organization),
    )  # fmt: skip
    return negative


@transaction.atomic
def decline_reversal(request, *, answer, by) -> ReversalRequest:
    """The second person does not agree, and says why; who asked is told."""
    dues_month = lock(request.entry.charge.dues_month)
    request = _waiting(request)
    require(rules.can_confirm_reversal(by, request))
    _answer(request, Outcome.DECLINED, by, answer)
    record(dues_month, "dues.reversal_declined", by=by, note=_told(request.entry, answer), also=[request])
    tell(
        [request.by], "dues_reversal_declined", key=f"dues_reversal_declined:{request.pk}",
        title=f"{request.entry.charge.person} {request.entry.charge.month.label}党费的冲正没有同意",
        text=f"{by.name}：{answer}", url=request.get_absolute_url(),
        sender=str(request.entry.charge.dues_month.organization),
    )  # fmt: skip
    return request


@transaction.atomic
def withdraw_reversal(request, *, by) -> ReversalRequest:
    """Who asked, or another officer of the branch, thinks better of it."""
    dues_month = lock(request.entry.charge.dues_month)
    request = _waiting(request)
    require(rules.can_withdraw_reversal(by, request))
    _answer(request, Outcome.WITHDRAWN, by)
    record(dues_month, "dues.reversal_withdrawn", by=by, note=_told(request.entry, request.reason), also=[request])
    return request


def _entry(pk):
    return Entry.objects.select_related("charge__person__user", "charge__dues_month__organization").get(pk=pk)


def _waiting(request):
    """The request under its own lock, with all that is asked of it; StaleState once it was answered."""
    fresh = lock(request)
    if fresh.outcome:
        raise StaleState(ANSWERED)
    fresh.entry = _entry(fresh.entry_id)
    return fresh


def _answer(request, outcome, by, answer=""):
    request.outcome, request.answered_by, request.answered_at, request.answer = outcome, by, clock.now(), answer
    request.save(update_fields=["outcome", "answered_by", "answered_at", "answer"])


def _told(entry, why):
    return f"{entry.charge.person} {entry.amount} 元，{why}"
