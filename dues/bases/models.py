"""The items of pay of which a base is made, from a month on; and, kept with a base, the amounts it was made of."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches import access
from core.periods import Month, MonthField


class PaySchemeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """How a base is computed is no secret from whoever holds an office."""
        return self if access.seats(user) else self.none()


class PayScheme(models.Model):
    """基数核算项目: of which items of pay the bases are made that begin in a month or later. The items are rows."""

    effective_from = MonthField("生效月份", unique=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = PaySchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "基数核算项目"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from.label}起"

    def get_absolute_url(self):
        return reverse("pay_items")


class PayItem(models.Model):
    """One item of a scheme: its name, and whether it is added or taken off."""

    scheme = models.ForeignKey(PayScheme, models.CASCADE, related_name="items")
    name = models.CharField("名称", max_length=20)
    is_deducted = models.BooleanField("扣除", default=False)
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "核算项目"
        ordering = ["scheme", "order"]
        constraints = [models.UniqueConstraint(fields=["scheme", "name"], name="an_item_is_named_once")]

    def __str__(self):
        return self.name

    @property
    def sign(self) -> str:
        return "减" if self.is_deducted else "加"


class BasePart(models.Model):
    """One amount (元) of which a base was computed, named as it was at the time; added with the base, never changed."""

    base = models.ForeignKey("dues.Base", models.PROTECT, related_name="parts")
    name = models.CharField("项目", max_length=20)
    is_deducted = models.BooleanField("扣除", default=False)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = "基数的组成"
        ordering = ["base", "order"]
        constraints = [
            models.CheckConstraint(name="a_part_is_not_negative", condition=Q(amount__gte=0)),
            models.UniqueConstraint(fields=["base", "name"], name="a_part_stands_once"),
        ]

    def __str__(self):
        return f"{self.name} {self.amount}"


class PaySchemes:
    """All schemes with their items, read once (two queries), to ask for many months."""

    def __init__(self, rows=None):
        found = PayScheme.objects.all() if rows is None else rows
        self.rows = sorted(found.prefetch_related("items"), key=lambda scheme: scheme.effective_from)

    def of(self, month: Month) -> PayScheme | None:
        """What holds for a base that begins in a month; None where nothing had been set by then."""
        return next((one for one in reversed(self.rows) if one.effective_from <= month), None)

    def items_of(self, month: Month) -> list[PayItem]:
        scheme = self.of(month)
        return list(scheme.items.all()) if scheme else []

    def at(self, month: Month) -> PayScheme | None:
        """The scheme that begins with exactly this month."""
        return next((one for one in self.rows if one.effective_from == month), None)

    @property
    def names(self) -> list[str]:
        """Every item of any scheme, once, those of the latest scheme first."""
        return list(dict.fromkeys(item.name for scheme in reversed(self.rows) for item in scheme.items.all()))

    @property
    def stamp(self) -> str:
        """Names the state of all schemes: of two editors the second is told."""
        return "-".join(f"{one.pk}.{one.version}" for one in self.rows)
