"""补课: a session for those who missed a day. It stands beside the day and never changes its 实到."""

from django.db import models
from django.db.models import Q

from activities.models.attendance import Attendance
from activities.models.days import ActivityDay
from branches import access
from branches.models import Person
from core.documents import StoredFile


class MakeUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, prefix="day__organization__"))


class MakeUp(models.Model):
    """One session: when, where, what was done, who led it, who took part, and what proves it."""

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="make_ups")
    held_on = models.DateField("补课日期")
    place = models.CharField("地点", max_length=120)
    content = models.TextField("补课内容")
    minutes = models.PositiveSmallIntegerField("时长（分钟）", default=60)
    led_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="负责人")

    objects = MakeUpQuerySet.as_manager()

    class Meta:
        verbose_name = "补课"
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(name="a_make_up_takes_some_minutes", condition=Q(minutes__range=(1, 600))),
        ]

    def __str__(self):
        return f"{self.held_on.month} 月 {self.held_on.day} 日补课"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id


class MakeUpAttendance(models.Model):
    """Somebody on leave or absent who took part in a session."""

    make_up = models.ForeignKey(MakeUp, models.CASCADE, related_name="attended")
    attendance = models.ForeignKey(Attendance, models.CASCADE, related_name="made_up")

    class Meta:
        verbose_name = "参加补课"
        ordering = ["attendance__group_name", "attendance__person__staff_number"]
        constraints = [
            models.UniqueConstraint(fields=["make_up", "attendance"], name="a_person_takes_part_in_a_make_up_once"),
        ]

    def __str__(self):
        return str(self.attendance.person)


class MakeUpFile(models.Model):
    """A document that proves a session: a list that was signed, what was written."""

    make_up = models.ForeignKey(MakeUp, models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField("序号")

    class Meta:
        verbose_name = "补课的材料"
        ordering = ["order", "pk"]

    def __str__(self):
        return str(self.file)
