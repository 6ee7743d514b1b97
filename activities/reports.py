"""What the pages of plans and days show: frozen rows made from scoped querysets, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from activities import duties
from activities.models import ActivityDay, Attendance, DayItem, MonthlyPlan, PlanItem, Policies, QuarterTheme
from branches.models import Exclusion, Organization, Person
from branches.words import organization_named
from core import clock
from core.contributions import DayPanel, registry
from core.periods import Month

QUEUE_SIZE = 50
LEAVE_REASONS = ("因公出差", "病假", "授课", "探亲", "事假")
# 未报 is what superiors chase: no plan at all, one still being drafted, or one that was returned
UNFILED = "OPEN"
# what is asked of those who owe it: whoever was founded too late is in the whole list and not in this one
OWED = "OWED"
PLAN_FILTERS = [(UNFILED, "未报"), *[c for c in MonthlyPlan.Status.choices if c[0] != "DRAFT"], (OWED, "应报的")]
# of days superiors ask who held one: a branch without a plan has no day at all, and is among those who did not
MISSING, HAPPENED = "MISSING", "HAPPENED"
DAY_FILTERS = [
    (MISSING, "未开展"), ("NOT_HELD", "未开展，已说明原因"), (HAPPENED, "已开展"), ("HELD", "记录未交"),
    ("RECORDED", "记录已交"), (OWED, "应开展的"),
]  # fmt: skip


@dataclass(frozen=True)
class YearMonth:
    """One month of a branch's year: its plan, its day, and what is owed."""

    month: Month
    plan: MonthlyPlan | None
    day: ActivityDay | None
    not_owed: str
    plan_due_on: date
    plan_late: bool

    @property
    def act(self) -> str:
        """What the branch can do with the month's plan; nothing where none can be owed any more."""
        if self.plan is None:
            is_past_off = self.not_owed and self.month < Month.current()
            return "" if is_past_off or self.not_owed == duties.BEFORE_THE_SITE else "填写"
        return "继续填" if self.plan.is_open else "查看"


def year_of(user, branch: Organization, year: int) -> dict:
    """The year on one page, as far as the user may see it: four quarters with their themes and months."""
    months = [Month(year, number) for number in range(1, 13)]
    of_year = {"organization": branch, "month__in": months}
    plans = {row.month: row for row in MonthlyPlan.objects.visible_to(user).filter(**of_year)}
    days = {row.month: row for row in ActivityDay.objects.visible_to(user).filter(**of_year).with_counts()}
    ids = [int(part) for part in branch.path.strip("/").split("/")]
    themes = {}
    for row in QuarterTheme.objects.filter(
        organization__in=ids, quarter__gte=months[0], quarter__lte=months[-1]
    ).order_by("organization__path"):
        themes[row.quarter.quarter] = row.theme
    policies, today = Policies(), clock.today()
    rows = []
    for month in months:
        policy, plan = policies.of(month), plans.get(month)
        filed = plan is not None and not plan.is_open
        due_on = plan.due_on if plan else policy.plan_due_on(month)
        why = duties.why_not_owed(policy, month, branch.founded_on, branch.closed_on)
        late = not (filed or why or duties.why_no_plan(policy, month, branch.founded_on)) and due_on < today
        rows.append(YearMonth(month, plan, days.get(month), why, due_on, late))
    grouped = [(quarter, list(some)) for quarter, some in groupby(rows, key=lambda row: row.month.quarter)]
    quarters = [
        {"quarter": quarter, "theme": themes.get(quarter, ""), "months": some}
        for quarter, some in grouped
        if any(row.not_owed != duties.BEFORE_THE_SITE or row.plan for row in some)  # nothing was kept before
    ]
    return {"branch": branch, "year": year, "quarters": quarters, "current": Month.current()}


def plan_list(user, month: Month, *, status="", text="", above=""):
    """The branches that the user sees, each with its plan of the month or None: unfiled ones have a row too."""
    seen = MonthlyPlan.objects.visible_to(user).for_month(month)
    branches = _narrowed(Organization.objects.visible_to(user).branches().existing_in(month), text, above)
    if status in (UNFILED, OWED):
        branches = branches.none() if nothing_owed(month) else branches.exclude(founded_on__gt=plan_due_on(month))
    if status == UNFILED:
        filed = seen.exclude(status__in=[MonthlyPlan.Status.DRAFT, MonthlyPlan.Status.RETURNED])
        branches = branches.exclude(pk__in=filed.values("organization"))
    elif status in MonthlyPlan.Status.values:
        branches = branches.filter(pk__in=seen.filter(status=status).values("organization"))
    return _Joined(branches, seen, "plan")


def _narrowed(branches, text, above):
    """Narrowed by name or code, and by the organization directly above, as its id is typed in the address."""
    if text:
        branches = branches.filter(organization_named(text))
    if numbers(above):
        branches = branches.filter(parent__in=numbers(above))
    return branches.select_related("parent").order_by("code")


def numbers(text) -> list[int]:
    """The id in an address; none for nonsense."""
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else []


def organization_above(user, text) -> Organization | None:
    """The organization to which an address narrows a list."""
    return Organization.objects.visible_to(user).filter(pk__in=numbers(text)).first()


def nothing_owed(month: Month) -> str:
    """Why no branch owes a plan in a month, for the list: a month off, or before the site was in use."""
    return duties.why_not_owed(Policies().of(month), month, None, None)


def plan_due_on(month: Month) -> date:
    """The day for the plans of a month: of a branch founded later none is asked."""
    return Policies().of(month).plan_due_on(month)


class _Joined:
    """Pages of branches, each page joined with their rows of a month (``branch.plan`` or None) in one query."""

    def __init__(self, branches, rows, name):
        self.branches, self.rows, self.name = branches, rows, name

    def count(self):
        return self.branches.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, part):
        branches = list(self.branches[part])
        rows = {row.organization_id: row for row in self.rows.filter(organization__in=branches)}
        for branch in branches:
            setattr(branch, self.name, rows.get(branch.pk))
        return branches


def day_list(user, month: Month, *, status="", text="", above=""):
    """The branches that the user sees, each with its day of the month (and its counts) or None.

    Without a filter that is every branch of the month, and those that held a day in it and were closed since.
    """
    seen = ActivityDay.objects.visible_to(user).for_month(month)
    branches = Organization.objects.visible_to(user).branches()
    existing = branches.existing_in(month)
    if status in (OWED, MISSING):
        done = seen.happened() if status == MISSING else seen.none()
        branches = existing.none() if nothing_owed(month) else existing.exclude(pk__in=done.values("organization"))
    elif status == HAPPENED:
        branches = existing.filter(pk__in=seen.happened().values("organization"))
    elif status in ActivityDay.Status.values:
        branches = existing.filter(pk__in=seen.filter(status=status).values("organization"))
    else:
        branches = existing | branches.filter(pk__in=seen.values("organization"))
    return _Joined(_narrowed(branches, text, above), with_people(seen.with_counts()), "day")


def day_history(user, branch_id):
    """A branch's days, the latest first, with their counts."""
    return with_people(ActivityDay.objects.visible_to(user).of([branch_id]).with_counts()).order_by("-month")


def with_people(rows):
    return rows.select_related("organization__parent", "plan", "host")


@dataclass(frozen=True)
class ShownLine:
    """One line of the run as the form shows it; a blank one waits to be written."""

    form: Any
    minutes: int
    content: str


@dataclass(frozen=True)
class Shown:
    """What a plan form shows at present, whether typed, stored or filled in, so that gaps can be named."""

    month: Month
    planned_on: date | None
    starts_at: time | None
    place: str
    theme: str
    host_id: Any
    recorder_id: Any
    lines: list[ShownLine]

    @property
    def written(self) -> list[ShownLine]:
        return [line for line in self.lines if line.content]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.written)


def shown_values(month: Month, form, formset) -> Shown:
    """Read the values that a bound or unbound form shows."""
    if form.is_bound:
        form.full_clean()
        values = form.cleaned_data
    else:
        values = form.initial
    lines = []
    for line in formset.forms:
        if formset.is_bound:
            line.full_clean()
        data = line.cleaned_data if formset.is_bound else line.initial
        lines.append(ShownLine(line, data.get("minutes") or 0, data.get("content") or ""))
    return Shown(
        month=month,
        planned_on=values.get("planned_on"),
        starts_at=values.get("starts_at"),
        place=values.get("place") or "",
        theme=values.get("theme") or "",
        host_id=values.get("host"),
        recorder_id=values.get("recorder"),
        lines=lines,
    )


def without(lines, place):
    """The typed lines after 删去 (``place`` as posted, from 0): what is left as PlanItem fields."""
    return [line.row for number, line in enumerate(lines) if line.row and str(number) != place]


def headcount(branch, month, planned_on) -> dict:
    """应到 as the roster would be, were the day held on ``planned_on`` (None is today): full and probationary members.

    ``apart`` are those whom an exclusion keeps out of it; whom another branch has in the month's roster is not asked.
    """
    day = planned_on or clock.today()
    elsewhere = Attendance.objects.filter(day__month=month).exclude(day__organization=branch)
    people = Person.objects.at(branch, day).members_on(day).exclude(pk__in=elsewhere.values("person"))
    excluded = Exists(Exclusion.objects.running_on(day).filter(person=OuterRef("pk")))
    counts = people.annotate(is_apart=excluded).aggregate(
        full=Count("pk", filter=Q(standing_then="FULL", is_apart=False)),
        probationary=Count("pk", filter=Q(standing_then="PROBATIONARY", is_apart=False)),
        apart=Count("pk", filter=Q(is_apart=True)),
    )
    return {**counts, "expected": counts["full"] + counts["probationary"]}


@dataclass(frozen=True)
class RunPart:
    """A part of the day given by an app (dues, a meeting …), with how far it is: (word, style, detail)."""

    panel: DayPanel
    url: str
    summary: tuple[str, str, str]


@dataclass(frozen=True)
class RunLine:
    """An item in its place; ``link`` is (name, address) of the part where it is done, or None."""

    item: DayItem | PlanItem
    link: tuple[str, str] | None


@dataclass(frozen=True)
class RunSheet:
    """The day in order; ``counts`` of the roster are None until it is held."""

    rows: list[RunLine]
    panels: list[RunPart]
    counts: dict | None

    @property
    def minutes(self) -> int:
        return sum(row.item.minutes for row in self.rows)


def run_sheet(day: ActivityDay, user) -> RunSheet:
    """The items in order, each with one link to its part, and the parts with how far they are."""
    panels = registry.day_panels if day.happened else []
    parts = [RunPart(panel, panel.url(day), panel.summary(day, user)) for panel in panels]
    links = {part.panel.item_kind: (part.panel.name, part.url) for part in parts if part.panel.item_kind}
    items = day.items.all() if day.happened else day.plan.items.all()
    lines = [RunLine(item, links.get(item.kind)) for item in items]
    return RunSheet(lines, parts, roster(day)["counts"] if day.happened else None)


def next_part(day: ActivityDay) -> tuple[str, str]:
    """(name, address) of what is done after the attendance: the first part that another app gives, else the record."""
    panels = sorted(registry.day_panels, key=lambda panel: panel.order)
    return (panels[0].name, panels[0].url(day)) if panels else ("记录", reverse("day_record", args=[day.pk]))


def roster(day: ActivityDay, opened="") -> dict:
    """The frozen roster by group, with the counts (实到 + 请假 + 缺席 = 应到, 列席 apart).

    ``away`` were expected and did not come, ``apart`` were not expected. ``opened`` is the row being edited.
    """
    rows = list(day.attendance.select_related("person"))
    by_status = {status: [row for row in rows if row.status == status] for status in Attendance.Status.values}
    status = Attendance.Status
    counts = {
        "expected": len(rows) - len(by_status[status.NOT_COUNTED]),
        "present": len(by_status[status.PRESENT]),
        "on_leave": len(by_status[status.ON_LEAVE]),
        "absent": len(by_status[status.ABSENT]),
        "guests": day.guests.count(),
    }
    groups = []
    for name, some in groupby(rows, key=lambda row: row.group_name):
        people = list(some)
        groups.append(
            {
                "name": name or "全体党员",
                "people": people,
                "present": sum(row.status == status.PRESENT for row in people),
                "expected": sum(row.status != status.NOT_COUNTED for row in people),
            }
        )
    away, apart = by_status[status.ON_LEAVE] + by_status[status.ABSENT], by_status[status.NOT_COUNTED]
    return {"groups": groups, "counts": counts, "away": away, "apart": apart, "opened": opened}
