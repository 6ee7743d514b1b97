"""What a plan gives to think about although it can be filed: date, place and host at that hour, theme."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, Sum

from activities.models import MonthlyPlan, Policy
from branches.access import within
from branches.calendar import holiday_name
from core import clock

USUAL_LENGTH = 60  # minutes, of a plan without items


@dataclass(frozen=True)
class Caution:
    """Something to look at that does not hold a plan up."""

    title: str
    detail: str


def cautions(plan, policy: Policy, branch=None, theme="") -> list[Caution]:
    """The cautions of a plan, or of what its form shows at present (any of its values may be missing).

    ``theme`` is what the year's plan says of the quarter; with ``branch`` the other plans of the hour are looked at.
    """
    found = _of_the_theme(plan, theme)
    day = plan.planned_on
    if day is None:
        return found
    usual = policy.usual_day(plan.month)
    if usual and day != usual:
        found.append(
            Caution(
                "日期不是固定活动日", f"{policy.pattern_label}，{plan.month.short}应为 {usual.day} 日。不影响报送。"
            )
        )
    if free := holiday_name(day):
        found.append(Caution(f"这一天是{free}", "请确认党员能到会；按惯例可在一周内顺延。"))
    if day < clock.today():
        found.append(Caution("日期已经过了", "如还没有开展，请改成以后的日期。"))
    return found + (_clashes(plan, branch) if branch is not None and plan.starts_at else [])


def _of_the_theme(plan, theme):
    if not theme or not plan.theme or plan.theme == theme:
        return []
    return [Caution("主题不是本季度的主题", f"年度计划里，{plan.month.quarter.label}的主题是“{theme}”。不影响报送。")]


def _clashes(plan, branch):
    """Who else has the place, or the same host, at that hour: the plans of the day under the same committee."""
    begins, ends = _hours(plan.planned_on, plan.starts_at, plan.minutes)
    same = Q(host=plan.host_id) if plan.host_id else Q(pk__in=[])
    if plan.place:
        same |= Q(place__iexact=plan.place)
    others = (
        MonthlyPlan.objects.standing()  # the system's own: that a room is taken is told, not what is done there
        .filter(same, within("organization__path", _campus(branch)), planned_on=plan.planned_on, cancels=False)
        .exclude(organization=branch)
        .exclude(status=MonthlyPlan.Status.DRAFT)
        .exclude(starts_at=None)
        .annotate(length=Sum("items__minutes"))
        .select_related("organization", "host")
        .order_by("starts_at", "pk")
    )
    found = []
    for other in others[:20]:
        from_, until = _hours(other.planned_on, other.starts_at, other.length)
        if from_ < ends and begins < until:
            who = str(other.organization) if other.organization.parent_id == branch.parent_id else "另一个党支部"
            is_host = plan.host_id and other.host_id == plan.host_id
            what = f"主持人{other.host.name}" if is_host else f"“{plan.place}”"
            when = f"{other.starts_at:%H:%M}—{until:%H:%M}"
            found.append(Caution(f"{what}这个时间已有安排", f"{who} {when} 已经报了。请确认时间，或换一个地方。"))
    return found


def _hours(day, starts_at, minutes):
    begins = datetime.datetime.combine(day, starts_at)
    return begins, begins + datetime.timedelta(minutes=minutes or USUAL_LENGTH)


def _campus(branch) -> str:
    """The path of the nearest committee above a branch: rooms elsewhere may have the same name."""
    return branch.parent.path if branch.is_direct else branch.parent.path.rstrip("/").rpartition("/")[0] + "/"
