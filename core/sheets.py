"""The child process that reads a workbook: it may swell, hang or crash, and nothing of the site goes down with it.

``python core/sheets.py FILE MOST_ROWS`` writes a line of JSON for each row that is not empty, ``[number, cells]``, and
at last ``{"end": true}``, or ``{"refused": sentence}``. It runs under limits of memory and time that the kernel keeps,
and looks before it leaps: what an index or a far cell promises to unpack is refused before the reader makes room for
it. Nothing of the project is imported, so that it starts in a tenth of a second and little memory.
"""

import datetime
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from contextlib import closing

from python_calamine import CalamineError, CalamineWorkbook

LARGEST_BYTES = 50 * 1024 * 1024  # of a workbook, unpacked
LARGEST_CELLS = 4_000_000  # of a sheet, up to its last row and column
LARGEST_TEXT = 32_767  # of a cell: Excel holds no more
LARGEST_ANSWER = 40 * 1024 * 1024
MOST_PARTS = 2000  # of the archive: a plain workbook has a dozen
MEMORY = 180 * 1024 * 1024
SECONDS = 30

BROKEN = "打不开这个文件，它可能没有传完，或者已经损坏。请用 Excel 打开后另存为 .xlsx 再试"
FOREIGN = "打不开这个文件，请确认它是 Excel 工作簿（.xlsx 或 .xls）"
LOCKED = "打不开这个文件，它设了打开密码。请用 Excel 打开，去掉密码后另存再试"
MACROS = "这个文件里有宏，不能导入。请用 Excel 打开后另存为“Excel 工作簿（.xlsx）”再试"
SWELLS = "这个文件解开后太大，装的不只是一张表。请只留需要的表，另存后再试"
FAR = "表的最后一格离表头太远，中间都是空的。请删去表外的行和列，另存后再试"
TRICKS = "这个文件里夹带着表格以外的内容，不能导入。请把内容复制到新的工作簿再试"
SLOW = "这个文件读得太久，已经停下。请只留需要的行和列，另存后再试"

_PLACE = re.compile(rb"""r\s*=\s*["']([A-Za-z]{0,3})([0-9]+)["']""")
# a cell that holds an error: its place, the formula that failed (of any length), and which error it is
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*\st\s*=\s*["']e["'])[^>]*\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]+)["'][^>]*>\s*"""
    rb"""(?:<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*)?(?:<(?:\w+:)?v\b[^>]*>([^<]*)</)?"""
)
_MAY_ERR = re.compile(rb"""t\s*=\s*["']e["']""")
_CHUNK, _SEAM = 1 << 20, 50_000  # a failed formula has 8,192 letters at most, each up to six in XML
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
SOME_ERROR = "#VALUE!"  # of a cell that says that it holds one, and not which


class Refused(Exception):
    """The file is not read. ``str()`` is a Chinese sentence for the user."""


def look(path) -> dict[tuple[int, int], str]:
    """Refuse what swells, hides a trap or is no workbook; gives the cells that hold an error of Excel's (#N/A)."""
    with open(path, "rb") as file:
        head = file.read(8)
        if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            content = head + file.read()
            if "EncryptedPackage".encode("utf-16-le") in content:
                raise Refused(LOCKED)
            if "_VBA_PROJECT".encode("utf-16-le") in content:
                raise Refused(MACROS)
            return _errors_of_old(content)
    if not head.startswith(b"PK"):
        raise Refused(FOREIGN)
    try:
        with zipfile.ZipFile(path) as archive:
            return _look_into(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refused(BROKEN) from error


def _look_into(archive) -> dict[tuple[int, int], str]:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_BYTES:
        raise Refused(SWELLS)
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(FOREIGN)
    if any("vbaproject" in name for name in names):
        raise Refused(MACROS)
    first, errors = _first_sheet(archive), {}
    for part in parts:
        found = _look_at(archive, part)
        if part.filename == first:
            errors = found
    return errors


def _look_at(archive, part) -> dict[tuple[int, int], str]:
    """One part, a piece at a time: an index may lie about its size, so no more is unpacked than it says."""
    rows, widest, is_sheet, errors = 0, 1, False, {}
    seam = b""
    left = part.file_size + 1
    with archive.open(part) as file:
        while left > 0 and (piece := file.read(min(_CHUNK, left))):
            left -= len(piece)
            piece = seam + piece
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise Refused(TRICKS)
            is_sheet = is_sheet or b"sheetData" in piece
            if places := _PLACE.findall(piece):
                columns, numbers = zip(*places, strict=True)
                rows = max(rows, *map(int, numbers))
                widest = max(widest, *map(_column, set(columns)))
            for letters, row, value in _ERROR.findall(piece) if _MAY_ERR.search(piece) else ():
                errors[int(row), _column(letters)] = value.decode(errors="replace") or SOME_ERROR
            if is_sheet and rows * widest > LARGEST_CELLS:
                raise Refused(FAR)
            seam = piece[-_SEAM:]
    return errors


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _first_sheet(archive) -> str:
    """The part that holds the first sheet, as the workbook's own index names it."""
    book, links = (
        archive.read(name).decode(errors="replace") if name in archive.namelist() else ""
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    sheet = re.search(r"<sheet\b[^>]*\sr:id\s*=\s*[\"']([^\"']+)", book)
    number = re.escape(sheet.group(1)) if sheet else "-"
    for tag in re.findall(r"<Relationship\b[^>]*>", links):
        if re.search(rf"\sId\s*=\s*[\"']{number}[\"']", tag):
            target = re.search(r"\sTarget\s*=\s*[\"']/?(?:xl/)?([^\"']+)", tag)
            return f"xl/{target.group(1)}" if target else ""
    return ""


def _errors_of_old(content) -> dict[tuple[int, int], str]:
    """The cells of an .xls that hold an error of Excel's, which the reader gives as blank.

    [MS-CFB] for the file, [MS-XLS] for the records; a file whose parts contradict each other is refused.
    """
    try:
        stream = _book_of_old(content)
        return _errors_in(stream, _first_sheet_of_old(stream)) if stream else {}
    except (struct.error, IndexError) as error:
        raise Refused(BROKEN) from error


def _book_of_old(content) -> bytes:
    """The stream that holds the workbook; empty where there is none, which the reader then refuses."""
    size, small = (1 << power for power in struct.unpack_from("<HH", content, 30))
    (folder,), (cutoff, small_start) = struct.unpack_from("<I", content, 48), struct.unpack_from("<II", content, 56)
    (more, _), tables = struct.unpack_from("<II", content, 68), list(struct.unpack_from("<109I", content, 76))
    while more < _LAST and len(tables) * size < len(content):  # where the list of tables goes on
        *further, more = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        tables += further
    sectors = [content[(one + 1) * size : (one + 2) * size] for one in tables if one < _LAST]
    fat = [number for sector in sectors for (number,) in struct.iter_unpack("<I", sector)]

    def chain(start, table, width, source, offset):
        parts, left = [], len(table)
        while start < _LAST and left:
            parts.append(source[(start + offset) * width : (start + offset + 1) * width])
            start, left = table[start], left - 1
        return b"".join(parts)

    entries = chain(folder, fat, size, content, 1)
    root = struct.unpack_from("<I", entries, 116)[0]
    for place in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, place + 64)[0]
        name = entries[place : place + max(length - 2, 0)].decode("utf-16-le", errors="replace").lower()
        if name in ("workbook", "book"):
            start, bytes_ = struct.unpack_from("<II", entries, place + 116)
            if bytes_ >= cutoff:
                return chain(start, fat, size, content, 1)[:bytes_]
            small_fat = [one for (one,) in struct.iter_unpack("<I", chain(small_start, fat, size, content, 1))]
            return chain(start, small_fat, small, chain(root, fat, size, content, 1), 0)[:bytes_]
    return b""


_LAST = 0xFFFFFFFA  # numbers from here on end a chain
_BEGIN, _END, _SHEET, _ENCRYPTED, _FORMULA, _VALUE_OR_ERROR = 0x0809, 0x000A, 0x0085, 0x002F, 0x0006, 0x0205


def _records(stream, place):
    """``(kind, place of its content, length)`` from a place to the end of what begins there."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, place + 4, length
        depth += (kind == _BEGIN) - (kind == _END)  # a drawing's chart is a part within the part
        if depth <= 0 and kind == _END:
            return
        place += 4 + length


def _first_sheet_of_old(stream) -> int:
    """Where the first sheet begins."""
    for kind, place, _ in _records(stream, 0):
        if kind == _ENCRYPTED:
            raise Refused(LOCKED)
        if kind == _SHEET:
            return struct.unpack_from("<I", stream, place)[0]
    return len(stream)


def _errors_in(stream, start) -> dict[tuple[int, int], str]:
    errors = {}
    for kind, place, _ in _records(stream, start):
        code = None
        if kind == _VALUE_OR_ERROR:
            value, is_error = struct.unpack_from("<BB", stream, place + 6)
            code = value if is_error else None
        elif kind == _FORMULA and stream[place + 12 : place + 14] == b"\xff\xff" and stream[place + 6] == 2:
            code = stream[place + 8]
        if code is not None:
            row, column = struct.unpack_from("<HH", stream, place)
            errors[row + 1, column + 1] = ERRORS.get(code, SOME_ERROR)
    return errors


def rows_of(path, errors):
    """``(number, cells)`` of every row of the first sheet that is not empty; rows count from 1, as Excel shows them."""
    with closing(CalamineWorkbook.from_path(path)) as book:
        sheet = book.get_sheet_by_index(0)
        before = sheet.start[1] if sheet.start else 0
        at: dict[int, list[tuple[int, str]]] = {}
        for (row, column), value in errors.items():
            at.setdefault(row, []).append((column - 1 - before, value))
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            for place, value in at.get(number, ()):
                if 0 <= place < len(cells):
                    cells[place] = value
            while cells and (cells[-1] == "" or (isinstance(cells[-1], str) and not cells[-1].strip())):
                cells.pop()
            if cells:
                yield number, [_plain(cell) for cell in cells]


def _plain(cell):
    """A cell as JSON holds it; days, moments and times carry what they are."""
    if isinstance(cell, str):
        return cell[:LARGEST_TEXT]
    if isinstance(cell, datetime.datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, datetime.date):
        return {"day": cell.isoformat()}
    if isinstance(cell, datetime.time):
        return {"time": cell.isoformat()}
    if isinstance(cell, datetime.timedelta):
        return {"span": cell.total_seconds()}
    return cell


def main(path: str, most_rows: int) -> None:
    _limit(resource.RLIMIT_DATA, MEMORY)
    _limit(resource.RLIMIT_CPU, SECONDS)
    out, written = sys.stdout, 0
    try:
        for count, row in enumerate(rows_of(path, look(path)), start=1):
            if count > most_rows:
                raise Refused(f"这张表超过 {most_rows} 行，一次读不了这么多。请分成几张表，逐张导入")
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            written += len(line)
            if written > LARGEST_ANSWER:
                raise Refused(SWELLS)
            out.write(line + "\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": str(refusal)}) + "\n")
    except MemoryError:
        out.write(json.dumps({"refused": SWELLS}) + "\n")
    except (CalamineError, OSError, IndexError, ValueError):
        out.write(json.dumps({"refused": FOREIGN}) + "\n")
    else:
        out.write('{"end": true}\n')


def _limit(kind, most):
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(sys.argv[1], int(sys.argv[2]))
