"""What dues give to pages that gather: duties, metrics, the day's tab, a member's dues, the sheet's base column."""

from django.urls import reverse

from activities.kinds import ItemKind
from branches.access import can
from core import clock
from core.audit import name_events
from core.contributions import DayPanel, TimelineSource, registry
from dues import bases, reports
from dues.duties import SOURCES
from dues.metrics import METRICS
from dues.models import Charge, DuesMonth

MONTHS_SHOWN = 24


def summary(day, user) -> tuple[str, str, str]:
    """How far the dues of an activity day's month are, in words."""
    if not can(user, "dues.see", day):
        return "由书记、组织委员查验", "none", ""
    rows = DuesMonth.objects.visible_to(user).for_month(day.month).of([day.organization_id])
    row = rows.with_open_counts().first()
    if row is None:
        return "还没有开账", "none", ""
    sums = reports.sums_of([row])[row.pk]
    parts = [f"已交 {sums.settled}／{sums.owed.count} 人"]
    parts += [f"缓交 {sums.deferred.count} 人"] if sums.deferred.count else []
    parts += [f"未登记 {sums.unpaid.count} 人"] if sums.unpaid.count else []
    parts += [f"还没有应缴 {row.lacking} 人"] if row.lacking else []
    style = "done" if row.status == DuesMonth.Status.VERIFIED else "due"
    return row.get_status_display(), style, "，".join(parts)


def dues_of(person, user):
    """A member's charges and payments, as far as the user may see them, newest month first."""
    charges = Charge.objects.visible_to(user).filter(person=person).with_state().order_by("-month")
    charges = list(charges.prefetch_related("entries", "deferrals")[:MONTHS_SHOWN])
    seen = set(
        DuesMonth.objects.visible_to(user).filter(charges__in=[one.pk for one in charges]).values_list("pk", flat=True)
    )
    for charge in charges:
        url = reverse("dues_month", args=[charge.dues_month_id]) if charge.dues_month_id in seen else ""
        for entry in charge.entries.all():
            word = "冲正" if entry.reverses_id else "交纳"
            note = f"：{entry.note}" if entry.reverses_id else f"（{entry.get_method_display()}）"
            yield clock.day_of(entry.at), f"{word} {charge.month.label}党费 {abs(entry.amount)} 元{note}", url
        if charge.state == Charge.State.DEFERRED:
            running = next(one for one in charge.deferrals.all() if one.lifted_at is None)
            yield clock.day_of(running.at), f"{charge.month.label}党费缓交：{running.reason}", url
        elif charge.state == Charge.State.UNPAID:
            yield charge.month.first, f"{charge.month.label}党费应缴 {charge.amount} 元：未登记", url


registry.add(
    *SOURCES,
    *METRICS,
    DayPanel("dues", "党费", 20, lambda day: reverse("dues_day", args=[day.pk]), summary, item_kind=ItemKind.DUES),
    TimelineSource("党费", dues_of),
    bases.COLUMN,
)
name_events(
    {
        "dues.opened": "开账",
        "dues.filled": "补出应缴",
        "dues.based": "登记党费基数",
        "dues.verified": "查验签认",
        "dues.paid": "登记补交",
        "dues.reversed": "冲正",
        "dues.reopened": "退回待查验",
        "dues.exported": "导出党费",
    }
)
