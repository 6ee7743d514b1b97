"""Months, quarters and years as values, and the model field that stores a month as its first day."""

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from core import clock

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. ``str()`` gives 2026-11, which ``Month.parse`` reads back."""

    year: int
    number: int

    def __post_init__(self):
        if not (1 <= self.number <= 12 and 1900 <= self.year <= 9998):
            raise ValueError(f"not a month: {self.year}-{self.number}")

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @classmethod
    def current(cls) -> "Month":
        """The present month in China."""
        return cls.of(clock.today())

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read 2026-11. Raises ValueError for anything else, also for a month so far away that its neighbours end."""
        match = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
        if not match or not 1950 <= int(match[1]) <= 2150:
            raise ValueError(f"not a month: {text}")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, self.number, 1)

    @property
    def last(self) -> datetime.date:
        return datetime.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def next(self) -> "Month":
        return self + 1

    @property
    def previous(self) -> "Month":
        return self - 1

    @property
    def quarter(self) -> "Quarter":
        return Quarter(self.year, (self.number + 2) // 3)

    @property
    def label(self) -> str:
        """As users read it: 2026 年 11 月."""
        return f"{self.year} 年 {self.number} 月"

    @property
    def short(self) -> str:
        """As users read it where the year is plain: 11 月."""
        return f"{self.number} 月"

    def __add__(self, months: int) -> "Month":
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def __sub__(self, months: int) -> "Month":
        return self + -months

    def __contains__(self, day: datetime.date) -> bool:
        return Month.of(day) == self

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def until(self, last: "Month") -> Iterator["Month"]:
        """Every month from this one to ``last``, both included."""
        month = self
        while month <= last:
            yield month
            month = month.next

    def nth_weekday(self, nth: int, weekday: int) -> datetime.date:
        """The nth (from 1) given weekday (Monday is 0); the last one where the month has no nth."""
        first = self.first + datetime.timedelta(days=(weekday - self.first.weekday()) % 7)
        day = first + datetime.timedelta(weeks=nth - 1)
        return day if day in self else day - datetime.timedelta(weeks=1)


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int

    @property
    def first_month(self) -> Month:
        return Month(self.year, self.number * 3 - 2)

    @property
    def last_month(self) -> Month:
        return Month(self.year, self.number * 3)

    @property
    def months(self) -> list[Month]:
        return list(self.first_month.until(self.last_month))

    @property
    def label(self) -> str:
        return f"{self.year} 年第{'一二三四'[self.number - 1]}季度"


if TYPE_CHECKING:
    _DateField = models.DateField[Any, Month]
else:
    _DateField = models.DateField


class MonthField(_DateField):
    """Stores a ``Month`` as its first day; the attribute is always a ``Month``."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    _pyi_lookup_exact_type: Any

    description = "A calendar month"

    def from_db_value(self, value, expression, connection):
        if value is None or isinstance(value, Month):
            return value
        return Month.of(value)

    def to_python(self, value):
        if value is None or isinstance(value, Month):
            return value
        if isinstance(value, datetime.date):
            return Month.of(value)
        try:
            return Month.parse(str(value)[:7])
        except ValueError as error:
            raise ValidationError("请填写月份，如 2026-11。", code="invalid_month") from error

    def get_prep_value(self, value):
        value = self.to_python(value)
        return value.first if isinstance(value, Month) else value

    def value_to_string(self, obj):
        return str(self.value_from_object(obj))


class MonthConverter:
    """``<month:month>`` in an address: 2026-11."""

    regex = r"[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        return Month.parse(value)

    def to_url(self, value) -> str:
        return str(value)


class DayConverter:
    """``<day:day>`` in an address: 2026-11-23, in the years that ``Month.parse`` reads."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> datetime.date:
        Month.parse(value[:7])
        return datetime.date.fromisoformat(value)

    def to_url(self, value) -> str:
        return str(value)
