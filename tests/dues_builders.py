"""Acts of dues that take several people, as one step of a test."""

from dues import actions


def reverse(entry, *, reason, by, second=None):
    """Ask for a payment to be taken back, and confirm it; by default somebody above the branch does."""
    asked = actions.ask_reversal(entry, reason=reason, by=by)
    return actions.confirm_reversal(asked, by=second or above(entry))


def above(entry):
    """The general branch's secretary, or the department of a branch directly under the committee."""
    parent = entry.charge.dues_month.organization.parent
    return parent.appointments.active().filter(office__in=["SECRETARY", "ORGANIZATION_DEPARTMENT"]).first().person.user
