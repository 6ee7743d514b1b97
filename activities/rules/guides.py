"""Who may write and issue the month's guide, and why not."""

from activities.models import MonthGuide
from activities.models.guides import WRITERS
from branches import access
from branches.access import rule
from core.periods import Month
from core.workflow import YES, no

Status = MonthGuide.Status
WHO = {
    "COMMITTEE": "党委的工作提示由党委组织部起草和发布。",
    "GENERAL_BRANCH": "党总支的工作提示由党总支书记、副书记或组织委员起草和发布。",
}


@rule("guide.draft")
def can_draft(user, organization):
    """Write the guide of an organization above the branches."""
    if organization.kind not in WRITERS:
        return no("工作提示由党委组织部和党总支发布，党支部按它安排活动日。")
    if organization.closed_on:
        return no("这个党组织已经撤销。")
    return YES if access.holds(user, organization, WRITERS[organization.kind]) else no(WHO[organization.kind])


@rule("guide.save")
def can_save(user, guide):
    if guide.status != Status.DRAFT:
        return no("工作提示已经发布，改动要写明原因，按“更正”办。")
    return can_draft(user, guide.organization)


@rule("guide.issue")
def can_issue(user, guide):
    if guide.status != Status.DRAFT:
        return no("工作提示已经发布。")
    if guide.month < Month.current():
        return no(f"{guide.month.label}已经过去，不能再发布工作提示。")
    return can_draft(user, guide.organization)


@rule("guide.drop")
def can_drop(user, guide):
    """Give up a draft; one that was issued before stays, for those who were told of it."""
    if guide.status != Status.DRAFT:
        return no("工作提示已经发布，只能撤回。")
    if guide.issues:
        return no("这份工作提示发布过，撤回后留作记录，不能删去。")
    return can_draft(user, guide.organization)


@rule("guide.correct")
def can_correct(user, guide):
    return _of_an_issued_one(user, guide)


@rule("guide.withdraw")
def can_withdraw(user, guide):
    return _of_an_issued_one(user, guide)


def _of_an_issued_one(user, guide):
    if guide.status != Status.ISSUED:
        return no("工作提示还没有发布，或已经撤回。")
    return can_draft(user, guide.organization)
