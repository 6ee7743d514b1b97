"""Whether the activity day took place: hold, skip, resume. Each reads lock · check · change · record · tell."""

from django.db import transaction

from activities import rules
from activities.actions.attendance import freeze_roster, members_of_the_day
from activities.actions.guests import carry_guests
from activities.filing import give_way_to_the_day, reviewers_of
from activities.models import ActivityDay, Attendance, DayItem, MonthlyPlan, Policy
from core import clock
from core.audit import record
from core.inbox import tell
from core.workflow import lock, lock_all, require

Status = ActivityDay.Status
FROM = {
    "hold": (Status.PLANNED,),
    "skip": (Status.PLANNED,),
    "resume": (Status.NOT_HELD,),
}
NAMED = 5  # so many people are named in a note; more are counted


@transaction.atomic
def hold_day(day, *, by, **facts):
    """Confirm that the day took place: freeze the roster, all present who count, and copy the planned items.

    ``facts`` are held_on, starts_at, place, host and recorder as they really were. The month's plans are locked before
    the day, so that no step of filing can take the plan away meanwhile; a revision still on the road becomes void.
    """
    papers = lock_all(MonthlyPlan.objects.of([day.organization_id]).for_month(day.month).order_by("pk"))
    day = lock(day, *FROM["hold"])
    day.plan = next(plan for plan in papers if plan.pk == day.plan_id)
    require(rules.can_hold(by, day))
    for name, value in facts.items():
        setattr(day, name, value)
    day.status, day.held_at, day.substitute_on = Status.HELD, clock.now(), None
    day.record_due_on = Policy.in_force(day.month).record_due_on(day.held_on)
    day.save(update_fields=[*facts, "status", "held_at", "substitute_on", "record_due_on"])
    people, elsewhere = members_of_the_day(day)
    roster = freeze_roster(day, people)
    carry_guests(day, by=by)
    DayItem.objects.bulk_create(DayItem(day=day, order=item.order, **item.copied) for item in day.plan.items.all())
    give_way_to_the_day(day.plan, by=by)
    expected = sum(row.status != Attendance.Status.NOT_COUNTED for row in roster)
    record(day, "day.held", by=by, note=_told(elsewhere), held_on=day.held_on, expected=expected)
    return day


def _told(elsewhere):
    """Who is not expected here because another branch has them in the month's roster, in words."""
    if not elsewhere:
        return ""
    names = "、".join(person.name for person in elsewhere[:NAMED]) + ("等" if len(elsewhere) > NAMED else "")
    return f"{len(elsewhere)} 人本月已在原支部的名单里，没有重复计入：{names}"


@transaction.atomic
def skip_day(day, *, by, reason, substitute_on=None):
    """Say that the month's day was not held, and why; those above are told. It stays owed, and counts as missed.

    ``substitute_on`` is when it is to be made up for: made up for within its month it can be confirmed after all.
    """
    day = lock(day, *FROM["skip"])
    require(rules.can_skip(by, day))
    day.status, day.not_held_reason, day.substitute_on = Status.NOT_HELD, reason, substitute_on
    day.save(update_fields=["status", "not_held_reason", "substitute_on"])
    entry = record(day, "day.skipped", by=by, note=reason)
    later = f"；拟于 {substitute_on.month} 月 {substitute_on.day} 日补" if substitute_on else ""
    tell(
        reviewers_of(day.organization), "day_skipped", key=f"day_skipped:{day.pk}:{entry.pk}",
        title=f"{day.organization} {day.month.label}未开展活动日", text=f"原因：{reason}{later}",
        url=day.get_absolute_url(), sender=day.organization.short_name,
    )  # fmt: skip
    return day


@transaction.atomic
def resume_day(day, *, by):
    """Take back that the day was not held: it can be confirmed again."""
    day = lock(day, *FROM["resume"])
    require(rules.can_resume(by, day))
    day.status, day.not_held_reason = Status.PLANNED, ""
    day.save(update_fields=["status", "not_held_reason"])
    record(day, "day.resumed", by=by)
    return day
