"""What an administrator writes into DATABASE_URL reaches the driver; where it is mute, the site's own holds."""

import environ
import pytest
from django.db import connection

from config.database import POSTGRES_START, with_defaults

AT_HOME = "postgres://site:secret@127.0.0.1:5432/site"


@pytest.fixture
def given(monkeypatch):
    """The database of an address, as settings read it."""

    def read(address):
        monkeypatch.setenv("DATABASE_URL", address)
        return with_defaults(environ.Env().db("DATABASE_URL"))

    return read


def test_a_connection_that_must_be_encrypted_is_encrypted(given):
    options = given(f"{AT_HOME}?sslmode=verify-full&sslrootcert=/etc/ca.pem")["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert options["options"] == POSTGRES_START


def test_switches_of_the_address_come_after_ours_so_that_they_win(given):
    options = given(f"{AT_HOME}?options=-c%20lock_timeout%3D9s%20-c%20search_path%3Dparty")["OPTIONS"]
    assert options["options"] == f"{POSTGRES_START} -c lock_timeout=9s -c search_path=party"


def test_what_the_address_says_of_patience_is_kept(given):
    asked, silent = given(f"{AT_HOME}?connect_timeout=30&conn_max_age=60"), given(AT_HOME)
    assert (asked["OPTIONS"]["connect_timeout"], asked["CONN_MAX_AGE"]) == (30, 60)
    assert (silent["OPTIONS"]["connect_timeout"], silent["CONN_MAX_AGE"]) == (5, None)


def test_sqlite_keeps_its_mode_whatever_else_the_address_asks(given):
    options = given("sqlite:////srv/site.sqlite3?timeout=5&init_command=PRAGMA%20cache_size%3D100;")["OPTIONS"]
    assert options == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=100;",
    }


def test_the_running_site_has_these_settings(db):
    asked = {
        "postgresql": ("SELECT current_setting('lock_timeout'), current_setting('jit')", ("3s", "off")),
        "sqlite": ("PRAGMA synchronous", (1,)),
    }
    statement, answer = asked[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.fetchone() == answer
