"""Frozen charges and what was paid of them. The ledger only ever grows; the database refuses the rest."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from branches import access
from branches.models import Organization, Person
from branches.words import person_named
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


class ReceiptQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, offices=access.TREASURY, prefix="branch__") | Q(person__user=user))

    def search(self, text):
        """Receipts of a person, or by their own number, with or without the year before it."""
        digits = text.rpartition("-")[2]
        number = Q(number=int(digits)) if digits.isdecimal() and len(digits) < 10 else Q()
        return self.filter(person_named(text, "person__") | number)

    def with_amount(self):
        """Adds ``amount``, what was received on it, and ``taken_back``, what of it was reversed since (both in 元)."""
        mine = Entry.objects.filter(receipt=OuterRef("pk")).order_by().values("receipt")
        undone = Entry.objects.filter(reverses__receipt=OuterRef("pk")).order_by().values("reverses__receipt")
        return self.annotate(amount=_total(mine), taken_back=-_total(undone))


class Receipt(models.Model):
    """What a member is given for a payment: numbered without gaps within the branch and the year."""

    branch = models.ForeignKey(Organization, models.PROTECT, related_name="dues_receipts", verbose_name="党支部")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("收据号")
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_receipts", verbose_name="交款人")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("开具时间", default=clock.now)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "党费收据"
        ordering = ["branch", "-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "year", "number"], name="a_receipt_has_a_number_of_its_own"),
            models.CheckConstraint(name="receipts_are_numbered_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.year}-{self.number:04d}"

    def get_absolute_url(self):
        return reverse("dues_receipt", args=[self.pk])


SEAL = Signer(salt="dues.entry")


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(access.reads(user, offices=access.TREASURY, prefix="charge__dues_month__organization__"))


class Entry(models.Model):
    """One line of the ledger: a payment (positive) or its reversal (negative). The database refuses the rest.

    Its ``seal`` is a signature of all that it says, with the site's key: a line changed behind the database's back
    no longer fits it. Lines of before there were seals have none.
    """

    class Method(models.TextChoices):
        CASH = "CASH", "现场"
        TRANSFER = "TRANSFER", "转账"
        PROXY = "PROXY", "代交"

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="entries")
    amount = models.DecimalField("金额（元）", **MONEY)
    method = models.CharField("方式", max_length=8, choices=Method)
    month_paid = MonthField("实缴月份")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, blank=True, related_name="entries")
    key = models.CharField("键", max_length=80, unique=True)
    note = models.CharField("备注", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now)
    seal = models.CharField("封签", max_length=64, null=True, editable=False)  # noqa: DJ001

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
            models.CheckConstraint(
                name="a_reversal_takes_two_people",
                condition=Q(reverses=None)
                | Q(seal=None)
                | (Q(by__isnull=False, second__isnull=False) & ~Q(second=F("by"))),
            ),
        ]

    def __str__(self):
        return f"{self.charge} {self.amount}"

    @property
    def said(self) -> str:
        """Everything that the line says, as one text."""
        parts = (
            self.charge_id, f"{self.amount:.2f}", self.method, self.month_paid.first, self.reverses_id,
            self.receipt_id, self.key, self.note, self.by_id, self.second_id, int(self.at.timestamp()),
        )  # fmt: skip
        return "|".join("" if part is None else str(part) for part in parts)

    @property
    def is_as_sealed(self) -> bool:
        """Does the line still say what was sealed?"""
        try:
            return SEAL.unsign(f"{self.said}:{self.seal}") == self.said
        except BadSignature:
            return False


class ReversalRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            access.reads(user, offices=access.TREASURY, prefix="entry__charge__dues_month__organization__")
        )

    def waiting(self):
        return self.filter(outcome="")

    def waiting_for(self, user):
        """Requests that the user may answer: of the own branch or of one below, not one's own nor about one's own."""
        branch = "entry__charge__dues_month__organization__"
        at_the_branch = Q(pk__in=[])
        for seat in access.seats(user):
            if seat.office in access.DRAFTERS:
                at_the_branch |= Q(entry__charge__dues_month__organization=seat.organization_id)
        may = at_the_branch | access.decides(user, prefix=branch)
        return self.waiting().filter(may).exclude(by=user).exclude(entry__charge__person__user=user)


class ReversalRequest(models.Model):
    """A wrong payment that somebody asks to take back; a second person confirms or declines it."""

    class Outcome(models.TextChoices):
        DONE = "DONE", "已冲正"
        DECLINED = "DECLINED", "未同意"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="requests")
    reason = models.CharField("冲正原因", max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("提出时间", default=clock.now)
    outcome = models.CharField("结果", max_length=9, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=120, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("办理时间", null=True)

    objects = ReversalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "冲正申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(outcome=""), name="one_waiting_request_a_payment"),
            models.CheckConstraint(
                name="nobody_confirms_their_own_request", condition=~Q(outcome="DONE", answered_by=F("by"))
            ),
            models.CheckConstraint(name="a_request_has_its_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.entry} {self.reason}"

    def get_absolute_url(self):
        return reverse("dues_reversal", args=[self.pk])


class ArrearsNoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is known of a member's arrears is for those who keep the dues of the branch, and above it."""
        return self.filter(access.reads(user, offices=access.TREASURY, prefix="person__organization__"))


class ArrearsNote(models.Model):
    """What the branch found out about a member who owes months; people say whether a reason is proper. Only added."""

    class Finding(models.TextChoices):
        ASKING = "ASKING", "正在了解"
        PROPER = "PROPER", "有正当理由"
        NOT_PROPER = "NOT_PROPER", "没有正当理由"

    person = models.ForeignKey(Person, models.PROTECT, related_name="arrears_notes")
    finding = models.CharField("情况", max_length=10, choices=Finding)
    text = models.CharField("说明", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", default=clock.now)

    objects = ArrearsNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "欠缴说明"
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(name="an_arrears_note_says_something", condition=~Q(text=""))]

    def __str__(self):
        return f"{self.person} {self.get_finding_display()}"


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
