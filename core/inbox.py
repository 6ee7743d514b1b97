"""Notices: one row a recipient, keyed so that nothing is told twice; e-mail leaves later, never from a request."""

import datetime
import logging
import smtplib
from enum import Enum

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import models
from django.db.models import Count, F, Q, Window

from core import clock

MAIL_TRIES = 3  # of a letter that is refused, or takes its worker down
MAIL_LEASE = datetime.timedelta(minutes=5)  # a letter of which nothing was heard by then is tried again
MAIL_ROUND = datetime.timedelta(seconds=15)  # half of beat's interval: one worker thread at a time, not both
SHORTEST_WAIT, LONGEST_WAIT = datetime.timedelta(minutes=1), datetime.timedelta(minutes=15)
MAIL_PATIENCE = datetime.timedelta(days=7)  # after that a letter that cannot leave tells its reader nothing new

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
        """Notices whose e-mail may leave now: neither sent nor given up nor put off, and in no worker's hands."""
        free = Q(mail_after=None) | Q(mail_after__lte=clock.now())
        return self.filter(free, mail_state=Notice.Mail.WAITING).select_related("recipient")

    def in_turn(self):
        """Letters that were never tried first, then those that waited longest: one that fails goes to the end."""
        return self.order_by(F("mail_after").asc(nulls_first=True), "pk")


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
    return tell_all(notices(recipients, kind, key=key, title=title, text=text, url=url, sender=sender))


def notices(recipients, kind, *, key, title, text="", url="", sender="") -> list[Notice]:
    """What ``tell`` writes, for who tells several things and hands them to ``tell_all``."""
    return [
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


def tell_all(rows) -> int:
    """Write notices about several things in one statement, each once; returns how many were asked for."""
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def read(notices) -> int:
    """Mark those of ``notices`` (a QuerySet) that are unread as read now; returns how many they were."""
    return notices.unread().update(read_at=clock.now())


class Fault(Enum):
    """Why a letter did not leave, and so what becomes of it."""

    SERVER = "the server cannot be reached, or takes nothing from us: all letters wait"
    BUSY = "the server asks to come again with this letter: it waits"
    LETTER = "this letter is refused: three tries end it"


def fault_of(error: Exception) -> Fault:
    """Whose fault an exception of sending is."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _fault_of_codes(code for code, _ in error.recipients.values())
        case smtplib.SMTPDataError():
            return _fault_of_codes([error.smtp_code])
        case smtplib.SMTPNotSupportedError():  # an address that this server cannot write
            return Fault.LETTER
        case OSError():  # also every other SMTPException: no connection, no log-in, our own address refused
            return Fault.SERVER
    return Fault.LETTER


def _fault_of_codes(codes):
    return Fault.BUSY if all(400 <= code < 500 for code in codes) else Fault.LETTER


@shared_task(name="core.inbox.deliver")
def deliver(limit: int = 200) -> int:
    """Send waiting e-mail for a while; returns how many left. A claimed row is one worker's, whoever else delivers.

    A server that cannot be reached ends the round: nobody tries 200 letters against one that hangs.
    """
    sent, end = 0, clock.now() + MAIL_ROUND
    # a letter that killed its worker three times is given up like one that was refused three times
    Notice.objects.undelivered().filter(mail_attempts__gte=MAIL_TRIES).update(mail_state=Notice.Mail.FAILED)
    for notice in Notice.objects.undelivered().in_turn()[:limit]:
        if clock.now() > end:
            break
        if _claim(notice):
            fault = _send(notice)
            sent += fault is None
            if fault is Fault.SERVER:
                break
    return sent


def _claim(notice):
    """Take a letter for this worker by one conditional UPDATE; the count of claims is its token."""
    free = Notice.objects.undelivered().filter(pk=notice.pk, mail_attempts=notice.mail_attempts)
    notice.mail_attempts += 1
    return free.update(mail_attempts=notice.mail_attempts, mail_after=clock.now() + MAIL_LEASE)


def _send(notice):
    """Send a claimed letter; returns what hindered it, or None."""
    subject = " ".join(f"【党员活动日】{notice.title}".split())  # a header is one line
    try:
        send_mail(subject, notice.text or notice.title, None, [notice.recipient.email])
    except Exception as error:  # whatever is wrong with one letter, the next ones leave
        fault = fault_of(error)
        log.warning("notice %s not mailed (%s): %r", notice.pk, fault.name, error)
        _keep(notice, fault)
        return fault
    Notice.objects.filter(pk=notice.pk).update(mail_state=Notice.Mail.SENT, mailed_at=clock.now())
    return None


def _keep(notice, fault):
    """Decide when a letter that did not leave is tried again, if ever. One of three tries is used only by its fault."""
    ours = Notice.objects.filter(pk=notice.pk, mail_state=Notice.Mail.WAITING, mail_attempts=notice.mail_attempts)
    waited, is_refused = clock.now() - notice.at, fault is Fault.LETTER
    if waited > MAIL_PATIENCE or (is_refused and notice.mail_attempts >= MAIL_TRIES):
        ours.update(mail_state=Notice.Mail.FAILED)
    elif not is_refused:
        until = clock.now() + min(max(waited / 2, SHORTEST_WAIT), LONGEST_WAIT)
        if fault is Fault.SERVER:
            Notice.objects.undelivered().update(mail_after=until)
        # a moment after the others: if it is this letter that the server hangs up on, they leave before it
        ours.update(mail_attempts=notice.mail_attempts - 1, mail_after=until + datetime.timedelta(seconds=1))
