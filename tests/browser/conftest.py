"""A real Chromium; without one these tests are skipped, and say so."""

import shutil
import tempfile
import threading

import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from tests.browser.person import PASSWORD, Person
from tests.conftest import MONDAY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(config, items):
    ours = [item for item in items if "browser" in item.nodeid.split("/")[1:2]]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="NO CHROMIUM FOUND: the browser tests did not run"))
    if ours and connection.vendor == "sqlite":
        _a_connection_for_each_thread(config)


def _a_connection_for_each_thread(config):
    """SQLite in a file, as the site has it. In memory the test and all of the server's threads share one connection.

    There a thread that runs one of Django's SQL functions holds SQLite's mutex and waits for the interpreter, another
    holds the interpreter and waits for the mutex: once in many runs everything stands still for ever.
    """
    folder = tempfile.TemporaryDirectory(prefix="browser-tests-")
    config.add_cleanup(folder.cleanup)
    connection.settings_dict["TEST"]["NAME"] = f"{folder.name}/test.sqlite3"


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(autouse=True)
def no_kept_connections(monkeypatch):
    """The live server's threads end with their request; a connection kept by one would hold the test database open."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)


@pytest.fixture(autouse=True)
def monday_ticking():
    """It is Monday, 23 November 2026, and the clock goes on, as a browser and its server need."""
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def screen(browser, live_server):
    """Makes browser contexts of a width. They end before the server does, and its threads with them."""
    opened = []

    def make(width):
        opened.append(browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN"))
        return opened[-1]

    yield make
    for context in opened:
        context.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def sits_down(screen, live_server):
    """A user of the cast at a screen of a width, logged in; each has a browser context of their own.

    The session is made beside the page, as logging in is no part of what these tests are about; the password is set
    for those who have to log in again.
    """

    def log_in(user, width=1280):
        user.set_password(PASSWORD)
        user.save()
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = screen(width)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return Person(context, live_server.url, user.username)

    return log_in


@pytest.fixture
def secretary(world, sits_down):
    """Li, logged in on a phone."""
    return sits_down(world.li, 360)
