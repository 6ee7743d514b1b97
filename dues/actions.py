"""Every write of dues: bases, opening, verification, payment, reversal: lock · check · change · record · tell.

Whoever writes about a dues month locks its row first, so that verification is a clean cut. The ledger's unique key is
the second guard: what slips past a lock is still written once.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse as address

from activities.models import ActivityDay
from branches.models import Organization, Person
from core import clock
from core.audit import record, record_many
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, require
from dues import rates, rules
from dues.bases.rules import can_set_these
from dues.models import Base, Charge, Deferral, DuesMonth, Entry, RatePolicy, uncharged

Status = DuesMonth.Status
FROM = {"verify": (Status.OPEN,), "pay": tuple(Status), "reverse": tuple(Status), "fill": tuple(Status)}
DEFER = "DEFER"
BATCH = 1000


@dataclass(frozen=True)
class Choice:
    """What the table says of one member: a payment ``method``, or DEFER with the reason as ``note``."""

    method: str = Entry.Method.CASH
    note: str = ""


def lock_rates() -> None:
    """One opening at a time: hold the rates, which openings of every month and imports lock before anything else."""
    list(RatePolicy.objects.order_by("pk").select_for_update(of=("self",)))


@transaction.atomic
def set_bases(bases: dict[int, Decimal], from_month: Month, reason: str, by) -> int:
    """Set monthly bases ``{person_id: 元}`` from a month on; returns how many differed from those in force."""
    people = Person.objects.filter(pk__in=bases).annotate(in_force=Base.objects.in_force(from_month))
    known = dict(people.values_list("pk", "in_force"))
    rows = [
        Base(person_id=pk, amount=amount, from_month=from_month, reason=reason, by=by)
        for pk, amount in bases.items()
        if known[pk] is None or known[pk] != amount
    ]
    Base.objects.bulk_create(rows, batch_size=BATCH)
    changed = Person.objects.filter(pk__in=[row.person_id for row in rows])
    record_many(changed, "dues.based", by=by, note=f"{from_month.label}起，{reason}")
    return len(rows)


@transaction.atomic
def open_month(month: Month, branches=None) -> int:
    """Bring the charges of a month to what rules, bases and register say; returns how many were added.

    All open branches (or those of the QuerySet ``branches``) at once. Run twice, nothing happens. What stands is never
    changed: a member has one charge a month, whichever branch they moved to since. A verified month that gains a charge
    is open again.
    """
    lock_rates()
    policy = RatePolicy.in_force(month)
    branches = Organization.objects.branches().open() if branches is None else branches.branches().open()
    branches = branches.exclude(founded_on__gt=month.last)
    _open_rows(month, branches)
    locked = lock_all(DuesMonth.objects.for_month(month).of(branches).order_by("pk"))
    months = {row.organization_id: row for row in locked}
    charges = _charges_owed(policy, month, branches, months)
    Charge.objects.bulk_create(charges, batch_size=BATCH)
    _open_again({charge.dues_month for charge in charges if charge.dues_month.status == Status.VERIFIED})
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


def without_charge(month: Month, branches):
    """Those who belong to ``branches`` in the month, owe it and have no charge: with ``home``, and ``base`` or None.

    Who moved in during the month is asked by the receiving branch, unless the old one has charged them already.
    """
    people = uncharged(month).of_month(branches, month)
    return people.annotate(base=Base.objects.in_force(month)).order_by("home", "staff_number")


def lacking(dues_month):
    """Members without a charge of whom the month is still asked: until it is signed for the first time, or runs."""
    return [] if dues_month.is_settled else list(without_charge(dues_month.month, [dues_month.organization_id]))


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


def _open_again(dues_months, *, by=None, note="补出应缴，请再查验一次"):
    for row in dues_months:
        row.status, row.verified_at, row.verified_by = Status.OPEN, None, None
        row.save(update_fields=["status", "verified_at", "verified_by"])
    record_many(dues_months, "dues.reopened", by=by, note=note)


@transaction.atomic
def fill_month(dues_month, *, bases: dict[int, Decimal], reason, by) -> int:
    """Set bases that a branch's members still lack, and add the charges that follow; returns how many were added."""
    lock_rates()  # in the same order as open_month, which follows
    dues_month = lock(dues_month, *FROM["fill"])
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


@transaction.atomic
def verify_month(dues_month, *, choices: dict[int, Choice], by):
    """查验签认: register the table as ticked (``{charge_id: Choice}``) and sign the month off.

    Everybody who owes must have a charge, and every charge that is neither paid nor put off a choice; choices for
    others are passed over, so that nobody pays twice. All is written, or nothing.
    """
    dues_month = lock(dues_month, *FROM["verify"])
    require(rules.can_verify(by, dues_month))
    if why := rules.why_incomplete(lacking(dues_month)):
        raise StaleState(why)
    waiting = list(dues_month.charges.with_state().filter(state=Charge.State.UNPAID))
    if any(charge.pk not in choices for charge in waiting):
        raise StaleState("名单有变化，有人还没有登记。请按最新名单再查验一次。")
    paying = [(charge, choices[charge.pk]) for charge in waiting if choices[charge.pk].method != DEFER]
    deferring = [(charge, choices[charge.pk]) for charge in waiting if choices[charge.pk].method == DEFER]
    _pay_all(paying, by)
    Deferral.objects.bulk_create(Deferral(charge=charge, reason=choice.note, by=by) for charge, choice in deferring)
    dues_month.status, dues_month.verified_at, dues_month.verified_by = Status.VERIFIED, clock.now(), by
    dues_month.first_verified_at = dues_month.first_verified_at or dues_month.verified_at
    dues_month.day = ActivityDay.objects.for_month(dues_month.month).of([dues_month.organization_id]).first()
    dues_month.save(update_fields=["status", "verified_at", "verified_by", "first_verified_at", "day"])
    record(dues_month, "dues.verified", by=by, note=_told(paying, deferring))
    return dues_month


def _told(paying, deferring):
    """What a verification registered, in words: 现场 20 人，转账 1 人，缓交 1 人."""
    counts = [(method.label, sum(choice.method == method for _, choice in paying)) for method in Entry.Method]
    counts.append(("缓交", len(deferring)))
    return "，".join(f"{word} {count} 人" for word, count in counts if count) or "没有新的登记"


def payment_key(charge_id: int, reversals: int) -> str:
    """A charge is paid once; after each reversal once more."""
    return f"pay:{charge_id}:{reversals}"


def _pay_all(paying, by) -> list[Entry]:
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
    dues_month = lock(charge.dues_month, *FROM["pay"])
    charge = Charge.objects.with_state().select_related("person").get(pk=charge.pk)
    require(rules.can_pay(by, charge))
    if charge.paid >= charge.amount:
        raise StaleState(f"{charge.person} {charge.month.label}的党费已经登记过，没有重复登记。")
    (entry,) = _pay_all([(charge, Choice(method, note))], by)
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


@transaction.atomic
def reverse(entry, *, reason, by) -> Entry:
    """Take a wrong payment back by a negative entry in the current month.

    The charge is unpaid again, a verified month is open again, and the member is told.
    """
    entry = Entry.objects.select_related("charge__person__user", "charge__dues_month__organization").get(pk=entry.pk)
    dues_month = lock(entry.charge.dues_month, *FROM["reverse"])
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
        _open_again([dues_month], by=by, note=f"{person}冲正后重新查验")
    tell(
        [person.user], "dues_reversed", key=f"dues_reversed:{negative.pk}",
        title=f"您 {month.label}的党费登记已冲正", text=f"{entry.amount} 元，原因：{reason}。如有疑问请联系支部书记。",
        url=address("me"), sender=str(entry.charge.dues_month.organization),
    )  # fmt: skip
    return negative
