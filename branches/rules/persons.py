"""Who may enter somebody into the register, and who may change the facts of whom."""

from branches import access
from branches.access import rule
from core.workflow import YES, no

KEEPER = "由本支部或上级的书记、副书记、组织委员或组织部办理。"


@rule("person.add")
def can_add_person(user, organization):
    """A person enters the register of a branch through whoever keeps it."""
    if not organization.is_branch:
        return no("人员登记在党支部，请先打开所在的党支部。")
    if organization.closed_on:
        return no("这个党支部已经撤销，不能再登记人员。")
    return YES if access.keeps(user, organization) else no(KEEPER)


@rule("person.edit")
def can_edit_person(user, person):
    """The facts of somebody who is in the register: whoever keeps it, of oneself too. No rights hang on them."""
    if person.left_on:
        return no("这个人已经离开名册，过去的资料不再改动。")
    return YES if access.keeps(user, person.organization) else no(KEEPER)


@rule("person.edit_own")
def can_edit_own(user, person):
    """The own phone and e-mail, and nothing else."""
    return YES if person.user_id == user.pk and person.user_id else no("只能改自己的电话和邮箱。")
