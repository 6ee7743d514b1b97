"""What stands: the bases of people with the months they begin in, and the months in which they are charged already."""

from collections import defaultdict

from django.db.models import Count, Max

from branches.imports.parts import parts
from core.periods import Month
from dues.models import Base, Charge

BACK_PAY = 6  # months for which dues can be paid back: a first base may begin with the January before them


class Bases:
    """The bases of some people, by the month in which they begin; read once, in two queries a thousand people."""

    def __init__(self, people):
        self._rows, self._charged = defaultdict(list), {}
        for ids in parts(people):
            for row in Base.objects.filter(person__in=ids).order_by("from_month", "pk"):
                self._rows[row.person_id].append(row)
            charges = Charge.objects.filter(person__in=ids).order_by().values("person")
            self._charged |= dict(charges.annotate(last=Max("month")).values_list("person", "last"))

    def at(self, person_id: int, month: Month) -> Base | None:
        """The base in force in a month: the latest that began by then."""
        return next((row for row in reversed(self._rows[person_id]) if row.from_month <= month), None)

    def latest(self, person_id: int) -> Base | None:
        """The base that begins last, be it in a month to come."""
        return self._rows[person_id][-1] if self._rows[person_id] else None

    def charged_until(self, person_id: int) -> Month | None:
        """The last month that is opened for somebody: its charge, and those before, stay as they are."""
        return self._charged.get(person_id)

    def offered(self, person_id: int) -> Month:
        """The earliest month from which a new base makes a difference to what somebody owes."""
        last, latest = self.charged_until(person_id), self.latest(person_id)
        start = last.next if last else first_month()
        return max(start, latest.from_month) if latest else start

    def bounds(self, person_id: int) -> tuple[Month, Month]:
        """Between which months a new base may begin: not before the last one began, nor beyond the coming January."""
        latest, offered = self.latest(person_id), self.offered(person_id)
        first = max(first_month(), latest.from_month) if latest else first_month()
        return first, max(Month(Month.current().year + 1, 1), offered)

    def needs_reason(self, person_id: int, month: Month) -> bool:
        """A base is fixed once a year, from January: any other change of it is given a reason."""
        had = self.at(person_id, month)
        return had is not None and not (month.number == 1 and had.from_month < month)

    def is_settled(self, person_id: int, amount, month: Month) -> bool:
        """Is this amount what holds in a month, and was it fixed in that year?"""
        had = self.at(person_id, month)
        return had is not None and had.amount == amount and had.from_month.year == month.year


def first_month() -> Month:
    """The January before the months for which dues can be paid back."""
    return Month((Month.current() - BACK_PAY).year, 1)


def stamp_of(people) -> str:
    """Names the state of all bases of these people (ids): they are only added, so number and last one tell."""
    counted = Base.objects.filter(person__in=people).aggregate(count=Count("pk"), last=Max("pk"))
    return f"{counted['count']}.{counted['last'] or 0}"


def charged_months(person, month: Month) -> list[Month]:
    """The months from ``month`` on in which somebody is charged already."""
    rows = Charge.objects.filter(person=person, month__gte=month)
    return sorted(set(rows.values_list("month", flat=True)))
