"""Who may propose that somebody is not counted in 应到, who decides it, and who ends it."""

from branches import access
from branches.access import rule
from branches.models import Exclusion
from branches.rules.persons import KEEPER
from core.workflow import YES, no

Status = Exclusion.Status


@rule("exclusion.propose")
def can_propose_exclusion(user, person):
    """Of a member: whoever keeps the register of the branch."""
    if person.left_on:
        return no("这个人已经离开名册，不再列入应到。")
    if not person.is_member:
        return no("积极分子和发展对象本来就不计入应到。")
    return YES if access.keeps(user, person.organization) else no(KEEPER)


@rule("exclusion.decide")
def can_decide_exclusion(user, exclusion):
    """From above the branch; nobody about the own proposal nor about oneself."""
    person = exclusion.person
    if exclusion.status != Status.PROPOSED:
        return no("已经批复过了。")
    if person.left_on:
        return no("这个人已经离开名册，不用再批复。")
    if not access.decides_for(user, person.organization):
        return no("由上级党组织批复；直属党支部的由组织部批复。")
    if exclusion.proposed_by_id == user.pk:
        return no("不能批复自己提出的申请，请上级的其他同志批复。")
    if person.user_id and person.user_id == user.pk:
        return no("不能批复关于自己的申请，请上级的其他同志批复。")
    return YES


@rule("exclusion.withdraw")
def can_withdraw_exclusion(user, exclusion):
    """Before it is decided: who proposed it, or a colleague of the branch. Those above decline it instead."""
    if exclusion.status != Status.PROPOSED:
        return no("已经批复过了，不能再撤回。")
    organization = exclusion.person.organization
    if not access.keeps(user, organization):
        return no(KEEPER)
    if exclusion.proposed_by_id != user.pk and access.decides_for(user, organization):
        return no("这是支部提出的，请直接批复。")
    return YES


@rule("exclusion.end")
def can_end_exclusion(user, exclusion):
    """Somebody counts again earlier than was approved: whoever keeps the register, but not about oneself."""
    if not exclusion.is_running:
        return no("这一条没有在执行，不用提前结束。")
    if exclusion.person.user_id and exclusion.person.user_id == user.pk:
        return no("关于自己的，请本支部或上级的其他同志办理。")
    return YES if access.keeps(user, exclusion.person.organization) else no(KEEPER)
