"""欠缴: who owes how many past months, how many of them in a row, and what the branch found out about it.

规定 article 9: who has not paid for six months in a row, without a proper reason, is taken to have left by oneself.
Only a branch meeting concludes that: here it is counted and shown, and whether a reason is proper is said by people.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from branches.models import Person
from branches.words import person_named
from core.periods import Month
from dues.models import ArrearsNote, Charge, Deferral, RatePolicy

LEVELS = {"ALERT": ("重点关注", "late"), "REMIND": ("提醒", "due"), "": ("欠缴", "wait")}
FILTERS = [("", "全部欠缴"), ("REMIND", "到提醒的"), ("ALERT", "重点关注的"), ("SILENT", "没有登记说明的")]
ZERO = Decimal(0)


@dataclass(frozen=True)
class Owing:
    """One member's unpaid months at the branches that charged them; ``run`` is how many follow on each other."""

    person: Person
    charges: list[Any] = field(default_factory=list)  # with their state
    run: int = 0
    level: str = ""
    reasons: list[str] = field(default_factory=list)
    note: ArrearsNote | None = None

    @property
    def money(self) -> Decimal:
        return sum((charge.amount - charge.paid for charge in self.charges), ZERO)

    @property
    def months(self) -> list[Month]:
        return sorted(charge.month for charge in self.charges)

    @property
    def word(self) -> str:
        return LEVELS[self.level][0]

    @property
    def style(self) -> str:
        return LEVELS[self.level][1]


def longest_run(months: Iterable[Month]) -> int:
    """How many months follow on each other at most: of January, February and April it is two."""
    longest = run = 0
    last = None
    for month in sorted(set(months)):
        run = run + 1 if last is not None and month == last.next else 1
        longest, last = max(longest, run), month
    return longest


def level_of(run: int, policy: RatePolicy) -> str:
    """ALERT, REMIND or nothing, by the thresholds in force."""
    return "ALERT" if run >= policy.alert_after else "REMIND" if run >= policy.remind_after else ""


def arrears(charges, *, level="", text="") -> list[Owing]:
    """Who owes past months, of a scoped QuerySet of charges: those that owe most in a row first.

    In four queries for any number of members. ``level`` is one of ``FILTERS``: an alert is a reminder too.
    """
    rows = charges.filter(month__lt=Month.current(), amount__gt=0).with_state()
    rows = rows.filter(state__in=[Charge.State.UNPAID, Charge.State.DEFERRED])
    if text:
        rows = rows.filter(person_named(text, "person__"))
    policy = RatePolicy.in_force(Month.current())
    by_person = defaultdict(list)
    for charge in rows.select_related("person__organization", "dues_month__organization").order_by("month", "pk"):
        by_person[charge.person].append(charge)
    runs = {person: longest_run(charge.month for charge in mine) for person, mine in by_person.items()}
    found = [(person, mine, runs[person], level_of(runs[person], policy)) for person, mine in by_person.items()]
    if level in ("ALERT", "REMIND"):
        found = [one for one in found if one[3] == "ALERT" or one[3] == level]
    notes, reasons = _notes([one[0].pk for one in found]), _reasons(rows)
    owing = [
        Owing(person, mine, run, reached, [reasons[one.pk] for one in mine if one.pk in reasons], notes.get(person.pk))
        for person, mine, run, reached in found
    ]
    if level == "SILENT":
        owing = [one for one in owing if one.note is None and not one.reasons]
    return sorted(owing, key=lambda one: (-one.run, -len(one.charges), one.person.staff_number))


def _notes(people):
    """The last thing that was found out about each."""
    rows = ArrearsNote.objects.filter(person__in=people).select_related("by").order_by("pk")
    return {row.person_id: row for row in rows}


def _reasons(charges):
    """Why charges were put off, where they still are."""
    running = Deferral.objects.filter(charge__in=charges.values("pk"), lifted_at=None)
    return dict(running.values_list("charge", "reason"))
