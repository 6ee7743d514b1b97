"""The columns of the sheet of bases, as offices head them; the items of pay bring further ones."""

from core.workbooks import plain_heading

HEADINGS = {
    "staff_number": ("学工号", "工号", "学号", "职工号", "学工号/工号/学号"),
    "name": ("姓名", "党员姓名"),
    "amount": ("基数", "党费计算基数（元）", "党费计算基数", "党费基数", "基数（元）", "新基数"),
    "from_month": ("起始月份", "起始年月", "执行月份", "从哪个月起"),
    "reason": ("依据", "核定依据", "变动原因"),
}
# of our own lists and templates, and of others: read by nobody, and nothing is said of them
SILENT = {
    plain_heading(word)
    for word in ("序号", "党支部", "所在党支部", "类别", "岗位", "原基数", "登记人", "登记时间", "备注", "下一个基数")
}
RESERVED = {word for words in HEADINGS.values() for word in words} | SILENT
PREFIX = "item:"


def headings_with(items) -> dict[str, tuple[str, ...]]:
    """The headings with those of the items of pay (names), each a field of its own."""
    return HEADINGS | {f"{PREFIX}{name}": (name, f"{name}（元）") for name in items}
