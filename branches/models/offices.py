"""Offices and who holds them: the only source of rights."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from branches import access
from branches.models.organizations import Group, Organization
from branches.models.people import Person
from core import clock
from core.accounts import User


class Office(models.TextChoices):
    """党内职务. An office counts only at its organization and only while its appointment runs."""

    SECRETARY = "SECRETARY", "书记"
    DEPUTY_SECRETARY = "DEPUTY_SECRETARY", "副书记"
    ORGANIZATION_COMMISSIONER = "ORGANIZATION_COMMISSIONER", "组织委员"
    PUBLICITY_COMMISSIONER = "PUBLICITY_COMMISSIONER", "宣传委员"
    DISCIPLINE_COMMISSIONER = "DISCIPLINE_COMMISSIONER", "纪检委员"
    UNITED_FRONT_COMMISSIONER = "UNITED_FRONT_COMMISSIONER", "统战委员"
    MEMBER = "MEMBER", "委员"
    GROUP_LEADER = "GROUP_LEADER", "党小组长"
    ORGANIZATION_DEPARTMENT = "ORGANIZATION_DEPARTMENT", "组织部"
    LEADER = "LEADER", "领导（只读）"


class AppointmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user) | Q(person__user=user))

    def active(self, day=None):
        """Appointments that run on a day (today by default); the last day is the day before ``ends_on``."""
        day = day or clock.today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def lasting(self):
        """Appointments that have not ended: they run, or begin on a day that is set."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=clock.today()))

    def during(self, starts_on, ends_on=None):
        """Appointments that run on some day from ``starts_on`` up to, not including, ``ends_on`` (None is open)."""
        begun = Q() if ends_on is None else Q(starts_on__lt=ends_on)
        ran = Q(ends_on=None) | Q(ends_on__gt=F("starts_on"))
        return self.filter(begun, ran, Q(ends_on=None) | Q(ends_on__gt=starts_on))

    def of_committee(self):
        """Secretary, deputies, commissioners and members: the offices that an election fills."""
        return self.filter(office__in=access.RECORDERS)

    def held(self):
        """Those of people who are still here: who left fills no seat."""
        return self.filter(person__left_on=None)

    def filled(self):
        """Of those that run today, the ones whose holder is still here and can log in, at organizations that exist."""
        here = Q(person__left_on=None, person__user__is_active=True, organization__closed_on=None)
        return self.active().filter(here)

    def filling(self, offices, organizations):
        """Appointments through which somebody fills one of ``offices`` at one of ``organizations`` today.

        Whoever is told, asked or waited for in an office is found here and nowhere else.
        """
        return self.filled().filter(office__in=offices, organization__in=organizations)

    def accounts(self):
        """The accounts of those who hold these appointments, each once."""
        return User.objects.filter(person__appointments__in=self).distinct()


class ElectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user))

    def standing(self):
        """Those that were not taken back on the day of their entry."""
        return self.filter(undone_at=None)


class Election(models.Model):
    """换届选举: a new committee of an organization takes office for a term, as one act.

    ``replaced`` holds what stood before (the offices that it ended, by id, with the end each had; the old term), so
    that a wrong entry can be taken back the same day. Such a row stays, with ``undone_at``.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="elections", verbose_name="党组织")
    held_on = models.DateField("选举日期")
    term_starts_on = models.DateField("任期起始")
    term_ends_on = models.DateField("任期届满")
    note = models.CharField("批复文号或说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    replaced = models.JSONField("换届前", default=dict, editable=False)
    undone_at = models.DateTimeField("撤销登记时间", null=True, blank=True)

    objects = ElectionQuerySet.as_manager()

    class Meta:
        verbose_name = "换届选举"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_term_ends_after_it_starts", condition=Q(term_ends_on__gt=F("term_starts_on"))
            ),
            models.UniqueConstraint(
                fields=["organization", "term_starts_on"], condition=Q(undone_at=None), name="one_election_a_term"
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.held_on}"


class Appointment(models.Model):
    """A person holds an office at an organization from ``starts_on`` up to, not including, ``ends_on``."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    office = models.CharField("党内职务", max_length=26, choices=Office)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="appointments")
    title = models.CharField("职务名称", max_length=60, blank=True)
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("免职日期", null=True, blank=True)
    is_acting = models.BooleanField("代理", default=False)
    election = models.ForeignKey(Election, models.PROTECT, null=True, blank=True, related_name="appointments")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ["organization__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization", "office"],
                condition=Q(ends_on=None),
                name="one_running_appointment_a_person_and_office",
            ),
            models.CheckConstraint(
                name="an_appointment_does_not_end_before_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "office"], name="appointment_by_organization")]

    def __str__(self):
        return f"{self.organization}{self.label}"

    @property
    def label(self) -> str:
        return self.title or self.get_office_display()

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on <= clock.today()

    @property
    def is_coming(self) -> bool:
        """It begins on a later day, and has not been taken back."""
        return self.starts_on > clock.today() and self.ends_on != self.starts_on
