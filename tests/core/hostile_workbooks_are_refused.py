"""Small files that swell, and files that are not what they are called: refused in Chinese, in ≤ 5 s and ≤ 200 MB.

Each is read as the site reads it, by a process of its own, whose memory and time are taken down when it ends. The
control reads the same files without the guard: there the memory goes beyond the promise, or the process dies of it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core import sheets
from core.workbooks import Book, SheetError, read_sheet
from tests.core.hostile_workbooks import HARMLESS, HOSTILE, good_parts, lone_cell, packed

pytestmark = pytest.mark.own_database
HEADINGS = {"code": ("组织编码",), "name": ("名称",)}
MEGABYTE, MOST_MEMORY, MOST_SECONDS = 1024 * 1024, 200, 5
GOOD = {"code": "0201001", "name": "一支部"}

# A process of little memory starts the reader and takes down what it used: a child's figure begins with its parent's.
MEASURE = """
import json, os, sys, time
reader, *paths = sys.argv[1:]
for path in paths:
    out = os.open(path + ".out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    begun = time.monotonic()
    actions = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
    command = [sys.executable, "-I", reader, path, "20000"]
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    print(json.dumps([used.ru_maxrss // 1024, round(time.monotonic() - begun, 2), os.waitstatus_to_exitcode(status)]))
"""


def measured(paths, reader=sheets.__file__):
    """``[(megabytes, seconds, exit code)]`` of reading each of these files in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, str(reader), *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def written(folder, files):
    paths = {name: folder / f"{number}.xlsx" for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_bytes(files[name])
    return paths


def test_each_is_read_or_refused_in_little_memory_and_at_once(tmp_path):
    paths = written(tmp_path, HOSTILE | HARMLESS)
    used = dict(zip(paths, measured(paths.values()), strict=True))
    assert len(used) > 25
    assert {name: one for name, one in used.items() if one[0] > MOST_MEMORY or one[1] > MOST_SECONDS} == {}


@pytest.mark.parametrize("case", HOSTILE)
def test_the_refusal_is_a_chinese_sentence_that_says_what_to_do(tmp_path, case):
    path = tmp_path / "in.xlsx"
    path.write_bytes(HOSTILE[case])
    with pytest.raises(SheetError) as refusal:
        read_sheet(path, HEADINGS, ["code", "name"], most_rows=20_000)
    sentence = str(refusal.value)
    assert set(re.findall(r"[A-Za-z]+", sentence)) <= {"Excel", "xlsx", "xls"}
    assert re.search(r"[一-鿿]{4}", sentence)
    assert str(tmp_path) not in sentence


@pytest.mark.parametrize("case", HARMLESS)
def test_what_only_looks_dangerous_is_read(tmp_path, case):
    path = tmp_path / "in.xlsx"
    path.write_bytes(HARMLESS[case])
    sheet = read_sheet(path, HEADINGS, ["code", "name"])
    assert (sheet.faults, sheet.rows[0]) == ([], (2, GOOD))


def test_each_is_small_enough_to_be_uploaded():
    assert {name: len(content) for name, content in HOSTILE.items() if len(content) > 5 * MEGABYTE} == {}


UNGUARDED = f"""
import sys
sys.path.insert(0, {str(Path(sheets.__file__).parent.parent)!r})
from core import sheets
sheets.look = lambda path: {{}}
sheets.MEMORY = 2 << 30
sheets.main(sys.argv[1], 20000)
"""


def test_control_without_guard_and_limit_the_promise_is_broken(tmp_path):
    reader = tmp_path / "unguarded.py"
    reader.write_text(UNGUARDED)
    names = ["a cell in the last corner", "one text in many cells"]
    paths = written(tmp_path, {"good": packed(good_parts())} | {name: HOSTILE[name] for name in names})
    good, *bad = measured(paths.values(), reader)
    assert good[0] < MOST_MEMORY and good[2] == 0
    assert [one[2] != 0 or one[0] > MOST_MEMORY for one in bad] == [True, True], bad


def test_control_the_limit_alone_holds_the_memory_down(tmp_path):
    """What the guard does not know yet is still ended by the kernel, and the page says so."""
    reader = tmp_path / "unguarded.py"
    reader.write_text(UNGUARDED.replace("sheets.MEMORY = 2 << 30\n", ""))
    paths = written(tmp_path, {"far": HOSTILE["a cell in the last corner"]})
    [(megabytes, _, code)] = measured(paths.values(), reader)
    assert megabytes <= MOST_MEMORY
    assert code != 0 or b"refused" in Path(f"{paths['far']}.out").read_bytes()


def test_a_reader_that_is_killed_or_hangs_is_a_refusal(tmp_path, monkeypatch):
    path = tmp_path / "in.xlsx"
    path.write_bytes(packed(good_parts()))
    ends = tmp_path / "ends.py"
    monkeypatch.setattr("core.workbooks._READER", ends)
    for source, sentence in [
        ("import os; os.abort()", sheets.SWELLS),
        ("raise SystemExit(3)", sheets.FOREIGN),
        ("import time; time.sleep(60)", sheets.SLOW),
    ]:
        ends.write_text(source)
        monkeypatch.setattr("core.sheets.SECONDS", 1)
        with pytest.raises(SheetError, match=re.escape(sentence)):
            read_sheet(path, HEADINGS, ["code", "name"])


@pytest.mark.parametrize("place", ["Z20000", "A1048576", "XFD200"])
def test_a_long_or_wide_sheet_is_no_attack(tmp_path, place):
    path = tmp_path / "in.xlsx"
    path.write_bytes(lone_cell(place))
    sheet = read_sheet(path, HEADINGS, ["code", "name"])
    assert (sheet.faults, sheet.rows[0]) == ([], (2, GOOD))


@pytest.mark.parametrize(("most", "count"), [(4, 3), (3, 3)])
def test_more_rows_than_are_allowed_are_refused(tmp_path, most, count):
    book = Book()
    book.sheet("表", "标题", [("组织编码", 10), ("名称", 10)], ([f"{n}", "支部"] for n in range(count)))
    path = tmp_path / "in.xlsx"
    path.write_bytes(book.bytes())
    if most > count:
        with pytest.raises(SheetError, match="超过 4 行"):
            read_sheet(path, HEADINGS, ["code", "name"], most_rows=most)
    assert len(read_sheet(path, HEADINGS, ["code", "name"], most_rows=count + 2).rows) == count


def test_our_own_books_are_read_back(tmp_path):
    book, lines = Book(), ([f"{number:07d}", "支部"] for number in range(3000))
    book.sheet("表", "全校党组织", [("组织编码", 10), ("名称", 10)], lines, note="注")
    path = tmp_path / "out.xlsx"
    path.write_bytes(book.bytes())
    sheet = read_sheet(path, HEADINGS, ["code", "name"])
    assert (len(sheet.rows), sheet.faults) == (3000, [])
    assert sheet.rows[-1] == (3003, {"code": "0002999", "name": "支部"})


def test_an_error_of_excels_is_not_read_as_nothing(tmp_path):
    parts = good_parts()
    name = "xl/worksheets/sheet1.xml"
    cells = b'<c r="A3" t="e"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c><c r="B3" t="e"><v>#REF!</v></c>'
    parts[name] = parts[name].replace(b"</sheetData>", b'<row r="3">' + cells + b"</row></sheetData>")
    path = tmp_path / "in.xlsx"
    path.write_bytes(packed(parts))
    assert read_sheet(path, HEADINGS, ["code", "name"]).rows[1] == (3, {"code": "#N/A", "name": "#REF!"})


def test_the_bounds_are_those_that_are_promised():
    assert (sheets.LARGEST_BYTES, sheets.LARGEST_CELLS, sheets.SECONDS) == (50 * MEGABYTE, 4_000_000, 30)
