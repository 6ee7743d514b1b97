"""What a branch owes of 三会一课 and what it held, from one set-based reading. Nothing is counted a second way.

A requirement is owed a month, quarter or year; it falls due on the period's last day. Months off lift monthly
requirements; a quarter or year is owed even when one of its months is off.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from activities.duties import policies, why_not_owed
from activities.models import Attendance
from branches.models import Group, Person, StructurePolicy
from core import clock
from core.contributions import Duty, DutySource, Scope
from core.periods import Month
from meetings.models import Meeting, MeetingKind, MeetingType, Requirement, Requirements
from meetings.periods import Period

OwedBy = Requirement.OwedBy


@dataclass(frozen=True)
class Held:
    """A meeting that is counted, or would be once confirmed."""

    id: int
    on: datetime.date
    topic: str
    group: str

    @property
    def url(self) -> str:
        return reverse("meeting", args=[self.id])


@dataclass(frozen=True)
class Coverage:
    """One branch, one requirement, one period: how many meetings are owed and how many of them were held.

    ``meetings`` are the confirmed ones that count (never more than are owed), ``beyond`` the confirmed ones besides,
    ``drafts`` those whose minutes are not confirmed. ``lacking`` names the groups that have not met.
    """

    organization_id: int
    type: str
    period: Period
    owed: int
    not_owed: str
    meetings: tuple[Held, ...]
    beyond: tuple[Held, ...]
    drafts: tuple[Held, ...]
    lacking: tuple[str, ...] = ()

    @property
    def held(self) -> int:
        return len(self.meetings)

    @property
    def left(self) -> int:
        return self.owed - self.held

    @property
    def due_on(self) -> datetime.date:
        return self.period.last.last

    @property
    def done_on(self) -> datetime.date | None:
        """The day of the last needed meeting."""
        return max(one.on for one in self.meetings) if self.owed and not self.left else None

    @property
    def name(self) -> str:
        return MeetingType(self.type).label

    @property
    def label(self) -> str:
        return f"{self.period.label}{self.name}"

    @property
    def url(self) -> str:
        return f"{reverse('meetings')}?organization={self.organization_id}&type={self.type}&period={self.period}"

    @property
    def word(self) -> str:
        if self.not_owed:
            return "不要求"
        return f"还差 {self.left} 次" if self.left else "按要求"

    @property
    def style(self) -> str:
        if self.not_owed or not self.left:
            return "none" if self.not_owed else "done"
        return "late" if self.due_on < clock.today() else "due"

    @property
    def detail(self) -> str:
        """What is still missing, or why nothing is owed."""
        if self.not_owed or not self.left:
            return self.not_owed
        parts = [f"{len(self.drafts)} 次记录待确认" if len(self.drafts) > 1 else "记录待确认"] if self.drafts else []
        if self.lacking:
            parts.append(f"还没有开的：{'、'.join(self.lacking)}")
        return "；".join(parts)


def coverage(branches, months: list[Month]) -> list[Coverage]:
    """Every requirement of every branch in the periods that contain ``months``, in a fixed number of queries.

    ``branches`` is a scoped QuerySet of Organization.
    """
    return _coverage(Scope(branches, months))


def _coverage(scope: Scope) -> list[Coverage]:
    wanted = _wanted(scope.months)
    if not wanted:
        return []
    facts = _Facts(scope, sorted({month for _, period in wanted for month in period.months}))
    return [_cover(branch, requirement, period, facts) for branch in facts.branches for requirement, period in wanted]


def _wanted(months):
    """(requirement, period) pairs by type and time, each once; what is in force in a period's last month judges it."""
    requirements, found = Requirements(), {}
    for kind in Requirement.Period.values:
        for period in sorted({Period.of(kind, month) for month in months}):
            for requirement in requirements.of(period.last):
                if requirement.period == kind and requirement.count:
                    found[requirement.type, period] = (requirement, period)
    order = MeetingType.values
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1].last))]


class _Facts:
    """What the branches have: full members, groups, meetings. Six queries for any number of branches."""

    def __init__(self, scope, months):
        branches, self.policies = scope.branches, scope.once(policies)
        self.structures = list(StructurePolicy.objects.order_by("effective_from"))
        full = Count("people", filter=Q(people__left_on=None, people__standing=Person.Standing.FULL))
        self.branches = list(branches.annotate(full=full).values("pk", "founded_on", "closed_on", "full"))
        # a month that has its frozen roster is judged by that, so that no later transfer changes it
        full = Count("pk", filter=Q(standing=Person.Standing.FULL))
        rosters = Attendance.objects.filter(day__organization__in=branches, day__month__in=months)
        self.full_then, self.groups_then = defaultdict(int), defaultdict(list)
        for pk, month, group, number in (
            rosters.order_by("day__month", "group_name")
            .values_list("day__organization", "day__month", "group_name")
            .annotate(full=full)
        ):
            self.full_then[pk, month] += number
            self.groups_then[pk, month] += [group] if group else []
        self.groups_now = defaultdict(list)
        for pk, name in Group.objects.filter(organization__in=branches).values_list("organization", "name"):
            self.groups_now[pk].append(name)
        self.meetings = defaultdict(list)
        kinds = MeetingKind.objects.filter(
            meeting__organization__in=branches, meeting__held_on__range=(months[0].first, months[-1].last)
        ).order_by("meeting__held_on", "meeting")
        for pk, kind, status, *held in kinds.values_list(
            "meeting__organization", "type", "meeting__status",
            "meeting", "meeting__held_on", "meeting__topic", "meeting__group_name",
        ):  # fmt: skip
            self.meetings[pk, kind, status].append(Held(*held))

    def lifted(self, branch, period) -> str:
        """Why the whole period asks nothing of a branch: every month of it is off, say."""
        whys = [
            why_not_owed(self.policies.of(month), month, branch["founded_on"], branch["closed_on"])
            for month in period.months
        ]
        return whys[-1] if all(whys) else ""

    def full(self, branch, period) -> int:
        month = self._last_known(branch, period)
        return self.full_then[branch["pk"], month] if month else branch["full"]

    def groups(self, branch, period) -> list[str]:
        """The names of the groups, as they were on the period's last roster."""
        month = self._last_known(branch, period)
        return self.groups_then[branch["pk"], month] if month else self.groups_now[branch["pk"]]

    def _last_known(self, branch, period):
        """The last month of a period that has its frozen roster; None where none has."""
        return next((month for month in reversed(period.months) if (branch["pk"], month) in self.full_then), None)

    def committee_from(self, day) -> int:
        before = [policy for policy in self.structures if policy.effective_from <= day]
        return (before[-1] if before else StructurePolicy()).committee_from

    def held(self, pk, kind, status, period):
        first, last = period.first.first, period.last.last
        return tuple(one for one in self.meetings[pk, kind, status] if first <= one.on <= last)


def _cover(branch, requirement, period, facts) -> Coverage:
    pk = branch["pk"]
    confirmed = facts.held(pk, requirement.type, Meeting.Status.CONFIRMED, period)
    drafts = facts.held(pk, requirement.type, Meeting.Status.DRAFT, period)
    groups = facts.groups(branch, period)
    why = _not_owed(branch, requirement, period, facts)
    number, lacking = requirement.count, ()
    if why:
        number, counted = 0, ()
    elif requirement.type == MeetingType.GROUP:
        # each group owes its own: what one group holds beyond does not make up for another
        number *= len(groups)
        by_group: Counter[str] = Counter()
        counted = tuple(one for one in confirmed if _counts(by_group, one, groups, requirement.count))
        lacking = tuple(name for name in groups if by_group[name] < requirement.count)
    else:
        counted = confirmed[:number]
    beyond = tuple(one for one in confirmed if one not in counted)
    return Coverage(pk, requirement.type, period, number, why, counted, beyond, drafts, lacking)


def _counts(by_group, meeting, groups, count):
    if meeting.group not in groups or by_group[meeting.group] >= count:
        return False
    by_group[meeting.group] += 1
    return True


def _not_owed(branch, requirement, period, facts):
    """Why a branch owes nothing of a requirement in a period; empty when it owes."""
    lifted = facts.lifted(branch, period)
    if lifted:
        return lifted
    who, least = {requirement.owed_by, _natural(requirement)}, facts.committee_from(period.last.last)
    if OwedBy.WITH_COMMITTEE in who and facts.full(branch, period) < least:
        return f"不设支委会：正式党员不足 {least} 人"
    return "未划分党小组" if OwedBy.WITH_GROUPS in who and not facts.groups(branch, period) else ""


def _natural(requirement):
    """Who can hold a type at all: no committee meeting without a committee, whatever the requirement says."""
    return {MeetingType.COMMITTEE: OwedBy.WITH_COMMITTEE, MeetingType.GROUP: OwedBy.WITH_GROUPS}.get(
        MeetingType(requirement.type), OwedBy.EVERY_BRANCH
    )


def ending(branches, months: list[Month]) -> list[Coverage]:
    """The coverage of the periods that end in ``months``: each period is assessed once, in its last month."""
    return _ending(Scope(branches, months))


def _ending(scope: Scope) -> list[Coverage]:
    return [one for one in _coverage(scope) if one.period.last in scope.months]


def duties(scope: Scope) -> Iterable[Duty]:
    """召开 11 月支委会 and so on, each due on the last day of its period."""
    for one in _ending(scope):
        times = f"（{one.owed} 次）" if one.owed > 1 else ""
        verb = "上好" if one.type == MeetingType.LESSON else "召开"
        space = " " if one.label[0].isdigit() else ""
        yield Duty(
            kind="meeting", organization_id=one.organization_id, month=one.period.last, due_on=one.due_on,
            title=f"{verb}{space}{one.label}{times}", url=one.url, done_on=one.done_on, not_owed=one.not_owed,
            detail=one.detail or (one.word if one.left else ""), act="去确认" if one.drafts else "去办理",
        )  # fmt: skip


SOURCES = [DutySource("meeting", "三会一课", duties)]
