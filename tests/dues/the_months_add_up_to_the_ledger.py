"""What the months say they received is the ledger, entry by entry; and what a month received stays as it was.

Li and Zhao lead First and Second Branch, whose members pay, are put off, pay later and are reversed over months.
"""

import datetime
from decimal import Decimal
from itertools import groupby
from random import Random

import pytest
from django.db.models import Sum

from branches.models import Person
from core.clock import at
from core.periods import Month
from core.workflow import StaleState
from dues import actions, reports
from dues.actions import Choice
from dues.models import Charge, DuesMonth, Entry
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.dues_builders import reverse as take_back

AUGUST, SEPTEMBER, DECEMBER = Month(2026, 8), Month(2026, 9), Month(2026, 12)
JANUARY = Month(2026, 1)
Part = reports.Part
EVERYTHING = {(False, False), (False, True), (True, False), (True, True)}  # (is a reversal, is of an earlier month)


def base(person, amount):
    actions.set_bases({person.pk: Decimal(amount)}, JANUARY, "核定", None)


@pytest.fixture
def branches(world):
    """Three paying members a branch; everybody else has a base of 0."""
    found = {world.first: world.li, world.second: world.zhao}
    for branch in found:
        for person in branch.people.all():
            base(person, 0)
        for number, amount in enumerate((3000, 5000, 9640)):
            base(make_person(branch, f"{branch.short_name[3:5]}{number}"), amount)
    return found


@pytest.fixture
def go_to(monday):
    return lambda month, day=10: monday.move_to(at(datetime.date(month.year, month.number, day), 10))


def dues_months():
    rows = DuesMonth.objects.filter(organization__short_name__startswith="文学院")
    return list(rows.select_related("organization").order_by("month", "organization"))


def received():
    """``{(branch, month): 共收}`` as the list of months says it."""
    found = {}
    for _, rows in groupby(dues_months(), key=lambda row: row.month):
        rows = list(rows)
        sums = reports.sums_of(rows)
        found |= {(row.organization, row.month): sums[row.pk].received for row in rows}
    return found


def pages_and_totals_agree(found):
    """The page of each month, the list and its total say the same."""
    for row in dues_months():
        sums = reports.sums_of([row])[row.pk]
        assert reports.month_page(row).sums == sums
        assert sums.received == found[row.organization, row.month]
    for month in {month for _, month in found}:
        of_month = DuesMonth.objects.for_month(month)
        added = reports.total(reports.sums_of(list(of_month)).values())
        assert reports.total_of(of_month) == added
        assert added.received == sum(money for (_, of), money in found.items() if of == month)


def ledger(**lookup):
    return Entry.objects.filter(**lookup).aggregate(money=Sum("amount"))["money"] or Decimal(0)


def verify(row, by, chance=None):
    waiting = row.charges.with_state().filter(state="UNPAID")
    put_off = {charge.pk for charge in waiting if chance and chance.random() < 0.3}
    choices = {one.pk: Choice("DEFER", "出差") if one.pk in put_off else Choice() for one in waiting}
    actions.verify_month(row, choices=choices, by=by)


def act(chance, branches):
    """One thing that an officer does today, to this month or to any before it."""
    branch = chance.choice(list(branches))
    by = branches[branch]
    charges = Charge.objects.filter(dues_month__organization=branch, amount__gt=0).with_state().order_by("pk")
    unpaid, paid = charges.filter(state__in=["UNPAID", "DEFERRED"]), charges.filter(state__startswith="PAID")
    open_months = DuesMonth.objects.filter(organization=branch, status="OPEN").order_by("pk")
    match chance.choice(["pay", "pay", "reverse", "reverse", "verify", "move"]):
        case "pay" if unpaid:
            actions.pay(chance.choice(unpaid), method="CASH", by=by)
        case "reverse" if paid:
            take_back(chance.choice(paid).entries.latest("pk"), reason="记错了", by=by)
        case "verify" if open_months:
            verify(chance.choice(open_months), by, chance)
        case "move":
            people = Person.objects.filter(organization__in=branches, user=None, dues_bases__amount__gt=0)
            person = chance.choice(people.order_by("pk"))
            person.organization = branch
            person.save(update_fields=["organization"])


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_the_months_are_the_ledger_and_a_past_month_stays(branches, go_to, seed):
    chance, closed = Random(seed), {}
    for month in AUGUST.until(DECEMBER):
        go_to(month)
        actions.open_month(month)
        for _ in range(14):
            act(chance, branches)
            now = received()
            assert {key: now[key] for key in closed} == closed
            pages_and_totals_agree(now)
        for branch in branches:
            mine = sum(money for (of, _), money in now.items() if of == branch)
            assert mine == ledger(charge__dues_month__organization=branch)
            assert now[branch, month] == ledger(charge__dues_month__organization=branch, month_paid=month)
        assert sum(now.values()) == ledger()
        closed = now
    assert {
        (entry.amount < 0, entry.month_paid > entry.charge.month) for entry in Entry.objects.select_related("charge")
    } == EVERYTHING


@pytest.fixture
def october(branches, world, go_to):
    """October of First Branch, all paid and signed on the tenth; it is November now."""
    go_to(OCTOBER)
    actions.open_month(OCTOBER)
    row = DuesMonth.objects.get(organization=world.first, month=OCTOBER)
    verify(row, world.li)
    go_to(NOVEMBER)
    actions.open_month(NOVEMBER)
    return row


def sums(branch, month):
    row = DuesMonth.objects.get(organization=branch, month=month)
    return reports.sums_of([row])[row.pk]


def test_a_payment_reversed_later_is_taken_out_of_the_later_month_alone(world, october):
    entry = Entry.objects.get(amount="15.00")

    take_back(entry, reason="记错人", by=world.li)

    then, now = sums(world.first, OCTOBER), sums(world.first, NOVEMBER)
    assert (then.received, now.received) == (Decimal("209.60"), Decimal("-15.00"))
    assert then.undone == Part(Decimal("15.00"), 1) == then.unpaid
    assert now.arrears == Part(Decimal("-15.00"), 1)
    assert then.owed.money == then.paid.money - then.undone.money + then.unpaid.money


def test_its_rows_say_what_happened_in_which_month(world, october):
    entry = Entry.objects.get(amount="15.00")
    take_back(entry, reason="记错人", by=world.li)
    rows = {row.name: row for row in reports.month_page(october).rows}
    name = entry.charge.person.name
    assert (rows[name].paid, rows[name].word) == (Decimal("15.00"), "未登记")
    assert rows[name].note == "11 月冲正：记错人"

    actions.pay(entry.charge, method="CASH", by=world.li)

    november = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    now = {row.name: row for row in reports.month_page(november).rows}[name]
    assert (now.arrears, now.note) == (Decimal("0.00"), "冲正 10 月 15.00 元；补 10 月 15.00 元")
    then = {row.name: row for row in reports.month_page(october).rows}[name]
    assert (then.word, then.note) == ("已交", "11 月冲正：记错人；11 月补交")


def test_what_was_paid_later_is_not_received_in_the_month_owed(branches, world, go_to):
    go_to(OCTOBER)
    actions.open_month(OCTOBER)
    charge = Charge.objects.get(dues_month__organization=world.first, amount="15.00")
    go_to(NOVEMBER)
    actions.open_month(NOVEMBER)
    actions.pay(charge, method="CASH", by=world.li)

    then, now = sums(world.first, OCTOBER), sums(world.first, NOVEMBER)
    assert (then.received, then.later) == (0, Part(Decimal("15.00"), 1))
    assert (now.received, now.arrears) == (Decimal("15.00"), Part(Decimal("15.00"), 1))


def test_arrears_of_one_person_at_two_branches_are_counted_the_same_in_list_page_and_export(branches, world, go_to):
    person = make_person(world.first, "转走的人")
    base(person, 3000)
    go_to(SEPTEMBER)
    actions.open_month(SEPTEMBER)
    person.organization = world.second
    person.save(update_fields=["organization"])
    for month in (OCTOBER, NOVEMBER):
        go_to(month)
        actions.open_month(month)
    september, of_october, _ = Charge.objects.filter(person=person).order_by("month")
    actions.pay(september, method="CASH", by=world.li)
    actions.pay(of_october, method="CASH", by=world.zhao)

    rows = DuesMonth.objects.for_month(NOVEMBER)
    listed = reports.sums_of(list(rows))
    assert reports.total_of(rows) == reports.total(listed.values())
    assert reports.total_of(rows).arrears == Part(Decimal("30.00"), 2)
    assert [one.arrears.count for one in listed.values()].count(1) == 2


def test_a_payment_that_is_taken_back_at_once_leaves_nothing_in_the_month(branches, world, go_to):
    go_to(OCTOBER)
    actions.open_month(OCTOBER)
    charge = Charge.objects.get(dues_month__organization=world.first, amount="15.00")
    take_back(actions.pay(charge, method="CASH", by=world.li), reason="记错人", by=world.li)

    assert (sums(world.first, OCTOBER).received, sums(world.first, OCTOBER).undone) == (0, Part())
    with pytest.raises(StaleState):
        take_back(charge.entries.first(), reason="再冲", by=world.li)
