"""Working days: weekdays unless the calendar says otherwise. Years that it does not know fall back to Monday–Friday."""

import datetime

from branches.models import CalendarDay


def holiday_name(day: datetime.date) -> str:
    """The public holiday on a day, '周六' or '周日' on a free weekend day, '' on a working day."""
    known = CalendarDay.objects.filter(day=day).first()
    if known:
        return "" if known.is_workday else (known.name or "节假日")
    return {5: "周六", 6: "周日"}.get(day.weekday(), "")


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The day on which ``count`` working days after ``day`` have passed."""
    horizon = day + datetime.timedelta(days=count * 3 + 30)
    known = dict(CalendarDay.objects.filter(day__gt=day, day__lte=horizon).values_list("day", "is_workday"))
    while count > 0:
        day += datetime.timedelta(days=1)
        if known.get(day, day.weekday() < 5):
            count -= 1
    return day
