"""The workbooks of bases: the list as the page shows it, and the sheet to fill in and send back."""

from core.periods import Month
from core.workbooks import Book
from dues.bases.models import PaySchemes
from dues.bases.sheet_headings import HEADINGS
from dues.bases.standing import Bases

LIST_COLUMNS = [
    ("学工号", 14), ("姓名", 12), ("党支部", 30), ("类别", 14), ("基数", 14), ("起始月份", 12), ("依据", 40),
    ("登记人", 12), ("登记时间", 18), ("下一个基数", 28),
]  # fmt: skip
ROUND_BEGINS = 11  # from November on a sheet is filled in for the coming January
NOTE = (
    "填“基数”，或填各项工资由系统计算；两样都空着的行不改。起始月份写成 2027-01 这样；不是 1 月起改的，依据要写。"
    "“原基数”只供对照。填好后在“党费基数”的“导入”里上传。"
)


def list_book(lines, filters: str) -> bytes:
    """The members as the list shows them under its filters."""
    book = Book()
    book.sheet("党费基数", "党费基数", LIST_COLUMNS, map(_row, lines), note=f"{filters}；金额单位：元", filtered=True)
    return book.bytes()


def _row(line):
    person, base, coming = line.person, line.base, line.coming
    about = (person.staff_number, person.name, str(person.organization), person.get_category_display())
    held = (
        (base.amount, str(base.from_month), base.reason, base.by.name if base.by else "系统", base.at)
        if base
        else (None, "", line.word, "", None)
    )
    return (*about, *held, f"{coming.from_month.label}起 {coming.amount:,.2f}" if coming else "")


def template_book(people) -> bytes:
    """The sheet to fill in, with the members (each with ``organization`` read) and the bases that stand."""
    people, now = list(people), Month.current()
    bases, months = Bases([one.pk for one in people]), {}
    for one in people:
        is_round = now.number >= ROUND_BEGINS and bases.latest(one.pk) is not None
        months[one.pk] = max(Month(now.year + 1, 1), bases.offered(one.pk)) if is_round else bases.offered(one.pk)
    items = [item.name for item in PaySchemes().items_of(max(months.values(), default=now))]
    number, name, amount, month, reason = (words[0] for words in HEADINGS.values())
    columns = [(number, 14), (name, 12), ("党支部", 30), ("原基数", 12), (amount, 12)]
    columns += [(item, 12) for item in items] + [(month, 12), (reason, 40)]
    rows = [
        (
            one.staff_number, one.name, str(one.organization), getattr(bases.latest(one.pk), "amount", None),
            None, *[None] * len(items), str(months[one.pk]), "",
        )
        for one in people
    ]  # fmt: skip
    book = Book()
    book.sheet("党费基数", "党费基数导入表", columns, rows, note=NOTE)
    return book.bytes()
