"""三会一课: meetings whose types are a set, their minutes, and the requirements that say how many are owed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.kinds import MeetingType
from activities.models import ActivityDay, DayItem
from branches import access
from branches.models import Group, Organization, Person
from core import clock
from core.periods import Month, MonthField


class Requirement(models.Model):
    """How many meetings of a type are owed a month, quarter or year, from a month on (defaults: 支部工作条例)."""

    class Period(models.TextChoices):
        MONTH = "MONTH", "每月"
        QUARTER = "QUARTER", "每季度"
        YEAR = "YEAR", "每年"

    class OwedBy(models.TextChoices):
        EVERY_BRANCH = "EVERY_BRANCH", "所有党支部"
        WITH_COMMITTEE = "WITH_COMMITTEE", "设支委会的党支部"
        WITH_GROUPS = "WITH_GROUPS", "划分党小组的党支部"

    type = models.CharField("类型", max_length=10, choices=MeetingType)
    count = models.PositiveSmallIntegerField("次数", default=1)
    period = models.CharField("周期", max_length=8, choices=Period)
    owed_by = models.CharField("适用", max_length=14, choices=OwedBy, default=OwedBy.EVERY_BRANCH)
    effective_from = MonthField("生效月份")

    class Meta:
        verbose_name = "三会一课要求"
        ordering = ["type", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["type", "effective_from"], name="one_requirement_a_type_and_month")
        ]

    def __str__(self):
        return f"{self.get_type_display()} {self.get_period_display()} {self.count} 次"

    @classmethod
    def in_force(cls, month: Month) -> list["Requirement"]:
        """The requirement of each type that applies in a month."""
        return Requirements().of(month)


class Requirements:
    """All requirements, read once, to ask for many months."""

    def __init__(self):
        self._all = list(Requirement.objects.order_by("effective_from"))

    def of(self, month: Month) -> list[Requirement]:
        """The requirement of each type that applies in a month, in the order of types."""
        latest = {row.type: row for row in self._all if row.effective_from <= month}
        return [latest[value] for value in MeetingType.values if value in latest]


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Meetings of the user's part of the tree."""
        return self.filter(access.reads(user))

    def of(self, branches):
        """Meetings of the given branches (a QuerySet of Organization or a list of ids)."""
        return self.filter(organization__in=branches)

    def between(self, first, last):
        """Meetings held from the first day to the last, both included."""
        return self.filter(held_on__range=(first, last))

    def confirmed(self):
        return self.filter(status=Meeting.Status.CONFIRMED)


class Meeting(models.Model):
    """One event of 三会一课 with its minutes. Born from a day's item it shares that day's roster and guests.

    ``group_name`` is the group as it was called on the day's roster: a later renaming changes no past meeting.
    ``signed_roster`` is the attendance as it was signed (``roster.Roster``): the day's may be corrected afterwards.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "待确认"
        CONFIRMED = "CONFIRMED", "已确认"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings", verbose_name="党支部")
    day = models.ForeignKey(ActivityDay, models.PROTECT, related_name="meetings", verbose_name="活动日")
    item = models.OneToOneField(DayItem, models.PROTECT, related_name="meeting", verbose_name="议程")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, verbose_name="党小组")
    group_name = models.CharField("当时的党小组名称", max_length=60, blank=True)
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.DRAFT)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    chair = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人")
    recorder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    lecturer = models.CharField("主讲人", max_length=60, blank=True)
    topic = models.CharField("议题", max_length=200, blank=True)
    content = models.TextField("会议内容", blank=True)
    decisions = models.TextField("形成决议", blank=True)
    signed_roster = models.JSONField("签认时的到会", null=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="confirmed_minutes_are_signed",
                condition=Q(status="DRAFT") | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="confirmed_minutes_are_complete",
                condition=Q(status="DRAFT")
                | (~Q(topic="") & ~Q(content="") & Q(chair__isnull=False, recorder__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_group_meeting_keeps_the_name_of_its_group",
                condition=Q(group__isnull=True, group_name="") | (Q(group__isnull=False) & ~Q(group_name="")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "held_on"], name="meeting_by_organization")]

    def __str__(self):
        return f"{self.organization} {self.topic}"

    def get_absolute_url(self):
        return reverse("meeting", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def types(self) -> frozenset[str]:
        """The set of types; read with ``kinds`` prefetched where there are many meetings."""
        return frozenset(kind.type for kind in self.kinds.all())

    @property
    def types_label(self) -> str:
        """As users read it: 党员大会、党课."""
        held = self.types
        return "、".join(MeetingType(value).label for value in MeetingType.values if value in held)


class MeetingKind(models.Model):
    """One of a meeting's types: the event counts once in totals and once for each of these."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="kinds")
    type = models.CharField("类型", max_length=10, choices=MeetingType)

    class Meta:
        verbose_name = "会议类型"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "type"], name="a_meeting_has_a_type_once")]

    def __str__(self):
        return self.get_type_display()


class Correction(models.Model):
    """What was appended to confirmed minutes, which are never edited."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="corrections")
    text = models.TextField("更正内容")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "更正"
        ordering = ["pk"]

    def __str__(self):
        return self.text[:40]


__all__ = ["Correction", "Meeting", "MeetingKind", "MeetingType", "Requirement", "Requirements"]
