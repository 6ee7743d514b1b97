"""签到: a member says to have come. The roster is not changed by it."""

from django.db import transaction

from activities import rules
from activities.models import CheckIn
from core.audit import record
from core.workflow import lock, require


@transaction.atomic
def check_in(attendance, *, by, code):
    """Check somebody in by the code that the room shows; twice is once. The status on the roster stays as it is."""
    attendance = lock(attendance)
    require(rules.can_check_in(by, attendance, attendance.day, code))
    found, is_new = CheckIn.objects.get_or_create(attendance=attendance)
    if is_new:
        record(attendance, "attendance.checked_in", by=by, also=[found])
    return found
