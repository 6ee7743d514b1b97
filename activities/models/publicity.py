"""宣传: what a newspaper, a board, the campus site or WeChat brought about an organization's activity."""

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from activities.models.days import ActivityDay
from activities.models.filings import OwnedQuerySet, organization_field
from core.documents import StoredFile

SCHEMES = ("http", "https")


class PublicityQuerySet(OwnedQuerySet):
    def in_full(self):
        """With whose it is, and the day that it is about."""
        return self.select_related("organization__parent", "day")

    def linked(self, organization, link):
        """What an organization has entered with a link."""
        return self.filter(organization=organization, link=link) if link else self.none()


class Publicity(models.Model):
    """One piece of publicity, of a day or of none. The link is shown and never fetched."""

    class Channel(models.TextChoices):
        PRESS = "PRESS", "报刊"
        BOARD = "BOARD", "宣传栏"
        CAMPUS_WEB = "CAMPUS_WEB", "校园网"
        WECHAT = "WECHAT", "微信"
        OTHER = "OTHER", "其他"

    organization = organization_field("publicity")
    day = models.ForeignKey(
        ActivityDay, models.PROTECT, null=True, blank=True, related_name="publicity", verbose_name="活动日"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    channel_name = models.CharField("渠道名称", max_length=40, blank=True)
    title = models.CharField("标题", max_length=120)
    link = models.CharField("链接", max_length=500, blank=True, validators=[URLValidator(SCHEMES)])
    published_on = models.DateField("刊发日期")
    note = models.CharField("说明", max_length=300, blank=True)
    picture = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="照片")
    thumb = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="小照片")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    version = models.PositiveIntegerField("版本", default=1)

    objects = PublicityQuerySet.as_manager()

    class Meta:
        verbose_name = "宣传"
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "link", "channel"], condition=~Q(link=""), name="a_link_stands_once_a_channel"
            ),
            models.CheckConstraint(name="publicity_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="another_channel_has_its_name", condition=Q(channel="OTHER") ^ Q(channel_name="")
            ),
            models.CheckConstraint(
                name="a_link_leads_to_the_web",
                condition=Q(link="") | Q(link__startswith="http://") | Q(link__startswith="https://"),
            ),
            models.CheckConstraint(
                name="a_picture_comes_with_its_thumb",
                condition=Q(picture__isnull=True, thumb__isnull=True) | Q(picture__isnull=False, thumb__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organization", "published_on"], name="publicity_by_date")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("publicity_item", args=[self.pk])

    @property
    def channel_word(self) -> str:
        """The channel as users read it; another one by its own name."""
        return self.channel_name or self.get_channel_display()
