"""The charges of a month: added to what stands, from rules, bases and register; and a signed month opened again."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef

from activities.models import ActivityDay
from branches.models import Organization, Person
from core.audit import record, record_many
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, require
from dues import rates, rules
from dues.actions.bases import BATCH, lock_rates, set_bases
from dues.bases.rules import can_set_these
from dues.models import Charge, DuesMonth, RatePolicy
from dues.owing import without_charge

Status = DuesMonth.Status


@transaction.atomic
def open_month(month: Month, branches=None) -> int:
    """Bring the charges of a month to what rules, bases and register say; returns how many were added.

    All open branches (or those of the QuerySet ``branches``) at once. Run twice, nothing happens. What stands is never
    changed: a member has one charge a month, whichever branch they moved to since. A verified month that gains a charge
    is open again; one that was handed in gains none, unless it comes back.
    """
    lock_rates()
    policy = RatePolicy.in_force(month)
    branches = Organization.objects.branches().open() if branches is None else branches.branches().open()
    branches = branches.exclude(founded_on__gt=month.last)
    _open_rows(month, branches)
    locked = lock_all(DuesMonth.objects.for_month(month).of(branches).order_by("pk"))
    months = {row.organization_id: row for row in locked}
    branches = branches.exclude(pk__in=DuesMonth.objects.for_month(month).handed_in().values("organization"))
    charges = _charges_owed(policy, month, branches, months)
    Charge.objects.bulk_create(charges, batch_size=BATCH)
    open_again({charge.dues_month for charge in charges if charge.dues_month.status == Status.VERIFIED})
    return len(charges)


def _open_rows(month, branches):
    """A dues month for each branch that lacks one, tied to its activity day where that is known."""
    here = DuesMonth.objects.filter(organization=OuterRef("pk"), month=month)
    lacking = list(branches.filter(~Exists(here)).order_by("pk").values_list("pk", flat=True))
    days = dict(ActivityDay.objects.for_month(month).of(lacking).values_list("organization_id", "pk"))
    DuesMonth.objects.bulk_create(
        [DuesMonth(organization_id=pk, month=month, day_id=days.get(pk)) for pk in lacking],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    record_many(DuesMonth.objects.for_month(month).of(lacking), "dues.opened", by=None)


def _charges_owed(policy, month, branches, months):
    bands, unit = policy.bands, Decimal(policy.rounding)
    owed = []
    for person in without_charge(month, branches).iterator(chunk_size=BATCH):
        try:
            due = rates.due(bands, person.category, person.base, unit)
        except rates.NotChargeable:
            continue  # named on the month's page until the base is set
        owed.append(
            Charge(
                dues_month=months[person.home], person=person, month=month, base=due.base, rate=due.rate,
                amount=due.amount, category=person.category, standing=person.standing,
            )
        )  # fmt: skip
    return owed


def open_again(dues_months, *, by=None, note="补出应缴，请再查验一次"):
    for row in dues_months:
        row.status, row.verified_at, row.verified_by = Status.OPEN, None, None
        row.save(update_fields=["status", "verified_at", "verified_by"])
    record_many(dues_months, "dues.reopened", by=by, note=note)


@transaction.atomic
def fill_month(dues_month, *, bases: dict[int, Decimal], reason, by) -> int:
    """Set bases that a branch's members still lack, and add the charges that follow; returns how many were added."""
    lock_rates()  # in the same order as open_month, which follows
    dues_month = lock(dues_month, Status.OPEN, Status.VERIFIED)
    require(rules.can_fill(by, dues_month) and can_set_these(by, bases))
    branch = Organization.objects.filter(pk=dues_month.organization_id)
    lacking = set(without_charge(dues_month.month, branch).filter(pk__in=bases).values_list("pk", flat=True))
    set_bases({pk: amount for pk, amount in bases.items() if pk in lacking}, dues_month.month, reason, by)
    added = open_month(dues_month.month, branch)
    if not added:
        raise StaleState("没有补出应缴：名单里的人或者已有应缴，或者还没有填基数。")
    record(dues_month, "dues.filled", by=by, note=f"{added} 人，{reason}" if reason else f"{added} 人")
    return added


@transaction.atomic
def fill_opened(month: Month, people) -> int:
    """Add the charges that these people (ids) lacked to a month that is opened already; returns how many were added."""
    registered = Person.objects.filter(pk__in=people).with_home_in(month).values("home")
    opened = DuesMonth.objects.for_month(month).filter(organization__in=registered).values("organization")
    return open_month(month, Organization.objects.filter(pk__in=opened)) if opened.exists() else 0
