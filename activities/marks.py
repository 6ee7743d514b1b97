"""三定一创 on a day's record: the dimensions of its month, each with what was said of it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from activities.models import DayMark, Dimension


@dataclass(frozen=True)
class MarkLine:
    """One dimension on a day: ``mark`` is what is stored, or None; ``choice`` and ``note`` are fields of the form."""

    dimension: Dimension
    mark: DayMark | None
    choice: Any = None
    note: Any = None


@dataclass(frozen=True)
class MarkSheet:
    """The lines of a day; ``form`` is None where nothing can be written (any more)."""

    lines: list[MarkLine]
    form: Any = None

    @property
    def given(self) -> int:
        return sum(line.mark is not None for line in self.lines)


def lines_of(day) -> list[MarkLine]:
    """The dimensions in force in the day's month, and whatever was marked, in two queries."""
    marks = {row.dimension_id: row for row in day.marks.select_related("dimension")}
    found = {row.pk: row for row in Dimension.objects.in_force(day.month)}
    found |= {row.dimension_id: row.dimension for row in marks.values()}
    rows = sorted(found.values(), key=lambda row: (row.order, row.pk))
    return [MarkLine(row, marks.get(row.pk)) for row in rows]


def stamp_of(marks: Iterable[DayMark]) -> str:
    """Names what is said on a day. An editor's page carries it: of two editors the second is told."""
    said = sorted((row.dimension_id, row.mark, row.note) for row in marks)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
