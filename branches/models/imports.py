"""A sheet on its way into the register: uploaded, read, looked at, confirmed. Its rows are what the preview shows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches import access
from core import clock
from core.jobs import Job


class SheetImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own uploads, while one may send such: a sheet holds what only the department or a keeper may know."""
        kinds = SheetImport.Kind.values if access.is_department(user) else []
        kinds = kinds or ([SheetImport.Kind.BASES] if access.keeps_somewhere(user) else [])
        return self.filter(by=user, kind__in=kinds) if kinds else self.none()


class SheetImport(models.Model):
    """One uploaded sheet and how far it is. It is written whole, by one job, or not at all."""

    class Kind(models.TextChoices):
        ORGANIZATIONS = "ORGANIZATIONS", "党组织"
        PEOPLE = "PEOPLE", "人员"
        CALENDAR = "CALENDAR", "工作日历"
        BASES = "BASES", "党费基数"

    class Status(models.TextChoices):
        READING = "READING", "正在核对"
        READY = "READY", "待确认"
        FAULTY = "FAULTY", "有差错"
        REFUSED = "REFUSED", "打不开"
        WRITING = "WRITING", "正在写入"
        DONE = "DONE", "已导入"
        DROPPED = "DROPPED", "已放弃"

    kind = models.CharField("种类", max_length=13, choices=Kind)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.READING)
    name = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to="imports/%Y/%m/", max_length=200)
    blanks_overwrite = models.BooleanField("空格表示清空", default=False)
    counts = models.JSONField("行数", default=dict)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    error = models.TextField("没有办成的原因", blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=clock.now, editable=False)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)

    FROM = {
        "confirm": (Status.READY, Status.WRITING),
        "drop": (Status.READING, Status.READY, Status.FAULTY, Status.REFUSED, Status.WRITING),
    }

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_finished_import_has_its_moment", condition=~Q(status="DONE") | ~Q(done_at=None)
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("import", args=[self.pk])

    @property
    def book(self) -> str:
        """What it is imported into, as users call it."""
        return {self.Kind.CALENDAR: "日历", self.Kind.BASES: "党费基数"}.get(self.Kind(self.kind), "名册")

    @property
    def is_running(self) -> bool:
        """A job reads or writes it, or waits to."""
        return self.status in (self.Status.READING, self.Status.WRITING) and not self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """Its job was given up: nothing was written, and its sender decides how it goes on."""
        unfinished = self.status in (self.Status.READING, self.Status.WRITING)
        return unfinished and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def is_swept(self) -> bool:
        """Its file and rows are no longer kept."""
        return not self.file


class SheetRow(models.Model):
    """A row of the sheet as the preview shows it. ``row`` counts as Excel does; 0 is the heading or the register.

    ``details`` are ``[heading, before, after]`` of a new or changed row, and ``[column, sentence]`` of the others.
    """

    class Outcome(models.TextChoices):
        NEW = "NEW", "新增"
        CHANGED = "CHANGED", "有改动"
        UNCHANGED = "UNCHANGED", "无变化"
        FAULTY = "FAULTY", "有差错"
        MISSING = "MISSING", "表中没有"
        ALIKE = "ALIKE", "像是同一人"
        NOTED = "NOTED", "请留意"

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=9, choices=Outcome)
    key = models.CharField("编号", max_length=60, blank=True)
    title = models.CharField("名称", max_length=200, blank=True)
    details = models.JSONField("内容", default=list)

    class Meta:
        verbose_name = "导入的行"
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["sheet", "outcome", "row"], name="sheet_rows_by_outcome")]

    def __str__(self):
        return f"{self.row} {self.title}"
