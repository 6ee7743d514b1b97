"""The first page after log-in, by office: what I owe, what waits for me, what is due below me; all from duties."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from activities.models import Attendance, MonthlyPlan
from branches.models import Appointment, Office, Organization
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
    duties = registry.duties_of(branches, list((month - 3).until(month.next)))
    lines = sorted(
        (Line(duty, (duty.due_on - today).days) for duty in duties if duty.is_open and _concerns(duty, month, today)),
        key=lambda line: (line.duty.due_on, line.duty.kind),
    )
    return {
        "lines": lines,
        "late": sum(line.left < 0 for line in lines),
        "steps": month_steps(duties, month),
        "month": month,
        "coming": [line for line in lines if line.left >= 0][:5],
        "today": today,
    } | _notices(user)


def _notices(user):
    """The latest notices, and how many are unread in all."""
    latest = Notice.objects.visible_to(user).latest_with_unread(4)
    return {"notices": latest, "unread": latest[0].unread_count if latest else 0}


def _concerns(duty, month, today):
    """Of next month only what is already due to be prepared: its plan."""
    return duty.month <= month or (duty.kind == "plan" and (duty.due_on - today).days <= 31)


def month_steps(duties, month: Month) -> list[dict]:
    """The five steps of a branch's month, each with its state in a word, from the same duties."""
    steps = []
    for kind, name in STEPS:
        mine = [duty for duty in duties if duty.kind == kind and duty.month == month]
        owed = [duty for duty in mine if not duty.not_owed]
        done = [duty for duty in owed if duty.done_on]
        first = next((duty for duty in owed if not duty.done_on), owed[-1] if owed else (mine[0] if mine else None))
        if first is None or not owed:
            style, word, detail = "none", "不要求" if mine else "未开始", first.not_owed if first else ""
        elif len(done) == len(owed):
            style, word, detail = "done", "已办", f"{done[-1].done_on.month} 月 {done[-1].done_on.day} 日"
        else:
            late = first.due_on < clock.today()
            style, word = ("late", "已逾期") if late else ("due", "待办")
            detail = f"{first.due_on.month} 月 {first.due_on.day} 日前"
            if len(owed) > 1:
                detail += f"，已办 {len(done)}／{len(owed)}"
        steps.append({"name": name, "style": style, "word": word, "detail": detail, "url": first.url if first else ""})
    return steps


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
    now = [duty for duty in duties if duty.month == month and not duty.not_owed]
    due_plans = [duty for duty in duties if duty.month == filing and duty.kind == "plan" and not duty.not_owed]
    unfiled = {duty.organization_id: duty for duty in due_plans if not duty.done_on}
    waiting = MonthlyPlan.objects.visible_to(user).awaiting(user).count()
    known = {row.pk: row for row in branches.select_related("parent")}
    return {
        "month": month,
        "filing": filing,
        "figures": _figures(now, branches, month),
        "waiting": waiting,
        "progress": _progress(due_plans, known, branches, filing),
        "unfiled": _unfiled(unfiled, known),
        "unfiled_count": len(unfiled),
        "due_on": due_plans[0].due_on if due_plans else None,
        "is_overdue": bool(due_plans) and due_plans[0].due_on < today,
        "today": today,
    } | _notices(user)


def _at(seat):
    return Organization(pk=seat.organization_id, path=seat.path)


def _figures(now, branches, month):
    def share(kind):
        mine = [duty for duty in now if duty.kind == kind]
        return sum(duty.done_on is not None for duty in mine), len(mine)

    present = Attendance.objects.filter(day__month=month, day__organization__in=branches).expected()
    people = present.aggregate(present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)), expected=Count("pk"))
    rows = [("活动日已开展", *share("day"), "个党支部", "days"), ("活动日记录已交", *share("record"), "份", "days")]
    rows.append(("党员到会", people["present"], people["expected"], "人次", "days"))
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


def _unfiled(duties, known, limit=20):
    """The branches that have not filed, with the secretary's name and phone, in the order of codes."""
    chosen = sorted((known[pk] for pk in duties if pk in known), key=lambda row: row.code)[:limit]
    running = Appointment.objects.active().filter(organization__in=chosen, office=Office.SECRETARY)
    heads = {row.organization_id: row.person for row in running.select_related("person")}
    return [{"branch": row, "duty": duties[row.pk], "secretary": heads.get(row.pk)} for row in chosen]


def find(text, user) -> list[dict]:
    """Everything that the floors find for a text, by source; nothing for an empty one."""
    if not text:
        return []
    found = [{"name": source.name, "rows": list(source.rows(text, user))} for source in registry.searches]
    return [one for one in found if one["rows"]]
