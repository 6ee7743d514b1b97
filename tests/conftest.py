"""What every test stands on: the cast, the day, and a flush that respects the append-only tables."""

import os
import warnings

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

MONDAY = "2026-11-23T10:00:00+08:00"


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """live_server answers 404 for hashed names, and no test needs collectstatic."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def files_go_to_a_test_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def monday(request):
    """It is Monday, 23 November 2026, ten in the morning, in every test that drives no other process."""
    if request.node.get_closest_marker("browser") or request.node.get_closest_marker("processes"):
        yield None
        return
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db):
    from tests.builders import World

    return World()


_shipped = {}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Keep what the migrations ship, so that it can be brought back after a test that committed.

    At the end nothing holds the database open: a request of a closed browser may still be ending in its thread.
    """
    with django_db_blocker.unblock():
        _shipped["rows"] = connection.creation.serialize_db_to_string()
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _flush_and_restore(case):
    """Empty the tables after a test that committed, and bring back what the migrations ship, for the tests to come.

    Django empties SQLite tables by DELETE, which ledger and audit log refuse; so the triggers are lifted meanwhile.
    """
    triggers = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        finally:
            for _, sql in triggers:
                cursor.execute(sql)
    connection.creation.deserialize_db_from_string(_shipped["rows"])
    with connection.cursor() as cursor:  # the rows came with their ids: the next id is after them
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(sql)


TransactionTestCase._fixture_teardown = _flush_and_restore
warnings.filterwarnings("ignore", category=DeprecationWarning, module="pytest_playwright")


def pytest_sessionfinish(session, exitstatus):
    """With REFUSE_SKIPS (the CI) a skipped test fails the run: what was not tested must not look green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("REFUSE_SKIPS") and exitstatus == 0:
        reporter.write_line(f"REFUSED: {skipped} tests were skipped", red=True, bold=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
