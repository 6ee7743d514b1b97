"""Who enters what was published about an organization, and why not. Seeing is decided by ``visible_to``."""

from branches import access
from branches.access import rule
from core.workflow import YES, no


@rule("publicity.add")
def can_add_publicity(user, organization):
    """Whoever records for the organization itself; those above read it."""
    if access.holds(user, organization, access.RECORDERS):
        return YES
    return no("宣传情况由本组织的书记、副书记或委员登记。")


@rule("publicity.save")
def can_change_publicity(user, row):
    """Change it or drop it: whoever could enter it."""
    return can_add_publicity(user, row.organization)
