"""The empty sheets to fill in: headings, choices in the cells, and a second sheet that says what to write where."""

import io

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from branches.models import Organization, SheetImport
from core.workbooks import HEAD_FILL, WRAPPED

ROWS = 5000  # that offer their choices; more may be written
YES = ["是", "否"]
BRANCHES = "党支部"  # the column whose choices are the branches of the register
STANDINGS, CATEGORIES = ["正式党员", "预备党员", "发展对象", "入党积极分子"], ["在岗职工", "离退休人员", "学生", "其他"]
KINDS = ["党委", "党总支", "党支部", "直属党支部"]
DAY = "日期，写成 2016-07-01；只知道月份写 2016-07"
# heading, width, choices, whether it must be filled in, what to write
ColumnSpec = tuple[str, int, "list[str] | str", bool, str]
PEOPLE: list[ColumnSpec] = [
    ("学工号", 14, [], True, "工号或学号，全校唯一，按它找人。设为文本，前面的 0 不会丢"),
    ("姓名", 12, [], True, "两个字的名字中间不用加空格"),
    ("所在党支部", 34, BRANCHES, True, "全称、简称或组织编码，从下拉里选"),
    ("人员类别", 14, STANDINGS, True, "从下拉里选"),
    ("工作岗位", 14, CATEGORIES, True, "从下拉里选；党费标准按它定"),
    ("性别", 8, ["男", "女"], False, "从下拉里选"),
    ("民族", 10, [], False, "如 汉族"),
    ("出生日期", 14, [], False, DAY),
    ("学历", 12, [], False, "如 大学、研究生"),
    ("加入党组织日期", 16, [], False, DAY),
    ("转为正式党员日期", 18, [], False, DAY),
    ("联系电话", 16, [], False, "11 位手机号，或带区号的固定电话；两个号码用顿号隔开"),
    ("党籍状态", 12, [], False, "如 正常"),
    ("是否为流动党员", 16, YES, False, "是 或 否"),
    ("是否为失联党员", 16, YES, False, "是 或 否"),
    ("是否为党员领导干部", 18, YES, False, "是 或 否"),
    ("党内职务", 24, [], False, "如 支部书记、组织委员；在别处的写明党组织，如 文学院党总支书记。几个职务用顿号隔开"),
    ("党小组", 16, [], False, "只有党小组长填：所带党小组在系统里的名称"),
    ("党费计算基数(元)", 16, [], False, "每月的元数，如 9640.00；学生等按定额交纳的不填"),
]  # fmt: skip
ORGANIZATIONS: list[ColumnSpec] = [
    ("组织编码", 16, [], True, "全校唯一，按它找党组织。设为文本，前面的 0 不会丢"),
    ("党组织全称", 44, [], True, "如 中共某某大学某某学院教工第一支部委员会"),
    ("简称", 24, [], False, "平时的叫法，在页面上显示；不填就用全称"),
    ("组织类别", 14, KINDS, True, "从下拉里选；直接归党委管的支部选“直属党支部”"),
    ("上级组织编码", 16, [], True, "上级党组织的编码；校党委空着"),
    ("成立日期", 14, [], False, DAY),
    ("本届届满日期", 16, [], False, DAY),
]
CALENDAR: list[ColumnSpec] = [
    ("日期", 14, [], True, "一行一天，写成 2026-10-01"),
    ("类型", 10, ["休息", "上班"], True, "从下拉里选；平常的周一至周五、周六周日不用写"),
    ("名称", 28, [], False, "为什么休息或上班，如 校庆放假、调休上班"),
]
COLUMNS = {
    SheetImport.Kind.PEOPLE: PEOPLE,
    SheetImport.Kind.ORGANIZATIONS: ORGANIZATIONS,
    SheetImport.Kind.CALENDAR: CALENDAR,
}
EXAMPLES = {
    SheetImport.Kind.PEOPLE: [
        "20160123", "张三", "文学院第一党支部", "正式党员", "在岗职工", "女", "汉族", "1985-05-20", "大学",
        "2006-07-01", "2007-07-01", "13800000001", "正常", "否", "否", "否", "支部书记", "", "9640.00",
    ],
    SheetImport.Kind.ORGANIZATIONS: [
        "0201001", "中共某某大学文学院教工第一支部委员会", "文学院第一党支部", "党支部", "0201", "2020-09-01",
        "2026-12-31",
    ],
    SheetImport.Kind.CALENDAR: ["2026-10-01", "休息", "国庆节"],
}  # fmt: skip


def template_book(kind) -> bytes:
    """The workbook: the sheet to fill in first, what to write where second, the names of branches hidden."""
    columns = COLUMNS[kind]
    book = Workbook()
    sheet = book.active
    sheet.title, sheet.freeze_panes = kind.label, "A2"
    names = _write_names(book) if kind == SheetImport.Kind.PEOPLE else ""
    for place, (heading, width, choices, _, _) in enumerate(columns, start=1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD_FILL, WRAPPED
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].number_format = "@"  # text: Excel leaves numbers and days as they are typed
        formula = names if choices == BRANCHES else f'"{",".join(choices)}"'
        if choices and formula:
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS + 1}")
    _write_notes(book, columns, EXAMPLES[kind])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_notes(book, columns, example):
    sheet = book.create_sheet("填写说明", 1)
    lines = [("列", "必填", "怎么填", "例子")]
    lines += [
        (heading, "必填" if needed else "", says, said)
        for (heading, _, _, needed, says), said in zip(columns, example, strict=True)
    ]
    for line in lines:
        sheet.append(line)
    for letter, width in zip("ABCD", (20, 8, 70, 40), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    for said in ("列的先后可以变，不用的列可以删去。", "一行写错，整张表都不会写入；页面上会列出所有差错。"):
        sheet.append(("", "", said))


def _write_names(book) -> str:
    """The names of all branches on a hidden sheet; gives the formula that a list of choices points to."""
    rows = Organization.objects.branches().open().order_by("code").values_list("short_name", "name")
    names = [short for short, _ in rows]
    words = [short if names.count(short) == 1 else name for short, name in rows]
    if not words:
        return ""
    sheet = book.create_sheet(BRANCHES)
    sheet.sheet_state = "hidden"
    for number, word in enumerate(words, start=1):
        cell = sheet.cell(number, 1, ILLEGAL_CHARACTERS_RE.sub("", word))
        cell.data_type = "s"  # a name is never a formula
    return f"'{BRANCHES}'!$A$1:$A${len(words)}"
