"""The sheet of the calendar: 日期, 类型 (休息 or 上班), 名称, as our own export of a year writes it."""

import datetime
from dataclasses import dataclass

from branches import rules
from branches.actions.calendar import wait_for_other_writers, write_sheet_of_days
from branches.imports.cells import read_choice, read_date, read_word, refuse_error
from branches.imports.parts import parts
from branches.imports.plan import Change, Faulty, Plan
from branches.models import CalendarDay
from core.periods import WEEKDAYS
from core.workbooks import Sheet, plain_heading, read_sheet, text

HEADINGS = {
    "day": ("日期", "放假日期"),
    "is_workday": ("类型", "休息或上班", "安排"),
    "name": ("名称", "节假日", "节日名称", "事由"),
}
REQUIRED = ("day", "is_workday")
SILENT = {"序号", "原因", "备注", "星期", "来源"}
WORDS = {True: "上班", False: "休息"}
KINDS = {"休息": "休息", "放假": "休息", "上班": "上班", "工作日": "上班"}
YEARS = range(1950, 2151)


def _read_day(cell) -> datetime.date:
    day = read_date(cell)
    if day is None:
        raise ValueError("没有填")
    if day.year not in YEARS:
        raise ValueError(f"{day} 年份不对")
    return day


def _read_kind(cell) -> bool:
    word = _choose(cell)
    if word is None:
        raise ValueError("没有填，应为：休息、上班")
    return word == WORDS[True]


_choose = read_choice(KINDS, "类型")
READERS = {"day": _read_day, "is_workday": _read_kind, "name": read_word(40)}


@dataclass
class Line:
    """One row of the sheet, read: what it says of a day, of which ``existing`` is what the calendar says now."""

    row: int
    day: datetime.date
    is_workday: bool
    name: str
    existing: CalendarDay | None = None

    @property
    def meant(self) -> list:
        """What the row says, for the plan's digest."""
        return [self.day, self.is_workday, self.name]


def open_sheet(path, **limits) -> Sheet:
    """Read the file, in a process of its own. Raises SheetError."""
    return read_sheet(path, HEADINGS, REQUIRED, **limits)


def compare(sheet: Sheet, *, by=None, blanks=False, progress=lambda share: None) -> Plan:
    """Compare a sheet with the calendar. A blank name keeps the one of a day that goes on being free, or worked."""
    plan = Plan(sheet=sheet, faults=list(sheet.faults))
    if by is not None and not (verdict := rules.can_keep_calendar(by)):
        plan.fault(0, "", verdict.why.rstrip("。"))
    if plan.faults:
        return plan
    lines = [line for number, cells in sheet.rows if (line := _line(plan, number, cells))]
    _check_doubles(plan, lines)
    said = {
        row.day: row
        for part in parts({line.day for line in lines})
        for row in CalendarDay.objects.filter(day__in=part)
    }  # fmt: skip
    for line in lines:
        line.existing = said.get(line.day)
        _compare(plan, line)
    plan.drop({fault.row for fault in plan.faults})
    if others := [word for word in sheet.unknown if plain_heading(word) not in SILENT]:
        plan.warn(0, "", f"工作日历没有这些列，没有读入：{'、'.join(others)}")
    return plan


def _line(plan, number, cells) -> Line | None:
    values = {}
    for name, read in READERS.items():
        try:
            refuse_error(cells.get(name))
            values[name] = read(cells.get(name))
        except ValueError as error:
            plan.fault(number, HEADINGS[name][0], str(error))
    return Line(number, **values) if len(values) == len(READERS) else None


def _check_doubles(plan, lines):
    seen: dict[datetime.date, int] = {}
    for line in lines:
        if line.day in seen:
            plan.fault(line.row, HEADINGS["day"][0], f"{line.day} 与第 {seen[line.day]} 行重复")
        seen.setdefault(line.day, line.row)


def _compare(plan, line):
    now = line.existing
    if now is None:
        plan.new.append(line)
        return
    if not line.name and line.is_workday == now.is_workday:
        line.name = now.name
    changes = [
        Change(name, getattr(now, name), getattr(line, name))
        for name in ("is_workday", "name")
        if getattr(now, name) != getattr(line, name)
    ]
    if changes:
        plan.changed.append((line, changes))
    else:
        plan.unchanged.append(line)


def lock(sheet) -> None:
    """Make whoever else writes the calendar wait, before it is compared."""
    wait_for_other_writers()


def apply(plan: Plan, *, by) -> None:
    """Write what ``compare`` found. Raises Faulty, with nothing written, when the plan has faults."""
    if plan.faults:
        raise Faulty
    lines = [*plan.new, *(line for line, _ in plan.changed)]
    write_sheet_of_days({line.day: (line.is_workday, line.name) for line in lines}, by=by)


def key_of(line) -> str:
    return f"周{WEEKDAYS[line.day.weekday()]}"


def title_of(line) -> str:
    return str(line.day)


def facts_of(line) -> list[tuple[str, str]]:
    """What a new row brings, heading by heading, as far as it says anything."""
    found = [(HEADINGS["is_workday"][0], WORDS[line.is_workday]), (HEADINGS["name"][0], line.name)]
    return [(heading, said) for heading, said in found if said]


def words_of(line, change: Change) -> tuple[str, str, str]:
    """A change as heading, before, after."""
    both = (change.before, change.after)
    before, after = (WORDS[one] for one in both) if change.field == "is_workday" else both
    return HEADINGS[change.field][0], before, after


def named(cells) -> tuple[str, str]:
    """Which day a row is about as it stands in the sheet, readable or not."""
    day = cells.get("day")
    return "", str(day.date() if isinstance(day, datetime.datetime) else text(day))
