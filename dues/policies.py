"""All rules of dues, read once, to ask for many months; and from which month on they may still be changed."""

from django.db.models import Max, Min, prefetch_related_objects
from django.utils.functional import cached_property

from core.periods import Month
from dues.models import DuesMonth, RatePolicy


class RatePolicies:
    """Every policy with its brackets; ``rows`` are those as they are, or as they would be."""

    def __init__(self, rows=None):
        found = list(RatePolicy.objects.all() if rows is None else rows)
        prefetch_related_objects([row for row in found if row.pk and "bands" not in vars(row)], "brackets")
        self.rows = sorted(found, key=lambda policy: policy.effective_from)

    def of(self, month: Month) -> RatePolicy | None:
        """The policy in force in a month; None before the first."""
        return next((row for row in reversed(self.rows) if row.effective_from <= month), None)

    def at(self, month: Month) -> RatePolicy | None:
        """The policy that begins with exactly this month."""
        return next((row for row in self.rows if row.effective_from == month), None)

    def before(self, month: Month) -> RatePolicy | None:
        """The last policy that began before a month."""
        return next((row for row in reversed(self.rows) if row.effective_from < month), None)

    def after(self, month: Month) -> RatePolicy | None:
        """The next policy that begins after a month."""
        return next((row for row in self.rows if row.effective_from > month), None)

    @cached_property
    def opened(self) -> tuple[Month, Month] | None:
        """The first and the last month that any branch has opened: their charges are frozen."""
        span = DuesMonth.objects.aggregate(first=Min("month"), last=Max("month"))
        return (span["first"], span["last"]) if span["first"] else None

    @property
    def opened_in_words(self) -> str:
        """Which months are opened, for the user; empty where none is."""
        if self.opened is None:
            return ""
        first, last = self.opened
        return f"{last.label}已经开账" if first == last else f"{first.label}至 {last.label}已经开账"

    @property
    def first_open_month(self) -> Month:
        """The first month from which a change may hold: to come, and after every month that is opened."""
        current = Month.current()
        return max(current, self.opened[1] if self.opened else current).next

    @property
    def stamp(self) -> str:
        """Names the state of all policies. An editor's page carries it: of two editors the second is told."""
        return "-".join(f"{row.pk}.{row.version}" for row in self.rows)
