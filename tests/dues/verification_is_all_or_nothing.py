"""查验签认: one table on the day. Li and Chen verify at First Branch; everybody pays, or is put off with a reason."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from branches.access import can
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from dues import actions
from dues.actions import Choice
from dues.models import Charge, Deferral, DuesMonth, Entry
from tests.builders import NOVEMBER, OCTOBER, fresh, make_day, make_person
from tests.dues_builders import reverse as take_back


def make_month(branch, month=NOVEMBER, members=3):
    """An opened month with some students who owe 0.20 each; the others have a base of 0, unless a test set one."""
    actions.set_bases({person.pk: Decimal(0) for person in branch.people.filter(dues_bases=None)}, month, "核定", None)
    for number in range(members):
        make_person(branch, f"学生{number}", category="STUDENT")
    actions.open_month(month)
    return DuesMonth.objects.get(organization=branch, month=month)


def owed(row):
    return row.charges.filter(amount__gt=0)


def table(row, **changes):
    """What the untouched form posts, with changes by name (``学生0="DEFER"``, ``学生0_note="出差"``)."""
    data = {}
    for charge in owed(row).select_related("person"):
        data[f"method-{charge.pk}"] = changes.get(charge.person.name, "CASH")
        data[f"note-{charge.pk}"] = changes.get(f"{charge.person.name}_note", "")
    return data


def states(row):
    return dict(owed(row).with_state().values_list("person__name", "state"))


@pytest.fixture
def row(world):
    return make_month(world.first)


def test_the_untouched_table_pays_everybody_in_cash(world, row, client):
    client.force_login(world.chen)

    answer = client.post(reverse("dues_verify", args=[row.pk]), table(row))

    row.refresh_from_db()
    assert answer.url == row.get_absolute_url()
    assert states(row) == {"学生0": "PAID", "学生1": "PAID", "学生2": "PAID"}
    assert set(Entry.objects.values_list("method", "amount", "month_paid", "by")) == {
        ("CASH", Decimal("0.20"), NOVEMBER, world.chen.pk)
    }
    assert (row.status, row.verified_by, row.verified_at.isoformat()) == (
        "VERIFIED", world.chen, "2026-11-23T02:00:00+00:00",
    )  # fmt: skip
    assert AuditEntry.objects.about(row).last().note == "现场 3 人"


def test_one_is_put_off_with_a_reason_and_one_paid_by_transfer(world, row, client):
    client.force_login(world.li)

    client.post(
        reverse("dues_verify", args=[row.pk]), table(row, 学生0="DEFER", 学生0_note="外出实习", 学生1="TRANSFER")
    )

    assert states(row) == {"学生0": "DEFERRED", "学生1": "PAID", "学生2": "PAID"}
    assert list(Deferral.objects.values_list("reason", "by")) == [("外出实习", world.li.pk)]
    assert list(Entry.objects.order_by("pk").values_list("method", flat=True)) == ["TRANSFER", "CASH"]
    assert AuditEntry.objects.about(row).last().note == "现场 1 人，转账 1 人，缓交 1 人"


def test_a_row_without_its_reason_is_named_keeps_what_was_typed_and_writes_nothing(world, row, client):
    client.force_login(world.li)
    before = AuditEntry.objects.count()

    answer = client.post(
        reverse("dues_verify", args=[row.pk]),
        table(row, 学生0="DEFER", 学生1="DEFER", 学生1_note="住院", 学生2="TRANSFER"),
    )

    form = answer.context["form"]
    charge = row.charges.get(person__name="学生0")
    typed = {line.name: (method.value(), note.value()) for line, method, note, _ in form.lines if method}
    assert answer.status_code == 422
    assert form.errors == {f"note-{charge.pk}": ["请写明学生0缓交的原因。"]}
    assert typed == {"学生0": ("DEFER", ""), "学生1": ("DEFER", "住院"), "学生2": ("TRANSFER", "")}
    assert (Entry.objects.count(), Deferral.objects.count(), AuditEntry.objects.count()) == (0, 0, before)
    row.refresh_from_db()
    assert row.status == "OPEN"


def test_who_was_not_there_is_not_taken_to_have_paid_on_the_spot(world, row, client):
    day = make_day(world.first)
    absent = day.attendance.get(person__name="学生0")
    day.attendance.filter(pk=absent.pk).update(status="ON_LEAVE", reason="病假")
    client.force_login(world.li)

    form = client.get(row.get_absolute_url()).context["form"]

    chosen = {line.name: (method.value(), away) for line, method, _, away in form.lines if method}
    assert chosen == {"学生0": (None, "请假"), "学生1": ("CASH", ""), "学生2": ("CASH", "")}


@pytest.mark.parametrize("value", ["", "GIFT", None])
def test_a_row_must_be_chosen(world, row, client, value):
    client.force_login(world.li)
    charge = owed(row).first()
    data = table(row)
    del data[f"method-{charge.pk}"]
    if value is not None:
        data[f"method-{charge.pk}"] = value

    answer = client.post(reverse("dues_verify", args=[row.pk]), data)

    assert answer.context["form"].errors == {f"method-{charge.pk}": ["请选现场、转账、代交或缓交。"]}
    assert not Entry.objects.exists()


def test_a_charge_that_no_choice_names_stops_the_whole_verification(world, row):
    first, *rest = owed(row)

    with pytest.raises(StaleState):
        actions.verify_month(row, choices={charge.pk: Choice() for charge in rest}, by=world.li)

    assert states(row)[first.person.name] == "UNPAID"
    assert not Entry.objects.exists()


def test_a_choice_for_another_branchs_member_is_passed_over(world, row):
    other = make_month(world.second, members=1)
    actions.verify_month(row, choices={charge.pk: Choice() for charge in Charge.objects.all()}, by=world.li)

    assert states(other) == {"学生0": "UNPAID"}
    assert Entry.objects.count() == 3


def test_verifying_twice_pays_once(world, row, client):
    client.force_login(world.li)
    url, data = reverse("dues_verify", args=[row.pk]), table(row)
    client.post(url, data)

    answer = client.post(url, data)

    assert answer.status_code == 302
    assert Entry.objects.count() == 3


@pytest.mark.parametrize("who", ["xu", "zheng", "wang", "zhou", "he", "zhao"])
def test_only_the_branchs_own_drafters_verify(world, row, who):
    user = getattr(world, who)

    assert not can(user, "dues.verify", row)
    with pytest.raises(PermissionDenied):
        actions.verify_month(row, choices={charge.pk: Choice() for charge in row.charges.all()}, by=user)
    assert not Entry.objects.exists()


def test_a_month_to_come_is_neither_verified_nor_paid(world):
    row = make_month(world.first, NOVEMBER.next)

    assert can(world.li, "dues.verify", row).why == "还没有到 2026 年 12 月。"
    assert can(world.li, "dues.pay", owed(row).first()).why == "还没有到 2026 年 12 月。"


def test_a_later_payment_lifts_the_deferral_and_belongs_to_both_months(world):
    row = make_month(world.first, OCTOBER, members=1)
    charge = owed(row).get()
    actions.verify_month(row, choices={charge.pk: Choice("DEFER", "出差")}, by=world.li)

    entry = actions.pay(charge, method="TRANSFER", by=world.chen, note="微信转来")

    assert (entry.charge.month, entry.month_paid, entry.amount, entry.note) == (
        OCTOBER, NOVEMBER, Decimal("0.20"), "微信转来",
    )  # fmt: skip
    assert Deferral.objects.get().lifted_at is not None
    assert states(row) == {"学生0": "PAID_LATER"}


def test_nobody_pays_twice(world, row):
    charge = owed(row).first()
    actions.pay(charge, method="CASH", by=world.li)

    with pytest.raises(StaleState):
        actions.pay(charge, method="CASH", by=world.li)
    actions.verify_month(row, choices={one.pk: Choice() for one in row.charges.all()}, by=world.li)

    assert Entry.objects.filter(charge=charge).count() == 1
    assert Entry.objects.count() == 3


def test_a_reversal_makes_the_member_unregistered_and_the_month_open(world, row):
    actions.verify_month(row, choices={one.pk: Choice() for one in row.charges.all()}, by=world.chen)
    entry = Entry.objects.get(charge__person__name="学生1")

    negative = take_back(entry, reason="重复登记", by=world.li)

    row.refresh_from_db()
    assert (negative.amount, negative.reverses, negative.note) == (Decimal("-0.20"), entry, "重复登记")
    assert states(row) == {"学生0": "PAID", "学生1": "UNPAID", "学生2": "PAID"}
    assert (row.status, row.verified_at) == ("OPEN", None)
    assert list(AuditEntry.objects.about(row).values_list("event", flat=True))[-2:] == [
        "dues.reversed",
        "dues.reopened",
    ]


def test_a_reversed_charge_is_paid_again_and_reversed_again(world, row):
    charge = owed(row).first()
    for _ in range(3):
        take_back(actions.pay(charge, method="CASH", by=world.li), reason="金额有误", by=world.li)
    actions.verify_month(row, choices={one.pk: Choice() for one in row.charges.all()}, by=world.li)

    assert sum(charge.entries.values_list("amount", flat=True)) == charge.amount
    assert charge.entries.count() == 7
    assert states(row)[charge.person.name] == "PAID"


def test_an_entry_is_reversed_once_and_a_reversal_never(world, row):
    entry = actions.pay(owed(row).first(), method="CASH", by=world.li)
    negative = take_back(entry, reason="记错人", by=world.li)

    for again in (entry, negative):
        with pytest.raises(StaleState):
            take_back(again, reason="再冲", by=world.li)
    assert Entry.objects.count() == 2


def test_a_reversal_needs_a_reason(world, row, client):
    entry = actions.pay(owed(row).first(), method="CASH", by=world.li)
    client.force_login(world.li)

    answer = client.post(reverse("dues_reverse", args=[entry.pk]), {"reason": " "})

    assert (answer.status_code, answer.context["form"].errors) == (422, {"reason": ["请写明原因。"]})
    assert Entry.objects.count() == 1


def test_nobody_reverses_their_own_payment(world):
    actions.set_bases({world.li.person.pk: Decimal(3000)}, NOVEMBER, "核定", None)
    make_month(world.first)
    entry = actions.pay(Charge.objects.get(person=world.li.person), method="CASH", by=world.chen)

    with pytest.raises(PermissionDenied, match="本人"):
        take_back(entry, reason="想退回来", by=world.li)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("who", ["xu", "wang", "zhou", "zhao"])
def test_only_who_records_the_dues_of_the_branch_asks_for_a_reversal(world, row, who):
    entry = actions.pay(owed(row).first(), method="CASH", by=world.li)

    with pytest.raises(PermissionDenied):
        take_back(entry, reason="不该由我", by=getattr(world, who))


def test_who_has_an_account_is_told_of_a_reversal(world):
    actions.set_bases({world.zheng.person.pk: Decimal(3000)}, NOVEMBER, "核定", None)
    make_month(world.first)
    entry = actions.pay(Charge.objects.get(person=world.zheng.person), method="CASH", by=world.chen)

    take_back(entry, reason="没有收到钱", by=world.li)

    assert list(Notice.objects.filter(recipient=world.zheng).values_list("kind", "text")) == [
        ("dues_reversed", "15.00 元，原因：没有收到钱。如有疑问请联系支部书记。")
    ]


def test_an_ended_office_registers_nothing_more(world, row):
    world.chen.person.appointments.update(ends_on=datetime.date(2026, 11, 23))

    with pytest.raises(PermissionDenied):
        actions.pay(owed(row).first(), method="CASH", by=fresh(world.chen))


def test_a_missing_base_is_filled_in_on_the_page_and_charged(world, row, client):
    person = make_person(world.first, "无基数")
    client.force_login(world.chen)
    lacking = [one for one in client.get(row.get_absolute_url()).context["page"].lacking if one.person == person]
    assert [(one.why, one.needs_base) for one in lacking] == [("未定基数", True)]

    bare = client.post(reverse("dues_fill", args=[row.pk]), {f"base-{person.pk}": "5000.01"})
    assert bare.context["fill_form"].errors == {"reason": ["请写明基数的依据。"]}
    client.post(reverse("dues_fill", args=[row.pk]), {f"base-{person.pk}": "5000.01", "reason": "人事处核定"})

    assert list(Charge.objects.filter(person=person).values_list("base", "amount")) == [
        (Decimal("5000.01"), Decimal("75.00"))
    ]


def test_a_base_of_somebody_elses_member_cannot_be_filled_in(world, row, client):
    stranger = make_person(world.second)
    client.force_login(world.chen)

    client.post(reverse("dues_fill", args=[row.pk]), {f"base-{stranger.pk}": "1", "reason": "试试"})
    with pytest.raises(StaleState):
        actions.fill_month(row, bases={stranger.pk: Decimal(1)}, reason="试试", by=world.chen)

    assert not stranger.dues_bases.exists()
