"""The lists of plans and of days as workbooks: the same rows as the pages show, under the same filters."""

from core.periods import Month
from core.workbooks import Book, note_of

PLANS = [
    ("组织编码", 14), ("党支部", 28), ("所属", 24), ("状态", 14), ("是否逾期", 10), ("活动日期", 12), ("开始时间", 10),
    ("地点", 24), ("主题", 36), ("首次报送", 12), ("报送次数", 10),
]  # fmt: skip
DAYS = [
    ("组织编码", 14), ("党支部", 28), ("所属", 24), ("状态", 10), ("日期", 12), ("地点", 24), ("主题", 36), ("应到", 8),
    ("实到", 8), ("请假", 8), ("缺席", 8),
]  # fmt: skip


def filter_words(values, month: Month, statuses, above=None) -> dict[str, str]:
    """The filters in force as users read them, for the sheet's note and the log."""
    return ({"所属": str(above)} if above else {}) | {
        "月份": month.label,
        "状态": dict(statuses).get(values.get("status", ""), "全部"),
        "党支部": values.get("q", "").strip() or "全部",
    }


def plans_book(month: Month, branches, filters) -> bytes:
    """Branches with their ``plan`` of the month, or None."""
    book = Book()
    rows = map(_plan_cells, branches)
    book.sheet("计划", f"{month.label}活动日计划", PLANS, rows, note=note_of(filters, len(branches)), filtered=True)
    return book.bytes()


def _plan_cells(branch):
    head, plan = [branch.code, branch.short_name, branch.above_name], branch.plan
    if plan is None:
        return [*head, "未报", *[None] * 7]
    starts_at = f"{plan.starts_at:%H:%M}" if plan.starts_at else ""
    return [
        *head, plan.get_status_display(), "逾期报送" if plan.is_late else "", plan.planned_on, starts_at, plan.place,
        plan.theme, plan.first_submitted_on, plan.attempts,
    ]  # fmt: skip


def days_book(month: Month, branches, filters) -> bytes:
    """Branches with their ``day`` of the month or None, and its counts (实到 + 请假 + 缺席 = 应到) once it is held."""
    book = Book()
    rows = map(_day_cells, branches)
    book.sheet("活动日", f"{month.label}活动日", DAYS, rows, note=note_of(filters, len(branches)), filtered=True)
    return book.bytes()


def _day_cells(branch):
    head, day = [branch.code, branch.short_name, branch.above_name], branch.day
    if day is None:
        return [*head, "未报计划", *[None] * 7]
    counts = [day.expected, day.present, day.on_leave, day.absent] if day.happened else [None] * 4
    return [*head, day.get_status_display(), day.on, day.place or day.plan.place, day.plan.theme, *counts]
