"""What a branch owes of dues each month: that they are verified by its last day. Computed, never stored."""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse

from activities.duties import lifespans
from core import clock
from core.contributions import Duty, DutySource, Scope
from dues.models import Charge, DuesMonth

NAMED = 3  # so many members are named; more are counted


def rows(scope: Scope) -> Iterable[Duty]:
    """One duty a branch and month, in a fixed number of queries for any number of branches."""
    months = DuesMonth.objects.filter(month__in=scope.months).of(scope.branches).with_open_counts()
    opened = {(row.organization_id, row.month): row for row in months}
    names = _names([row.pk for row in opened.values() if 0 < (row.unpaid or 0) <= NAMED])
    for month in scope.months:
        for pk, _, _ in scope.once(lifespans):
            yield _duty(pk, month, opened.get((pk, month)), names)


def _names(dues_months):
    names = defaultdict(list)
    unpaid = Charge.objects.filter(dues_month__in=dues_months).with_state().filter(state=Charge.State.UNPAID)
    for pk, name in unpaid.values_list("dues_month", "person__name"):
        names[pk].append(name)
    return names


def _duty(organization_id, month, row, names) -> Duty:
    """查验党费, by the last day of the month; not owed before the month is opened or where nobody owes dues."""
    verified = row is not None and row.status == DuesMonth.Status.VERIFIED
    why = "本月没有应缴党费的党员" if row and not verified and not row.charged else ""
    return Duty(
        kind="dues", organization_id=organization_id, month=month, due_on=month.last, not_owed=why,
        not_yet="" if row else "还没有开账",
        title=f"查验 {month.number} 月党费", done_on=clock.day_of(row.verified_at) if verified else None,
        url=row.get_absolute_url() if row else f"{reverse('dues')}?month={month}",
        detail=_detail(row.unpaid, names.get(row.pk)) if row and not (verified or why) else "", act="去查验",
    )  # fmt: skip


def _detail(unpaid, names):
    if not unpaid:
        return "每人都已登记，签认即可。"
    who = f"：{'、'.join(names)}" if names else ""
    return f"{unpaid} 人未登记{who}。"


SOURCES = [DutySource("dues", "党费查验", rows)]
