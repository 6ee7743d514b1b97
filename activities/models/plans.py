"""每月安排: a branch's plan of a month and its items."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.kinds import ALL_SUBTYPES, ItemKind
from branches import access
from branches.models import Appointment, Organization, Person
from core import clock
from core.periods import MonthField


class OwnedQuerySet(models.QuerySet):
    """Rows of a branch and a month."""

    def visible_to(self, user):
        return self.filter(access.reads(user))

    def for_month(self, month):
        return self.filter(month=month)

    def of(self, branches):
        """Rows of the given branches (a QuerySet of Organization)."""
        return self.filter(organization__in=branches)


class PlanQuerySet(OwnedQuerySet):
    def visible_to(self, user):
        """Plans of the user's part of the tree; those above the branch see no drafts."""
        return self.filter(access.reads(user, offices=access.RECORDERS | access.DEPARTMENT | {"LEADER"})).exclude(
            Q(status=MonthlyPlan.Status.DRAFT)
            & ~Q(organization__in=[seat.organization_id for seat in access.seats(user)])
        )

    def awaiting(self, user):
        """Plans on which the user's review is the next step, in the order of codes; never one's own."""
        forwards = Q(pk__in=[])
        accepts = Q(pk__in=[])
        for seat in access.seats(user):
            if seat.kind == "GENERAL_BRANCH" and seat.office in access.DRAFTERS:
                forwards |= access.within("organization__path", seat.path)
            if seat.office in access.DEPARTMENT:
                below = access.within("organization__path", seat.path)
                accepts |= below
                # while a general branch has nobody else in office, its plans come to the department
                running = Appointment.objects.filled().filter(
                    office__in=access.DRAFTERS, organization=OuterRef("organization__parent")
                )
                forwards |= below & ~Exists(running.exclude(person__user=Coalesce(OuterRef("submitted_by"), 0)))
        return (
            self.filter(
                (Q(status=MonthlyPlan.Status.SUBMITTED) & forwards) | (Q(status=MonthlyPlan.Status.FILED) & accepts)
            )
            .exclude(submitted_by=user)
            .order_by("organization__code")
        )

    def taken_back_from(self, user):
        """Plans that came before the user's eyes and were withdrawn: drafts again, which only their branch sees."""
        above = access.reads(user, offices=access.DRAFTERS | access.DEPARTMENT)
        own = [seat.organization_id for seat in access.seats(user)]
        drafts = self.filter(above, status=MonthlyPlan.Status.DRAFT, attempts__gt=0)
        return drafts.exclude(organization__in=own).select_related("organization")

    def chosen(self, ids):
        """The ticked ones of a page; anything that is no number is passed over."""
        numbers = [one for one in ids if one.isascii() and one.isdigit() and len(one) < 19]
        return self.filter(pk__in=numbers).select_related("organization__parent")


class MonthlyPlan(models.Model):
    """每月安排: one branch's plan of one month, and where it is on the road to the organization department."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "暂存"
        SUBMITTED = "SUBMITTED", "待总支审核"
        FILED = "FILED", "待组织部审核"
        ACCEPTED = "ACCEPTED", "已备案"
        RETURNED = "RETURNED", "已退回"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="plans", verbose_name="党支部")
    month = MonthField("月份")
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.DRAFT)
    theme = models.CharField("主题", max_length=120, blank=True)
    planned_on = models.DateField("活动日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="hosted_plans", verbose_name="主持人"
    )
    recorder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="recorded_plans", verbose_name="记录人"
    )
    guests = models.CharField("邀请列席", max_length=200, blank=True)
    due_on = models.DateField("报送截止")
    first_submitted_on = models.DateField("首次报送", null=True)
    submitted_at = models.DateTimeField("报送时间", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField("转报时间", null=True)
    accepted_at = models.DateTimeField("备案时间", null=True)
    returned_at = models.DateTimeField("退回时间", null=True)
    return_note = models.TextField("退回意见", blank=True)
    attempts = models.PositiveSmallIntegerField("报送次数", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "月计划"
        ordering = ["-month", "organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "month"], name="one_plan_a_branch_and_month"),
            models.CheckConstraint(
                name="a_filed_plan_was_submitted",
                condition=Q(status="DRAFT") | Q(submitted_at__isnull=False, first_submitted_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["month", "status"], name="plan_by_month")]

    def __str__(self):
        return f"{self.organization} {self.month.label}计划"

    def get_absolute_url(self):
        return reverse("plan", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Is it the branch's turn: not submitted yet, or returned?"""
        return self.status in (self.Status.DRAFT, self.Status.RETURNED)

    @property
    def day_has_come(self) -> bool:
        """Has the planned date passed? Then it stays as filed, or it could be made to fit what happened."""
        return self.planned_on is not None and self.planned_on < clock.today()

    @property
    def is_late(self) -> bool:
        """Was it first submitted after the due day, by the server's clock?"""
        return self.first_submitted_on is not None and self.first_submitted_on > self.due_on

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items.all())


class Item(models.Model):
    """One item of the run of a day; what it is said to be is the same when planned and when done."""

    order = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=14, choices=ItemKind)
    subtype = models.CharField("细类", max_length=20, choices=ALL_SUBTYPES, blank=True)
    content = models.CharField("内容", max_length=300)
    minutes = models.PositiveSmallIntegerField("时长（分钟）", default=20)

    class Meta:
        abstract = True

    def __str__(self):
        return self.content

    @property
    def label(self) -> str:
        """Kind and subtype as users read them: 集中教育 · 党性观念教育."""
        return " · ".join(filter(None, [self.get_kind_display(), self.get_subtype_display()]))


class PlanItem(Item):
    """One item of the day's run, as planned."""

    plan = models.ForeignKey(MonthlyPlan, models.CASCADE, related_name="items")

    class Meta:
        verbose_name = "议程"
        ordering = ["order"]
