"""The span of time over which service is counted: a calendar year, or a school term."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from branches.models import Term
from core import clock

YEARS_BACK = 5
MOST_TERMS = 8


@dataclass(frozen=True)
class Span:
    """From ``starts_on`` to ``ends_on``, both included; ``key`` stands in addresses, ``word`` on pages."""

    key: str
    word: str
    starts_on: datetime.date
    ends_on: datetime.date

    @property
    def is_year(self) -> bool:
        return self.key.isdecimal()

    def of_days(self, field: str) -> Q:
        """The rows whose day lies in it."""
        return Q(**{f"{field}__gte": self.starts_on, f"{field}__lte": self.ends_on})

    def of_moments(self, field: str) -> Q:
        """The rows whose moment lies in it."""
        after = self.ends_on + datetime.timedelta(days=1)
        return Q(**{f"{field}__gte": clock.at(self.starts_on, 0), f"{field}__lt": clock.at(after, 0)})


def year_span(year: int) -> Span:
    return Span(str(year), f"{year} 年", datetime.date(year, 1, 1), datetime.date(year, 12, 31))


def spans_for(user) -> list[Span]:
    """What a page offers: the last years, and the latest terms of the calendar."""
    this = clock.today().year
    terms = Term.objects.visible_to(user).order_by("-starts_on")[:MOST_TERMS]
    return [
        *(year_span(year) for year in range(this, this - YEARS_BACK, -1)),
        *(Span(f"t{term.pk}", term.name, term.starts_on, term.ends_on) for term in terms),
    ]


def span_of(text: str, user) -> Span | None:
    """The span that an address names; None for nonsense."""
    if len(text) == 4 and text.isascii() and text.isdecimal() and 2000 <= int(text) <= 2100:
        return year_span(int(text))
    return next((span for span in spans_for(user) if span.key == text), None)
