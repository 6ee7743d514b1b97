"""What a branch owes of dues each month: that they are verified by its last day. Computed, never stored."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse

from core import clock
from core.contributions import Duty, DutySource
from core.periods import Month
from dues.models import Charge, DuesMonth

NAMED = 3  # so many members are named; more are counted


def rows(branches, months: list[Month]) -> Iterable[Duty]:
    """One duty a branch and month, in a fixed number of queries for any number of branches."""
    opened = {(row.organization_id, row.month): row for row in DuesMonth.objects.filter(month__in=months).of(branches)}
    counts = _counts([row.pk for row in opened.values() if row.status == DuesMonth.Status.OPEN])
    names = _names([pk for pk, (_, unpaid) in counts.items() if 0 < unpaid <= NAMED])
    ids = list(branches.values_list("pk", flat=True))
    for month in months:
        for pk in ids:
            yield _duty(pk, month, opened.get((pk, month)), counts, names)


def _counts(dues_months):
    """``{dues_month_id: (charges, unpaid ones)}``."""
    charges = Charge.objects.filter(dues_month__in=dues_months).with_state().order_by().values("dues_month")
    unpaid = Count("pk", filter=Q(state=Charge.State.UNPAID))
    return {pk: (owed, open_) for pk, owed, open_ in charges.annotate(n=Count("pk"), open=unpaid).values_list(
        "dues_month", "n", "open"
    )}  # fmt: skip


def _names(dues_months):
    names = defaultdict(list)
    unpaid = Charge.objects.filter(dues_month__in=dues_months).with_state().filter(state=Charge.State.UNPAID)
    for pk, name in unpaid.values_list("dues_month", "person__name"):
        names[pk].append(name)
    return names


def _duty(organization_id, month, row, counts, names) -> Duty:
    """查验党费, by the last day of the month; not owed before the month is opened or where nobody owes dues."""
    verified = row is not None and row.status == DuesMonth.Status.VERIFIED
    owed, unpaid = counts.get(row.pk, (0, 0)) if row else (0, 0)
    why = ""
    if row is None:
        why = "还没有开账"
    elif not verified and not owed:
        why = "本月没有应缴党费的党员"
    return Duty(
        kind="dues", organization_id=organization_id, month=month, due_on=month.last, not_owed=why,
        title=f"查验 {month.number} 月党费", done_on=clock.day_of(row.verified_at) if verified else None,
        url=row.get_absolute_url() if row else f"{reverse('dues')}?month={month}",
        detail="" if verified or why else _detail(unpaid, names.get(row.pk)), act="去查验",
    )  # fmt: skip


def _detail(unpaid, names):
    if not unpaid:
        return "每人都已登记，签认即可。"
    who = f"：{'、'.join(names)}" if names else ""
    return f"{unpaid} 人未登记{who}。"


SOURCES = [DutySource("dues", "党费查验", rows)]
