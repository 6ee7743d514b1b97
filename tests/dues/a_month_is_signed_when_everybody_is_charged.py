"""A month is signed off when everybody who owes has a charge; what counts is when it was signed first.

Li and Chen keep the dues of First Branch. A branch's duty, its figures and the rows behind them tell the same.
"""

import datetime
import re
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from branches.models import Organization, Person
from core.clock import at
from core.contributions import registry
from core.workflow import StaleState
from dues import actions, metrics
from dues.actions import Choice
from dues.models import Charge, DuesMonth, Entry
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_person
from tests.dues_builders import reverse as take_back

NOBODY = "本月没有应缴党费的党员"


@pytest.fixture
def branch(world):
    """First Branch with nobody but its officers and Zheng, who owe 15.00 each."""
    world.first.people.filter(user=None).update(left_on=datetime.date(2026, 1, 1))
    people = world.first.people.present()
    actions.set_bases({person.pk: Decimal(3000) for person in people}, OCTOBER, "核定", None)
    return world.first


@pytest.fixture
def go_to(monday):
    return lambda month, day: monday.move_to(at(datetime.date(month.year, month.number, day), 10))


def opened(branch, month=NOVEMBER):
    actions.open_month(month, only(branch))
    return DuesMonth.objects.get(organization=branch, month=month)


def only(branch):
    return Organization.objects.filter(pk=branch.pk)


def verify(row, by):
    row.refresh_from_db()
    return actions.verify_month(row, choices={charge.pk: Choice() for charge in row.charges.all()}, by=by)


def duty(branch, month):
    (one,) = registry.duties_of(only(branch), [month], {"dues"})
    return one


def figure(code, branch, month=NOVEMBER):
    one = registry.metrics[code].compute(only(branch), month)[branch.pk]
    return one.numerator, one.denominator


def evidence(code, branch, month=NOVEMBER):
    return [(row.what, row.value, row.counts) for row in registry.metrics[code].evidence(only(branch), month)]


# who has no charge


def test_a_month_is_not_signed_off_while_somebody_has_no_charge(world, branch):
    for number in range(4):
        make_person(branch, f"无基数{number}")
    row = opened(branch)

    with pytest.raises(StaleState) as refused:
        verify(row, world.li)

    assert str(refused.value) == (
        "还有 4 人没有应缴（无基数0、无基数1、无基数2等），不能签认。"
        "请先在“还没有应缴的党员”里补出应缴，缺基数的先填基数，再查验签认。"
    )
    row.refresh_from_db()
    assert (row.status, Entry.objects.count()) == ("OPEN", 0)


def test_the_page_says_so_beside_the_button_and_offers_it_once_the_base_is_filled_in(world, branch, client):
    person = make_person(branch, "无基数")
    row = opened(branch)
    client.force_login(world.chen)

    page = client.get(row.get_absolute_url())
    bar = re.search(r'<div class="actionbar">.*?</div>', page.content.decode(), re.DOTALL)[0]
    assert "还有 1 人没有应缴（无基数），不能签认。" in bar
    assert re.search(r"<button[^>]* disabled[^>]*>查验签认</button>", bar)
    assert f'href="{reverse("dues_pay", args=[row.charges.first().pk])}"' in page.content.decode()  # one by one still

    client.post(reverse("dues_fill", args=[row.pk]), {f"base-{person.pk}": "5000", "reason": "核定"})

    assert "data-tally>查验签认</button>" in client.get(row.get_absolute_url()).content.decode()
    assert verify(row, world.chen).status == "VERIFIED"


def test_a_student_who_came_after_the_opening_is_charged_at_the_press_of_a_button(world, branch, client):
    row = opened(branch)
    make_person(branch, "新来的学生", category=Person.Category.STUDENT)
    client.force_login(world.chen)
    with pytest.raises(StaleState):
        verify(row, world.chen)

    client.post(reverse("dues_fill", args=[row.pk]))

    assert verify(row, world.chen).status == "VERIFIED"


@pytest.mark.parametrize(
    "fields",
    [
        {"joined_on": datetime.date(2026, 12, 1)},
        {"standing": Person.Standing.ACTIVIST},
        {"left_on": datetime.date(2026, 11, 2)},
    ],
    ids=["admitted later", "activist", "left"],
)
def test_who_does_not_owe_the_month_is_not_waited_for(world, branch, fields):
    make_person(branch, "不欠", **fields)

    assert verify(opened(branch), world.li).status == "VERIFIED"
    assert (figure("dues_verified", branch), figure("dues_paid", branch)) == ((1, 1), (4, 4))


def test_who_was_admitted_on_the_last_day_of_the_month_is(world, branch):
    make_person(branch, "月底入党", joined_on=datetime.date(2026, 11, 30))

    with pytest.raises(StaleState):
        verify(opened(branch), world.li)


def test_who_comes_later_is_not_asked_about_a_month_that_was_signed(world, branch, go_to):
    go_to(OCTOBER, 10)
    row = verify(opened(branch, OCTOBER), world.li)
    go_to(NOVEMBER, 23)
    make_person(branch, "十一月转入")
    entry = Entry.objects.filter(charge__person__user=world.chen).get()
    take_back(entry, reason="记错人", by=world.li)

    assert verify(row, world.li).status == "VERIFIED"
    assert (figure("dues_verified", branch, OCTOBER), figure("dues_paid", branch, OCTOBER)) == ((1, 1), (4, 4))


def test_members_without_a_charge_count_as_not_paid_and_stand_behind_the_figure(world, branch):
    make_person(branch, "无基数")
    row = opened(branch)
    for charge in row.charges.all():
        actions.pay(charge, method="CASH", by=world.li)

    assert (figure("dues_verified", branch), figure("dues_paid", branch)) == ((0, 1), (4, 5))
    assert evidence("dues_paid", branch) == [
        ("合计", "应缴 5 人，月底前交清 4 人", True),
        ("无基数", "还没有应缴：补出应缴后才能登记", False),
    ]
    assert evidence("dues_verified", branch) == [
        ("2026 年 11 月党费", "未查验签认，1 人还没有应缴（截止 2026-11-30）", False)
    ]
    assert duty(branch, NOVEMBER).detail == "1 人还没有应缴，先补出应缴。"


def test_a_branch_in_which_nobody_has_a_charge_owes_its_verification(world):
    opened(world.second)

    assert (figure("dues_verified", world.second), figure("dues_paid", world.second)) == ((0, 1), (0, 4))
    assert len([row for row in evidence("dues_paid", world.second) if not row[2]]) == 4
    assert duty(world.second, NOVEMBER).is_open


# when it was signed first


def test_a_correction_does_not_make_a_month_late_that_was_signed_in_time(world, branch, go_to, client):
    go_to(OCTOBER, 10)
    row = verify(opened(branch, OCTOBER), world.li)
    before = figure("dues_verified", branch, OCTOBER), figure("dues_paid", branch, OCTOBER), duty(branch, OCTOBER)

    go_to(NOVEMBER, 23)
    entry = Entry.objects.filter(charge__person__user=world.chen).get()
    take_back(entry, reason="记错人", by=world.li)
    assert duty(branch, OCTOBER).is_open
    actions.pay(Charge.objects.get(pk=entry.charge_id), method="CASH", by=world.li)
    row = verify(row, world.chen)

    after = figure("dues_verified", branch, OCTOBER), figure("dues_paid", branch, OCTOBER), duty(branch, OCTOBER)
    assert after == before
    assert (row.first_verified_at, row.verified_at) == (
        at(datetime.date(2026, 10, 10), 10), at(datetime.date(2026, 11, 23), 10),
    )  # fmt: skip
    client.force_login(world.li)
    head = client.get(row.get_absolute_url()).content.decode()
    assert "11 月 23 日 10:00由陈组织签认（首次签认 10 月 10 日 10:00）" in head
    assert evidence("dues_verified", branch, OCTOBER) == [
        ("2026 年 10 月党费", "2026-10-10 查验签认，2026-11-23 更正后重新签认（截止 2026-10-31）", True)
    ]


def test_months_signed_before_the_site_kept_the_first_signature_get_it_from_the_audit_log(world, branch, go_to):
    go_to(OCTOBER, 10)
    verify(opened(branch, OCTOBER), world.li)
    go_to(NOVEMBER, 23)
    take_back(Entry.objects.filter(charge__person__user=world.chen).get(), reason="记错人", by=world.li)
    again = verify(DuesMonth.objects.get(), world.li)
    once = verify(opened(branch), world.li)
    DuesMonth.objects.update(first_verified_at=at(datetime.date(2000, 1, 1)))

    import_module("dues.migrations.0004_first_verification").fill(apps, None)

    again.refresh_from_db()
    once.refresh_from_db()
    assert again.first_verified_at == at(datetime.date(2026, 10, 10), 10)
    assert (once.first_verified_at, once.is_signed_again) == (once.verified_at, False)


# duty and figure


def not_opened(world, branch, go_to):
    pass


def nobody_owes(world, branch, go_to):
    branch.people.update(standing=Person.Standing.ACTIVIST)
    opened(branch, OCTOBER)


def nobody_owes_and_it_is_signed(world, branch, go_to):
    branch.people.update(standing=Person.Standing.ACTIVIST)
    verify(opened(branch, OCTOBER), world.li)


def somebody_has_no_charge(world, branch, go_to):
    make_person(branch)
    opened(branch, OCTOBER)


def nobody_has_a_charge(world, branch, go_to):
    branch.people.update(left_on=None)
    branch.people.filter(dues_bases__isnull=False).update(left_on=datetime.date(2026, 9, 1))
    opened(branch, OCTOBER)


def not_signed(world, branch, go_to):
    opened(branch, OCTOBER)


def signed(world, branch, go_to):
    verify(opened(branch, OCTOBER), world.li)


def signed_late(world, branch, go_to):
    row = opened(branch, OCTOBER)
    go_to(NOVEMBER, 3)
    verify(row, world.li)


def signed_and_open_again(world, branch, go_to):
    signed(world, branch, go_to)
    go_to(NOVEMBER, 3)
    take_back(Entry.objects.filter(charge__person__user=world.chen).get(), reason="记错人", by=world.li)


def signed_again(world, branch, go_to):
    signed_and_open_again(world, branch, go_to)
    verify(DuesMonth.objects.get(), world.li)


CASES = {
    not_opened: (False, (0, 0), "还没有开账"),
    nobody_owes: (False, (0, 0), NOBODY),
    nobody_owes_and_it_is_signed: (False, (0, 0), NOBODY),
    somebody_has_no_charge: (True, (0, 1), ""),
    nobody_has_a_charge: (True, (0, 1), ""),
    not_signed: (True, (0, 1), ""),
    signed: (True, (1, 1), ""),
    signed_late: (True, (0, 1), ""),
    signed_and_open_again: (True, (0, 1), ""),
    signed_again: (True, (1, 1), ""),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_duty_and_figure_say_the_same(world, branch, go_to, case):
    go_to(OCTOBER, 10)
    case(world, branch, go_to)
    go_to(NOVEMBER, 23)

    owed, expected, why = CASES[case]
    one = duty(branch, OCTOBER)
    told = metrics.verified(only(branch), OCTOBER)[branch.pk]
    assert (one.is_owed, one.not_owed or one.not_yet) == (owed, why)
    assert (int(one.is_owed and one.done_on is not None and not one.is_late), int(one.is_owed)) == expected
    assert ((told.numerator, told.denominator), told.why) == (expected, why)
    assert [row.counts for row in metrics.verified_evidence(only(branch), OCTOBER)] == [bool(expected[0])] * expected[1]
    assert metrics.paid(only(branch), OCTOBER)[branch.pk].applies == owed


def test_workbench_and_assessment_agree_about_a_month_in_which_nobody_owes(world, client):
    branch = make_branch(world.arts, "空支部")
    world.li.person.appointments.update(organization=branch)
    row = opened(branch)
    actions.verify_month(row, choices={}, by=world.li)
    client.force_login(world.li)

    year = {what: (done, owed) for what, done, owed, _, _ in client.get("/").context["year"]}
    assert year["党费已查验"] == figure("dues_verified", branch) == (0, 0)
