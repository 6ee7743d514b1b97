"""In which month money is booked that comes now: what a page promises, and what the act then holds it to."""

from django.db.models import Max

from core.periods import Month
from dues.models import Charge, DuesMonth, Entry


def running_month(user, branch_id: int) -> DuesMonth | None:
    """A branch's dues month of the running one, if it is opened and the user sees it."""
    return DuesMonth.objects.visible_to(user).of([branch_id]).for_month(Month.current()).first()


def books_of(user, dues_month: DuesMonth, charge: Charge | None = None) -> Month:
    """The month in which money of a branch is booked, of one charge where that is known."""
    return booking_month(running_month(user, dues_month.organization_id), charge.pk if charge else None)


def booking_month(running: DuesMonth | None, charge_id: int | None = None) -> Month:
    """In which month money is booked that comes now, given the branch's dues month of the running one, if it has it.

    That is the running month or, once it was handed in, the next one: what went up stays as it went. Money of one
    charge is never booked before what was booked for it already: after a month came back, a payment of the next one
    would be taken back before it came, and paid a second time in the month that had received it.
    """
    current = Month.current()
    books = current.next if running is not None and running.is_handed_in else current
    last = Entry.objects.filter(charge=charge_id).aggregate(last=Max("month_paid"))["last"] if charge_id else None
    return max(books, last or books)
