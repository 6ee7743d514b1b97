"""Assessment schemes as data, the assessment of a month with its frozen figures, and the compiled workbook."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches import access
from branches.models import Organization
from branches.words import organization_named
from core import clock
from core.jobs import Job
from core.periods import Month, MonthField

POINTS: dict[str, Any] = {"max_digits": 6, "decimal_places": 2}


# Whoever drafts, reviews or reads for an organization reads its results; a plain committee member does not.
READERS = access.DRAFTERS | access.DEPARTMENT | {"LEADER"}


class SchemeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The schemes are the same for everybody who reads results."""
        return self if any(seat.office in READERS for seat in access.seats(user)) else self.none()

    def in_force(self, month):
        """The scheme of a month: the latest that is in effect by then."""
        return self.filter(effective_from__lte=month).order_by("-effective_from")[:1]


class Scheme(models.Model):
    """考评方案: which metrics give how many points, and the grades, in force from a month on."""

    name = models.CharField("名称", max_length=60)
    effective_from = MonthField("生效月份", unique=True)
    excellent_from = models.DecimalField("优秀（分）", **POINTS, default=90)
    good_from = models.DecimalField("良好（分）", **POINTS, default=80)
    fair_from = models.DecimalField("一般（分）", **POINTS, default=60)
    version = models.PositiveIntegerField("版本", default=1)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "考评方案"
        ordering = ["-effective_from"]
        constraints = [
            models.CheckConstraint(
                name="grades_descend",
                condition=Q(excellent_from__gt=F("good_from")) & Q(good_from__gt=F("fair_from")) & Q(fair_from__gte=0),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def floors(self):
        """The lowest scores of 优秀, 良好 and 一般."""
        return self.excellent_from, self.good_from, self.fair_from

    @classmethod
    def in_force(cls, month: Month) -> "Scheme | None":
        return next(iter(cls.objects.in_force(month).prefetch_related("lines")), None)


class SchemeLine(models.Model):
    """One metric in a scheme: points by the share done (full from ``full_from`` %), or ``per_miss`` off a miss."""

    class Rule(models.TextChoices):
        SHARE = "SHARE", "按完成比例得分"
        PER_MISS = "PER_MISS", "每缺一次扣分"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="lines")
    metric = models.CharField("指标", max_length=40)
    order = models.PositiveSmallIntegerField("序号")
    points = models.DecimalField("分值", **POINTS)
    rule = models.CharField("计分", max_length=8, choices=Rule, default=Rule.SHARE)
    per_miss = models.DecimalField("每缺扣分", **POINTS, default=1)
    full_from = models.DecimalField("得满分的比例（%）", max_digits=5, decimal_places=2, default=100)

    class Meta:
        verbose_name = "考评指标"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "metric"], name="a_metric_stands_once_in_a_scheme"),
            models.CheckConstraint(
                name="points_and_share_are_sane",
                condition=Q(points__gte=0, per_miss__gte=0, full_from__gt=0, full_from__lte=100),
            ),
        ]

    def __str__(self):
        return self.metric

    @property
    def how_scored(self) -> str:
        """The rule in words, as the scheme's page and the workbook state it."""
        if self.rule == self.Rule.PER_MISS:
            return f"每缺一次扣 {_plain(self.per_miss)} 分，扣完为止"
        if self.full_from < 100:
            return f"达到 {_plain(self.full_from)}% 得满分，不足的按（完成比例 ÷ {_plain(self.full_from)}%）得分"
        return "按完成比例得分"


def _plain(number):
    return f"{number:.2f}".rstrip("0").rstrip(".")


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Readers above the branches see every month; a branch's readers the published ones that hold their result."""
        held = [seat for seat in access.seats(user) if seat.office in READERS]
        if any(seat.kind != "BRANCH" for seat in held):
            return self
        own = Result.objects.filter(organization__in=[seat.organization_id for seat in held])
        return self.filter(status=Assessment.Status.PUBLISHED, pk__in=own.values("assessment"))

    def published(self):
        return self.filter(status=Assessment.Status.PUBLISHED)

    def with_scheme(self):
        return self.select_related("scheme")


class Assessment(models.Model):
    """The assessment of all branches for one month under one scheme: computed, then published and frozen.

    ``computed_at`` is empty while a computation runs (or broke off); ``scheme_version`` is the scheme as it was used.
    """

    class Status(models.TextChoices):
        COMPUTED = "COMPUTED", "已计算，未发布"
        PUBLISHED = "PUBLISHED", "已发布"

    month = MonthField("月份", unique=True)
    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name="方案")
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.COMPUTED)
    scheme_version = models.PositiveIntegerField("方案版本", default=1)
    computed_at = models.DateTimeField("计算时间", null=True)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "月度考评"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(
                name="a_published_assessment_is_signed",
                condition=Q(status="COMPUTED") | Q(published_at__isnull=False, computed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.month.label}考评"

    def get_absolute_url(self):
        return reverse("assessment", args=[self.month])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def last_changed_at(self):
        """When the figures or their standing last changed; None while they are being computed."""
        return self.published_at or self.computed_at


class ResultQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Results of the user's part of the tree; by an office of the branch itself only once they are published."""
        scope = Q(pk__in=[])
        for seat in access.seats(user):
            if seat.office in READERS:
                part = access.within("organization__path", seat.path)
                is_own = seat.kind == "BRANCH"
                scope |= part & Q(assessment__status=Assessment.Status.PUBLISHED) if is_own else part
        return self.filter(scope)

    def under(self, organization):
        """Results of the organization and of everything below it."""
        return self.filter(access.within("organization__path", organization.path))

    def matching(self, *, general_branch=None, direct=False, grade="", text="", short=""):
        """Narrow by general branch (or the direct ones), grade, name or code, and a metric that lost points."""
        rows = self
        if general_branch:
            rows = rows.filter(organization__parent=general_branch)
        if direct:
            rows = rows.filter(organization__parent__kind=Organization.Kind.COMMITTEE)
        if grade:
            rows = rows.filter(grade=grade)
        if text:
            rows = rows.filter(organization_named(text, "organization__"))
        if short:
            lost = ResultLine.objects.filter(metric=short, earned__lt=F("points"))
            rows = rows.filter(pk__in=lost.values("result"))
        return rows


class Result(models.Model):
    """One branch's score (out of 100) and grade; ``earned`` of ``points``, both without what does not apply."""

    class Grade(models.TextChoices):
        EXCELLENT = "EXCELLENT", "优秀"
        GOOD = "GOOD", "良好"
        FAIR = "FAIR", "一般"
        POOR = "POOR", "较差"
        NONE = "NONE", "不参评"

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="results")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="results")
    score = models.DecimalField("得分", **POINTS, null=True)
    points = models.DecimalField("适用分值", **POINTS)
    earned = models.DecimalField("实得分", **POINTS)
    grade = models.CharField("等次", max_length=9, choices=Grade)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = "考评结果"
        ordering = ["organization__code"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "organization"], name="one_result_a_branch_and_assessment")
        ]

    def __str__(self):
        return f"{self.organization} {self.score}"


class ResultLine(models.Model):
    """One metric of a result: its fraction, its points, how they were counted, and the frozen evidence.

    ``evidence`` is a list of ``[what, value, counts, url]``.
    """

    result = models.ForeignKey(Result, models.CASCADE, related_name="lines")
    metric = models.CharField("指标", max_length=40)
    order = models.PositiveSmallIntegerField("序号")
    numerator = models.DecimalField("分子", max_digits=12, decimal_places=2)
    denominator = models.DecimalField("分母", max_digits=12, decimal_places=2)
    points = models.DecimalField("分值", **POINTS)
    earned = models.DecimalField("得分", **POINTS, null=True)
    how = models.CharField("计分", max_length=200)
    evidence = models.JSONField("依据", default=list)

    class Meta:
        verbose_name = "考评依据"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["result", "metric"], name="one_line_a_metric_and_result")]

    def __str__(self):
        return f"{self.metric} {self.earned}"

    @property
    def applies(self) -> bool:
        """A metric that does not apply is apart from zero."""
        return self.earned is not None


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reports whose scope lies in a part of the tree that the user reads from above the branches."""
        scope = Q(pk__in=[])
        for seat in access.seats(user):
            if seat.office in READERS and seat.kind != "BRANCH":
                scope |= access.within("organization__path", seat.path)
        return self.filter(scope)


class Report(models.Model):
    """A compiled workbook of an assessment, made by a job and kept as a file."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reports")
    organization = models.ForeignKey(Organization, models.PROTECT)
    job = models.OneToOneField(Job, models.PROTECT, related_name="report")
    file = models.FileField("文件", upload_to="reports/")
    compiled_at = models.DateTimeField("编制时间", default=clock.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "报表"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "organization"], name="one_report_an_assessment_and_scope")
        ]

    def __str__(self):
        return f"{self.assessment} {self.organization}"

    @staticmethod
    def key(month: Month, organization: Organization) -> str:
        """The key of the one job that compiles a month's workbook of an organization."""
        return f"compile_report:{month}:{organization.pk}"
