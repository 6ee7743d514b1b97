"""Accounts: a log-in name (staff or student number), a name and a password. Rights come from appointments alone."""

import datetime
import secrets

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from core import clock


class UserManager(BaseUserManager):
    def create_user(self, username, password=None, *, name="", email=""):
        user = self.model(username=username, name=name or username, email=email)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who can log in. Not a member: a member is ``branches.Person``, who may have an account."""

    username = models.CharField("学工号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("首次登录须改密码", default=False)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)
    password_set_at = models.DateTimeField("密码设置时间", null=True, editable=False)
    session_round = models.PositiveIntegerField("登录轮次", default=0, editable=False)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        verbose_name = "账号"

    def __str__(self):
        return self.name

    @property
    def audit_organization_id(self):
        """To whose part of the audit log this belongs: the organization of whoever has the account, if it is known."""
        return getattr(getattr(self, "person", None), "organization_id", None)

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_set_at = clock.now()

    @property
    def password_is_due(self) -> bool:
        """Is the password one that was handed out, or older than the site allows (``PASSWORD_EXPIRY_DAYS``)?"""
        if not settings.PASSWORD_EXPIRY_DAYS or not self.has_usable_password():
            return self.must_change_password
        oldest = clock.now() - datetime.timedelta(days=settings.PASSWORD_EXPIRY_DAYS)
        return self.must_change_password or (self.password_set_at or self.created_at) <= oldest

    def _get_session_auth_hash(self, secret=None):
        """What a session must agree with: it ends with the password, and with the next ``session_round``."""
        text = f"{self.password}:{self.session_round}"
        return salted_hmac("core.accounts.session", text, secret=secret, algorithm="sha256").hexdigest()


ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that can be taken for something else
CODE_LENGTH = 12  # 59 bits, in groups of four
WRONG_TRIES = 5
ACTIVATING = "(activate)"  # the name under which wrong codes are counted for a network: it is nobody's number
WRONG_CODES = 30  # of one network in half an hour: a whole training room may sit behind one address


def failure_limit(request, credentials) -> int:
    """After how many wrong tries django-axes closes the door to a network: for one account, or for activating."""
    return WRONG_CODES if (credentials or {}).get("username") == ACTIVATING else WRONG_TRIES


def make_code() -> str:
    """A new activation code, as it is printed: ``7KMP-Q2XA-R9TD``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def hash_of_code(user, code: str) -> str:
    """What is kept of an account's code, however it is typed: small letters, without the dashes, with spaces."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("core.accounts.activation", f"{user.pk}:{letters}", algorithm="sha256").hexdigest()


class ActivationQuerySet(models.QuerySet):
    def open(self):
        """Neither used nor revoked; whether it still runs is for ``expires_at`` to say."""
        return self.filter(used_at=None, revoked_at=None)

    def running(self):
        return self.open().filter(expires_at__gt=clock.now())


class Activation(models.Model):
    """A code that was handed out once, with which its owner sets the first (or a forgotten) password.

    Only a hash of the code is kept. It is used once, until ``expires_at``, and dies after a few wrong tries.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="activations")
    code_hash = models.CharField("激活码摘要", max_length=128, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("发出时间", default=clock.now, editable=False)
    expires_at = models.DateTimeField("失效时间")
    tries = models.PositiveSmallIntegerField("输错次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = "激活码"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, revoked_at=None), name="one_open_activation_an_account"
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.made_at:%Y-%m-%d}"

    def fits(self, code: str) -> bool:
        return constant_time_compare(self.code_hash, hash_of_code(self.user, code))
