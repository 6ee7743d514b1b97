"""The university's calendar: days that are not what their weekday says, and school terms."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches import access

WEEKEND = {5: "周六", 6: "周日"}


def is_usual_workday(day: datetime.date) -> bool:
    """Monday to Friday: what is worked where nothing else was said."""
    return day.weekday() not in WEEKEND


class OfEveryOfficer(models.QuerySet):
    """Rows of no organization, which whoever holds an office reads."""

    def visible_to(self, user):
        return self.all() if access.seats(user) else self.none()


class CalendarDay(models.Model):
    """A day of which something was said: that it is free, or that it is worked, whatever its weekday.

    ``is_by_hand`` says that a person or their sheet did so: filling in the public holidays passes it over. A day that
    was set back to its weekday keeps its row, so that filling does not set it again and its history stays.
    """

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("工作日")
    name = models.CharField("名称", max_length=40, blank=True)
    is_by_hand = models.BooleanField("手工设定", default=False)

    objects = OfEveryOfficer.as_manager()

    class Meta:
        verbose_name = "日历"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.name}".strip()

    def get_absolute_url(self):
        return reverse("calendar_day", args=[self.day])

    @classmethod
    def usual(cls, day: datetime.date) -> "CalendarDay":
        """The unsaved row of a day of which nothing was said."""
        return cls(day=day, is_workday=is_usual_workday(day))

    @property
    def is_special(self) -> bool:
        """Does it say anything that the weekday does not?"""
        return bool(self.name) or self.is_workday != is_usual_workday(self.day)

    @property
    def word(self) -> str:
        """休息 or 上班, and why."""
        return f"{'上班' if self.is_workday else '休息'}　{self.name}".rstrip("　")

    @property
    def free_name(self) -> str:
        """What a free day is called, "" for a worked one."""
        return "" if self.is_workday else self.name or WEEKEND.get(self.day.weekday(), "节假日")


class TermQuerySet(OfEveryOfficer):
    def overlapping(self, first, last):
        """Those that have a day of ``first`` to ``last``, both included."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Term(models.Model):
    """A school term (学期), both days included. What lies between two terms is vacation."""

    name = models.CharField("名称", max_length=40)
    starts_on = models.DateField("开始日期", unique=True)
    ends_on = models.DateField("结束日期")

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "学期"
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(name="a_school_term_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('calendar')}?year={self.starts_on.year}#terms"
