"""A branch officer's first page and the year behind its figures: what I owe and what is done, all from duties."""

from dataclasses import dataclass

from django.urls import reverse

from activities import year_duties
from activities.models import Policy
from branches.models import Organization
from core import clock
from core.contributions import Duty, registry
from core.periods import Month
from supervision.workbench.notices import notices_of
from supervision.workbench.waiting import waiting_for

STEPS = (("plan", "计划"), ("day", "活动日"), ("dues", "党费"), ("meeting", "三会一课"), ("record", "记录"))
SOON = 7
PREPARED = 31  # so many days before its last day a plan is begun


@dataclass(frozen=True)
class Line:
    """A duty as the list shows it: how many days are left, and the chip's style."""

    duty: Duty
    left: int

    @property
    def style(self) -> str:
        return "late" if self.left < 0 else "due" if self.left <= SOON else "wait"

    @property
    def word(self) -> str:
        return f"逾期 {-self.left} 天" if self.left < 0 else "今天截止" if self.left == 0 else f"还剩 {self.left} 天"


def branch_workbench(user, seat) -> dict:
    """A branch officer's page: open duties (overdue first), the month's five steps, coming days, notices."""
    today, month = clock.today(), Month.current()
    branches = Organization.objects.visible_to(user).filter(pk=seat.organization_id)
    year = list(Month(month.year, 1).until(month))
    duties = registry.duties_of(branches, sorted({*(month - 3).until(month.next), *year}))
    lines = open_lines(duties, today)
    waiting = waiting_for(user)
    return {
        "lines": lines,
        "waiting": waiting,
        "to_do": len(lines) + len(waiting),
        "late": sum(line.left < 0 for line in lines),
        "steps": month_steps(duties, month),
        "month": month,
        "coming": [line for line in lines if line.left >= 0][:5],
        "year": _year_so_far([duty for duty in duties if duty.month in year], today),
        "today": today,
    } | notices_of(user)


def open_lines(duties, today) -> list[Line]:
    """What is to be done now, overdue first."""
    lines = (Line(duty, (duty.due_on - today).days) for duty in duties if duty.is_open and _concerns(duty, today))
    return sorted(lines, key=lambda line: (line.duty.due_on, line.duty.kind))


def _concerns(duty, today):
    """What can still be made up, and of what is to come the plan or the year's paper that is due to be prepared."""
    month = Month.of(today)
    if duty.kind in year_duties.KINDS:
        return (duty.due_on - today).days <= PREPARED
    if duty.month > month:
        return duty.kind == "plan" and (duty.due_on - today).days <= PREPARED
    return duty.month >= month - 3


def _counts(duty, today) -> bool:
    """Of the year to date only what is done or was due counts as owed."""
    return duty.is_owed and (duty.done_on is not None or duty.due_on < today)


def _year_so_far(duties, today):
    """``(what, done, owed, unit, address)`` of the year to date; the address shows the months that were counted."""

    def done(kind):
        counted = [duty for duty in duties if duty.kind == kind and _counts(duty, today)]
        return sum(duty.done_on is not None for duty in counted), len(counted)

    address = reverse("year_so_far")
    return [
        ("活动日已开展", *done("day"), "个月", address),
        ("党员到会", *took_part(duties), "人次", address),
        ("党费已查验", *done("dues"), "个月", address),
    ]


def took_part(duties):
    """实到 and 应到 of all days that were held."""
    held = [duty.fraction for duty in duties if duty.fraction]
    return sum(present for present, _ in held), sum(expected for _, expected in held)


@dataclass(frozen=True)
class YearCell:
    """How a month stands with one thing; ``counts`` says whether the year's figure has it in its denominator."""

    style: str
    word: str
    url: str
    counts: bool


@dataclass(frozen=True)
class YearRow:
    """One month of the year to date: the day, how many of how many came, the dues."""

    month: Month
    day: YearCell
    fraction: tuple[int, int] | None
    dues: YearCell


def year_so_far(user, seat) -> dict:
    """The months behind the figures of the year, the latest first, and the figures again as their sum."""
    today, month = clock.today(), Month.current()
    months = list(Month(month.year, 1).until(month))
    branches = Organization.objects.visible_to(user).filter(pk=seat.organization_id)
    duties = registry.duties_of(branches, months, {"day", "dues"})
    by = {(duty.month, duty.kind): duty for duty in duties}
    rows = [
        YearRow(
            one, _year_cell(by.get((one, "day")), today), getattr(by.get((one, "day")), "fraction", None),
            _year_cell(by.get((one, "dues")), today),
        )
        for one in reversed(months)
    ]  # fmt: skip
    first = Policy.first_month()
    shown = [row for row in rows if row.month >= first or row.fraction or row.day.counts or row.dues.counts]
    return {"year": month.year, "rows": shown, "sums": _year_so_far(duties, today)}


def _year_cell(duty, today) -> YearCell:
    if duty is None:
        return YearCell("none", "—", "", False)
    counts, url = _counts(duty, today), duty.url
    if duty.not_owed or duty.not_yet:
        return YearCell("none", duty.not_owed or duty.not_yet, "", counts)
    if duty.done_on:
        return YearCell("done", f"{duty.done_on.month} 月 {duty.done_on.day} 日", url, counts)
    if counts:
        return YearCell("late", duty.missed or "到期没办", url, counts)
    return YearCell("wait", f"{duty.due_on.month} 月 {duty.due_on.day} 日到期", url, counts)


def month_steps(duties, month: Month) -> list[dict]:
    """The five steps of a branch's month, each with its state in a word, from the same duties."""
    steps = []
    for kind, name in STEPS:
        mine = [duty for duty in duties if duty.kind == kind and duty.month == month]
        owed = [duty for duty in mine if duty.is_owed]
        done = [duty for duty in owed if duty.done_on]
        first = next((duty for duty in owed if not duty.done_on), owed[-1] if owed else (mine[0] if mine else None))
        if first is None or not owed:
            style, (word, detail) = "none", _nothing_owed(first)
        elif first.missed:
            style, word, detail = "late", "未开展", first.missed
        elif len(done) == len(owed):
            style, word, detail = "done", "已办", f"{done[-1].done_on.month} 月 {done[-1].done_on.day} 日"
            if done[-1].fraction:
                detail += "，到会 {}／{}".format(*done[-1].fraction)
        else:
            late = first.due_on < clock.today()
            style, word = ("late", "已逾期") if late else ("due", "待办")
            detail = f"{first.due_on.month} 月 {first.due_on.day} 日前"
            if len(owed) > 1:
                detail += f"，已办 {len(done)}／{len(owed)}"
        steps.append({"name": name, "style": style, "word": word, "detail": detail, "url": first.url if first else ""})
    return steps


def _nothing_owed(duty):
    """(word, detail): a step that only waits for the one before it is not one that nobody asks for."""
    if duty is None or not duty.not_owed:
        return "还没到", duty.not_yet if duty else ""
    return "不要求", duty.not_owed
