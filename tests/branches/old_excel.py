"""A writer of .xls, as small as the format allows: one sheet of BIFF8 in a compound file. For tests alone.

[MS-XLS] for the records, [MS-CFB] for the file around them. Days are numbers under a cell format that says so.
"""

import datetime
import struct

SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
DAY_FORMAT = 14  # m/d/y, built in
GENERAL, DAY = 0, 1  # the two cell formats below


class Failed:
    """A cell that holds an error by its code, alone or as what a formula came to."""

    def __init__(self, code, *, by_formula=False):
        self.code, self.by_formula = code, by_formula

    def record(self, row, column):
        place = struct.pack("<HHH", row, column, GENERAL)
        if self.by_formula:  # "1/0" in the tokens that Excel keeps
            tokens = b"\x1e\x01\x00\x1e\x00\x00\x06"
            result = bytes([2, 0, self.code, 0, 0, 0, 0xFF, 0xFF])
            return _record(0x0006, place + result + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)
        return _record(0x0205, place + bytes([self.code, 1]))


def write_xls(path, lines):
    """Write rows of text, numbers, days, errors and None; gives the path."""
    path.write_bytes(_compound(_workbook(lines)))
    return path


def _record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind):
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _text(text, size="<H"):
    return struct.pack(size, len(text)) + b"\x01" + text.encode("utf-16-le")


def _workbook(lines):
    font = _record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _text("Arial", "<B"))
    formats = b"".join(_record(0x00E0, struct.pack("<HHH", 0, number, 0) + bytes(14)) for number in (0, DAY_FORMAT))
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", 0)) + font
    name = _text("Sheet1", "<B")
    place = len(head + formats) + 4 + 6 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IBB", place, 0, 0) + name)
    return head + formats + bound + _record(0x000A) + _sheet(lines)


def _sheet(lines):
    width = max(map(len, lines))
    cells = [
        _cell(row, column, value)
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
        if value is not None
    ]
    dimensions = _record(0x0200, struct.pack("<IIHHH", 0, len(lines), 0, width, 0))
    return _begin(0x0010) + dimensions + b"".join(cells) + _record(0x000A)


def _cell(row, column, value):
    if isinstance(value, datetime.date):
        days = (value - datetime.date(1899, 12, 30)).days
        return _record(0x0203, struct.pack("<HHHd", row, column, DAY, days))
    if isinstance(value, Failed):
        return value.record(row, column)
    if isinstance(value, int | float):
        return _record(0x0203, struct.pack("<HHHd", row, column, GENERAL, value))
    return _record(0x0204, struct.pack("<HHH", row, column, GENERAL) + _text(str(value)))


def _compound(stream):
    """The stream, never small enough for the format's store of small ones, as "Workbook" in a file of sectors."""
    stream = stream.ljust(max(len(stream), 4096), b"\0")
    count = -(-len(stream) // SECTOR)
    fat = [FAT_SECTOR, END, *range(3, count + 2), END]
    entries = SECTOR // 4
    assert len(fat) <= entries, "one sector of the table is enough for these tests"
    table = struct.pack(f"<{entries}I", *fat, *[FREE] * (entries - len(fat)))
    folder = _entry("Root Entry", 5, child=1, start=END) + _entry("Workbook", 2, start=2, size=len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0, 0)
    head += struct.pack("<108I", *[FREE] * 108)
    return head + table + folder.ljust(SECTOR, b"\0") + stream.ljust(count * SECTOR, b"\0")


def _entry(name, kind, *, start, child=FREE, size=0):
    named = (name + "\0").encode("utf-16-le")
    links = struct.pack("<BBIII", kind, 1, FREE, FREE, child)
    return named.ljust(64, b"\0") + struct.pack("<H", len(named)) + links + bytes(36) + struct.pack("<IQ", start, size)
