"""Dues of some months: opened on the first, paid on the activity day, a few deferred."""

from activities.models import ActivityDay
from core.audit import AuditEntry
from core.clock import at
from dues.actions import open_month
from dues.models import Charge, Deferral, DuesMonth, Entry
from supervision.sample import seeded, step

DEFERRED = ["外出实习，返校补交", "住院，出院后补交", "出差，下月补交"]


def load_dues(month, cast, current, today):
    """Paid on the activity day (in vacation months on the 10th), a few deferred; this month where the day was held."""
    _open(month, cast)
    days = {day.organization_id: day for day in ActivityDay.objects.filter(month=month).happened()}
    branches = {branch.pk: branch for branch in cast.branches}
    entries, deferrals, months, steps = [], [], [], []
    opened = {row.pk: row for row in DuesMonth.objects.filter(month=month)}
    verified = {}
    for row in opened.values():
        day = days.get(row.organization_id)
        on = day.held_on if day else month.first.replace(day=10)
        if (day is None and month == current) or on >= today or (day and day.status == "HELD" and month == current):
            continue
        moment = at(on, 16)
        verified[row.pk] = (moment, cast.secretary(branches[row.organization_id]))
        row.day, row.status = day, DuesMonth.Status.VERIFIED
        row.verified_at, row.verified_by = verified[row.pk]
        row.first_verified_at = row.verified_at
        months.append(row)
        steps.append(step(row, "dues.verified", *verified[row.pk]))
    for charge in Charge.objects.filter(dues_month__in=list(verified), amount__gt=0).select_related("person"):
        moment, by = verified[charge.dues_month_id]
        chance = seeded("dues", month, charge.person.staff_number)
        if chance.random() < 0.012:
            deferrals.append(Deferral(charge=charge, reason=chance.choice(DEFERRED), by=by, at=moment))
            continue
        method = Entry.Method.TRANSFER if chance.random() < 0.08 else Entry.Method.CASH
        entries.append(
            Entry(charge=charge, amount=charge.amount, method=method, month_paid=month,
                  key=f"sample:{charge.pk}", by=by, at=moment)
        )  # fmt: skip
    Entry.objects.bulk_create(entries, batch_size=500)
    Deferral.objects.bulk_create(deferrals)
    signed = ["day", "status", "verified_at", "verified_by", "first_verified_at"]
    DuesMonth.objects.bulk_update(months, signed, batch_size=200)
    AuditEntry.objects.bulk_create(steps, batch_size=500)


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
