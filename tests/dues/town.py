"""A town for random histories: three branches, students who move about, and a model in plain Python of where each was.

Every step goes through the action that the pages call, and tells the model what it came to; what the rules refuse is
raised, and changes nothing. ``check`` compares the database with the model and with the first sight of what is frozen.
"""

import datetime
from collections import Counter

from activities.actions import hold_day, mark_attendance
from activities.models import Attendance
from branches import actions
from branches.actions.persons import version_of
from branches.models import Appointment, Office, Organization, Person, StructurePolicy, Transfer
from branches.standing import STEPS, steps_from
from core import clock
from core.contributions import registry
from core.periods import Month
from core.workflow import StaleState
from dues.actions import Choice, open_month, pay, verify_month
from dues.models import Charge, DuesMonth, Entry
from meetings.duties import coverage
from supervision.reminders import open_dues_months
from tests.builders import make_branch, make_officer, make_person, make_plan, make_seat
from tests.dues.lives import Life

START = datetime.date(2026, 9, 21)
# who lives there, as what, admitted when
STUDENTS = [
    ("FULL", datetime.date(2022, 5, 4)), ("FULL", datetime.date(2023, 5, 4)),
    ("PROBATIONARY", datetime.date(2025, 10, 20)), ("PROSPECT", None), ("ACTIVIST", None),
]  # fmt: skip
FIELDS = {model: [one.attname for one in model._meta.concrete_fields] for model in (Attendance, Charge, Entry)}
LEAVING = ("OUT", "SUSPENDED", "DIED", "LEFT")


class Town:
    """Three branches of which Li is secretary, Zhou and Wu of the department, five students."""

    def __init__(self, world):
        StructurePolicy.objects.update(committee_from=2)  # what is owed of meetings hangs on who is counted
        self.world, self.asker = world, world.zhou
        self.answerer = make_officer(
            world.committee, Office.ORGANIZATION_DEPARTMENT, "吴组织部", branch=world.direct, category="STAFF"
        )
        self.branches, self.closed, self.newcomers = [], [], 0
        for number in range(3):
            branch = make_branch(world.arts, f"第{number}学生党支部")
            make_seat(world.li, branch, Office.SECRETARY)
            self.branches.append(branch)
        self.all = Organization.objects.filter(pk__in=[branch.pk for branch in self.branches])
        self.lives = []
        for number, (standing, joined_on) in enumerate(STUDENTS):
            home = self.branches[number % 3]
            person = make_person(
                home, f"学生{number}", category="STUDENT", standing=standing, joined_on=joined_on
            )  # fmt: skip
            self.lives.append(Life(person, home.pk, standings=[(datetime.date.min, standing)]))
        self.frozen = {Attendance: {}, Charge: {}, Entry: {}}
        self.figures = {}

    def copy(self):
        """The same town, of which a history may begin without a trace in this one."""
        town = object.__new__(Town)
        town.__dict__.update(self.__dict__)
        town.branches, town.closed = list(self.branches), list(self.closed)
        town.lives = [life.copy() for life in self.lives]
        town.frozen, town.figures = {model: {} for model in self.frozen}, {}
        return town

    # moves: each step gets two numbers, and does what they come to

    def accept(self, a, b):
        row = self.open_one(a, b)
        day = self.some_days_ago(b % 9)
        with self.asks_the_same(b):
            actions.accept_transfer(row, by=self.answerer, moved_on=day)
        self.life_of(row).move(day, row.to_organization_id)

    def decline(self, a, b):
        actions.decline_transfer(self.open_one(a, b), by=self.answerer, answer="不收")

    def withdraw(self, a, b):
        actions.withdraw_transfer(self.open_one(a, b), by=self.asker)

    def move_many(self, a, b):
        """As a sheet does it."""
        lives, to = self.some(a), self.branch(b)
        moving = [life for life in lives if life.now and life.now != to.pk]
        with self.asks_the_same(b):
            actions.move_many({life.fresh(): to for life in lives}, by=self.asker, moved_on=clock.today(), note="导入")
        for life in moving:
            life.move(clock.today(), to.pk)
        if not moving:
            raise StaleState

    def leave(self, a, b):
        life, day = self.life(a), self.some_days_ago(b % 40)
        actions.release_person(life.fresh(), by=self.asker, kind=LEAVING[b % 4], left_on=day, note="x")
        life.move(day, None)

    def graduate(self, a, b):
        lives, day = self.some(a), self.some_days_ago(b % 5)
        actions.release_graduates({life.fresh(): "外校" for life in lives}, by=self.asker, left_on=day)
        for life in lives:
            life.move(day, None)

    def come_back(self, a, b):
        life = self.one_of([life for life in self.lives if life.now is None], a)
        self.admit_to(self.branch(b), life.person.staff_number, life.person.name)
        life.move(clock.today(), self.branch(b).pk)

    def admit(self, a, b):
        """Somebody of whom the register knows nothing."""
        self.newcomers += 1
        facts = {"standing": "FULL", "category": "STUDENT", "joined_on": datetime.date(2023, 5, 4)}
        row = self.admit_to(self.branch(b), f"新{self.newcomers}", "新同学", **facts)
        life = Life(row.person, None, standings=[(datetime.date.min, "FULL")])
        life.move(clock.today(), row.to_organization_id)
        self.lives.append(life)

    def admit_to(self, branch, staff_number, name, **facts):
        return actions.admit_person(
            branch, by=self.asker, staff_number=staff_number, name=name, moved_on=clock.today(), **facts
        )

    def undo(self, a, b):
        life = self.one_of([life for life in self.lives if life.events], a)
        last = Transfer.objects.accepted().filter(person=life.person).order_by("-moved_on", "-pk").first()
        actions.undo_transfer(last, by=self.asker, reason="登记有误")
        life.move(last.moved_on, life.events[-1].before, is_undoing=True)

    # standings

    def change_standing(self, a, b):
        life = self.one_of([life for life in self.lives if steps_from(life.standing)], a)
        kind, day = self.one_of(steps_from(life.standing), b), self.some_days_ago(b % 25)
        person = life.fresh()
        until = datetime.date(2027, 6, 1) if kind == "EXTENDED" else None
        actions.change_standing(person, by=self.asker, kind=kind, changed_on=day, until=until, note="会议决定")
        life.standings.append((day, STEPS[kind].after or life.standing))
        if kind == "DROPPED":
            life.move(day, None)

    def undo_standing(self, a, b):
        life = self.one_of([life for life in self.lives if life.fresh().standing_changes.exists()], a)
        last = life.person.standing_changes.order_by("changed_on", "pk").last()
        actions.undo_standing(life.fresh(), by=self.asker, note="登记有误")
        life.standings.pop()
        if last.kind == "DROPPED":
            life.events.pop()

    # offices and facts

    def appoint(self, a, b):
        """An office that begins earlier than the day on which it is entered."""
        here = [life for life in self.lives if life.now and life.is_member(clock.today())]
        person = self.one_of(here, a).fresh()
        day = self.some_days_ago(b % 40)
        with Unchanged(self.rates):
            actions.appoint(person.organization, by=self.asker, person=person, office=Office.MEMBER, starts_on=day)

    def correct_office(self, a, b):
        row, day = self.some_office(a), self.some_days_ago(b % 60)
        change = {"starts_on": day, "title": "", "is_acting": not row.is_acting}
        with Unchanged(self.rates):
            actions.correct_appointment(row, by=self.asker, reason="更正", **change)

    def end_office(self, a, b):
        row, day = self.some_office(a), self.some_days_ago(b % 9)
        with Unchanged(self.rates):
            actions.end_appointment(row, by=self.asker, ends_on=day, reason="免职")

    def mark_fact(self, a, b):
        """Whether somebody is a leading cadre, or floating: what is told of the past stays told."""
        person, name = self.life(a).fresh(), ("is_leading_cadre", "is_floating")[b % 2]
        change = {"version": version_of(person), name: not getattr(person, name)}
        with Unchanged(self.rates):
            actions.edit_person(person, by=self.world.li, **change)

    def some_office(self, number):
        return self.one_of(list(Appointment.objects.filter(person__in=self.people()).order_by("pk")), number)

    # the tree

    def close(self, a, b):
        closing, to, day = self.branch(a), self.branch(b), self.some_days_ago(b % 40)
        if closing == to:
            raise StaleState
        there = [life for life in self.lives if life.now == closing.pk]
        with Unchanged(self.lacking):
            actions.close_organization(closing, by=self.asker, closed_on=day, reason="合并", people_to=to)
        self.branches.remove(closing)
        self.closed.append(closing)
        for life in there:
            life.move(day, to.pk)
        months = Month.of(day).until(Month.current() - 1)  # a branch that was over by then has no figure any more
        gone = {(name, month, closing.pk) for month in months for name, *_ in self.figures}
        self.figures = {key: figure for key, figure in self.figures.items() if key not in gone}

    def reopen(self, a, b):
        branch = self.one_of(self.closed, a)
        actions.reopen_organization(branch, by=self.asker, reason="误操作")
        self.closed.remove(branch)
        self.branches.append(branch)

    # days and dues

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
        if first := held.attendance.order_by("pk").first():
            mark_attendance(first, by=self.world.li, status=Attendance.Status.ABSENT)

    def open(self, a, b):
        """What the page of a month does for those who lack a charge, also of a month that is over."""
        self.open_and_see(lambda: open_month(Month.current() - a % 3))

    def open_and_see(self, act):
        known = set(Charge.objects.values_list("pk", flat=True))
        act()
        made = Charge.objects.exclude(pk__in=known).filter(dues_month__organization__in=self.all)
        for charge in made.select_related("dues_month"):
            assert charge.dues_month.organization_id == self.life_of(charge).home_in(charge.month)

    def verify(self, a, b):
        rows = DuesMonth.objects.filter(status="OPEN", organization__in=[one.pk for one in self.branches])
        row = self.one_of(list(rows.order_by("-month", "pk")), a)
        verify_month(row, choices={charge.pk: Choice() for charge in row.charges.all()}, by=self.world.li)

    def pay(self, a, b):
        owing = Charge.objects.with_state().filter(state="UNPAID", dues_month__organization__in=self.branches)
        pay(self.one_of(list(owing.order_by("pk")), a), method="CASH", by=self.world.li)

    # time

    def walk(self, days, traveller):
        """Days go by; on the first of a month its dues are opened, and what is over is looked at. How many began?"""
        first, today = Month.current(), clock.today() + datetime.timedelta(days=days)
        while Month.current() < Month.of(today):
            traveller.move_to(clock.at(Month.current().next.first, 1))
            self.open_and_see(open_dues_months)
            self.check_opened()
            self.check()
            self.check_history()
        traveller.move_to(clock.at(today, 10))
        return len(list(first.until(Month.current()))) - 1

    def check_opened(self):
        """Whoever is a member as the month begins owes it, to the branch where they are."""
        owed = {life.person.pk: life.now for life in self.lives if life.now and life.is_member(clock.today())}
        rows = Charge.objects.filter(month=Month.current(), dues_month__organization__in=self.all)
        assert dict(rows.values_list("person", "dues_month__organization")) == owed

    # what must hold

    def asks_the_same(self, b):
        """Around a move within the university: what is still asked for months that are over stays as it was."""
        return Unchanged(self.lacking if b % 4 == 0 else list)  # a query that takes its time

    def lacking(self):
        past = DuesMonth.objects.filter(month__lt=Month.current()).with_open_counts()
        return sorted(past.values_list("organization", "month", "lacking"))

    def rates(self):
        """Of every month with a day: who came of how many, of all and of the leading cadres; and the rows behind it."""
        months = {row["day__month"] for row in self.frozen[Attendance].values()}
        asked = [(registry.metrics[code], month) for code in ("attendance", "leading_cadres") for month in months]
        return [(one.compute(self.all, month), list(one.evidence(self.all, month))) for one, month in asked]

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
            assert person.standing == self.life_of_pk(person.pk).standing

    def check_history(self):
        """Days and months as the register tells them now, and the figures of the months that are over."""
        days = {START, clock.today()} | {one.day for life in self.lives for one in life.events}
        days = sorted(days | {day - datetime.timedelta(days=1) for day in days})
        for day in days[:: len(days) // 4 + 1]:  # a query each: some of them each time
            told = dict(self.people().with_home(day).values_list("pk", "home"))
            assert told == {life.person.pk: life.home(day) for life in self.lives}
        for month in {Month.of(day) for day in days}:
            told = dict(self.people().with_home_in(month).values_list("pk", "home"))
            asked = [life for life in self.lives if not life.never_was]  # who never was here is asked of by nobody
            assert {life.person.pk: told[life.person.pk] for life in asked} == {
                life.person.pk: life.home_in(month) for life in asked
            }
        for month in Month.of(START).until(Month.current() - 1):
            self.check_figures(month)

    def check_figures(self, month):
        """What was counted of a month that is over is counted again as it was."""
        found = {}
        if any(row["day__month"] == month for row in self.frozen[Attendance].values()):
            for pk, figure in registry.metrics["attendance"].compute(self.all, month).items():
                if figure.applies:
                    found["attendance", month, pk] = figure
            held = self.all.filter(pk__in=[pk for _, _, pk in found])
            for one in coverage(held, [month]):
                if one.period.months == [month]:
                    found[one.type, month, one.organization_id] = (one.owed, one.not_owed)
        settled = DuesMonth.objects.for_month(month).of(self.all).exclude(first_verified_at=None)
        if settled := list(settled.values_list("organization", "pk")):
            charges = Counter(row["dues_month_id"] for row in self.frozen[Charge].values())
            figures = registry.metrics["dues_paid"].compute(self.all.filter(pk__in=[pk for pk, _ in settled]), month)
            for pk, dues_month in settled:
                assert figures[pk].denominator == charges[dues_month]
                found["dues_paid", month, pk] = figures[pk].numerator
        assert {key: found.get(key) for key in self.figures if key[1] == month} == {
            key: figure for key, figure in self.figures.items() if key[1] == month
        }
        self.figures |= found

    # whom and where

    def people(self):
        return Person.objects.filter(pk__in=[life.person.pk for life in self.lives])

    def some_days_ago(self, days):
        return clock.today() - datetime.timedelta(days=days)

    def life(self, number):
        return self.lives[number % len(self.lives)]

    def some(self, number):
        """Two of the people, or one."""
        return list({life.person.pk: life for life in (self.life(number), self.life(number * 3))}.values())

    def branch(self, number):
        return self.branches[number % len(self.branches)]

    def open_one(self, a, b):
        """A transfer that waits for its answer; where none does, a new one."""
        if not Transfer.objects.open().exists():
            actions.request_transfer(self.life(a).fresh(), by=self.asker, to=self.branch(b))
        return self.one_of(list(Transfer.objects.open().order_by("pk")), a)

    def one_of(self, found, number):
        if not found:
            raise StaleState
        return found[number % len(found)]

    def life_of(self, row):
        return self.life_of_pk(row.person_id)

    def life_of_pk(self, pk):
        return next(life for life in self.lives if life.person.pk == pk)


class Unchanged:
    """``with Unchanged(read):`` what ``read`` gives is the same before and after."""

    def __init__(self, read):
        self.read = read

    def __enter__(self):
        self.before = self.read()

    def __exit__(self, kind, error, traceback):
        if kind is None:
            assert self.read() == self.before
