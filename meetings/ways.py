"""How a meeting that is still owed can be held, by what is true now: a meeting begins as an item of an activity day.

So it goes onto the agenda while the month's plan is with the branch, and into the day's record afterwards. Shown on
the branch's page for each requirement that is open; a duty's button leads to its line.
"""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from activities.duties import policies
from activities.kinds import ItemKind, MeetingType
from activities.models import ActivityDay, MonthlyPlan
from activities.rules import can_draft, can_write
from branches.models import Organization
from core import clock
from core.contributions import Scope
from core.periods import WEEKDAYS, Month
from meetings.coverage import Coverage
from meetings.duties import next_step

MOST = 2
READY, POSSIBLE, ROUNDABOUT = range(3)


@dataclass(frozen=True)
class Way:
    """A sentence, and the button that leads to the place; none for who may not do it there. The best come first."""

    rank: int
    text: str
    act: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """An open requirement of a branch with the one or two best ways to meet it."""

    coverage: Coverage
    ways: tuple[Way, ...]


def lines(user, rows: list[Coverage], scope: Scope) -> list[Line]:
    """A line for each requirement that is open, of the one branch of ``scope``, in one query beside the policies."""
    rows = [one for one in rows if one.is_open]
    if not rows:
        return []
    months = sorted({month for one in rows for month in _months(one)})
    known = MonthlyPlan.objects.of(scope.branches).standing().filter(month__in=months)
    plans = {plan.month: plan for plan in _with_listed(known)}
    off = {month for month in months if scope.once(policies).of(month).is_off(month) and month not in plans}
    branch = Organization(pk=rows[0].organization_id, kind=Organization.Kind.BRANCH)
    return [Line(one, _best(one, user, branch, plans, off)) for one in rows]


def _with_listed(plans):
    """Plans with their days, and under each type of meeting how often the agenda has it."""

    def number(value):
        return Count("items", filter=Q(items__kind=ItemKind.MEETING, items__subtype=value))

    return plans.select_related("day").annotate(**{value: number(value) for value in MeetingType.values})


def _months(one):
    """The months of the period in which it can still be done: those to come, and those whose record is open."""
    now = Month.current()
    return [m for m in one.period.months if m >= now or any(day in m for day in one.open_records)]


def _best(one, user, branch, plans, off):
    begun = _begun(one)
    if len(one.drafts) + len(one.unwritten) >= one.left:
        return begun
    months = [month for month in _months(one) if month not in off] or _months(one)
    ways = sorted((_way(one, user, branch, month, plans.get(month)) for month in months), key=lambda way: way.rank)
    return (*begun, *(way for way in ways if way.rank == ways[0].rank))[:MOST]


def _begun(one):
    """What is under way already: minutes to sign, or items to write up."""
    act, url = next_step(one)
    if one.drafts:
        return (Way(READY, f"{_days(one.drafts)}的会议记录还没有确认，书记确认后计入。", act, url),)
    if one.unwritten:
        text = f"{_days(one.unwritten)}活动日的议程里有{one.name}，还没有会议记录。"
        return (Way(READY, f"{text}没有开成的，在活动日记录里把这一项记为“未进行”。", act, url),)
    return ()


def _way(one, user, branch, month, plan) -> Way:
    day = getattr(plan, "day", None)
    listed = plan is not None and getattr(plan, one.type) >= one.left
    if day is not None and day.status != ActivityDay.Status.PLANNED:
        day.plan, day.organization = plan, branch
        return _by_the_record(one, user, month, day)
    if plan is None or plan.is_open:
        return _by_the_plan(one, user, branch, month, plan, listed)
    return _on_the_day(one, month, plan, listed)


def _by_the_plan(one, user, branch, month, plan, listed):
    form, may = reverse("plan_edit", args=[branch.pk, month]), can_draft(user, branch)
    state = "被退回" if plan and plan.status == MonthlyPlan.Status.RETURNED else "还没有报送"
    if listed:
        text = f"{month.short}计划的议程里已有{one.name}，计划{state}。"
        return Way(READY, text, "去报计划", form) if may else Way(READY, text + may.why)
    text = f"{month.short}计划{state}，把{one.name}写进议程，活动日当天开。"
    act = f"写进 {month.short}计划"
    return Way(POSSIBLE, text, act, f"{form}?add=1#new-item") if may else Way(POSSIBLE, text + may.why)


def _on_the_day(one, month, plan, listed):
    on, url = plan.planned_on, plan.day.get_absolute_url()
    act = "去确认开展" if on and on <= clock.today() else "看活动日"
    if listed:
        text = f"已列入 {month.short}计划，{_day(on)}活动日。活动日确认开展后，在这里写会议记录。"
        return Way(READY, text, act, url)
    when = "活动日当天开了的，" if on and on < clock.today() else f"可以在 {_day(on)}活动日当天开："
    text = f"{month.short}计划已报送，议程不再改。{when}确认开展后在活动日记录里“加一项”，再写会议记录。"
    return Way(POSSIBLE, text, act, url)


def _by_the_record(one, user, month, day):
    record = reverse("day_record", args=[day.pk])
    if day.status == ActivityDay.Status.NOT_HELD:
        text = f"{month.short}活动日记为“未开展”。后来补上了的，先撤销“未开展”，再确认开展。"
        return Way(ROUNDABOUT, text, "看活动日", day.get_absolute_url())
    if day.status == ActivityDay.Status.RECORDED:
        text = f"{_day(day.held_on)}活动日的记录已提交。当天开了的，请书记在“要更正记录？”里退回，加一项后重新提交。"
        return Way(ROUNDABOUT, text, "看记录", record)
    may = can_write(user, day)
    text = f"{_day(day.held_on)}活动日当天开了的，在活动日记录里“加一项”，再写会议记录。"
    return Way(POSSIBLE, text, "在记录里加一项", f"{record}#id_new-what") if may else Way(POSSIBLE, text + may.why)


def _days(rows) -> str:
    return "、".join(_day(on) for on in dict.fromkeys(row.on for row in rows))


def _day(on) -> str:
    return f"{on.month} 月 {on.day} 日（周{WEEKDAYS[on.weekday()]}）" if on else "当月"
