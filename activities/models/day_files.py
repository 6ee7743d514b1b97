"""What a day leaves behind: photos, documents, and the materials of its items."""

from django.db import models
from django.db.models import Q

from activities.models.days import ActivityDay, DayItem
from core.documents import StoredFile


class DayFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The files of the days that the user sees."""
        return self.filter(day__in=ActivityDay.objects.visible_to(user))

    def photos(self):
        return self.filter(sort=DayFile.Sort.PHOTO)

    def with_content(self):
        """With what is kept of each, to be shown or handed out."""
        return self.select_related("file", "thumb", "item")


class DayFile(models.Model):
    """A photo, a document, or the material of one item (a lesson's handout). It is reached through its day alone."""

    class Sort(models.TextChoices):
        PHOTO = "PHOTO", "照片"
        DOCUMENT = "DOCUMENT", "文件"
        MATERIAL = "MATERIAL", "材料"

    day = models.ForeignKey(ActivityDay, models.CASCADE, related_name="files")
    item = models.ForeignKey(
        DayItem, models.PROTECT, null=True, blank=True, related_name="files", verbose_name="哪一项的材料"
    )
    sort = models.CharField("种类", max_length=8, choices=Sort)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    thumb = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    caption = models.CharField("说明", max_length=80, blank=True)
    order = models.PositiveSmallIntegerField("序号")

    objects = DayFileQuerySet.as_manager()

    class Meta:
        verbose_name = "活动日的照片和文件"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_photo_has_a_thumbnail",
                condition=Q(sort="PHOTO", thumb__isnull=False) | (~Q(sort="PHOTO") & Q(thumb__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_material_belongs_to_an_item", condition=~Q(sort="MATERIAL") | Q(item__isnull=False)
            ),
        ]

    def __str__(self):
        return self.caption or self.file.name

    @property
    def is_photo(self) -> bool:
        return self.sort == self.Sort.PHOTO

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs."""
        return self.day.organization_id
