"""党员活动日: the day itself, its items as they went, its frozen roster, and the guests outside of it."""

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from activities.models.plans import Item, MonthlyPlan, OwnedQuerySet
from branches import access
from branches.models import Organization, Person
from core import clock
from core.periods import MonthField


class DayQuerySet(OwnedQuerySet):
    def visible_to(self, user):
        """Days of the user's part of the tree; one whose plan was taken back to a draft is its branch's alone."""
        drafting = [seat.organization_id for seat in access.seats(user) if seat.office in access.RECORDERS]
        hidden = Q(status="PLANNED", plan__status=MonthlyPlan.Status.DRAFT) & ~Q(organization__in=drafting)
        return super().visible_to(user).exclude(hidden)

    def happened(self):
        return self.filter(status__in=[ActivityDay.Status.HELD, ActivityDay.Status.RECORDED])

    def with_counts(self):
        """Adds ``expected`` (应到), ``present``, ``on_leave`` and ``absent``: 实到 + 请假 + 缺席 = 应到."""

        def count(*statuses):
            return Count("attendance", filter=Q(attendance__status__in=statuses))

        status = Attendance.Status
        return self.annotate(
            expected=count(status.PRESENT, status.ON_LEAVE, status.ABSENT),
            present=count(status.PRESENT),
            on_leave=count(status.ON_LEAVE),
            absent=count(status.ABSENT),
        )


class ActivityDay(models.Model):
    """党员活动日: the container on which roster, dues, meetings and record hang. Opened when the plan is submitted."""

    class Status(models.TextChoices):
        PLANNED = "PLANNED", "待开展"
        HELD = "HELD", "已开展"
        RECORDED = "RECORDED", "已记录"
        NOT_HELD = "NOT_HELD", "未开展"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="days", verbose_name="党支部")
    month = MonthField("月份")
    plan = models.OneToOneField(MonthlyPlan, models.PROTECT, related_name="day")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.PLANNED)
    held_on = models.DateField("实际日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人")
    recorder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    summary = models.TextField("主要内容及特色", blank=True)
    not_held_reason = models.CharField("未开展原因", max_length=200, blank=True)
    held_at = models.DateTimeField("确认到会时间", null=True)
    recorded_at = models.DateTimeField("提交记录时间", null=True)
    record_due_on = models.DateField("记录截止", null=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = DayQuerySet.as_manager()

    class Meta:
        verbose_name = "活动日"
        ordering = ["-month", "organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "month"], name="one_day_a_branch_and_month"),
            models.CheckConstraint(
                name="a_held_day_has_its_date",
                condition=Q(status__in=["PLANNED", "NOT_HELD"]) | Q(held_on__isnull=False, record_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_day_not_held_has_its_reason", condition=~Q(status="NOT_HELD") | ~Q(not_held_reason="")
            ),
        ]
        indexes = [models.Index(fields=["month", "organization"], name="day_by_month")]

    def __str__(self):
        return f"{self.organization} {self.month.label}活动日"

    def get_absolute_url(self):
        return reverse("day", args=[self.pk])

    @property
    def happened(self) -> bool:
        return self.status in (self.Status.HELD, self.Status.RECORDED)

    @property
    def is_open(self) -> bool:
        """May attendance and items still be written?"""
        return self.status == self.Status.HELD

    @property
    def on(self):
        """The day itself: when it was held, else when it is planned."""
        return self.held_on or self.plan.planned_on

    @property
    def record_is_late(self) -> bool:
        return bool(self.recorded_at and self.record_due_on and clock.day_of(self.recorded_at) > self.record_due_on)


class DayItem(Item):
    """One item as it went: copied from the plan when the day is held, or added on the day."""

    class Outcome(models.TextChoices):
        DONE = "DONE", "已完成"
        CHANGED = "CHANGED", "有调整"
        NOT_DONE = "NOT_DONE", "未进行"

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="items")
    outcome = models.CharField("完成情况", max_length=8, choices=Outcome, blank=True)
    note = models.TextField("情况记录", blank=True)
    was_planned = models.BooleanField("计划内", default=True)
    is_signed = models.BooleanField("会议记录已确认", default=False)

    class Meta:
        verbose_name = "活动内容"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="what_was_signed_took_place", condition=Q(is_signed=False) | Q(outcome__in=["DONE", "CHANGED"])
            ),
        ]

    @property
    def took_place(self) -> bool:
        return self.outcome in (self.Outcome.DONE, self.Outcome.CHANGED)

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id


class AttendanceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the user's part of the tree, and the user's own."""
        return self.filter(access.reads(user, prefix="day__organization__") | Q(person__user=user))

    def expected(self):
        """应到: everybody on the frozen roster who counts."""
        return self.exclude(status=Attendance.Status.NOT_COUNTED)


class Attendance(models.Model):
    """One person on a day's frozen roster. Standing, group and cadre mark are those of that day."""

    class Status(models.TextChoices):
        PRESENT = "PRESENT", "到会"
        ON_LEAVE = "ON_LEAVE", "请假"
        ABSENT = "ABSENT", "缺席"
        NOT_COUNTED = "NOT_COUNTED", "不计"

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance")
    status = models.CharField("到会情况", max_length=11, choices=Status, default=Status.PRESENT)
    reason = models.CharField("原因", max_length=120, blank=True)
    standing = models.CharField("人员类别", max_length=12, choices=Person.Standing)
    group_name = models.CharField("党小组", max_length=60, blank=True)
    office_label = models.CharField("党内职务", max_length=60, blank=True)
    is_leading_cadre = models.BooleanField("党员领导干部", default=False)

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
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
