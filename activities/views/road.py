"""What every page of a paper shows of its road: the parts with what was wanted changed, the steps, the attempts."""

from activities import filing, road, rules
from activities.attempts import before_amendment, side_by_side
from activities.comparison import compare, read_parts
from activities.forms import AnswerForm, ReasonForm, renew
from branches.models import Organization
from core.audit import history_of


def road_of(user, paper, *, before=None, form=None) -> dict:
    """Template context: ``may`` has the verdict of every step for this user, ``rows`` the parts with their comment.

    Who only reads what is in force (a year's plan of a level above) gets neither its road nor its attempts.
    """
    form, follows = form or AnswerForm(type(paper)), rules.follows(user, paper)
    read_parts(paper, before)
    fields = form.part_fields
    found = compare(paper, before)
    return {
        "paper": paper,
        "may": {step: rules.may(user, paper, step) for step in road.STEPS},
        "why_nothing": rules.why_nothing(user, paper),
        "form": form,
        "differences": found,
        "rows": [(row, fields[row.part.name]) for row in found.fields],
        "items_comment": fields.get("items"),
        "follows": follows,
        "pairs": side_by_side(paper) if follows else [],
        "amends": before_amendment(paper) if follows else [],
        "history": history_of(paper) if follows else [],
        "coming": filing.steps_to_come(paper),
        "reason_form": ReasonForm(),
    }


def overtaken_by(user, paper, form, differences) -> dict:
    """Somebody else was faster: what ``overtaken.html`` tells. While the paper is open, saving again is a choice."""
    if paper.is_open:
        renew(form, paper.version)
    return {
        "last": history_of(paper).last(), "is_sent": not paper.is_open, "differences": differences,
        "may_withdraw": rules.may(user, paper, "withdraw"),
    }  # fmt: skip


def keeper(user, office, plan=None) -> Organization | None:
    """For whom this user keeps templates: the plan's own organization, else that of the office; None for nobody."""
    if plan and rules.can_keep_template(user, plan.organization):
        return plan.organization
    owner = Organization.objects.visible_to(user).filter(pk=office.organization_id).first() if office else None
    return owner if owner and rules.can_keep_template(user, owner) else None
