"""Random sequences of moves, standings, closures, days held, months opened and payments: the past never changes.

A model in plain Python keeps where everybody was; after each step the database is compared with it, and with the first
picture of every frozen row.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from activities.actions import hold_day
from activities.models import Attendance
from branches import actions as moves
from branches.models import Office, Organization, Person, StandingChange, Transfer
from core import clock
from core.periods import Month
from core.workflow import StaleState
from dues.actions import open_month, pay
from dues.models import Charge, DuesMonth, Entry
from tests.builders import make_branch, make_officer, make_person, make_plan, make_seat

START = datetime.date(2026, 9, 21)
MEMBERS = ("FULL", "PROBATIONARY")
STANDINGS = ("FULL", "PROBATIONARY", "PROSPECT")
FIELDS = {model: [one.attname for one in model._meta.concrete_fields] for model in (Attendance, Charge, Entry)}
LEAVING = ("OUT", "GRADUATED", "DIED", "SUSPENDED")


@dataclass
class Event:
    """Somebody moved: from where to where, on which day; ``is_undoing`` leads an earlier one back."""

    day: datetime.date
    before: int | None
    after: int | None
    is_undoing: bool = False


@dataclass
class Life:
    """Where one person was, and as what, by the plainest means."""

    person: Person
    first: int
    events: list[Event] = field(default_factory=list)
    standings: list[tuple[datetime.date, str]] = field(default_factory=list)

    def home(self, day):
        past = [one for one in self.events if one.day <= day]
        return past[-1].after if past else self.first

    def home_in(self, month):
        if home := self.home(month.last):
            return home
        gone = [one for one in self.events if one.day in month and one.after is None and not one.is_undoing]
        return gone[-1].before if gone else None

    @property
    def now(self):
        return self.events[-1].after if self.events else self.first

    def is_member(self, day):
        return [standing for on, standing in self.standings if on <= day][-1] in MEMBERS

    def move(self, day, after, *, is_undoing=False):
        self.events.append(Event(day, self.now, after, is_undoing))


class Town:
    """Three branches with a secretary each, two of the department, four students who move about."""

    def __init__(self, world):
        self.world, self.asker = world, world.zhou
        self.answerer = make_officer(
            world.committee, Office.ORGANIZATION_DEPARTMENT, "吴组织部", branch=world.direct, category="STAFF"
        )
        self.branches, self.secretaries = [], {}
        for number in range(3):
            branch = make_branch(world.arts, f"第{number}学生党支部")
            make_seat(world.li, branch, Office.SECRETARY)
            self.branches.append(branch)
        self.lives = []
        for number in range(4):
            home = self.branches[number % 3]
            person = make_person(home, f"学生{number}", category="STUDENT")
            self.lives.append(Life(person, home.pk, standings=[(datetime.date.min, "FULL")]))
        self.frozen = {Attendance: {}, Charge: {}, Entry: {}}

    # steps: each gets two numbers, and does what they come to

    def request(self, a, b):
        life = self.lives[a % 4]
        moves.request_transfer(fresh(life), by=self.asker, to=self.branch(b))

    def accept(self, a, b):
        row = self.open_one(a, b)
        is_asked = b % 4 == 0  # what was lacking in past months: a query that takes its time
        before = self.lacking() if is_asked else []
        day = clock.today() - datetime.timedelta(days=b % 9)
        moves.accept_transfer(row, by=self.answerer, moved_on=day)
        self.life_of(row).move(day, row.to_organization_id)
        assert (self.lacking() if is_asked else []) == before

    def decline(self, a, b):
        moves.decline_transfer(self.open_one(a, b), by=self.answerer, answer="不收")

    def withdraw(self, a, b):
        moves.withdraw_transfer(self.open_one(a, b), by=self.asker)

    def leave(self, a, b):
        life = self.lives[a % 4]
        day = clock.today() - datetime.timedelta(days=b % 40)
        moves.release_person(fresh(life), by=self.asker, kind=LEAVING[a % 4], left_on=day, place="外校", note="x")
        life.move(day, None)

    def come_back(self, a, b):
        gone = [life for life in self.lives if life.now is None]
        life, branch = self.one_of(gone, a), self.branch(b)
        person = life.person
        moves.admit_person(
            branch, by=self.asker, staff_number=person.staff_number, name=person.name, moved_on=clock.today()
        )
        life.move(clock.today(), branch.pk)

    def undo(self, a, b):
        life = self.one_of([life for life in self.lives if life.events], a)
        last = Transfer.objects.accepted().filter(person=life.person).order_by("-moved_on", "-pk").first()
        moves.undo_transfer(last, by=self.asker, reason="登记有误")
        life.move(last.moved_on, life.events[-1].before, is_undoing=True)

    def change_standing(self, a, b):
        life, today = self.lives[a % 4], clock.today()
        before, after = life.standings[-1][1], STANDINGS[b % 3]
        if before != after:
            StandingChange.objects.create(
                person=life.person, kind="ADMITTED", before=before, after=after, changed_on=today
            )
            Person.objects.filter(pk=life.person.pk).update(standing=after)
            life.standings.append((today, after))

    def close(self, a, b):
        closing, to = self.branch(a), self.branch(b)
        if closing == to:
            raise StaleState
        there = list(Person.objects.of(closing).present())
        moves.move_many(dict.fromkeys(there, to), by=self.asker, moved_on=clock.today(), note="支部撤销")
        Organization.objects.filter(pk=closing.pk).update(closed_on=clock.today())
        self.branches.remove(closing)
        for person in there:
            next(life for life in self.lives if life.person == person).move(clock.today(), to.pk)

    def hold(self, a, b):
        for branch in list(self.branches) if a % 2 else [self.branch(a)]:
            self.hold_one(branch, Month.current() - (b % 4 == 0), b)

    def hold_one(self, branch, month, b):
        day = min(month.last, clock.today()) - datetime.timedelta(days=b % 11)
        if day not in month or branch.plans.filter(month=month).exists():
            return
        person = self.world.li.person
        plan = make_plan(branch, month, "ACCEPTED", items=(), host=person, recorder=person, planned_on=day)
        elsewhere = set(Attendance.objects.filter(day__month=month).values_list("person", flat=True))
        held = hold_day(plan.day, by=self.world.li, held_on=day, host=person, recorder=person)
        expected = {
            life.person.pk
            for life in self.lives
            if life.home(day) == branch.pk and life.is_member(day) and life.person.pk not in elsewhere
        }
        assert set(held.attendance.values_list("person", flat=True)) == expected

    def open(self, a, b):
        month = Month.current() - a % 3
        known = set(Charge.objects.values_list("pk", flat=True))
        open_month(month)
        for charge in Charge.objects.exclude(pk__in=known).select_related("dues_month"):
            assert charge.dues_month.organization_id == self.life_of(charge).home_in(month)

    def pay(self, a, b):
        owing = Charge.objects.with_state().filter(state="UNPAID", dues_month__organization__closed_on=None)
        charge = owing.order_by("pk").first()
        if charge:
            pay(charge, method="CASH", by=self.world.li)

    def lacking(self):
        """How many members the branches must still ask, in the months that are over."""
        past = DuesMonth.objects.filter(month__lt=Month.current()).with_open_counts()
        return sorted(past.values_list("organization", "month", "lacking"))

    def branch(self, number):
        return self.branches[number % len(self.branches)]

    def open_one(self, a, b):
        """One that waits for its answer; where none does, a new one."""
        if not Transfer.objects.open().exists():
            self.request(a, b)
        return self.one_of(list(Transfer.objects.open().order_by("pk")), a)

    def one_of(self, found, number):
        if not found:
            raise StaleState
        return found[number % len(found)]

    def life_of(self, row):
        return next(life for life in self.lives if life.person.pk == row.person_id)

    def check(self):
        """Frozen rows are as they were first seen; each month has one of each; home is where the model says."""
        for model, seen in self.frozen.items():
            also = ("day__month",) if model is Attendance else ()
            rows = {row["id"]: row for row in model.objects.values(*FIELDS[model], *also)}
            assert {pk: rows.get(pk) for pk in seen} == seen
            seen.update(rows)
        rosters = [(row["person_id"], row["day__month"]) for row in self.frozen[Attendance].values()]
        charges = [(row["person_id"], row["month"]) for row in self.frozen[Charge].values()]
        assert (len(rosters), len(charges)) == (len(set(rosters)), len(set(charges)))
        for person in self.people().with_home(clock.today()):
            assert person.home == self.life_of_pk(person.pk).now
            assert person.home == (person.organization_id if person.left_on is None else None)

    def check_history(self):
        """Days, and every month, as the register tells them in the end."""
        days = {START, clock.today()} | {one.day for life in self.lives for one in life.events}
        days = sorted(days | {day - datetime.timedelta(days=1) for day in days})
        for day in days[:: len(days) // 6 + 1]:  # a query each: some of them in each example
            told = dict(self.people().with_home(day).values_list("pk", "home"))
            assert told == {life.person.pk: life.home(day) for life in self.lives}
        for month in {Month.of(day) for day in days}:
            told = dict(self.people().with_home_in(month).values_list("pk", "home"))
            assert told == {life.person.pk: life.home_in(month) for life in self.lives}

    def people(self):
        return Person.objects.filter(pk__in=[life.person.pk for life in self.lives])

    def life_of_pk(self, pk):
        return next(life for life in self.lives if life.person.pk == pk)


def fresh(life):
    return Person.objects.get(pk=life.person.pk)


# what belongs together; whom, where and when is drawn
PARTS = [
    ("hold", "accept", "hold"), ("hold", "accept", "hold"), ("open", "accept", "open"), ("accept", "hold", "undo"),
    ("leave", "come_back", "hold"), ("leave", "open", "undo"), ("request", "decline"), ("request", "withdraw"),
    ("change_standing", "hold", "open"), ("hold", "close", "hold"), ("open", "close", "close"),
    ("close", "close", "accept"), ("open", "pay", "accept"),
]  # fmt: skip
STEPS = sorted({name for part in PARTS for name in part})
NUMBERS = some.tuples(some.integers(0, 59), some.integers(0, 59), some.integers(0, 7))
PART = some.tuples(some.sampled_from(PARTS), some.tuples(NUMBERS, NUMBERS, NUMBERS)).map(
    lambda drawn: [(name, *numbers) for name, numbers in zip(*drawn, strict=False)]
)


@pytest.fixture
def town(world):
    return Town(world)


def test_no_sequence_of_moves_changes_a_past_figure(town, monday):
    done: Counter[str] = Counter()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(parts=some.lists(PART, min_size=1, max_size=3))
    def live(parts):
        take_steps(town, monday, [step for part in parts for step in part], done)

    live()
    assert [name for name in STEPS if not done[name]] == []  # what is always refused would show nothing


def take_steps(town, monday, steps, done):
    """One example, after which everything is as it was."""
    with transaction.atomic():
        lives, branches = town.lives, list(town.branches)
        town.lives = [Life(one.person, one.first, standings=list(one.standings)) for one in lives]
        town.frozen = {model: {} for model in town.frozen}
        monday.move_to(clock.at(START, 10))
        try:
            for name, a, b, days in steps:
                monday.move_to(clock.now() + datetime.timedelta(days=days))
                try:
                    with transaction.atomic():
                        getattr(town, name)(a, b)
                    done[name] += 1
                except (StaleState, PermissionDenied):
                    continue
                town.check()
            town.check_history()
        finally:
            town.lives, town.branches = lives, branches
            transaction.set_rollback(True)
