"""查验签认: the table of the day, all of it or nothing."""

from django.db import transaction

from activities.models import ActivityDay
from core import clock
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, require
from dues import rules
from dues.actions.paying import Choice, lock_to_book, pay_all
from dues.models import Charge, Deferral, DuesMonth, Entry, Statement
from dues.owing import lacking
from dues.reports.sums import sums_of

DEFER = "DEFER"
Status = DuesMonth.Status


@transaction.atomic
def verify_month(dues_month, *, choices: dict[int, Choice], by, booked_in: Month | None = None):
    """查验签认: register the table as ticked (``{charge_id: Choice}``) and sign the month off.

    Everybody who owes must have a charge, and every charge that is neither paid nor put off a choice; choices for
    others are passed over, so that nobody pays twice. All is written, or nothing.
    """
    dues_month, books = lock_to_book(dues_month, Status.OPEN, booked_in=booked_in)
    require(rules.can_verify(by, dues_month))
    if why := rules.why_incomplete(lacking(dues_month)):
        raise StaleState(why)
    waiting = list(dues_month.charges.with_state().filter(state=Charge.State.UNPAID))
    if any(charge.pk not in choices for charge in waiting):
        raise StaleState("名单有变化，有人还没有登记。请按最新名单再查验一次。")
    paying = [(charge, choices[charge.pk]) for charge in waiting if choices[charge.pk].method != DEFER]
    deferring = [(charge, choices[charge.pk]) for charge in waiting if choices[charge.pk].method == DEFER]
    pay_all(paying, dues_month.organization_id, books, by)
    Deferral.objects.bulk_create(Deferral(charge=charge, reason=choice.note, by=by) for charge, choice in deferring)
    dues_month.status, dues_month.verified_at, dues_month.verified_by = Status.VERIFIED, clock.now(), by
    dues_month.first_verified_at = dues_month.first_verified_at or dues_month.verified_at
    dues_month.day = ActivityDay.objects.for_month(dues_month.month).of([dues_month.organization_id]).first()
    dues_month.save(update_fields=["status", "verified_at", "verified_by", "first_verified_at", "day"])
    stated = [state(dues_month, Statement.Act.VERIFIED, by)]
    record(dues_month, "dues.verified", by=by, note=_told(paying, deferring), also=stated)
    return dues_month


def state(dues_month, act, by) -> Statement:
    """Write down what a month comes to at the moment of an act."""
    sums, day = sums_of([dues_month])[dues_month.pk], dues_month.day
    return Statement.objects.create(
        dues_month=dues_month, act=act, by=by, day_on=(day.held_on or day.planned_on) if day else None,
        **{
            name if field == "money" else f"{name}_people": getattr(part, field)
            for name in ("owed", "paid", "deferred", "arrears")
            for part in [getattr(sums, name)]
            for field in ("money", "count")
        },
    )  # fmt: skip


def _told(paying, deferring):
    """What a verification registered, in words: 现场 20 人，转账 1 人，缓交 1 人."""
    counts = [(method.label, sum(choice.method == method for _, choice in paying)) for method in Entry.Method]
    counts.append(("缓交", len(deferring)))
    return "，".join(f"{word} {count} 人" for word, count in counts if count) or "没有新的登记"
