"""Every act of dues, and of the register as far as dues hang on it, as a machine can choose them from a picture.

Each method takes the picture and two numbers, and gives an ``Act``: who does it, what is done, who must not; or None
where there is nothing to do. Li and Chen keep First Branch, Zhao Second Branch beside it, Wu the direct one; Wang
stands above the first two, Zhou in the department. Qian and Sun belong elsewhere, Zheng and Xu keep no dues.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from branches import actions as register
from branches.models import Organization, Person, Transfer
from core import clock
from core.periods import Month
from dues import actions
from dues.actions import DEFER, Choice
from dues.bases import column
from dues.models import Bracket, Charge, DuesMonth, Entry, RatePolicy, ReversalRequest
from dues.owing import lacking
from tests.builders import make_person

START = Month(2026, 10)
METHODS = ["CASH", "TRANSFER", "PROXY"]
AMOUNTS = [Decimal(amount) for amount in ("0", "2999.99", "3000", "3000.01", "5000", "9640", "10000.01", "60000")]


@dataclass
class Act:
    """Something that ``by`` does; ``strangers`` must not. Without a user: the system does it."""

    do: Callable[[Any], Any]
    by: Any = None
    strangers: tuple = ()


class Treasury:
    """The branches with their people; it keeps nothing that an act changes."""

    def __init__(self, world):
        self.world = world
        self.officers = {
            world.first.pk: [world.li, world.chen],
            world.second.pk: [world.zhao],
            world.direct.pk: [world.wu],
        }
        self.branches = {branch.pk: branch for branch in (world.first, world.second, world.direct)}
        self.ours = Organization.objects.filter(pk__in=self.branches)
        self.parents = {pk: branch.parent_id for pk, branch in self.branches.items()}
        self.above = {world.arts.pk: world.wang, world.committee.pk: world.zhou}
        Person.objects.filter(user=None).delete()
        Person.objects.filter(user__in=[world.li.pk, world.zhao.pk]).update(category="STUDENT")
        officers = Person.objects.filter(organization__in=self.ours, category="STAFF")
        given = {person.pk: Decimal(0) for person in officers}
        for branch, amounts in (
            (world.first, (3000, 5000, 9640)),
            (world.second, (3000, 12000)),
            (world.direct, (5000,)),
        ):
            given |= {make_person(branch).pk: Decimal(amount) for amount in amounts}
        given[make_person(world.second, category="RETIRED").pk] = Decimal(5000)
        make_person(world.direct, category="STUDENT")
        actions.set_bases(given, Month(2026, 1), "核定", None)

    def some_act(self, names, number, now, a, b):
        """The first of the acts, from one that is drawn on, for which there is something to do."""
        for place in range(len(names)):
            name = names[(number + place) % len(names)]
            if act := getattr(self, name)(now, a, b):
                return name, act
        raise AssertionError("a month can always be opened")

    # whom and where

    def officer(self, branch, number):
        officers = self.officers[branch]
        return officers[number % len(officers)]

    def secretary(self, branch):
        return self.officers[branch][0]

    def strangers(self, branch):
        """Who keeps no dues of a branch: of others, above it, without the office."""
        world = self.world
        others = [users[0] for pk, users in self.officers.items() if pk != branch]
        return (*others, world.xu, world.zheng, world.wang, world.zhou, world.he, world.qian, world.sun)

    def deciders(self, branch):
        return [*self.officers[branch], self.above[self.parents[branch]], self.world.zhou]

    def people(self, now, *, user=False):
        rows = now.tables["branches_person"].items()
        there = [pk for pk, (branch, left, *_) in rows if branch in self.branches and left is None]
        return there if user else [pk for pk in there if now.tables["branches_person"][pk][2] is None]

    # money

    def unpaid(self, now, months):
        owed = [one for one in now.charges.values() if one.state in ("UNPAID", "DEFERRED") and months(one.month)]
        return [one.pk for one in owed]

    def pay(self, now, a, b):
        """A charge of the running month."""
        return self._pay(now, self.unpaid(now, lambda month: month == str(Month.current())), a, b)

    def back_pay(self, now, a, b):
        """A charge of a month that is over."""
        return self._pay(now, self.unpaid(now, lambda month: month < str(Month.current())), a, b)

    def _pay(self, now, found, a, b):
        if not found:
            return None
        pk = found[a % len(found)]
        branch = now.branch_of(pk)

        def do(by):
            charge = Charge.objects.select_related("dues_month__organization", "person").get(pk=pk)
            actions.pay(charge, method=METHODS[b % 3], by=by, note="补" if b % 2 else "")

        return Act(do, self.officer(branch, b), self.strangers(branch))

    def ask(self, now, a, b):
        waiting = {entry for entry, _ in now.waiting.values()}
        found = [(charge, entry) for charge, entry in now.standing.items() if entry not in waiting]
        if not found:
            return None
        charge, entry = found[a % len(found)]
        branch = now.branch_of(charge)
        own = now.tables["branches_person"][now.charges[charge].person][2]
        by = next((user for user in self.officers[branch] if user.pk != own), None)
        if by is None:
            return None
        return Act(
            lambda by: actions.ask_reversal(Entry.objects.get(pk=entry), reason="记错人", by=by), by,
            self.strangers(branch),
        )  # fmt: skip

    def _answered(self, now, a, b, do):
        if not now.waiting:
            return None
        pk, (entry, asker) = sorted(now.waiting.items())[a % len(now.waiting)]
        charge = now.tables["dues_entry"][entry][0]
        branch = now.branch_of(charge)
        own = now.tables["branches_person"][now.charges[charge].person][2]
        fit = [user for user in self.deciders(branch) if user.pk not in (asker, own)]
        world = self.world
        strangers = [world.xu, world.zheng, world.he, world.qian, world.sun]
        strangers += [user for user in self.deciders(branch) if user.pk == asker]
        rows = ReversalRequest.objects.select_related("entry__charge__dues_month__organization")
        return Act(lambda by: do(rows.get(pk=pk), by), fit[b % len(fit)], tuple(strangers))

    def confirm(self, now, a, b):
        return self._answered(now, a, b, lambda row, by: actions.confirm_reversal(row, by=by))

    def decline(self, now, a, b):
        return self._answered(now, a, b, lambda row, by: actions.decline_reversal(row, answer="没有记错", by=by))

    def withdraw_request(self, now, a, b):
        act = self._answered(now, a, b, lambda row, by: actions.withdraw_reversal(row, by=by))
        if act:
            _, (entry, _) = sorted(now.waiting.items())[a % len(now.waiting)]
            branch = now.branch_of(now.tables["dues_entry"][entry][0])
            act.by, act.strangers = self.officer(branch, b), self.strangers(branch)
        return act

    # months

    def _month(self, now, statuses, a, *, is_direct=None):
        rows = [row for row in now.months.values() if row.status in statuses]
        direct = self.world.direct.pk
        rows = [row for row in rows if is_direct is None or (row.branch == direct) == is_direct]
        return rows[a % len(rows)] if rows else None

    def open(self, now, a, b):
        """A month in which somebody who is there has no charge, whatever became of the month since."""
        there, charged = set(self.people(now, user=True)), {(one.person, one.month) for one in now.charges.values()}
        months = START.until(Month.current())
        found = [month for month in months if any((person, str(month)) not in charged for person in there)]
        month = found[-1 - a % len(found)] if found else None
        return Act(lambda by: actions.open_month(month, self.ours)) if month else None

    def verify(self, now, a, b, act=actions.verify_month):
        row = self._month(now, ["OPEN"], a)
        if row is None:
            return None
        waiting = [one.pk for one in now.charges.values() if one.dues_month == row.pk and one.state == "UNPAID"]
        choices = {
            pk: Choice(DEFER, "出差") if (b >> place) & 1 else Choice(METHODS[(a + place) % 3])
            for place, pk in enumerate(waiting)
        }
        who = self.secretary(row.branch) if act is actions.verify_and_submit else self.officer(row.branch, b)
        return Act(lambda by: act(_row(row.pk), choices=choices, by=by), who, self.strangers(row.branch))

    def verify_and_submit(self, now, a, b):
        return self.verify(now, a, b, actions.verify_and_submit)

    def fill(self, now, a, b):
        row = self._month(now, ["OPEN", "VERIFIED"], a)
        if row is None:
            return None
        missing = {person.pk: AMOUNTS[b % len(AMOUNTS)] for person in lacking(_row(row.pk))}
        if not missing:
            return None
        return Act(
            lambda by: actions.fill_month(_row(row.pk), bases=missing, reason="核定", by=by),
            self.officer(row.branch, b), self.strangers(row.branch),
        )  # fmt: skip

    def submit(self, now, a, b):
        row = self._month(now, ["VERIFIED"], a)
        if row is None:
            return None
        no_secretary = (self.world.chen,) if row.branch == self.world.first.pk else ()
        return Act(
            lambda by: actions.submit_month(_row(row.pk), by=by), self.secretary(row.branch),
            (*self.strangers(row.branch), *no_secretary),
        )  # fmt: skip

    def withdraw(self, now, a, b):
        row = self._month(now, ["SUBMITTED"], a) or self._month(now, ["FORWARDED"], a, is_direct=True)
        if row is None:
            return None
        return Act(
            lambda by: actions.withdraw_month(_row(row.pk), by=by), self.secretary(row.branch),
            self.strangers(row.branch),
        )  # fmt: skip

    def send_back(self, now, a, b):
        row = self._month(now, ["SUBMITTED", "FORWARDED"], a)
        if row is None:
            return None
        who = self.world.wang if row.status == "SUBMITTED" else self.world.zhou
        world = self.world
        strangers = (*self.officers[row.branch], world.he, world.qian, world.sun, world.zheng)
        return Act(lambda by: actions.return_month(_row(row.pk), reason="金额不符", by=by), who, strangers)

    def _all(self, now, status, b):
        rows = [row.pk for row in now.months.values() if row.status == status]
        return rows if b % 2 else rows[:1]

    def forward(self, now, a, b):
        found = self._all(now, "SUBMITTED", b)
        rows, world = DuesMonth.objects.filter(pk__in=found), self.world
        strangers = (world.li, world.zhao, world.zhou, world.he, world.sun)
        return Act(lambda by: actions.forward_months(rows, by=by), world.wang, strangers) if found else None

    def settle(self, now, a, b):
        found = self._all(now, "FORWARDED", b)
        rows, world = DuesMonth.objects.filter(pk__in=found), self.world
        strangers = (world.li, world.wang, world.he, world.sun, world.wu)
        return Act(lambda by: actions.settle_months(rows, by=by), world.zhou, strangers) if found else None

    # register, bases, rates

    def ask_transfer(self, now, a, b):
        asked = {row[1] for row in now.tables["branches_transfer"].values() if row[0] == "REQUESTED"}
        found = [pk for pk in self.people(now) if pk not in asked]
        if not found:
            return None
        pk = found[a % len(found)]
        branch = now.tables["branches_person"][pk][0]
        others = [self.branches[one] for one in self.branches if one != branch]

        def do(by):
            person = Person.objects.select_related("organization").get(pk=pk)
            register.request_transfer(person, by=by, to=others[b % len(others)])

        return Act(do, self.officer(branch, b), (self.world.qian, self.world.sun, self.world.xu))

    def _transfer(self, now, a):
        rows = now.tables["branches_transfer"].items()
        found = [(pk, row[3]) for pk, row in rows if row[0] == "REQUESTED"]
        return found[a % len(found)] if found else (None, None)

    def accept_transfer(self, now, a, b):
        pk, to = self._transfer(now, a)
        if pk is None:
            return None
        return Act(
            lambda by: register.accept_transfer(_transfer(pk), by=by, moved_on=clock.today()), self.secretary(to),
            (self.world.qian, self.world.sun, self.world.xu),
        )  # fmt: skip

    def decline_transfer(self, now, a, b):
        pk, to = self._transfer(now, a)
        if pk is None:
            return None
        strangers = (self.world.qian, self.world.sun, self.world.xu)
        return Act(
            lambda by: register.decline_transfer(_transfer(pk), by=by, answer="不收"), self.secretary(to), strangers
        )

    def admit(self, now, a, b):
        branch = self.branches[sorted(self.branches)[a % 3]]
        facts = {"standing": "FULL", "category": ("STUDENT", "STAFF")[b % 2], "joined_on": START.first}
        number = f"N{len(now.tables['branches_person']):04d}"

        def do(by):
            register.admit_person(branch, by=by, staff_number=number, name="新来的", moved_on=clock.today(), **facts)

        return Act(do, self.officer(branch.pk, b), (self.world.qian, self.world.sun, self.world.xu))

    def leave(self, now, a, b):
        found = self.people(now)
        if not found:
            return None
        pk = found[a % len(found)]
        branch = now.tables["branches_person"][pk][0]

        def do(by):
            person = Person.objects.select_related("organization").get(pk=pk)
            register.release_person(person, by=by, kind="OUT", left_on=clock.today(), place="外校")

        return Act(do, self.officer(branch, b), (self.world.qian, self.world.sun, self.world.xu))

    def change_base(self, now, a, b):
        found, month = self.people(now, user=True), Month.current() + (b % 3 - 1)
        given = {found[a % len(found)]: AMOUNTS[b % len(AMOUNTS)]}
        return Act(lambda by: actions.set_bases(given, month, "变动", self.world.zhou))

    def import_bases(self, now, a, b):
        """As the column of the people sheet does it: of several people, of some without a value."""
        given = {
            pk: AMOUNTS[(a + b + place) % len(AMOUNTS)] for place, pk in enumerate(self.people(now)) if (b >> place) & 1
        }

        def do(by):
            column.write(given | dict.fromkeys(self.people(now)[:1]), self.world.zhou)

        return Act(transaction.atomic(do)) if given else None

    def new_rates(self, now, a, b):
        """From the month to come; rates are rows that nobody locks but an opening."""
        month = Month.current().next
        if RatePolicy.objects.filter(effective_from=month).exists():
            return None

        def do(by):
            if RatePolicy.objects.filter(effective_from=month).exists():
                return
            old = RatePolicy.in_force(Month.current())
            new = RatePolicy.objects.create(effective_from=month, rounding=["0.01", "0.1", "1"][b % 3])
            Bracket.objects.bulk_create(
                Bracket(
                    policy=new, category=row.category, up_to=row.up_to, amount=row.amount and row.amount + a % 2,
                    percent=row.percent and row.percent + Decimal(b % 5) / 10,
                )
                for row in old.brackets.all()
            )  # fmt: skip

        return Act(transaction.atomic(do))


def _row(pk):
    return DuesMonth.objects.select_related("organization__parent", "submitted_by").get(pk=pk)


def _transfer(pk):
    return Transfer.objects.select_related("person", "from_organization", "to_organization").get(pk=pk)
