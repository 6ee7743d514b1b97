"""The faulty rows as a workbook: corrected, the same file is sent again, and all of it is imported at once."""

from collections import defaultdict

from core.workbooks import Book, Fault, Sheet

REASON = ("原因", 48)


def faulty_book(sheet: Sheet, faults: list[Fault]) -> bytes:
    """The sheet as it was sent, its faulty rows first, each with what is wrong in it.

    The other rows follow: an import is all or nothing, so whoever corrects the first rows sends back all of them.
    """
    reasons = defaultdict(list)
    for fault in faults:
        reasons[fault.row].append(f"{fault.column}：{fault.message}" if fault.column else fault.message)
    numbers = sorted(sheet.cells, key=lambda number: (number not in reasons, number))
    width = max((len(cells) for cells in sheet.cells.values()), default=0)
    headings = [*sheet.headings, *[""] * (width - len(sheet.headings))]
    places = [place for place, word in enumerate(headings) if word != REASON[0]]
    book = Book()
    rows = (["；".join(reasons.get(number, ())), *_cells(sheet.cells[number], places)] for number in numbers)
    book.sheet(
        "差错行在前", f"有差错的 {sum(number in reasons for number in numbers)} 行在最前面",
        [REASON, *((headings[place], 16) for place in places)], rows,
        note="按“原因”一列逐行改好，存盘后把整张表再上传一次；后面没有写原因的行不用改，会一起导入。",
    )  # fmt: skip
    return book.bytes()


def _cells(cells, places):
    return [cells[place] if place < len(cells) else "" for place in places]
