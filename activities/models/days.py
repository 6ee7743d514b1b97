"""党员活动日: the day itself, and its items as they went."""

from decimal import Decimal

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.models.filings import OwnedQuerySet
from activities.models.plans import Item, MonthlyPlan
from branches import access
from branches.models import Organization, Person
from core import clock
from core.periods import MonthField


class DayQuerySet(OwnedQuerySet):
    def for_month(self, month):
        return self.filter(month=month)

    def visible_to(self, user):
        """Days of the user's part of the tree; one whose plan was taken back to a draft is its branch's alone."""
        drafting = [seat.organization_id for seat in access.seats(user) if seat.office in access.RECORDERS]
        hidden = Q(status="PLANNED", plan__status=MonthlyPlan.Status.DRAFT) & ~Q(organization__in=drafting)
        return super().visible_to(user).exclude(hidden)

    def happened(self):
        return self.filter(status__in=[ActivityDay.Status.HELD, ActivityDay.Status.RECORDED])

    def returned(self):
        """Days whose record was sent back and has not come again."""
        return self.filter(status=ActivityDay.Status.HELD, returned_at__isnull=False)

    def dated(self):
        """Adds ``dated``: the day itself, when it was held, else when it is planned; None while nobody has set one."""
        return self.annotate(dated=Coalesce("held_on", "plan__planned_on"))

    def with_counts(self):
        """Adds ``expected`` (应到), ``present``, ``on_leave`` and ``absent``: 实到 + 请假 + 缺席 = 应到."""

        def count(*statuses):
            return Count("attendance", filter=Q(attendance__status__in=statuses))

        return self.annotate(
            expected=count("PRESENT", "ON_LEAVE", "ABSENT"),
            present=count("PRESENT"),
            on_leave=count("ON_LEAVE"),
            absent=count("ABSENT"),
        )


class ActivityDay(models.Model):
    """党员活动日: the container on which roster, dues, meetings and record hang. Opened when the plan is submitted.

    ``substitute_on`` is when one that was not held is to be made up for. ``return_note`` is what a record that was sent
    back lacks, until it comes again.
    """

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
    results = models.TextField("成效", blank=True)
    problems = models.TextField("存在问题和改进", blank=True)
    not_held_reason = models.CharField("未开展原因", max_length=200, blank=True)
    substitute_on = models.DateField("拟补日期", null=True, blank=True)
    held_at = models.DateTimeField("确认到会时间", null=True)
    recorded_at = models.DateTimeField("提交记录时间", null=True)
    record_due_on = models.DateField("记录截止", null=True)
    returned_at = models.DateTimeField("记录退回时间", null=True)
    return_note = models.TextField("退回意见", blank=True)
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
            models.CheckConstraint(
                name="a_held_day_needs_no_substitute",
                condition=Q(status__in=["PLANNED", "NOT_HELD"]) | Q(substitute_on__isnull=True),
            ),
            models.CheckConstraint(
                name="a_returned_record_is_open_and_has_its_comment",
                condition=Q(returned_at__isnull=True, return_note="")
                | (Q(status="HELD", returned_at__isnull=False) & ~Q(return_note="")),
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
    def is_returned(self) -> bool:
        """Was the record sent back, and has not come again?"""
        return self.returned_at is not None

    @property
    def state_word(self) -> str:
        """How it stands, in lists: its status, and what became of its record or is to become of the day."""
        if self.is_returned:
            return "记录已退回"
        if self.status == self.Status.NOT_HELD and self.substitute_on:
            return f"未开展，拟 {self.substitute_on.month} 月 {self.substitute_on.day} 日补"
        if self.record_is_late:
            return f"{self.get_status_display()}，逾期提交"
        return str(self.get_status_display())

    @property
    def record_is_late(self) -> bool:
        return bool(self.recorded_at and self.record_due_on and clock.day_of(self.recorded_at) > self.record_due_on)


class DayItem(Item):
    """One item as it went: copied from the plan when the day is held, or added on the day.

    Of a service ``helpers`` members took part and ``beneficiaries`` people were served.
    """

    class Outcome(models.TextChoices):
        DONE = "DONE", "已完成"
        CHANGED = "CHANGED", "有调整"
        NOT_DONE = "NOT_DONE", "未进行"

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="items")
    outcome = models.CharField("完成情况", max_length=8, choices=Outcome, blank=True)
    note = models.TextField("情况记录", blank=True)
    beneficiaries = models.PositiveIntegerField("服务对象（人次）", null=True, blank=True)
    helpers = models.PositiveIntegerField("参加党员（人）", null=True, blank=True)
    was_planned = models.BooleanField("计划内", default=True)
    is_signed = models.BooleanField("会议记录已确认", default=False)

    class Meta(Item.Meta):
        verbose_name = "活动内容"
        ordering = ["order", "pk"]
        constraints = [
            *Item.Meta.constraints,
            models.CheckConstraint(
                name="what_was_signed_took_place", condition=Q(is_signed=False) | Q(outcome__in=["DONE", "CHANGED"])
            ),
        ]

    @property
    def took_place(self) -> bool:
        return self.outcome in (self.Outcome.DONE, self.Outcome.CHANGED)

    @property
    def hours(self) -> Decimal | None:
        """Hours of all who helped, to a tenth; None while nobody has said how many they were."""
        if self.helpers is None:
            return None
        return (Decimal(self.helpers * self.minutes) / 60).quantize(Decimal("0.1"))

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
