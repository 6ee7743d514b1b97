"""The first page after log-in, by office: what I owe, what waits for me, what is due below me; all from duties."""

import datetime
from collections import Counter
from dataclasses import dataclass

from activities.models import MonthlyPlan
from branches.models import Organization
from branches.reports.organizations import heads_of
from core import clock
from core.contributions import Duty, registry
from core.inbox import Notice
from core.periods import Month

STEPS = (("plan", "计划"), ("day", "活动日"), ("dues", "党费"), ("meeting", "三会一课"), ("record", "记录"))
SOON = 7


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
    lines = sorted(
        (Line(duty, (duty.due_on - today).days) for duty in duties if duty.is_open and _concerns(duty, today)),
        key=lambda line: (line.duty.due_on, line.duty.kind),
    )
    return {
        "lines": lines,
        "late": sum(line.left < 0 for line in lines),
        "steps": month_steps(duties, month),
        "month": month,
        "coming": [line for line in lines if line.left >= 0][:5],
        "year": _year_so_far([duty for duty in duties if duty.month in year], today),
        "today": today,
    } | _notices(user)


def _notices(user):
    """The latest notices, and how many are unread in all."""
    latest = Notice.objects.visible_to(user).latest_with_unread(4)
    return {"notices": latest, "unread": latest[0].unread_count if latest else 0}


def _concerns(duty, today):
    """What can still be made up, and of next month only what is already due to be prepared: its plan."""
    month = Month.of(today)
    if duty.month > month:
        return duty.kind == "plan" and (duty.due_on - today).days <= 31
    return duty.month >= month - 3


def _year_so_far(duties, today):
    """``(what, done, owed, unit, address)`` of the year to date: only what is done or was due counts as owed."""

    def done(kind):
        mine = [duty for duty in duties if duty.kind == kind and duty.is_owed]
        counted = [duty for duty in mine if duty.done_on or duty.due_on < today]
        return sum(duty.done_on is not None for duty in counted), len(counted)

    return [
        ("活动日已开展", *done("day"), "个月", "plans"),
        ("党员到会", *_took_part(duties), "人次", "days"),
        ("党费已查验", *done("dues"), "个月", "dues"),
    ]


def _took_part(duties):
    """实到 and 应到 of all days that were held."""
    held = [duty.fraction for duty in duties if duty.fraction]
    return sum(present for present, _ in held), sum(expected for _, expected in held)


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


@dataclass(frozen=True)
class Progress:
    """One general branch's filing of a month: numbers of branches, and the widths of its bar in percent."""

    organization: Organization
    name: str
    filed: int
    waiting: int
    unfiled: int

    @property
    def owed(self) -> int:
        return self.filed + self.waiting + self.unfiled

    @property
    def bar(self) -> list[tuple[str, float, float]]:
        """(class, x, width) of the three stretches."""
        parts, x = [], 0.0
        for css, count in (("a", self.filed), ("b", self.waiting), ("c", self.unfiled)):
            width = round(100 * count / self.owed, 2)
            parts.append((css, round(x, 2), width))
            x += width
        return parts


def plan_month(today: datetime.date) -> Month:
    """The month whose plans are being filed: from the 15th on, the next one."""
    month = Month.of(today)
    return month.next if today.day >= 15 else month


def overview(user, seat) -> dict:
    """A reviewer's page: the month in figures, what waits for review, progress by general branch, who has not filed."""
    today, month = clock.today(), Month.current()
    filing = plan_month(today)
    branches = Organization.objects.visible_to(user).under(_at(seat)).open().branches()
    duties = registry.duties_of(branches, sorted({month, filing}), {"plan", "day", "record", "dues"})
    now = [duty for duty in duties if duty.month == month and duty.is_owed]
    due_plans = [duty for duty in duties if duty.month == filing and duty.kind == "plan" and duty.is_owed]
    unfiled = {duty.organization_id: duty for duty in due_plans if not duty.done_on}
    waiting = MonthlyPlan.objects.visible_to(user).awaiting(user).count()
    known = {row.pk: row for row in branches.select_related("parent")}
    return {
        "month": month,
        "filing": filing,
        "figures": _figures(now),
        "waiting": waiting,
        "progress": _progress(due_plans, known, branches, filing),
        "unfiled": _unfiled(unfiled, known, user),
        "unfiled_count": len(unfiled),
        "due_on": due_plans[0].due_on if due_plans else None,
        "is_overdue": bool(due_plans) and due_plans[0].due_on < today,
        "today": today,
    } | _notices(user)


def _at(seat):
    return Organization(pk=seat.organization_id, path=seat.path)


def _figures(now):
    def share(kind):
        mine = [duty for duty in now if duty.kind == kind]
        return sum(duty.done_on is not None for duty in mine), len(mine)

    rows = [("活动日已开展", *share("day"), "个党支部", "days"), ("活动日记录已交", *share("record"), "份", "days")]
    rows.append(("党员到会", *_took_part(now), "人次", "days"))
    rows.append(("党费已查验", *share("dues"), "个党支部", "dues"))
    return rows


def _progress(duties, known, branches, month):
    states = dict(
        MonthlyPlan.objects.filter(month=month, organization__in=branches).values_list("organization", "status")
    )
    counts: dict[int, Counter] = {}
    above = {}
    for duty in duties:
        branch = known.get(duty.organization_id)
        if branch is None:
            continue
        top = branch.parent
        above[top.pk] = top
        state = states.get(branch.pk)
        word = "filed" if state in ("FILED", "ACCEPTED") else "waiting" if state == "SUBMITTED" else "unfiled"
        counts.setdefault(top.pk, Counter())[word] += 1
    committee = Organization.Kind.COMMITTEE
    rows = [
        Progress(
            above[pk], "直属党支部" if above[pk].kind == committee else above[pk].short_name,
            count["filed"], count["waiting"], count["unfiled"],
        )
        for pk, count in counts.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.organization.kind == committee, row.organization.code))


def _unfiled(duties, known, user, limit=20):
    """The branches that have not filed, with the secretary's name and phone, in the order of codes."""
    chosen = sorted((known[pk] for pk in duties if pk in known), key=lambda row: row.code)[:limit]
    heads = heads_of(chosen, user)
    return [{"branch": row, "duty": duties[row.pk], "head": heads.get(row.pk)} for row in chosen]


def find(text, user) -> list[dict]:
    """Everything that the floors find for a text, by source; nothing for an empty one."""
    if not text:
        return []
    found = [{"name": source.name, "rows": list(source.rows(text, user))} for source in registry.searches]
    return [one for one in found if one["rows"]]
