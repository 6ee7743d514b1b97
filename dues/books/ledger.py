"""Entries, their receipts, and the requests behind reversals."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min

from core import clock
from dues.books.findings import Finding, Summary, batches, of_charge, without_parents
from dues.models import Entry, Receipt, ReversalRequest

Outcome = ReversalRequest.Outcome
NAMED = 5  # so many missing numbers are named; more are counted


def check_entries(summary: Summary) -> Iterator[Finding]:
    """Each line says what was sealed; a reversal undoes one payment exactly; a sealed payment has its receipt."""
    rows = Entry.objects.select_related("charge__dues_month__organization", "charge__person", "reverses", "receipt")
    first_sealed = Entry.objects.exclude(seal=None).aggregate(first=Min("pk"))["first"]
    for batch in batches(rows):
        asked = ReversalRequest.objects.filter(outcome=Outcome.DONE, entry__reversal__in=batch)
        confirmed = set(asked.values_list("entry__reversal", flat=True))
        again = _reversed_again(batch)
        for entry in batch:
            summary.entries += 1
            summary.received += entry.amount
            summary.reversals += entry.amount < 0
            summary.unsealed += entry.seal is None
            wrong = [*_of_seal(entry, first_sealed)]
            wrong += _of_reversal(entry, confirmed, again) if entry.reverses_id else _of_payment(entry)
            for what in wrong:
                yield of_charge("dues_entry", entry.pk, entry.charge, what)
    yield from without_parents(Entry, summary.entries)


def _reversed_again(batch) -> dict[int, int]:
    """``{entry_id: the first reversal}`` of payments that were taken back more than once."""
    reversed_by = Entry.objects.filter(reverses__in=[one.reverses_id for one in batch if one.reverses_id])
    grouped = reversed_by.order_by().values("reverses").annotate(number=Count("pk"), first=Min("pk"))
    return {pk: first for pk, first in grouped.filter(number__gt=1).values_list("reverses", "first") if pk}


def _of_seal(entry, first_sealed) -> Iterator[str]:
    if entry.seal is not None:
        if not entry.is_as_sealed:
            yield "和登记时的封签对不上，被改过，或不是本系统登记的"
    elif first_sealed is not None and entry.pk > first_sealed:
        yield "没有封签，而在它之前登记的已经加封"


def _of_reversal(entry, confirmed, again) -> Iterator[str]:
    payment = entry.reverses
    if payment is None:
        yield f"冲正的那一笔（{entry.reverses_id}）不在了"
        return
    if payment.charge_id != entry.charge_id:
        yield f"冲正的是另一笔应缴的流水（{payment.pk}）"
    if payment.reverses_id:
        yield f"冲正的不是交纳，而是另一笔冲正（{payment.pk}）"
    if entry.amount != -payment.amount:
        yield f"冲正 {-entry.amount:.2f} 元，原来交纳的是 {payment.amount:.2f} 元（{payment.pk}）"
    if entry.month_paid < payment.month_paid:
        yield f"冲正记在 {entry.month_paid.label}，早于原来交纳的 {payment.month_paid.label}（{payment.pk}）"
    if again.get(payment.pk, entry.pk) != entry.pk:
        yield f"同一笔交纳（{payment.pk}）冲正了不止一次"
    if entry.seal is not None and entry.pk not in confirmed:
        yield "没有经第二人确认的冲正申请"


def _of_payment(entry) -> Iterator[str]:
    if entry.amount <= 0:
        yield f"交纳 {entry.amount:.2f} 元，应是正数"
    if entry.receipt_id is None:
        if entry.seal is not None:
            yield "没有收据"
        return
    receipt = entry.receipt
    if receipt is None:
        yield f"收据（{entry.receipt_id}）不在了"
    elif receipt.person_id != entry.charge.person_id:
        yield f"收据 {receipt} 是另一人的"
    elif receipt.branch_id != entry.charge.dues_month.organization_id:
        yield f"收据 {receipt} 是另一个支部的"


def check_receipts(summary: Summary) -> Iterator[Finding]:
    """The receipts of a branch and year run from one without a gap, and each has its payment."""
    for batch in batches(Receipt.objects.select_related("branch", "person")):
        used = set(Entry.objects.filter(receipt__in=batch, reverses=None).values_list("receipt", flat=True))
        for receipt in batch:
            summary.receipts += 1
            wrong = [] if receipt.pk in used else [f"收据 {receipt} 没有对应的交纳"]
            if clock.day_of(receipt.at).year != receipt.year:
                wrong.append(f"收据 {receipt} 开具于 {clock.day_of(receipt.at)}，不在这一年")
            for what in wrong:
                whose = str(receipt.branch), f"{receipt.year} 年", str(receipt.person)
                yield Finding("dues_receipt", receipt.pk, *whose, what)
    yield from without_parents(Receipt, summary.receipts)
    yield from _gaps()


def _gaps() -> Iterator[Finding]:
    series = Receipt.objects.order_by("branch", "year").values("branch", "branch__short_name", "year")
    broken = series.annotate(number_of=Count("number", distinct=True), last=Max("number")).exclude(number_of=F("last"))
    for branch, name, year, last in broken.values_list("branch", "branch__short_name", "year", "last").iterator():
        there = set(Receipt.objects.filter(branch=branch, year=year).values_list("number", flat=True))
        missing = [number for number in range(1, last + 1) if number not in there]
        named = "、".join(map(str, missing[:NAMED])) + ("等" if len(missing) > NAMED else "")
        what = f"收据号不连续，最后一张 {last} 号，缺 {named} 共 {len(missing)} 张"
        yield Finding("dues_receipt", None, name, f"{year} 年", "", what)


def check_requests(summary: Summary) -> Iterator[Finding]:
    """A request that was answered says by whom and when; a payment is taken back exactly where one was confirmed."""
    rows = ReversalRequest.objects.select_related(
        "entry__charge__dues_month__organization", "entry__charge__person", "entry__reversal"
    )
    for batch in batches(rows):
        for request in batch:
            is_undone = getattr(request.entry, "reversal", None) is not None
            wrong = []
            if request.outcome and not (request.answered_by_id and request.answered_at):
                wrong.append(f"冲正申请{request.get_outcome_display()}，没有办理人或办理时间")
            if request.outcome == Outcome.DONE and not is_undone:
                wrong.append("冲正申请已确认，流水里没有这笔冲正")
            if not request.outcome and is_undone:
                wrong.append("冲正申请还在等确认，流水里已经冲正")
            if not request.outcome and (request.answered_by_id or request.answered_at):
                wrong.append("冲正申请没有结果，却有办理人或办理时间")
            for what in wrong:
                yield of_charge("dues_reversalrequest", request.pk, request.entry.charge, what)
