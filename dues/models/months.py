"""A branch's dues month, and who is still to be asked for it."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse

from activities.models import ActivityDay
from branches import access
from branches.models import Appointment, Organization, Person, Transfer
from branches.words import organization_named
from core import clock
from core.periods import Month, MonthField
from dues.models.ledger import Charge
from dues.models.policies import MONEY


class DuesMonthQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Dues are seen by those who draft, review or settle them, not by every office holder."""
        return self.filter(access.reads(user, offices=access.TREASURY))

    def for_month(self, month):
        return self.filter(month=month)

    def of(self, branches):
        """Dues months of the given branches (a QuerySet of Organization or a list of ids)."""
        return self.filter(organization__in=branches)

    def handed_in(self):
        """Dues months on their way up, or settled."""
        return self.filter(status__in=DuesMonth.HANDED_IN)

    def search(self, text):
        """Dues months of branches by part of the name, or by the beginning of the code."""
        return self.filter(organization_named(text, "organization__"))

    def waiting_for(self, user):
        """Months that wait for the user's decision: to be forwarded by the general branch, settled by the department.

        Who handed a month in does not decide about it. Where nobody else could forward it, the department does.
        """
        status, waits = DuesMonth.Status, Q(pk__in=[])
        for seat in access.seats(user):
            if seat.office in access.DRAFTERS and seat.kind == Organization.Kind.GENERAL_BRANCH:
                waits |= Q(status=status.SUBMITTED, organization__parent=seat.organization_id)
            if seat.office in access.DEPARTMENT:
                deserted = Q(status=status.SUBMITTED) & ~Exists(
                    reviewers_of(OuterRef("organization__parent"), OuterRef("submitted_by"))
                )
                waits |= (Q(status=status.FORWARDED) | deserted) & access.within("organization__path", seat.path)
        return self.filter(waits).exclude(submitted_by=user)

    def with_open_counts(self):
        """Adds how far the months are: ``charged`` (has anybody a charge?), ``lacking`` (members who owe without one)
        and, to open months, ``unpaid`` (charges not paid nor put off).
        """
        charges = Charge.objects.filter(dues_month=OuterRef("pk"))
        unpaid = charges.with_state().filter(state=Charge.State.UNPAID)
        return self.annotate(
            charged=Exists(charges),
            lacking=Case(When(_not_over(), then=_lacking()), default=Value(0)),
            unpaid=Case(When(status=DuesMonth.Status.OPEN, then=_number(unpaid, "dues_month")), default=None),
        )

    def owed(self, month):
        """Dues months of a month that must be verified: somebody owes, and the branch stood at its end."""
        owing = self.with_open_counts().filter(Q(charged=True) | Q(lacking__gt=0))
        return owing.filter(organization__in=Organization.objects.existing_in(month).values("pk"))

    def with_state(self, state):
        """Dues months in which somebody's charge is in a state."""
        return self.filter(pk__in=Charge.objects.with_state().filter(state=state).values("dues_month"))


def reviewers_of(general_branch, submitted_by):
    """The running offices of a general branch that forward a month which somebody handed in: all but that person's.

    Both may be an OuterRef. Where there are none the department forwards in their place, as it does with plans.
    """
    running = Appointment.objects.filled().filter(organization=general_branch, office__in=access.DRAFTERS)
    return running.exclude(person__user=submitted_by)


def _not_over():
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
    """One branch's dues of one month: opened with a frozen charge a member, verified on the activity day, handed in.

    It goes up one level at a time: the branch hands it in, the general branch forwards it, the department settles it.
    From then on nothing more is booked in it. Signed or handed in again after a correction, it keeps the moment at
    which that was done first: that is what was in time or late.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", "待查验"
        VERIFIED = "VERIFIED", "已查验"
        SUBMITTED = "SUBMITTED", "已上报"
        FORWARDED = "FORWARDED", "已转报"
        SETTLED = "SETTLED", "已结清"

    HANDED_IN = (Status.SUBMITTED, Status.FORWARDED, Status.SETTLED)

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="dues_months", verbose_name="党支部")
    month = MonthField("月份")
    day = models.ForeignKey(ActivityDay, models.SET_NULL, null=True, blank=True, related_name="dues_months")
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField("开账时间", default=clock.now)
    first_verified_at = models.DateTimeField("首次查验时间", null=True)
    verified_at = models.DateTimeField("查验时间", null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_submitted_at = models.DateTimeField("首次上报时间", null=True)
    submitted_at = models.DateTimeField("上报时间", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("结清时间", null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

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
            models.CheckConstraint(
                name="a_month_that_went_up_was_handed_in",
                condition=~Q(status__in=["SUBMITTED", "FORWARDED", "SETTLED"])
                | Q(submitted_at__isnull=False, first_submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_settled_month_has_its_day", condition=~Q(status="SETTLED") | Q(settled_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["month", "organization"], name="dues_by_month")]

    def __str__(self):
        return f"{self.organization} {self.month.label}党费"

    def get_absolute_url(self):
        return reverse("dues_month", args=[self.pk])

    @property
    def is_handed_in(self) -> bool:
        """On its way up, or settled: nothing more is booked in it."""
        return self.status in self.HANDED_IN

    @property
    def is_over(self) -> bool:
        """Signed once, and over: who is registered in the branch today is not asked about it."""
        return self.first_verified_at is not None and self.month != Month.current()

    @property
    def is_signed_again(self) -> bool:
        return self.verified_at is not None and self.verified_at != self.first_verified_at

    @property
    def is_verified_in_time(self) -> bool:
        """Signed for the first time within the month, and not waiting to be signed again."""
        first = self.first_verified_at
        return self.status != self.Status.OPEN and first is not None and clock.day_of(first) <= self.month.last


class Statement(models.Model):
    """What a month came to when it was signed off or handed in: who, when, on which day; added, never changed.

    Amounts are 元, the others people. ``paid`` is what came in for the month by its end, ``arrears`` in it for earlier
    ones. Of a month that was handed in, the last one says what stays.
    """

    class Act(models.TextChoices):
        VERIFIED = "VERIFIED", "查验签认"
        SUBMITTED = "SUBMITTED", "上报"

    dues_month = models.ForeignKey(DuesMonth, models.PROTECT, related_name="statements")
    act = models.CharField("事项", max_length=9, choices=Act)
    day_on = models.DateField("活动日", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", default=clock.now)
    owed = models.DecimalField("应缴（元）", **MONEY)
    owed_people = models.PositiveIntegerField("应缴人数")
    paid = models.DecimalField("本月实缴（元）", **MONEY)
    paid_people = models.PositiveIntegerField("本月实缴人数")
    deferred = models.DecimalField("缓交（元）", **MONEY)
    deferred_people = models.PositiveIntegerField("缓交人数")
    arrears = models.DecimalField("往月补缴（元）", **MONEY)
    arrears_people = models.PositiveIntegerField("往月补缴人数")

    class Meta:
        verbose_name = "党费签认单"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.dues_month} {self.get_act_display()}"

    @property
    def received(self):
        """共收: what came in this month."""
        return self.paid + self.arrears
