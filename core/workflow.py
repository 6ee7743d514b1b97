"""State changes: lock and re-read, check a rule, refuse a stale page. Every action of every app begins here."""

import logging
import sqlite3
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import DeadlockDetected, LockNotAvailable

from core.audit import history_of, remember

log = logging.getLogger(__name__)
BUSY = "系统正忙，刚才的操作没有保存，请再试一次。"


class StaleState(Exception):
    """Raised when a row is no longer in the state from which the action starts. ``str()`` is a sentence for users."""


@dataclass(frozen=True)
class Verdict:
    """What a rule answers: true or false and, when false, why not, in words for the user."""

    allowed: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def no(why: str) -> Verdict:
    """A refusal with its reason."""
    return Verdict(False, why)


def lock(row, *states):
    """Re-read ``row`` under a lock and return it; raise StaleState unless its status is one of ``states``.

    What the row is now is kept beside it: ``core.audit.record`` tells from it what the act changed.
    SQLite has no row locks: there the surrounding IMMEDIATE transaction makes the re-read serial.
    """
    model = row._meta.model
    try:
        fresh = model._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    except model.DoesNotExist as error:
        raise StaleState(f"这份{model._meta.verbose_name}刚刚被删去了。") from error
    if states:
        expect(fresh, *states)
    remember(fresh)
    return fresh


def expect(row, *states) -> None:
    """Raise StaleState unless the status of a row that the caller holds is one of ``states``."""
    if row.status not in states:
        now = f"现在是“{row.get_status_display()}”{_last_step(row)}"
        raise StaleState(f"这件事已经有人办过了：{now}。请看最新情况后再决定。")


def lock_all(rows) -> list:
    """Re-read the rows of a QuerySet under a lock, in its order, each kept as it is now like one of ``lock``."""
    fresh = list(rows.select_for_update(of=("self",)))
    remember(*fresh)
    return fresh


def _last_step(row):
    """Who was faster, and with what, as far as the audit log knows."""
    last = history_of(row).last()
    return f"（最近办理：{last.by.name if last.by else '系统'}，{last.word}）" if last else ""


def require(verdict) -> None:
    """Raise PermissionDenied, carrying the reason, unless the rule said yes."""
    if not verdict:
        raise PermissionDenied(getattr(verdict, "why", "") or "您没有办理这件事的权限。")


def found_it_locked(error: Exception) -> bool:
    """Did the database give up waiting for somebody else's lock? Trying again helps; with no other fault it does."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return isinstance(cause, LockNotAvailable | DeadlockDetected)


def way_back(request) -> str:
    """The page from which a request came, when it is one of ours; else empty."""
    back = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if ours else ""


class StaleStateMiddleware:
    """Turns StaleState into a message and the way back, so that a second click or an old page does no harm.

    So too when somebody else's work held the record for too long: nothing was saved, and a second try will do.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, StaleState):
            messages.warning(request, str(exception))
        elif found_it_locked(exception):
            log.warning("%s found a record locked: %s", request.path, exception)
            messages.warning(request, BUSY)
        else:
            return None
        way = resolve_url(way_back(request) or "workbench")
        # a part of a page has no room for messages: there the whole page is loaded anew
        return HttpResponseClientRedirect(way) if request.htmx else redirect(way)
