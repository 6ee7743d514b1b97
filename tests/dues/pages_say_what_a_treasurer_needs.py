"""The month, the payment, the reversal and the paper form, read as the treasurer of First Branch reads them.

Li is its secretary and Chen its organization commissioner; Zheng pays.
"""

import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.clock import at
from core.periods import Month
from dues import actions, reports
from dues.actions import Choice
from dues.models import Charge, DuesMonth, Entry, RatePolicy
from tests.builders import NOVEMBER, OCTOBER
from tests.dues_builders import reverse as take_back

CAP = "超过 1000 元，请核对基数"


@pytest.fixture
def go_to(monday):
    return lambda month, day: monday.move_to(at(datetime.date(month.year, month.number, day), 10))


@pytest.fixture
def zheng(world):
    """Zheng owes 15.00 a month; the others of First Branch owe nothing."""
    person = world.zheng.person
    people = {one.pk: Decimal(0) for one in world.first.people.all()} | {person.pk: Decimal(3000)}
    actions.set_bases(people, Month(2026, 1), "核定", None)
    return person


def opened(world, month=NOVEMBER):
    actions.open_month(month)
    return DuesMonth.objects.get(organization=world.first, month=month)


def lines(answer):
    """``{name: cells}`` of a month's workbook, by heading."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    start = next(number for number, line in enumerate(sheet) if line[0] == "序号")
    return {line[1]: dict(zip(sheet[start], line, strict=True)) for line in sheet[start + 1 :]}


@pytest.mark.parametrize("base, warning", [("50000.00", ""), ("50000.50", CAP)])
def test_a_charge_above_the_cap_asks_to_check_the_base_and_stops_nothing(world, zheng, client, base, warning):
    actions.set_bases({zheng.pk: Decimal(base)}, OCTOBER, "核定", None)
    row = opened(world)
    client.force_login(world.li)

    rows = {one.name: one.warning for one in client.get(row.get_absolute_url()).context["page"].rows}
    assert rows == dict.fromkeys(rows, "") | {zheng.name: warning}
    assert (CAP in client.get(row.get_absolute_url()).content.decode()) == bool(warning)
    assert lines(client.get(reverse("dues_month_export", args=[row.pk])))[zheng.name]["备注"] == warning
    assert CAP not in client.get(reverse("dues_sheet", args=[row.pk])).content.decode()  # the paper is to be signed
    actions.verify_month(row, choices={one.pk: Choice() for one in row.charges.all()}, by=world.li)


def test_the_cap_is_the_number_of_the_rates_in_force(world, zheng, client):
    RatePolicy.objects.update(soft_cap=Decimal("14.50"))
    row = opened(world)
    client.force_login(world.li)

    assert "超过 14.5 元，请核对基数" in client.get(row.get_absolute_url()).content.decode()


def test_who_may_not_reverse_is_not_sent_to_do_so(world, zheng, client):
    row = opened(world)
    entry = actions.pay(Charge.objects.get(person=zheng), method="CASH", by=world.chen)
    address = reverse("dues_reverse", args=[entry.pk])

    shown = {}
    for name in ("li", "chen", "wang"):
        client.force_login(getattr(world, name))
        shown[name] = address in client.get(row.get_absolute_url()).content.decode()

    assert shown == {"li": True, "chen": True, "wang": False}


def test_a_payment_that_was_reversed_is_not_offered_again(world, zheng, client):
    opened(world)
    entry = actions.pay(Charge.objects.get(person=zheng), method="CASH", by=world.li)
    client.force_login(world.li)
    assert "已经冲正过" not in client.get(reverse("dues_reverse", args=[entry.pk])).content.decode()

    negative = take_back(entry, reason="记错人", by=world.li)

    for one in (entry, negative):
        page = client.get(reverse("dues_reverse", args=[one.pk])).content.decode()
        assert "已经冲正过，不用再冲" in page
        assert '<button class="btn btn-primary">提出冲正' not in page


def test_payment_and_reversal_of_an_earlier_month_say_where_they_are_counted(world, zheng, client, go_to):
    go_to(OCTOBER, 10)
    row = opened(world, OCTOBER)
    charge = Charge.objects.get(person=zheng)
    actions.verify_month(row, choices={charge.pk: Choice("DEFER", "住院")}, by=world.li)
    go_to(NOVEMBER, 23)
    client.force_login(world.li)

    page = client.get(reverse("dues_pay", args=[charge.pk])).content.decode()
    assert "应缴 15.00 元（基数 3,000.00 元，标准 0.5%）" in page
    assert "算作 2026 年 11 月收到的往月补缴（补 2026 年 10 月），10 月的本月实缴不变。登记后缓交解除。" in page

    entry = actions.pay(charge, method="CASH", by=world.li)
    page = client.get(reverse("dues_reverse", args=[entry.pk])).content.decode()
    assert "确认后，才另记一笔负数；原来的登记不删除。" in page

    asked = actions.ask_reversal(entry, reason="记错人", by=world.li)
    client.force_login(world.chen)
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "确认后在 2026 年 11 月另记一笔负数" in page
    assert "郑党员变回未登记，请支部重新登记，并再查验签认一次。" in page


def test_the_paper_form_adds_up_and_reads_the_same_when_it_is_printed_again(world, zheng, client, go_to):
    go_to(OCTOBER, 10)
    october = opened(world, OCTOBER)
    go_to(NOVEMBER, 10)
    november = opened(world)
    actions.pay(Charge.objects.get(person=zheng, month=NOVEMBER), method="CASH", by=world.li)

    def paper(row):
        client.force_login(world.li)  # weeks have passed
        context = client.get(reverse("dues_sheet", args=[row.pk])).context
        return [(owed, paid) for one, owed, paid in context["lines"] if one.name == zheng.name]

    before = paper(october), paper(november)
    go_to(NOVEMBER.next, 5)
    opened(world, NOVEMBER.next)
    for month in (OCTOBER, NOVEMBER.next):
        actions.pay(Charge.objects.get(person=zheng, month=month), method="CASH", by=world.li)

    assert (paper(october), paper(november)) == before
    assert before == ([(Decimal("15.00"), Decimal("0.00"))], [(Decimal("30.00"), Decimal("15.00"))])


def test_the_paper_form_names_who_paid_arrears_alone(world, zheng, client, go_to):
    go_to(OCTOBER, 10)
    opened(world, OCTOBER)
    zheng.organization = world.second
    zheng.save(update_fields=["organization"])
    go_to(NOVEMBER, 23)
    row = opened(world)
    actions.pay(Charge.objects.get(person=zheng, month=OCTOBER), method="CASH", by=world.li)
    client.force_login(world.li)

    context = client.get(reverse("dues_sheet", args=[row.pk])).context
    notes = [one.note for one, _, _ in context["lines"] if one.name == zheng.name]
    assert notes == ["补 10 月 15.00 元"]
    assert context["sums"].received == Entry.objects.get().amount


def test_arrears_of_last_year_carry_the_year(world, zheng, go_to):
    go_to(NOVEMBER.next, 10)
    opened(world, NOVEMBER.next)
    go_to(Month(2027, 1), 10)
    row = opened(world, Month(2027, 1))
    actions.pay(Charge.objects.get(person=zheng, month=NOVEMBER.next), method="CASH", by=world.li)

    assert [one.note for one in reports.month_page(row).rows if one.note] == ["补 2026 年 12 月 15.00 元"]
