"""One person's base: typed or computed from the items of pay, shown before it is saved, kept with what explains it.

It is November 2026. Ma of First Branch has 6,000.00 since January and is charged in October and November; Niu has none.
"""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.audit import AuditEntry
from core.inbox import Notice
from core.periods import Month
from dues import actions
from dues.bases import rules
from dues.bases.actions import NewBase, set_base
from dues.bases.standing import stamp_of
from dues.models import Base, Charge, DuesMonth
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.pages import press

JANUARY, DECEMBER = Month(2026, 1), Month(2026, 12)


@pytest.fixture
def ma(world):
    person = make_person(world.first, "马同志")
    actions.set_bases({person.pk: Decimal(6000)}, JANUARY, "年度核定", world.zhou)
    for month in (OCTOBER, NOVEMBER):
        actions.open_month(month)
    return person


@pytest.fixture
def niu(world, ma):
    return make_person(world.first, "牛同志")


@pytest.fixture
def chen(world, client):
    client.force_login(world.chen)
    return client


def form_of(person):
    return reverse("base_set", args=[person.pk])


def fields(client, person, **typed):
    """What the form holds, with ``typed`` in it."""
    form = client.get(form_of(person)).context["form"]
    start = {"seen": form.stamp, "scheme": form.scheme_key, "from_month": form["from_month"].value()}
    return start | {"why": "职务、岗位变动", "words": ""} | typed


def looked_at(client, person, **typed):
    """The page before saving."""
    return client.post(form_of(person), fields(client, person, **typed))


def bases_of(person):
    return list(person.dues_bases.order_by("pk").values_list("amount", "from_month", "reason", "by__name"))


def test_the_earliest_month_that_counts_is_offered_and_what_stays_is_said_before_saving(ma, chen):
    assert chen.get(form_of(ma)).context["form"]["from_month"].value() == "2026-12"

    page = looked_at(chen, ma, amount="11000", from_month="2026-10")

    outlook = page.context["outlook"]
    assert outlook.stays == "10 月至 11 月已按原基数开账，不变；从 2026 年 12 月起按新基数。"
    assert (outlook.due_now, outlook.due) == ("90.00 元（1.5%）", "220.00 元（2%）")
    assert looked_at(chen, ma, amount="9000").context["outlook"].stays == "从 2026 年 12 月起按新基数，之前的月份不变。"
    assert len(bases_of(ma)) == 1  # nothing is saved yet


def test_a_base_changes_no_month_that_is_opened_and_counts_in_the_next(ma, chen):
    before = list(Charge.objects.filter(person=ma).values())

    press(chen, form_of(ma), amount="11000", from_month="2026-10", why="职务、岗位变动")

    actions.open_month(OCTOBER)
    actions.open_month(NOVEMBER)
    assert list(Charge.objects.filter(person=ma).values()) == before
    actions.open_month(DECEMBER)
    assert Charge.objects.get(person=ma, month=DECEMBER).amount == Decimal("220.00")
    assert bases_of(ma)[-1] == (Decimal("11000.00"), OCTOBER, "职务、岗位变动", "陈组织")


def test_it_is_computed_from_the_items_of_pay_and_shows_them_ever_after(ma, chen):
    pay = {
        "part-岗位工资": "5,000",
        "part-薪级工资": "３０００．５",
        "part-五险一金": "1200",
        "part-个人所得税": "100.25",
    }

    page = looked_at(chen, ma, **pay)
    assert (page.context["outlook"].amount, bases_of(ma)[1:]) == (Decimal("6700.25"), [])
    press(chen, form_of(ma), why="其他", words="升级", **pay)

    assert bases_of(ma)[-1] == (Decimal("6700.25"), DECEMBER, "其他：升级", "陈组织")
    steps = chen.get(reverse("base_history", args=[ma.pk])).context["steps"]
    assert [(step.base.amount, step.sum, step.is_now) for step in steps] == [
        (Decimal("6700.25"), "岗位工资 5,000.00＋薪级工资 3,000.50－五险一金 1,200.00－个人所得税 100.25", False),
        (Decimal("6000.00"), "", True),
    ]


@pytest.mark.parametrize(
    ("typed", "at", "sentence"),
    [
        ({"amount": "-1"}, "amount", "基数不能是负数。"),
        ({"amount": "1.005"}, "amount", "基数最多两位小数，不能是“1.005”。"),
        ({"amount": "10000000000"}, "amount", "基数太大：“10000000000”。"),
        ({"amount": "很多"}, "amount", "基数应是金额，如 9640.00，不能是“很多”。"),
        ({"amount": ""}, "amount", "请填基数，或者填下面的工资项目。"),
        ({"part-岗位工资": "-5"}, "part-岗位工资", "岗位工资不能是负数。"),
        ({"part-五险一金": "5"}, "amount", "按工资项目算出来是 -5.00 元，基数不能是负数，请核对各项。"),
        (
            {"part-岗位工资": "5000", "amount": "6000"}, "amount",
            "按工资项目算出来是 5,000.00 元，和这里填的不一样。请核对；空着就按项目计算。",
        ),
        ({"amount": "7000", "why": ""}, "why", "基数一年一定。从 2026 年 12 月起改，请选原因。"),
        ({"amount": "7000", "why": "其他"}, "words", "选了“其他”，请写明原因。"),
        ({"amount": "7000", "from_month": "2025-12"}, "from_month", "请从列出的选项里选。"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(ma, chen, typed, at, sentence):
    page = looked_at(chen, ma, **typed)

    assert (page.status_code, page.context["form"].errors) == (422, {at: [sentence]})
    assert {name: page.context["form"][name].value() for name in typed} == typed
    assert len(bases_of(ma)) == 1


def test_from_january_no_reason_is_asked_but_a_correction_of_january_is(ma, chen):
    assert looked_at(chen, ma, amount="7000", from_month="2027-01", why="").status_code == 200
    press(chen, form_of(ma), amount="7000", from_month="2027-01", why="")
    assert bases_of(ma)[-1] == (Decimal("7000.00"), Month(2027, 1), "2027 年度核定", "陈组织")

    again = looked_at(chen, ma, amount="7100", from_month="2027-01", why="")
    assert again.context["form"].errors == {"why": ["基数一年一定。从 2027 年 1 月起改，请选原因。"]}


def test_above_the_soft_cap_it_warns_and_saves(ma, chen):
    page = looked_at(chen, ma, amount="50000.50")
    assert page.context["outlook"].warnings == ["按这个基数每月应缴 1,000.01 元，超过 1000 元，请核对基数"]
    assert looked_at(chen, ma, amount="50000").context["outlook"].warnings == []

    press(chen, form_of(ma), amount="50000.50", why="职务、岗位变动")
    assert bases_of(ma)[-1][0] == Decimal("50000.50")


def test_a_first_base_asks_no_reason_and_fills_in_the_month_that_runs(niu, chen, world):
    month = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    assert not month.charges.filter(person=niu).exists()
    page = looked_at(chen, niu, amount="4000", why="")
    assert page.context["outlook"].stays == "11 月已开账，保存后补出应缴；已经签认的，要再查验签认一次。"

    press(chen, form_of(niu), amount="4000")

    assert bases_of(niu) == [(Decimal("4000.00"), JANUARY, "首次核定", "陈组织")]
    assert month.charges.get(person=niu).amount == Decimal("40.00")


def test_it_is_kept_in_the_log_without_the_amount_and_told_to_the_person(world, chen):
    zheng = world.zheng.person
    actions.set_bases({zheng.pk: Decimal(6000)}, JANUARY, "年度核定", world.zhou)
    press(chen, form_of(zheng), amount="7000", why="离退休", from_month="2026-12")

    entry = AuditEntry.objects.about(zheng).last()
    assert (entry.event, entry.by, entry.note) == ("dues.based", world.chen, "2026 年 12 月起，离退休")
    assert "7000" not in str(entry.data)
    notice = Notice.objects.get(recipient=world.zheng)
    assert "从 2026 年 12 月起按 7000.00 元计算，原因：离退休" in notice.text


# who fixes it


def test_nobody_fixes_their_own_another_officer_does(world, client):
    li = world.li.person
    client.force_login(world.li)
    page = client.get(form_of(li))
    assert rules.OWN in page.content.decode()
    assert 'name="amount"' not in page.content.decode()
    refused = client.post(form_of(li), {"amount": "1", "step": "confirm"})
    assert (refused.status_code, rules.OWN in refused.content.decode(), bases_of(li)) == (403, True, [])

    client.force_login(world.chen)
    press(client, form_of(li), amount="9000")
    assert bases_of(li)[0][3] == "陈组织"


def test_the_action_refuses_it_too_and_who_has_left(world, ma):
    def fix(person, by):
        new = NewBase(person.pk, Decimal(1), DECEMBER, "更正")
        set_base(person, new, by=by, seen=stamp_of([person.pk]))

    gone = make_person(world.first, "离开的", left_on=datetime.date(2026, 11, 1))
    for person, by, why in (
        (world.li.person, world.li, "您本人"),
        (gone, world.li, "已经离开"),
        (ma, world.xu, "由本支部"),
    ):
        with pytest.raises(PermissionDenied, match=why):
            fix(person, by)
    assert Base.objects.count() == 1


def test_nor_by_the_page_of_the_month(world, client):
    actions.open_month(NOVEMBER)
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    client.force_login(world.li)
    typed = {f"base-{world.li.person.pk}": "1", f"base-{world.chen.person.pk}": "9000", "reason": "核定"}

    form = client.get(row.get_absolute_url()).context["fill_form"]
    assert (form.why_not_own, f"base-{world.li.person.pk}" in form.fields) == (rules.OWN, False)
    client.post(reverse("dues_fill", args=[row.pk]), typed)
    assert [base.person for base in Base.objects.all()] == [world.chen.person]
    with pytest.raises(PermissionDenied, match="您本人"):
        actions.fill_month(row, bases={world.li.person.pk: Decimal(1)}, reason="核定", by=world.li)


@pytest.mark.parametrize(
    ("who", "status"),
    [("li", 200), ("chen", 200), ("wang", 200), ("zhou", 200), ("he", 403), ("xu", 404), ("zhao", 404), ("sun", 404),
     ("zheng", 404)],
)  # fmt: skip
def test_the_branchs_officers_and_those_above_fix_it_others_do_not_see_it(world, ma, client, who, status):
    actor = getattr(world, who)
    client.force_login(actor)
    answer = client.post(form_of(ma), {"amount": "7000", "seen": "", "step": "confirm"})
    assert answer.status_code == (409 if status == 200 else status)  # of a page that nobody has seen
    assert client.get(form_of(ma)).status_code == (404 if status == 404 else 200)
    assert client.get(reverse("base_history", args=[ma.pk])).status_code == (404 if status == 404 else 200)
    assert len(bases_of(ma)) == 1


def test_ones_own_history_is_ones_own_to_see(world, client):
    actions.set_bases({world.zheng.person.pk: Decimal(6000)}, JANUARY, "年度核定", world.zhou)
    client.force_login(world.zheng)
    page = client.get(reverse("base_history", args=[world.zheng.person.pk]))
    assert [step.base.amount for step in page.context["steps"]] == [Decimal("6000.00")]
    assert client.get(reverse("base_history", args=[world.li.person.pk])).status_code == 404


# two at once


def test_the_second_of_two_is_told_and_keeps_what_was_typed(ma, chen, world):
    mine = fields(chen, ma, amount="7000")
    actions.set_bases({ma.pk: Decimal(8000)}, DECEMBER, "升职", world.li)

    page = chen.post(form_of(ma), mine | {"step": "confirm"})

    assert page.status_code == 409
    assert page.context["form"]["amount"].value() == "7000"
    assert "最新的是李书记登记的 2026 年 12 月起 8,000.00 元（升职）" in page.content.decode()
    assert [amount for amount, *_ in bases_of(ma)] == [Decimal("6000.00"), Decimal("8000.00")]
