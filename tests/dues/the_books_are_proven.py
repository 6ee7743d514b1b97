"""``check_ledger`` finds nothing in sound books, and names each row that somebody altered behind the system's back.

The triggers that keep the ledger are lifted first, as only who owns the database can.
"""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.periods import Month
from dues import actions
from dues.actions import Choice
from dues.books import Summary, findings
from dues.models import Charge, Deferral, DuesMonth, Entry, Receipt, ReversalRequest
from dues.reports import sums
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.dues_builders import reverse as take_back


@pytest.fixture
def books(world, monday):
    """October of First Branch went up with one member put off, who paid in November; one payment was taken back."""
    for branch in (world.first, world.second, world.direct, world.other):
        bases = {person.pk: Decimal(0) for person in branch.people.all()}
        bases |= {make_person(branch).pk: Decimal(amount) for amount in (3000, 5000, 9640)}
        actions.set_bases(bases, Month(2026, 1), "核定", None)
    monday.move_to(clock.at(datetime.date(2026, 10, 12), 10))
    actions.open_month(OCTOBER)
    row = month(world.first, OCTOBER)
    choices = {one.pk: Choice("DEFER", "出差") if one.amount == 15 else Choice() for one in row.charges.all()}
    actions.verify_and_submit(row, choices=choices, by=world.li)
    actions.forward_months(DuesMonth.objects.filter(pk=row.pk), by=world.wang)
    second = month(world.second, OCTOBER)
    choices = {one.pk: Choice("DEFER", "出差") if one.amount == 15 else Choice() for one in second.charges.all()}
    actions.verify_month(second, choices=choices, by=world.zhao)
    monday.move_to(clock.at(datetime.date(2026, 11, 10), 10))
    actions.open_month(NOVEMBER)
    actions.settle_months(DuesMonth.objects.filter(pk=row.pk), by=world.zhou)
    actions.pay(row.charges.get(amount=15), method="CASH", by=world.li)
    take_back(row.charges.get(amount=50).entries.get(), reason="记错人", by=world.li)
    actions.ask_reversal(row.charges.get(amount=Decimal("144.60")).entries.get(), reason="记错人", by=world.li)
    return row


def month(branch, of):
    return DuesMonth.objects.get(organization=branch, month=of)


def found():
    return list(findings(Summary()))


def alter(statement, *values):
    """Change rows by hand, without the triggers that refuse it. There must be a row to change."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'dues%%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def test_sound_books_give_no_finding_and_their_sums(books):
    summary = Summary()

    assert list(findings(summary)) == []

    assert summary.months == DuesMonth.objects.count() == 8
    assert summary.charges == Charge.objects.count()
    assert summary.owed == sum(Charge.objects.values_list("amount", flat=True))
    assert (summary.entries, summary.reversals) == (Entry.objects.count(), 1)
    assert summary.received == sum(Entry.objects.values_list("amount", flat=True)) == Decimal("354.20")
    assert (summary.receipts, summary.statements, summary.unsealed) == (5, 3, 0)


def payment(books, amount="144.60"):
    return Entry.objects.get(charge__dues_month=books, amount=amount)


def deferred(books):
    return books.charges.get(amount=15)


def put_off(books):
    return Charge.objects.with_state().get(state="DEFERRED")


# what is done to the books → (the row that is named, a part of what is said of it)
TAMPERED = {
    "an amount": lambda books: (
        ("UPDATE dues_entry SET amount = 100 WHERE id = %s", payment(books).pk),
        payment(books), "和登记时的封签对不上",
    ),
    "more than is owed": lambda books: (
        ("UPDATE dues_entry SET amount = 200 WHERE id = %s", payment(books).pk),
        payment(books).charge, "应缴 144.60 元，流水里共交 200.00 元",
    ),
    "a month": lambda books: (
        ("UPDATE dues_entry SET month_paid = '2026-11-01' WHERE id = %s", payment(books).pk),
        books, "上报时（签认单",
    ),
    "a seal taken away": lambda books: (
        ("UPDATE dues_entry SET seal = NULL WHERE id = %s", Entry.objects.latest("pk").pk),
        Entry.objects.latest("pk"), "没有封签，而在它之前登记的已经加封",
    ),
    "a reversal of less": lambda books: (
        ("UPDATE dues_entry SET amount = -40 WHERE id = %s", payment(books, "-50").pk),
        payment(books, "-50"), "冲正 40.00 元，原来交纳的是 50.00 元",
    ),
    "a reversal of another charge": lambda books: (
        ("UPDATE dues_entry SET charge_id = %s WHERE amount = -50", deferred(books).pk),
        payment(books, "-50"), "冲正的是另一笔应缴的流水",
    ),
    "a reversal before its payment": lambda books: (
        ("UPDATE dues_entry SET month_paid = '2026-09-01' WHERE amount = -50",),
        payment(books, "-50"), "早于原来交纳的",
    ),
    "a reversal deleted": lambda books: (
        ("DELETE FROM dues_entry WHERE amount = -50",),
        ReversalRequest.objects.get(outcome="DONE"), "冲正申请已确认，流水里没有这笔冲正",
    ),
    "a reversal that nobody confirmed": lambda books: (
        ("UPDATE dues_reversalrequest SET outcome = 'DECLINED' WHERE outcome = 'DONE'",),
        payment(books, "-50"), "没有经第二人确认的冲正申请",
    ),
    "an answer without a name": lambda books: (
        ("UPDATE dues_reversalrequest SET answered_by_id = NULL WHERE outcome = 'DONE'",),
        ReversalRequest.objects.get(outcome="DONE"), "没有办理人或办理时间",
    ),
    "a payment without its receipt": lambda books: (
        ("UPDATE dues_entry SET receipt_id = NULL WHERE id = %s", payment(books).pk),
        payment(books), "没有收据",
    ),
    "a receipt of somebody else": lambda books: (
        ("UPDATE dues_entry SET receipt_id = %s WHERE id = %s", payment(books, 15).receipt_id, payment(books).pk),
        payment(books), "是另一人的",
    ),
    "a receipt of another branch": lambda books: (
        (
            "UPDATE dues_receipt SET branch_id = %s, number = 50 WHERE id = %s",
            books.organization.parent.children.last().pk, payment(books).receipt_id,
        ),
        payment(books), "是另一个支部的",
    ),
    "a receipt of another year": lambda books: (
        ("UPDATE dues_receipt SET year = 2025 WHERE id = %s", payment(books).receipt_id),
        payment(books).receipt, "不在这一年",
    ),
    "a payment deleted": lambda books: (
        ("DELETE FROM dues_entry WHERE id = %s", payment(books, 15).pk),
        payment(books, 15).receipt, "没有对应的交纳",
    ),
    "an owed amount": lambda books: (
        ("UPDATE dues_charge SET amount = 20 WHERE id = %s", deferred(books).pk),
        deferred(books), "应缴 20.00 元（0.5%），按标准是 15.00 元（0.5%）",
    ),
    "a base": lambda books: (
        ("UPDATE dues_charge SET base = 9000 WHERE id = %s", deferred(books).pk),
        deferred(books), "按标准是 135.00 元（1.5%）",
    ),
    "the month of a charge": lambda books: (
        ("UPDATE dues_charge SET month = '2026-09-01' WHERE id = %s", deferred(books).pk),
        deferred(books), "记在 2026 年 10 月的党费月份",
    ),
    "a statement": lambda books: (
        ("UPDATE dues_statement SET paid = paid + 1 WHERE act = 'SUBMITTED'",),
        books, "本月实缴是 195.60 元",
    ),
    "a statement deleted": lambda books: (
        ("DELETE FROM dues_statement WHERE act = 'SUBMITTED'",),
        books, "已结清，没有上报时的签认单",
    ),
    "a deferral that runs on": lambda books: (
        ("UPDATE dues_deferral SET lifted_at = NULL WHERE charge_id = %s", deferred(books).pk),
        Deferral.objects.get(charge=deferred(books)), "已经交清，缓交没有解除",
    ),
    "a deferral deleted": lambda books: (
        ("DELETE FROM dues_deferral WHERE charge_id = %s", put_off(books).pk),
        put_off(books).dues_month, "已查验，还有 1 人既没有交纳，也没有缓交",
    ),
    "a state without its stamp": lambda books: (
        ("UPDATE dues_duesmonth SET settled_by_id = NULL WHERE status = 'SETTLED'",),
        books, "已结清，结清人和结清时间不符",
    ),
    "a stamp without its state": lambda books: (
        ("UPDATE dues_duesmonth SET status = 'OPEN' WHERE id = %s", books.pk),
        books, "待查验，却有查验人或查验时间",
    ),
    "a month that nobody handed in": lambda books: (
        ("UPDATE dues_duesmonth SET submitted_by_id = NULL WHERE id = %s", books.pk),
        books, "没有上报人或上报时间",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_altered_is_named_with_its_row(books, what):
    statement, row, said = TAMPERED[what](books)
    alter(*statement)

    named = [one for one in found() if (one.table, one.pk) == (row._meta.db_table, row.pk)]

    assert [one for one in named if said in one.what] != []


def test_a_line_is_named_with_branch_month_and_person(books):
    entry = payment(books)
    alter("UPDATE dues_entry SET note = '改' WHERE id = %s", entry.pk)

    (finding,) = found()

    whose = f"{books.organization}，2026 年 10 月，{entry.charge.person}"
    assert str(finding) == f"dues_entry {entry.pk}（{whose}）：和登记时的封签对不上，被改过，或不是本系统登记的"


def test_a_charge_that_is_gone_is_missed_by_what_went_up(books):
    charge = books.charges.filter(amount=0).first()
    alter("DELETE FROM dues_charge WHERE id = %s", charge.pk)

    of_owed, of_paid = found()

    assert of_owed.pk == of_paid.pk == books.pk
    assert ("应缴是 209.60 元" in of_owed.what, "本月实缴是 194.60 元" in of_paid.what) == (True, True)


def test_a_charge_that_was_added_since_is_named(books):
    person = make_person(books.organization, category="STUDENT")
    Charge.objects.create(
        dues_month=books, person=person, month=OCTOBER, rate="0.20 元", amount=Decimal("0.20"), category="STUDENT",
        standing="FULL",
    )  # fmt: skip

    (finding,) = found()

    assert (finding.table, finding.pk) == ("dues_duesmonth", books.pk)


def test_a_payment_that_is_slipped_in_has_neither_seal_nor_request(books, world):
    entry = payment(books)
    fields = {"charge": entry.charge, "method": "CASH", "month_paid": NOVEMBER, "by": world.li}
    negative = Entry.objects.create(
        amount=-entry.amount, key="x", note="x", reverses=entry, second=world.zhou, seal="x" * 43, **fields
    )
    again = Entry.objects.create(amount=entry.amount, key="y", **fields)

    said = {(one.pk, one.what[:8]) for one in found() if one.table == "dues_entry"}

    assert said == {
        (negative.pk, "和登记时的封签对"),
        (negative.pk, "没有经第二人确认"),
        (again.pk, "没有封签，而在它"),
    }


def test_a_receipt_that_is_gone_leaves_a_gap(books):
    first = Receipt.objects.filter(branch=books.organization).order_by("number").first()
    entry = first.entries.get()
    alter("UPDATE dues_entry SET receipt_id = NULL WHERE id = %s", entry.pk)
    alter("DELETE FROM dues_receipt WHERE id = %s", first.pk)

    (gap,) = [one for one in found() if one.table == "dues_receipt"]

    assert (gap.branch, gap.month) == (str(books.organization), "2026 年")
    assert gap.what == "收据号不连续，最后一张 3 号，缺 1 共 1 张"


def test_lines_of_before_there_were_seals_are_counted_apart(world, books):
    alter("UPDATE dues_entry SET seal = NULL, receipt_id = NULL")
    alter("DELETE FROM dues_receipt")
    summary = Summary()

    assert list(findings(summary)) == []
    assert summary.unsealed == summary.entries > 0
    assert f"旧流水 {summary.entries} 笔，没有封签可核对" in str(summary)


def test_money_that_no_page_shows_is_named(books, world, monday):
    """A branch without a dues month, as when it was closed before the payment was taken back."""
    entry = Entry.objects.filter(charge__dues_month__organization=world.second).latest("pk")
    negative = take_back(entry, reason="记错", by=world.zhao, second=world.zhou)
    row = month(world.second, NOVEMBER)
    monday.move_to(clock.at(datetime.date(2026, 12, 10), 10))
    assert found() == []
    alter("DELETE FROM dues_charge WHERE dues_month_id = %s", row.pk)
    alter("DELETE FROM dues_duesmonth WHERE id = %s", row.pk)

    (finding,) = found()

    assert (finding.table, finding.pk) == ("dues_entry", negative.pk)
    assert "支部没有这个月的党费月份" in finding.what


def test_a_figure_that_the_pages_count_otherwise_is_named(books, monkeypatch):
    """The pages' own sums are compared with the rows, for a branch, a general branch and in all."""
    as_it_is = sums.summed
    monkeypatch.setattr(
        sums, "summed", lambda charges, arrears: as_it_is(charges, sums.Part(-arrears.money, arrears.count))
    )

    said = {(one.pk, one.branch, one.what) for one in found()}

    november = month(books.organization, NOVEMBER)
    wrong = "往月补缴是 35.00 元 2 人，按流水是 -35.00 元 2 人"
    assert said == {
        (november.pk, str(books.organization), f"月表和总表上的{wrong}"),
        (None, "文学院党总支各支部", f"合计的{wrong}"),
        (None, "全部支部", f"合计的{wrong}"),
    }


def test_the_command_says_so_and_ends_with_its_code(books):
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "收据 5 张" in out.getvalue()
    assert "账是对的" in out.getvalue()
    alter("UPDATE dues_entry SET note = '改' WHERE id = %s", payment(books).pk)

    with pytest.raises(CommandError, match="账有 1 处不对") as error:
        call_command("check_ledger", stdout=out)

    assert error.value.returncode == 1
    assert f"dues_entry {payment(books).pk}（" in out.getvalue()


def test_more_rows_cost_no_more_queries(books, world):
    with CaptureQueriesContext(connection) as before:
        found()
    people = [make_person(world.first) for _ in range(5)]
    actions.set_bases({one.pk: Decimal(3000) for one in people}, NOVEMBER, "核定", None)
    actions.open_month(NOVEMBER)
    for charge in Charge.objects.filter(person__in=people):
        take_back(actions.pay(charge, method="CASH", by=world.li), reason="记错人", by=world.li)

    with CaptureQueriesContext(connection) as after:
        found()

    assert len(after) == len(before)
