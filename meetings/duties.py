"""What a branch owes of 三会一课 and what it held, from one set-based reading. Nothing is counted a second way.

A requirement is owed a month, quarter or year; it falls due on the period's last day. Months off lift monthly
requirements; a quarter or year is owed even when one of its months is off.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from activities.duties import policies, why_not_owed
from activities.kinds import ItemKind
from activities.models import ActivityDay, Attendance, DayItem
from branches.models import Person, StructurePolicy
from branches.reports.strength import full_members_then
from core import clock
from core.contributions import Duty, DutySource, Scope
from core.periods import Month
from meetings.coverage import Coverage, Held, Unwritten
from meetings.models import Meeting, MeetingType, Requirement, Requirements
from meetings.periods import Period

OwedBy = Requirement.OwedBy


def coverage(branches, months: list[Month]) -> list[Coverage]:
    """Every requirement of every branch in the periods that contain ``months``, in a fixed number of queries.

    ``branches`` is a scoped QuerySet of Organization.
    """
    return coverage_in(Scope(branches, months))


def coverage_in(scope: Scope) -> list[Coverage]:
    """The same of a scope, which keeps what others need too."""
    wanted = _wanted(scope.months)
    if not wanted:
        return []
    facts = _Facts(scope, {period for _, period in wanted})
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
    """What the branches had: full members, groups, meetings. At most five queries, for any number of them."""

    def __init__(self, scope, periods):
        branches, self.policies = scope.branches, scope.once(policies)
        months = sorted({month for period in periods for month in period.months})
        self._read_branches(branches, {period.last.last for period in periods})
        self._read_rosters(branches, months)
        self._read_past(branches, periods)
        self._read_items(branches, months)

    def _read_branches(self, branches, ends):
        """The branches as they are now, with their groups in order, also those that they had.

        From how many full members on a committee stood at each of ``ends`` comes along, the same for all of them.
        """
        self.least = {end: f"committee_from_{end:%Y%m%d}" for end in ends}
        structures = {
            name: Subquery(StructurePolicy.objects.filter(effective_from__lte=end).values("committee_from")[:1])
            for end, name in self.least.items()
        }
        full = Person.objects.filter(organization=OuterRef("pk"), left_on=None, standing=Person.Standing.FULL)
        number = full.order_by().values("organization").annotate(number=Count("pk")).values("number")
        rows = branches.annotate(full=Coalesce(Subquery(number), 0), **structures)
        found, self.all_groups = {}, defaultdict(list)
        for row in rows.order_by("code", "groups__order", "groups__pk").values(
            "pk", "founded_on", "closed_on", "full", *structures,
            "groups__name", "groups__founded_on", "groups__closed_on",
        ):  # fmt: skip
            self.all_groups[row["pk"]].append(
                (row["groups__name"], row["groups__founded_on"], row["groups__closed_on"])
            )
            found[row["pk"]] = row
        self.branches = list(found.values())

    def _read_past(self, branches, periods):
        """The full members at the ends of periods that are over: a branch that froze no roster is judged by them."""
        now = {branch["pk"]: branch["full"] for branch in self.branches}
        ends = {period.last.last for period in periods if period.last.last < clock.today()}
        self.full_at = full_members_then(branches, now, ends)

    def _read_rosters(self, branches, months):
        """A month that has its frozen roster is judged by that, so that no later transfer changes it."""
        full = Count("pk", filter=Q(standing=Person.Standing.FULL))
        rosters = Attendance.objects.filter(day__organization__in=branches, day__month__in=months)
        self.full_then, self.groups_then = defaultdict(int), defaultdict(list)
        self.open_records = defaultdict(set)
        for pk, month, group, held_on, status, number in (
            rosters.order_by("day__month", "group_name")
            .values_list("day__organization", "day__month", "group_name", "day__held_on", "day__status")
            .annotate(full=full)
        ):
            self.full_then[pk, month] += number
            self.groups_then[pk, month] += [group] if group else []
            if status == ActivityDay.Status.HELD:
                self.open_records[pk].add(held_on)

    def _read_items(self, branches, months):
        """The days' items with their minutes, by type: every meeting has its item, not every item has minutes yet."""
        self.meetings, self.unwritten = defaultdict(list), defaultdict(list)
        items = DayItem.objects.filter(
            kind=ItemKind.MEETING, day__organization__in=branches,
            day__held_on__range=(months[0].first, months[-1].last),
        ).order_by("day__held_on", "meeting__pk", "order")  # fmt: skip
        for pk, subtype, outcome, kind, status, item, meeting, held_on, content, topic, group in items.values_list(
            "day__organization", "subtype", "outcome", "meeting__kinds__type", "meeting__status",
            "pk", "meeting", "day__held_on", "content", "meeting__topic", "meeting__group_name",
        ):  # fmt: skip
            dropped = outcome == DayItem.Outcome.NOT_DONE and status != Meeting.Status.CONFIRMED
            if dropped:  # minutes of what did not take place are neither begun nor confirmed
                continue
            if meeting:
                self.meetings[pk, kind or subtype, status].append(Held(meeting, held_on, topic, group))
            else:
                self.unwritten[pk, subtype].append(Unwritten(item, held_on, content))

    def lifted(self, branch, period) -> str:
        """Why the whole period asks nothing of a branch: every month of it is off, say."""
        whys = [
            why_not_owed(self.policies.of(month), month, branch["founded_on"], branch["closed_on"])
            for month in period.months
        ]
        return whys[-1] if all(whys) else ""

    def full(self, branch, period) -> int:
        """Full members by the period's last roster; without one at its end, today while it runs."""
        month = self._last_known(branch, period)
        if month:
            return self.full_then[branch["pk"], month]
        return self.full_at.get((branch["pk"], period.last.last), branch["full"])

    def groups(self, branch, period) -> list[str]:
        """The names of the groups by the period's last roster; without one at its end, today while it runs."""
        month = self._last_known(branch, period)
        if month:
            return self.groups_then[branch["pk"], month]
        day = min(period.last.last, clock.today())
        return [
            name
            for name, founded_on, closed_on in self.all_groups[branch["pk"]]
            if name and (founded_on is None or founded_on <= day) and (closed_on is None or closed_on > day)
        ]

    def _last_known(self, branch, period):
        """The last month of a period that has its frozen roster; None where none has."""
        return next((month for month in reversed(period.months) if (branch["pk"], month) in self.full_then), None)

    def committee_from(self, branch, period) -> int:
        """How many full members have a committee, by the policy at the period's end."""
        return branch[self.least[period.last.last]] or StructurePolicy().committee_from

    def held(self, pk, kind, status, period):
        return _within(period, self.meetings[pk, kind, status])


def _within(period, rows):
    """Those whose day lies in a period."""
    first, last = period.days
    return tuple(one for one in rows if first <= one.on <= last)


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
        drafts = tuple(one for one in drafts if not one.group or one.group in lacking)
    else:
        counted = confirmed[:number]
    return Coverage(
        pk, requirement.type, period, number, why, counted,
        beyond=tuple(one for one in confirmed if one not in counted), drafts=drafts,
        unwritten=_within(period, facts.unwritten[pk, requirement.type]),
        open_records=tuple(sorted(day for day in facts.open_records[pk] if Month.of(day) in period.months)),
        lacking=lacking,
    )  # fmt: skip


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
    who, least = {requirement.owed_by, _natural(requirement)}, facts.committee_from(branch, period)
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
    return [one for one in coverage_in(scope) if one.period.last in scope.months]


def duties(scope: Scope) -> Iterable[Duty]:
    """召开 11 月支委会 and so on, each due on the last day of its period."""
    for one in _ending(scope):
        times = f"（{one.owed} 次）" if one.owed > 1 else ""
        verb = "上好" if one.type == MeetingType.LESSON else "召开"
        space = " " if one.label[0].isdigit() else ""
        act, url = next_step(one)
        yield Duty(
            kind="meeting", organization_id=one.organization_id, month=one.period.last, due_on=one.due_on,
            title=f"{verb}{space}{one.label}{times}", url=url, done_on=one.done_on, not_owed=one.not_owed,
            missed=one.missed, detail=one.detail or (one.word if one.left else ""), act=act, what=one.name,
            times=(one.held, one.owed),
        )  # fmt: skip


def next_step(one: Coverage) -> tuple[str, str]:
    """The button and the address of the next thing to do: sign, write, or read where it can be held (``ways``)."""
    if one.drafts and one.is_open:
        return "去确认", one.drafts[0].url if len(one.drafts) == 1 else f"{one.url}&status=DRAFT"
    if one.unwritten and one.is_open:
        return "写会议记录", one.unwritten[0].url
    if one.is_open:
        return "去补记" if one.is_over else "去安排", f"{one.url}#{one.anchor}"
    return "查看", one.url


SOURCES = [DutySource("meeting", "三会一课", duties)]
