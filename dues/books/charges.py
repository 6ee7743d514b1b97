"""Charges: what the rates of their month give, paid neither beyond nor below it, put off only while unpaid."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from core.periods import Month
from dues import rates
from dues.books.findings import Finding, Summary, batches, of_charge, without_parents
from dues.models import Charge, Deferral, Entry, RatePolicy

ZERO = Decimal("0.00")


def check_charges(summary: Summary) -> Iterator[Finding]:
    policies = list(RatePolicy.objects.prefetch_related("brackets").order_by("-effective_from"))
    for batch in batches(Charge.objects.select_related("dues_month__organization", "person")):
        entries = Entry.objects.filter(charge__in=batch).order_by().values("charge")
        paid = dict(entries.annotate(money=Sum("amount")).values_list("charge", "money"))
        running = Deferral.objects.filter(charge__in=batch, lifted_at=None)
        put_off = dict(running.values_list("charge", "pk"))
        for charge in batch:
            summary.charges += 1
            summary.owed += charge.amount
            for what in (*_of_rate(charge, policies), *_of_month(charge), *_of_money(charge, paid)):
                yield of_charge("dues_charge", charge.pk, charge, what)
            if charge.pk in put_off and paid.get(charge.pk, ZERO) >= charge.amount:
                yield of_charge("dues_deferral", put_off[charge.pk], charge, "已经交清，缓交没有解除")
    yield from without_parents(Charge, summary.charges)


def _of_rate(charge, policies) -> Iterator[str]:
    policy = policy_of(policies, charge.month)
    if policy is None:
        yield f"{charge.month.label}没有生效的党费标准"
        return
    try:
        due = rates.due(policy.bands, charge.category, charge.base, Decimal(policy.rounding))
    except (rates.NotChargeable, ValueError) as error:
        yield f"按 {policy}的标准算不出应缴：{error}"
        return
    if (due.amount, due.rate, due.base) != (charge.amount, charge.rate, charge.base):
        base = "无基数" if charge.base is None else f"基数 {charge.base:.2f} 元"
        yield f"{base}，应缴 {charge.amount:.2f} 元（{charge.rate}），按标准是 {due.amount:.2f} 元（{due.rate}）"


def policy_of(policies, month: Month) -> RatePolicy | None:
    """The policy in force in a month, of all policies, the latest first."""
    return next((one for one in policies if one.effective_from <= month), None)


def _of_month(charge) -> Iterator[str]:
    if charge.month != charge.dues_month.month:
        yield f"记在 {charge.dues_month.month.label}的党费月份（{charge.dues_month_id}）里"
    if not charge.dues_month.organization.is_branch:
        yield f"记在{charge.dues_month.organization}，不是党支部"


def _of_money(charge, paid) -> Iterator[str]:
    money = paid.get(charge.pk, ZERO)
    if not 0 <= money <= charge.amount:
        yield f"应缴 {charge.amount:.2f} 元，流水里共交 {money:.2f} 元"
