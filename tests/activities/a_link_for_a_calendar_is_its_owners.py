"""A private link is made once, shown once, and known to nobody but who made it: neither database nor log has it.

Li leads First Branch, Zhao Second next door; Wang leads the general branch above them.
"""

import datetime
import io
import logging
import re
import threading
from functools import partial

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import feeds
from activities.actions.feeds import open_feed, renew_feed, revoke_feed
from activities.models import Feed
from activities.rules import feeds as feed_rules
from branches.models import Appointment, Organization
from core.accounts import User
from core.audit import AuditEntry
from core.logs import WithoutSecrets
from core.workflow import StaleState
from tests.builders import World, make_seat
from tests.threads import move_to_a_file, together


def token_on(answer):
    return re.search(r"/calendar-feed/([\w-]+)\.ics", answer.content.decode())[1]


def every_text():
    """Everything that any table holds."""
    return repr([list(model.objects.values()) for model in apps.get_models()])


def test_the_address_is_shown_once_and_kept_nowhere(world, client):
    client.force_login(world.li)
    made = client.post(reverse("feed_open", args=[world.first.pk]))
    token = token_on(made)
    read = client.get(reverse("calendar_feed", args=[token]))
    renewed = token_on(client.post(reverse("feed_renew", args=[Feed.objects.get().pk])))
    again = client.get(reverse("days_calendar")).content.decode()

    assert (made.status_code, read.status_code) == (200, 200)
    assert "no-store" in made["Cache-Control"] and made["Referrer-Policy"] == "no-referrer"
    assert len(token) * 6 >= 128 and token != renewed
    assert [one for one in (token, renewed) if one in every_text() or one in again] == []
    entries = AuditEntry.objects.filter(subject="activities.feed").order_by("pk")
    assert [(one.event, one.by, one.organization_id) for one in entries] == [
        ("feed.opened", world.li, world.first.pk), ("feed.renewed", world.li, world.first.pk),
    ]  # fmt: skip
    assert Feed.objects.get().token_hash not in repr(list(AuditEntry.objects.values()))


@pytest.fixture
def lines():
    """What the site's log is given, by the handler that the settings make."""
    [handler] = [one for one in logging.getLogger().handlers if any(isinstance(f, WithoutSecrets) for f in one.filters)]
    text = io.StringIO()
    before = handler.setStream(text)
    yield text.getvalue
    handler.setStream(before)


def test_the_log_has_the_address_without_the_token(world, client, lines, monkeypatch):
    _, token = open_feed(world.first, by=world.li)
    address = reverse("calendar_feed", args=[token])
    client.raise_request_exception = False
    client.post(address)
    revoke_feed(Feed.objects.get(), by=world.li)
    client.get(address)
    monkeypatch.setattr("activities.actions.feeds.feed_at", lambda token: int(f"fault at {address}"))
    client.get(address)

    said = lines()
    assert [word for word in ("Method Not Allowed", "Not Found", "Internal Server Error") if word not in said] == []
    assert (said.count("/calendar-feed/***"), token in said) == (4, False)


@pytest.mark.parametrize("name", ["gunicorn.access", "gunicorn.error", "django.server"])
def test_the_web_servers_own_log_has_none_either(name):
    text, logger = io.StringIO(), logging.getLogger(name)
    handler = logging.StreamHandler(text)
    logger.addHandler(handler)
    try:
        logger.error('%(h)s "%(r)s" %(s)s', {"h": "10.0.0.1", "r": "GET /calendar-feed/abc_D-1.ics HTTP/1.1", "s": 200})
    finally:
        logger.removeHandler(handler)
    assert text.getvalue() == '10.0.0.1 "GET /calendar-feed/*** HTTP/1.1" 200\n'


def test_two_clicks_make_one_feed(world, client):
    client.force_login(world.li)
    address = reverse("feed_open", args=[world.first.pk])
    assert [client.post(address).status_code for _ in range(2)] == [200, 302]
    assert Feed.objects.count() == AuditEntry.objects.filter(event="feed.opened").count() == 1
    assert "已经生成过了" in client.get(reverse("days_calendar")).content.decode()


@pytest.fixture
def two_clicks(transactional_db, tmp_path):
    """What comes of opening one feed twice at the same moment, in a database that threads can share."""
    cast = World()
    back = move_to_a_file(tmp_path)

    def click():
        pages = [(Organization.objects.get(pk=cast.first.pk), User.objects.get(pk=cast.li.pk)) for _ in range(2)]
        return sorted(type(one).__name__ for one in together(*[partial(feeds.open_feed, a, by=b) for a, b in pages]))

    yield click
    back()


def test_two_clicks_at_the_same_moment_make_one_feed(two_clicks):
    assert two_clicks() == ["StaleState", "tuple"]
    assert Feed.objects.count() == 1


def test_control_without_the_lock_the_second_meets_the_database(two_clicks, monkeypatch):
    """Both look before either writes: only the constraint is left, which has no words for anybody."""
    meeting, make = threading.Barrier(2, timeout=30), feeds.make_token

    def both_at_once():
        meeting.wait()
        return make()

    monkeypatch.setattr(feeds, "lock", lambda row: row)
    monkeypatch.setattr(feeds, "make_token", both_at_once)
    unguarded = feeds.open_feed.__wrapped__  # nor in one transaction: SQLite's would wait at its beginning
    monkeypatch.setattr(feeds, "open_feed", unguarded)
    assert two_clicks() == ["IntegrityError", "tuple"]


def test_the_database_takes_no_second_running_feed(world):
    open_feed(world.first, by=world.li)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feed.objects.create(organization=world.first, owner=world.li, token_hash="x")
    Feed.objects.create(organization=world.first, owner=world.chen, token_hash="y")


def test_after_an_end_a_new_one_is_made(world):
    feed, _ = open_feed(world.first, by=world.li)
    revoke_feed(feed, by=world.li)
    for act in (revoke_feed, renew_feed):
        with pytest.raises(StaleState):
            act(feed, by=world.li)
    assert open_feed(world.first, by=world.li)[0] != feed


def test_nobody_has_a_link_to_what_they_may_not_see(world):
    for user, organization in ((world.zhao, world.first), (world.li, world.arts), (world.zheng, world.first)):
        with pytest.raises(PermissionDenied):
            open_feed(organization, by=user)
    Organization.objects.filter(pk=world.first.pk).update(closed_on=datetime.date(2026, 11, 1))
    with pytest.raises(PermissionDenied):
        open_feed(Organization.objects.get(pk=world.first.pk), by=world.zhou)
    assert Feed.objects.count() == 0


def test_another_persons_link_is_not_there(world, client):
    feed, _ = open_feed(world.first, by=world.li)
    for user in (world.wang, world.zhou, world.chen):
        client.force_login(user)
        for name in ("feed_renew", "feed_revoke"):
            assert client.post(reverse(name, args=[feed.pk])).status_code == 404
        for act in (renew_feed, revoke_feed):
            with pytest.raises(PermissionDenied):
                act(feed, by=user)
    assert Feed.objects.get().is_running


def test_who_has_left_the_office_may_still_end_the_link_and_not_renew_it(world, client):
    feed, _ = open_feed(world.first, by=world.li)
    Appointment.objects.filter(person__user=world.li).update(organization=world.second)
    client.force_login(world.li)

    [alive, dead] = client.get(reverse("days_calendar")).context["feed_lines"]
    assert (alive.organization, alive.feed) == (world.second, None)
    assert (dead.organization, dead.feed, dead.is_alive) == (world.first, feed, False)
    assert client.post(reverse("feed_renew", args=[feed.pk])).status_code == 403
    assert client.post(reverse("feed_revoke", args=[feed.pk])).status_code == 302
    assert not Feed.objects.get().is_running


def test_one_person_has_so_many_and_no_more(world, monkeypatch):
    monkeypatch.setattr(feed_rules, "MOST_FEEDS", 2)
    for branch in (world.first, world.second):
        open_feed(branch, by=world.zhou)
    with pytest.raises(PermissionDenied, match="最多有 2 个"):
        open_feed(world.other, by=world.zhou)


def test_the_page_offers_the_own_organizations_and_the_one_looked_at(world, client):
    make_seat(world.wang, world.second, "SECRETARY")
    client.force_login(world.wang)
    offered = client.get(reverse("days_calendar")).context["feed_lines"]
    assert [line.organization for line in offered] == [world.arts, world.second]

    client.force_login(world.zhou)
    offered = client.get(reverse("days_calendar"), {"above": world.history.pk}).context["feed_lines"]
    assert [(line.organization, line.what) for line in offered] == [
        (world.committee, "直属党支部的党员活动日"), (world.history, "历史学院党总支各党支部的党员活动日"),
    ]  # fmt: skip

    client.force_login(world.wang)
    offered = client.get(reverse("days_calendar"), {"above": world.history.pk}).context["feed_lines"]
    assert world.history not in [line.organization for line in offered]
