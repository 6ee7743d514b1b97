"""Who may register a step of somebody's standing: the branch up to the prospect, the level above from admission on."""

from branches import access
from branches.access import rule
from branches.models import StandingChange, Transfer
from branches.rules.persons import KEEPER
from branches.standing import STEPS, steps_from
from core.workflow import YES, no

Kind = StandingChange.Kind
OWN = "自己的类别变动由别人登记。"
ABOVE = "接收、转正、延长和取消由上级审批，请上级党组织（直属党支部请组织部）登记。"


@rule("standing.change")
def can_change_standing(user, person):
    """Is there anything of this person's standing that the user may register? Asked for the button."""
    if person.user_id and person.user_id == user.pk:
        return no(OWN)
    if access.decides_for(user, person.organization):
        return YES
    if not access.keeps(user, person.organization):
        return no(KEEPER)
    return no(ABOVE) if all(STEPS[kind].above for kind in steps_from(person.standing)) else YES


def can_take_step(user, person, kind):
    """May the user register this kind of step of this person? Whether it starts from here is for the table to say."""
    if person.left_on:
        return no("这个人已经离开名册，不能再登记变动。")
    return _answers(user, person, above=STEPS[kind].above)


def can_undo_standing(user, person, last):
    """Take the ``last`` step back: whoever could have registered it."""
    if last is None:
        return no("没有可以撤回的登记。")
    if last.kind == Kind.CORRECTED:
        return no("最近一次是更正，不能撤回；还有不对的，请再更正一次。")
    if person.left_on and last.kind != Kind.DROPPED:
        return no("这个人已经离开名册，过去的登记不再改动。")
    if last.kind == Kind.DROPPED and _moved_since(person):
        return no("登记以后组织关系又有变动，这一条不能再撤回。")
    return _answers(user, person, above=STEPS[last.kind].above)


def _moved_since(person) -> bool:
    """Is the last move of a person who was dropped another than the leaving that came with it?"""
    last = person.transfers.accepted().order_by("moved_on", "pk").last()
    return last is not None and last.kind != Transfer.Kind.DROPPED


def can_correct_standing(user, person, steps):
    """Put right what stood wrongly in the register from the beginning: from above, while no step was registered."""
    if person.left_on:
        return no("这个人已经离开名册，过去的登记不再改动。")
    if steps:
        return no("已有登记过的变动：那一条写错了，请撤回后重新登记。")
    return _answers(user, person, above=True)


def _answers(user, person, *, above):
    if person.user_id and person.user_id == user.pk:
        return no(OWN)
    if above:
        return YES if access.decides_for(user, person.organization) else no(ABOVE)
    return YES if access.keeps(user, person.organization) else no(KEEPER)
