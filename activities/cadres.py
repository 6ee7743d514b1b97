"""领导干部参加情况: who came to how many days of a term, a line for each branch whose roster had them.

Everything is counted on the frozen rosters: a later transfer, or another word on who is a leading cadre, changes
nothing. 应到 is who was counted; 实到 + 请假 + 缺席 = 应到, 不计 apart.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, When
from django.urls import reverse

from activities.models import ActivityDay, Attendance, PlanCadre
from activities.reports import numbers, organization_above
from activities.row_orders import RowOrder
from activities.school_terms import Span
from branches.models import Organization
from branches.words import organization_named, person_named
from core.periods import Month
from core.shares import percent

Status = Attendance.Status
COLUMNS = (("姓名", "name"), ("党支部", "code"))
RATES = (("到会率", "rate"), ("缺席", "absent"), ("请假", "leave"))
BY = {
    "name": F("person__name"), "code": F("day__organization__code"), "absent": F("absent"), "leave": F("on_leave"),
    "rate": Case(When(expected__gt=0, then=F("present") * 1.0 / F("expected")), output_field=FloatField()),
}  # fmt: skip
ABSENT, AWAY, PLANNED = "ABSENT", "AWAY", "PLANNED"
STATUSES = [*Status.choices, (PLANNED, "计划参加未到")]
ONLY = [(ABSENT, "有缺席"), (AWAY, "有请假或缺席"), (PLANNED, "计划参加未到")]
BATCH = 500
COUNTS = ("held", "expected", "present", "on_leave", "absent", "not_counted", "planned_missed")


@dataclass(frozen=True)
class Asked:
    """What is asked for: a term, and to whom it is narrowed; ``only`` leaves lines, ``status`` single days."""

    span: Span
    above: Organization | None = None
    text: str = ""
    only: str = ""
    status: str = ""
    person: int | None = None
    organization: int | None = None

    @classmethod
    def of(cls, user, values, span: Span) -> "Asked":
        """As an address says it; nonsense narrows nothing."""
        only, status = values.get("only", ""), values.get("status", "")
        return cls(
            span,
            organization_above(user, values.get("above", "")) if numbers(values.get("above", "")) else None,
            values.get("q", "").strip(),
            only if only in dict(ONLY) else "",
            status if status in (*Status.values, PLANNED) else "",
            *(next(iter(numbers(values.get(name, ""))), None) for name in ("person", "organization")),
        )

    @property
    def words(self) -> dict[str, str]:
        """The filters as users read them, for the sheet's note and the log."""
        found = {"学期": str(self.span), "范围": str(self.above or "全部")}
        found |= {"只看": dict(ONLY)[self.only]} if self.only else {}
        found |= {"到会情况": dict(STATUSES)[self.status]} if self.status else {}
        return found | ({"查找": self.text} if self.text else {})

    def query(self, **more) -> str:
        """The address of the same, with something more (or other) asked."""
        asked = {"term": self.span.key, "above": self.above.pk if self.above else "", "q": self.text} | more
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class MonthCell:
    """What somebody did in a month: ``row`` is the attendance of its day, None where the roster had no such line."""

    month: Month
    row: Attendance | None

    @property
    def word(self) -> str:
        return self.row.get_status_display() if self.row else "—"


@dataclass(frozen=True)
class CadreLine:
    """One leading cadre in one branch in a term."""

    person_id: int
    name: str
    branch_id: int
    code: str
    branch: str
    unit: str
    counts: dict[str, int]
    cells: list[MonthCell]
    reasons: str
    url: str

    @property
    def share(self) -> str:
        """实到 of 应到 in percent; empty where nobody was expected."""
        present, expected = self.counts["present"], self.counts["expected"]
        if present == expected:
            return "100" if expected else ""
        return percent(present, expected)


def attendance_of(user, asked: Asked):
    """The lines of rosters that are asked for: of days held in the term, of who was a leading cadre on them."""
    days = ActivityDay.objects.visible_to(user).happened().filter(held_on__range=(asked.span.first, asked.span.last))
    planned = PlanCadre.objects.filter(plan=OuterRef("day__plan"), person=OuterRef("person"))
    rows = Attendance.objects.filter(day__in=days, is_leading_cadre=True).annotate(was_planned=Exists(planned))
    if asked.above:
        rows = rows.filter(day__organization__parent=asked.above)
    if asked.text:
        rows = rows.filter(person_named(asked.text, "person__") | organization_named(asked.text, "day__organization__"))
    return rows.order_by()


def single_days(user, asked: Asked):
    """The same, day by day, for whoever opens a number: narrowed to somebody, a branch, what they did."""
    rows = attendance_of(user, asked)
    if asked.person:
        rows = rows.filter(person=asked.person)
    if asked.organization:
        rows = rows.filter(day__organization=asked.organization)
    if asked.status == PLANNED:
        rows = rows.filter(_missed())
    elif asked.status:
        rows = rows.filter(status=asked.status)
    rows = rows.select_related("person", "day__organization__parent")
    return rows.order_by("-day__held_on", "day__organization__code", "person__staff_number")


def words_of_days(asked: Asked, rows: list[Attendance]) -> dict[str, str]:
    """What the days were narrowed to, as users read it; whose and of which branch they are says the first of them."""
    found = asked.words
    found |= {"姓名": rows[0].person.name} if asked.person and rows else {}
    return found | ({"党支部": rows[0].day.organization.short_name} if asked.organization and rows else {})


def _missed() -> Q:
    """Said to come by the plan, expected, and not there."""
    return Q(was_planned=True, status__in=[Status.ON_LEAVE, Status.ABSENT])


def _counts() -> dict[str, Count]:
    """What is counted of lines of rosters, by its name in ``COUNTS``."""
    by_status = {"present": Status.PRESENT, "on_leave": Status.ON_LEAVE, "absent": Status.ABSENT}
    return {
        "held": Count("pk"),
        "expected": Count("pk", filter=~Q(status=Status.NOT_COUNTED)),
        "not_counted": Count("pk", filter=Q(status=Status.NOT_COUNTED)),
        "planned_missed": Count("pk", filter=_missed()),
    } | {name: Count("pk", filter=Q(status=status)) for name, status in by_status.items()}


def _lines(user, asked):
    """One row a person and branch, with its counts, as dicts."""
    place = ("day__organization__code", "day__organization__short_name", "day__organization__parent__short_name")
    kind = "day__organization__parent__kind"
    return (
        attendance_of(user, asked)
        .values("person", "person__name", "person__staff_number", "day__organization", *place, kind)
        .annotate(**_counts())
    )


def totals(user, asked: Asked) -> dict[str, int]:
    """The sums over all lines of the scope, whatever lines are left out below; and how many ``people``."""
    return attendance_of(user, asked).aggregate(people=Count("person", distinct=True), **_counts())


class Cadres:
    """The lines in the order that is asked for, read page by page with their months: two queries a page."""

    def __init__(self, user, asked: Asked, order: RowOrder):
        self.user, self.asked = user, asked
        rows = _lines(user, asked)
        if asked.only == ABSENT:
            rows = rows.filter(absent__gt=0)
        elif asked.only == AWAY:
            rows = rows.filter(Q(absent__gt=0) | Q(on_leave__gt=0))
        elif asked.only == PLANNED:
            rows = rows.filter(planned_missed__gt=0)
        then = ("day__organization__code", "person__staff_number", "person")
        self.rows = order.rows(rows, BY, *then)

    def count(self) -> int:
        return self.rows.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, part) -> list[CadreLine]:
        rows = list(self.rows[part])
        batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
        return [line for batch in batches for line in self._with_months(batch)]

    def _with_months(self, rows) -> list[CadreLine]:
        people, branches = {row["person"] for row in rows}, {row["day__organization"] for row in rows}
        single = attendance_of(self.user, self.asked).filter(person__in=people, day__organization__in=branches)
        found: dict[tuple[int, int], list[Attendance]] = defaultdict(list)
        for one in single.select_related("day").order_by("day__held_on"):
            found[one.person_id, one.day.organization_id].append(one)
        return [_line(row, found[row["person"], row["day__organization"]], self.asked.span) for row in rows]


def _line(row: dict[str, Any], single: list[Attendance], span: Span) -> CadreLine:
    by_month = {one.day.month: one for one in single}
    which = {"term": span.key, "person": row["person"], "organization": row["day__organization"]}
    is_direct = row["day__organization__parent__kind"] == Organization.Kind.COMMITTEE
    return CadreLine(
        person_id=row["person"], name=row["person__name"], branch_id=row["day__organization"],
        code=row["day__organization__code"], branch=row["day__organization__short_name"],
        unit="直属党支部" if is_direct else row["day__organization__parent__short_name"],
        counts={name: row[name] for name in COUNTS},
        cells=[MonthCell(month, by_month.get(month)) for month in span.months], reasons=_reasons(single),
        url=f"{reverse('cadre_days')}?{urlencode(which)}",
    )  # fmt: skip


def _reasons(single) -> str:
    """Why somebody was on leave or not counted, how often: 病假 2 次、因公出差."""
    found = Counter(one.reason for one in single if one.reason and one.status in (Status.ON_LEAVE, Status.NOT_COUNTED))
    return "、".join(reason if number == 1 else f"{reason} {number} 次" for reason, number in found.items())


def figures(asked: Asked, sums: dict[str, int]) -> list[tuple[str, int, str]]:
    """``(word, number, address of the rows)`` of the sums that stand on top."""
    days = reverse("cadre_days")
    wanted = (("实到", "present", Status.PRESENT), ("请假", "on_leave", Status.ON_LEAVE),
              ("缺席", "absent", Status.ABSENT), ("不计", "not_counted", Status.NOT_COUNTED),
              ("计划参加未到", "planned_missed", PLANNED))  # fmt: skip
    return [(word, sums[name], f"{days}?{asked.query(status=status)}") for word, name, status in wanted]
