"""Somebody's long work holds a record. Whoever comes meanwhile reads that nothing was saved, and is led back.

Li withdraws a plan; another connection holds it: its row on PostgreSQL, the whole file on SQLite. Then the same with
every error that a driver can raise for it, and with others, which stay errors.
"""

import sqlite3
import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import path, reverse

from activities.models import MonthlyPlan
from config import urls
from core.workflow import BUSY
from tests.builders import NOVEMBER, World, make_plan
from tests.threads import move_to_a_file, together

PAGE = "http://testserver/plans/"


def sqlite_says(code):
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


LOCKED = {
    "lock timeout": (OperationalError, psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")),
    "deadlock": (OperationalError, psycopg.errors.DeadlockDetected("deadlock detected")),
    "busy file": (OperationalError, sqlite_says(sqlite3.SQLITE_BUSY)),
    "old snapshot": (OperationalError, sqlite_says(sqlite3.SQLITE_BUSY_SNAPSHOT)),
    "locked table": (OperationalError, sqlite_says(sqlite3.SQLITE_LOCKED)),
}
OTHERS = {
    "slow statement": (OperationalError, psycopg.errors.QueryCanceled("canceling statement due to statement timeout")),
    "server gone": (OperationalError, psycopg.OperationalError("connection refused")),
    "full disk": (OperationalError, sqlite_says(sqlite3.SQLITE_FULL)),
    "without a cause": (OperationalError, None),
    "broken rule": (IntegrityError, psycopg.errors.UniqueViolation("duplicate key")),
    "bad value": (DataError, None),
}


def failing(request, case):
    error, cause = (LOCKED | OTHERS)[case]
    raise error("boom") from cause


urlpatterns = [*urls.urlpatterns, path("test-failing/<case>/", failing)]
handler500 = urls.handler500


@pytest.fixture
def site(world, settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False, headers={"referer": PAGE})
    client.force_login(world.li)
    return client


@pytest.mark.parametrize("case", LOCKED)
def test_a_lock_is_a_message_and_the_way_back(site, case):
    answer = site.post(f"/test-failing/{case}/", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert [str(message) for message in answer.context["messages"]] == [BUSY]


@pytest.mark.parametrize("case", OTHERS)
def test_every_other_fault_of_the_database_stays_an_error(site, case, caplog):
    assert site.post(f"/test-failing/{case}/").status_code == 500


def test_a_part_of_a_page_gives_way_to_the_whole_page_which_says_it(site):
    answer = site.post("/test-failing/deadlock/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, PAGE)
    assert [str(message) for message in site.get("/plans/").context["messages"]] == [BUSY]


@pytest.fixture
def shared(transactional_db, tmp_path):
    """The cast in a database that threads share, in which nobody waits long for a lock."""
    back = move_to_a_file(tmp_path)
    options = connection.settings_dict["OPTIONS"]
    hurry = {"timeout": 0} if connection.vendor == "sqlite" else {"options": "-c lock_timeout=100ms"}
    connection.settings_dict["OPTIONS"] = options | hurry
    connection.close()
    yield World()
    connection.settings_dict["OPTIONS"] = options
    connection.close()
    back()


@contextmanager
def held(plan):
    """Another connection holds the plan from beginning to end."""
    has_it, may_end = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            MonthlyPlan.objects.select_for_update().get(pk=plan.pk)
            has_it.set()
            may_end.wait(30)

    other = threading.Thread(target=lambda: together(hold))
    other.start()
    assert has_it.wait(30)
    try:
        yield
    finally:
        may_end.set()
        other.join()


def test_who_meets_the_lock_reads_it_and_succeeds_when_it_is_gone(shared):
    plan = make_plan(shared.first, NOVEMBER.next, MonthlyPlan.Status.SUBMITTED, submitted_by=shared.li)
    client = Client(raise_request_exception=False, headers={"referer": PAGE})
    client.force_login(shared.li)
    client.get(PAGE)  # the session is as it will be: nothing but the plan needs writing
    withdraw = reverse("plan_withdraw", args=["month", plan.pk])

    with held(plan):
        answer = client.post(withdraw)
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert [str(message) for message in client.get(PAGE).context["messages"]] == [BUSY]
    assert MonthlyPlan.objects.get().status == MonthlyPlan.Status.SUBMITTED

    client.post(withdraw)
    assert MonthlyPlan.objects.get().status == MonthlyPlan.Status.DRAFT


def test_control_without_the_middleware_it_is_an_error(shared, monkeypatch, caplog):
    plan = make_plan(shared.first, NOVEMBER.next, MonthlyPlan.Status.SUBMITTED, submitted_by=shared.li)
    monkeypatch.setattr("core.workflow.found_it_locked", lambda error: False)
    client = Client(raise_request_exception=False)
    client.force_login(shared.li)
    client.get(PAGE)
    with held(plan):
        assert client.post(reverse("plan_withdraw", args=["month", plan.pk])).status_code == 500
