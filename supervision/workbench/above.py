"""A reviewer's first page: the month in figures, what waits, who has not filed; each figure opens its rows."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from activities import reports as activities
from activities import road, year_duties
from activities.duties import lifespans, policies
from activities.models import MonthlyPlan
from branches import access
from branches.models import Organization
from branches.reports.organizations import Holder, heads_of
from core import clock
from core.contributions import Duty, Scope, registry
from core.periods import Month
from supervision import reminders, rules
from supervision.workbench.branch import Line, open_lines, took_part
from supervision.workbench.notices import notices_of
from supervision.workbench.waiting import papers, waiting_for

LISTED = 20  # branches of a month that are named; the rest is one click away


@dataclass(frozen=True)
class Progress:
    """One general branch's filing of a month: numbers of branches, the widths of its bar in percent, and its list."""

    organization: Organization
    name: str
    filed: int
    waiting: int
    unfiled: int
    url: str

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
    """The month in figures, what waits for review, progress by general branch, who has not filed for which month."""
    today, month = clock.today(), Month.current()
    filing = plan_month(today)
    branches = Organization.objects.visible_to(user).under(Organization(pk=seat.organization_id, path=seat.path))
    branches = branches.branches().existing_in(month)
    known = {row.pk: row for row in branches.select_related("parent")}
    scope = Scope(branches, sorted({month, filing}))
    scope.keep(lifespans, [(row.pk, row.founded_on, row.closed_on) for row in known.values()])
    duties = registry.duties_in(scope, {"plan", "day", "record", "dues"})
    owed = [duty for duty in duties if duty.is_owed]
    plans = [duty for duty in owed if duty.kind == "plan"]
    unfiled = _unfiled(plans, known, user, seat)
    waiting = waiting_for(user)
    own = _own(user, seat, scope, today)
    return {
        "month": month,
        "filing": filing,
        "own": own,
        "figures": _figures([duty for duty in owed if duty.month == month], month, seat),
        "waiting": waiting,
        "headline": _headline(papers(waiting), own, unfiled, [duty for duty in plans if duty.month == filing], filing),
        "progress": _progress([duty for duty in plans if duty.month == filing], known, branches, filing),
        "unfiled": unfiled,
        "is_committee": seat.kind == Organization.Kind.COMMITTEE,
        "due_on": min((duty.due_on for duty in plans if duty.month == filing), default=None),
        "today": today,
    } | notices_of(user)


def _own(user, seat, scope, today) -> list[Line]:
    """The organization's own papers of a year that are to be written now; readers only are not asked for them."""
    if seat.office not in road.WRITERS:
        return []
    organization = Organization.objects.visible_to(user).filter(pk=seat.organization_id)
    months = list(Month(today.year, 1).until(max(Month.of(today).next, Month(today.year, 12))))
    own = scope.beside(organization, months, policies)
    return open_lines(registry.duties_in(own, year_duties.KINDS), today)


def _list(name, month, seat, status="", above=None):
    """The address of a list of branches: of the general branch in which the user sits, or of one below."""
    if above is None and seat.kind == Organization.Kind.GENERAL_BRANCH:
        above = seat.organization_id
    asked = {"month": month, "status": status, "above": above}
    return f"{reverse(name)}?" + "&".join(f"{key}={value}" for key, value in asked.items() if value)


def _figures(now, month, seat):
    """``(what, done, owed, unit, address)``; the rows of each address are those of the denominator."""

    def share(kind):
        mine = [duty for duty in now if duty.kind == kind]
        return sum(duty.done_on is not None for duty in mine), len(mine)

    owed = _list("days", month, seat, activities.OWED)
    happened = _list("days", month, seat, activities.HAPPENED)
    rows = [
        ("活动日已开展", *share("day"), "个党支部", owed),
        ("活动日记录已交", *share("record"), "份", happened),
        ("党员到会", *took_part(now), "人次", happened),
    ]
    if seat.office in access.TREASURY:  # to the others the list of dues is empty
        rows.append(("党费已查验", *share("dues"), "个党支部", _list("dues", month, seat, activities.OWED)))
    return rows


def _progress(duties, known, branches, month):
    states = dict(MonthlyPlan.objects.standing().of(branches).for_month(month).values_list("organization", "status"))
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
            count["filed"], count["waiting"], count["unfiled"], f"{reverse('plans')}?month={month}&above={pk}",
        )
        for pk, count in counts.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.organization.kind == committee, row.organization.code))


@dataclass(frozen=True)
class Missing:
    """A branch that has not filed: whom to call, when it was urged last, and whether the user may urge it now."""

    branch: Organization
    duty: Duty
    head: Holder | None
    urged: reminders.Urged | None
    may_urge: bool


@dataclass(frozen=True)
class Unfiled:
    """A month's branches without a plan: how many, how many of them late, and the first ones by name."""

    month: Month
    count: int
    late: int
    rows: list[Missing]
    url: str

    @property
    def may_urge(self) -> bool:
        return any(row.may_urge for row in self.rows)

    @property
    def words(self) -> str:
        if 0 < self.late < self.count:
            return f"{self.count} 个党支部未报 {self.month.number} 月计划（{self.late} 个逾期）"
        return f"{self.count} 个党支部{'逾期' if self.late else ''}未报 {self.month.number} 月计划"


def _unfiled(plans, known, user, seat) -> list[Unfiled]:
    """Who has not filed, month by month: the earlier one is overdue when the next is being filed."""
    today = clock.today()
    missing: dict[Month, list[Duty]] = {}
    for duty in plans:
        if duty.is_open and duty.organization_id in known:
            missing.setdefault(duty.month, []).append(duty)
    chosen = {
        month: sorted(duties, key=lambda duty: (duty.due_on >= today, known[duty.organization_id].code))[:LISTED]
        for month, duties in missing.items()
    }
    branches = {duty.organization_id: known[duty.organization_id] for duties in chosen.values() for duty in duties}
    heads, urged = heads_of(branches.values(), user), reminders.urged_before(branches, "plan")
    return [
        Unfiled(
            month, len(missing[month]), sum(duty.due_on < today for duty in missing[month]),
            [_missing(duty, known[duty.organization_id], heads, urged, user) for duty in chosen[month]],
            _list("plans", month, seat, activities.UNFILED),
        )
        for month in sorted(missing)
    ]  # fmt: skip


def _missing(duty, branch, heads, urged, user) -> Missing:
    before = urged.get((branch.pk, str(duty.month)))
    free = before is None or not before.is_today
    return Missing(branch, duty, heads.get(branch.pk), before, free and bool(rules.can_urge(user, branch)))


def _headline(waiting, own, unfiled, plans, filing) -> list[str]:
    """The answer in clauses: what waits for me, what I owe myself, who is late, who has not filed."""
    clauses = [f"{waiting} 件待您处理"] if waiting else []
    clauses += [f"本组织 {len(own)} 件要办"] if own else []
    clauses += [group.words for group in unfiled]
    if plans and filing not in [group.month for group in unfiled]:
        clauses.append(f"{filing.number} 月计划已全部报来")
    return clauses or ["眼下没有要您处理的事"]
