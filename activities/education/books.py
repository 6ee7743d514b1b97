"""The pages of education as workbooks: the same rows, under the same filters."""

from activities.education.coverage import KINDS, LACKING
from core.workbooks import Book, note_of

OWN_KINDS = [("类别", 30), ("开展次数", 12), ("开展的党支部数", 16)]
ITEMS = [("日期", 12), ("类别", 18), ("形式", 16), ("内容", 50), ("分钟数", 10), ("完成情况", 12)]
PEOPLE = [("学工号", 16), ("姓名", 14), ("到会天数", 12), ("应到天数", 12), ("集中教育分钟数", 18)]


def coverage_words(values, organization, year: int, above=None) -> dict[str, str]:
    """The filters of the table of branches as users read them."""
    return {
        "范围": str(above or organization),
        "年度": str(year),
        "只看": dict(LACKING).get(values.get("lacking", ""), "全部"),
        "党支部": values.get("q", "").strip() or "全部",
    }


def coverage_book(organization, year: int, rows, sums, own_kinds, filters) -> bytes:
    """Branches with their four counts, the sums below; and the own designs, all of them, on a sheet of their own."""
    book = Book()
    columns = [("组织编码", 14), ("党支部", 28), ("所属", 24), *[(str(kind.label), 18) for kind in KINDS]]
    columns += [("覆盖类数", 10), ("总分钟数", 12)]
    cells = [
        [*_head(row.branch), *[one.times for one in row.counts], row.covered, row.minutes] for row in rows
    ]  # fmt: skip
    done = [f"{one.branches}／{len(rows)} 个党支部，{one.times} 次" for one in sums]
    cells.append([None, "开展过的党支部", None, *done, None, None])
    title = f"{organization} {year} 年集中教育"
    book.sheet("集中教育", title, columns, cells, note=note_of(filters, len(rows)))
    _own_kinds(book, organization, year, own_kinds, filters)
    return book.bytes()


def branch_book(branch, year: int, lines, items, own_kinds) -> bytes:
    """A branch's year: a line a kind, a column a month; what took place, item by item; the own designs."""
    book, filters = Book(), {"党支部": str(branch), "年度": str(year)}
    columns = [("类别", 18), *[(f"{number} 月", 9) for number in range(1, 13)]]
    columns += [("次数", 8), ("分钟数", 10), ("形式", 40)]
    cells = [
        [line.name, *[cell.word for cell in line.cells], line.times, line.minutes, line.forms] for line in lines
    ]  # fmt: skip
    title = f"{branch} {year} 年集中教育"
    book.sheet("集中教育", title, columns, cells, note=note_of(filters, len(lines)))
    rows = [
        [
            item.day.held_on, item.get_subtype_display(), item.get_form_display(), item.content, item.minutes,
            item.get_outcome_display(),
        ]
        for item in items
    ]  # fmt: skip
    book.sheet("开展过的", title, ITEMS, rows, note=note_of(filters, len(rows)), filtered=True)
    _own_kinds(book, branch, year, own_kinds, filters)
    return book.bytes()


def _own_kinds(book, organization, year, own_kinds, filters):
    rows = [[one.name, one.times, one.branches] for one in own_kinds]
    title = f"{organization} {year} 年自主设计"
    book.sheet("自主设计", title, OWN_KINDS, rows, note=note_of(filters, len(rows)), filtered=True)


def people_words(values, branch, year: int) -> dict[str, str]:
    """The filters of a branch's people as users read them."""
    return {"党支部": str(branch), "年度": str(year), "人员": values.get("q", "").strip() or "全部"}


def people_book(branch, year: int, rows, filters) -> bytes:
    """Each member with the days and the minutes."""
    book = Book()
    cells = [[one.number, one.name, one.present, one.expected, one.minutes] for one in rows]
    title = f"{branch} {year} 年党员参加集中教育时长"
    book.sheet("每人时长", title, PEOPLE, cells, note=note_of(filters, len(rows)), filtered=True)
    return book.bytes()


def _head(branch):
    return [branch.code, branch.short_name, branch.above_name]
