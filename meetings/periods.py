"""The month, quarter or year for which meetings are owed, as a value that stands in an address."""

import datetime
import re
from dataclasses import dataclass

from core.periods import Month
from meetings.models import Requirement


@dataclass(frozen=True, order=True)
class Period:
    """The months in which a requirement must be met, both included. ``label`` is short: 11 月, 第四季度, 2026 年."""

    first: Month
    last: Month

    @classmethod
    def of(cls, kind: str, month: Month) -> "Period":
        """The period of a kind in which a month lies."""
        if kind == Requirement.Period.MONTH:
            return cls(month, month)
        if kind == Requirement.Period.QUARTER:
            return cls(month.quarter.first_month, month.quarter.last_month)
        return cls(Month(month.year, 1), Month(month.year, 12))

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read what ``str()`` gave. Raises ValueError for anything else, and as far away as ``Month.parse`` does."""
        match = re.fullmatch(r"([0-9]{4})(?:-Q([1-4])|-([0-9]{2}))?", text)
        if not match:
            raise ValueError(f"not a period: {text}")
        Month.parse(f"{match[1]}-01")
        year, quarter, month = match[1], match[2], match[3]
        if month:
            return cls.of("MONTH", Month(int(year), int(month)))
        first = Month(int(year), int(quarter) * 3 if quarter else 1)
        return cls.of("QUARTER" if quarter else "YEAR", first)

    @property
    def days(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day."""
        return self.first.first, self.last.last

    @property
    def months(self) -> list[Month]:
        return list(self.first.until(self.last))

    @property
    def label(self) -> str:
        if self.first == self.last:
            return self.first.short
        return (
            f"第{'一二三四'[self.first.quarter.number - 1]}季度" if len(self.months) == 3 else f"{self.first.year} 年"
        )

    def __str__(self):
        """As the address of a list names it: 2026-11, 2026-Q4, 2026."""
        if self.first == self.last:
            return str(self.first)
        return f"{self.first.year}-Q{self.first.quarter.number}" if len(self.months) == 3 else str(self.first.year)
