"""Who is still to be charged for a month: members who owe it and stand on no branch's list."""

from core.periods import Month
from dues.models import Base, uncharged


def without_charge(month: Month, branches):
    """Those who belong to ``branches`` in the month, owe it and have no charge: with ``home``, and ``base`` or None.

    Who moved in during the month is asked by the receiving branch, unless the old one has charged them already.
    """
    people = uncharged(month).of_month(branches, month)
    return people.annotate(base=Base.objects.in_force(month)).order_by("home", "staff_number")


def lacking(dues_month):
    """Members without a charge of whom the month is still asked: until it is signed for the first time, or runs."""
    return [] if dues_month.is_over else list(without_charge(dues_month.month, [dues_month.organization_id]))
