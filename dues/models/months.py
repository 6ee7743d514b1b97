"""A branch's dues month, and who is still to be asked for it."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse

from activities.models import ActivityDay
from branches import access
from branches.models import Organization, Person, Transfer
from branches.words import organization_named
from core import clock
from core.periods import Month, MonthField
from dues.models.ledger import Charge


class DuesMonthQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Dues are seen by those who draft, review or settle them, not by every office holder."""
        return self.filter(access.reads(user, offices=access.TREASURY))

    def for_month(self, month):
        return self.filter(month=month)

    def of(self, branches):
        """Dues months of the given branches (a QuerySet of Organization or a list of ids)."""
        return self.filter(organization__in=branches)

    def search(self, text):
        """Dues months of branches by part of the name, or by the beginning of the code."""
        return self.filter(organization_named(text, "organization__"))

    def with_open_counts(self):
        """Adds how far the months are: ``charged`` (has anybody a charge?), ``lacking`` (members who owe without one)
        and, to open months, ``unpaid`` (charges not paid nor put off).
        """
        charges = Charge.objects.filter(dues_month=OuterRef("pk"))
        unpaid = charges.with_state().filter(state=Charge.State.UNPAID)
        return self.annotate(
            charged=Exists(charges),
            lacking=Case(When(_not_settled(), then=_lacking()), default=Value(0)),
            unpaid=Case(When(status=DuesMonth.Status.OPEN, then=_number(unpaid, "dues_month")), default=None),
        )

    def owed(self, month):
        """Dues months of a month that must be verified: somebody owes, and the branch stood at its end."""
        owing = self.with_open_counts().filter(Q(charged=True) | Q(lacking__gt=0))
        return owing.filter(organization__in=Organization.objects.existing_in(month).values("pk"))

    def with_state(self, state):
        """Dues months in which somebody's charge is in a state."""
        return self.filter(pk__in=Charge.objects.with_state().filter(state=state).values("dues_month"))


def _not_settled():
    return Q(first_verified_at=None) | Q(month=Month.current())


def _lacking():
    """How many members the outer month's branch must ask: of those it has, and of those who moved away since.

    Apart, so that each is found by an index: a list of months asks this of every branch.
    """
    month, branch = OuterRef("month"), OuterRef("organization")
    still_there = uncharged(month).with_home_in(month).filter(organization=branch, home=branch)
    people, left = uncharged(OuterRef(month)).with_home_in(OuterRef(month)), OuterRef("from_organization")
    moved = people.filter(pk=OuterRef("person"), home=left).exclude(organization=left)
    gone_since = Transfer.objects.accepted().filter(Exists(moved), from_organization=branch)
    return _number(still_there, "organization") + _number(gone_since, "from_organization", of="person")


def _number(rows, key, *, of="pk"):
    """How many rows (or different values of a column), of those with the same key as the outer row's."""
    counted = rows.order_by().values(key).annotate(number=Count(of, distinct=of != "pk")).values("number")
    return Coalesce(Subquery(counted), Value(0))


def uncharged(month):
    """Members who owe a month (admitted by its end) and have no charge in any branch; ``month`` may be an OuterRef.

    Which branch asks them is for ``with_home_in`` and ``of_month`` to say: the one to which they belong in the month.
    """
    inside = OuterRef(month) if isinstance(month, OuterRef) else month
    charged = Charge.objects.filter(person=OuterRef("pk"), month=inside)
    people = Person.objects.present().members().filter(~Exists(charged))
    admitted = TruncMonth("joined_on", output_field=MonthField())
    return people.alias(admitted=admitted).filter(Q(joined_on=None) | Q(admitted__lte=month))


class DuesMonth(models.Model):
    """One branch's dues of one month: opened with a frozen charge a member, verified on the activity day.

    Signed again after a correction, it keeps the moment at which it was signed first: that is what was in time or late.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "待查验"
        VERIFIED = "VERIFIED", "已查验"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="dues_months", verbose_name="党支部")
    month = MonthField("月份")
    day = models.ForeignKey(ActivityDay, models.SET_NULL, null=True, blank=True, related_name="dues_months")
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField("开账时间", default=clock.now)
    first_verified_at = models.DateTimeField("首次查验时间", null=True)
    verified_at = models.DateTimeField("查验时间", null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DuesMonthQuerySet.as_manager()

    class Meta:
        verbose_name = "党费月份"
        ordering = ["-month", "organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "month"], name="one_dues_month_a_branch"),
            models.CheckConstraint(
                name="a_verified_month_is_signed", condition=Q(status="OPEN") | Q(verified_at__isnull=False)
            ),
            models.CheckConstraint(
                name="a_signature_has_a_first_one", condition=Q(verified_at=None) | Q(first_verified_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["month", "organization"], name="dues_by_month")]

    def __str__(self):
        return f"{self.organization} {self.month.label}党费"

    def get_absolute_url(self):
        return reverse("dues_month", args=[self.pk])

    @property
    def is_settled(self) -> bool:
        """Signed once, and over: who is registered in the branch today is not asked about it."""
        return self.first_verified_at is not None and self.month != Month.current()

    @property
    def is_signed_again(self) -> bool:
        return self.verified_at is not None and self.verified_at != self.first_verified_at

    @property
    def is_verified_in_time(self) -> bool:
        """Signed for the first time within the month, and not waiting to be signed again."""
        first = self.first_verified_at
        return self.status == self.Status.VERIFIED and first is not None and clock.day_of(first) <= self.month.last
