"""请假 before the day: asked for, taken back. On the roster it stands once the day is held."""

from django.db import IntegrityError, transaction
from django.urls import reverse

from activities import rules
from activities.filing.people import secretaries
from activities.models import ActivityDay, LeaveRequest
from core import clock
from core.audit import record
from core.inbox import tell
from core.workflow import StaleState, lock, require

FROM = {"ask": (ActivityDay.Status.PLANNED,)}


@transaction.atomic
def ask_leave(day, person, *, by, reason):
    """Ask for leave from a day to come, or enter it for a member who asked; the branch's secretaries are told.

    The day is locked: whoever holds it meanwhile either finds the leave or was faster, which is told.
    """
    day = lock(day, *FROM["ask"])
    require(rules.can_ask_leave(by, day, person))
    try:
        with transaction.atomic():
            leave = LeaveRequest.objects.create(day=day, person=person, reason=reason)
    except IntegrityError as error:
        raise StaleState(f"{person.name}已经请过假了，不用再登记。") from error
    record(day, "leave.asked", by=by, note=f"{person.name}：{reason}", also=[leave])
    _tell(leave, "leave_asked", f"{person.name}请假：{day.month.label}活动日", f"原因：{reason}", by=by)
    return leave


@transaction.atomic
def withdraw_leave(leave, *, by):
    """Take leave back before the day is held: the person is expected again. The secretaries are told."""
    day = lock(leave.day, *FROM["ask"])
    leave = lock(leave)
    require(rules.can_withdraw_leave(by, leave))
    if leave.withdrawn_at:
        raise StaleState("这次请假已经撤回了。")
    leave.withdrawn_at = clock.now()
    leave.save(update_fields=["withdrawn_at"])
    record(day, "leave.withdrawn", by=by, note=leave.person.name, also=[leave])
    _tell(leave, "leave_withdrawn", f"{leave.person.name}撤回请假：{day.month.label}活动日", "", by=by)
    return leave


def _tell(leave, event, title, text, *, by):
    """Tell the branch's secretaries, and the member for whom somebody else did it; never who did it."""
    day, key = leave.day, f"{event}:{leave.pk}"
    officers = [user for user in secretaries(day.organization) if user != by]
    sender = day.organization.short_name
    tell(officers, event, key=key, title=title, text=text, url=day.get_absolute_url(), sender=sender)
    if leave.person.user != by:
        tell([leave.person.user], event, key=key, title=title, text=text, url=reverse("me"), sender=sender)
