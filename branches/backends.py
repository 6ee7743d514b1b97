"""Who gets in: only people who are in the register, with an account in use."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError

from branches.reports import DEMO_PASSWORD
from core.accounts import User


class RegisterBackend(ModelBackend):
    """Number and password, and every later request of the session: who left the register is out at the next click."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if password == DEMO_PASSWORD and not settings.DEMO:
            password = ""  # everybody knows it: outside a demonstration it opens nothing; it costs the same time
        return super().authenticate(request, username=username, password=password, **kwargs)

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and is_registered(user)

    def get_user(self, user_id):
        """Asked at every request, so without ``first()``: the order that it sets costs more than all the rest."""
        try:
            user = User.objects.select_related("person").get(pk=user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None


def is_registered(user) -> bool:
    """Does the account belong to somebody who is in the register and has not left?"""
    person = getattr(user, "person", None)
    return person is not None and person.left_on is None


class DemoPasswordValidator:
    """The password of the demonstration stands in the README: nobody may take it for the own."""

    def validate(self, password, user=None):
        if password == DEMO_PASSWORD:
            raise ValidationError("这是演示用的密码，人人都知道，请换一个。", code="password_of_the_demo")

    def get_help_text(self):
        return ""
