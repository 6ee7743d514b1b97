"""What an import would do: the rows by what becomes of them, and every fault at its place."""

from dataclasses import dataclass, field
from typing import Any

from core.workbooks import Fault


@dataclass(frozen=True)
class Change:
    """One field of an existing row that the sheet says otherwise."""

    field: str
    before: Any
    after: Any


@dataclass
class Plan:
    """A sheet read and compared with the register. ``new`` and ``changed`` hold what ``apply`` writes.

    ``warnings`` are what somebody should look at; they hinder nothing.
    """

    new: list = field(default_factory=list)
    changed: list[tuple[Any, list[Change]]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """new, changed, unchanged, and how many rows are faulty (the heading counts as one row)."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "faulty": len({fault.row for fault in self.faults}),
        }

    def fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(Fault(row, column, message))

    def warn(self, row: int, column: str, message: str) -> None:
        self.warnings.append(Fault(row, column, message))


class Faulty(Exception):
    """Raised when a plan with faults is applied; nothing was written."""
