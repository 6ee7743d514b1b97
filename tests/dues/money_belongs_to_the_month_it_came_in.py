"""Money belongs to the month in which it came: what is paid or taken back later changes no figure of an earlier one.

Li and Zhao lead First and Second Branch, three paying members each.
"""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.clock import at
from core.periods import Month
from core.workflow import StaleState
from dues import actions, reports
from dues.actions import Choice
from dues.models import Charge, DuesMonth, Entry
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.dues_builders import reverse as take_back

SEPTEMBER, DECEMBER = Month(2026, 9), Month(2026, 12)
JANUARY = Month(2026, 1)
Part = reports.Part


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


def verify(row, by):
    waiting = row.charges.with_state().filter(state="UNPAID")
    actions.verify_month(row, choices={one.pk: Choice() for one in waiting}, by=by)


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


@pytest.fixture
def november_came_back(world, october):
    """Handed in with one member put off, who then paid, so that it counts for December; withdrawn after that."""
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    unpaid = row.charges.with_state().filter(state="UNPAID")
    choices = {one.pk: Choice("DEFER", "出差") if one.amount == 15 else Choice() for one in unpaid}
    actions.verify_and_submit(row, choices=choices, by=world.li)
    entry = actions.pay(row.charges.get(amount=15), method="CASH", by=world.li)
    actions.withdraw_month(row, by=world.li)
    return entry


def test_a_payment_is_not_taken_back_before_it_came(world, november_came_back):
    before = sums(world.first, NOVEMBER)

    negative = take_back(november_came_back, reason="记错人", by=world.li)

    assert november_came_back.month_paid == negative.month_paid == DECEMBER
    after = sums(world.first, NOVEMBER)
    assert (after.paid, after.received) == (before.paid, before.received)
    assert reports.month_page(november_came_back.charge.dues_month).sums == after


def test_what_was_received_in_a_month_is_not_received_in_it_again(world, october):
    """Paid in November, taken back when November had gone up, paid again when it came back."""
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    verify(row, world.li)
    actions.submit_month(row, by=world.li)
    then, charge = sums(world.first, NOVEMBER), row.charges.get(amount=15)
    negative = take_back(charge.entries.get(), reason="记错人", by=world.li)
    actions.withdraw_month(row, by=world.li)

    again = actions.pay(charge, method="CASH", by=world.li)

    assert (negative.month_paid, again.month_paid) == (DECEMBER, DECEMBER)
    assert sums(world.first, NOVEMBER) == then


def test_a_signature_books_nothing_before_what_was_booked(world, november_came_back):
    take_back(november_came_back, reason="记错人", by=world.li)
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    assert row.status == "OPEN"

    verify(row, world.li)

    assert {entry.month_paid for entry in november_came_back.charge.entries.all()} == {DECEMBER}


def test_the_form_of_a_payment_says_in_which_month_it_is_booked(world, november_came_back, client):
    take_back(november_came_back, reason="记错人", by=world.li)
    client.force_login(world.li)
    address = reverse("dues_pay", args=[november_came_back.charge_id])

    page = client.get(address)

    assert "这笔党费在 2026 年 12 月登记、冲正过，算作 2026 年 12 月收到的往月补缴" in page.content.decode()
    client.post(address, {"method": "CASH", "booked_in": str(DECEMBER)})
    assert november_came_back.charge.entries.latest("pk").month_paid == DECEMBER


def test_a_month_that_comes_back_with_somebody_unpaid_is_signed_again(world, october):
    """Taken back while it was up: who does not pay can be put off, which only the table of the day does."""
    actions.submit_month(october, by=world.li)
    charge = october.charges.get(amount=15)
    take_back(charge.entries.get(), reason="记错人", by=world.li)

    row = actions.return_month(october, reason="有人没有交", by=world.wang)

    assert row.status == "OPEN"
    actions.verify_and_submit(row, choices={charge.pk: Choice("DEFER", "出差")}, by=world.li)
    row.refresh_from_db()
    assert (row.status, sums(world.first, OCTOBER).deferred) == ("SUBMITTED", Part(Decimal("15.00"), 1))
