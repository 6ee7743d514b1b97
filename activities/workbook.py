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


PAPERS = [
    ("组织编码", 14), ("党组织", 28), ("所属", 24), ("状态", 14), ("是否逾期", 10), ("截止", 12), ("首次报送", 12),
    ("报送次数", 10),
]  # fmt: skip


def filter_words(values, month: Month, statuses, above=None, on=None) -> dict[str, str]:
    """The filters in force as users read them, for the sheet's note and the log."""
    narrowed = ({"所属": str(above)} if above else {}) | ({"日期": str(on)} if on else {})
    return narrowed | {
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
    said = [None] * 4 if plan.cancels else [plan.planned_on, starts_at, plan.place, plan.theme]
    late = "逾期报送" if plan.is_late else ""
    return [*head, plan.state_word, late, *said, plan.first_submitted_on, plan.attempts]


def days_book(month: Month, branches, filters) -> bytes:
    """Branches with their ``day`` of the month or None, and its counts (实到 + 请假 + 缺席 = 应到) once it is held."""
    book = Book()
    rows = map(_day_cells, branches)
    book.sheet("活动日", f"{month.label}活动日", DAYS, rows, note=note_of(filters, len(branches)), filtered=True)
    return book.bytes()


def _day_cells(branch):
    head, day = [branch.code, branch.short_name, branch.above_name], branch.day
    if branch.is_called_off:
        return [*head, "不开展", *[None] * 7]
    if day is None:
        return [*head, "未报计划", *[None] * 7]
    counts = [day.expected, day.present, day.on_leave, day.absent] if day.happened else [None] * 4
    return [*head, day.state_word, day.on, day.place or day.plan.place, day.plan.theme, *counts]


def paper_words(values, model, year: int, statuses, above=None) -> dict[str, str]:
    """The filters of the list of a year's papers as users read them."""
    return ({"所属": str(above)} if above else {}) | {
        "年度": model.title_of(year),
        "状态": dict(statuses).get(values.get("status", ""), "全部"),
        "党组织": values.get("q", "").strip() or "全部",
    }


def papers_book(model, year: int, rows, filters) -> bytes:
    """Organizations with their paper of a year, or the reason why there is none."""
    book = Book()
    cells = map(_paper_cells, rows)
    book.sheet(model.noun, model.title_of(year), PAPERS, cells, note=note_of(filters, len(rows)), filtered=True)
    return book.bytes()


def _paper_cells(row):
    one, paper = row.organization, row.paper
    late = "逾期报送" if row.is_late else ""
    sent = [paper.first_submitted_on, paper.attempts] if paper is not None else [None, None]
    return [one.code, one.short_name, str(one.parent or ""), row.word, late, row.due_on, *sent]


def matrix_words(values, organization, year: int, only, above=None) -> dict[str, str]:
    """The filters of the year's matrix as users read them."""
    return {
        "范围": str(above or organization),
        "年度": str(year),
        "只看": dict(only).get(values.get("only", ""), "全部"),
        "党支部": values.get("q", "").strip() or "全部",
    }


def matrix_book(organization, year: int, rows, sums, filters) -> bytes:
    """The matrix as the page shows it: a word a month, 已开展／到期 at the end of a row, the sums below."""
    book = Book()
    columns = [
        ("组织编码", 14),
        ("党支部", 28),
        ("所属", 24),
        *[(f"{n} 月", 9) for n in range(1, 13)],
        ("已开展／到期", 14),
    ]
    cells = [[*_branch_cells(row.branch), *[cell.word for cell in row.cells], f"{row.held}／{row.due}"] for row in rows]
    cells += [_sum_cells("已报计划／应报", sums["filed"]), _sum_cells("已开展／应开展", sums["held"])]
    book.sheet("全年一览", f"{organization} {year} 年全年一览", columns, cells, note=note_of(filters, len(rows)))
    return book.bytes()


def _branch_cells(branch):
    return [branch.code, branch.short_name, branch.above_name]


def _sum_cells(name, sums):
    return [None, name, None, *[f"{one.done}／{one.owed}" if one.owed else "—" for one in sums], None]
