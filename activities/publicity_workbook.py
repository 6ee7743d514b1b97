"""What was published, and the leading cadres of a term, as workbooks: the same rows as the pages show."""

from core.workbooks import Book, note_of

PUBLICITY = [
    ("刊发日期", 12), ("标题", 44), ("渠道", 14), ("组织编码", 14), ("党组织", 28), ("所属", 24), ("活动日", 14),
    ("链接", 44), ("说明", 36),
]  # fmt: skip
CADRES = [("组织编码", 14), ("党支部", 28), ("所属", 24), ("姓名", 12)]
CADRE_COUNTS = [
    ("应到", 8), ("实到", 8), ("请假", 8), ("缺席", 8), ("不计", 8), ("到会率（%）", 12), ("计划参加未到", 14),
    ("请假、不计的原因", 30),
]  # fmt: skip
CADRE_DAYS = [
    ("日期", 12), ("学工号", 14), ("姓名", 12), ("组织编码", 14), ("党支部", 28), ("所属", 24), ("到会情况", 10),
    ("计划参加", 10), ("原因", 36),
]  # fmt: skip
CADRE_DAYS_TITLE = "党员领导干部参加活动日明细"
CADRE_TITLE = "党员领导干部参加活动日情况表"


def publicity_book(rows, filters) -> bytes:
    """Rows of Publicity with their organization and day."""
    book = Book()
    cells = map(_publicity_cells, rows)
    book.sheet("宣传", "活动日宣传情况", PUBLICITY, cells, note=note_of(filters, len(rows)), filtered=True)
    return book.bytes()


def _publicity_cells(row):
    one = row.organization
    about = row.day.month.label if row.day else None
    above = str(one.parent) if one.parent else ""
    return [row.published_on, row.title, row.channel_word, one.code, one.short_name, above, about, row.link, row.note]


def cadres_book(span, lines, filters) -> bytes:
    """Lines of ``cadres.Cadres``, with a column a month."""
    book, months = Book(), [(month.label, 12) for month in span.months]
    columns, cells = [*CADRES, *months, *CADRE_COUNTS], map(_cadre_cells, lines)
    book.sheet("领导干部", f"{CADRE_TITLE}（{span}）", columns, cells, note=note_of(filters, len(lines)), filtered=True)
    return book.bytes()


def _cadre_cells(line):
    counts = [line.counts[name] for name in ("expected", "present", "on_leave", "absent", "not_counted")]
    words = [cell.word for cell in line.cells]
    head = [line.code, line.branch, line.unit, line.name]
    return [*head, *words, *counts, line.share or None, line.counts["planned_missed"], line.reasons]


def cadre_days_book(span, rows, filters) -> bytes:
    """Rows of Attendance as ``cadres.single_days`` gives them."""
    book, title = Book(), f"{CADRE_DAYS_TITLE}（{span}）"
    cells = map(_cadre_day_cells, rows)
    book.sheet("明细", title, CADRE_DAYS, cells, note=note_of(filters, len(rows)), filtered=True)
    return book.bytes()


def _cadre_day_cells(row):
    branch, person = row.day.organization, row.person
    head = [row.day.held_on, person.staff_number, person.name, branch.code, branch.short_name, branch.above_name]
    return [*head, row.get_status_display(), "是" if row.was_planned else "", row.reason]
