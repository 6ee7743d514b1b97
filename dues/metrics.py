"""Indicators of dues, each over all branches at once: one grouped query, then a dictionary.

Payment is looked at as it stood at the end of the month owed: what is paid or reversed later changes no past figure.
A month signed again keeps the day of its first signature. Members who owe and have no charge count as not paid.
Whether a branch owes at all is what its duty says.
"""

from collections import defaultdict

from django.db.models import Count, F, Q

from core import clock
from core.contributions import Evidence, Figure, Metric
from core.periods import Month
from dues.duties import NOT_OPENED, why_not_owed
from dues.models import Charge, Deferral, DuesMonth
from dues.owing import without_charge

NOT_APPLICABLE = "没有应缴党费的党员，或当月还没有开账"
IN_TIME = Q(paid_by_end__gte=F("amount"))


def _counts(branches, month):
    """``{organization_id: (members with a charge, of them paid in full by the end of the month)}``."""
    charges = Charge.objects.filter(month=month, dues_month__organization__in=branches).with_state().order_by()
    rows = charges.values("dues_month__organization").annotate(owed=Count("pk"), paid=Count("pk", filter=IN_TIME))
    return {pk: (owed, paid) for pk, owed, paid in rows.values_list("dues_month__organization", "owed", "paid")}


def _months(branches, month):
    rows = DuesMonth.objects.for_month(month).of(branches).with_open_counts()
    return {row.organization_id: row for row in rows}


def _figures(branches, months, figure):
    """``figure(row)`` of each branch that owes; for the others why they do not, as their duties say it."""
    found = {}
    for pk in branches.values_list("pk", flat=True):
        row = months.get(pk)
        why = why_not_owed(row) if row else NOT_OPENED
        found[pk] = Figure(0, 0, why) if why else figure(row)
    return found


def verified(branches, month: Month):
    """1／1 for a branch that signed its dues off within the month."""
    return _figures(branches, _months(branches, month), lambda row: Figure(int(row.is_verified_in_time), 1))


def verified_evidence(branches, month: Month):
    for pk, row in _months(branches, month).items():
        if not why_not_owed(row):
            value = f"{_when_verified(row)}（截止 {month.last}）"
            yield Evidence(pk, f"{month.label}党费", value, row.is_verified_in_time, row.get_absolute_url())


def _when_verified(row):
    if row.first_verified_at is None:
        return "未查验签认" + (f"，{row.lacking} 人还没有应缴" if row.lacking else "")
    first = f"{clock.day_of(row.first_verified_at)} 查验签认"
    if row.status == DuesMonth.Status.OPEN:
        return f"{first}，之后退回待查验，还没有重新签认"
    return f"{first}，{clock.day_of(row.verified_at)} 更正后重新签认" if row.is_signed_again else first


def paid(branches, month: Month):
    """Members paid in full by the end of the month, of those who owe; who was put off counts as not paid."""
    counts = _counts(branches, month)

    def figure(row):
        charged, done = counts.get(row.organization_id, (0, 0))
        return Figure(done, charged + row.lacking)

    return _figures(branches, _months(branches, month), figure)


def paid_evidence(branches, month: Month):
    """A summary a branch, then each member who was not paid in full by the end of the month, with the reason known."""
    counts, months = _counts(branches, month), _months(branches, month)
    missing, uncharged = defaultdict(list), _uncharged(months, month)
    charges = Charge.objects.filter(month=month, dues_month__organization__in=branches).with_state().exclude(IN_TIME)
    for charge in charges.select_related("person", "dues_month"):
        missing[charge.dues_month.organization_id].append(charge)
    reasons = _reasons(missing)
    for pk, row in months.items():
        if why_not_owed(row):
            continue
        (charged, done), url = counts.get(pk, (0, 0)), row.get_absolute_url()
        yield Evidence(pk, "合计", f"应缴 {charged + row.lacking} 人，月底前交清 {done} 人", True, url)
        for charge in missing[pk]:
            yield Evidence(pk, charge.person.name, _why(charge, reasons.get(charge.pk)), False, url)
        for person in uncharged[pk]:
            yield Evidence(pk, person.name, "还没有应缴：补出应缴后才能登记", False, url)


def _uncharged(months, month):
    """The members behind ``lacking``, by branch."""
    found = defaultdict(list)
    for person in without_charge(month, [pk for pk, row in months.items() if row.lacking]):
        found[person.home].append(person)
    return found


def _reasons(missing):
    ids = [charge.pk for charges in missing.values() for charge in charges]
    return dict(Deferral.objects.filter(charge__in=ids).order_by("pk").values_list("charge", "reason"))


def _why(charge, reason):
    later = "，之后已补交" if charge.state == Charge.State.PAID_LATER else ""
    return f"缓交：{reason}{later}" if reason else f"月底未登记{later}"


METRICS = [
    Metric(
        "dues_verified", "党费按月查验", "次", "当月月底前首次查验签认、现在没有退回待查验的党费月份",
        "有应缴党费的月份（每月 1 次）", NOT_APPLICABLE, verified, verified_evidence,
    ),
    Metric(
        "dues_paid", "党费交纳", "人", "当月月底前交清的党员", "当月应缴的党员（缓交的、还没有补出应缴的都计入）",
        NOT_APPLICABLE, paid, paid_evidence,
    ),
]  # fmt: skip
