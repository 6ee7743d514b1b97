"""A month as a calendar shows it: weeks from Monday, each date with its name and the days that are held on it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from activities.models import ActivityDay
from activities.reports import numbers
from branches.calendar import special_days
from branches.words import organization_named
from core import clock
from core.periods import WEEKDAYS, Month

MOST_A_DATE = 3  # what a cell has room for; the rest of a date is a list of its own
MOST_ELSEWHERE = 20
STATUSES = [
    ("PLANNED", "待开展"), ("HELD", "记录未交"), ("RECORDED", "记录已交"), ("NOT_HELD", "未开展，已说明原因"),
]  # fmt: skip


@dataclass(frozen=True)
class GridDate:
    """One date: what the calendar calls it, whether it is free, and what is on it; ``more`` are not shown."""

    on: date
    is_of_month: bool
    is_today: bool
    is_free: bool
    name: str
    days: list[ActivityDay]
    more: int


@dataclass(frozen=True)
class MonthGrid:
    """Weeks of seven dates; ``elsewhere`` are the first of the month's days that have no date in it."""

    month: Month
    weeks: list[list[GridDate]]
    elsewhere: list[ActivityDay]
    elsewhere_count: int
    count: int

    @property
    def weekdays(self):
        return WEEKDAYS

    @property
    def elsewhere_more(self) -> int:
        return self.elsewhere_count - len(self.elsewhere)


def days_shown(user, month: Month, *, branch=None, status="", above="", text=""):
    """The month's days that the user sees, with their date: those of one ``branch`` (an id), or of a filter."""
    days = ActivityDay.objects.visible_to(user).for_month(month).dated()
    if branch is not None:
        days = days.of([branch])
    if status in ActivityDay.Status.values:
        days = days.filter(status=status)
    if numbers(above):
        days = days.filter(organization__parent__in=numbers(above))
    if text:
        days = days.filter(organization_named(text, "organization__"))
    return days


def month_grid(days, month: Month) -> MonthGrid:
    """Four queries, however many days there are: how many a date has, the first of each, the others, the holidays."""
    counts = dict(days.order_by().values("dated").annotate(number=Count("pk")).values_list("dated", "number"))
    placed = _first_of_each_date(days)
    elsewhere = days.filter(Q(dated=None) | Q(dated__lt=month.first) | Q(dated__gt=month.last))
    first = month.first - timedelta(days=month.first.weekday())
    last = month.last + timedelta(days=6 - month.last.weekday())
    special, today = special_days(first, last), clock.today()
    dates = []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        name, is_free = special.get(on, ("", on.weekday() > 4))
        shown = placed.get(on, []) if on in month else []
        more = counts.get(on, 0) - len(shown) if on in month else 0
        dates.append(GridDate(on, on in month, on == today, is_free, name, shown, more))
    within = sum(number for on, number in counts.items() if on is not None and on in month)
    rows = _with_people(elsewhere).order_by("dated", "organization__code")[:MOST_ELSEWHERE]
    weeks = [dates[start : start + 7] for start in range(0, len(dates), 7)]
    count = sum(counts.values())
    return MonthGrid(month, weeks, list(rows), count - within, count)


def _first_of_each_date(days) -> dict[date, list[ActivityDay]]:
    """The first few of each date, in the order of codes."""
    place = Window(RowNumber(), partition_by=F("dated"), order_by=F("organization__code").asc())
    found: dict[date, list[ActivityDay]] = {}
    rows = _with_people(days).filter(dated__isnull=False).annotate(place_on_date=place)
    for day in rows.filter(place_on_date__lte=MOST_A_DATE).order_by("dated", "organization__code"):
        found.setdefault(day.dated, []).append(day)
    return found


def _with_people(days):
    return days.select_related("organization", "plan")
