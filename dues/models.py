"""Rates and bases as dated data; a branch's dues month with its frozen charges; the ledger, which only ever grows."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils.functional import cached_property

from activities.models import ActivityDay
from branches import access
from branches.models import Organization, Person, Transfer
from branches.words import organization_named
from core import clock
from core.periods import Month, MonthField
from dues.rates import Band

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class RatePolicy(models.Model):
    """The rates of 中组发〔2008〕3号 in force from a month on, with rounding and a soft cap. Brackets are rows."""

    class Rounding(models.TextChoices):
        FEN = "0.01", "分"
        JIAO = "0.1", "角"
        YUAN = "1", "元"

    effective_from = MonthField("生效月份", unique=True)
    rounding = models.CharField("进位", max_length=4, choices=Rounding, default=Rounding.FEN)
    soft_cap = models.DecimalField("月缴提示上限（元）", **MONEY, default=1000)

    class Meta:
        verbose_name = "党费标准"
        ordering = ["-effective_from"]

    def __str__(self):
        return f"{self.effective_from.label}起"

    @classmethod
    def in_force(cls, month: Month) -> "RatePolicy":
        policy = cls.objects.filter(effective_from__lte=month).first()
        if policy is None:
            raise cls.DoesNotExist(f"{month.label}没有生效的党费标准。")
        return policy

    @cached_property
    def bands(self) -> list[Band]:
        """The brackets as plain values, for ``rates.due``; read once, when somebody asks."""
        return [Band(row.category, row.up_to, row.percent, row.amount) for row in self.brackets.all()]


class Bracket(models.Model):
    """One line of a policy: for a category, a percentage up to a base (inclusive), or a fixed amount without a base."""

    policy = models.ForeignKey(RatePolicy, models.CASCADE, related_name="brackets")
    category = models.CharField("人员", max_length=8, choices=Person.Category)
    up_to = models.DecimalField("基数上限（含，元）", **MONEY, null=True, blank=True)
    percent = models.DecimalField("比例（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("固定金额（元）", **MONEY, null=True, blank=True)

    class Meta:
        verbose_name = "党费档次"
        ordering = ["category", F("up_to").asc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(
                name="a_bracket_is_a_percentage_or_an_amount",
                condition=Q(percent__isnull=False, amount=None) | Q(percent=None, amount__isnull=False, up_to=None),
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()} {self.percent or self.amount}"


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
        return self.with_lacking().annotate(
            charged=Exists(charges),
            unpaid=Case(When(status=DuesMonth.Status.OPEN, then=_number(unpaid, "dues_month")), default=None),
        )

    def with_lacking(self):
        """Adds only ``lacking``: how many members owe without a charge, as far as the month is not settled."""
        return self.annotate(lacking=Case(When(_not_settled(), then=_lacking()), default=Value(0)))

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

    dues_month = models.ForeignKey(DuesMonth, models.PROTECT, related_name="charges")
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
