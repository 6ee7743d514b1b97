"""Builders for what stands around a roster: leave that was asked for, make-up sessions."""

from django.core.files.base import ContentFile

from activities.models import LeaveRequest, MakeUp
from core.accounts import User
from core.documents import keep
from tests.builders import PDF


def make_leave(day, person, reason="授课", **fields):
    """Leave from a day to come, asked for by whoever."""
    return LeaveRequest.objects.create(day=day, person=person, reason=reason, **fields)


def make_make_up(day, rows=None, files=("签到表.pdf",), **fields):
    """A session for ``rows`` of the roster: without them, for everybody who missed the day."""
    fields = {"held_on": day.held_on, "place": "党员活动室", "content": "补学当天的内容", "led_by": day.host} | fields
    make_up = MakeUp.objects.create(day=day, **fields)
    for row in day.attendance.filter(status__in=["ON_LEAVE", "ABSENT"]) if rows is None else rows:
        make_up.attended.create(attendance=row)
    by = User.objects.filter(person__appointments__organization=day.organization_id).order_by("pk").first()
    for order, name in enumerate(files, start=1):
        make_up.files.create(file=keep(ContentFile(PDF, name), by=by), order=order)
    return make_up
