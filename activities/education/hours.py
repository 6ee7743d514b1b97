"""How long each member was at 集中教育: the minutes of what took place on the days on which they were present.

Who missed a day and made up for it (补课) has the minutes of that session instead.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, Sum, Value
from django.urls import reverse

from activities.education.coverage import KINDS, months_of
from activities.kinds import EducationForm, EducationKind, ItemKind
from activities.models import ActivityDay, Attendance, DayItem, MakeUpAttendance
from activities.orders import HOURS_COLUMNS, Order
from activities.reports import numbers
from core.periods import Month

MAKE_UP = "补课"
SORTED_BY = {
    "number": lambda one: one.number,
    "present": lambda one: (one.present, one.expected),
    "minutes": lambda one: one.minutes,
}


def rosters_of(user, year: int):
    """The rows of the rosters of a year's days that were held, as far as the user sees them."""
    held = ActivityDay.objects.happened().filter(month__in=months_of(year))
    return Attendance.objects.visible_to(user).filter(day__in=held.order_by())


def attended(rosters):
    """A row for each item of education at which somebody of the rosters was present."""
    return rosters.filter(
        status=Attendance.Status.PRESENT,
        day__items__kind=ItemKind.EDUCATION,
        day__items__outcome__in=[DayItem.Outcome.DONE, DayItem.Outcome.CHANGED],
    )


def made_up(rosters):
    """A row for each session in which somebody of the rosters made up for a day."""
    return MakeUpAttendance.objects.filter(attendance__in=rosters.order_by())


def minutes_by_person(rosters) -> dict[int, int]:
    """``{person id: minutes}``; who was at none is left out."""
    there = attended(rosters).order_by().values_list("person").annotate(minutes=Sum("day__items__minutes"))
    later = made_up(rosters).order_by().values_list("attendance__person").annotate(minutes=Sum("make_up__minutes"))
    found = dict(there)
    for pk, minutes in later:
        found[pk] = found.get(pk, 0) + minutes
    return found


def minutes_by_kind(rosters) -> list[tuple[str, int]]:
    """Each of the four kinds with its minutes on the days themselves, and what was made up for, which has no kind."""
    rows = attended(rosters).order_by().values_list("day__items__subtype").annotate(minutes=Sum("day__items__minutes"))
    later = made_up(rosters).order_by().annotate(kind=Value("")).values_list("kind")
    found = dict(rows.union(later.annotate(minutes=Sum("make_up__minutes")), all=True))
    kinds = [(str(kind.label), found.get(kind.value, 0)) for kind in KINDS]
    return [*kinds, (MAKE_UP, found[""])] if found.get("") else kinds


@dataclass(frozen=True)
class PersonHours:
    """A member's year on the days of one branch: present on so many of those on which they were expected."""

    person_id: int
    name: str
    number: str
    present: int
    expected: int
    minutes: int


class BranchHours:
    """The members who were expected on a branch's days of a year; a branch has as many as fit into one reading."""

    def __init__(self, user, branch, year: int, *, text="", order=""):
        self.order = Order(HOURS_COLUMNS, order, first="number")
        rosters = rosters_of(user, year).filter(day__organization=branch)
        people = rosters.expected().order_by().values_list("person", "person__name", "person__staff_number")
        if text:
            people = people.filter(Q(person__name__icontains=text) | Q(person__staff_number__icontains=text))
        people = people.annotate(
            present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)), expected=Count("pk")
        )  # fmt: skip
        minutes = minutes_by_person(rosters)
        found = [
            PersonHours(pk, name, number, present, expected, minutes.get(pk, 0))
            for pk, name, number, present, expected in people
        ]
        rows = sorted(found, key=SORTED_BY["number"])
        key = SORTED_BY[self.order.asked.removeprefix("-")]
        self.rows = sorted(rows, key=key, reverse=self.order.asked.startswith("-"))


@dataclass(frozen=True)
class Attended:
    """One item of education at which somebody was, or a session that made up for a day: that has no kind.

    ``url`` is empty where the reader does not see the day.
    """

    on: date
    branch: str
    kind: str
    form: str
    content: str
    minutes: int
    url: str

    @property
    def words(self) -> str:
        if not self.kind:
            return MAKE_UP
        form = dict(EducationForm.choices).get(self.form, "")
        return " · ".join(filter(None, [EducationKind(self.kind).label, form]))


def attended_by(user, person, year: int, *, branch="") -> list[Attended]:
    """What one person was at in a year, the latest first; on the days of one ``branch``, as typed, or on all."""
    rosters = rosters_of(user, year).filter(person=person)
    if numbers(branch):
        rosters = rosters.filter(day__organization__in=numbers(branch))
    seen = Exists(ActivityDay.objects.visible_to(user).filter(pk=OuterRef("day")))
    rows = attended(rosters).order_by("-day__held_on", "day", "day__items__order", "day__items").values_list(
        "day__held_on", "day__organization__short_name", "day__items__subtype", "day__items__form",
        "day__items__content", "day__items__minutes", "day", seen,
    )  # fmt: skip
    found = [
        Attended(on, where, kind, form, content, long, reverse("day_record", args=[day]) if is_seen else "")
        for on, where, kind, form, content, long, day, is_seen in rows
    ]
    found += _made_up_by(user, rosters)
    return sorted(found, key=lambda one: one.on, reverse=True)


def _made_up_by(user, rosters) -> list[Attended]:
    seen = Exists(ActivityDay.objects.visible_to(user).filter(pk=OuterRef("make_up__day")))
    rows = made_up(rosters).order_by("-make_up__held_on", "pk").values_list(
        "make_up__held_on", "make_up__day__organization__short_name", "make_up__content", "make_up__minutes",
        "make_up__day", seen,
    )  # fmt: skip
    return [
        Attended(on, where, "", "", content, long, reverse("day_attendance", args=[day]) if is_seen else "")
        for on, where, content, long, day, is_seen in rows
    ]


def own_hours(person, user) -> dict | None:
    """For a member's own page: the minutes of the running year, altogether and by kind."""
    if not person.is_member:
        return None
    year = Month.current().year
    kinds = minutes_by_kind(rosters_of(user, year).filter(person=person))
    return {"person": person, "year": year, "kinds": kinds, "minutes": sum(minutes for _, minutes in kinds)}
