"""到会 and 列席: a day's frozen roster, and the guests outside of it."""

from django.db import models
from django.db.models import Q

from activities.models.days import ActivityDay
from branches import access
from branches.models import Person


class AttendanceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the user's part of the tree, and the user's own."""
        return self.filter(access.reads(user, prefix="day__organization__") | Q(person__user=user))

    def expected(self):
        """应到: everybody on the frozen roster who counts."""
        return self.exclude(status=Attendance.Status.NOT_COUNTED)


class Attendance(models.Model):
    """One person on a day's frozen roster. Standing, group and marks are those of that day."""

    class Status(models.TextChoices):
        PRESENT = "PRESENT", "到会"
        ON_LEAVE = "ON_LEAVE", "请假"
        ABSENT = "ABSENT", "缺席"
        NOT_COUNTED = "NOT_COUNTED", "不计"

    MISSED = (Status.ON_LEAVE, Status.ABSENT)  # expected, and not there

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance")
    status = models.CharField("到会情况", max_length=11, choices=Status, default=Status.PRESENT)
    reason = models.CharField("原因", max_length=120, blank=True)
    standing = models.CharField("人员类别", max_length=12, choices=Person.Standing)
    group_name = models.CharField("党小组", max_length=60, blank=True)
    office_label = models.CharField("党内职务", max_length=60, blank=True)
    is_leading_cadre = models.BooleanField("党员领导干部", default=False)
    is_floating = models.BooleanField("流动党员", default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "到会"
        ordering = ["group_name", "person__staff_number"]
        constraints = [
            models.UniqueConstraint(fields=["day", "person"], name="a_person_stands_once_on_a_roster"),
            models.CheckConstraint(
                name="leave_and_exclusion_have_a_reason",
                condition=Q(status__in=["PRESENT", "ABSENT"]) | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["day", "status"], name="attendance_by_day")]

    def __str__(self):
        return f"{self.person} {self.get_status_display()}"

    @property
    def words(self) -> str:
        """What it says, with its reason: 请假（病假）."""
        return f"{self.get_status_display()}（{self.reason}）" if self.reason else self.get_status_display()

    @property
    def marks(self) -> str:
        """What is particular about the person, as of that day: 书记，领导干部."""
        marks = {
            self.office_label: True,
            "预备党员": self.standing == Person.Standing.PROBATIONARY,
            "领导干部": self.is_leading_cadre,
            "流动党员": self.is_floating,
        }
        return "，".join(word for word, holds in marks.items() if word and holds)

    @property
    def made_up_on(self):
        """The day of the first session that made up for it, or None. For many, ``made_up`` is prefetched."""
        return min((one.make_up.held_on for one in self.made_up.all()), default=None)

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id


class GuestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, prefix="day__organization__"))


class Guest(models.Model):
    """列席: somebody who was there outside the rate: a prospect, an activist, a floating member, an outsider."""

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="guests")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="guest_visits")
    name = models.CharField("姓名", max_length=60)
    capacity = models.CharField("身份", max_length=60, blank=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = "列席"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["day", "name", "capacity"], name="a_guest_stands_once_on_a_day")]

    def __str__(self):
        return self.name

    @property
    def named(self) -> str:
        """With the capacity, for paper: 马军平（流动党员，文学院学生第三党支部）."""
        said = self.capacity.replace("（", "，").replace("）", "")
        return f"{self.name}（{said}）" if said else self.name

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
