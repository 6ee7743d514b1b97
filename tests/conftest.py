"""What every test stands on: the cast, the day, and a flush that respects the append-only tables."""

import gc
import os
import warnings
from itertools import count

import pytest
import time_machine
from _pytest import runner
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase, override_settings
from xdist.scheduler import LoadScopeScheduling

from tests.frames import in_a_roomy_frame

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
SHARED = {"tests/dues/the_sample_gives_the_expected_figures.py"}

MONDAY = "2026-11-23T10:00:00+08:00"


@pytest.fixture(scope="session", autouse=True)
def settings_of_the_tests(django_test_environment):
    """live_server answers 404 for hashed names, and no test needs collectstatic; a password check costs 0.2 s of CPU.

    On PostgreSQL nothing is to outlive the run, so that no commit waits for the disk.
    """
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["options"] += " -c synchronous_commit=off"
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(STORAGES=settings.STORAGES | plain, PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Paths of folders that nobody has made yet, one a test."""
    above = tmp_path_factory.mktemp("files")
    return (above / str(number) for number in count(1))


@pytest.fixture(autouse=True)
def files_go_to_a_test_folder(settings, folders):
    settings.MEDIA_ROOT = next(folders)


@pytest.fixture(autouse=True)
def monday(request):
    """It is Monday, 23 November 2026, ten in the morning, in every test that drives no other process."""
    if request.node.get_closest_marker("browser") or request.node.get_closest_marker("processes"):
        yield None
        return
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What is long begins first: at the end it would keep one worker busy and leave the others idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


class TogetherOrApart(LoadScopeScheduling):
    """Any worker takes any test, but one worker takes all of a file whose tests share what takes long to make."""

    def _split_scope(self, nodeid):
        path = nodeid.split("::")[0]
        return path if path in SHARED else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return TogetherOrApart(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """A test runs as it always does, with room for its frames."""
    return in_a_roomy_frame(runner.pytest_runtest_protocol, item, nextitem)


def pytest_collection_finish():
    """What is loaded by now stays until the end: the collector, who took a tenth of the time, need not look at it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def refusals_unheard(caplog):
    """For thousands of refusals: the lines that the site's log has of each would be written and kept three times."""
    for logger in ("django.request", "core.refusals"):
        caplog.set_level("ERROR", logger)


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

    Ledger and audit log refuse DELETE; so the triggers are lifted meanwhile.
    """
    with connection.cursor() as cursor:
        _empty_postgresql(cursor) if connection.vendor == "postgresql" else _empty_sqlite(cursor)
    connection.creation.deserialize_db_from_string(_shipped["rows"])
    with connection.cursor() as cursor:  # the rows came with their ids: the next id is after them
        cursor.execute(";".join(connection.ops.sequence_reset_sql(no_style(), apps.get_models())) or "SELECT 1")


def _empty_sqlite(cursor):
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    try:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    finally:
        for _, sql in triggers:
            cursor.execute(sql)


def _empty_postgresql(cursor):
    """DELETE from the few tables that have rows: TRUNCATE of all would write a hundred files anew, each time."""
    tables = [name for name in connection.introspection.table_names(cursor) if name != "django_migrations"]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
    cursor.execute(asked)
    filled = [name for (name,) in cursor.fetchall()]
    deletes = "".join(f'DELETE FROM "{name}";' for name in filled)
    # a replica runs no triggers: neither ours nor those that keep the foreign keys, as all goes
    cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes} COMMIT")


TransactionTestCase._fixture_teardown = _flush_and_restore
warnings.filterwarnings("ignore", category=DeprecationWarning, module="pytest_playwright")


def pytest_sessionfinish(session, exitstatus):
    """With REFUSE_SKIPS (the CI) a skipped test fails the run: what was not tested must not look green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("REFUSE_SKIPS") and exitstatus == 0:
        reporter.write_line(f"REFUSED: {skipped} tests were skipped", red=True, bold=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
