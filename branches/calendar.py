"""Working days, terms and vacations. A day of which the calendar says nothing is what its weekday says.

A year without data falls back to Monday–Friday: who shows or counts such days warns where ``is_known`` says no.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from branches.models import CalendarDay, Term
from branches.models.calendar import WEEKEND, is_usual_workday

ONE_DAY = datetime.timedelta(days=1)
SPAN = datetime.timedelta(days=60)  # read at a time while working days are counted
WINTER = (12, 1, 2, 3)
LONGEST_VACATION = 100  # days; between terms that are further apart one is missing


def holiday_name(day: datetime.date) -> str:
    """The public holiday on a day, '周六' or '周日' on a free weekend day, '' on a working day."""
    return free_days(day, day).get(day, "")


def free_days(first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """Every day of a range that is not worked, with its name, weekends too. One query."""
    said = {row.day: row for row in CalendarDay.objects.filter(day__range=(first, last))}
    names = {
        day: said[day].free_name if day in said else WEEKEND.get(day.weekday(), "")
        for day in (first + datetime.timedelta(days=place) for place in range((last - first).days + 1))
    }
    return {day: name for day, name in names.items() if name}


def special_days(first: datetime.date, last: datetime.date) -> dict[datetime.date, tuple[str, bool]]:
    """``{day: (what it is called, is it free)}`` of the days from ``first`` to ``last`` that are not what they seem."""
    known = CalendarDay.objects.filter(day__gte=first, day__lte=last)
    return {row.day: (row.name or ("上班" if row.is_workday else "节假日"), not row.is_workday) for row in known}


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The day on which ``count`` working days after ``day`` have passed."""
    return _walk(day, count, ONE_DAY) if count > 0 else day


def next_workday(day: datetime.date) -> datetime.date:
    """The first working day after ``day``."""
    return _walk(day, 1, ONE_DAY)


def previous_workday(day: datetime.date) -> datetime.date:
    """The last working day before ``day``."""
    return _walk(day, 1, -ONE_DAY)


def _walk(day, count, step):
    """The day on which ``count`` working days have been passed, a day at a time; one query for each two months."""
    while True:
        edge = day + SPAN * step.days
        said = dict(CalendarDay.objects.filter(day__range=sorted((day, edge))).values_list("day", "is_workday"))
        while day != edge:
            day += step
            count -= said.get(day, is_usual_workday(day))
            if not count:
                return day


def is_known(year: int) -> bool:
    """Are the public holidays of a year in the calendar?"""
    return bool(known_years([year]))


def known_years(years: Iterable[int]) -> set[int]:
    """Those of the years whose public holidays are in the calendar; one query.

    1–3 October is free in every year (全国年节及纪念日放假办法), and the arrangement of a year is published as a whole:
    where none of these days is marked it is not entered yet, though somebody may have entered a day of their own.
    """
    rows = CalendarDay.objects.filter(day__year__in=list(years), day__month=10, day__day__lte=3, is_workday=False)
    return set(rows.values_list("day__year", flat=True))


def term_of(day: datetime.date) -> Term | None:
    """The school term in which a day lies; None in a vacation, and where no terms are entered."""
    return Term.objects.overlapping(day, day).first()


@dataclass(frozen=True)
class Vacation:
    """What lies between two terms, both days included."""

    name: str
    first: datetime.date
    last: datetime.date


def vacations(terms: Iterable[Term]) -> list[Vacation]:
    """The vacations between terms, which come in order of their days. Neighbours without a day between have none."""
    found = []
    for before, after in pairwise(terms):
        first, last = before.ends_on + ONE_DAY, after.starts_on - ONE_DAY
        days = (last - first).days + 1
        if 0 < days <= LONGEST_VACATION:
            middle = first + (last - first) / 2
            found.append(Vacation("寒假" if middle.month in WINTER else "暑假", first, last))
    return found
