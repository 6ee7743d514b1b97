"""Somebody marks a member absent while attendance is computed: after its evidence was read, before its figure.

First Branch held its day in October, everybody came. The mark is made on another connection, which does not wait: on
PostgreSQL it is made at once, on SQLite it finds the file locked. Whichever it is, the figure is that of its evidence.
"""

import sqlite3
from contextlib import nullcontext
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from activities.models import Attendance
from core.contributions import registry
from supervision import measuring
from supervision.actions import compute_assessment
from supervision.models import ResultLine
from tests.builders import OCTOBER, World, make_day
from tests.supervision.cases import make_scheme
from tests.threads import move_to_a_file, together


@pytest.fixture
def world(transactional_db, tmp_path):
    """The cast in a database that threads share."""
    back = move_to_a_file(tmp_path)
    yield World()
    back()


def mark_absent():
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 0")
    return Attendance.objects.filter(pk=Attendance.objects.first().pk).update(status=Attendance.Status.ABSENT)


@pytest.fixture
def marked(world, monkeypatch):
    """What became of the mark that is made in the middle."""
    make_day(world.first, OCTOBER)
    make_scheme(attendance=100)
    metric, marked = registry.metrics["attendance"], []

    def compute(branches, month):
        marked.extend(together(mark_absent))
        return metric.compute(branches, month)

    monkeypatch.setitem(registry.metrics, "attendance", replace(metric, compute=compute))
    return marked


def missing():
    """How many are missing by the figure of First Branch, and how many by its evidence."""
    line = ResultLine.objects.get(result__organization__code="0201001")
    return line.denominator - line.numerator, sum(not counts for _, _, counts, _ in line.evidence)


def test_a_mark_in_between_parts_them_not(marked, world):
    compute_assessment(OCTOBER, by=world.zhou)

    assert missing() == (0, 0)
    [outcome] = marked
    if connection.vendor == "sqlite":
        assert isinstance(outcome, OperationalError)
        assert outcome.__cause__.sqlite_errorcode == sqlite3.SQLITE_BUSY
    else:
        assert outcome == 1


def test_computing_again_shows_the_mark_in_both(marked, world):
    compute_assessment(OCTOBER, by=world.zhou)
    mark_absent()
    compute_assessment(OCTOBER, by=world.zhou)

    assert missing() == (1, 1)


def test_control_without_the_one_moment_they_contradict_each_other(marked, world, monkeypatch):
    monkeypatch.setattr(measuring, "one_moment", nullcontext)
    compute_assessment(OCTOBER, by=world.zhou)

    assert (missing(), marked) == ((1, 0), [1])
