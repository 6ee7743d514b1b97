"""The rules of dues as dated data: rates with their brackets, and what else holds from a month on."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from branches import access
from branches.models import Person
from core.periods import Month, MonthField
from dues.rates import Band

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}
MOST_PERCENT = 5
MOST_MONTHS = 24  # of arrears


class RatePolicyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rates are the same for everybody who holds an office."""
        return self if access.seats(user) else self.none()


class RatePolicy(models.Model):
    """The rates of 中组发〔2008〕3号 in force from a month on, and what goes with them. Brackets are rows.

    ``soft_cap`` is 元 a month, above which a charge is to be checked. ``base_month`` is that month of the year before
    whose pay is the base. Arrears of ``remind_after`` consecutive months are a reminder, of ``alert_after`` an alert.
    All of it is the department's to change, by ``policy_actions`` alone.
    """

    class Rounding(models.TextChoices):
        FEN = "0.01", "分"
        JIAO = "0.1", "角"
        YUAN = "1", "元"

    class Approver(models.TextChoices):
        PARENT = "PARENT", "上一级党组织（党总支）"
        DEPARTMENT = "DEPARTMENT", "党委组织部"

    effective_from = MonthField("生效月份", unique=True)
    rounding = models.CharField("进位", max_length=4, choices=Rounding, default=Rounding.FEN)
    soft_cap = models.DecimalField("月缴提示上限（元）", **MONEY, default=1000)
    base_month = models.PositiveSmallIntegerField("基数取上一年几月的工资", default=12)
    remind_after = models.PositiveSmallIntegerField("连续欠缴几个月提醒", default=3)
    alert_after = models.PositiveSmallIntegerField("连续欠缴几个月重点提示", default=6)
    reductions_by = models.CharField("减免由谁批准", max_length=10, choices=Approver, default=Approver.PARENT)
    version = models.PositiveIntegerField("版本", default=1)

    objects = RatePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "党费标准"
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(name="a_base_is_of_a_month_of_the_year", condition=Q(base_month__range=(1, 12))),
            models.CheckConstraint(
                name="arrears_are_a_reminder_before_an_alert",
                condition=Q(remind_after__gte=1, alert_after__gte=F("remind_after"), alert_after__lte=MOST_MONTHS),
            ),
            models.CheckConstraint(
                name="reductions_are_approved_above", condition=Q(reductions_by__in=["PARENT", "DEPARTMENT"])
            ),
            models.CheckConstraint(name="a_soft_cap_is_an_amount", condition=Q(soft_cap__gt=0)),
        ]

    def __str__(self):
        return f"{self.effective_from.label}起"

    def get_absolute_url(self):
        return f"{reverse('rates')}#rates-{self.pk}"

    @classmethod
    def in_force(cls, month: Month) -> "RatePolicy":
        policy = cls.objects.filter(effective_from__lte=month).first()
        if policy is None:
            raise cls.DoesNotExist(f"{month.label}没有生效的党费标准。")
        return policy

    @cached_property
    def bands(self) -> list[Band]:
        """The brackets as plain values, for ``rates.due``; read once, when somebody asks."""
        return [Band(row.category, row.up_to, row.percent, row.amount) for row in self.brackets.all()]


class Bracket(models.Model):
    """One line of a policy: for a category, a percentage up to a base (inclusive), or a fixed amount without a base."""

    policy = models.ForeignKey(RatePolicy, models.CASCADE, related_name="brackets")
    category = models.CharField("人员", max_length=8, choices=Person.Category)
    up_to = models.DecimalField("基数上限（含，元）", **MONEY, null=True, blank=True)
    percent = models.DecimalField("比例（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("固定金额（元）", **MONEY, null=True, blank=True)

    class Meta:
        verbose_name = "党费档次"
        ordering = ["category", F("up_to").asc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(
                name="a_bracket_is_a_percentage_or_an_amount",
                condition=Q(percent__isnull=False, amount=None) | Q(percent=None, amount__isnull=False, up_to=None),
            ),
            models.CheckConstraint(
                name="a_percentage_is_above_0_and_at_most_5",
                condition=Q(percent=None) | Q(percent__gt=0, percent__lte=MOST_PERCENT),
            ),
            models.CheckConstraint(name="a_fixed_amount_is_above_0", condition=Q(amount=None) | Q(amount__gt=0)),
            models.CheckConstraint(name="a_limit_is_above_0", condition=Q(up_to=None) | Q(up_to__gt=0)),
            models.UniqueConstraint(fields=["policy", "category", "up_to"], name="one_bracket_a_limit"),
            models.UniqueConstraint(
                fields=["policy", "category"], condition=Q(up_to=None), name="one_bracket_without_a_limit"
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()} {self.percent or self.amount}"
