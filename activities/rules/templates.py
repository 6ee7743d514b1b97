"""Who may keep and change the templates of an organization, and why not. Seeing is decided by ``visible_to``."""

from activities import road
from branches import access
from branches.access import rule
from core.workflow import YES, no


@rule("template.keep")
def can_keep_template(user, organization):
    """Keep a template for an organization: whoever writes its papers."""
    if access.holds(user, organization, road.WRITERS):
        return YES
    return no("模板由本组织的书记、副书记或组织委员（党委由组织部）建立。")


@rule("template.save")
def can_change_template(user, template):
    """Change or drop it: whoever could keep it; those below take from it, and keep their own."""
    if access.holds(user, template.organization, road.WRITERS):
        return YES
    return no(f"这个模板由{template.organization}维护；您可以取用，或在自己的计划上另存为模板。")
