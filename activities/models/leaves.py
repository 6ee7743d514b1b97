"""请假: what a member asked for before the day; on the roster it stands once the day is held."""

from django.db import models
from django.db.models import Q

from activities.models.days import ActivityDay
from branches import access
from branches.models import Person
from core import clock


class LeaveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the user's part of the tree, and the user's own."""
        return self.filter(access.reads(user, prefix="day__organization__") | Q(person__user=user))

    def running(self):
        """Asked for and not taken back."""
        return self.filter(withdrawn_at=None)


class LeaveRequest(models.Model):
    """Leave from one day that has not been held yet. Taken back it stays on record, and can be asked for once more."""

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="leaves")
    person = models.ForeignKey(Person, models.PROTECT, related_name="leaves")
    reason = models.CharField("请假原因", max_length=120)
    asked_at = models.DateTimeField("请假时间", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "请假"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "person"], condition=Q(withdrawn_at=None), name="a_person_has_one_running_leave_a_day"
            ),
            models.CheckConstraint(name="a_leave_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.person}请假（{self.reason}）"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
