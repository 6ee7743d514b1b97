"""Random histories of moves, standings, offices, closings, days held, dues opened and paid: the past never changes.

A model in plain Python (``town``) keeps where everybody was. After each step the database is compared with it, and with
the first picture of every frozen row; when a month is over, and at the end, also the history and every past figure.
"""

import os
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core import clock
from core.workflow import StaleState
from supervision.reminders import open_dues_months
from tests.dues.town import START, Town

# what belongs together; whom, where and when is drawn
PARTS = [
    ("hold", "accept", "hold"), ("verify", "accept", "open"), ("accept", "hold", "undo"), ("hold", "move_many", "open"),
    ("leave", "come_back", "hold"), ("leave", "open", "undo"), ("graduate", "come_back"),
    ("decline", "withdraw", "decline"), ("change_standing", "hold", "open"),
    ("change_standing", "undo_standing", "hold"), ("change_standing", "come_back", "undo_standing"),
    ("change_standing", "undo", "undo_standing"), ("hold", "close", "hold"), ("open", "close", "reopen"),
    ("close", "undo", "reopen"), ("close", "close", "accept"), ("admit", "open", "undo"), ("verify", "pay", "accept"),
    ("appoint", "correct_office", "hold"), ("hold", "appoint", "end_office"), ("mark_fact", "hold", "mark_fact"),
]  # fmt: skip
STEPS = sorted({name for part in PARTS for name in part})
NUMBERS = some.tuples(some.integers(0, 59), some.integers(0, 59), some.integers(0, 14))
EACH = int(os.environ.get("HISTORIES", "12"))  # that begin with each part: 252 in all
AT_RANDOM = "HISTORIES" in os.environ  # other ones each time; without it a run shows what the last one showed


def steps_of(part):
    """The steps of a part, with what is drawn for them."""
    return some.tuples(NUMBERS, NUMBERS, NUMBERS).map(
        lambda drawn: [(name, *numbers) for name, numbers in zip(part, drawn, strict=False)]
    )


ANY_PART = some.sampled_from(PARTS).flatmap(steps_of)


@pytest.fixture
def town(monday, world):
    monday.move_to(clock.at(START, 10))
    made = Town(world)
    open_dues_months()
    return made


@pytest.mark.long
def test_no_history_changes_a_past_figure(town, monday):
    done: Counter[str] = Counter()
    for part in PARTS:

        @settings(max_examples=EACH, derandomize=not AT_RANDOM, deadline=None, suppress_health_check=list(HealthCheck))
        @given(first=steps_of(part), others=some.lists(ANY_PART, max_size=1))
        def live(first, others):
            take_steps(town.copy(), monday, [step for steps in (first, *others) for step in steps], done)

        live()
    rare = [name for name in (*STEPS, "month") if done[name] < 5]
    assert rare == []  # what is nearly always refused would show nothing


def take_steps(town, monday, steps, done):
    """One history, after which the database is as it was."""
    with transaction.atomic():
        monday.move_to(clock.at(START, 10))
        try:
            for name, a, b, days in steps:
                done["month"] += town.walk(days, monday)
                try:
                    with transaction.atomic():
                        getattr(town, name)(a, b)
                    done[name] += 1
                except (StaleState, PermissionDenied):
                    continue
                town.check()
            town.check_history()
        finally:
            transaction.set_rollback(True)
