"""What the pages of the policy show: every policy in words, and what a change of it will do before it is saved."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from activities.duties import why_no_plan, why_not_owed
from activities.kinds import ItemKind, read_code
from activities.models import MonthlyPlan, PlanItem, Policies, Policy
from activities.policy_words import Difference, Sentence, differences, sentences
from activities.rules import policies as policy_rules
from branches.models import Organization
from core import clock
from core.audit import AuditEntry
from core.periods import WEEKDAYS, Month
from core.workflow import Verdict

AHEAD = 12  # months that a preview looks at
NONE = "—"


@dataclass(frozen=True)
class PolicyLine:
    """A policy as the page shows it: from when to when (``last`` None is open), who set it, what can be done with it.

    ``points`` are its sentences, each with what it said in the policy before where that was something else. ``set_`` is
    the last audit entry that set it; None for the one that the site came with.
    """

    policy: Policy
    last: Month | None
    points: list[tuple[Sentence, str]]
    set_: AuditEntry | None
    can_set: Verdict
    can_drop: Verdict


def policy_lines(user, policies: Policies) -> dict[str, list[PolicyLine]]:
    """``now`` (one; none before the site came into use), ``coming`` (the next first), ``past`` (the last first)."""
    entries = {}
    for entry in AuditEntry.objects.filter(
        subject=Policy._meta.label_lower, subject_id__in=[row.pk for row in policies.rows], event="policy.set"
    ).select_related("by").order_by("pk"):  # fmt: skip
        entries[entry.subject_id] = entry
    current = Month.current()
    found: dict[str, list[PolicyLine]] = {"now": [], "coming": [], "past": []}
    for row in policies.rows:
        following = policies.after(row.effective_from)
        last = following.effective_from.previous if following else None
        when = "coming" if row.effective_from > current else "past" if last and last < current else "now"
        line = PolicyLine(
            row, last, _points(row, policies), entries.get(row.pk),
            policy_rules.can_set_policy(user, row, policies), policy_rules.can_drop_policy(user, row, policies),
        )  # fmt: skip
        found[when].append(line)
    return found | {"past": found["past"][::-1]}


def _points(policy, policies):
    earlier = policies.before(policy.effective_from)
    was = {one.about: one.old for one in differences(earlier, policy)} if earlier else {}
    return [(one, was.get(one.about, "")) for one in sentences(policy)]


@dataclass(frozen=True)
class Cell:
    """One fact of a month under the rule as it stands and under the new one."""

    name: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class MonthChange:
    """A month that a change concerns: its facts, and how many branches owe a plan and a day before and after."""

    month: Month
    cells: list[Cell]
    owing: int
    will_owe: int

    @property
    def more(self) -> int:
        """So many branches owe in addition; negative when fewer do."""
        return self.will_owe - self.owing

    @property
    def style(self) -> str:
        return "due" if self.more > 0 else "none"

    @property
    def word(self) -> str:
        return f"多 {self.more} 个要报" if self.more > 0 else f"{-self.more} 个不再要求"


@dataclass(frozen=True)
class PlansThere:
    """The plans of a month that have been submitted already, and how many of them the new rule would not have so.

    ``other_day`` stand on another than the new usual day, ``lacking`` lack what is newly required.
    """

    month: Month
    filed: int
    other_day: int
    lacking: int
    is_off: bool


@dataclass(frozen=True)
class PolicyChange:
    """What setting or dropping a policy will do. ``due_on`` is when the plans of its first month are due; ``later``
    begins after it and stays as it is; ``replaces`` is the row of the same month.
    """

    policy: Policy
    points: list[Difference]
    months: list[MonthChange]
    same: list[Month]
    plans: list[PlansThere]
    drafts: int
    later: Policy | None
    replaces: Policy | None
    due_on: date

    @property
    def same_in_words(self) -> str:
        """2026 年 12 月、2027 年 1 月、3 月: each year is said once."""
        years = {month.year: month for month in reversed(self.same)}  # its first month
        return "、".join(month.label if years[month.year] == month else month.short for month in self.same)

    @property
    def days_left(self) -> int:
        return (self.due_on - clock.today()).days


def preview(user, policies: Policies, policy: Policy) -> PolicyChange:
    """What ``policy`` (unsaved) would change, as far as the user sees; nothing is written. Three queries."""
    replaces = policies.at(policy.effective_from)
    return _change(user, policy, policies, policies.with_policy(policy), replaces=replaces)


def preview_of_drop(user, policies: Policies, policy: Policy) -> PolicyChange:
    """What changes back when ``policy`` is dropped; nothing is written. Three queries."""
    return _change(user, policy, policies, policies.without(policy), replaces=None)


def _change(user, policy, old, new, *, replaces):
    first = policy.effective_from
    window = list(first.until(first + (AHEAD - 1)))
    cells = {month: _cells(old.of(month), new.of(month), month) for month in window}
    changed = [month for month in window if any(cell.differs for cell in cells[month])]
    spans = _lifespans(user) if changed else []
    return PolicyChange(
        policy=policy,
        points=differences(old.of(first), new.of(first)),
        months=[
            MonthChange(month, cells[month], _owing(spans, old, month), _owing(spans, new, month)) for month in changed
        ],
        same=[month for month in window if month not in changed],
        plans=_plans_there(user, old, new, window),
        drafts=_drafts(user, window),
        later=new.after(first),
        replaces=replaces,
        due_on=new.of(first).plan_due_on(first),
    )


def _cells(old, new, month):
    pairs = zip(_facts(old, month), _facts(new, month), strict=True)
    return [Cell(name, before, after) for (name, before), (_, after) in pairs]


def _facts(policy, month):
    """A month's dates in words; a month off has none."""
    if policy.is_off(month):
        return [("固定活动日", "假期，不要求"), ("计划截止", NONE), ("记录截止", NONE)]
    usual, due_on = policy.usual_day(month), policy.plan_due_on(month)
    return [
        ("固定活动日", _day(usual) if usual else "支部自己定"),
        ("计划截止", _day(due_on)),
        ("记录截止", _day(policy.record_due_on(usual)) if usual else f"活动日后 {policy.record_due_days} 天"),
    ]


def _day(day):
    return f"{day.month} 月 {day.day} 日 周{WEEKDAYS[day.weekday()]}"


def _lifespans(user):
    """(founded on, closed on, how many) of the branches: few pairs, however many branches there are."""
    branches = Organization.objects.visible_to(user).branches().order_by()
    return list(branches.values_list("founded_on", "closed_on").annotate(number=Count("pk")))


def _owing(spans, policies, month) -> int:
    """How many branches owe a month's plan, by the same rule as the duties."""
    policy = policies.of(month)
    return sum(
        number
        for founded_on, closed_on, number in spans
        if not (why_not_owed(policy, month, founded_on, closed_on) or why_no_plan(policy, month, founded_on))
    )


def _plans_there(user, old, new, months):
    """Those months of which submitted plans are concerned: by another day, a new requirement, a month off."""
    elsewhere, lacking = Q(), Q()
    for month in months:
        before, after = old.of(month), new.of(month)
        if after.is_off(month):
            continue
        day = after.usual_day(month)
        if day and day != before.usual_day(month):
            elsewhere |= Q(month=month) & ~Q(planned_on=day)
        for code in sorted(set(after.required_items) - set(before.required_items)):
            lacking |= Q(month=month) & ~Exists(_items(code))
    plans = (
        MonthlyPlan.objects.visible_to(user)
        .standing()
        .filter(month__in=months, cancels=False)
        .exclude(status=MonthlyPlan.Status.DRAFT)
    )
    counts = {
        "other_day": Count("pk", filter=elsewhere) if elsewhere else None,
        "lacking": Count("pk", filter=lacking) if lacking else None,
    }
    asked = {name: count for name, count in counts.items() if count is not None}
    found = []
    for row in plans.order_by("month").values("month").annotate(filed=Count("pk"), **asked):
        turned_off = new.of(row["month"]).is_off(row["month"]) and not old.of(row["month"]).is_off(row["month"])
        there = PlansThere(**{"other_day": 0, "lacking": 0, **row}, is_off=turned_off)
        if there.other_day or there.lacking or there.is_off:
            found.append(there)
    return found


def _items(code):
    kind, subtype, form = read_code(code)
    said = {name: value for name, value in (("kind", kind), ("subtype", subtype), ("form", form)) if value}
    is_so = Q(**said)
    if kind == ItemKind.MEETING:  # an item of any kind can be a meeting besides
        is_so |= Q(also__icontains=f'"{subtype}"') if subtype else ~Q(also=[])
    return PlanItem.objects.filter(is_so, plan=OuterRef("pk"))


def _drafts(user, months) -> int:
    """How many branches of the user's part have a draft for these months; what is in it is theirs alone."""
    branches = Organization.objects.visible_to(user).branches()
    return MonthlyPlan.objects.of(branches).filter(month__in=months, status=MonthlyPlan.Status.DRAFT).count()
