"""What the activity floor gives to pages that gather: duties, metrics, a person's attendance, search."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from activities.duties import SOURCES
from activities.metrics import METRICS
from activities.models import ActivityDay, Attendance, MonthlyPlan
from core.audit import name_events
from core.contributions import SearchSource, TimelineSource, WaitingSource, in_batches, registry


def attendance_of(person, user):
    """A person's days, as far as the user may see them, latest first."""
    seen = Exists(ActivityDay.objects.visible_to(user).filter(pk=OuterRef("day")))
    rows = Attendance.objects.visible_to(user).filter(person=person).select_related("day").annotate(is_seen=seen)
    for row in in_batches(rows.order_by("-day__held_on", "-pk")):
        reason = f"（{row.reason}）" if row.reason else ""
        url = reverse("day_attendance", args=[row.day_id]) if row.is_seen else ""
        yield row.day.held_on, f"{row.day.month.label}活动日：{row.get_status_display()}{reason}", url


def find_days(text, user):
    """Days by theme or place."""
    rows = ActivityDay.objects.visible_to(user).filter(
        Q(plan__theme__icontains=text) | Q(place__icontains=text) | Q(organization__short_name__icontains=text)
    )
    for row in rows.select_related("organization", "plan")[:10]:
        yield f"{row.organization} {row.month.label}活动日", row.plan.theme, row.get_absolute_url()


def plans_to_review(user):
    """Plans on which the user's review is the next step."""
    return MonthlyPlan.objects.visible_to(user).awaiting(user)


registry.add(
    *SOURCES,
    *METRICS,
    TimelineSource("活动日", attendance_of),
    SearchSource("活动日", 30, find_days),
    WaitingSource("plans", "份计划待审核", "去审核", 10, plans_to_review, lambda: reverse("review")),
)
name_events(
    {
        "plan.started": "开始填写",
        "plan.saved": "修改草稿",
        "plan.submitted": "报送",
        "plan.withdrawn": "撤回",
        "plan.forwarded": "党总支转报",
        "plan.accepted": "组织部备案",
        "plan.returned": "退回",
        "day.held": "确认开展，名单固定",
        "day.skipped": "记为未开展",
        "day.resumed": "撤销未开展",
        "day.item_added": "加一项计划外内容",
        "day.item_dropped": "删去计划外内容",
        "day.saved": "保存记录",
        "day.recorded": "提交记录",
        "day.reopened": "退回记录更正",
        "attendance.marked": "登记到会",
        "guest.invited": "登记列席",
        "guest.dismissed": "删去列席",
        "plans.exported": "导出活动日计划",
        "days.exported": "导出活动日",
    },
    group="计划与活动日",
)
