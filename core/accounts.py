"""Accounts: a log-in name (staff or student number), a name and a password. Rights come from appointments alone."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

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
