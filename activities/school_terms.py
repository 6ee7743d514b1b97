"""The terms by which something is reported: as the calendar has them, and half-years where none is entered."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from activities.models import Policy
from branches.models import Term
from core import clock
from core.periods import Month

ONE_DAY = datetime.timedelta(days=1)
AUTUMN, SPRING = (9, 5), (2, 6)  # the month in which a half-year begins, and its months: 9–1 and 2–7


@dataclass(frozen=True)
class Span:
    """A term, both days included; one that is not entered is a half-year, and its name says so."""

    name: str
    first: datetime.date
    last: datetime.date
    is_entered: bool = True

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """How an address names it."""
        return self.first.isoformat()

    @property
    def months(self) -> list[Month]:
        return list(Month.of(self.first).until(Month.of(self.last)))


def spans(user) -> list[Span]:
    """All terms that have begun since the site came into use, the latest first; two queries.

    A day between two terms belongs to the earlier one, one before the first term to that: no day is of none.
    """
    today = clock.today()
    since = min(Policy.first_month().first, today)
    rows = Term.objects.visible_to(user).filter(starts_on__lte=today, ends_on__gte=since)
    entered = [Span(term.name, term.starts_on, term.ends_on) for term in rows]
    halves = [half for half in _halves(since, today) if not any(_share_a_day(half, term) for term in entered)]
    found = sorted([*entered, *halves], key=lambda one: one.first) or [_half_of(today)]
    found[0] = replace(found[0], first=min(found[0].first, since))
    ends = [*(later.first - ONE_DAY for later in found[1:]), today]
    return [replace(one, last=max(one.last, end)) for one, end in zip(found, ends, strict=True)][::-1]


def asked_span(text: str, found: list[Span]) -> Span:
    """The term that an address names; without one, or with nonsense, the one that began last."""
    return next((span for span in found if span.key == text), found[0])


def _halves(since, today) -> Iterator[Span]:
    half = _half_of(since)
    while half.first <= today:
        yield half
        half = _half_of((Month.of(half.last) + 2).first)  # the months after it: 3 or 9


def _half_of(day) -> Span:
    """The half-year in which a day lies; of a day in August the one before."""
    month = Month.of(day)
    is_spring = 2 <= month.number <= 8
    number, months = SPRING if is_spring else AUTUMN
    first = Month(month.year - (month.number == 1), number)
    year = first.year if not is_spring else first.year - 1
    half = "下半年（2—7 月" if is_spring else "上半年（9—1 月"
    name = f"{year}—{year + 1} 学年{half}，日历里没有学期）"
    return Span(name, first.first, (first + (months - 1)).last, is_entered=False)


def _share_a_day(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last
