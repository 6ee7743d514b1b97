"""Who may compute, publish and compile, who may change the scheme, who may urge; and why not."""

import datetime

from activities.models import Policies, Policy
from branches import access
from branches.access import heads_department, rule
from branches.models import Organization
from core import clock
from core.periods import Month
from core.workflow import YES, no
from supervision.models import READERS, Assessment, Scheme

DEPARTMENT_ONLY = "由党委组织部办理。"


@rule("assessment.compute")
def can_compute(user, assessment):
    """``assessment`` may be unsaved: a month that was never computed."""
    if not heads_department(user):
        return no(DEPARTMENT_ONLY)
    if assessment.is_published:
        return no("结果已经发布，不再变动。")
    if assessment.month > Month.current():
        return no("这个月还没有到。")
    if assessment.computed_at is None and assessment.month < Policy.first_month():
        return no("系统启用前的月份没有记录，不考评。")
    if assessment.computed_at is None and Policy.in_force(assessment.month).is_off(assessment.month):
        return no("假期月份不开展活动日，不考评。")
    return YES


def last_due_on(assessment, policies: Policies | None = None) -> datetime.date:
    """The day by which all of a month is due: the record of an activity day on its last day comes last.

    Several rules ask for it; it is read once an object.
    """
    if not hasattr(assessment, "_last_due_on"):
        month = assessment.month
        assessment._last_due_on = (policies or Policies()).of(month).record_due_on(month.last)
    return assessment._last_due_on


def is_preview(assessment, policies: Policies | None = None) -> bool:
    """Were the figures computed while something of the month could still be done in time?"""
    if assessment.is_published or assessment.computed_at is None:
        return False
    return clock.day_of(assessment.computed_at) <= last_due_on(assessment, policies)


@rule("assessment.publish")
def can_publish(user, assessment):
    """Only figures that were wholly computed, under the scheme as it stands, when nothing could be in time any more."""
    if not heads_department(user):
        return no(DEPARTMENT_ONLY)
    if assessment.is_published:
        return no("结果已经发布。")
    if assessment.computed_at is None:
        return no("上次计算没有完成，请先重新计算。")
    if scheme_has_changed(assessment):
        return no("方案在计算之后改过，请先重新计算。")
    if (last := last_due_on(assessment)) >= clock.today():
        return no(f"{assessment.month.number} 月的事到 {last.month} 月 {last.day} 日才全部到期，第二天起才能发布。")
    if is_preview(assessment):
        return no("这是全部到期之前算的，请先重新计算。")
    return YES


@rule("assessment.report")
def can_report(user, organization):
    """Compile the workbook of an organization above the branches: its own officers, or the department for the whole."""
    if organization is None or organization.is_branch:
        return no("工作簿由党总支或党委组织部编制。")
    if heads_department(user) or access.holds(user, organization, access.DRAFTERS | access.DEPARTMENT):
        return YES
    return no("您的职务是只读；工作簿由组织部或本党总支编制后，可以在这里下载。")


@rule("scheme.edit")
def can_edit(user, scheme):
    return YES if heads_department(user) else no("考评方案由党委组织部制定。")


@rule("duty.urge")
def can_urge(user, branch):
    """Whoever reviews the branch may remind it: the officers of its general branch, or the department."""
    if not branch.is_branch:
        return no("只能催办党支部。")
    if access.is_department(user, branch) or access.holds(user, branch.parent, access.DRAFTERS):
        return YES
    return no("由上级党总支或党委组织部催办。")


def scheme_has_changed(assessment) -> bool:
    """Was the scheme of this month edited, or another one put in force, since the figures were computed?"""
    in_force = Scheme.objects.in_force(assessment.month).values_list("pk", "version").first()
    return in_force != (assessment.scheme_id, assessment.scheme_version)


def first_free_month() -> Month | None:
    """The first month whose scheme may still change: after the last published one; None when none is published."""
    last = Assessment.objects.published().order_by("-month").values_list("month", flat=True).first()
    return last.next if last else None


def scope_of(user, office=None) -> Organization | None:
    """The organization whose workbook a user reads: of the present office, or else of the highest above a branch."""
    for seat in (office, *access.seats(user)):
        if seat and seat.office in READERS and seat.kind != "BRANCH":
            return Organization.objects.get(pk=seat.organization_id)
    return None
