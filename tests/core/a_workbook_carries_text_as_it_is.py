"""Out: nobody's text becomes a formula, numbers stay numbers. In: what is no workbook is refused in Chinese."""

import datetime
import io
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from core.workbooks import Book, SheetError, read_sheet

PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "=HYPERLINK(\"http://x\",\"y\")",
    "'=1+1", "＝1+1", "%0A=1+1", "1;=1+1", "=IMPORTXML(A1)", "DDE(\"cmd\")",
]  # fmt: skip
HEADINGS = {"code": ("组织编码", "编码"), "name": ("名称",), "since": ("成立日期",)}


def sheet_of(rows):
    book = Book()
    book.sheet("表", "标题", [("一", 10), ("二", 10)], rows)
    return load_workbook(io.BytesIO(book.bytes())).active


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_formula(payload):
    cell = sheet_of([[payload, None]])["A3"]
    assert (cell.value, cell.data_type) == (payload, "s")


def test_a_heading_and_a_note_are_text_too():
    book = Book()
    book.sheet("表", "=1+1", [("=2+2", 10)], [], note="=3+3")
    sheet = load_workbook(io.BytesIO(book.bytes())).active
    assert [(sheet[f"A{row}"].value, sheet[f"A{row}"].data_type) for row in (1, 2, 3)] == [
        ("=1+1", "s"), ("=3+3", "s"), ("=2+2", "s"),
    ]  # fmt: skip


def test_numbers_days_and_moments_keep_their_kind():
    moment = datetime.datetime.fromisoformat("2026-11-23T02:00:00+00:00")
    sheet = sheet_of([[Decimal("141.22"), 3], [datetime.date(2026, 11, 23), moment]])
    assert [cell.value for cell in sheet[3]] == [141.22, 3]
    # ten in the morning in China: Excel knows no zones
    assert [str(cell.value) for cell in sheet[4]] == ["2026-11-23 00:00:00", "2026-11-23 10:00:00"]


def test_a_text_wider_than_its_column_is_broken_and_a_sum_is_not_filtered():
    sheet = sheet_of([["文学院第一党支部", "short"]])

    assert [cell.alignment.wrap_text for cell in sheet[3]] == [True, None]
    assert (sheet.print_title_rows, sheet.auto_filter.ref) == ("$2:$2", None)


def test_columns_stand_under_a_common_head():
    book = Book()
    book.sheet("表", "标题", [("编码", 10), ("得分", 5, "到会"), ("分母", 5, "到会")], [["1", 2, 3]], filtered=True)
    sheet = load_workbook(io.BytesIO(book.bytes())).active

    assert [[cell.value for cell in row] for row in sheet["A2:C4"]] == [
        [None, "到会", None], ["编码", "得分", "分母"], ["1", 2, 3],
    ]  # fmt: skip
    assert [str(one) for one in sheet.merged_cells.ranges] == ["B2:C2"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A4", "A3:C4")


def written(tmp_path, rows):
    book, path = Workbook(), tmp_path / "in.xlsx"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_headings_are_found_in_any_order_and_below_a_title(tmp_path):
    path = written(
        tmp_path, [["全校党组织"], ["名称", "备注", " 编码　"], ["一支部", "", "0201001"], [], ["二支部", "", 7]]
    )
    sheet = read_sheet(path, HEADINGS, ["code", "name"])
    assert sheet.faults == []
    assert sheet.rows == [(3, {"name": "一支部", "code": "0201001"}), (5, {"name": "二支部", "code": 7.0})]


def test_missing_and_doubled_headings_are_named(tmp_path):
    path = written(tmp_path, [["组织编码", "编码", "成立日期"], ["1", "2", "3"]])
    faults = read_sheet(path, HEADINGS, ["code", "name"]).faults
    assert [str(fault) for fault in faults] == [
        "表头“名称”：缺这一列", "表头“组织编码”：有 2 列都是这一项，请只留一列",
    ]  # fmt: skip


def test_a_sheet_without_our_headings_says_what_is_wanted(tmp_path):
    sheet = read_sheet(written(tmp_path, [["甲", "乙"], [1, 2]]), HEADINGS, ["code", "name"])
    assert sheet.rows == []
    assert [str(fault) for fault in sheet.faults] == ["表头：没有找到表头。前五行里应有一行写着：组织编码、名称"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken", "组织编码,名称".encode()])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetError, match="打不开这个文件"):
        read_sheet(path, HEADINGS, ["code"])
