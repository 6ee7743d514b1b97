"""Every payment gives a receipt, numbered from 1 without gaps within its branch and year.

Li and Chen keep the dues of First Branch; Zheng is a member there with an account. Zhao leads Second next door.
"""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.audit import AuditEntry
from core.clock import at
from dues import actions
from dues.models import Entry, Receipt
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.dues_builders import bring_on, choices, make_dues
from tests.dues_builders import reverse as take_back


@pytest.fixture
def go_to(monday):
    return lambda day: monday.move_to(at(day, 10))


def numbers(branch, year=2026):
    return list(Receipt.objects.filter(branch=branch, year=year).order_by("number").values_list("number", flat=True))


def consecutive(count):
    return list(range(1, count + 1))


def owing(row):
    return row.charges.filter(amount__gt=0).order_by("pk")


def test_numbers_run_on_across_months_and_acts(world):
    october = make_dues(world.first, OCTOBER, members=2, verified=world.li, put_off=["学生0"])
    paid = owing(october).count() - 1
    assert numbers(world.first) == consecutive(paid)

    later = actions.pay(owing(october).get(person__name="学生0"), method="CASH", by=world.chen)
    assert (later.receipt.number, str(later.receipt)) == (paid + 1, f"2026-{paid + 1:04d}")

    november = make_dues(world.first, members=0, verified=world.li)
    assert numbers(world.first) == consecutive(paid + 1 + owing(november).count())
    assert Entry.objects.filter(receipt=None).count() == 0


def test_each_branch_and_each_year_begin_at_one(world, go_to):
    row = make_dues(world.first, verified=world.li, put_off=["学生0"])
    make_dues(world.second, members=1, verified=world.zhao)
    number = len(numbers(world.first))
    assert numbers(world.second) == consecutive(owing(row.__class__.objects.get(organization=world.second)).count())

    go_to(datetime.date(2027, 1, 4))
    entry = actions.pay(owing(row).get(person__name="学生0"), method="CASH", by=world.li)

    assert (str(entry.receipt), len(numbers(world.first))) == ("2027-0001", number)


def test_what_is_rolled_back_leaves_no_gap(world):
    row = make_dues(world.first)
    with pytest.raises(PermissionDenied):  # Chen signs, and may not hand in: the whole act is undone
        actions.verify_and_submit(row, choices=choices(row), by=world.chen)
    assert numbers(world.first) == []

    first, second, *_ = owing(row)
    actions.pay(first, method="CASH", by=world.li)
    with pytest.raises(PermissionDenied):
        actions.pay(second, method="CASH", by=world.zhao)
    bring_on(row, verified=world.li)
    assert numbers(world.first) == consecutive(owing(row).count())


def test_what_was_taken_back_keeps_its_number_and_the_next_payment_has_another(world):
    row = make_dues(world.first, verified=world.li)
    entry = Entry.objects.get(charge__person__name="学生0")
    negative = take_back(entry, reason="记错人", by=world.li)
    again = actions.pay(owing(row).get(person__name="学生0"), method="CASH", by=world.li)

    assert (negative.receipt, again.receipt.number) == (None, owing(row).count() + 1)
    marked = {row.number for row in Receipt.objects.with_amount() if row.taken_back}
    assert marked == {entry.receipt.number}


# who sees a receipt, and what it says


@pytest.fixture
def receipt(world):
    """Zheng's receipt of 15.00, among those of everybody else."""
    make_dues(world.first, verified=world.li)
    make_dues(world.second, members=1, verified=world.zhao)
    return Receipt.objects.get(person__user=world.zheng)


def test_a_member_sees_their_own_receipt_and_nobody_elses(world, receipt, client):
    client.force_login(world.zheng)
    seen = {row.pk for row in Receipt.objects.all() if client.get(row.get_absolute_url()).status_code == 200}
    page = reverse("person_timeline", args=[world.zheng.person.pk])
    assert seen == {receipt.pk}
    assert f'href="{receipt.get_absolute_url()}"' in client.get(page).content.decode()


def test_a_branch_sees_its_own_and_who_stands_above_all_below(world, receipt, client):
    seen = {}
    for name in ("li", "chen", "xu", "zhao", "wang", "sun", "zhou", "he"):
        client.force_login(getattr(world, name))
        seen[name] = client.get(receipt.get_absolute_url()).status_code
    assert seen == {
        "li": 200, "chen": 200, "xu": 404, "zhao": 404, "wang": 200, "sun": 404, "zhou": 200, "he": 200,
    }  # fmt: skip


def test_a_receipt_reads_like_one(world, receipt, client):
    client.force_login(world.zheng)
    shown = client.get(receipt.get_absolute_url()).content.decode()
    for words in (
        "党费收据", "文学院第一党支部", f"第 {receipt} 号", "郑党员", "<td>2026 年 11 月 23 日</td>",
        "2026 年 11 月党费 15.00 元（现场）", "人民币壹拾伍元整", "￥15.00", "李书记",
    ):  # fmt: skip
        assert words in shown, words
    assert "冲正" not in shown

    take_back(receipt.entries.get(), reason="记错人", by=world.chen)
    shown = client.get(receipt.get_absolute_url()).content.decode()
    assert "2026 年 11 月 23 日冲正 15.00 元：记错人" in shown


def found(client, **asked):
    return {row.person.name for row, _ in client.get(reverse("dues_receipts"), asked).context["lines"]}


def test_receipts_are_found_by_name_by_the_registers_number_and_by_their_own(world, receipt, client):
    client.force_login(world.li)
    everybody = {row.person.name for row in Receipt.objects.filter(branch=world.first)}
    assert found(client, year=2026) == everybody
    assert found(client, q="郑党") == {"郑党员"}
    assert found(client, q=receipt.person.staff_number.lower()) == {"郑党员"}
    assert found(client, q=str(receipt)) == {"郑党员"}
    assert "郑党员" in found(client, q=str(receipt.number))  # names that hold the digit are found too
    assert found(client, q="查无此人") == found(client, year=2025) == set()
    client.force_login(world.zhou)
    assert found(client, branch=world.second.pk) == {
        row.person.name for row in Receipt.objects.filter(branch=world.second)
    }


def test_the_list_goes_out_with_numbers_that_are_numbers(world, receipt, client):
    take_back(receipt.entries.get(), reason="记错人", by=world.chen)
    client.force_login(world.li)
    answer = client.get(reverse("dues_receipts_export"), {"year": 2026, "q": "郑党"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    head = next(number for number, line in enumerate(sheet) if "收据号" in line)
    line = dict(zip(sheet[head], sheet[head + 1], strict=True))
    total = dict(zip(sheet[head], sheet[head + 2], strict=True))
    assert (line["收据号"], line["姓名"], line["月份"]) == (str(receipt), "郑党员", "2026 年 11 月")
    assert (line["金额（元）"], line["已冲正（元）"], total["姓名"], total["金额（元）"]) == (15.0, 15.0, "1 张", 15.0)
    last = AuditEntry.objects.latest("pk")
    assert (last.event, "郑党" in str(last.data)) == ("dues.exported", True)


def test_who_paid_nothing_has_no_receipt(world):
    """A charge of nothing is settled from the start."""
    person = make_person(world.first, "零元")
    actions.set_bases({person.pk: Decimal(0)}, NOVEMBER, "核定", None)
    make_dues(world.first, verified=world.li)
    assert not Receipt.objects.filter(person=person).exists()
