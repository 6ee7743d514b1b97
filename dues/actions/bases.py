"""Bases: set from a month on, never changed."""

from decimal import Decimal

from django.db import transaction

from branches.models import Person
from core.audit import record_many
from core.periods import Month
from dues.models import Base, RatePolicy

BATCH = 1000


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
