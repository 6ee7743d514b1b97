"""When the department makes days free on which plans stand: their secretaries are told, so that they move the date."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from activities import road
from activities.models import ActivityDay, Filing, MonthlyPlan
from branches.calendar import free_days
from branches.models import Appointment
from core import clock
from core.inbox import notices, tell_all
from core.jobs import enqueue

Status = Filing.Status
BATCH = 500
STANDING = (Status.SUBMITTED, Status.FILED, Status.ACCEPTED)
NOT_YET = "计划还没有备案：请撤回，或请上级退回，改了日期再报。"
WHAT_TO_DO = {
    Status.SUBMITTED: NOT_YET,
    Status.FILED: NOT_YET,
    Status.ACCEPTED: "打开计划，可以顺延到最近的工作日。",
}


def plans_on(days: Iterable[datetime.date]):
    """The plans that stand on one of the days, of which no day has been held yet."""
    rows = MonthlyPlan.objects.standing().filter(planned_on__in=days, status__in=STANDING, cancels=False)
    return rows.filter(day__status=ActivityDay.Status.PLANNED)


def days_became_free(days: list[datetime.date], by) -> None:
    """Have the secretaries told of those days to come on which plans stand; in the transaction of the calendar."""
    coming = sorted(day for day in days if day >= clock.today())
    if coming and plans_on(coming).exists():
        names = [day.isoformat() for day in coming]
        enqueue("tell_of_free_days", f"tell_of_free_days:{clock.now().isoformat()}:{names[0]}", by=by, days=names)


def tell_of_free_days(job) -> int:
    """The work of a ``tell_of_free_days`` job: a notice a plan, once a day; gives how many plans.

    A day that is worked again by now, a plan that has moved, a day that was held: nobody is told of these any more.
    """
    days = [datetime.date.fromisoformat(name) for name in job.payload["days"]]
    names = free_days(days[0], days[-1])
    rows = plans_on([day for day in days if day in names]).order_by("pk")
    told, last = 0, 0
    while plans := list(rows.filter(pk__gt=last).select_related("organization")[:BATCH]):
        last = plans[-1].pk
        told += len(plans)
        _tell(plans, names)
    return told


def _tell(plans, names):
    seats = Appointment.objects.filling(road.SENDERS, [plan.organization_id for plan in plans])
    senders = defaultdict(list)
    for seat in seats.select_related("person__user"):
        senders[seat.organization_id].append(seat.person.user)
    tell_all(
        [
            notice
            for plan in plans
            for notice in notices(
                senders[plan.organization_id], "plan_day_free",
                key=f"plan_day_free:{plan.pk}:{plan.planned_on}:{clock.today()}",
                title=f"{_date(plan.planned_on)}改为{names[plan.planned_on]}，请看活动日要不要改期",
                text=WHAT_TO_DO[plan.status], url=plan.get_absolute_url(), sender="党委组织部",
            )
        ]
    )  # fmt: skip


def _date(day) -> str:
    return f"{day.month} 月 {day.day} 日"
