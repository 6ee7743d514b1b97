"""承诺践诺: what a member promises for a year, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from branches import access
from branches.models import Appointment, Organization, Person
from core import clock


class PledgeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the user's part of the tree, and the user's own."""
        return self.filter(access.reads(user) | Q(person__user=user))

    def checkable_by(self, user):
        """Those that the user may check: as the branch's secretary, never one's own.

        Of the secretary: the deputy, else another officer of the branch, else the level above.
        """
        held = access.seats(user)

        def where(offices):
            return [seat.organization_id for seat in held if seat.office in offices]

        def others(offices):
            there = Appointment.objects.filled().filter(organization=OuterRef("organization"), office__in=offices)
            return Exists(there.exclude(person=OuterRef("person")))

        mine = Q(organization__in=where(access.SECRETARIES))
        mine |= Q(organization__in=where(access.RECORDERS)) & ~others(access.SECRETARIES)
        above = Q(organization__parent__in=where(access.DRAFTERS | access.DEPARTMENT)) & ~others(access.RECORDERS)
        return self.filter(mine | above).exclude(person__user=user)


class Pledge(models.Model):
    """承诺 of one member for one year, with the yearly check of it once that is made."""

    class Result(models.TextChoices):
        KEPT = "KEPT", "已兑现"
        PARTLY = "PARTLY", "部分兑现"
        NOT_KEPT = "NOT_KEPT", "未兑现"

    person = models.ForeignKey(Person, models.PROTECT, related_name="pledges", verbose_name="承诺人")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="pledges", verbose_name="党支部")
    year = models.PositiveSmallIntegerField("年度")
    text = models.TextField("承诺内容", max_length=1000)
    made_on = models.DateField("承诺日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    result = models.CharField("兑现情况", max_length=8, choices=Result, blank=True)
    word = models.CharField("说明", max_length=200, blank=True)
    checked_at = models.DateTimeField("评定时间", null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="评定人"
    )

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺"
        ordering = ["-year", "organization__code", "person__staff_number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="one_pledge_a_person_and_year"),
            models.CheckConstraint(name="a_pledge_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="a_checked_pledge_has_its_checker",
                condition=Q(result="", checked_at=None, checked_by=None)
                | ~Q(result="") & Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_pledge_that_was_not_kept_says_why", condition=Q(result__in=["", "KEPT"]) | ~Q(word="")
            ),
        ]
        indexes = [models.Index(fields=["organization", "year"], name="pledge_by_organization")]

    def __str__(self):
        return f"{self.person.name} {self.year} 年承诺"

    def get_absolute_url(self):
        return reverse("pledge", args=[self.pk])

    @property
    def is_checked(self) -> bool:
        return self.result != ""

    @property
    def is_late(self) -> bool:
        """Its year is over and nobody has checked it."""
        return not self.is_checked and self.year < clock.today().year
