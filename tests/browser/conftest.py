"""A real Chromium; without one these tests are skipped, and say so."""

import shutil
import threading

import pytest
import time_machine
from django.db import connections

from tests.browser.person import PASSWORD, Person
from tests.conftest import MONDAY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.nodeid.split("/")[1:2]:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM FOUND: the browser tests did not run"))


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
def secretary(world, screen, live_server):
    """Li, logged in on a phone."""
    world.li.set_password(PASSWORD)
    world.li.save()
    person = Person(screen(360), live_server.url, world.li.username)
    person.log_in()
    return person
