"""What stands on a paper, in neutral blocks: the print page and the Word document are made of the same.

Whoever makes a paper says what is on it; ``templates/core/papers.html`` and ``core.word`` say how it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

WIDTH = 174  # of A4 between the margins, in millimetres
LABELS = 26  # the columns of labels, in millimetres
VALUES = WIDTH // 2 - LABELS
DATE = "　　年　　月　　日"
SEAL = ("（盖章）", DATE)


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its lines, and over how many columns it goes; ``align`` is "", "center" or "right".

    ``signing`` are lines at its foot, each (what is asked, what stands there); where nothing stands, a line is drawn.
    """

    lines: Sequence[str]
    span: int = 1
    is_label: bool = False
    signing: Sequence[tuple[str, str]] = ()
    align: str = ""


@dataclass(frozen=True)
class Heading:
    """The heading of what follows."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Note:
    """A line in small letters."""

    text: str
    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Contents:
    """The list of what a document holds: (what it is called, the anchor of its paper)."""

    entries: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "contents"


@dataclass(frozen=True)
class Table:
    """Rows of cells in columns of ``widths`` (millimetres). Of one with a head the first row stands on every page.

    ``row_height`` is the least height of its rows, where somebody writes by hand; ``is_small`` has small letters, for
    many columns.
    """

    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_head: bool = False
    row_height: int = 0
    is_small: bool = False
    kind: ClassVar[str] = "table"

    @property
    def head(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows[:1] if self.has_head else ()

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows[1:] if self.has_head else self.rows

    @property
    def shares(self) -> list[str]:
        """The width of each column in percent, for the page."""
        return [f"{100 * width / sum(self.widths):.1f}%" for width in self.widths]


Block = Heading | Text | Note | Contents | Table


@dataclass(frozen=True)
class Paper:
    """A paper that begins a page: its title, a line below with two ends, its blocks, and a line at the foot.

    ``anchor`` is where a list of contents leads.
    """

    title: str
    blocks: tuple[Block, ...]
    left: str = ""
    right: str = ""
    foot: str = ""
    anchor: str = ""


def label(text: str, span=1) -> Cell:
    """A cell that says what stands beside it, or below; a line break in it is kept."""
    return Cell(tuple(text.split("\n")), span=span, is_label=True)


def words(value) -> tuple[str, ...]:
    """A text of several lines as lines; of one without words an empty line."""
    return tuple(line for line in str(value).splitlines() if line.strip()) or ("",)


def texts(value: str) -> list[Block]:
    """A text of several lines as paragraphs."""
    return [Text(line) for line in value.splitlines() if line.strip()]


Fact = tuple[str, Any]  # (label, what stands there)


def facts(*rows: Sequence[Fact], signed: Sequence[Sequence[Cell]] = ()) -> Table:
    """A table of labels with what stands beside them: a row is one fact over the whole width, or two in one line.

    ``signed`` are further rows of two cells, of which the second goes over the rest.
    """
    cells = [tuple(cell for fact in row for cell in _fact(*fact, wide=len(row) == 1)) for row in rows]
    return Table((LABELS, VALUES, LABELS, VALUES), (*cells, *map(tuple, signed)))


def _fact(name, value, *, wide) -> tuple[Cell, Cell]:
    return label(name), Cell(words(value), span=3 if wide else 1)


def signing_row(name: str, *who: str, sealed=False) -> tuple[Cell, Cell]:
    """The last row of ``facts``: who signs, each on a line, and the date (with the seal, where one is put)."""
    lines = [(f"{one}（签字）：", "") for one in who]
    return label(name), Cell(("",), span=3, signing=[*lines, SEAL if sealed else ("日期：", DATE)])


def heads(*names: str) -> tuple[Cell, ...]:
    """The first row of a table with a head."""
    return tuple(label(name) for name in names)
