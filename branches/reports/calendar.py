"""A year of the calendar as its page shows it: twelve months of days, what is special, terms and vacations."""

import calendar
import datetime
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from branches.arrangement import Arrangement, arrangement_of
from branches.calendar import ONE_DAY, Vacation, known_years, vacations
from branches.models import CalendarDay, Term
from core import clock
from core.periods import WEEKDAYS, Month

WEEKS = calendar.Calendar()
FREE, WORKED = ("done", "休"), ("due", "班")


@dataclass(frozen=True)
class Cell:
    """One day of a month: its colour and its mark (休 or 班, "" for an ordinary day), and all of it in words."""

    day: datetime.date
    style: str
    mark: str
    name: str
    words: str
    is_today: bool
    is_weekend: bool
    is_vacation: bool


@dataclass(frozen=True)
class MonthSheet:
    """A month as weeks of seven (None outside it), how many days of it are worked, and what begins and ends in it."""

    month: Month
    weeks: list[list[Cell | None]]
    workdays: int
    notes: list[str]


@dataclass(frozen=True)
class Span:
    """Special days on end of which the same is said. ``as_arranged`` says whether the State Council said so too."""

    first: datetime.date
    last: datetime.date
    style: str
    word: str
    name: str
    origin: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def edit_url(self) -> str:
        """The form of the one day, or of the range with these days in it."""
        if self.days == 1:
            return reverse("calendar_day", args=[self.first])
        return f"{reverse('calendar_range')}?{urlencode({'first': self.first, 'last': self.last, 'name': self.name})}"


@dataclass(frozen=True)
class YearTab:
    year: int
    is_known: bool


@dataclass(frozen=True)
class YearSheet:
    """All that the page of a year shows."""

    year: int
    is_known: bool
    years: list[YearTab]
    months: list[MonthSheet]
    spans: list[Span]
    terms: list[Term]
    vacations: list[Vacation]

    @property
    def workdays(self) -> int:
        return sum(sheet.workdays for sheet in self.months)


def year_sheet(year: int, user) -> YearSheet:
    """The page of a year in three queries, whatever stands in the calendar."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    said = special_days(year, user)
    terms = list(Term.objects.visible_to(user).overlapping(first - 366 * ONE_DAY, last + 366 * ONE_DAY))
    between = [one for one in vacations(terms) if one.first <= last and one.last >= first]
    here = [term for term in terms if term.starts_on <= last and term.ends_on >= first]
    this_year = clock.today().year
    years = sorted({year - 1, year, year + 1, this_year - 1, this_year, this_year + 1})
    known = known_years(years)
    rows = {row.day: row for row in said}
    months = [_month(Month(year, number), rows, here, between) for number in range(1, 13)]
    return YearSheet(
        year, year in known, [YearTab(one, one in known) for one in years], months, _spans(said, arrangement_of(year)),
        here, between,
    )  # fmt: skip


def special_days(year: int, user) -> list[CalendarDay]:
    """The days of a year that are not what their weekday says, or should not be by the arrangement of the year."""
    arranged = arrangement_of(year)
    rows = CalendarDay.objects.visible_to(user).filter(day__year=year)
    return [row for row in rows if row.is_special or row.day in arranged]


def _month(month, rows, terms, between) -> MonthSheet:
    weeks = [
        [_cell(day, rows.get(day), terms, between) if day in month else None for day in week]
        for week in WEEKS.monthdatescalendar(month.year, month.number)
    ]
    days = [cell for week in weeks for cell in week if cell]
    workdays = sum((rows.get(cell.day) or CalendarDay.usual(cell.day)).is_workday for cell in days)
    return MonthSheet(month, weeks, workdays, _notes(month, terms, between))


def _cell(day, row, terms, between) -> Cell:
    style, mark = ("", "") if row is None or not row.is_special else WORKED if row.is_workday else FREE
    vacation = next((one for one in between if one.first <= day <= one.last), None)
    edge = next((f"{term}{word}" for term in terms for word, on in _edges(term) if on == day), "")
    words = [f"{day.month} 月 {day.day} 日", f"周{WEEKDAYS[day.weekday()]}"]
    words += [row.word.replace("　", " ")] if mark else []
    words += [part for part in (edge, vacation.name if vacation else "") if part]
    is_today, is_weekend = day == clock.today(), day.weekday() > 4
    words += ["今天"] if is_today else []
    name = row.name if row else ""
    return Cell(day, style, mark, name, " ".join(words), is_today, is_weekend, vacation is not None)


def _edges(term):
    return ("开始", term.starts_on), ("结束", term.ends_on)


def _notes(month, terms, between) -> list[str]:
    """What begins and ends in a month, in the order of its days."""
    found = [(on, f"{on.day} 日　{term}{word}") for term in terms for word, on in _edges(term) if on in month]
    found += [(one.first, f"{one.first.day} 日起　{one.name}") for one in between if one.first in month]
    return [words for _, words in sorted(found)]


def _spans(said, arranged: Arrangement) -> list[Span]:
    def alike(numbered):
        place, row = numbered
        return row.day - place * ONE_DAY, row.is_workday, row.name, _origin(row, arranged)

    found = []
    for (_, is_workday, name, origin), some in groupby(enumerate(said), alike):
        days = [row.day for _, row in some]
        style, word = ("due", "上班") if is_workday else ("done", "休息")
        found.append(Span(days[0], days[-1], style, word, name, origin))
    return found


def _origin(row, arranged) -> str:
    """Who said it, and whether it is what the State Council says, as far as that is known."""
    if not row.is_by_hand:
        return "国务院安排"
    theirs = arranged.get(row.day)
    return "手工设定" if theirs is None or theirs[0] == row.is_workday else "手工设定，与国务院安排不同"


@dataclass(frozen=True)
class DaySheet:
    """One day: what it is, what the State Council says of it, the term or vacation in which it lies."""

    row: CalendarDay
    arranged: str
    term: Term | None
    vacation: Vacation | None
    is_known: bool
    before: datetime.date
    after: datetime.date


def day_sheet(day: datetime.date, user) -> DaySheet:
    """One day, with a row that is not saved where nothing was said of it."""
    row = CalendarDay.objects.visible_to(user).filter(day=day).first() or CalendarDay.usual(day)
    terms = list(Term.objects.visible_to(user).overlapping(day - 366 * ONE_DAY, day + 366 * ONE_DAY))
    theirs = arrangement_of(day.year).get(day)
    return DaySheet(
        row=row,
        arranged=f"{'上班' if theirs[0] else '休息'}（{theirs[1]}）" if theirs else "",
        term=next((term for term in terms if term.starts_on <= day <= term.ends_on), None),
        vacation=next((one for one in vacations(terms) if one.first <= day <= one.last), None),
        is_known=day.year in known_years([day.year]),
        before=day - ONE_DAY,
        after=day + ONE_DAY,
    )
