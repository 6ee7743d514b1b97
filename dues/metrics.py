"""Indicators of dues, each over all branches at once: one grouped query, then a dictionary.

Both look at the end of the month owed: what is paid, reversed or signed later changes no past figure of payment.
"""

from collections import defaultdict

from django.db.models import Count, F, Q

from core import clock
from core.contributions import Evidence, Figure, Metric
from core.periods import Month
from dues.models import Charge, Deferral, DuesMonth

NOBODY = "本月没有应缴党费的党员"
IN_TIME = Q(paid_by_end__gte=F("amount"))


def _counts(branches, month):
    """``{organization_id: (members with a charge, of them paid in full by the end of the month)}``."""
    charges = Charge.objects.filter(month=month, dues_month__organization__in=branches).with_state().order_by()
    rows = charges.values("dues_month__organization").annotate(owed=Count("pk"), paid=Count("pk", filter=IN_TIME))
    return {pk: (owed, paid) for pk, owed, paid in rows.values_list("dues_month__organization", "owed", "paid")}


def _months(branches, month):
    return {row.organization_id: row for row in DuesMonth.objects.for_month(month).of(branches)}


def _verified_in_time(row):
    return row.status == DuesMonth.Status.VERIFIED and clock.day_of(row.verified_at) <= row.month.last


def verified(branches, month: Month):
    """1／1 for a branch that signed its dues off within the month."""
    counts, months = _counts(branches, month), _months(branches, month)
    return {
        pk: Figure(int(_verified_in_time(months[pk])), 1) if pk in counts else Figure(0, 0, NOBODY)
        for pk in branches.values_list("pk", flat=True)
    }


def verified_evidence(branches, month: Month):
    counts = _counts(branches, month)
    for pk, row in _months(branches, month).items():
        if pk in counts:
            when = f"{clock.day_of(row.verified_at)} 查验签认" if row.verified_at else "未查验签认"
            value = f"{when}（截止 {month.last}）"
            yield Evidence(pk, f"{month.label}党费", value, _verified_in_time(row), row.get_absolute_url())


def paid(branches, month: Month):
    """Members paid in full by the end of the month, of those with a charge; who was put off counts as not paid."""
    counts = _counts(branches, month)
    found = {pk: Figure(done, owed) for pk, (owed, done) in counts.items()}
    return {pk: found.get(pk, Figure(0, 0, NOBODY)) for pk in branches.values_list("pk", flat=True)}


def paid_evidence(branches, month: Month):
    """A summary a branch, then each member who was not paid in full by the end of the month, with the reason known."""
    counts, months = _counts(branches, month), _months(branches, month)
    missing = defaultdict(list)
    charges = Charge.objects.filter(month=month, dues_month__organization__in=branches).with_state().exclude(IN_TIME)
    for charge in charges.select_related("person", "dues_month"):
        missing[charge.dues_month.organization_id].append(charge)
    reasons = _reasons(missing)
    for pk, (owed, done) in counts.items():
        url = months[pk].get_absolute_url()
        yield Evidence(pk, "合计", f"应缴 {owed} 人，月底前交清 {done} 人", True, url)
        for charge in missing[pk]:
            yield Evidence(pk, charge.person.name, _why(charge, reasons.get(charge.pk)), False, url)


def _reasons(missing):
    ids = [charge.pk for charges in missing.values() for charge in charges]
    return dict(Deferral.objects.filter(charge__in=ids).order_by("pk").values_list("charge", "reason"))


def _why(charge, reason):
    later = "，之后已补交" if charge.state == Charge.State.PAID_LATER else ""
    return f"缓交：{reason}{later}" if reason else f"月底未登记{later}"


METRICS = [
    Metric(
        "dues_verified", "党费按月查验", "次", "当月月底前查验签认的党费月份", "有应缴党费的月份（每月 1 次）",
        NOBODY, verified, verified_evidence,
    ),
    Metric(
        "dues_paid", "党费交纳", "人", "当月月底前交清的党员", "当月有应缴的党员（缓交的计入）",
        NOBODY, paid, paid_evidence,
    ),
]  # fmt: skip
