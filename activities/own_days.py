"""我的: the days that a member is asked to, with leave from them, and how often the member came this year."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from activities.models import ActivityDay, Attendance, LeaveRequest, MonthlyPlan
from activities.rosters import LEAVE_REASONS
from branches.models import Exclusion, Person
from core import clock
from core.periods import Month

COMING = 3  # so many days to come are shown
SET = (MonthlyPlan.Status.SUBMITTED, MonthlyPlan.Status.FILED, MonthlyPlan.Status.ACCEPTED)


def coming_days(person: Person):
    """The days to come of the branch in which somebody is registered, as its plans say that were sent."""
    return (
        ActivityDay.objects.filter(
            Q(plan__planned_on=None) | Q(plan__planned_on__gte=clock.today()), organization=person.organization_id,
            status=ActivityDay.Status.PLANNED, plan__status__in=SET, plan__cancels=False,
        )
        .select_related("plan", "organization")
        .order_by("month")
    )  # fmt: skip


def own_days(person: Person, user) -> dict | None:
    """The part of 我的: nothing for who is no member, and so not expected anywhere."""
    if not person.is_member or person.left_on:
        return None
    lines = list(_with_leave(coming_days(person), person)[:COMING])
    return {"person": person, "lines": lines, "reasons": LEAVE_REASONS, "year": clock.today().year} | _so_far(person)


def _with_leave(days, person):
    """Adds ``leave`` (its id or None), ``leave_reason``, and whether the person ``is_apart`` from 应到 on the day."""
    asked = LeaveRequest.objects.running().filter(person=person, day=OuterRef("pk"))
    on = Coalesce(OuterRef("plan__planned_on"), Value(clock.today()))
    excluded = Exclusion.objects.filter(Q(last_on=None) | Q(last_on__gte=on), person=person, starts_on__lte=on)
    return days.annotate(
        leave=Subquery(asked.values("pk")[:1]),
        leave_reason=Subquery(asked.values("reason")[:1]),
        is_apart=Exists(excluded.filter(status=Exclusion.Status.APPROVED)),
    )


def _so_far(person):
    """``present`` of ``expected`` in the days of this year that were held."""
    year = clock.today().year
    rows = Attendance.objects.expected().filter(person=person, day__month__gte=Month(year, 1))
    return rows.aggregate(expected=Count("pk"), present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)))
