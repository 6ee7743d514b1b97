"""Whatever is done to dues, in whatever order, the ledger adds up: member = branch = general branch = total.

A state machine of Hypothesis chooses acts (``treasury``) and looks at everything after each (``picture``): what was
written stays, what a month received stays, what went up is as it was stated, every figure of the pages is that of the
rows. An act done twice, cut in the middle or tried by a stranger changes nothing. At its end the books are proven.
"""

import datetime
import os
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from core.clock import at
from core.periods import Month
from core.workflow import StaleState
from dues import reports
from dues.actions import open_month
from dues.books import Summary, findings
from dues.models import DuesMonth
from tests.dues.picture import Picture, added_up, check_by_itself, check_since, said_by
from tests.dues.treasury import START, Treasury

STEPS = int(os.environ.get("STEPS", "3000"))
AT_RANDOM = "STEPS" in os.environ  # other ones than those of every run
EACH = 50  # steps of a history
LAST = START + 4
NUMBERS = some.integers(0, 4095)
# each act with how often it must have succeeded in 3,000 steps
ACTS = {
    "open": 2, "verify": 25, "verify_and_submit": 10, "fill": 1, "pay": 25, "back_pay": 5, "ask": 25, "confirm": 15,
    "decline": 2, "withdraw_request": 2, "submit": 20, "withdraw": 5, "send_back": 5, "forward": 2, "settle": 2,
    "ask_transfer": 20, "accept_transfer": 5, "decline_transfer": 5, "admit": 20, "leave": 10, "change_base": 15,
    "import_bases": 10, "new_rates": 5,
}  # fmt: skip
OTHERS = {"next_month": 20, "double_click": 50, "crash": 25, "forbidden": 50, "every_page": 2}
NAMES = tuple(ACTS)
SYSTEMS = {"open", "change_base", "import_bases", "new_rates"}  # of a job, a sheet, a setting: no user is asked
BY_SOMEBODY = tuple(name for name in ACTS if name not in SYSTEMS)
# a month that goes up and comes back, and the money of meanwhile; −1 is the latest
STORIES = (
    (("verify_and_submit", 0), ("pay", -1), ("withdraw", 0), ("ask", -1), ("confirm", -1), ("pay", -1)),
    (("submit", 0), ("ask", -1), ("confirm", -1), ("send_back", 0), ("pay", -1), ("submit", 0)),
)
IDEMPOTENT = {
    "open",
    "change_base",
    "import_bases",
    "new_rates",
}  # done again, they find nothing to do, and refuse nothing


class Cut(Exception):
    """The process ended in the middle of an act."""


def cut_after(writes):
    """Within, the database goes away after so many writes."""
    left = writes

    def execute(execute, sql, params, many, context):
        nonlocal left
        result = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            left -= 1
            if left == 0:
                raise Cut
        return result

    return connection.execute_wrapper(execute)


class Ledger(RuleBasedStateMachine):
    """One history, after which the database is as it was."""

    treasury: Treasury
    traveller = None
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def __init__(self):
        super().__init__()
        self.traveller.move_to(at(START.first, 9))
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.closed, self.last, self.is_sound, self.unseen = {}, None, True, False
        self.now = Picture()

    @initialize()
    def begin(self):
        open_month(START, self.treasury.ours)
        self.look()

    def teardown(self):
        try:
            if self.is_sound:
                self.look_at_pages(self.now.months)
                assert [str(one) for one in findings(Summary())] == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # one step

    def step(self):
        self.done["steps"] += 1
        self.is_sound = False
        self.traveller.shift(datetime.timedelta(minutes=1))

    def take(self, name, act):
        """An act by who may; whatever refuses it, nothing has changed."""
        try:
            act.do(act.by)
        except (StaleState, PermissionDenied) as error:
            self.refused[f"{name}: {type(error).__name__}"] += 1
            self.nothing_changed()
            return
        before = self.now
        self.look()
        if self.now != before:
            self.done[name] += 1
            self.last = (name, act)

    def something_else(self, a, b):
        """A step is never spent on nothing: where there is nothing to do, the next act is done that can be."""
        self.take(*self.treasury.some_act(NAMES, a, self.now, a, b))

    def look(self):
        """A new picture, and all that must be true of it; the pages of what was touched."""
        before, self.now, self.unseen = self.now, Picture(), True
        check_since(self.now, before, self.closed)
        check_by_itself(self.now, self.treasury.parents)
        self.look_at_pages(self.now.touched_since(before), is_full=False)
        self.is_sound = True

    def nothing_changed(self):
        assert Picture() == self.now
        self.is_sound = True

    def look_at_pages(self, touched, *, is_full=True):
        """The page of each of these months, and the lists and totals of their calendar months."""
        touched = [self.now.months[pk] for pk in touched]
        for month in sorted({row.month for row in touched}):
            of_month = DuesMonth.objects.for_month(Month.parse(month)).select_related("organization")
            rows = list(of_month)
            shown = {pk: said_by(sums) for pk, sums in reports.sums_of(rows).items()}
            assert shown == {row.pk: self.now.figures[row.pk] for row in rows}
            assert said_by(reports.total_of(of_month)) == added_up(shown.values())
            if is_full:
                arts = [row for row in rows if row.organization.parent_id == self.treasury.world.arts.pk]
                of_arts = of_month.filter(organization__parent=self.treasury.world.arts)
                assert said_by(reports.total_of(of_arts)) == added_up(shown[row.pk] for row in arts)
            for row in rows:
                if any(row.pk == one.pk for one in touched):
                    page = reports.month_page(row)
                    assert said_by(page.sums) == self.now.figures[row.pk]
                    assert sum((one.arrears or 0) for one in page.rows) == page.sums.arrears.money
                    assert sum((one.paid or 0) for one in page.rows) == page.sums.paid.money

    # what is not one act of somebody

    @rule(story=some.sampled_from(STORIES), b=NUMBERS)
    def comes_back(self, story, b):
        for name, a in story:
            self.step()
            if act := getattr(self.treasury, name)(self.now, a, b):
                self.take(name, act)
            self.is_sound = True

    @rule(days=some.integers(9, 20), a=NUMBERS, b=NUMBERS)
    def next_month(self, days, a, b):
        self.step()
        if Month.current() == LAST:
            return self.something_else(a, b)
        self.traveller.move_to(at(Month.current().next.first.replace(day=days), 9))
        current = str(Month.current())
        self.closed = {
            (row.branch, row.month): self.now.received[row.branch, row.month]
            for row in self.now.months.values()
            if row.month < current
        }
        open_month(Month.current(), self.treasury.ours)
        self.last = None
        self.look()
        self.done["next_month"] += 1
        return None

    @rule(a=NUMBERS, b=NUMBERS)
    def double_click(self, a, b):
        self.step()
        if not self.last:
            return self.something_else(a, b)
        return self.again()

    def again(self):
        """The last act once more: refused as overtaken, or nothing left to do."""
        if not self.last:
            return
        name, act = self.last
        try:
            act.do(act.by)
        except StaleState:
            pass
        except PermissionDenied:
            assert name == "leave"  # who is not there any more is nobody's to let go
        else:
            assert name in IDEMPOTENT, name
        self.nothing_changed()
        self.done["double_click"] += 1

    @rule(number=NUMBERS, writes=some.integers(1, 4), a=NUMBERS, b=NUMBERS)
    def crash(self, number, writes, a, b):
        self.step()
        self.cut(*self.treasury.some_act(NAMES, number, self.now, a, b), writes)

    def cut(self, name, act, writes):
        """The process ends after some of an act's writes: none of them was done."""
        try:
            with cut_after(writes):
                act.do(act.by)
        except Cut:
            self.nothing_changed()
            self.done["crash"] += 1
        except (StaleState, PermissionDenied):
            self.nothing_changed()
        else:  # it had fewer writes
            self.look()
            self.last = (name, act)

    @rule(number=NUMBERS, who=NUMBERS, a=NUMBERS, b=NUMBERS)
    def forbidden(self, number, who, a, b):
        self.step()
        _, act = self.treasury.some_act(BY_SOMEBODY, number, self.now, a, b)
        self.forbid(act, who)

    def forbid(self, act, who):
        """Somebody tries what is not theirs."""
        with pytest.raises((PermissionDenied, StaleState)) as refused:
            act.do(act.strangers[who % len(act.strangers)])
        self.done["forbidden"] += refused.type is PermissionDenied
        self.nothing_changed()

    @rule(a=NUMBERS, b=NUMBERS)
    def every_page(self, a, b):
        self.step()
        if not self.unseen:
            return self.something_else(a, b)
        self.unseen = False
        self.look_at_pages(self.now.months)
        self.is_sound = True
        self.done["every_page"] += 1
        return None


def rule_of(name):
    def act(self, a, b):
        self.step()
        if chosen := getattr(self.treasury, name)(self.now, a, b):
            if a % 8 == 1 and chosen.strangers:
                self.forbid(chosen, b)
            if a % 16 == 2:
                self.cut(name, chosen, 1 + b % 4)
            self.take(name, chosen)
            if a % 4 == 0:
                self.again()
        else:
            self.something_else(a, b)

    act.__name__ = name
    return rule(a=NUMBERS, b=NUMBERS)(act)


for name in ACTS:
    setattr(Ledger, name, rule_of(name))


@pytest.fixture
def treasury(world, monday):
    Ledger.treasury, Ledger.traveller = Treasury(world), monday
    Ledger.done, Ledger.refused = Counter(), Counter()
    return Ledger


@pytest.mark.long
def test_whatever_is_done_the_ledger_adds_up(treasury):
    turn = 0
    while Ledger.done["steps"] < STEPS:
        asked = settings(
            max_examples=-(-(STEPS - Ledger.done["steps"]) // EACH), stateful_step_count=EACH,
            derandomize=not AT_RANDOM, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        machine = type("Ledger", (Ledger,), {})  # its steps are counted at the one above
        run_state_machine_as_test(seed(turn)(machine) if turn and not AT_RANDOM else machine, settings=asked)
        turn += 1

    assert Ledger.done["steps"] >= STEPS
    rare = {
        name: Ledger.done[name]
        for name, least in (ACTS | OTHERS).items()
        if Ledger.done[name] < least * (STEPS // 3000)
    }
    assert rare == {}, Ledger.done  # what is nearly always refused would show nothing
