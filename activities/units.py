"""The organizations by which a list of branches is narrowed: what its select offers."""

from branches.forms.places import MOST_OPTIONS
from branches.models import Organization


def choices_above(user, under=None) -> list[Organization]:
    """The general branches, and the committees for their direct branches, by which the user narrows; none if many.

    ``under`` leaves those of one organization's part of the tree.
    """
    kinds = [Organization.Kind.GENERAL_BRANCH, Organization.Kind.COMMITTEE]
    rows = Organization.objects.visible_to(user).open().filter(kind__in=kinds).order_by("path")
    found = list((rows.under(under) if under else rows)[: MOST_OPTIONS + 1])
    return found if 1 < len(found) <= MOST_OPTIONS else []
