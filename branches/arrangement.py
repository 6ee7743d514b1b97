"""国务院放假安排: the public holidays and worked weekends of a year, as far as the library of them knows."""

import datetime

from chinese_calendar import holidays, workdays

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
WORKED = "调休上班"
KNOWN = frozenset(day.year for day in holidays)

Arrangement = dict[datetime.date, tuple[bool, str]]


def is_published(year: int) -> bool:
    """Does the library know the arrangement of a year? The State Council publishes it in the November before."""
    return year in KNOWN


def arrangement_of(year: int) -> Arrangement:
    """``{day: (is it worked, its name)}`` of every public holiday, weekends within it too, and every worked weekend.

    Empty for a year that is not published.
    """
    free = {day: (False, NAMES.get(name, "节假日")) for day, name in holidays.items() if day.year == year}
    return free | {day: (True, WORKED) for day in workdays if day.year == year and day.weekday() > 4}
