"""What a branch owes of the activity day each month: its plan, the day, the record. Computed, never stored."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.models import ActivityDay, Attendance, MonthlyPlan, Policies
from core import clock
from core.contributions import Duty, DutySource, Scope
from core.periods import Month

BEFORE_THE_SITE = "系统启用前"
BEFORE_FOUNDING = "成立时已过报送期"


def policies(scope: Scope) -> Policies:
    """The policies, to be read once a scope."""
    return Policies()


def lifespans(scope: Scope) -> list[tuple]:
    """(id, founded on, closed on) of the branches, to be read once a scope."""
    return list(scope.branches.values_list("pk", "founded_on", "closed_on"))


def why_no_day(plan) -> str:
    """The department has accepted that no day is held in the plan's month; ``plan`` may be None."""
    return f"经备案不开展：{plan.reason}" if plan is not None and plan.is_called_off else ""


def owed(scope: Scope):
    """Every (branch, month, policy, reason why nothing is owed, why not even a plan), in the order of codes."""
    for month in scope.months:
        policy = scope.once(policies).of(month)
        for pk, founded_on, closed_on in scope.once(lifespans):
            why = why_not_owed(policy, month, founded_on, closed_on)
            yield pk, month, policy, why, why or why_no_plan(policy, month, founded_on)


def why_no_plan(policy, month: Month, founded_on) -> str:
    """A branch founded after the day for a month's plan is not late with it."""
    return BEFORE_FOUNDING if founded_on and founded_on > policy.plan_due_on(month) else ""


def why_not_owed(policy, month: Month, founded_on, closed_on) -> str:
    """Why a branch owes nothing in a month; empty when it owes."""
    if month < policy.effective_from:  # months before the first policy are asked with the first one
        return BEFORE_THE_SITE
    if policy.is_off(month):
        return "假期月份"
    if founded_on and founded_on > month.last:
        return "尚未成立"
    return "已撤销" if closed_on and closed_on <= month.last else ""


def why_no_plan_of(branch, month: Month, policy) -> str:
    """Why a branch owes no plan of a month by the policy of it; empty when it does."""
    return why_not_owed(policy, month, branch.founded_on, branch.closed_on) or why_no_plan(
        policy, month, branch.founded_on
    )


def rows(scope: Scope) -> Iterable[Duty]:
    """The three duties of each branch and month, from one reading of the plans with their days."""
    plans = {
        (plan.organization_id, plan.month): plan
        for plan in with_headcounts(MonthlyPlan.objects.standing().filter(month__in=scope.months).of(scope.branches))
    }
    for pk, month, policy, why, why_no_plan in owed(scope):
        plan = plans.get((pk, month))
        day = getattr(plan, "day", None)
        if day is not None:
            day.plan = plan
        why_not = why or why_no_day(plan)
        yield plan_duty(pk, month, policy, why_no_plan, plan)
        yield day_duty(pk, month, why_not, day)
        yield record_duty(pk, month, policy, why_not, day)


def with_headcounts(plans):
    """Plans with their days, and ``expected`` and ``present``: 应到 and 实到, 0 until the day is held."""

    def number(rows):
        counted = rows.order_by().values("day__plan").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted), 0)

    roster = Attendance.objects.expected().filter(day__plan=OuterRef("pk"))
    present = roster.filter(status=Attendance.Status.PRESENT)
    return plans.select_related("day").annotate(expected=number(roster), present=number(present))


def plan_duty(pk, month, policy, why, plan) -> Duty:
    """报送月计划, by the day that the policy sets in the month before; a returned plan is owed again, some days later.

    Once there is a plan, its own due day counts: a later change of the policy makes nobody late.
    """
    filed = plan is not None and not plan.is_open
    due_on = plan.due_on if plan else policy.plan_due_on(month)
    returned = plan is not None and plan.status == MonthlyPlan.Status.RETURNED
    if returned:
        due_on = max(due_on, policy.correction_due_on(clock.day_of(plan.returned_at)))
    return Duty(
        kind="plan", organization_id=pk, month=month, due_on=due_on, not_owed=why,
        title=f"修改并再报 {month.number} 月计划" if returned else f"报送 {month.number} 月计划",
        done_on=plan.first_submitted_on if filed else None,
        url=plan.get_absolute_url() if filed else reverse("plan_edit", args=[pk, month]),
        detail=_plan_detail(plan), act="修改再报" if returned else "补齐并报送",
    )  # fmt: skip


def _plan_detail(plan):
    if plan is None:
        return "已按季度主题和上月安排预填，核对后即可报送。"
    if plan.status == MonthlyPlan.Status.RETURNED:
        return f"被退回：{plan.return_note}"
    if plan.status == MonthlyPlan.Status.DRAFT:
        return "草稿已存，还没有报送。"
    return plan.get_status_display()


def day_duty(pk, month, why, day) -> Duty:
    """开展活动日, on the filed date; without a plan, by the end of the month."""
    skipped = day is not None and day.status == ActivityDay.Status.NOT_HELD
    return Duty(
        kind="day", organization_id=pk, month=month, title=f"开展 {month.number} 月活动日",
        due_on=(day.plan.planned_on if day else None) or month.last,
        done_on=day.held_on if day and day.happened else None, not_owed=why,
        missed=f"未开展：{day.not_held_reason}" if skipped else "",
        url=day.get_absolute_url() if day and not day.plan.is_open else reverse("plan_edit", args=[pk, month]),
        detail=_day_detail(day), act="确认开展" if day and not day.plan.is_open else "先报计划",
        fraction=(day.plan.present, day.plan.expected) if day and day.happened else None,
    )  # fmt: skip


def _day_detail(day):
    if day is None or (day.plan.is_open and not day.happened):
        return "先报送计划，再开展活动。"
    return f"{day.plan.place}，主题“{day.plan.theme}”。"


def record_duty(pk, month, policy, why, day) -> Duty:
    """提交活动日记录, within the policy's days after the day was held; nothing is owed before.

    One that was returned is owed again, by the day that the return gave it.
    """
    happened = day is not None and day.happened
    skipped = day is not None and day.status == ActivityDay.Status.NOT_HELD
    returned = happened and day.is_returned
    return Duty(
        kind="record", organization_id=pk, month=month,
        title=f"修改并再交 {month.number} 月活动日记录" if returned else f"提交 {month.number} 月活动日记录",
        due_on=day.record_due_on if happened else policy.record_due_on(month.last),
        done_on=clock.day_of(day.recorded_at) if happened and day.recorded_at else None,
        not_owed=why or ("本月未开展活动日" if skipped else ""), not_yet="" if happened else "活动日还没有开展",
        url=reverse("day_record", args=[day.pk]) if happened else reverse("plan_edit", args=[pk, month]),
        detail=f"被退回：{day.return_note}" if returned else "到会已记，写明各项完成情况后提交。",
        act="修改再交" if returned else "填写记录",
    )  # fmt: skip


SOURCES = [DutySource("plan", "月计划", rows, also={"day": "活动日", "record": "活动日记录"})]
