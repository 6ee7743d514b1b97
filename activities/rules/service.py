"""Who may do what to wishes, pairings and pledges, and why not. Seeing is decided elsewhere (``visible_to``)."""

from activities.models import Pledge, Wish
from activities.models.wishes import home_of
from branches import access
from branches.access import rule
from core import clock
from core.workflow import YES, no

Status = Wish.Status


@rule("wish.post")
def can_post(user, organization):
    """Put up somebody's wish: the officers of a branch, for whom it knows."""
    return _recorder(user, organization, "微心愿由党支部委员发布。")


@rule("wish.withdraw")
def can_withdraw(user, wish):
    if wish.status != Status.OPEN:
        return no("已经有人认领（或已撤回），不能再撤回。")
    return _holds(user, wish.organization, "由发布的党支部撤回。")


@rule("wish.claim")
def can_claim(user, wish):
    """认领 for oneself: whoever stands in the register of an organization to which the wish is open."""
    if wish.status != Status.OPEN:
        return no("这个心愿现在不等人认领。")
    home = home_of(user)
    if home is None:
        return no("这个账号没有对应到在册人员，不能以个人名义认领。")
    if wish.asker is not None and wish.asker.user_id == user.pk:
        return no("自己提出的心愿，请别的同志来认领。")
    return YES if home.path.startswith(wish.open_to.path) else no(f"这个心愿只请{wish.open_to}的同志认领。")


@rule("wish.claim_for")
def can_claim_for(user, wish, branch):
    """认领 in a branch's name, by one of its officers."""
    if wish.status != Status.OPEN:
        return no("这个心愿现在不等人认领。")
    if not branch.is_branch or not branch.path.startswith(wish.open_to.path):
        return no(f"这个心愿只请{wish.open_to}的党支部认领。")
    return _recorder(user, branch, f"以{branch}名义认领，由该支部委员办理。")


def claims(user, wish) -> bool:
    """Is the user whoever claimed it: the person, or an officer of the branch that did?"""
    if wish.claiming_branch is None:
        return False
    if wish.claimant is not None:
        return wish.claimant.user_id is not None and wish.claimant.user_id == user.pk
    return access.holds(user, wish.claiming_branch, access.RECORDERS)


def _claimer_is_gone(wish) -> bool:
    """Can whoever claimed it not act any more: a person who left or cannot log in, a branch that was closed?"""
    one = wish.claimant
    if one is None:
        return wish.claiming_branch is not None and wish.claiming_branch.closed_on is not None
    return one.left_on is not None or one.user is None or not one.user.is_active


@rule("wish.give_back")
def can_give_back(user, wish):
    """退回认领: by whoever claimed it; of one who is gone, by an officer of the posting branch."""
    if wish.status != Status.CLAIMED:
        return no("只有已认领、还没有办好的心愿可以退回。")
    if _claimer_is_gone(wish) and access.holds(user, wish.organization, access.RECORDERS):
        return YES
    return YES if claims(user, wish) else no("由认领的同志（或认领支部的委员）退回。")


@rule("wish.finish")
def can_finish(user, wish):
    if wish.status != Status.CLAIMED:
        return no("只有已认领的心愿可以登记办好。")
    return YES if claims(user, wish) else no("由认领的同志（或认领支部的委员）登记。")


@rule("wish.confirm")
def can_confirm(user, wish):
    """确认实现: by who asked; of somebody without an account, by an officer of the posting branch, or above it."""
    if wish.status != Status.DONE:
        return no("还没有登记办好，或已经确认过了。")
    if _did(user, wish):
        return no("办这件事的人（和认领支部的委员）不能自己确认。")
    if asker_answers(wish):
        return YES if wish.asker.user_id == user.pk else no(f"由提出心愿的{_asker_word(user, wish)}本人确认。")
    if access.holds(user, wish.organization, access.RECORDERS) or access.keeps_from_above(user, wish.organization):
        return YES
    return no(f"由{wish.organization}的委员转达提出人的意见后确认。")


@rule("wish.send_back")
def can_send_back(user, wish):
    """还没办好: whoever could confirm it."""
    return can_confirm(user, wish)


def asker_answers(wish) -> bool:
    """Has the asker an account to answer from, and no part in what was done?"""
    asker = wish.asker
    if asker is None or asker.user is None or not asker.user.is_active or asker.left_on:
        return False
    return not _did(asker.user, wish)


def _did(user, wish) -> bool:
    """Had the user a hand in it: claimed it, did it, or sits on the committee of a branch that did it for another."""
    claimant = wish.claimant.user_id if wish.claimant else None
    if user.pk in (claimant, wish.claimed_by_id, wish.finished_by_id):
        return True
    of_another = wish.claiming_branch_id != wish.organization_id
    return of_another and access.holds(user, wish.claiming_branch, access.RECORDERS)


def knows_asker(user, wish) -> bool:
    """May the user read who asked, and how to reach them: the posting branch's chain, the claimer, the asker."""
    in_chain = any(wish.organization.path.startswith(seat.path) for seat in access.seats(user))
    is_asker = wish.asker is not None and wish.asker.user_id is not None and wish.asker.user_id == user.pk
    return in_chain or is_asker or claims(user, wish)


def _asker_word(user, wish) -> str:
    return wish.asker_name if knows_asker(user, wish) else "同志"


@rule("pairing.begin")
def can_begin(user, organization):
    return _recorder(user, organization, "结对由党支部委员登记。")


@rule("pairing.visit")
def can_visit(user, pairing):
    """记走访: the helper, or an officer of the branch."""
    if not pairing.is_running:
        return no("这次结对已经结束。")
    return _of_pairing(user, pairing, "由帮带人或本支部委员登记。")


@rule("visit.drop")
def can_drop_visit(user, visit):
    """Take a mistaken visit back: whoever wrote it down, or an officer of the branch."""
    if not visit.pairing.is_running:
        return no("这次结对已经结束，走访记录不再改动。")
    if visit.by_id == user.pk:
        return YES
    return _holds(user, visit.pairing.organization, "由登记的人或本支部委员删去。")


@rule("pairing.end")
def can_end(user, pairing):
    if not pairing.is_running:
        return no("这次结对已经结束。")
    return _holds(user, pairing.organization, "由本支部委员办理结束。")


@rule("pledge.write")
def can_write_pledge(user, person, pledge=None):
    """写承诺: the member; or an officer of the branch, from paper, while the member has not written it."""
    if pledge is not None and pledge.is_checked:
        return no("这份承诺已经评定，内容不再改动。")
    if not person.is_member or person.left_on:
        return no("承诺由在册的党员作出。")
    if person.user_id is not None and person.user_id == user.pk:
        return YES
    if pledge is not None and pledge.by_id == person.user_id:
        return no("承诺是本人填写的，由本人修改。")
    return _holds(user, person.organization, "由党员本人填写，或由本支部委员按纸质承诺登记。")


@rule("pledge.check")
def can_check(user, pledge):
    """评定: what ``checkable_by`` gives, and why not."""
    if Pledge.objects.filter(pk=pledge.pk).checkable_by(user).exists():
        return YES
    if pledge.person.user_id is not None and pledge.person.user_id == user.pk:
        return no("自己的承诺由别的同志评定。")
    return no("由支部书记评定；书记本人的由副书记、其他委员或上级党总支评定。")


def years_to_write() -> tuple[int, ...]:
    """The years for which a pledge can be written: this one; in January the one before too, from paper."""
    today = clock.today()
    return (today.year, today.year - 1) if today.month == 1 else (today.year,)


def _of_pairing(user, pairing, why):
    if pairing.helper.user_id is not None and pairing.helper.user_id == user.pk:
        return YES
    return _holds(user, pairing.organization, why)


def _recorder(user, organization, why):
    if not organization.is_branch:
        return no("这件事在党支部办。")
    if organization.closed_on:
        return no("这个党组织已经撤销。")
    return _holds(user, organization, why)


def _holds(user, organization, why):
    return YES if access.holds(user, organization, access.RECORDERS) else no(why)
