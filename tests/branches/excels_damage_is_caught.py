"""Forty dirty cells, each read rightly or refused with words: no cell is guessed at.

The table is the promise: column, what the cell holds, and what it is read as, or the sentence that refuses it.
"""

import datetime
import re
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from branches.imports import people
from branches.models import Person
from tests.branches.old_excel import Failed, write_xls
from tests.branches.sheets import GOOD_PERSON, HEADINGS, PEOPLE, counts, person_row, run, write_sheet
from tests.builders import World

AS_TEXT = "请把这一列设为文本后重新填写"
FAILED = "是 Excel 算错后留下的，请改成实际内容，没有就空着"
ANOTHER_DAY = "请写成 2016-07-01 这样"
DAY = datetime.date(2006, 7, 1)
JOINED, BASE = "加入党组织日期", "党费计算基数(元)"


class Refused(str):
    """The sentence beside the cell."""


CELLS = [
    # numbers that Excel made figures of
    ("学工号", 200001.0, "200001"),
    ("学工号", " 200001　", "200001"),
    ("学工号", "\ufeff200001", "200001"),
    ("学工号", "0012345", "0012345"),
    ("学工号", 410105199001011000, Refused(f"按数字存的编号只留得住 15 位，{AS_TEXT}")),
    ("学工号", "4.10105E+17", Refused(f"“4.10105E+17”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}")),
    ("学工号", datetime.date(2016, 1, 23), Refused(f"“2016-01-23”不是编号，{AS_TEXT}")),
    ("学工号", 20001.5, Refused(f"“20001.5”不是编号，{AS_TEXT}")),
    ("学工号", True, Refused(f"“True”不是编号，{AS_TEXT}")),
    ("学工号", "#N/A", Refused(f"“#N/A”{FAILED}")),
    ("学工号", "   ", Refused("没有填")),
    ("联系电话", 13800000001.0, "13800000001"),
    ("联系电话", "138 0000 0001", "138 0000 0001"),
    ("联系电话", "1.38E+10", Refused(f"“1.38E+10”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}")),
    ("联系电话", 1380000000.0, Refused("“1380000000”不是电话号码，请写 11 位手机号，或者带区号的固定电话")),
    ("联系电话", "#REF!", Refused(f"“#REF!”{FAILED}")),
    ("联系电话", "139****0001", None),
    # names that were aligned, broken, or stand in another column
    ("姓名", "田　宏", "田宏"),
    ("姓名", "田\u00a0宏", "田宏"),
    ("姓名", "田宏\n李静", Refused("这一格里有两行字，一行只能写一个人")),
    ("姓名", 13800000001, Refused("“13800000001”不是姓名，请核对是不是填错了列")),
    ("姓名", "#NAME?", Refused(f"“#NAME?”{FAILED}")),
    # days in every form, and what only looks like one
    (JOINED, datetime.datetime.combine(DAY, datetime.time()), DAY),
    (JOINED, datetime.datetime.combine(DAY, datetime.time(0, 0, 1)), DAY),
    (JOINED, "2006.7.1", DAY),
    (JOINED, 20060701.0, DAY),
    (JOINED, "2006年7月", DAY),
    (JOINED, "2006.07", DAY),
    (JOINED, 2006.1, Refused("按数字存的 2006.1 分不清是 1 月还是 10 月，请写成 2006-10-01 这样")),
    (JOINED, 38899.0, Refused(f"“38899”不是日期，{ANOTHER_DAY}")),
    (JOINED, "01/07/2006", Refused(f"“01/07/2006”不是日期，{ANOTHER_DAY}")),
    (JOINED, "06-7-1", Refused(f"“06-7-1”不是日期，{ANOTHER_DAY}")),
    (JOINED, "########", Refused(f"“########”{FAILED}")),
    (JOINED, datetime.date(1900, 1, 1), Refused("1900-01-01 早于出生日期 1985-05-20")),
    (JOINED, datetime.time(7, 1), Refused(f"“07:01:00”不是日期，{ANOTHER_DAY}")),
    # amounts, words, marks
    (BASE, "9,640.00", Decimal("9640.00")),
    (BASE, 9640.1, Decimal("9640.10")),
    (BASE, 0.1 + 0.2, Decimal("0.30")),
    (BASE, "9640元", Refused("党费计算基数应是金额，如 9640.00，不能是“9640元”。")),
    (BASE, 9640.125, Refused("党费计算基数最多两位小数，不能是“9640.125”。")),
    (BASE, "#DIV/0!", Refused(f"“#DIV/0!”{FAILED}")),
    ("是否为流动党员", True, Refused("“True”请写“是”或“否”")),
    ("是否为流动党员", 1.0, True),
    ("性别", " 女 ", "FEMALE"),
    ("性别", "0", Refused("“0”不是性别，应为：男、女")),
    ("所在党支部", 201001.0, Refused("没有“201001”这个党支部")),
    ("民族", "#VALUE!", Refused(f"“#VALUE!”{FAILED}")),
]
FIELDS = {"学工号": "staff_number", "联系电话": "phone", "姓名": "name", JOINED: "joined_on", "性别": "gender",
          "是否为流动党员": "is_floating"}  # fmt: skip


def test_there_are_forty_of_them():
    assert len(CELLS) >= 40


@pytest.mark.parametrize("column, cell, read", CELLS, ids=[f"{one[0]} {one[1]!r:.24}" for one in CELLS])
def test_a_dirty_cell_is_read_rightly_or_refused(world: World, tmp_path, column, cell, read):
    plan = people.read(write_sheet(tmp_path / "党员.xlsx", HEADINGS, [person_row(**{column: cell})]))

    if isinstance(read, Refused):
        assert [(fault.row, fault.column, fault.message) for fault in plan.faults] == [(2, column, read)]
        assert (plan.new, plan.changed) == ([], [])
    else:
        assert plan.faults == []
        [line] = plan.new
        assert (line.extras if column == BASE else line.values).get(FIELDS.get(column, BASE)) == read


# every heading of the national sheet and of universities' own, one sheet for each way to write them
NATIONAL = {
    "序号": 1, "姓名": "田　宏", "公民身份证号": "410105199001011234", "性别": "女", "民族": "汉族",
    "出生日期": "19850520", "学历": "大学", "人员类别": "正式党员", "所在党支部(全称)": "中共测试学院文学院第一党支部",
    "加入党组织日期": "2006.07.01", "转为正式党员日期": "2007年7月1日", "工作岗位": "在岗职工",
    "联系电话(手机号)": "13800000001", "党籍状态": "正常", "是否为流动党员": "否", "是否为失联党员": "否",
    "党内职务": "支部委员", "月应缴纳党费(元)": "144.60", "党费缴至年月": "2026.10", "学工号": "200001",
}  # fmt: skip
UNIVERSITY = {
    "学号": "200001", "姓名": "田宏", "党籍状态": "正式党员", "党支部编码": "0201001", "入党时间": "2006-07-01",
    "转正时间": "2007-07-01", "工作岗位": "在岗职工", "手机号": "13800000001",
}  # fmt: skip
STAFF = {"工号" if name == "学号" else name: value for name, value in UNIVERSITY.items()}


@pytest.mark.parametrize("line", [NATIONAL, UNIVERSITY, STAFF], ids=["national", "students", "staff"])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_every_heading_of_the_usual_sheets_is_understood(world, tmp_path, line, kind):
    path = tmp_path / f"党员.{kind}"
    if kind == "xls":
        write_xls(path, [["党员信息采集表"], list(line), list(line.values())])
    else:
        write_sheet(path, list(line), [list(line.values())], title="党员信息采集表")

    assert run(PEOPLE, path) == (counts(new=1), [], 0)
    made = Person.objects.get(staff_number="200001")
    assert (made.name, made.standing, made.organization, made.category) == ("田宏", "FULL", world.first, "STAFF")
    assert (made.joined_on, made.confirmed_on) == (DAY, datetime.date(2007, 7, 1))
    assert (made.phone, made.identity_sealed) == ("13800000001", "")
    assert made.dues_bases.count() == 0


def test_what_is_known_and_not_read_is_said_once(world, tmp_path):
    path = write_sheet(tmp_path / "党员.xlsx", [*NATIONAL, "备注"], [[*NATIONAL.values(), "x"]] * 1)

    plan = people.read(path)

    assert [str(warning) for warning in plan.warnings] == [
        "表头“公民身份证号”：本系统没有开启身份证号保存，这一列没有读入",
        "表头“月应缴纳党费(元)”：这一列没有读入：应缴多少由系统按党费计算基数和标准算",
        "表头“党费缴至年月”：这一列没有读入：交到哪个月以系统里的党费收缴记录为准",
        "表头：名册里没有这些列，没有读入：备注",
    ]


def test_an_identity_number_is_checked_and_sealed_where_the_site_keeps_them(world, tmp_path, settings):
    from branches import identity

    settings.IDENTITY_KEYS = [identity.new_key()]
    headings = [*HEADINGS, "公民身份证号"]
    good, bad = "11010519491231002X", "110105194912310021"

    def sheet(number):
        return write_sheet(tmp_path / "党员.xlsx", headings, [[*person_row(), number]])

    refused = run(PEOPLE, sheet(bad))[1]
    assert refused == [(2, "公民身份证号", "公民身份证号的校验位不对，请对照证件核对每一位")]
    assert "被 Excel 改坏了" in run(PEOPLE, sheet(110105194912310000))[1][0][2]
    assert run(PEOPLE, sheet(good)) == (counts(new=1), [], 0)
    assert identity.unseal(Person.objects.get(staff_number="200001").identity_sealed) == good
    assert run(PEOPLE, sheet(good)) == (counts(unchanged=1), [], 0)
    assert run(PEOPLE, sheet(identity.masked(good))) == (counts(unchanged=1), [], 0)
    plan = people.read(write_sheet(tmp_path / "党员.xlsx", headings, [[*person_row(学工号="200002"), good]]))
    assert [one.why.split("同名，")[1] for one in plan.alike] == ["出生日期、联系电话、身份证号也相同"]


OLD_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


@pytest.mark.parametrize("by_formula", [False, True], ids=["alone", "by a formula"])
@pytest.mark.parametrize("column", ["学工号", "联系电话", "民族", JOINED, "所在党支部", BASE])
def test_an_error_in_an_old_sheet_is_refused_and_never_read_as_blank(world, tmp_path, column, by_formula):
    lines = [
        GOOD_PERSON | {"学工号": f"2000{code:02}", column: Failed(code, by_formula=by_formula)} for code in OLD_ERRORS
    ]
    path = write_xls(tmp_path / "党员.xls", [list(GOOD_PERSON), *(list(line.values()) for line in lines)])

    plan = people.read(path)

    assert [(fault.row, fault.column, fault.message) for fault in plan.faults] == [
        (row, column, f"“{word}”{FAILED}") for row, word in enumerate(OLD_ERRORS.values(), start=2)
    ]
    assert plan.new == []


def test_an_old_sheet_of_many_sectors_is_searched_to_its_end(world, tmp_path):
    """A hundred rows fill many sectors of the file; the last cell of all is the one that failed."""
    lines = [GOOD_PERSON | {"学工号": f"3{number:05}"} for number in range(100)]
    lines.append(GOOD_PERSON | {"学工号": "399999", "民族": Failed(0x2A)})
    path = write_xls(tmp_path / "党员.xls", [list(GOOD_PERSON), *(list(line.values()) for line in lines)])
    assert [(fault.row, fault.column) for fault in people.read(path).faults] == [(102, "民族")]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="F2" t="e"><f>' + b"VLOOKUP(A1,B:C,2)&amp;" * 400 + b"</f><v>#N/A</v></c>",
        b'<c r="F2" t="e"><f t="shared" si="0"/><v>#N/A</v></c>', b'<c t="e" s="1" r="F2"/>', b'<c r="F2" t="e"></c>',
    ],
    ids=["a long formula", "a shared formula", "closed at once", "empty"],
)  # fmt: skip
def test_an_error_is_found_however_its_cell_is_written(world, tmp_path, cell):
    path = write_sheet(tmp_path / "党员.xlsx", HEADINGS, [person_row(民族="汉族")])
    assert HEADINGS[5] == "民族"
    replace_cell(path, b"F2", cell)
    word = "#N/A" if b"#N/A" in cell else "#VALUE!"
    assert [(one.row, one.column, one.message) for one in people.read(path).faults] == [
        (2, "民族", f"“{word}”{FAILED}")
    ]


def replace_cell(path, place, cell):
    """Write another cell into the sheet of a workbook, as another program would have written it."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name], count = re.subn(rb'<c r="' + place + rb'"[^>]*>.*?</c>', lambda _: cell, parts[name])
    assert count == 1
    with zipfile.ZipFile(path, "w") as book:
        for one, content in parts.items():
            book.writestr(one, content)


def test_the_days_of_an_old_sheet_are_days(world, tmp_path):
    line = GOOD_PERSON | {"学工号": 200001, JOINED: DAY, "联系电话": 13800000001, BASE: 9640.5}
    path = write_xls(tmp_path / "党员.xls", [list(line), list(line.values())])

    [read] = people.read(path).new
    assert (read.values["staff_number"], read.values["joined_on"], read.values["phone"]) == (
        "200001",
        DAY,
        "13800000001",
    )
    assert read.extras == {BASE: Decimal("9640.50")}


def test_a_failed_formula_of_another_sheet_is_nobodys_here(world: World, tmp_path):
    """Only the first sheet is read: #N/A on the second, in the place of a name, is none of this one."""
    path = write_sheet(tmp_path / "两张.xlsx", list(GOOD_PERSON), [person_row()])
    book = load_workbook(path)
    second = book.create_sheet("核对")
    for row in (1, 2):
        for column in range(1, len(GOOD_PERSON) + 1):
            second.cell(row, column, "#N/A")
    book.save(path)

    plan = people.read(path)

    assert ([str(fault) for fault in plan.faults], plan.counts["new"]) == ([], 1)
