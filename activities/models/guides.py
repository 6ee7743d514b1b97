"""每月工作提示: what an organization above the branches asks of a month, with items and files."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from activities.models.plans import Item
from branches import access
from branches.models import Organization
from core.documents import StoredFile
from core.periods import MonthField

# Who writes the guide of an organization of a kind; a branch has none below it and writes none.
WRITERS = {"COMMITTEE": access.DEPARTMENT, "GENERAL_BRANCH": access.DRAFTERS}


class GuideQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Issued ones of the user's organizations, of those above and of those below; drafts only of one's own hand."""
        held = access.seats(user)
        line = {pk for seat in held for pk in seat.lineage}
        issued = Q(status=MonthGuide.Status.ISSUED) & (Q(organization__in=line) | access.reads(user))
        own = {seat.organization_id for seat in held if seat.office in WRITERS.get(seat.kind, ())}
        return self.filter(issued | Q(organization__in=own))

    def issued(self):
        return self.filter(status=MonthGuide.Status.ISSUED)

    def above(self, organization):
        """Those of the organizations under which this one stands, the nearest last."""
        line = [pk for pk in organization.lineage if pk != organization.pk]
        return self.filter(organization__in=line).order_by("organization__path")

    def with_counts(self):
        """Each with ``files_count`` and ``required_count``."""
        return self.annotate(
            files_count=Count("files", distinct=True),
            required_count=Count("items", filter=Q(items__is_required=True), distinct=True),
        )


class MonthGuide(models.Model):
    """工作提示 of one organization for one month: a draft of its writers until it is issued to everybody below.

    ``issues`` counts how often those below were told of it: when it was issued, corrected, or issued once more.
    """

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "暂存"
        ISSUED = "ISSUED", "已发布"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="guides", verbose_name="发布单位")
    month = MonthField("月份")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", blank=True)
    status = models.CharField("状态", max_length=6, choices=Status, default=Status.DRAFT)
    issued_at = models.DateTimeField("发布时间", null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发布人"
    )
    issues = models.PositiveSmallIntegerField("通知次数", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = "工作提示"
        ordering = ["-month", "organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "month"], name="one_guide_an_organization_and_month"),
            models.CheckConstraint(
                name="an_issued_guide_has_its_issuer",
                condition=Q(status="DRAFT") | Q(issued_at__isnull=False, issued_by__isnull=False, issues__gt=0),
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.month.label}工作提示"

    def get_absolute_url(self):
        return reverse("guide", args=[self.pk])

    @property
    def is_issued(self) -> bool:
        return self.status == self.Status.ISSUED

    @property
    def issuer_name(self) -> str:
        """By whom it is issued, as readers know them: a committee speaks through its department."""
        if self.organization.kind == Organization.Kind.COMMITTEE:
            return f"{self.organization}组织部"
        return self.organization.short_name


class GuideItem(Item):
    """An item that branches may take into their day, or must."""

    guide = models.ForeignKey(MonthGuide, models.CASCADE, related_name="items")
    is_required = models.BooleanField("必须安排", default=False)
    leader, also = None, ()  # who is in charge, and as what else it counts, the branch says

    COPIED = ("kind", "subtype", "form", "own_kind", "content", "minutes", "is_required")

    class Meta(Item.Meta):
        verbose_name = "提示的议程"
        ordering = ["order"]


class GuideFile(models.Model):
    """A document that goes with a guide."""

    guide = models.ForeignKey(MonthGuide, models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField("序号")

    class Meta:
        verbose_name = "提示的附件"
        ordering = ["order", "pk"]

    def __str__(self):
        return str(self.file)
