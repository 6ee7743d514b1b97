"""Who is told of a step: the officers who answer for a paper, and those one level up."""

from activities import road, rules
from branches import access
from branches.models import Appointment


def secretaries(organization):
    """The accounts of those in office who send an organization's papers."""
    return _holders([organization], road.SENDERS)


def reviewers_of(branch):
    """Who answers for a branch one level up: the officers of its general branch, else the department."""
    is_under_general_branch = branch.is_branch and not branch.is_direct
    return _holders([branch.parent], access.DRAFTERS) if is_under_general_branch else department_above(branch)


def next_reviewers(paper):
    """Whose review is the next step of a paper that was just sent."""
    if paper.has_middle and not rules.nobody_can_forward(paper):
        return reviewers_of(paper.organization)
    return department_above(paper.organization)


def department_above(organization):
    """The organization departments of the committees above an organization, never its own."""
    return _holders(organization.lineage[:-1], access.DEPARTMENT)


def _holders(organizations, offices):
    return Appointment.objects.filling(offices, organizations).accounts()
