"""What the page of 到会 shows: the frozen roster with its counts, found and narrowed; who is invited, who asks."""

from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import Prefetch, Q

from activities import check_in_codes, rules
from activities.models import ActivityDay, Attendance, MakeUpAttendance
from branches import access
from branches.access import can
from branches.models import Organization, Person
from core.workflow import Verdict

LEAVE_REASONS = ("因公出差", "病假", "授课", "探亲", "事假")
EXCLUSION_REASONS = ("长期病休", "出国（境）", "外出半年以上")
LONG = 15  # a roster of more people has a search box
MISSED, UNSIGNED = "missed", "unsigned"
FOUND = 10  # so many floating members are offered to whoever looks for one


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to: a piece of a name, and those who missed the day or have not checked in."""

    text: str = ""
    show: str = ""

    @classmethod
    def of(cls, data) -> "Asked":
        show = data.get("show", "")
        return cls(data.get("q", "").strip(), show if show in (MISSED, UNSIGNED) else "")

    @property
    def query(self) -> str:
        """As it stands in an address, with its question mark; empty when nothing is asked."""
        words = {name: value for name, value in (("q", self.text), ("show", self.show)) if value}
        return f"?{urlencode(words)}" if words else ""

    def takes(self, row: Attendance) -> bool:
        if self.show == MISSED and row.status not in Attendance.MISSED:
            return False
        if self.show == UNSIGNED and (hasattr(row, "check_in") or row.status == Attendance.Status.NOT_COUNTED):
            return False
        return self.text in row.person.name


def roster(day: ActivityDay, opened="", rows=None, asked=Asked(), guests=None) -> dict:
    """The frozen roster by group, with the counts (实到 + 请假 + 缺席 = 应到, 列席 apart).

    ``away`` were expected and did not come, ``apart`` were not expected. ``opened`` is the row being edited. The groups
    are narrowed to what is ``asked``; the counts never are.
    """
    rows = list(day.attendance.select_related("person")) if rows is None else rows
    by_status = {status: [row for row in rows if row.status == status] for status in Attendance.Status.values}
    status = Attendance.Status
    counts = {
        "expected": len(rows) - len(by_status[status.NOT_COUNTED]),
        "present": len(by_status[status.PRESENT]),
        "on_leave": len(by_status[status.ON_LEAVE]),
        "absent": len(by_status[status.ABSENT]),
        "guests": day.guests.count() if guests is None else len(guests),
    }
    groups = []
    for name, some in groupby(rows, key=lambda row: row.group_name):
        people = list(some)
        groups.append(
            {
                "name": name or "全体党员",
                "people": [row for row in people if asked.takes(row)],
                "present": sum(row.status == status.PRESENT for row in people),
                "expected": sum(row.status != status.NOT_COUNTED for row in people),
            }
        )
    away, apart = by_status[status.ON_LEAVE] + by_status[status.ABSENT], by_status[status.NOT_COUNTED]
    groups = [group for group in groups if group["people"]]
    return {"groups": groups, "counts": counts, "away": away, "apart": apart, "opened": opened}


@dataclass(frozen=True)
class Rights:
    """What the reader may do on the page. ``rows`` are ids of the rows that can be set, or corrected."""

    write: Verdict
    correct: Verdict
    exclude: bool
    make_up: Verdict
    code: bool
    rows: set[int] = field(default_factory=set)


def rights_on(day: ActivityDay, user, rows, has_check_in: bool) -> Rights:
    """Everything that the page offers its reader, without a query."""
    write, correct = can(user, "day.write", day), can(user, "day.correct_roster", day)
    exclude = bool(can(user, "day.exclude", day) or correct)
    settable = {
        row.pk
        for row in rows
        if (exclude or row.status != Attendance.Status.NOT_COUNTED)
        and (correct or write or (day.is_open and rules.leads(user, row)))
    }
    return Rights(write, correct, exclude, can(user, "day.make_up", day), has_check_in and bool(write), settable)


def sheet(day: ActivityDay, user, asked: Asked, opened="") -> dict:
    """The page's roster: what ``roster`` gives, and what stands beside it: guests, make-up sessions, rights."""
    made_up = MakeUpAttendance.objects.select_related("make_up")
    rows = list(day.attendance.select_related("person", "check_in").prefetch_related(Prefetch("made_up", made_up)))
    guests, has_check_in = list(day.guests.all()), check_in_codes.is_on(day)
    found = roster(day, opened, rows, asked, guests)
    return found | {
        "asked": asked,
        "may": rights_on(day, user, rows, has_check_in),
        "guests": guests,
        "is_long": len(rows) > LONG,
        "has_check_in": has_check_in,
        "checked_in": sum(hasattr(row, "check_in") for row in rows),
        "owing": [row for row in found["away"] if not row.made_up_on],
        "make_ups": make_ups_of(day),
        "reasons": LEAVE_REASONS,
        "exclusion_reasons": EXCLUSION_REASONS,
    }


def make_ups_of(day: ActivityDay):
    """The sessions that were held for those who missed a day, with who took part and their documents."""
    attended = MakeUpAttendance.objects.select_related("attendance__person")
    return day.make_ups.select_related("led_by").prefetch_related(Prefetch("attended", attended), "files__file")


def floating_elsewhere(day: ActivityDay):
    """Floating members of other branches of the same committee, who may come as guests."""
    committees = Organization.objects.above(day.organization).filter(kind=Organization.Kind.COMMITTEE)
    own = committees.order_by("-path").first()
    inside = access.within("organization__path", own.path) if own else Q(pk__in=[])
    people = Person.objects.filter(inside).members().present().filter(is_floating=True)
    return people.exclude(organization=day.organization).select_related("organization")


def find_floating(day: ActivityDay, text: str) -> list[Person]:
    """Those of whom the name contains ``text``, or whose staff number it is; nobody for less than two letters."""
    if len(text) < 2:
        return []
    taken = day.guests.exclude(person=None).values("person")
    people = floating_elsewhere(day).filter(Q(name__icontains=text) | Q(staff_number=text)).exclude(pk__in=taken)
    return list(people.order_by("organization__code", "staff_number")[:FOUND])
