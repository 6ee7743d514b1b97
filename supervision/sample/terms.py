"""The school's terms in the calendar: those of this school year, and the spring before it."""

import datetime

from branches.models import Term

WEEKS = 20


def load_terms(today):
    """Each begins on a Monday and ends on the Friday of its twentieth week."""
    year = today.year if today.month >= 8 else today.year - 1  # in which the school year began
    days = [(year - 1, 2, year, 2, 22), (year, 1, year, 9, 1), (year, 2, year + 1, 2, 22)]
    Term.objects.bulk_create(
        Term(name=f"{school}—{school + 1} 学年第{'一二'[half - 1]}学期", starts_on=first, ends_on=_last_of(first))
        for school, half, *day in days
        for first in [_monday_from(datetime.date(*day))]
    )


def _monday_from(day):
    return day + datetime.timedelta(days=-day.weekday() % 7)


def _last_of(first):
    return first + datetime.timedelta(weeks=WEEKS, days=-3)
