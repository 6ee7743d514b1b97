"""Campus single sign-on: another server vouches for a staff number; the register decides whether that lets in.

A door is a module with ``start(request, way_back)``, which sends the browser to that server, and
``identify(request, way_back)``, which gives the number the server vouches for or raises Refused. Which one is open
says ``settings.SINGLE_SIGN_ON``; each needs the extra of its name and is imported only then.
"""

from importlib import import_module

from django.conf import settings


class Refused(Exception):
    """The other server does not vouch for anybody, or cannot be asked. ``str()`` is a sentence for users."""


NO_ANSWER = "统一身份认证暂时没有答复，请稍后再试，或者用学工号和密码登录。"
NOT_PROVEN = "统一身份认证没有确认您的身份，请再登录一次。"


def door():
    """The module of the door that the settings open."""
    return import_module(f"branches.single_sign_on.{settings.SINGLE_SIGN_ON}")


def number_is_named() -> str:
    """Under which name the other server gives the number; empty where CAS gives it as the user's name."""
    return settings.SINGLE_SIGN_ON_NUMBER
