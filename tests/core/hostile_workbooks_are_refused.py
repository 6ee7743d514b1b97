"""Small files that swell, and files that are not what they are called: refused in Chinese, at once, in little memory.

The control reads the same file without the guard, in a process of its own with an upper bound: it dies.
"""

import io
import re
import subprocess
import sys
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from core import workbooks
from core.workbooks import Book, SheetError, read_rows

HEADINGS = {"code": ("组织编码",), "name": ("名称",)}
SHEET, END = "xl/worksheets/sheet1.xml", "</sheetData>"


def good_parts():
    book, file = Workbook(), io.BytesIO()
    for row in (["组织编码", "名称"], ["0201001", "一支部"]):
        book.active.append(row)
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_rows(xml):
    """A good workbook with more XML behind its last row."""
    parts = good_parts()
    parts[SHEET] = parts[SHEET].decode().replace(END, xml + END).encode()
    return packed(parts)


def lone_cell(place, quote='"'):
    row = re.sub("[A-Z]", "", place)
    return with_rows(f"<row r={quote}{row}{quote}><c r={quote}{place}{quote}><v>1</v></c></row>")


def many_strings():
    text = f"<si><t>{'y' * 1000}</t></si>" * 60_000
    return packed(good_parts() | {"xl/sharedStrings.xml": f"<sst>{text}</sst>"})


def many_parts():
    return packed(good_parts() | {f"xl/media/{number}.xml": b"\0" * 600_000 for number in range(100)})


def damaged():
    """Whole to look at, but one byte of the packed sheet is another."""
    content = bytearray(packed(good_parts()))
    content[content.index(SHEET.encode()) + len(SHEET) + 20] ^= 0xFF
    return bytes(content)


def lying():
    """The index says that the sheet is small; what is packed is not."""
    content = with_rows(f"<row r='3'><c r='A3' t='inlineStr'><is><t>{'x' * 60_000_000}</t></is></c></row>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    return content.replace(size.to_bytes(4, "little"), (5000).to_bytes(4, "little"))


HOSTILE = {
    "a cell in the last corner": lone_cell("XFD1048576"),
    "the same in other quotes": lone_cell("XFD1048576", "'"),
    "a cell in the last row of a wide sheet": lone_cell("Z1048576"),
    "a row without places of cells": with_rows('<row r="9000000"><c><v>1</v></c></row>'),
    "one long text": with_rows(f'<row r="3"><c r="A3" t="inlineStr"><is><t>{"x" * 60_000_000}</t></is></c></row>'),
    "many shared texts": many_strings(),
    "many parts": many_parts(),
    "an index that lies": lying(),
    "a damaged part": damaged(),
    "a truncated file": packed(good_parts())[:-200],
    "half a file": packed(good_parts())[:1500],
    "a page under another name": "<html><body><table><tr><td>组织编码</td></tr></table></body></html>".encode(),
    "a text under another name": "组织编码,名称\n0201001,一支部\n".encode(),
    "a picture under another name": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "a zip that is no workbook": packed({"readme.txt": b"x"}),
    "an encrypted workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
    "nothing": b"",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused_in_chinese_and_in_little_memory(tmp_path, case):
    path = tmp_path / "in.xlsx"
    path.write_bytes(HOSTILE[case])
    tracemalloc.start()
    try:
        with pytest.raises(SheetError) as refusal:
            read_rows(path, HEADINGS, ["code", "name"])
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    sentence = str(refusal.value).removesuffix(f"：{path}")
    assert re.findall(r"[A-Za-z]+", sentence) in ([], ["Excel", "xlsx", "xls"])
    assert re.search(r"[一-鿿]{4}", sentence)
    assert most < 60 * 1024 * 1024


def test_these_files_are_small():
    assert {name: len(content) for name, content in HOSTILE.items() if len(content) > 300_000} == {}


READ = """
import resource, sys
from python_calamine import CalamineWorkbook
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
with CalamineWorkbook.from_path(sys.argv[1]) as book:
    print(len(book.get_sheet_by_index(0).to_python()))
"""


def test_control_without_the_guard_the_reader_takes_the_process_down(tmp_path):
    paths = {name: tmp_path / f"{name}.xlsx" for name in ("good", "far")}
    paths["good"].write_bytes(packed(good_parts()))
    paths["far"].write_bytes(HOSTILE["a cell in the last corner"])
    read = [sys.executable, "-c", READ]
    run = {name: subprocess.run([*read, path], capture_output=True) for name, path in paths.items()}
    assert (run["good"].returncode, run["good"].stdout) == (0, b"2\n")
    assert run["far"].returncode != 0 and b"Traceback" not in run["far"].stderr  # no exception that one could catch


@pytest.mark.parametrize("place", ["Z20000", "A1048576", "XFD200"])
def test_a_long_or_wide_sheet_is_no_attack(tmp_path, place):
    path = tmp_path / "in.xlsx"
    path.write_bytes(lone_cell(place))
    rows, faults = read_rows(path, HEADINGS, ["code", "name"])
    assert faults == []
    assert rows[0] == (2, {"code": "0201001", "name": "一支部"})


def test_our_own_books_are_read_back(tmp_path):
    book, lines = Book(), ([f"{number:07d}", "支部"] for number in range(3000))
    book.sheet("表", "全校党组织", [("组织编码", 10), ("名称", 10)], lines, note="注")
    path = tmp_path / "out.xlsx"
    path.write_bytes(book.bytes())
    rows, faults = read_rows(path, HEADINGS, ["code", "name"])
    assert (len(rows), faults, rows[-1]) == (3000, [], (3003, {"code": "0002999", "name": "支部"}))


@pytest.mark.parametrize("code", [0, 1, 8, 11, 12, 14, 31])
def test_a_control_character_breaks_no_export(code):
    book = Book()
    book.sheet("表", f"标{chr(code)}题", [("一", 10)], [[f"前{chr(code)}后"], ["两\n行"]], note=f"注{chr(code)}")
    sheet = load_workbook(io.BytesIO(book.bytes())).active
    assert [sheet[f"A{row}"].value for row in (1, 2, 4, 5)] == ["标题", "注", "前后", "两\n行"]


def test_the_bounds_are_those_that_are_promised():
    assert (workbooks.LARGEST_BYTES, workbooks.LARGEST_CELLS) == (50 * 1024 * 1024, 5_000_000)
