"""The files themselves: each is small, and none of them is what it seems."""

import io
import itertools
import re
import zipfile

from openpyxl import Workbook

SHEET, END = "xl/worksheets/sheet1.xml", "</sheetData>"
STRINGS = "xl/sharedStrings.xml"
SHARED = '<c t="s"><v>0</v></c>'
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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


def with_sheet(change):
    parts = good_parts()
    parts[SHEET] = change(parts[SHEET].decode()).encode()
    return packed(parts)


def lone_cell(place, quote='"'):
    row = re.sub("[A-Za-z]", "", place)
    return with_rows(f"<row r={quote}{row}{quote}><c r={quote}{place}{quote}><v>1</v></c></row>")


def row_bomb():
    """Nearly as many rows as Excel has, each with a cell: as many as an upload can hold."""
    return with_rows(
        "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(3, 1_000_000))
    )


def with_shared(strings, rows):
    """A good workbook with shared texts, and rows that name them."""
    parts = good_parts()
    parts[SHEET] = parts[SHEET].decode().replace(END, rows + END).encode()
    return packed(parts | {STRINGS: f'<?xml version="1.0"?>{strings}'.encode()})


def many_strings():
    text = f"<si><t>{'y' * 1000}</t></si>" * 60_000
    return packed(good_parts() | {STRINGS: f"<sst>{text}</sst>"})


def one_text_in_many_cells():
    """One shared text of 30,000 letters, named by 200,000 cells: 6 GB when every cell gets its own."""
    rows = "".join(f'<row r="{number}">{SHARED * 20}</row>' for number in range(3, 10_003))
    return with_shared(f"<sst><si><t>{'长' * 30_000}</t></si></sst>", rows)


def many_parts():
    return packed(good_parts() | {f"xl/media/{number}.xml": b"\0" * 600_000 for number in range(100)})


def damaged():
    """Whole to look at, but one byte of the packed sheet is another."""
    content = bytearray(packed(good_parts()))
    content[content.index(SHEET.encode()) + len(SHEET) + 20] ^= 0xFF
    return bytes(content)


def lying_index():
    """The index says that the sheet is small; what is packed is not."""
    content = with_rows(f"<row r='3'><c r='A3' t='inlineStr'><is><t>{'x' * 60_000_000}</t></is></c></row>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    return content.replace(size.to_bytes(4, "little"), (5000).to_bytes(4, "little"))


def billion_laughs():
    names = "abcdefghij"
    entities = '<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names)
    )
    return with_shared(f"<!DOCTYPE sst [{entities}]><sst><si><t>&j;</t></si></sst>", f'<row r="3">{SHARED}</row>')


def outside_entity():
    entity = '<!ENTITY x SYSTEM "file:///etc/hostname">'
    return with_shared(f"<!DOCTYPE sst [{entity}]><sst><si><t>&x;</t></si></sst>", f'<row r="3">{SHARED}</row>')


def encrypted():
    return OLD_EXCEL + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def old_garbage():
    return OLD_EXCEL + bytes(range(256)) * 40


HOSTILE = {
    "a row bomb": row_bomb(),
    "many shared texts": many_strings(),
    "one text in many cells": one_text_in_many_cells(),
    "one long text": with_rows(f'<row r="3"><c r="A3" t="inlineStr"><is><t>{"x" * 60_000_000}</t></is></c></row>'),
    "a zip bomb": packed(good_parts() | {"xl/media/image1.png": bytes(200_000_000)}),
    "many parts": many_parts(),
    "10,000 entries": packed(good_parts() | {f"xl/media/{number}.xml": b"<a/>" for number in range(10_000)}),
    "an index that lies": lying_index(),
    "a cell in the last corner": lone_cell("XFD1048576"),
    "the same in other quotes": lone_cell("XFD1048576", "'"),
    "the same in small letters": lone_cell("xfd1048576"),
    "a cell in the last row of a wide sheet": lone_cell("Z1048576"),
    "a row without places of cells": with_rows('<row r="9000000"><c><v>1</v></c></row>'),
    "billion laughs": billion_laughs(),
    "an entity from outside": outside_entity(),
    "a macro": packed(good_parts() | {"xl/vbaProject.bin": OLD_EXCEL + bytes(600)}),
    "a macro of old Excel": OLD_EXCEL + bytes(600) + "_VBA_PROJECT_CUR".encode("utf-16-le") + bytes(600),
    "encrypted": encrypted(),
    "damaged": damaged(),
    "truncated": packed(good_parts())[:-200],
    "half a file": packed(good_parts())[:1500],
    "a page under another name": "<html><body><table><tr><td>组织编码</td></tr></table></body></html>".encode(),
    "a document under another name": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "a text under another name": "组织编码,名称\n0201001,一支部\n".encode(),
    "a picture under another name": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "a zip that is no workbook": packed({"readme.txt": b"x"}),
    "another spreadsheet": packed(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    ),
    "an .xls of rubbish": old_garbage(),
    "nothing": b"",
}
HARMLESS = {
    "a lying dimension": with_sheet(
        lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml)
    ),
    "a missing dimension": with_sheet(lambda xml: re.sub(r"<dimension[^>]*/>", "", xml)),
}
