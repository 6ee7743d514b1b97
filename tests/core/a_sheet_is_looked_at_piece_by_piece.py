"""A part of a workbook is unpacked a piece at a time: what lies across the edge of two pieces is seen too."""

import zipfile

import pytest
from openpyxl import Workbook

from core import sheets

ROWS = 40


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 1 << 20])
def test_a_failed_formula_is_found_wherever_the_pieces_end(tmp_path, monkeypatch, size):
    book, path = Workbook(), tmp_path / "people.xlsx"
    for number in range(1, ROWS + 1):
        book.active.append(["#N/A" if number % 2 else "江映雪", number])
    book.save(path)
    monkeypatch.setattr(sheets, "_CHUNK", size)

    assert sheets.look(path) == {(number, 1): "#N/A" for number in range(1, ROWS + 1, 2)}


@pytest.mark.parametrize("trap", [b"<!DOCTYPE r []>", b'<!ENTITY e "x">'])
def test_a_trap_is_found_wherever_the_pieces_end(tmp_path, monkeypatch, trap):
    part = b"<worksheet>" + b" " * 30 + trap + b" " * 30 + b"</worksheet>"
    with zipfile.ZipFile(tmp_path / "trap.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", part)
    for size in range(1, 40):
        monkeypatch.setattr(sheets, "_CHUNK", size)
        with pytest.raises(sheets.Refused, match="夹带着表格以外的内容"):
            sheets.look(tmp_path / "trap.xlsx")
