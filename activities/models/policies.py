"""Policy (deadlines, months off, the usual day) and the quarter's theme."""

import datetime

from django.db import models

from branches.models import Organization
from core.periods import WEEKDAYS, Month, MonthField

NTH = "零一二三四五"


class Policy(models.Model):
    """Deadlines, months off and the usual day, in force from a month on; all of it is the department's to change."""

    class Pattern(models.TextChoices):
        NTH_WEEKDAY = "NTH_WEEKDAY", "每月第几个星期几"
        DATE = "DATE", "每月几日"
        FREE = "FREE", "不固定"

    effective_from = MonthField("生效月份", unique=True)
    plan_due_day = models.PositiveSmallIntegerField("计划截止（上月几日）", default=25)
    record_due_days = models.PositiveSmallIntegerField("记录期限（活动日后几天）", default=5)
    correction_days = models.PositiveSmallIntegerField("退回后再报期限（天）", default=3)
    lapse_working_days = models.PositiveSmallIntegerField("备案生效期（工作日）", default=3)
    months_off = models.JSONField("假期月份", default=list)
    pattern = models.CharField("固定活动日", max_length=11, choices=Pattern, default=Pattern.NTH_WEEKDAY)
    pattern_nth = models.PositiveSmallIntegerField("第几个", default=2)
    pattern_weekday = models.PositiveSmallIntegerField("星期（0 为周一）", default=4)
    pattern_day = models.PositiveSmallIntegerField("几日", default=10)
    usual_start = models.TimeField("通常开始时间", default=datetime.time(15, 0))

    class Meta:
        verbose_name = "活动日规则"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from.label}起"

    @classmethod
    def in_force(cls, month: Month) -> "Policy":
        """The policy of a month; months before the first one use the first."""
        return Policies().of(month)

    @classmethod
    def first_month(cls) -> Month:
        """The first month under a policy: before it the site was not in use and nothing was owed."""
        first = cls.objects.order_by("effective_from").values_list("effective_from", flat=True).first()
        return first or Month.current()

    def is_off(self, month: Month) -> bool:
        """A vacation month, in which no activity day is owed."""
        return month.number in self.months_off

    def plan_due_on(self, month: Month) -> datetime.date:
        """The last day for submitting the plan of ``month``: a day of the month before."""
        before = month.previous
        return min(before.first.replace(day=min(self.plan_due_day, before.last.day)), before.last)

    def record_due_on(self, held_on: datetime.date) -> datetime.date:
        return held_on + datetime.timedelta(days=self.record_due_days)

    def correction_due_on(self, returned_on: datetime.date) -> datetime.date:
        """The last day for submitting a plan again that was returned on a day."""
        return returned_on + datetime.timedelta(days=self.correction_days)

    def usual_day(self, month: Month) -> datetime.date | None:
        """The fixed day of a month; None when the policy leaves it free."""
        if self.pattern == self.Pattern.NTH_WEEKDAY:
            return month.nth_weekday(self.pattern_nth, self.pattern_weekday)
        if self.pattern == self.Pattern.DATE:
            return month.first.replace(day=min(self.pattern_day, month.last.day))
        return None

    @property
    def pattern_label(self) -> str:
        if self.pattern == self.Pattern.NTH_WEEKDAY:
            return f"每月第{NTH[self.pattern_nth]}个星期{WEEKDAYS[self.pattern_weekday]}"
        if self.pattern == self.Pattern.DATE:
            return f"每月 {self.pattern_day} 日"
        return "不固定"


class Policies:
    """All policies, read once, to ask for many months."""

    def __init__(self):
        self._all = list(Policy.objects.order_by("effective_from"))

    def of(self, month: Month) -> Policy:
        """The policy of a month; months before the first one use the first."""
        before = [policy for policy in self._all if policy.effective_from <= month]
        return (
            before[-1] if before else (self._all[0] if self._all else Policy(effective_from=month, months_off=[2, 8]))
        )


class QuarterTheme(models.Model):
    """The theme of an organization's quarter; a branch without one uses that of the level above."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="quarter_themes")
    quarter = MonthField("季度首月")
    theme = models.CharField("季度主题", max_length=120)

    class Meta:
        verbose_name = "季度主题"
        constraints = [models.UniqueConstraint(fields=["organization", "quarter"], name="one_theme_a_quarter")]

    def __str__(self):
        return self.theme

    @classmethod
    def for_month(cls, branch: Organization, month: Month) -> "QuarterTheme | None":
        """The nearest theme: the branch's own, else its general branch's, else the committee's."""
        ids = [int(part) for part in branch.path.strip("/").split("/")]
        rows = cls.objects.filter(organization__in=ids, quarter=month.quarter.first_month).select_related(
            "organization"
        )
        return max(rows, key=lambda row: len(row.organization.path), default=None)
