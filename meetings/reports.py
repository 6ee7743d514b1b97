"""What the pages of meetings show: rows made from scoped querysets, in a fixed number of queries."""

from dataclasses import dataclass

from django.db.models import Count, Q

from activities.kinds import ItemKind
from activities.models import ActivityDay, DayItem
from branches import access
from branches.models import Organization
from branches.words import organization_named
from core.contributions import Scope
from core.pages import page_of
from core.periods import Month
from core.workbooks import Book, note_of
from core.workflow import Verdict
from meetings.coverage import Coverage
from meetings.duties import coverage, coverage_in
from meetings.models import Meeting, MeetingKind, MeetingType
from meetings.periods import Period
from meetings.rules import can_open
from meetings.ways import lines

OPEN_ITEMS = 10
EXPORT_LIMIT = 5000
QUARTER = 3  # months


def meeting_list(user, office, values: dict):
    """The meetings that the user sees, filtered by ``ListFilter.values``; at a branch, those of that branch."""
    rows = Meeting.objects.visible_to(user)
    if office and office.kind == "BRANCH":
        rows = rows.of([office.organization_id])
    if "organization" in values:
        rows = rows.of([values["organization"]])
    if "day" in values:
        rows = rows.filter(day=values["day"])
    if "period" in values:
        rows = rows.between(*values["period"].days)
    if "status" in values:
        rows = rows.filter(status=values["status"])
    if "type" in values:
        rows = rows.filter(pk__in=MeetingKind.objects.filter(type=values["type"]).values("meeting"))
    if "q" in values:
        text = values["q"]
        rows = rows.filter(
            Q(topic__icontains=text) | Q(content__icontains=text) | Q(decisions__icontains=text)
            | Q(organization__short_name__icontains=text) | Q(chair__name__icontains=text)
        )  # fmt: skip
    return rows.select_related("organization", "chair", "recorder").prefetch_related("kinds")


@dataclass(frozen=True)
class Totals:
    """A list in figures: an event counts once in ``all`` and once for each of its types."""

    all: int
    confirmed: int
    by_type: tuple[tuple[str, str, int], ...]

    @property
    def drafts(self) -> int:
        return self.all - self.confirmed


def totals(rows) -> Totals:
    """The figures of a filtered list, in one query."""
    counts = Meeting.objects.filter(pk__in=rows.order_by().values("pk")).aggregate(
        all=Count("pk", distinct=True),
        confirmed=Count("pk", distinct=True, filter=Q(status=Meeting.Status.CONFIRMED)),
        **{value: Count("kinds", filter=Q(kinds__type=value)) for value in MeetingType.values},
    )
    by_type = tuple((value, label, counts[value]) for value, label in MeetingType.choices)
    return Totals(counts["all"], counts["confirmed"], by_type)


class Counted:
    """Rows whose number is known already, so that paging does not count them again."""

    def __init__(self, rows, number):
        self.rows, self.number = rows, number

    def count(self):
        return self.number

    def __len__(self):
        return self.number

    def __getitem__(self, part):
        return self.rows[part]


@dataclass(frozen=True)
class OpenItem:
    """An item of a day that was held, without minutes: where to begin them, or why not."""

    item: DayItem
    open: Verdict


def items_to_write(user, office, day=None) -> list[OpenItem]:
    """Items of 三会一课 that were on and have no minutes yet: of a day, or of the office's branch."""
    days = ActivityDay.objects.visible_to(user).happened()
    if day is not None:
        days = days.filter(pk=day.pk)
    elif office and office.kind == "BRANCH" and office.office in access.RECORDERS | {"GROUP_LEADER"}:
        days = days.of([office.organization_id])
    else:
        return []
    rows = (
        DayItem.objects.filter(day__in=days, kind=ItemKind.MEETING, meeting=None)
        .exclude(outcome=DayItem.Outcome.NOT_DONE)
        .select_related("day__organization")
        .order_by("-day__held_on", "order")
    )
    return [OpenItem(item, can_open(user, item)) for item in rows[:OPEN_ITEMS]]


def periods(today_month: Month) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of the period filter: the last twelve months, five quarters, two years."""
    months = [Period.of("MONTH", today_month - back) for back in range(12)]
    quarters = [Period.of("QUARTER", today_month - 3 * back) for back in range(5)]
    years = [Period.of("YEAR", today_month - 12 * back) for back in range(2)]
    return [
        ("月份", [(str(one), one.first.label) for one in months]),
        ("季度", [(str(one), one.first.quarter.label) for one in quarters]),
        ("年度", [(str(one), one.label) for one in years]),
    ]


def own_coverage(user, office, values: dict) -> dict:
    """How the office's branch stands with what a period requires, and how what is open can be met.

    The period is the one asked for, else this month with its quarter. Of a whole year only what is not met is told:
    all of it would bury the list.
    """
    if not office or office.kind != "BRANCH" or values.get("organization") not in (None, office.organization_id):
        return {"coverage": [], "lines": []}
    period, branch = values.get("period"), Organization.objects.visible_to(user).filter(pk=office.organization_id)
    scope = Scope(branch, period.months if period else [Month.current()])
    rows = [one for one in coverage_in(scope) if one.type == values.get("type", one.type)]
    if period and len(period.months) > QUARTER:
        rows = [one for one in rows if one.left]
    return {"coverage": rows, "lines": lines(user, rows, scope)}


@dataclass(frozen=True)
class CoverageRow:
    """One branch of the coverage table, its cells in the order of the columns."""

    branch: Organization
    cells: tuple[Coverage, ...]


def coverage_table(request, month: Month, text="") -> dict:
    """A page of branches × requirements for the periods that contain a month."""
    branches = Organization.objects.visible_to(request.user).open().branches().select_related("parent")
    if text:
        branches = branches.filter(organization_named(text) | Q(parent__short_name__icontains=text))
    page = page_of(request, branches.order_by("code"))
    cells: dict[int, list[Coverage]] = {}
    for one in coverage(Organization.objects.filter(pk__in=[branch.pk for branch in page]), [month]):
        cells.setdefault(one.organization_id, []).append(one)
    rows = [CoverageRow(branch, tuple(cells.get(branch.pk, ()))) for branch in page]
    heads = [one.label for one in rows[0].cells] if rows else []
    return {"month": month, "page": page, "rows": rows, "heads": heads}


COLUMNS = [
    ("日期", 12), ("党支部", 26), ("类型", 20), ("党小组", 14), ("议题", 40), ("地点", 20), ("主持人", 10),
    ("记录人", 10), ("主讲人", 12), ("会议内容", 60), ("形成决议", 40), ("状态", 10),
]  # fmt: skip


def filter_words(values) -> dict[str, str]:
    """The filters in force as users read them, for the export's note and its log."""
    words = {
        "类型": MeetingType(values["type"]).label if "type" in values else "",
        "时段": values["period"].label if "period" in values else "",
        "状态": Meeting.Status(values["status"]).label if "status" in values else "",
        "查找": values.get("q", ""),
    }
    return {name: word for name, word in words.items() if word}


def workbook(rows, filters) -> bytes:
    """The list as it is shown, as a workbook."""
    number = min(rows.count(), EXPORT_LIMIT)
    book = Book()
    note = note_of(filters, number) + ("（只含最近的部分，请缩小范围分次导出）" if number == EXPORT_LIMIT else "")
    book.sheet("三会一课", "三会一课会议记录", COLUMNS, map(_line, rows[:EXPORT_LIMIT]), note=note)
    return book.bytes()


def _line(row):
    return (
        row.held_on, row.organization.short_name, row.types_label, row.group_name, row.topic, row.place,
        str(row.chair or ""), str(row.recorder or ""), row.lecturer, row.content, row.decisions,
        row.get_status_display(),
    )  # fmt: skip
