"""Frozen charges and what was paid of them. The ledger only ever grows; the database refuses the rest."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from branches import access
from branches.models import Person
from core import clock
from core.periods import MonthField
from dues.models.policies import MONEY


class ChargeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            access.reads(user, offices=access.TREASURY, prefix="dues_month__organization__") | Q(person__user=user)
        )

    def with_state(self):
        """Adds ``paid`` (元 in the ledger), ``paid_by_end`` (of it by the end of the month owed) and the ``state``."""
        entries = Entry.objects.filter(charge=OuterRef("pk")).order_by().values("charge")
        by_end = entries.filter(month_paid__lte=OuterRef("month"))
        return self.annotate(
            paid=_total(entries),
            paid_by_end=_total(by_end),
            is_deferred=Exists(Deferral.objects.filter(charge=OuterRef("pk"), lifted_at=None)),
        ).annotate(
            state=Case(
                When(paid__gte=F("amount"), paid_by_end__gte=F("amount"), then=Value(Charge.State.PAID)),
                When(paid__gte=F("amount"), then=Value(Charge.State.PAID_LATER)),
                When(is_deferred=True, then=Value(Charge.State.DEFERRED)),
                default=Value(Charge.State.UNPAID),
                output_field=models.CharField(),
            )
        )


def _total(entries):
    money = models.DecimalField(**MONEY)
    return Coalesce(Subquery(entries.annotate(total=Sum("amount")).values("total")), Value(0), output_field=money)


class Charge(models.Model):
    """What one member owes for one month. Base, rate and amount are frozen when the month is opened.

    Its state is never stored: it is what the ledger and the running deferral say.
    """

    class State(models.TextChoices):
        PAID = "PAID", "已交"
        PAID_LATER = "PAID_LATER", "已补交"
        DEFERRED = "DEFERRED", "缓交"
        UNPAID = "UNPAID", "未登记"

    dues_month = models.ForeignKey("dues.DuesMonth", models.PROTECT, related_name="charges")
    person = models.ForeignKey(Person, models.PROTECT, related_name="charges")
    month = MonthField("月份")
    revision = models.PositiveSmallIntegerField("次", default=1)
    base = models.DecimalField("基数（元）", **MONEY, null=True)
    rate = models.CharField("标准", max_length=20)
    amount = models.DecimalField("月应缴（元）", **MONEY)
    category = models.CharField("类别", max_length=8, choices=Person.Category)
    standing = models.CharField("人员类别", max_length=12, choices=Person.Standing)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = "应缴"
        ordering = ["dues_month", "person__staff_number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "month", "revision"], name="a_member_owes_a_month_once"),
            models.CheckConstraint(name="a_charge_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.person} {self.month} {self.amount}"


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, offices=access.TREASURY, prefix="charge__dues_month__organization__"))


class Entry(models.Model):
    """One line of the ledger: a payment (positive) or its reversal (negative). The database refuses the rest."""

    class Method(models.TextChoices):
        CASH = "CASH", "现场"
        TRANSFER = "TRANSFER", "转账"
        PROXY = "PROXY", "代交"

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="entries")
    amount = models.DecimalField("金额（元）", **MONEY)
    method = models.CharField("方式", max_length=8, choices=Method)
    month_paid = MonthField("实缴月份")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    key = models.CharField("键", max_length=80, unique=True)
    note = models.CharField("备注", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "党费流水"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="only_a_reversal_is_negative",
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
            ),
            models.CheckConstraint(name="a_reversal_has_its_reason", condition=Q(reverses=None) | ~Q(note="")),
        ]

    def __str__(self):
        return f"{self.charge} {self.amount}"


class Deferral(models.Model):
    """缓交: a member's charge put off with a reason; lifted when it is paid."""

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="deferrals")
    reason = models.CharField("原因", max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now)
    lifted_at = models.DateTimeField("解除时间", null=True)

    class Meta:
        verbose_name = "缓交"
        constraints = [
            models.UniqueConstraint(
                fields=["charge"], condition=Q(lifted_at=None), name="one_running_deferral_a_charge"
            ),
            models.CheckConstraint(name="a_deferral_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.charge} {self.reason}"
