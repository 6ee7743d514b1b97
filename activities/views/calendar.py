"""The month as a calendar, the links by which calendars read it, and what they read."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activities import feed_events, month_grid, reports, units
from activities.actions import feeds
from activities.ics import CONTENT_TYPE, calendar_text
from activities.models import Feed
from activities.rules import feeds as feed_rules
from branches.access import for_officers, get_visible_or_404, section
from branches.models import Organization
from core import clock
from core.pages import asked_month, site_address

FILTERS = {"status": "status", "above": "above", "text": "q"}  # what narrows a month → its name in the address


@require_GET
@section("days")
@for_officers
def days_calendar(request):
    """A month's days on their dates: those of the own branch, or of the part that one looks after, filtered."""
    month, asked = asked_month(request), _asked(request)
    above = reports.organization_above(request.user, asked.get("above", ""))
    context = {
        "grid": month_grid.month_grid(month_grid.days_shown(request.user, month, **asked), month),
        "month": month,
        "is_own": "branch" in asked,
        "above": above,
        "choices": [] if "branch" in asked else units.choices_above(request.user),
        "statuses": month_grid.STATUSES,
        "is_narrowed": "branch" not in asked and any(asked.values()),
        "today": clock.today(),
        "feed_lines": feed_events.feed_lines(request.user, also=above),
        "limits": {"events": feed_events.MOST_EVENTS, "feeds": feed_rules.MOST_FEEDS},
    }
    return render(request, "activities/days_calendar.html", context)


def _asked(request) -> dict:
    """What narrows the month: the own branch where one works in one, else the filters."""
    if request.office.kind == "BRANCH":
        return {"branch": request.office.organization_id}
    return {name: request.GET.get(key, "").strip() for name, key in FILTERS.items()}


@require_POST
@section("days")
def feed_open(request, pk):
    """Make a link; its address is on the answer to this alone."""
    organization = get_visible_or_404(Organization, request.user, pk=pk)
    return _made(request, *feeds.open_feed(organization, by=request.user))


@require_POST
@section("days")
def feed_renew(request, pk):
    """Another address in the place of the old one."""
    return _made(request, *feeds.renew_feed(_feed(request, pk), by=request.user))


@require_POST
@section("days")
def feed_revoke(request, pk):
    feed = feeds.revoke_feed(_feed(request, pk), by=request.user)
    messages.success(request, f"{feed.organization}的订阅链接已停用，用它的日历不会再更新。")
    return redirect("days_calendar")


def _feed(request, pk):
    rows = Feed.objects.visible_to(request.user).select_related("organization__parent")
    return get_visible_or_404(rows, request.user, pk=pk)


@never_cache
def _made(request, feed, token):
    """The address, to be copied now. There is no page on which it could be read a second time."""
    address = site_address(request, reverse("calendar_feed", args=[token]))
    context = {
        "feed": feed,
        "what": feed_events.what_of(feed.organization),
        "address": address,
        "subscribe": f"webcal{address[address.index(':') :]}",
    }
    answer = render(request, "activities/feed_made.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_not_required
@require_http_methods(["GET", "HEAD"])
def calendar_feed(request, token):
    """The days as iCalendar, or one and the same 404. Nothing of the request but the token counts."""
    feed = feeds.feed_at(token)
    if feed is None:
        return _sealed(HttpResponseNotFound("没有这个日历，或者链接已经停用。", "text/plain; charset=utf-8"))
    text = calendar_text(feed_events.content_of(feed), site_address(request, "/").rstrip("/"))
    digest = hashlib.sha256(text).hexdigest()
    feeds.note_reading(feed, digest)
    etag, changed = quote_etag(digest), int(feed.changed_at.timestamp())
    answer = get_conditional_response(request, etag, changed) or HttpResponse(text, CONTENT_TYPE)
    return _sealed(answer, etag, changed)


def _sealed(answer, etag="", changed=0):
    """What every answer at a private address says: not for caches between, not for search engines, no referrer."""
    answer["Cache-Control"], answer["Referrer-Policy"] = "private, no-cache", "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    if etag:
        answer["ETag"], answer["Last-Modified"] = etag, http_date(changed)
        answer["Content-Disposition"] = 'inline; filename="activity-days.ics"'
    return answer
