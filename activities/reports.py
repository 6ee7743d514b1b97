"""What the pages of plans and days show: frozen rows made from scoped querysets, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from activities import duties
from activities.kinds import ItemKind, MeetingType, ServiceForm, meeting_types, read_code
from activities.models import ActivityDay, Attendance, Filing, Guest, MonthlyPlan, Policies
from activities.orders import DAY_COLUMNS, PLAN_COLUMNS, Order, state_of, value_of
from branches.models import Exclusion, Organization, Person, Transfer
from branches.words import organization_named
from core import clock
from core.periods import Month

# 未报 is what superiors chase: no plan at all, one still being drafted, or one that was returned
UNFILED = "OPEN"
# what is asked of those who owe it: whoever was founded too late is in the whole list and not in this one
OWED = "OWED"
# those of a list of papers that stand: a draft is among the unfiled, what was superseded or dropped stands no more
STATUSES = [
    (status.value, status.label) for status in (*Filing.ON_THE_ROAD, Filing.Status.ACCEPTED) if status != "DRAFT"
]
PLAN_FILTERS = [(UNFILED, "未报"), *STATUSES, (OWED, "应报的")]
# of days superiors ask who held one: a branch without a plan has no day at all, and is among those who did not
MISSING, HAPPENED, RETURNED = "MISSING", "HAPPENED", "RETURNED"
DAY_FILTERS = [
    (MISSING, "未开展"), ("PLANNED", "待开展"), ("NOT_HELD", "未开展，已说明原因"), (HAPPENED, "已开展"),
    ("HELD", "记录未交"), (RETURNED, "记录已退回"), ("RECORDED", "记录已交"), (OWED, "应开展的"),
]  # fmt: skip


def plan_list(user, month: Month, *, status="", text="", above="", order=""):
    """The branches that the user sees, each with its plan of the month or None: unfiled ones have a row too."""
    seen = MonthlyPlan.objects.visible_to(user).standing().for_month(month)
    branches = narrowed(Organization.objects.visible_to(user).branches().existing_in(month), text, above)
    if status in (UNFILED, OWED):
        branches = branches.none() if nothing_owed(month) else branches.exclude(founded_on__gt=plan_due_on(month))
    if status == UNFILED:
        filed = seen.exclude(status__in=MonthlyPlan.OPEN)
        branches = branches.exclude(pk__in=filed.values("organization"))
    elif status in dict(STATUSES):
        branches = branches.filter(pk__in=seen.filter(status=status).values("organization"))
    asked = Order(PLAN_COLUMNS, order)
    by = {"state": state_of(seen), "on": value_of(seen.filter(cancels=False), "planned_on")}
    return Joined(asked.sort(branches, by), seen, "plan", asked)


def narrowed(branches, text, above):
    """Narrowed by name or code, and by the organization directly above, as its id is typed in the address; by code."""
    if text:
        branches = branches.filter(organization_named(text))
    if numbers(above):
        branches = branches.filter(parent__in=numbers(above))
    return branches.select_related("parent").order_by("code")


def numbers(text) -> list[int]:
    """The id in an address; none for nonsense."""
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else []


def date_in(text) -> date | None:
    """The date in an address, like 2026-11-13; None for nonsense."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def organization_above(user, text) -> Organization | None:
    """The organization to which an address narrows a list."""
    return Organization.objects.visible_to(user).filter(pk__in=numbers(text)).first()


def nothing_owed(month: Month) -> str:
    """Why no branch owes a plan in a month, for the list: a month off, or before the site was in use."""
    return duties.why_not_owed(Policies().of(month), month, None, None)


def plan_due_on(month: Month) -> date:
    """The day for the plans of a month: of a branch founded later none is asked."""
    return Policies().of(month).plan_due_on(month)


class Joined:
    """Pages of branches, each page joined with their rows of a month (``branch.plan`` or None) in one query."""

    def __init__(self, branches, rows, name, order):
        self.branches, self.rows, self.name, self.order = branches, rows, name, order

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


def day_list(user, month: Month, *, status="", text="", above="", on="", order=""):
    """The branches that the user sees, each with its day of the month (and its counts) or None.

    Without a filter that is every branch of the month, and those that held a day in it and were closed since. ``on`` is
    a date: then it is the branches whose day that is. Each says whether its month ``is_called_off``.
    """
    seen = ActivityDay.objects.visible_to(user).for_month(month)
    called_off = MonthlyPlan.objects.for_month(month).called_off()
    if date_in(on):
        seen = seen.dated().filter(dated=date_in(on))
    branches = Organization.objects.visible_to(user).branches()
    existing = branches.existing_in(month)
    if status in (OWED, MISSING):
        done = seen.happened() if status == MISSING else seen.none()
        branches = existing.none() if nothing_owed(month) else existing.exclude(pk__in=done.values("organization"))
        branches = branches.exclude(pk__in=called_off.values("organization"))
    elif status == HAPPENED:
        branches = existing.filter(pk__in=seen.happened().values("organization"))
    elif status == RETURNED:
        branches = existing.filter(pk__in=seen.returned().values("organization"))
    elif status in ActivityDay.Status.values:
        branches = existing.filter(pk__in=seen.filter(status=status).values("organization"))
    else:
        branches = existing | branches.filter(pk__in=seen.values("organization"))
    if date_in(on):
        branches = branches.filter(pk__in=seen.values("organization"))
    branches = narrowed(branches, text, above)
    branches = branches.annotate(is_called_off=Exists(called_off.filter(organization=OuterRef("pk"))))
    asked, dated = Order(DAY_COLUMNS, order), seen.exclude(plan__in=called_off).dated()
    branches = asked.sort(branches, {"state": state_of(seen), "on": value_of(dated, "dated")})
    return Joined(branches, with_people(seen.with_counts()), "day", asked)


def day_history(user, branch_id):
    """A branch's days, the latest first, with their counts."""
    return with_people(ActivityDay.objects.visible_to(user).of([branch_id]).with_counts()).order_by("-month")


def with_people(rows):
    return rows.select_related("organization__parent", "plan", "host")


@dataclass(frozen=True)
class ShownLine:
    """One line of the run as its form (``inputs``) shows it; a blank one waits to be written.

    ``more`` is what is folded away, in words.
    """

    inputs: Any
    minutes: int
    content: str
    more: str = ""
    kind: str = ""
    subtype: str = ""
    form: str = ""
    own_kind: str = ""
    also: tuple[str, ...] = ()

    @property
    def meeting_types(self) -> list[str]:
        return meeting_types(self.kind, self.subtype, self.also)


@dataclass(frozen=True)
class ShownRun:
    """The lines of a run as its form shows them at present, whether typed, stored or filled in."""

    lines: list[ShownLine]

    @property
    def written(self) -> list[ShownLine]:
        return [line for line in self.lines if line.content]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.written)


@dataclass(frozen=True)
class Shown(ShownRun):
    """What a plan form shows at present, so that gaps can be named."""

    month: Month
    planned_on: date | None
    starts_at: time | None
    place: str
    theme: str
    host_id: int | None
    recorder_id: int | None


def shown_values(month: Month, form, formset) -> Shown:
    """Read the values that a bound or unbound form shows."""
    if form.is_bound:
        form.full_clean()
        values = form.cleaned_data
    else:
        values = form.initial
    return Shown(
        month=month,
        planned_on=values.get("planned_on"),
        starts_at=values.get("starts_at"),
        place=values.get("place") or "",
        theme=values.get("theme") or "",
        host_id=_pk(values.get("host")),
        recorder_id=_pk(values.get("recorder")),
        lines=shown_lines(formset),
    )


def _pk(person):
    """Of a person as a checked form has it, or of the number that a form begins with."""
    return getattr(person, "pk", person)


def shown_lines(formset) -> list[ShownLine]:
    """Read the lines that a bound or unbound formset shows."""
    lines = []
    for line in formset.forms:
        if formset.is_bound:
            line.full_clean()
        data = line.cleaned_data if formset.is_bound else line.initial
        kind, subtype, form = read_code(data.get("what") or "")
        form = (data.get("service_form") or "") if kind == ItemKind.SERVICE else form
        own_kind = (data.get("own_kind") or "") if kind == ItemKind.OWN_DESIGN else ""
        said = (kind, subtype, form, own_kind, tuple(data.get("also") or ()))
        more = _more(line, data, kind)
        lines.append(ShownLine(line, data.get("minutes") or 0, data.get("content") or "", more, *said))
    return lines


def _more(line, data, kind) -> str:
    """What narrows a line's kind, who is in charge of it, and what it is besides, in words."""
    service = dict(ServiceForm.choices).get(data.get("service_form"), "") if kind == ItemKind.SERVICE else ""
    own = (data.get("own_kind") or "") if kind == ItemKind.OWN_DESIGN else ""
    leader = dict(line.fields["leader"].choices).get(data.get("leader")) if data.get("leader") else ""
    also = "、".join(MeetingType(one).label for one in data.get("also") or () if one in MeetingType.values)
    return "，".join(filter(None, [service, own, leader and f"{leader}负责", also and f"同时作为{also}"]))


def rearranged(lines, drop="", up="") -> list[dict]:
    """The typed lines after 删去 or 上移 (the place as posted, from 0), as PlanItem fields."""
    places = [str(number) for number in range(len(lines))]
    order = list(lines)
    if up in places[1:]:
        order.insert(int(up) - 1, order.pop(int(up)))
    if drop in places:
        order.remove(lines[int(drop)])
    return [line.row for line in order if line.row]


def headcount(branch, month, planned_on) -> dict:
    """应到 as the roster would be, were the day held on ``planned_on`` (None is today): full and probationary members.

    ``apart`` are those whom an exclusion keeps out of it; whom another branch has in the month's roster is not asked.
    """
    day = planned_on or clock.today()
    return headcounts([(branch.pk, month, day)])[branch.pk, month, day]


def headcounts(wanted: Iterable[tuple[int, Month, date]]) -> dict[tuple[int, Month, date], dict]:
    """``headcount`` of many (branch id, month, day), in one query however many branches and days there are."""
    together: dict[tuple[Month, date], list[int]] = {}
    for branch, month, day in wanted:
        together.setdefault((month, day), []).append(branch)
    found = {(branch, *when): (0, 0, 0) for when, branches in together.items() for branch in branches}
    whens = list(together)
    parts = [_counts_on(*when, together[when], place) for place, when in enumerate(whens)]
    for place, branch, *counts in parts[0].union(*parts[1:], all=True) if parts else []:
        found[branch, *whens[place]] = tuple(counts)
    return {
        one: {"full": full, "probationary": probationary, "apart": apart, "expected": full + probationary}
        for one, (full, probationary, apart) in found.items()
    }


def _counts_on(month, day, branches, place):
    """(``place``, branch id, full, probationary, apart) of each of the branches that has members on a day."""
    # first by the register as it is, and by who left it since: the rest of the university is not looked at
    since = Transfer.objects.accepted().filter(from_organization__in=branches, moved_on__gt=day)
    near = Person.objects.filter(Q(organization__in=branches) | Q(pk__in=since.values("person")))
    roster = Attendance.objects.filter(day__month=month, person=OuterRef("pk"))
    people = (
        near.with_home(day)
        .filter(home__in=branches)
        .members_on(day)
        .exclude(Exists(roster.exclude(day__organization=OuterRef("home"))))
        .annotate(
            is_apart=Exists(Exclusion.objects.running_on(day).filter(person=OuterRef("pk"))),
            place=Value(place, output_field=IntegerField()),
        )
    )
    return (
        people.order_by()
        .values("place", "home")
        .annotate(
            full=Count("pk", filter=Q(standing_then="FULL", is_apart=False)),
            probationary=Count("pk", filter=Q(standing_then="PROBATIONARY", is_apart=False)),
            apart=Count("pk", filter=Q(is_apart=True)),
        )
        .values_list("place", "home", "full", "probationary", "apart")
    )


def counts_of(day: ActivityDay) -> dict:
    """The counts of a day's roster and its guests alone, in one query."""
    guests = Guest.objects.filter(day=OuterRef("pk")).order_by().values("day").annotate(n=Count("pk")).values("n")
    counted = ActivityDay.objects.filter(pk=day.pk).with_counts().annotate(guests_count=Coalesce(Subquery(guests), 0))
    names = ["expected", "present", "on_leave", "absent"]
    row = counted.values(*names, "guests_count").get()
    return {name: row[name] for name in names} | {"guests": row["guests_count"]}
