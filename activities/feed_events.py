"""What a calendar feed holds: the days of its organization as its owner sees them today, as plain values."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, Sum

from activities.models import ActivityDay, Feed, MonthlyPlan, PlanItem
from activities.rules.feeds import reads_there
from branches import access
from branches.models import Organization
from core import clock
from core.audit import AuditEntry
from core.periods import Month

MONTHS_BACK = 3
MOST_EVENTS = 500  # a general branch of 100 branches, five months; a telephone takes no more with pleasure
USUAL_MINUTES = 60  # of a plan whose items say no time
# what is written into the log and shows in a calendar; attendance, the record and the drafting of a revision do not
STEPS_OF_A_PLAN = (
    "plan.submitted", "plan.withdrawn", "plan.forwarded", "plan.returned", "plan.accepted", "plan.lapsed",
)  # fmt: skip
STEPS_OF_A_DAY = ("day.held", "day.skipped", "day.resumed")


@dataclass(frozen=True)
class FeedEvent:
    """One activity day as a calendar shows it. ``starts_at`` None is a whole day; ``changed_at`` is aware.

    ``sequence`` counts the steps of plan and day that change what is shown, so that it grows with every such change and
    never falls.
    """

    day_id: int
    path: str
    title: str
    place: str
    lines: tuple[str, ...]
    on: datetime.date
    starts_at: datetime.time | None
    minutes: int
    status: str
    sequence: int
    changed_at: datetime.datetime


@dataclass(frozen=True)
class FeedContent:
    """All of a feed; where there were more days than it holds the latest months are there, and ``about`` says so."""

    name: str
    about: str
    reminds: bool
    events: tuple[FeedEvent, ...]


def content_of(feed: Feed) -> FeedContent:
    """The days of the feed's organization, from three months back to whatever is planned; four queries."""
    days = list(_days(feed)[: MOST_EVENTS + 1])
    is_cut, days = len(days) > MOST_EVENTS, days[:MOST_EVENTS]
    minutes = _minutes_of(days)
    steps = _steps_of(days)
    events = [_event(day, minutes.get(day.plan_id, 0), *steps.get(day.pk, (0, None))) for day in days]
    events.sort(key=lambda event: (event.on, event.day_id))
    organization = feed.organization
    about = f"{what_of(organization)}，每月的计划和改期会自动更新。只读；谁有链接谁就能看。"
    if is_cut:
        about += f"活动日太多，这里只列出最近的 {MOST_EVENTS} 个。"
    return FeedContent(f"{organization}党员活动日", about, organization.is_branch, tuple(events))


def what_of(organization) -> str:
    """Whose days a feed of an organization gives, in words."""
    if organization.is_branch:
        return f"{organization}的党员活动日"
    if organization.kind == "COMMITTEE":
        return "直属党支部的党员活动日"
    return f"{organization}各党支部的党员活动日"


def _days(feed):
    """Those that the owner sees and that have a date; a plan in draft stays off the calendar even of its own branch.

    Only branches that are the organization or stand directly under it: those of a committee are its direct ones, the
    others have a feed of their general branch each. So no feed is without bounds.
    """
    organization = feed.organization_id
    return (
        ActivityDay.objects.visible_to(feed.owner)
        .filter(Q(organization=organization) | Q(organization__parent=organization))
        .filter(month__gte=Month.current() - MONTHS_BACK)
        .exclude(status=ActivityDay.Status.PLANNED, plan__status=MonthlyPlan.Status.DRAFT)
        .dated()
        .filter(dated__isnull=False)
        .select_related("organization", "plan__host", "host")
        .order_by("-month", "organization__code")
    )


def _minutes_of(days) -> dict[int, int]:
    """``{plan id: minutes of its items}``."""
    rows = PlanItem.objects.filter(plan__in=[day.plan_id for day in days]).order_by()
    return dict(rows.values("plan").annotate(total=Sum("minutes")).values_list("plan", "total"))


def _steps_of(days) -> dict[int, tuple[int, datetime.datetime]]:
    """``{day id: (how many steps its plan and itself took, when the last one was)}``, as the log has them.

    Saving shows in the first plan of a month alone, after a return; a revision shows from when it is in force. One that
    was never submitted can be dropped with its row, and has no step that counts.
    """
    months = {(day.organization_id, day.month): day.pk for day in days}
    papers = MonthlyPlan.objects.filter(  # every revision: the number grows when another comes into force
        organization__in={day.organization_id for day in days}, month__in={day.month for day in days}
    )
    owners, first = {}, []
    for pk, organization, month, revision in papers.values_list("pk", "organization", "month", "revision"):
        if (organization, month) in months:
            owners[pk] = months[organization, month]
            first += [pk] if revision == 1 else []
    shown = Q(subject_id__in=list(owners), event__in=STEPS_OF_A_PLAN) | Q(subject_id__in=first, event="plan.saved")
    about_plan = Q(subject=MonthlyPlan._meta.label_lower) & shown
    about_day = Q(subject=ActivityDay._meta.label_lower, subject_id__in=list(owners.values()), event__in=STEPS_OF_A_DAY)
    rows = (
        AuditEntry.objects.filter(about_plan | about_day)
        .order_by()
        .values("subject", one=F("subject_id"))
        .annotate(count=Count("pk"), last=Max("at"))
    )
    found: dict[int, tuple[int, datetime.datetime]] = {}
    for row in rows:
        day = owners[row["one"]] if row["subject"] == MonthlyPlan._meta.label_lower else row["one"]
        count, last = found.get(day, (0, row["last"]))
        found[day] = (count + row["count"], max(last, row["last"]))
    return found


def _event(day, minutes, sequence, changed_at) -> FeedEvent:
    plan, host = day.plan, day.host or day.plan.host
    is_off = day.status == ActivityDay.Status.NOT_HELD
    title = f"{day.organization} {day.month.short}党员活动日：{plan.theme or '主题未定'}"
    state = plan.get_status_display() if day.status == ActivityDay.Status.PLANNED else day.get_status_display()
    return FeedEvent(
        day_id=day.pk,
        path=day.get_absolute_url(),
        title=f"{title}（未开展）" if is_off else title,
        place=day.place or plan.place,
        lines=tuple(filter(None, [f"主持：{host}" if host else "", f"状态：{state}"])),
        on=day.on,
        starts_at=day.starts_at or plan.starts_at,
        minutes=minutes or USUAL_MINUTES,
        status=_status(day),
        sequence=sequence,
        changed_at=changed_at or plan.submitted_at or clock.at(day.month.first),
    )


def _status(day) -> str:
    """CANCELLED where it was not held, CONFIRMED once it was held or its plan is accepted, TENTATIVE till then."""
    if day.status == ActivityDay.Status.NOT_HELD:
        return "CANCELLED"
    is_sure = day.happened or day.plan.status == MonthlyPlan.Status.ACCEPTED
    return "CONFIRMED" if is_sure else "TENTATIVE"


@dataclass(frozen=True)
class FeedLine:
    """An organization that somebody can have in a calendar: its running ``feed`` or None, and whether it gives days."""

    organization: Organization
    feed: Feed | None
    is_alive: bool

    @property
    def what(self) -> str:
        return what_of(self.organization)


def feed_lines(user, also: Organization | None = None) -> list[FeedLine]:
    """The organizations of the user's offices, the one that is looked at (``also``), and what else has a link."""
    feeds = Feed.objects.visible_to(user).running().select_related("organization__parent")
    by_organization = {feed.organization_id: feed for feed in feeds}
    own = {seat.organization_id for seat in access.seats(user)} | ({also.pk} if also else set())
    offered = Organization.objects.visible_to(user).open().filter(pk__in=own).order_by("path")
    lines = [FeedLine(one, by_organization.pop(one.pk, None), True) for one in offered]
    others = [
        FeedLine(feed.organization, feed, reads_there(user, feed.organization)) for feed in by_organization.values()
    ]
    return lines + others
