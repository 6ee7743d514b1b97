"""活动日规则: what holds from which month on — deadlines, months off, the usual day, what every plan must contain."""

import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches import access
from core import clock
from core.periods import WEEKDAYS, Month, MonthField

NTH = "零一二三四五"
# field → its least and greatest value, for the form and for the database
RANGES = {
    "plan_due_day": (1, 31), "record_due_days": (0, 60), "correction_days": (1, 30), "lapse_working_days": (1, 30),
    "annual_due_month": (1, 12), "annual_due_day": (1, 31), "summary_due_day": (1, 31),
    "pattern_nth": (1, 5), "pattern_weekday": (0, 6), "pattern_day": (1, 31),
}  # fmt: skip


class PolicyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rules are the same for everybody who holds an office."""
        return self if access.seats(user) else self.none()


class Policy(models.Model):
    """What holds for every branch from a month on: deadlines, months off, the usual day, what a plan must contain.

    All of it is the department's to change, by ``actions.policies`` alone. ``required_items`` are codes as of
    ``kinds.code_of``: a kind (any subtype of it will do) or a kind with its subtype.
    """

    class Pattern(models.TextChoices):
        NTH_WEEKDAY = "NTH_WEEKDAY", "每月第几个星期几"
        DATE = "DATE", "每月几日"
        FREE = "FREE", "不固定"

    effective_from = MonthField("生效月份", unique=True)
    plan_due_day = models.PositiveSmallIntegerField("计划截止（上月几日）", default=25)
    record_due_days = models.PositiveSmallIntegerField("记录期限（活动日后几天）", default=5)
    correction_days = models.PositiveSmallIntegerField("退回后再报期限（天）", default=3)
    lapse_working_days = models.PositiveSmallIntegerField("备案生效期（工作日）", default=3)
    annual_due_month = models.PositiveSmallIntegerField("年度计划截止（当年几月）", default=3)
    annual_due_day = models.PositiveSmallIntegerField("年度计划截止（几日）", default=15)
    summary_due_day = models.PositiveSmallIntegerField("年终总结截止（次年 1 月几日）", default=10)
    months_off = models.JSONField("假期月份", default=list)
    pattern = models.CharField("固定活动日", max_length=11, choices=Pattern, default=Pattern.NTH_WEEKDAY)
    pattern_nth = models.PositiveSmallIntegerField("第几个", default=2)
    pattern_weekday = models.PositiveSmallIntegerField("星期（0 为周一）", default=4)
    pattern_day = models.PositiveSmallIntegerField("几日", default=10)
    usual_start = models.TimeField("通常开始时间", default=datetime.time(15, 0))
    required_items = models.JSONField("必备内容", default=list)
    self_check_in = models.BooleanField("现场扫码签到", default=False)
    version = models.PositiveIntegerField("版本", default=1)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "活动日规则"
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(name=f"{field}_is_sensible", condition=Q(**{f"{field}__range": (low, high)}))
            for field, (low, high) in RANGES.items()
        ]

    def __str__(self):
        return f"{self.effective_from.label}起"

    def get_absolute_url(self):
        return f"{reverse('policies')}#policy-{self.pk}"

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

    def annual_plan_due_on(self, year: int) -> datetime.date:
        """The last day for submitting a year's plan, in that year."""
        month = Month(year, self.annual_due_month)
        return month.first.replace(day=min(self.annual_due_day, month.last.day))

    def summary_due_on(self, year: int) -> datetime.date:
        """The last day for submitting a year's summary, in the January after it."""
        return datetime.date(year + 1, 1, min(self.summary_due_day, 31))

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

    def __init__(self, rows=None):
        found = Policy.objects.all() if rows is None else rows
        self.rows = sorted(found, key=lambda policy: policy.effective_from)

    def of(self, month: Month) -> Policy:
        """The policy of a month; months before the first one use the first."""
        before = [policy for policy in self.rows if policy.effective_from <= month]
        return (
            before[-1] if before else (self.rows[0] if self.rows else Policy(effective_from=month, months_off=[2, 8]))
        )

    def at(self, month: Month) -> Policy | None:
        """The policy that begins with exactly this month."""
        return next((policy for policy in self.rows if policy.effective_from == month), None)

    def after(self, month: Month) -> Policy | None:
        """The next policy that begins after a month."""
        return next((policy for policy in self.rows if policy.effective_from > month), None)

    def before(self, month: Month) -> Policy | None:
        """The last policy that began before a month."""
        return next((policy for policy in reversed(self.rows) if policy.effective_from < month), None)

    def with_policy(self, policy: Policy) -> "Policies":
        """As they would be with this one: one more, or another in place of that which begins with its month."""
        return Policies([*(row for row in self.rows if row.effective_from != policy.effective_from), policy])

    def without(self, policy: Policy) -> "Policies":
        return Policies([row for row in self.rows if row.effective_from != policy.effective_from])

    def first_open_month(self) -> Month:
        """The first month that a change may still concern: the first to come whose plans are not yet due.

        The plans of a month are due in the month before. Once that day has passed, every branch has either filed or is
        late by the rule as it stood; a change would make somebody late, or take lateness away, behind their backs. A
        month before the site came into use is none either.
        """
        month = Month.current().next
        if self.of(month).plan_due_on(month) < clock.today():
            month = month.next
        return max(month, self.rows[0].effective_from) if self.rows else month

    @property
    def stamp(self) -> str:
        """Names the state of all policies. An editor's page carries it: of two editors the second is told."""
        return "-".join(f"{policy.pk}.{policy.version}" for policy in self.rows)
