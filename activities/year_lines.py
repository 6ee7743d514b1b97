"""What of the four kinds of education, of service, of own designs and of the meetings a branch's year has so far."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Value

from activities.kinds import EducationForm, EducationKind, ItemKind, ServiceKind
from activities.models import DayItem, PlanItem
from core import clock
from core.contributions import Duty, Scope, registry
from core.periods import Month

PLANNED = "PLANNED"
TOOK_PLACE = (DayItem.Outcome.DONE, DayItem.Outcome.CHANGED)


@dataclass(frozen=True)
class Cell:
    """How one month stands with one thing; ``word`` is empty where there is nothing of it."""

    month: Month
    style: str = ""
    word: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One thing through the year: twelve cells, and how much of it there was so far."""

    name: str
    note: str
    cells: list[Cell]
    total: str
    is_lacking: bool = False


@dataclass(frozen=True)
class Lines:
    """The parts of the table, and how many of the four kinds of education there were; ``own`` is None without any."""

    education: list[Line]
    service: Line
    own: Line | None
    meetings: list[Line]

    @property
    def all(self) -> list[Line]:
        return [*self.education, self.service, *([self.own] if self.own else []), *self.meetings]

    @property
    def covered(self) -> int:
        return sum(not line.is_lacking for line in self.education)

    @property
    def lacking(self) -> str:
        """The kinds of education that there were none of."""
        return "、".join(line.name for line in self.education if line.is_lacking)


def lines_of(scope: Scope, rows) -> Lines:
    """``rows`` are the year's months with plan and day; meetings are asked of whoever keeps them."""
    items = _items(rows)
    education = [_education(rows, kind, label, items) for kind, label in EducationKind.choices]
    return Lines(education, _service(rows, items), _own_design(rows, items), _meetings(scope))


@dataclass(frozen=True)
class Happening:
    """One item of education, service or own design, as it went or as it is planned."""

    kind: str
    subtype: str
    form: str
    own_kind: str
    outcome: str
    minutes: int

    @property
    def took_place(self) -> bool:
        return self.outcome in TOOK_PLACE


def _items(rows) -> dict[Month, list[Happening]]:
    """The items of days that were held, and of filed plans whose day is to come, in one query."""
    held = {row.day.pk: row.month for row in rows if row.day and row.day.happened}
    coming = {
        row.plan.pk: row.month
        for row in rows
        if row.plan and not row.plan.is_open and not row.plan.cancels and row.month not in held.values()
        and not (row.day and row.day.status == "NOT_HELD")
    }  # fmt: skip
    kinds = {"kind__in": [ItemKind.EDUCATION, ItemKind.SERVICE, ItemKind.OWN_DESIGN]}
    done = DayItem.objects.filter(day__in=list(held), **kinds).order_by()
    planned = PlanItem.objects.filter(plan__in=list(coming), **kinds).order_by()
    found = defaultdict(list)
    said = ("kind", "subtype", "form", "own_kind", "outcome", "minutes")
    for pk, *values in done.values_list("day", *said).union(
        planned.annotate(outcome=Value(PLANNED)).values_list("plan", *said), all=True
    ):
        one = Happening(*values)
        found[(coming if one.outcome == PLANNED else held)[pk]].append(one)
    return found


def _education(rows, kind, label, items) -> Line:
    cells, done = [], []
    for row in rows:
        mine = [one for one in items[row.month] if (one.kind, one.subtype) == (ItemKind.EDUCATION, kind)]
        done += [one for one in mine if one.took_place]
        cells.append(_cell(row, mine, "已开展"))
    note = _times([one.form for one in done if one.form], EducationForm.choices)
    return Line(label, note, cells, f"{len(done)} 次", is_lacking=not done)


def _times(values, choices) -> str:
    """How often each value was there, in words and in the order of the choices."""
    return "、".join(f"{word} {values.count(value)} 次" for value, word in choices if value in values)


def _own_design(rows, items) -> Line | None:
    """What the branch has designed itself, by its own names."""
    cells, done = [], []
    for row in rows:
        mine = [one for one in items[row.month] if one.kind == ItemKind.OWN_DESIGN]
        done += [one for one in mine if one.took_place]
        cells.append(_cell(row, mine, "已开展"))
    if not any(cell.word for cell in cells):
        return None
    used = [one.own_kind for one in done if one.own_kind]
    note = _times(used, [(name, name) for name in sorted(set(used))])
    return Line("自主设计", note, cells, f"{len(done)} 次")


def _service(rows, items) -> Line:
    cells, all_done = [], []
    for row in rows:
        mine = [one for one in items[row.month] if one.kind == ItemKind.SERVICE]
        done = [one for one in mine if one.took_place]
        all_done += done
        cells.append(_cell(row, mine, f"{len(done)} 次"))
    note = _times([one.subtype for one in all_done], ServiceKind.choices)
    return Line("为民服务", note, cells, f"{len(all_done)} 次，{sum(one.minutes for one in all_done)} 分钟")


def _cell(row, mine, word) -> Cell:
    """What took place comes before what still waits for its record, and both before what did not take place."""
    outcomes = {one.outcome for one in mine}
    if any(one.took_place for one in mine):
        return Cell(row.month, "done", word, "已开展", row.day.get_absolute_url())
    if PLANNED in outcomes:
        return Cell(row.month, "none", "计划", "已列入计划", row.plan.get_absolute_url())
    if "" in outcomes:
        return Cell(row.month, "wait", "待记录", "活动日已开展，还没有写明完成情况", row.day.get_absolute_url())
    return (
        Cell(row.month, "late", "未进行", "计划了，当天没有进行", row.day.get_absolute_url())
        if mine
        else Cell(row.month)
    )


def _meetings(scope: Scope) -> list[Line]:
    """Each type of meeting: how many were held of how many are owed, when it was done, else when its period ends."""
    by_type: dict[str, dict[Month, list[Duty]]] = defaultdict(lambda: defaultdict(list))
    for duty in registry.duties_in(scope, {"meeting"}):
        by_type[duty.what][Month.of(duty.done_on) if duty.done_on else duty.month].append(duty)
    return [_meeting(name, by_month, scope.months) for name, by_month in by_type.items()]


def _meeting(name, by_month, months) -> Line:
    cells, held, owed = [], 0, 0
    for month in months:
        duties = by_month.get(month, [])
        asked = [duty for duty in duties if duty.is_owed]
        was = sum(duty.times[0] for duty in asked)
        held += was
        owed += sum(duty.times[1] if _is_due(duty) else duty.times[0] for duty in asked)
        cells.append(_meeting_cell(month, duties, asked, was))
    return Line(name, "", cells, f"{held}／{owed} 次" if owed else "不要求", is_lacking=held < owed)


def _is_due(duty) -> bool:
    return duty.done_on is not None or duty.due_on < clock.today()


def _meeting_cell(month, duties, asked, was) -> Cell:
    if not asked:
        return Cell(month, "off", "不要求", duties[0].not_owed) if duties else Cell(month)
    first = next((duty for duty in asked if not duty.done_on), asked[0])
    if not was and month > Month.current().quarter.last_month:
        return Cell(month)
    style = "done" if first.done_on else "late" if first.due_on < clock.today() else "wait"
    word = f"{was}／{sum(duty.times[1] for duty in asked)}"
    return Cell(month, style, word, first.detail or first.title, first.url)
