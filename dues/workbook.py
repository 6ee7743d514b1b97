"""The workbooks of dues: the same rows as the pages show, in the same order, with the same totals."""

from collections.abc import Iterable
from typing import Any

from core import clock
from core.periods import Month
from core.workbooks import Book
from dues.arrears import Owing
from dues.models import DuesMonth
from dues.reports import MonthPage, Row, Sums, total
from dues.reports.sums import ZERO

MONTH_COLUMNS = [
    ("序号", 6), ("姓名", 12), ("类别", 14), ("状态", 10), ("基数", 12), ("标准", 10), ("月应缴", 12), ("本月实缴", 12),
    ("往月补缴", 12), ("方式", 8), ("备注", 40),
]  # fmt: skip
LIST_COLUMNS = [
    ("组织编码", 14), ("党支部", 30), ("党总支", 24), ("状态", 10), ("应缴（元）", 12), ("应缴人数", 10),
    ("本月实缴（元）", 14), ("本月实缴人数", 12), ("缓交（元）", 12), ("缓交人数", 10), ("未登记（元）", 12),
    ("未登记人数", 10), ("之后补交（元）", 14), ("之后补交人数", 12), ("之后冲正（元）", 14), ("之后冲正人数", 12),
    ("往月补缴（元）", 14), ("往月补缴人次", 12), ("共收（元）", 12),
]  # fmt: skip
RECEIPT_COLUMNS = [
    ("收据号", 12), ("日期", 12), ("党支部", 30), ("姓名", 12), ("学工号", 14), ("金额（元）", 12),
    ("已冲正（元）", 12), ("月份", 24), ("经手人", 12),
]  # fmt: skip


def receipts_book(rows: list[Any], months: dict[int, list[Month]], note: str) -> Book:
    """Receipts with their amounts as their list shows them, then what they come to."""
    lines: list[tuple] = [
        (str(row), clock.day_of(row.at), row.branch.short_name, row.person.name, row.person.staff_number, row.amount,
         row.taken_back, "、".join(month.label for month in months.get(row.pk, [])), row.by.name if row.by else "系统")
        for row in rows
    ]  # fmt: skip
    total = (sum((row.amount for row in rows), ZERO), sum((row.taken_back for row in rows), ZERO))
    lines.append(("合计", None, "", f"{len(rows)} 张", "", *total, "", ""))
    book = Book()
    book.sheet("收据", "党费收据", RECEIPT_COLUMNS, lines, note=note)
    return book


ARREARS_COLUMNS = [
    ("姓名", 12), ("学工号", 14), ("党支部", 30), ("欠缴月数", 10), ("最长连续", 10), ("欠缴（元）", 12), ("月份", 40),
    ("提示", 10), ("缓交原因", 30), ("情况", 12), ("说明", 40), ("登记人", 12), ("登记日期", 12),
]  # fmt: skip


def arrears_book(owing: list[Owing], note: str) -> Book:
    """Arrears as their list shows them, then what they come to."""
    lines: list[tuple] = [
        (one.person.name, one.person.staff_number, one.charges[0].dues_month.organization.short_name, len(one.charges),
         one.run, one.money, "、".join(month.label for month in one.months), one.word, "；".join(one.reasons),
         *((said.get_finding_display(), said.text, said.by.name, clock.day_of(said.at)) if (said := one.note)
           else ("", "", "", None)))
        for one in owing
    ]  # fmt: skip
    months, money = sum(len(one.charges) for one in owing), sum((one.money for one in owing), ZERO)
    lines.append(("合计", f"{len(owing)} 人", "", months, None, money, "", "", "", "", "", "", None))
    book = Book()
    book.sheet("欠缴", "党费欠缴", ARREARS_COLUMNS, lines, note=note)
    return book


def month_book(dues_month: DuesMonth, page: MonthPage, rows: list[Row]) -> Book:
    """One branch's month: ``rows`` as the page shows them (all, or the exceptions), then the month's totals."""
    book, sums = Book(), page.sums
    lines: list[tuple] = [
        (row.number, row.name, row.category, row.word, row.base, row.rate, row.amount, row.paid, row.arrears,
         row.method, "；".join(filter(None, (row.note, row.warning))))
        for row in rows
    ]  # fmt: skip
    whole = "合计" if len(rows) == len(page.rows) else "全月合计"
    lines.append(
        ("", whole, "", "", None, "", sums.owed.money, sums.paid.money, sums.arrears.money, "",
         f"本月共收 {sums.received} 元")
    )  # fmt: skip
    heading = f"{dues_month.organization} {dues_month.month.label}党费"
    book.sheet("党费", heading, MONTH_COLUMNS, lines, note=f"{dues_month.get_status_display()}；金额单位：元")
    return book


def list_book(month: Month, rows: Iterable[tuple[DuesMonth, Sums]], filters: str) -> Book:
    """The branches of a month as the list shows them under its filters, then the totals."""
    rows = list(rows)
    lines = [
        (row.organization.code, row.organization.short_name, row.organization.above_name,
         row.get_status_display(), *_figures(sums))
        for row, sums in rows
    ]  # fmt: skip
    lines.append(("", "合计", f"{len(rows)} 个党支部", "", *_figures(total(sums for _, sums in rows))))
    book = Book()
    book.sheet("党费", f"{month.label}党费", LIST_COLUMNS, lines, note=filters)
    return book


def _figures(sums: Sums):
    parts = (sums.owed, sums.paid, sums.deferred, sums.unpaid, sums.later, sums.undone, sums.arrears)
    return [*(value for part in parts for value in (part.money, part.count)), sums.received]
