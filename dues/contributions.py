"""What dues give to pages that gather: duties, metrics, the day's tab, a member's dues, the sheet's base column."""

from collections import Counter
from heapq import merge

from django.db.models import Exists, OuterRef
from django.urls import reverse

from activities.kinds import ItemKind
from branches.access import can
from core import clock
from core.audit import name_events
from core.contributions import DayPanel, OwnPart, TimelineSource, WaitingSource, in_batches, registry
from dues import handbook, reports
from dues.bases import column, sending
from dues.duties import SOURCES
from dues.metrics import METRICS
from dues.models import Charge, Deferral, DuesMonth, Entry, ReversalRequest
from dues.owing import lacking

State = Charge.State


def summary(day, user) -> tuple[str, str, str]:
    """How far the dues of an activity day's month are, in words."""
    if not can(user, "dues.see", day):
        return "由书记、组织委员查验", "none", ""
    rows = DuesMonth.objects.visible_to(user).for_month(day.month).of([day.organization_id])
    row = next(iter(rows.order_by()), None)  # one a branch and month
    if row is None:
        return "还没有开账", "none", ""
    states = Counter(row.charges.with_state().order_by().values_list("state", flat=True))
    missing = len(lacking(row))
    parts = [f"已交 {states[State.PAID] + states[State.PAID_LATER]}／{states.total()} 人"]
    parts += [f"缓交 {states[State.DEFERRED]} 人"] if states[State.DEFERRED] else []
    parts += [f"未登记 {states[State.UNPAID]} 人"] if states[State.UNPAID] else []
    parts += [f"还没有应缴 {missing} 人"] if missing else []
    style = "due" if row.status == DuesMonth.Status.OPEN else "done"
    return row.get_status_display(), style, "，".join(parts)


def dues_of(person, user):
    """A member's payments, and what is not paid yet, as far as the user may see them, latest first.

    Who keeps the branch's dues is led to its month, the member to the receipt.
    """
    charges = Charge.objects.visible_to(user).filter(person=person)
    return merge(_paid(charges, user), _owed(charges, user), key=lambda entry: entry[0], reverse=True)


def _seen(user, dues_month):
    return Exists(DuesMonth.objects.visible_to(user).filter(pk=OuterRef(dues_month)))


def _url(charge, is_seen):
    return reverse("dues_month", args=[charge.dues_month_id]) if is_seen else ""


def _paid(charges, user):
    rows = Entry.objects.filter(charge__in=charges).select_related("charge")
    for row in in_batches(rows.annotate(is_seen=_seen(user, "charge__dues_month")).order_by("-at", "-pk")):
        word = "冲正" if row.reverses_id else "交纳"
        note = f"：{row.note}" if row.reverses_id else f"（{row.get_method_display()}）"
        what = f"{word} {row.charge.month.label}党费 {abs(row.amount)} 元{note}"
        receipt = reverse("dues_receipt", args=[row.receipt_id]) if row.receipt_id else ""
        yield clock.day_of(row.at), what, _url(row.charge, row.is_seen) or receipt


def _owed(charges, user):
    """Few in all of a life: they are read at once, so that a deferral of long ago stands at its own day."""
    running = Deferral.objects.filter(charge=OuterRef("pk"), lifted_at=None)
    rows = charges.with_state().filter(state__in=[Charge.State.DEFERRED, Charge.State.UNPAID])
    rows = rows.annotate(
        is_seen=_seen(user, "dues_month"), why=running.values("reason")[:1], since=running.values("at")[:1]
    )
    entries = []
    for row in rows:
        if row.state == Charge.State.DEFERRED:
            day, what = clock.day_of(row.since), f"{row.month.label}党费缓交：{row.why}"
        else:
            day, what = row.month.first, f"{row.month.label}党费应缴 {row.amount} 元：未登记"
        entries.append((day, what, _url(row, row.is_seen)))
    return sorted(entries, key=lambda entry: entry[0], reverse=True)


def _months_waiting(user):
    return DuesMonth.objects.visible_to(user).waiting_for(user)


def _reversals_waiting(user):
    return ReversalRequest.objects.visible_to(user).waiting_for(user)


registry.add(
    *SOURCES,
    *METRICS,
    DayPanel("dues", "党费", 20, lambda day: reverse("dues_day", args=[day.pk]), summary, item_kind=ItemKind.DUES),
    TimelineSource("党费", dues_of),
    WaitingSource("dues_months", "份党费待转报或结清", "去办理", 60, _months_waiting, lambda: reverse("dues_waiting")),
    WaitingSource(
        "dues_reversals",
        "笔党费冲正待确认",
        "去确认",
        61,
        _reversals_waiting,
        lambda: f"{reverse('dues_reversals')}?view=mine",
    ),
    OwnPart("dues", 40, "dues/own_dues.html", reports.own_dues),
    column.COLUMN,
    handbook.SECTION,
)
name_events(
    {
        "dues.opened": "开账",
        "dues.filled": "补出应缴",
        "dues.based": "登记党费基数",
        "dues.verified": "查验签认",
        "dues.paid": "登记补交",
        "dues.reversal_asked": "提出冲正",
        "dues.reversed": "冲正",
        "dues.reversal_declined": "未同意冲正",
        "dues.reversal_withdrawn": "撤回冲正申请",
        "dues.reopened": "退回待查验",
        "dues.arrears_noted": "登记欠缴说明",
        "dues.submitted": "上报",
        "dues.withdrawn": "撤回",
        "dues.returned": "退回",
        "dues.forwarded": "转报",
        "dues.settled": "结清",
        "dues.exported": "导出党费",
        "rates.set": "制定党费标准",
        "rates.dropped": "取消党费标准",
        "rates.exported": "导出党费标准试算",
    },
    group="党费",
)
name_events(sending.EVENTS, group="党费")
