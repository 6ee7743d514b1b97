"""A member's own dues: every month with how its amount came about, what was paid of it, and the bases behind."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from branches.models import Person
from core.periods import Month
from dues.models import Base, Charge, Deferral, Entry, RatePolicy
from dues.reports.months import STYLES


@dataclass(frozen=True)
class MemberMonth:
    """One month of a member: the charge with its state, the lines of the ledger, why it was put off."""

    charge: Any  # with its state
    entries: list[Entry] = field(default_factory=list)
    reason: str = ""

    @property
    def word(self) -> str:
        return "无需交纳" if self.charge.amount == 0 else Charge.State(self.charge.state).label

    @property
    def style(self) -> tuple[str, str]:
        return STYLES[Charge.State(self.charge.state)]


def lines_of_a_member(charges, year: int) -> list[MemberMonth]:
    """The months of a year, of a scoped QuerySet of one member's charges, the latest first; in three queries."""
    mine = charges.filter(month__gte=Month(year, 1), month__lte=Month(year, 12)).with_state()
    rows = list(mine.select_related("dues_month__organization").order_by("-month"))
    ids = [row.pk for row in rows]
    entries = defaultdict(list)
    for entry in Entry.objects.filter(charge__in=ids).select_related("receipt").order_by("pk"):
        entries[entry.charge_id].append(entry)
    reasons = dict(Deferral.objects.filter(charge__in=ids, lifted_at=None).values_list("charge", "reason"))
    return [MemberMonth(row, entries[row.pk], reasons.get(row.pk, "")) for row in rows]


def own_dues(person, user) -> dict | None:
    """The way to one's own dues, on the own page of a member; nothing is asked there."""
    return {} if person.is_member else None


def bases_of(person: Person) -> list[Base]:
    """What the member's dues were taken of, the latest first."""
    return list(person.dues_bases.order_by("-from_month", "-pk"))


def rates_now() -> RatePolicy:
    """The rates in force this month, with the thresholds of arrears."""
    return RatePolicy.in_force(Month.current())
