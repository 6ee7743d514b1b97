"""A branch's bases of a year in one table: filled in already, saved all at once or not at all, by one editor at a time.

First Branch has Ma with 6,000.00 and Niu with 7,000.00 of 2026; Yang has none. Chen fixes 2027; her own is not hers.
"""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.periods import Month
from dues import actions
from dues.bases import rules
from dues.models import Base, Charge
from tests.builders import NOVEMBER, make_person
from tests.pages import press

JANUARY = Month(2027, 1)


@pytest.fixture
def ma(world):
    world.first.people.filter(user=None).update(left_on=datetime.date(2026, 1, 1))
    people = [make_person(world.first, name) for name in ("马同志", "牛同志", "羊同志")]
    amounts = {people[0].pk: Decimal(6000), people[1].pk: Decimal(7000)}
    actions.set_bases(amounts, Month(2026, 1), "年度核定", world.zhou)
    make_person(world.first, "学生", category="STUDENT")
    return people[0]


@pytest.fixture
def niu(ma):
    return type(ma).objects.get(name="牛同志")


@pytest.fixture
def yang(ma):
    return type(ma).objects.get(name="羊同志")


@pytest.fixture
def chen(world, ma, client):
    client.force_login(world.chen)
    return client


@pytest.fixture
def page(world):
    return reverse("bases_year", args=[world.first.pk, 2027])


def of_2027():
    return list(Base.objects.filter(from_month=JANUARY).order_by("pk").values_list("person__name", "amount", "reason"))


def test_it_is_filled_in_with_what_goes_on_and_saved_at_once(ma, niu, yang, chen, page):
    lines = {
        row.person.name: (field and field.value(), row.why_not) for row, field in chen.get(page).context["form"].lines
    }
    assert {name: lines[name] for name in ("马同志", "牛同志", "羊同志", "陈组织")} == {
        "马同志": ("6000.00", ""), "牛同志": ("7000.00", ""), "羊同志": ("", ""), "陈组织": (None, rules.OWN),
    }  # fmt: skip
    assert "学生" not in lines

    press(chen, page, **{f"base-{niu.pk}": "7,700", f"base-{yang.pk}": ""})

    why = "2027 年度核定，按 2026 年 12 月工资"
    assert of_2027() == [("马同志", Decimal("6000.00"), why), ("牛同志", Decimal("7700.00"), why)]
    press(chen, page)
    assert len(of_2027()) == 2  # pressed again, nothing is added


def test_one_wrong_row_keeps_all_from_being_saved_and_nothing_typed_is_lost(niu, ma, chen, page):
    answer = press(chen, page, **{f"base-{ma.pk}": "6500", f"base-{niu.pk}": "-7"})

    form = answer.context["form"]
    assert (answer.status_code, form.errors) == (422, {f"base-{niu.pk}": ["基数不能是负数。"]})
    assert [form[f"base-{one.pk}"].value() for one in (ma, niu)] == ["6500", "-7"]
    assert of_2027() == []


def test_who_was_overtaken_is_told_keeps_what_was_typed_and_saves_it_after_looking(world, ma, niu, chen, page):
    shown = chen.get(page).context["form"]
    typed = {"seen": shown.table.stamp, "reason": "核定", f"base-{ma.pk}": "6500", f"base-{niu.pk}": "7000"}
    actions.set_bases({niu.pk: Decimal(9999)}, JANUARY, "李定的", world.li)

    answer = chen.post(page, typed)

    assert (answer.status_code, answer.context["form"][f"base-{ma.pk}"].value()) == (409, "6500")
    assert of_2027() == [("牛同志", Decimal("9999.00"), "李定的")]
    chen.post(page, typed | {"seen": answer.context["form"].table.stamp})
    assert [(name, amount) for name, amount, _ in of_2027()] == [
        ("牛同志", Decimal("9999.00")), ("马同志", Decimal("6500.00")), ("牛同志", Decimal("7000.00")),
    ]  # fmt: skip


def test_the_action_itself_refuses_a_stale_page_and_ones_own(world, ma):
    from django.core.exceptions import PermissionDenied

    from core.workflow import StaleState
    from dues.bases.actions import NewBase, set_year
    from dues.bases.standing import stamp_of

    def new(person):
        return NewBase(person.pk, Decimal(1), JANUARY, "核定")

    people = world.first.people.present().members().values_list("pk", flat=True)
    with pytest.raises(StaleState):
        set_year(world.first, [new(ma)], by=world.chen, seen="0.0")
    with pytest.raises(PermissionDenied, match="您本人"):
        set_year(world.first, [new(ma), new(world.chen.person)], by=world.chen, seen=stamp_of(people))
    with pytest.raises(StaleState):
        set_year(world.first, [new(world.zhao.person)], by=world.chen, seen=stamp_of(people))
    assert of_2027() == []


def test_in_the_year_that_runs_the_opened_months_stay_and_a_later_base_is_left_alone(world, ma, niu, yang, chen):
    actions.open_month(NOVEMBER)
    actions.set_bases({niu.pk: Decimal(8000)}, Month(2026, 6), "升职", world.zhou)
    before = list(Charge.objects.order_by("pk").values())
    page = reverse("bases_year", args=[world.first.pk, 2026])
    shown = chen.get(page).context["form"]
    assert shown.table.stays == "1 月至 11 月已按原基数开账的不变，从 2026 年 12 月起按新基数。"
    assert {row.person.name: row.why_not for row, field in shown.lines if field is None} == {
        "牛同志": "2026 年 6 月起已另有基数 8,000.00 元，要改请点姓名", "陈组织": rules.OWN,
    }  # fmt: skip

    press(chen, page, **{f"base-{ma.pk}": "6500"})

    assert list(Charge.objects.exclude(person=yang).order_by("pk").values()) == before
    assert ma.dues_bases.order_by("pk").last().amount == Decimal("6500.00")


def test_other_years_and_other_branches_are_not_there(world, ma, client):
    client.force_login(world.zhao)
    assert client.get(reverse("bases_year", args=[world.first.pk, 2027])).status_code == 404
    assert client.post(reverse("bases_year", args=[world.first.pk, 2027]), {}).status_code == 404
    client.force_login(world.he)  # who reads everything
    assert client.post(reverse("bases_year", args=[world.first.pk, 2027]), {}).status_code == 403
    client.force_login(world.li)
    assert [client.get(reverse("bases_year", args=[world.first.pk, year])).status_code for year in (2025, 2028)] == [
        404, 404,
    ]  # fmt: skip
