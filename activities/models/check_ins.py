"""签到: that a member opened the code shown in the room. It says nothing of 到会, which the secretary confirms."""

from django.db import models
from django.db.models import Q

from activities.models.attendance import Attendance
from branches import access
from core import clock


class CheckInQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the user's part of the tree, and the user's own."""
        own = Q(attendance__person__user=user)
        return self.filter(access.reads(user, prefix="attendance__day__organization__") | own)


class CheckIn(models.Model):
    """One member who checked in, once a day; the status on the roster does not follow it."""

    attendance = models.OneToOneField(Attendance, models.CASCADE, related_name="check_in")
    at = models.DateTimeField("签到时间", default=clock.now, editable=False)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = "签到"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.attendance.person}签到"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.attendance.day.organization_id
