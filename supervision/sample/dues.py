"""Dues of some months: opened on the first, paid on the activity day, a few deferred, handed in and settled."""

import datetime
from collections import Counter

from django.db.models import Count

from activities.models import ActivityDay
from core.audit import AuditEntry
from core.clock import at
from dues.actions import open_month
from dues.models import SEAL, Charge, Deferral, DuesMonth, Entry, Receipt, Statement
from dues.reports.sums import sums_of
from supervision.sample import seeded, step

DEFERRED = ["外出实习，返校补交", "住院，出院后补交", "出差，下月补交"]
Status, Act = DuesMonth.Status, Statement.Act
STAMPED = [
    "day", "status", "verified_at", "verified_by", "first_verified_at", "submitted_at", "submitted_by",
    "first_submitted_at", "settled_at", "settled_by",
]  # fmt: skip


def load_dues(month, cast, current, today):
    """Paid on the activity day (in vacation months on the 10th), a few deferred; this month where the day was held.

    Past months are settled, of the last one a few still wait for the general branch or the department.
    """
    _open(month, cast)
    days = {day.organization_id: day for day in ActivityDay.objects.filter(month=month).happened()}
    branches = {branch.pk: branch for branch in cast.branches}
    months, steps, verified = [], [], {}
    for row in DuesMonth.objects.filter(month=month).order_by("organization"):
        day, row.organization = days.get(row.organization_id), branches[row.organization_id]
        on = day.held_on if day else month.first.replace(day=10)
        if (day is None and month == current) or on >= today or (day and day.status == "HELD" and month == current):
            continue
        verified[row.pk] = row.verified_at, row.verified_by = at(on, 16), cast.secretary(row.organization)
        row.day, row.status, row.first_verified_at = day, Status.VERIFIED, row.verified_at
        steps.append(step(row, "dues.verified", *verified[row.pk]))
        if month < current:
            steps += _go_up(row, cast, is_last=month == current.previous)
        months.append(row)
    _pay(month, verified)
    DuesMonth.objects.bulk_update(months, STAMPED, batch_size=200)
    AuditEntry.objects.bulk_create(steps, batch_size=500)
    _state(months)


def _go_up(row, cast, *, is_last):
    """The steps upward of a signed month; a few of the last one are still on their way."""
    chance = seeded("dues-up", row.month, row.organization.code).random()
    row.submitted_at, row.submitted_by = row.verified_at + datetime.timedelta(hours=1), row.verified_by
    row.status, row.first_submitted_at = Status.SUBMITTED, row.submitted_at
    steps = [step(row, "dues.submitted", row.submitted_at, row.submitted_by)]
    if row.organization.is_direct:
        row.status = Status.FORWARDED
    elif not is_last or chance > 0.04:
        row.status = Status.FORWARDED
        steps.append(step(row, "dues.forwarded", at(row.month.last, 10), cast.reviewer(row.organization)))
    if row.status == Status.FORWARDED and (not is_last or chance > 0.1):
        row.status, row.settled_by, row.settled_at = Status.SETTLED, cast.department, at(row.month.next.first, 10)
        steps.append(step(row, "dues.settled", row.settled_at, row.settled_by))
    return steps


def _pay(month, verified):
    """Receipts and entries of all who paid, deferrals of the others."""
    paying, deferrals = [], []
    given = Receipt.objects.filter(year=month.year).order_by().values_list("branch").annotate(Count("pk"))
    numbers = Counter(dict(given))
    charges = Charge.objects.filter(dues_month__in=list(verified), amount__gt=0)
    for charge in charges.select_related("person", "dues_month").order_by("person__staff_number"):
        moment, by = verified[charge.dues_month_id]
        chance = seeded("dues", month, charge.person.staff_number)
        if chance.random() < 0.012:
            deferrals.append(Deferral(charge=charge, reason=chance.choice(DEFERRED), by=by, at=moment))
            continue
        method = Entry.Method.TRANSFER if chance.random() < 0.08 else Entry.Method.CASH
        branch = charge.dues_month.organization_id
        numbers[branch] += 1
        receipt = Receipt(
            branch_id=branch, year=month.year, number=numbers[branch], person=charge.person, by=by, at=moment
        )
        paying.append((charge, method, receipt))
    Receipt.objects.bulk_create([receipt for _, _, receipt in paying], batch_size=500)
    entries = [
        Entry(charge=charge, amount=charge.amount, method=method, month_paid=month, key=f"sample:{charge.pk}",
              receipt=receipt, by=receipt.by, at=receipt.at)
        for charge, method, receipt in paying
    ]  # fmt: skip
    for entry in entries:
        entry.seal = SEAL.signature(entry.said)
    Entry.objects.bulk_create(entries, batch_size=500)
    Deferral.objects.bulk_create(deferrals)


def _state(months):
    """What the months came to when they were signed, and when they were handed in."""
    sums = sums_of(months)
    Statement.objects.bulk_create(
        [
            Statement(
                dues_month=row, act=act, by=by, at=moment, day_on=row.day.held_on if row.day else None,
                owed=sums[row.pk].owed.money, owed_people=sums[row.pk].owed.count,
                paid=sums[row.pk].paid.money, paid_people=sums[row.pk].paid.count,
                deferred=sums[row.pk].deferred.money, deferred_people=sums[row.pk].deferred.count,
                arrears=0, arrears_people=0,
            )
            for row in months
            for act, by, moment in (
                (Act.VERIFIED, row.verified_by, row.verified_at), (Act.SUBMITTED, row.submitted_by, row.submitted_at)
            )
            if moment
        ],
        batch_size=500,
    )  # fmt: skip


def _open(month, cast):
    """The branches' months, opened on the first; the charges follow from rules and bases as in any month."""
    days = dict(ActivityDay.objects.filter(month=month).values_list("organization", "pk"))
    moment = at(month.first, 1)
    rows = [
        DuesMonth(organization=branch, month=month, day_id=days.get(branch.pk), opened_at=moment)
        for branch in cast.branches
    ]
    DuesMonth.objects.bulk_create(rows, batch_size=500)
    AuditEntry.objects.bulk_create([step(row, "dues.opened", moment, None) for row in rows], batch_size=500)
    open_month(month)
