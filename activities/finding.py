"""What an address names, as far as its reader may see it: another's is not found."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from activities import check_in_codes, reports, rules
from activities.models import ActivityDay, Attendance
from branches.access import get_visible_or_404
from branches.models import Person


def found_day(request, pk) -> ActivityDay:
    """The activity day with its branch, its plan and who led it; raises Http404."""
    rows = ActivityDay.objects.visible_to(request.user)
    return get_visible_or_404(
        rows.select_related("organization__parent", "plan__host", "host", "recorder"), request.user, pk=pk
    )


def own_person(request) -> Person:
    """The user in the register; an account of nobody is told so."""
    person = Person.objects.select_related("organization").filter(user=request.user).first()
    if person is None:
        raise PermissionDenied("这个账号还没有对应到人员名册，请联系党委组织部。")
    return person


def own_row(request, pk, code) -> Attendance:
    """The user's own row on the roster of the day whose code was scanned; whoever cannot check in is told why.

    Without a code that the room shows, and without a row there, the day is not found, as if there were none.
    """
    day = ActivityDay.objects.select_related("organization").filter(pk=pk).first()
    if day is None or not check_in_codes.is_on(day):
        raise Http404
    row = day.attendance.select_related("person", "check_in").filter(person__user=request.user).first()
    if row is None and not check_in_codes.is_shown(day, code):
        raise Http404
    verdict = rules.can_check_in(request.user, row, day, code)
    if row is None or not verdict:
        raise PermissionDenied(verdict.why)
    return row


def listed_days(request, month):
    """The branches of a month under the filters of the address, each with its day or None."""
    asked = {name: request.GET.get(name, "").strip() for name in ("status", "above", "on", "order")}
    return reports.day_list(request.user, month, text=request.GET.get("q", "").strip(), **asked)
