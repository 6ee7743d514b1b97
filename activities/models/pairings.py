"""结对帮带: a member stands by somebody for some time, and visits."""

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.models.wishes import LONGEST
from branches import access
from branches.models import Organization, Person
from core import clock

# No rule of the scheme names an interval. Two months are long enough for a vacation month between two visits, and short
# enough that a pairing which only stands on paper is seen within a term; it marks a row and counts nowhere.
DAYS_WITHOUT_VISIT = 60


class PairingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the user's part of the tree, and the user's own."""
        return self.filter(access.reads(user) | Q(helper__user=user))

    def running(self):
        return self.filter(ended_on=None)

    def with_visits(self):
        """Adds ``visits_count``, ``last_visit_on`` and ``quiet_since``: the last visit, or the beginning."""
        rows = self.annotate(visits_count=Count("visits"), last_visit_on=Max("visits__visited_on"))
        return rows.annotate(quiet_since=Coalesce("last_visit_on", "starts_on"))

    def quiet(self):
        """Running ones (``with_visits``) that nobody has visited for too long."""
        return self.running().filter(quiet_since__lt=last_day_of_visit())


def last_day_of_visit() -> datetime.date:
    """Whoever was visited on this day or later was not left alone."""
    return clock.today() - datetime.timedelta(days=DAYS_WITHOUT_VISIT)


class Pairing(models.Model):
    """结对帮带 of one member of a branch with one partner; it runs until it is ended with a reason."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="pairings", verbose_name="党支部")
    helper = models.ForeignKey(Person, models.PROTECT, related_name="pairings", verbose_name="帮带人")
    partner_name = models.CharField("帮带对象", max_length=60)
    partner_is = models.CharField("对象情况", max_length=120)
    purpose = models.CharField("帮什么", max_length=200)
    starts_on = models.DateField("结对日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=200, blank=True)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    # of ``with_visits``
    visits_count: int
    last_visit_on: datetime.date | None
    quiet_since: datetime.date

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对帮带"
        ordering = ["organization__code", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_ended_pairing_has_its_reason",
                condition=Q(ended_on=None, end_reason="") | Q(ended_on__isnull=False) & ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="a_pairing_does_not_end_before_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self):
        return f"{self.helper.name}与{self.partner_name}结对"

    def get_absolute_url(self):
        return reverse("pairing", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.ended_on is None


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the pairings that the user sees."""
        return self.filter(access.reads(user, prefix="pairing__organization__") | Q(pairing__helper__user=user))


class PairingVisit(models.Model):
    """走访: one meeting of a pairing, written down by the helper or by the branch."""

    pairing = models.ForeignKey(Pairing, models.PROTECT, related_name="visits", verbose_name="结对帮带")
    visited_on = models.DateField("走访日期")
    minutes = models.PositiveIntegerField("用时（分钟）", validators=[MinValueValidator(1), MaxValueValidator(LONGEST)])
    note = models.CharField("做了什么", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间", default=clock.now, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        ordering = ["-visited_on", "-pk"]
        constraints = [models.CheckConstraint(name="a_visit_takes_some_time", condition=Q(minutes__gt=0))]

    def __str__(self):
        return f"{self.visited_on} 走访"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.pairing.organization_id
