"""日历订阅: a private address at which somebody's calendar reads an organization's days."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from branches.models import Organization
from core import clock

TOKEN_BYTES = 24  # 192 bits: nobody guesses one, so a plain digest is enough to keep


def make_token() -> str:
    """A new token, as it stands in the address: 32 letters, digits, dashes and underscores."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class FeedQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user's own: whom somebody else lets into their calendar is not even the superiors' business."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def running(self):
        return self.filter(revoked_at=None)


class Feed(models.Model):
    """One person's private address for the days of an organization.

    It gives what its owner may see at the moment of each reading, and nothing once the owner may see nothing there.
    Of the token only a digest is kept. ``digest`` and ``changed_at`` tell what was given last, and since when that is
    so: a calendar that asks again learns that nothing changed.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="feeds", verbose_name="党组织")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feeds", verbose_name="订阅人")
    token_hash = models.CharField("地址摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("生成时间", default=clock.now, editable=False)
    last_read_on = models.DateField("最近读取", null=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    changed_at = models.DateTimeField("内容变化时间", null=True)
    revoked_at = models.DateTimeField("停用时间", null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = "日历订阅"
        ordering = ["organization__code", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "organization"],
                condition=Q(revoked_at=None),
                name="one_running_feed_an_owner_and_organization",
            ),
        ]

    def __str__(self):
        return f"{self.organization}日历订阅"

    @property
    def is_running(self) -> bool:
        return self.revoked_at is None
