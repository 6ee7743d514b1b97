"""Random histories of moves, standings, closings, days held, dues opened, signed and paid: the past never changes.

A model in plain Python (``town``) keeps where everybody was. After each step the database is compared with it, and with
the first picture of every frozen row; when a month is over, and at the end, also the history and every past figure.
"""

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
    ("decline", "decline", "withdraw"), ("change_standing", "hold", "open"),
    ("change_standing", "undo_standing", "hold"), ("change_standing", "come_back", "undo_standing"),
    ("change_standing", "undo", "undo_standing"), ("hold", "close", "hold"), ("open", "close", "reopen"),
    ("close", "undo", "reopen"), ("close", "close", "accept"), ("admit", "open", "undo"), ("verify", "pay", "accept"),
]  # fmt: skip
STEPS = sorted({name for part in PARTS for name in part})
NUMBERS = some.tuples(some.integers(0, 59), some.integers(0, 59), some.integers(0, 9))
PART = some.tuples(some.sampled_from(PARTS), some.tuples(NUMBERS, NUMBERS, NUMBERS)).map(
    lambda drawn: [(name, *numbers) for name, numbers in zip(*drawn, strict=False)]
)


@pytest.fixture
def town(monday, world):
    monday.move_to(clock.at(START, 10))
    made = Town(world)
    open_dues_months()
    return made


def test_no_history_changes_a_past_figure(town, monday):
    done: Counter[str] = Counter()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(parts=some.lists(PART, min_size=1, max_size=3))
    def live(parts):
        take_steps(town.copy(), monday, [step for part in parts for step in part], done)

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
