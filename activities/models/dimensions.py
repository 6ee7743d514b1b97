"""三定一创: the dimensions that the department names, and what a branch says of them on a day."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from activities.models.days import ActivityDay
from branches import access
from core.periods import MonthField


class DimensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The dimensions are the same for everybody who holds an office."""
        return self if access.seats(user) else self.none()

    def in_force(self, month):
        """Those by which a day of the month is looked at."""
        return self.filter(Q(ended_from=None) | Q(ended_from__gt=month), effective_from__lte=month)

    def meeting(self, dimension):
        """Others of its name that are in force in a month in which it is."""
        rows = self.filter(name=dimension.name).exclude(pk=dimension.pk)
        rows = rows.filter(Q(ended_from=None) | Q(ended_from__gt=dimension.effective_from))
        return rows.filter(effective_from__lt=dimension.ended_from) if dimension.ended_from else rows


class Dimension(models.Model):
    """One dimension of 三定一创, in force from a month on and until the month before ``ended_from``.

    What the four stand for is the university's to say: ``text`` is empty until the department writes it.
    """

    name = models.CharField("名称", max_length=20)
    text = models.CharField("说明", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("序号")
    effective_from = MonthField("生效月份")
    ended_from = MonthField("停用月份", null=True, blank=True)  # type: ignore[misc] # the plugin has it never empty
    version = models.PositiveIntegerField("版本", default=1)

    objects = DimensionQuerySet.as_manager()

    class Meta:
        verbose_name = "三定一创维度"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_from=None), name="one_running_dimension_of_a_name"
            ),
            models.CheckConstraint(name="a_dimension_is_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="a_dimension_holds_a_month_at_least",
                condition=Q(ended_from=None) | Q(ended_from__gt=F("effective_from")),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("dimension", args=[self.pk])

    def holds_in(self, month) -> bool:
        """Is it in force in a month?"""
        return self.effective_from <= month and (self.ended_from is None or month < self.ended_from)


class DayMarkQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, prefix="day__organization__"))


class DayMark(models.Model):
    """What a branch says of one dimension on a day."""

    class Mark(models.TextChoices):
        MET = "MET", "做到"
        PARTLY = "PARTLY", "部分做到"
        NOT_MET = "NOT_MET", "未做到"

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="marks")
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="marks", verbose_name="维度")
    mark = models.CharField("评价", max_length=7, choices=Mark)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = DayMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "三定一创评价"
        ordering = ["dimension__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["day", "dimension"], name="a_dimension_is_marked_once_a_day"),
            models.CheckConstraint(name="a_mark_is_one_of_three", condition=Q(mark__in=["MET", "PARTLY", "NOT_MET"])),
        ]

    def __str__(self):
        return f"{self.dimension}：{self.get_mark_display()}"

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
