"""What 三会一课 gives to pages that gather: duties, the metric, the day's panel, a person's meetings, search."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from activities.kinds import ItemKind
from activities.models import Attendance
from branches.models import Appointment
from core.audit import name_events
from core.contributions import DayPanel, TimelineSource, in_batches, registry
from meetings import handbook, roster, search
from meetings.duties import SOURCES
from meetings.metrics import METRICS
from meetings.models import Meeting


def day_url(day) -> str:
    """The meetings of one day."""
    return f"{reverse('meetings')}?day={day.pk}"


def item_url(item) -> str:
    """The minutes of an item, or the place to begin them."""
    return reverse("meeting_of_item", args=[item.pk])


def start_url(item_id) -> str:
    """Begins the minutes of an item by a post."""
    return reverse("meeting_open", args=[item_id])


def day_summary(day, user):
    """How far the day's minutes are: (word, style, detail)."""
    confirmed = Q(meeting__status=Meeting.Status.CONFIRMED)
    counts = day.items.filter(kind=ItemKind.MEETING).aggregate(
        items=Count("pk"), all=Count("meeting"), confirmed=Count("meeting", filter=confirmed)
    )
    items = counts["items"]
    if not items:
        return "没有安排", "none", "当天议程里没有三会一课"
    detail = f"{items} 项议程，已开记录 {counts['all']} 份，已确认 {counts['confirmed']} 份"
    if counts["confirmed"] >= items:
        return "已确认", "done", detail
    return ("待确认" if counts["all"] >= items else "待记录"), "due", detail


def meetings_of(person, user):
    """The confirmed meetings that a person attended, as far as the user may see them, latest first."""
    there = Attendance.objects.visible_to(user).filter(person=person, status=Attendance.Status.PRESENT)
    group = there.filter(day=OuterRef("day")).values("group_name")[:1]
    seen = Exists(Meeting.objects.visible_to(user).filter(pk=OuterRef("pk")))
    rows = Meeting.objects.confirmed().filter(day__in=there.values("day")).annotate(group_then=group, is_seen=seen)
    offices = list(Appointment.objects.filter(person=person, office__in=roster.COMMITTEE_OFFICES))
    for row in in_batches(rows.prefetch_related("kinds").order_by("-held_on", "-pk")):
        if roster.expects(row, row.types, Attendance(group_name=row.group_then), offices):
            yield row.held_on, f"{row.types_label}：{row.topic}", row.get_absolute_url() if row.is_seen else ""


registry.add(
    *SOURCES,
    *METRICS,
    DayPanel("meetings", "三会一课", 30, day_url, day_summary, ItemKind.MEETING, item_url, start_url),
    TimelineSource("三会一课", meetings_of),
    search.SOURCE,
    handbook.SECTION,
)
name_events(
    {
        "meeting.opened": "开始记录",
        "meeting.saved": "保存记录",
        "meeting.typed": "改会议类型",
        "meeting.confirmed": "确认记录",
        "meeting.corrected": "追加更正",
        "meeting.dropped": "删去草稿",
        "meetings.exported": "导出会议记录",
    },
    group="三会一课",
)
