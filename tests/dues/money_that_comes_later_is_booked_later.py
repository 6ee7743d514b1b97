"""What went up stays as it went: once the running month is handed in, money that comes or goes is booked in the next.

It is 23 November. Li and Chen keep the dues of First Branch; of its November everybody has paid but 学生0, who is put
off.
"""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.clock import at
from core.workflow import StaleState
from dues import actions, reports
from dues.models import DuesMonth, Entry
from tests.builders import NOVEMBER, OCTOBER
from tests.dues_builders import bring_on, make_dues, table
from tests.dues_builders import reverse as take_back
from tests.pages import press

DECEMBER = NOVEMBER.next
FEW_CENTS = Decimal("0.20")


@pytest.fixture
def row(world):
    return make_dues(world.first, verified=world.li, put_off=["学生0"], submitted=world.li)


@pytest.fixture
def go_to(monday):
    return lambda day: monday.move_to(at(day, 10))


def charge_of(row, name):
    return row.charges.get(person__name=name)


def payment_of(row, name):
    return Entry.objects.get(charge=charge_of(row, name), reverses=None)


def figures(row):
    """What the month received, as its page, the list and its statement say it."""
    row = DuesMonth.objects.get(pk=row.pk)
    page, listed = reports.month_page(row).sums, reports.sums_of([row])[row.pk]
    said = row.statements.order_by("-pk").first()
    assert (page.paid, page.arrears) == (listed.paid, listed.arrears)
    return page.paid.money, page.arrears.money, said.paid, said.arrears


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def test_a_payment_is_booked_in_the_next_month_and_the_month_stays(world, row, client):
    before = figures(row)
    client.force_login(world.chen)
    charge = charge_of(row, "学生0")
    page = reverse("dues_pay", args=[charge.pk])

    shown = client.get(page).content.decode()
    press(client, page)

    assert "2026 年 11 月已上报，算作 2026 年 12 月收到的往月补缴（补 2026 年 11 月），11 月的本月实缴不变。" in shown
    entry = payment_of(row, "学生0")
    assert (entry.month_paid, entry.amount, figures(row)) == (DECEMBER, FEW_CENTS, before)
    line = next(one for one in reports.month_page(row).rows if one.name == "学生0")
    assert (line.word, line.paid, line.note) == ("已补交", None, "12 月补交")


def test_a_reversal_too(world, row, client):
    before = figures(row)
    asked = actions.ask_reversal(payment_of(row, "学生1"), reason="记错人", by=world.li)
    client.force_login(world.chen)

    shown = client.get(asked.get_absolute_url()).content.decode()
    press(client, asked.get_absolute_url())

    assert "确认后在 2026 年 12 月另记一笔负数" in shown
    negative = Entry.objects.get(reverses=asked.entry)
    assert (negative.month_paid, negative.amount, figures(row)) == (DECEMBER, -FEW_CENTS, before)
    row.refresh_from_db()
    assert row.status == "SUBMITTED"


def test_the_month_itself_says_where_money_goes_now(world, row, client):
    client.force_login(world.li)
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "11 月已上报，等文学院党总支转报；现在收到的、冲正的算作 2026 年 12 月。" in shown
    assert reverse("dues_pay", args=[charge_of(row, "学生0").pk]) in shown


def test_who_is_unregistered_again_is_registered_from_the_page_of_a_settled_month(world, row, client):
    row = bring_on(row, forwarded=world.wang, settled=world.zhou)
    take_back(payment_of(row, "学生1"), reason="记错人", by=world.li)
    client.force_login(world.chen)
    page = reverse("dues_pay", args=[charge_of(row, "学生1").pk])
    assert page in client.get(row.get_absolute_url()).content.decode()
    press(client, page)
    assert Entry.objects.filter(charge=charge_of(row, "学生1")).latest("pk").month_paid == DECEMBER
    client.force_login(world.wang)
    assert "/pay/" not in client.get(row.get_absolute_url()).content.decode()


def test_the_next_month_shows_what_was_booked_in_it(world, row, go_to):
    actions.pay(charge_of(row, "学生0"), method="CASH", by=world.li)
    take_back(payment_of(row, "学生1"), reason="记错人", by=world.li)
    go_to(DECEMBER.first)
    december = make_dues(world.first, DECEMBER, members=0)

    assert figures(bring_on(december, verified=world.li))[1] == 0  # 0.20 came and 0.20 went
    notes = {one.name: one.note for one in reports.month_page(december).rows if one.arrears is not None}
    assert notes == {"学生0": "补 11 月 0.20 元", "学生1": "冲正 11 月 0.20 元"}


@pytest.fixture
def signed(world):
    return make_dues(world.first, verified=world.li, put_off=["学生0"])


def test_a_page_that_promised_the_old_month_books_nothing(world, signed, client):
    """Chen has the form open while Li hands the month in."""
    charge = charge_of(signed, "学生0")
    page = reverse("dues_pay", args=[charge.pk])
    client.force_login(world.chen)
    assert 'name="booked_in" value="2026-11"' in client.get(page).content.decode()
    row, before = bring_on(signed, submitted=world.li), Entry.objects.count()

    answer = client.post(page, {"method": "CASH", "booked_in": "2026-11"}, follow=True)

    assert told(answer) == ["2026 年 11 月党费刚刚上报，现在登记的算作 2026 年 12 月。还没有登记，请看最新情况后再办。"]
    assert Entry.objects.count() == before
    press(client, page)  # the fresh page promises December
    assert payment_of(row, "学生0").month_paid == DECEMBER


def test_nor_does_one_that_promised_the_next_month_once_it_was_taken_back(world, row, client):
    page = reverse("dues_pay", args=[charge_of(row, "学生0").pk])
    client.force_login(world.chen)
    actions.withdraw_month(row, by=world.li)
    before = Entry.objects.count()

    answer = client.post(page, {"method": "CASH", "booked_in": "2026-12"}, follow=True)

    assert told(answer) == ["2026 年 11 月党费刚刚撤回，现在登记的算作 2026 年 11 月。还没有登记，请看最新情况后再办。"]
    assert Entry.objects.count() == before


def test_a_reversal_that_was_promised_for_the_old_month_is_not_confirmed(world, signed, client):
    asked = actions.ask_reversal(payment_of(signed, "学生1"), reason="记错人", by=world.li)
    bring_on(signed, submitted=world.li)
    client.force_login(world.chen)

    client.post(asked.get_absolute_url(), {"act": "confirm", "booked_in": "2026-11"})

    asked.refresh_from_db()
    assert (asked.outcome, Entry.objects.filter(reverses=asked.entry).exists()) == ("", False)


def test_a_table_of_an_older_month_is_refused_too(world, client):
    """October is still open while November goes up: its table had promised November."""
    october = make_dues(world.first, OCTOBER, members=1)
    november = make_dues(world.first, members=0, verified=world.li)
    client.force_login(world.chen)
    page, act = october.get_absolute_url(), reverse("dues_verify", args=[october.pk])
    assert "现在登记的算作 2026 年 11 月收到的往月补缴。" in client.get(page).content.decode()
    bring_on(november, submitted=world.li)

    answer = client.post(act, table(october) | {"books": "2026-11"}, follow=True)

    assert ["2026 年 11 月党费刚刚上报" in one for one in told(answer)] == [True]
    october.refresh_from_db()
    assert (october.status, Entry.objects.filter(charge__dues_month=october).count()) == ("OPEN", 0)
    press(client, page, act)
    assert set(Entry.objects.filter(charge__dues_month=october).values_list("month_paid", flat=True)) == {DECEMBER}


def test_taken_back_it_books_in_the_running_month_again(world, row):
    actions.withdraw_month(row, by=world.li)
    actions.pay(charge_of(row, "学生0"), method="CASH", by=world.li)
    assert payment_of(row, "学生0").month_paid == NOVEMBER
    row = bring_on(row, submitted=world.li)
    paid, _, said, _ = figures(row)
    assert paid == said


@pytest.mark.parametrize(
    ("day", "books"),
    [
        (datetime.date(2026, 11, 30), DECEMBER),  # still November, and it is handed in
        (datetime.date(2026, 12, 1), DECEMBER),  # the month after runs by now
        (datetime.date(2026, 12, 31), DECEMBER),
        (datetime.date(2027, 1, 1), DECEMBER.next),
    ],
)
def test_whatever_the_day_is_it_is_the_first_month_that_is_not_handed_in(world, row, go_to, day, books):
    go_to(day)
    assert actions.pay(charge_of(row, "学生0"), method="CASH", by=world.li).month_paid == books


def test_december_handed_in_early_sends_its_money_to_january(world, row, go_to):
    go_to(datetime.date(2026, 12, 20))
    make_dues(world.first, DECEMBER, members=0, verified=world.li, submitted=world.li)
    assert actions.pay(charge_of(row, "学生0"), method="CASH", by=world.li).month_paid == DECEMBER.next


def test_a_page_that_was_open_over_midnight_is_told_that_the_month_is_over(world, signed, client, go_to):
    page = reverse("dues_pay", args=[charge_of(signed, "学生0").pk])
    go_to(DECEMBER.first)
    client.force_login(world.chen)
    before = Entry.objects.count()

    answer = client.post(page, {"method": "CASH", "booked_in": "2026-11"}, follow=True)

    assert told(answer) == ["2026 年 11 月已经过去，现在登记的算作 2026 年 12 月。还没有登记，请看最新情况后再办。"]
    assert Entry.objects.count() == before


def test_another_branchs_month_changes_nothing(world, row):
    other = make_dues(world.second, members=1)
    assert actions.pay(charge_of(other, "学生0"), method="CASH", by=world.zhao).month_paid == NOVEMBER


def test_nothing_is_promised_without_a_promise(world, row):
    """Who books by no page (an import, a script) says no month, and books where it belongs."""
    charge = charge_of(row, "学生0")
    with pytest.raises(StaleState):
        actions.pay(charge, method="CASH", by=world.li, booked_in=NOVEMBER)
    assert actions.pay(charge, method="CASH", by=world.li).month_paid == DECEMBER
