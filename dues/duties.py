"""What a branch owes of dues each month: verified, and handed in, by its last day. Computed, never stored."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from activities.duties import lifespans
from core import clock
from core.contributions import Duty, DutySource, Scope
from dues.models import Charge, DuesMonth

NOBODY = "本月没有应缴党费的党员"
NOT_OPENED = "还没有开账"
NOT_VERIFIED = "还没有查验签认"
HAND_IN = "dues_hand_in"
NAMED = 3  # so many members are named; more are counted


def rows(scope: Scope) -> Iterable[Duty]:
    """One duty a branch and month, in a fixed number of queries for any number of branches."""
    months = DuesMonth.objects.filter(month__in=scope.months).of(scope.branches).with_open_counts().order_by()
    opened = {(row.organization_id, row.month): row for row in months}
    names = _names([row.pk for row in opened.values() if 0 < (row.unpaid or 0) <= NAMED])
    for month in scope.months:
        for pk, _, _ in scope.once(lifespans):
            yield _duty(pk, month, opened.get((pk, month)), names)
            yield _hand_in(pk, month, opened.get((pk, month)))


def _names(dues_months):
    names = defaultdict(list)
    unpaid = Charge.objects.filter(dues_month__in=dues_months).with_state().filter(state=Charge.State.UNPAID)
    for pk, name in unpaid.values_list("dues_month", "person__name"):
        names[pk].append(name)
    return names


def _duty(organization_id, month, row, names) -> Duty:
    """查验党费, by the last day of the month; not owed before the month is opened or where nobody owes dues.

    A month signed again was done on the day of the first signature; while it is open again, it is to be done.
    """
    verified = row is not None and row.status != DuesMonth.Status.OPEN
    why = why_not_owed(row) if row else ""
    return Duty(
        kind="dues", organization_id=organization_id, month=month, due_on=month.last, not_owed=why,
        not_yet="" if row else NOT_OPENED,
        title=f"查验 {month.number} 月党费", done_on=clock.day_of(row.first_verified_at) if verified else None,
        url=row.get_absolute_url() if row else f"{reverse('dues')}?month={month}",
        detail=_detail(row, names.get(row.pk)) if row and not (verified or why) else "", act="去查验",
    )  # fmt: skip


def _hand_in(organization_id, month, row) -> Duty:
    """上报, by the last day of the month, once it is verified; handed in again, it was done on the first day of it."""
    done = row is not None and row.is_handed_in
    why = why_not_owed(row) if row else ""
    return Duty(
        kind=HAND_IN, organization_id=organization_id, month=month, due_on=month.last, not_owed=why,
        not_yet=NOT_OPENED if row is None else NOT_VERIFIED if row.status == DuesMonth.Status.OPEN else "",
        title=f"上报 {month.number} 月党费", done_on=clock.day_of(row.first_submitted_at) if done else None,
        url=row.get_absolute_url() if row else f"{reverse('dues')}?month={month}", act="去上报",
        detail="" if done or why or row is None else "已查验签认，由书记或副书记上报。",
    )  # fmt: skip


def why_not_owed(row) -> str:
    """Why an opened month (with its open counts) need not be verified; empty when it must."""
    return "" if row.charged or row.lacking else NOBODY


def _detail(row, names):
    who = f"：{'、'.join(names)}" if names else ""
    parts = [f"{row.lacking} 人还没有应缴，先补出应缴"] if row.lacking else []
    parts += [f"{row.unpaid} 人未登记{who}"] if row.unpaid else []
    return "；".join(parts) + "。" if parts else "每人都已登记，签认即可。"


SOURCES = [DutySource("dues", "党费查验", rows, also={HAND_IN: "党费上报"})]
