"""The lists of service as page and workbook show them: the same columns, the same cells."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from activities.models import DayItem, Pairing, PairingVisit, Pledge, Wish
from activities.models.pairings import DAYS_WITHOUT_VISIT, last_day_of_visit
from branches.models import Person
from core import clock
from core.templatetags.page import STATES
from core.workbooks import Book

QUIET = f"超过 {DAYS_WITHOUT_VISIT} 天没有走访"


@dataclass(frozen=True)
class Column:
    """A column: its head, the key in an address by which it sorts, its width on a sheet, its class on a page."""

    name: str
    key: str = ""
    width: int = 14
    css: str = ""


@dataclass(frozen=True)
class Cell:
    """What stands in a row: ``value`` goes out in a workbook, ``word`` on the page where that differs."""

    value: Any = None
    url: str = ""
    style: str = ""
    word: str = ""

    @property
    def text(self) -> str:
        """As the page shows it."""
        return self.word or ("—" if self.value in (None, "") else str(self.value))


@dataclass(frozen=True)
class Listing:
    """A kind of list: its name, what a row is counted in, its columns, and the cells of a row."""

    name: str
    unit: str
    columns: tuple[Column, ...]
    cells: Callable[[Any], list[Cell]]

    def lines(self, rows: Iterable) -> list[list[tuple[Column, Cell]]]:
        """Of each row its cells, each with its column."""
        return [list(zip(self.columns, self.cells(row), strict=True)) for row in rows]

    def book(self, rows: Iterable, note: str, *, filtered=True) -> bytes:
        """All rows as a workbook; not ``filtered`` where the last row is a sum."""
        book, heads = Book(), [(column.name, column.width) for column in self.columns]
        cells = ([cell.value for cell in self.cells(row)] for row in rows)
        book.sheet(self.name, self.name, heads, cells, note=note, filtered=filtered)
        return book.bytes()


def masked_name(name: str) -> str:
    """张**: whom it is about is known to those who know, and to nobody else."""
    return f"{name[:1]}**" if name else ""


def hours_of(helper_minutes: int | None) -> Decimal:
    """Hours of service from helpers × minutes, with one decimal."""
    return (Decimal(helper_minutes or 0) / 60).quantize(Decimal("0.1"))


def _wish_cells(wish: Wish) -> list[Cell]:
    late = "，已过期" if wish.is_overdue else ""
    until = wish.wanted_until
    done = wish.status in (Wish.Status.DONE, Wish.Status.CONFIRMED)  # one sent back keeps the day for its next finish
    return [
        Cell(wish.title, wish.get_absolute_url()), Cell(wish.get_kind_display()),
        Cell(wish.get_status_display(), style=wish.style), Cell(str(wish.organization)),
        Cell(until, word=f"{until}{late}" if until else ""), Cell(clock.day_of(wish.posted_at)),
        Cell(wish.claimer), Cell(wish.done_on if done else None),
    ]  # fmt: skip


WISHES = Listing(
    "微心愿", "个心愿",
    (
        Column("心愿", "", 40, "wide"), Column("类别", "kind", 12, "nowrap"), Column("状态", "state", 10, "nowrap"),
        Column("发布支部", "place", 26, "wide"), Column("希望何时前", "wanted", 13, "nowrap"),
        Column("发布日期", "posted", 12, "nowrap"), Column("认领", "", 26, "wide"),
        Column("办好日期", "done", 12, "nowrap"),
    ),
    _wish_cells,
)  # fmt: skip


def pairing_state(row: Pairing) -> tuple[str, str]:
    """(style, word); the row comes ``with_visits``."""
    if not row.is_running:
        return "none", "已结束"
    return ("due", QUIET) if row.quiet_since < last_day_of_visit() else ("done", "进行中")


def _pairing_cells(row: Pairing) -> list[Cell]:
    style, word = pairing_state(row)
    return [
        Cell(row.helper.name, row.get_absolute_url()), Cell(row.partner_name), Cell(row.partner_is), Cell(row.purpose),
        Cell(str(row.organization)), Cell(row.starts_on),
        Cell(row.last_visit_on, word="" if row.last_visit_on else "还没有"),
        Cell(row.visits_count, f"{row.get_absolute_url()}#visits" if row.visits_count else ""),
        Cell(word, style=style), Cell(f"{row.ended_on} {row.end_reason}" if row.ended_on else None),
    ]  # fmt: skip


PAIRINGS = Listing(
    "结对帮带", "个结对",
    (
        Column("帮带人", "helper", 12, "nowrap"), Column("帮带对象", "", 12, "nowrap"),
        Column("对象情况", "", 28, "wide"), Column("帮什么", "", 32, "wide"), Column("党支部", "place", 26, "wide"),
        Column("结对日期", "since", 12, "nowrap"), Column("最近走访", "visited", 12, "nowrap"),
        Column("走访次数", "", 10, "num"), Column("状态", "", 20, "nowrap"), Column("结束", "", 30, "wide"),
    ),
    _pairing_cells,
)  # fmt: skip


def _visit_cells(row: PairingVisit) -> list[Cell]:
    pairing = row.pairing
    return [
        Cell(row.visited_on, pairing.get_absolute_url()), Cell(pairing.helper.name), Cell(pairing.partner_name),
        Cell(str(pairing.organization)), Cell(row.minutes), Cell(row.note),
    ]  # fmt: skip


VISITS = Listing(
    "走访记录", "次走访",
    (
        Column("走访日期", "on", 12, "nowrap"), Column("帮带人", "helper", 12, "nowrap"),
        Column("帮带对象", "", 12, "nowrap"),
        Column("党支部", "place", 26, "wide"), Column("用时（分钟）", "", 12, "num"),
        Column("做了什么", "", 40, "wide"),
    ),
    _visit_cells,
)  # fmt: skip


def _item_cells(row: DayItem) -> list[Cell]:
    helper_minutes = (row.helpers or 0) * row.minutes
    return [
        Cell(row.content, row.day.get_absolute_url()), Cell(row.get_subtype_display()), Cell(row.day.held_on),
        Cell(str(row.day.organization)), Cell(row.helpers), Cell(row.beneficiaries), Cell(row.minutes),
        Cell(hours_of(helper_minutes) if row.helpers else None),
    ]  # fmt: skip


ITEMS = Listing(
    "活动日的为民服务", "项服务",
    (
        Column("服务内容", "", 40, "wide"), Column("类别", "kind", 12, "nowrap"), Column("日期", "on", 12, "nowrap"),
        Column("党支部", "place", 26, "wide"), Column("参与党员", "", 10, "num"), Column("服务人数", "", 10, "num"),
        Column("时长（分钟）", "", 12, "num"), Column("服务小时", "", 10, "num"),
    ),
    _item_cells,
)  # fmt: skip


def _pledge_cells(row: Pledge) -> list[Cell]:
    style = STATES[row.result][0] if row.result else "late" if row.is_late else "wait"
    return [
        Cell(row.person.name, row.get_absolute_url()), Cell(str(row.organization)), Cell(row.text), Cell(row.made_on),
        Cell(row.get_result_display() or "待评定", style=style), Cell(row.word),
    ]  # fmt: skip


PLEDGE_COLUMNS = (
    Column("承诺人", "name", 12, "nowrap"), Column("党支部", "place", 26, "wide"), Column("承诺内容", "", 60, "wide"),
    Column("承诺日期", "on", 12, "nowrap"), Column("兑现情况", "result", 12, "nowrap"), Column("说明", "", 36, "wide"),
)  # fmt: skip
PLEDGES = Listing("承诺践诺", "份承诺", PLEDGE_COLUMNS, _pledge_cells)


def _lacking_cells(row: Person) -> list[Cell]:
    none = Cell("还没有承诺", style="due")
    return [Cell(row.name), Cell(str(row.organization)), none, Cell(), Cell(), Cell()]


LACKING = Listing("还没有承诺", "人", PLEDGE_COLUMNS, _lacking_cells)
