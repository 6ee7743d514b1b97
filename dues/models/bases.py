"""What a member's dues are taken of: a monthly base, from a month on."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from branches.models import Person
from core import clock
from core.periods import MonthField
from dues.models.policies import MONEY


class BaseQuerySet(models.QuerySet):
    def in_force(self, month, person="pk"):
        """A subquery for one person's base in a month: the latest that began by then."""
        rows = self.filter(person=OuterRef(person), from_month__lte=month).order_by("-from_month", "-pk")
        return Subquery(rows.values("amount")[:1])


class Base(models.Model):
    """A member's monthly base (元), from a month until the next one; it is added, never changed."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_bases")
    amount = models.DecimalField("党费计算基数（元）", **MONEY)
    from_month = MonthField("起始月份")
    reason = models.CharField("依据", max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now)

    objects = BaseQuerySet.as_manager()

    class Meta:
        verbose_name = "党费基数"
        ordering = ["person", "-from_month", "-pk"]
        constraints = [models.CheckConstraint(name="a_base_is_not_negative", condition=Q(amount__gte=0))]
        indexes = [models.Index(fields=["person", "-from_month"], name="base_by_person")]

    def __str__(self):
        return f"{self.person} {self.amount}"
