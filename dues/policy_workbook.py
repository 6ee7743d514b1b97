"""The workbook of a trial: the same sums and the same rows as the page shows, in the same order."""

from core.workbooks import Book
from dues.trial import ONLY, Trial

PART_COLUMNS = [
    ("组织编码", 14), ("党组织", 30), ("人数", 8), ("现在（元）", 14), ("新标准（元）", 14), ("相差（元）", 14),
    ("有变化人数", 12), ("不能计收人数", 14), ("超过提示上限人数", 16),
]  # fmt: skip
MEMBER_COLUMNS = [
    ("学工号", 14), ("姓名", 12), ("党支部", 26), ("所属", 22), ("类别", 14), ("基数（元）", 14), ("现在标准", 10),
    ("现在应缴（元）", 14), ("新标准", 10), ("新应缴（元）", 14), ("相差（元）", 12),
]  # fmt: skip


def trial_book(trial: Trial, note: str) -> Book:
    """The parts with their sum, and the members of the list."""
    book, heading = Book(), f"{trial.month.label}起的党费标准试算"
    parts = [(one.code, one.short_name, *_figures(tally)) for one, tally in trial.parts]
    name = trial.place.short_name if trial.place else "合计"
    book.sheet("汇总", heading, PART_COLUMNS, [*parts, ("", name, *_figures(trial.total))], note="金额单位：元／月")
    members = [
        (one.number, one.name, one.branch, one.above, one.category, one.base, one.old.rate, one.old.amount,
         one.new.rate, one.new.amount, one.difference)
        for one in trial.list.rows
    ]  # fmt: skip
    book.sheet("逐人", f"{heading}：{ONLY[trial.only]}", MEMBER_COLUMNS, members, note=note, filtered=True)
    return book


def _figures(tally):
    counts = tally.counts
    return tally.members, tally.old, tally.new, tally.difference, tally.changed, counts["uncharged"], counts["over"]
