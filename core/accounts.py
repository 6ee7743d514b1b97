"""Accounts: a log-in name (staff or student number), a name and a password. Rights come from appointments alone."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

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

    class Meta:
        verbose_name = "激活码"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, revoked_at=None), name="one_open_activation_an_account"
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.made_at:%Y-%m-%d}"
