"""What an import would do: the rows by what becomes of them, and every fault at its place."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from core.workbooks import Fault, Sheet


@dataclass(frozen=True)
class Change:
    """One field of an existing row that the sheet says otherwise."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Alike:
    """A new row that looks like somebody who is known under another number; ``why`` says of whom and by what."""

    row: int
    key: str
    title: str
    why: str

    def __str__(self):
        return f"第 {self.row} 行“{self.title}”：{self.why}"


@dataclass(frozen=True)
class Missing:
    """Somebody or something of the register that the sheet passes over. It is shown, and never changed."""

    key: str
    title: str
    where: str

    def __str__(self):
        return f"{self.title}（{self.key}），{self.where}"


@dataclass
class Plan:
    """A sheet read and compared with the register. ``new`` and ``changed`` hold what ``apply`` writes.

    ``warnings`` are what somebody should look at; they hinder nothing. ``alike`` must be looked at before a new row
    makes a second record of one person. ``missing`` is only told.
    """

    sheet: Sheet = field(default_factory=Sheet)
    new: list = field(default_factory=list)
    changed: list[tuple[Any, list[Change]]] = field(default_factory=list)
    unchanged: list = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """new, changed, unchanged, and how many rows are faulty (the heading counts as one row)."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "faulty": len({fault.row for fault in self.faults}),
        }

    @property
    def digest(self) -> str:
        """What ``apply`` would write, and what had to be looked at before, as one number of 64 letters."""
        written = [
            [line.meant for line in self.new],
            [[line.meant, [[one.field, one.before, one.after] for one in changes]] for line, changes in self.changed],
            [[one.key, one.why] for one in self.alike],
        ]
        return hashlib.sha256(json.dumps(written, default=str, ensure_ascii=False).encode()).hexdigest()

    def drop(self, rows: set[int]) -> None:
        """Rows in which a fault was found only beside others are neither new nor changed."""
        self.new = [line for line in self.new if line.row not in rows]
        self.changed = [one for one in self.changed if one[0].row not in rows]

    def fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(Fault(row, column, message))

    def warn(self, row: int, column: str, message: str) -> None:
        self.warnings.append(Fault(row, column, message))


class Faulty(Exception):
    """Raised when a plan with faults is applied; nothing was written."""
