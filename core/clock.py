"""The one place where the software reads the time. Days are Chinese days, whatever the server's zone."""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    """The present moment, aware."""
    return timezone.now()


def today() -> datetime.date:
    """The present day in the site's time zone (Asia/Shanghai)."""
    return timezone.localdate()


def day_of(moment: datetime.datetime) -> datetime.date:
    """The Chinese calendar day on which an aware moment falls."""
    return timezone.localdate(moment)


def at(day: datetime.date, hour: int = 0, minute: int = 0) -> datetime.datetime:
    """The aware moment of a wall-clock time on a day in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))
