"""Who fixes bases, from which month on, and why not."""

from branches import access
from branches.access import rule
from core.workflow import YES, Verdict, no

ONLY = "党费基数由本支部书记、副书记、组织委员，或上级党组织核定。"
OWN = "这是您本人的党费基数，请由支部其他负责同志或上级党组织核定。"
DEPARTMENT_ONLY = "核算项目由党委组织部制定，这里可以查看。"


@rule("dues.set_bases")
def can_set_bases(user, organization) -> Verdict:
    """The officers who draft, each in their own branch, and those who keep the register above it."""
    return YES if access.keeps(user, organization) else no(ONLY)


@rule("dues.set_base")
def can_set_base(user, person) -> Verdict:
    """As above, but nobody fixes their own: another officer does, or somebody above."""
    if person.user_id == user.pk:
        return no(OWN)
    if person.left_on:
        return no(f"{person.name}已经离开名册，不再核定基数。")
    return can_set_bases(user, person.organization)


def can_set_these(user, people) -> Verdict:
    """May the user fix the bases of these people (ids), as far as it is not their own?"""
    own = getattr(user, "person", None)
    return no(OWN) if own is not None and own.pk in people else YES


@rule("imports.bases")
def can_import_bases(user, row=None) -> Verdict:
    """Whoever keeps a part of the register, for the people of that part."""
    return YES if access.keeps_somewhere(user) else no(ONLY)


@rule("pay_items.set")
def can_set_items(user, scheme=None) -> Verdict:
    """The department of the topmost committee: the items hold for everybody."""
    return YES if access.heads_department(user) else no(DEPARTMENT_ONLY)
