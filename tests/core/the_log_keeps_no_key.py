"""What follows a secret address is blanked in every line of the log, wherever it stands in it."""

import logging

import pytest

from core.logs import WithoutSecrets

PLACE = "/calendar-feed/"


def line(text, *args, fault=None):
    record = logging.LogRecord(
        "site", logging.WARNING, "", 0, text, args, (type(fault), fault, None) if fault else None
    )
    assert WithoutSecrets([PLACE]).filter(record)
    return logging.Formatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /calendar-feed/ab_C-1.ics", "Not Found: /calendar-feed/***"),
        ('"GET /calendar-feed/ab.ics?x=1 HTTP/1.1" 200', '"GET /calendar-feed/***?x=1 HTTP/1.1" 200'),
        ("from https://a.example/calendar-feed/ab.ics, then", "from https://a.example/calendar-feed/*** then"),
        ("/days/7/ and /calendar-feed/ alone", "/days/7/ and /calendar-feed/ alone"),
    ],
)
def test_what_follows_a_secret_address_is_blanked(said, kept):
    assert line(said) == kept


def test_so_it_is_in_what_is_put_in_later_and_in_an_error():
    assert line("%s: %s", "Not Found", f"{PLACE}ab.ics") == f"Not Found: {PLACE}***"
    assert line("failed", fault=ValueError(f"at {PLACE}ab.ics")) == f"failed\nValueError: at {PLACE}***"


def test_without_such_addresses_nothing_is_changed():
    record = logging.LogRecord("site", logging.INFO, "", 0, "at %s", (f"{PLACE}ab.ics",), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == f"at {PLACE}ab.ics"
