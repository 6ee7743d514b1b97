"""Notices: one row a recipient, keyed so that nothing is told twice; e-mail leaves later, never from a request."""

import datetime
import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import models
from django.db.models import Count, Q, Window

from core import clock

MAIL_TRIES = 3
MAIL_LEASE = datetime.timedelta(minutes=5)  # a mail server that has not answered by then is asked again

log = logging.getLogger(__name__)


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own notices."""
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)

    def latest_with_unread(self, number):
        """The latest notices, each with ``unread_count``, how many are unread in all: one query for page and bell."""
        unread = Window(Count("pk", filter=Q(read_at=None)))
        return list(self.annotate(unread_count=unread)[:number])

    def undelivered(self):
        """Notices whose e-mail has neither left nor been given up, and that no worker is sending just now."""
        free = Q(mail_after=None) | Q(mail_after__lte=clock.now())
        return self.filter(free, mail_state=Notice.Mail.WAITING).select_related("recipient")


class Notice(models.Model):
    """A message to one person about one thing, shown in the inbox and sent by e-mail where there is an address."""

    class Mail(models.TextChoices):
        WAITING = "WAITING", "待发"
        SENT = "SENT", "已发"
        NONE = "NONE", "不发"
        FAILED = "FAILED", "未发出"

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField("种类", max_length=60)
    key = models.CharField("键", max_length=200)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    sender = models.CharField("发送方", max_length=120, blank=True)
    at = models.DateTimeField("时间", default=clock.now, editable=False)
    read_at = models.DateTimeField("阅读时间", null=True)
    mail_state = models.CharField("邮件", max_length=8, choices=Mail, default=Mail.NONE)
    mail_attempts = models.PositiveSmallIntegerField("发信次数", default=0)
    mail_after = models.DateTimeField("此后再发", null=True)
    mailed_at = models.DateTimeField("发信时间", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="a_notice_is_told_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "read_at"], name="notice_by_recipient"),
            models.Index(fields=["mail_state"], name="notice_by_mail", condition=Q(mail_state="WAITING")),
        ]

    def __str__(self):
        return self.title


def tell(recipients, kind, *, key, title, text="", url="", sender=""):
    """Write a notice to each account, once a (recipient, key); returns how many were asked for. No network."""
    rows = [
        Notice(
            recipient=user,
            kind=kind,
            key=key,
            title=title,
            text=text,
            url=url,
            sender=sender,
            mail_state=Notice.Mail.WAITING if user.email else Notice.Mail.NONE,
        )
        for user in {user.pk: user for user in recipients if user is not None and user.is_active}.values()
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def read(notices) -> int:
    """Mark those of ``notices`` (a QuerySet) that are unread as read now; returns how many they were."""
    return notices.unread().update(read_at=clock.now())


@shared_task(name="core.inbox.deliver")
def deliver(limit: int = 200) -> int:
    """Send waiting e-mail; returns how many left. A claimed row is one worker's for a while; three tries end it."""
    sent = 0
    # a letter that killed its worker three times is given up like one that was refused three times
    Notice.objects.undelivered().filter(mail_attempts__gte=MAIL_TRIES).update(mail_state=Notice.Mail.FAILED)
    for notice in Notice.objects.undelivered()[:limit]:
        claimed = (
            Notice.objects.undelivered()
            .filter(pk=notice.pk, mail_attempts=notice.mail_attempts)
            .update(mail_attempts=notice.mail_attempts + 1, mail_after=clock.now() + MAIL_LEASE)
        )
        if claimed:
            sent += _send(notice, attempt=notice.mail_attempts + 1)
    return sent


def _send(notice, *, attempt):
    try:
        send_mail(f"【党员活动日】{notice.title}", notice.text or notice.title, None, [notice.recipient.email])
    except OSError as error:
        log.warning("notice %s not mailed: %s", notice.pk, error)
        if attempt >= MAIL_TRIES:
            Notice.objects.filter(pk=notice.pk).update(mail_state=Notice.Mail.FAILED)
        return 0
    Notice.objects.filter(pk=notice.pk).update(mail_state=Notice.Mail.SENT, mailed_at=clock.now())
    return 1
