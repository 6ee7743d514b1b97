"""What waits for a user's decision, of all floors, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Value

from core.contributions import WaitingSource, registry


@dataclass(frozen=True)
class Waiting:
    """So many of a kind wait; the list behind the number has as many rows."""

    source: WaitingSource
    number: int

    @property
    def url(self) -> str:
        return self.source.url()


def waiting_for(user) -> list[Waiting]:
    """The kinds of which something waits, in the order of their floors."""
    counts = [_counted(source.rows(user), source.code) for source in registry.waiting]
    numbers = dict(counts[0].union(*counts[1:], all=True))
    return [Waiting(source, numbers[source.code]) for source in registry.waiting if numbers.get(source.code)]


def papers(waiting: Iterable[Waiting]) -> int:
    """How many of them are papers to be answered."""
    return sum(one.number for one in waiting if one.source.is_paper)


def _counted(rows, code):
    """(code, number); where nothing waits a zero, or nothing."""
    kinds = rows.order_by().annotate(code_=Value(code)).values("code_")
    return kinds.annotate(number=Count("pk")).values_list("code_", "number")
