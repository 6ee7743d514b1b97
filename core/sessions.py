"""How long one stays logged in: half an hour without doing anything, twelve hours in all."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, logout

from core import clock

BEGAN, SEEN, ENDED = "began", "seen", "ended"
TOUCH_SECONDS = 60  # saving the session at every request would make a write of every page


class IdleMiddleware:
    """Ends a session that stood idle or lasts too long; the log-in page then says which (``request.session["ended"]``).

    The time of the last request is kept in the session itself, to the minute.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if SESSION_KEY in request.session:
            self._check(request)
        return self.get_response(request)

    @staticmethod
    def _check(request):
        now, session = int(clock.now().timestamp()), request.session
        began, seen = session.get(BEGAN, now), session.get(SEEN)
        if now - began >= settings.SESSION_COOKIE_AGE:
            _end(request, "long")
        elif seen is not None and now - seen >= settings.SESSION_IDLE_SECONDS:
            _end(request, "idle")
        elif seen is None or now - seen >= TOUCH_SECONDS:
            session[BEGAN], session[SEEN] = began, now


def _end(request, why):
    logout(request)
    request.session[ENDED] = why


def why_ended(request) -> str:
    """Why the session before ended by itself (``idle``, ``long``), told once; else empty."""
    return request.session.pop(ENDED, "") if ENDED in request.session else ""


def begin(request, way):
    """A log-in begins: its twelve hours are counted from now, and ``way`` is how it was proven who this is."""
    now = int(clock.now().timestamp())
    request.session[BEGAN], request.session[SEEN], request.session["way"] = now, now, way


def came_by_password(request) -> bool:
    return BACKEND_SESSION_KEY in request.session and request.session.get("way", "password") == "password"
