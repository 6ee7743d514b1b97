"""Excel in and out. Reading says what is wrong by row and column; writing never makes a formula of somebody's text."""

import datetime
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from core import clock, sheets

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 20_000  # of an export: it is written while somebody waits


def note_of(filters: dict[str, str], count: int) -> str:
    """The line under an exported sheet's heading: what was chosen, how many rows, on which day."""
    chosen = "；".join(f"{name}：{word}" for name, word in filters.items()) or "全部"
    return f"{chosen}。共 {count} 行，{clock.today():%Y-%m-%d} 导出"


class SheetError(Exception):
    """The file is not a sheet that we can read. ``str()`` is a Chinese sentence for the user."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a sheet, at its place. ``row`` counts from 1 as Excel shows it; 0 means the whole sheet."""

    row: int
    column: str
    message: str

    def __str__(self):
        place = f"第 {self.row} 行" if self.row else "表头"
        return f"{place}“{self.column}”：{self.message}" if self.column else f"{place}：{self.message}"


@dataclass
class Sheet:
    """A sheet as it was sent: ``rows`` by our fields, ``cells`` and ``headings`` as they stand there.

    ``rows`` are ``(row_number, {field: cell})`` without the empty ones; ``faults`` name missing and doubled headings,
    ``unknown`` are headings that mean nothing to us.
    """

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    cells: dict[int, list[Any]] = field(default_factory=dict)


LARGEST_ROWS = 200_000
LOWEST_HEAD = 5
_READER = Path(__file__).with_name("sheets.py")


def read_sheet(
    path,
    headings: dict[str, tuple[str, ...]],
    required: Iterable[str | tuple[str, ...]],
    *,
    most_rows: int = LARGEST_ROWS,
) -> Sheet:
    """Read the first sheet of a workbook by its headings, wherever they stand in its first five rows.

    ``headings`` maps a field to the headings that name it; in place of a ``required`` field may stand a tuple of fields
    of which one is enough. Raises SheetError when the file is no readable workbook.
    """
    raw = _read_apart(path, most_rows)
    head_at, columns = _find_head(raw, headings)
    required = [(one,) if isinstance(one, str) else one for one in required]
    if head_at is None:
        wanted = "、".join(headings[names[0]][0] for names in required)
        return Sheet(faults=[Fault(0, "", f"没有找到表头。前五行里应有一行写着：{wanted}")])
    faults = [Fault(0, headings[names[0]][0], "缺这一列") for names in required if columns.keys().isdisjoint(names)]
    faults += [
        Fault(0, headings[name][0], f"有 {len(places)} 列都是这一项，请只留一列")
        for name, places in columns.items()
        if len(places) > 1
    ]
    body = {number: cells for number, cells in raw.items() if number > head_at and any(map(text, cells))}
    rows = [
        (number, {name: cells[places[0]] if places[0] < len(cells) else "" for name, places in columns.items()})
        for number, cells in body.items()
    ]
    if not (rows or faults):
        faults = [Fault(0, "", "表头下面没有内容，请填好后再上传")]
    head = [text(cell) for cell in raw[head_at]]
    known = {place for places in columns.values() for place in places}
    unknown = [word for place, word in enumerate(head) if word and place not in known]
    return Sheet(rows, faults, head, unknown, body)


def _read_apart(path, most_rows) -> dict[int, list[Any]]:
    """The rows that a process of its own reads, under limits of memory and time: see ``core.sheets``."""
    with subprocess.Popen(
        [sys.executable, "-I", str(_READER), str(path), str(most_rows)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        try:
            said, trouble = child.communicate(timeout=sheets.SECONDS)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise SheetError(sheets.SLOW) from error
    lines = said.splitlines()
    last = json.loads(lines[-1]) if lines and lines[-1].startswith(b"{") else {}
    if "refused" in last:
        raise SheetError(last["refused"])
    if "end" not in last:
        log.warning("the reader of a workbook ended with %s: %s", child.returncode, trouble[-500:])
        raise SheetError(sheets.SWELLS if child.returncode < 0 else sheets.FOREIGN)
    return {number: [_cell(one) for one in cells] for number, cells in map(json.loads, lines[:-1])}


def _cell(value):
    if not isinstance(value, dict):
        return value
    [(kind, word)] = value.items()
    return _KINDS[kind](word)


_KINDS: dict[str, Callable] = {
    "moment": datetime.datetime.fromisoformat,
    "day": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "span": lambda seconds: datetime.timedelta(seconds=seconds),
}


def _find_head(raw, headings):
    names = {plain_heading(word): name for name, words in headings.items() for word in words}
    best, best_columns = None, {}
    for number in (one for one in raw if one <= LOWEST_HEAD):
        columns = {}
        for place, cell in enumerate(raw[number]):
            if name := names.get(plain_heading(cell)):
                columns.setdefault(name, []).append(place)
        if len(columns) > len(best_columns):
            best, best_columns = number, columns
    return (best, best_columns) if len(best_columns) >= 2 else (None, {})


def plain_heading(cell) -> str:
    """A heading without the spaces and line breaks that are typed to align it (姓　名), its brackets full-width."""
    return "".join(text(cell).split()).replace("(", "（").replace(")", "）")


def text(cell) -> str:
    """A cell as text: outer (also full-width) spaces gone, a whole number without its '.0'."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().strip("\u3000\ufeff ").strip()


HEAD_FILL = PatternFill("solid", fgColor="F1ECE2")
THIN = Side(style="thin", color="CBC3B5")
A4 = 9  # as the format numbers papers
WRAPPED = Alignment(wrap_text=True, vertical="center")


class Book:
    """A workbook written row by row (constant memory), each sheet ready to be printed on A4."""

    def __init__(self):
        self._book = Workbook(write_only=True)

    def sheet(
        self, title: str, heading: str, columns: list[tuple], rows: Iterable[Iterable], *, note="", filtered=False
    ):
        """Add a sheet: a heading line, an optional note, ``columns`` as (name, width), then the rows.

        A column given as (name, width, over) stands, with its neighbours of the same ``over``, under a common head.
        ``filtered`` puts Excel's filter on the head: not where the last row is a sum, which it would sort away.
        """
        sheet = self._book.create_sheet(title)
        for index, (_, width, *_) in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        over, widths = [column[2] if len(column) > 2 else "" for column in columns], [column[1] for column in columns]
        first = 3 if note else 2  # row of the head, which may take two
        last = first + 1 if any(over) else first
        sheet.freeze_panes = f"A{last + 1}"
        self._set_up_print(sheet, f"{first}:{last}")
        sheet.append([self._cell(sheet, heading, Font(bold=True, size=14))])
        if note:
            sheet.append([self._cell(sheet, note, Font(color="6C635A"))])
        if any(over):
            self._common_heads(sheet, over, first)
        sheet.append([self._head(sheet, name) for name, *_ in columns])
        count = 0
        for row in rows:
            sheet.append([self._body(sheet, *pair) for pair in zip(row, widths, strict=False)])
            count += 1
        if filtered:
            sheet.auto_filter.ref = f"A{last}:{get_column_letter(len(columns))}{last + count}"

    def _common_heads(self, sheet, over, row):
        """The upper row of a head of two: each common head once, over its columns."""
        place, cells = 1, []
        for name, some in groupby(over):
            width = len(list(some))
            cells += [self._head(sheet, name), *[self._head(sheet, "") for _ in range(width - 1)]]
            if name and width > 1:
                sheet.merged_cells.add(f"{get_column_letter(place)}{row}:{get_column_letter(place + width - 1)}{row}")
            place += width
        sheet.append(cells)

    @staticmethod
    def _set_up_print(sheet, head_rows):
        """A4 landscape, as wide as the paper, the head on every page, the pages numbered."""
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
        sheet.print_title_rows = head_rows
        sheet.HeaderFooter.oddFooter.center.text = "第 &P 页，共 &N 页"

    def _head(self, sheet, name):
        cell = self._cell(sheet, name, Font(bold=True))
        cell.fill = HEAD_FILL
        cell.border = Border(bottom=THIN)
        cell.alignment = WRAPPED
        return cell

    def _body(self, sheet, value, width):
        """A cell of a row; a text wider than its column is broken instead of being cut by its neighbour."""
        cell = self._cell(sheet, value)
        if isinstance(value, str) and sum(2 if ord(letter) > 0x2E80 else 1 for letter in value) > width:
            cell.alignment = WRAPPED
        return cell

    @staticmethod
    def _cell(sheet, value, font=None):
        if isinstance(value, datetime.datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value)  # Excel knows no zones: the wall clock of the site
        if font is None and (value is None or isinstance(value, int | float | Decimal | datetime.date)):
            return value
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)  # control characters that were pasted: no sheet holds them
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl would make a formula of a text that begins with '='
        if font:
            cell.font = font
        return cell

    def bytes(self) -> bytes:
        """The finished .xlsx file."""
        buffer = io.BytesIO()
        self._book.save(buffer)
        return buffer.getvalue()
