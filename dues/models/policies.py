"""The rates as dated data: brackets with rounding and a soft cap, from a month on."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from branches.models import Person
from core.periods import Month, MonthField
from dues.rates import Band

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class RatePolicy(models.Model):
    """The rates of 中组发〔2008〕3号 in force from a month on, with rounding and a soft cap. Brackets are rows."""

    class Rounding(models.TextChoices):
        FEN = "0.01", "分"
        JIAO = "0.1", "角"
        YUAN = "1", "元"

    effective_from = MonthField("生效月份", unique=True)
    rounding = models.CharField("进位", max_length=4, choices=Rounding, default=Rounding.FEN)
    soft_cap = models.DecimalField("月缴提示上限（元）", **MONEY, default=1000)

    class Meta:
        verbose_name = "党费标准"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from.label}起"

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
        ]

    def __str__(self):
        return f"{self.get_category_display()} {self.percent or self.amount}"
