"""Dues of a branch as far as a test needs them, and acts that take several people, as one step."""

from decimal import Decimal

from dues import actions
from dues.actions import Choice
from dues.models import DuesMonth
from tests.builders import NOVEMBER, make_person


def make_dues(branch, month=NOVEMBER, members=3, **acts):
    """An opened month: ``members`` students who owe 0.20 each, the others of the branch 15.00; ``acts`` bring it on."""
    lacking = branch.people.filter(dues_bases=None, category="STAFF")
    actions.set_bases({person.pk: Decimal(3000) for person in lacking}, month, "核定", None)
    for number in range(members):
        make_person(branch, f"学生{number}", category="STUDENT")
    actions.open_month(month)
    return bring_on(DuesMonth.objects.get(organization=branch, month=month), **acts)


def bring_on(row, *, verified=None, submitted=None, forwarded=None, settled=None, put_off=()):
    """A month after the acts that are named, each with who does it; charges of ``put_off`` (names) are deferred."""
    row.refresh_from_db()
    itself = DuesMonth.objects.filter(pk=row.pk)
    if verified:
        actions.verify_month(row, choices=choices(row, put_off), by=verified)
    if submitted:
        actions.submit_month(row, by=submitted)
    if forwarded:
        actions.forward_months(itself, by=forwarded)
    if settled:
        actions.settle_months(itself, by=settled)
    return itself.select_related("organization__parent").get()


def choices(row, put_off=()):
    """Everybody pays on the spot, but who is put off."""
    return {
        charge.pk: Choice("DEFER", "出差") if charge.person.name in put_off else Choice()
        for charge in row.charges.select_related("person")
    }


def table(row):
    """What the untouched form of a month's verification posts."""
    return {f"method-{pk}": "CASH" for pk in row.charges.filter(amount__gt=0).values_list("pk", flat=True)}


def reverse(entry, *, reason, by, second=None):
    """Ask for a payment to be taken back, and confirm it; by default somebody above the branch does."""
    asked = actions.ask_reversal(entry, reason=reason, by=by)
    return actions.confirm_reversal(asked, by=second or above(entry))


def above(entry):
    """The general branch's secretary, or the department of a branch directly under the committee."""
    parent = entry.charge.dues_month.organization.parent
    return parent.appointments.active().filter(office__in=["SECRETARY", "ORGANIZATION_DEPARTMENT"]).first().person.user
