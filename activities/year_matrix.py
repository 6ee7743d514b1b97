"""组织 × 月份: how each month of a year stands in each branch below an organization, with the sums of the months.

A page of branches, or all of them for the workbook, is read in a fixed number of queries.
"""

import datetime
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.urls import reverse

from activities import duties
from activities.models import ActivityDay, Filing, MonthlyPlan
from activities.reports import OWED, narrowed
from activities.year_page import plans_of
from branches.models import Organization
from core import clock
from core.contributions import Scope
from core.periods import Month

UNFILED, UNHELD = "UNFILED", "UNHELD"
ONLY = [(UNFILED, "有月份到期没有报的"), (UNHELD, "有月份到期没有开展的")]
HAPPENED = (ActivityDay.Status.HELD, ActivityDay.Status.RECORDED)
SHORT = {"假期月份": "假期", duties.BEFORE_THE_SITE: "启用前", "尚未成立": "未成立"}
AHEAD = 31  # days before a plan's last day in which it is asked for


@dataclass(frozen=True)
class Cell:
    """A month of a branch in a colour and a word; ``counts`` says whether the day was due by now."""

    month: Month
    style: str
    word: str
    detail: str
    url: str = ""
    counts: bool = False
    held: bool = False


@dataclass(frozen=True)
class Row:
    """A branch's year: twelve cells, and how many of the days that were due were held."""

    branch: Organization
    cells: list[Cell]

    @property
    def held(self) -> int:
        return sum(cell.held for cell in self.cells)

    @property
    def due(self) -> int:
        return sum(cell.counts for cell in self.cells)


@dataclass(frozen=True)
class Sum:
    """Of how many branches that owe it how many did it in a month; ``url`` opens the branches of the denominator."""

    month: Month
    done: int
    owed: int
    url: str


class Matrix:
    """The branches below an organization as rows, read when a page of them is asked for."""

    def __init__(self, user, organization: Organization, year: int, scope: Scope, asked: dict):
        self.user, self.organization, self.asked = user, organization, asked
        self.months = list(Month(year, 1).until(Month(year, 12)))
        self.policies, self.today = scope.once(duties.policies), clock.today()
        lived = Q(founded_on=None) | Q(founded_on__lte=self.months[-1].last)
        lived &= Q(closed_on=None) | Q(closed_on__gt=self.months[0].last)
        below = Organization.objects.visible_to(user).under(organization).branches().filter(lived)
        self.branches = narrowed(self._lacking(below, asked["only"]), asked["q"], asked["above"])

    def count(self) -> int:
        return self.branches.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, part) -> list[Row]:
        branches = list(self.branches[part])
        whose = [branch.pk for branch in branches] if part != slice(None) else self.branches.order_by()
        standing, revisions = plans_of(self.user, whose, self.months)
        return [
            Row(
                branch,
                [
                    self._cell(branch, month, standing.get((branch.pk, month)), (branch.pk, month) in revisions)
                    for month in self.months
                ],
            )
            for branch in branches
        ]

    def _asked_in(self, month) -> bool:
        """Is anything asked of anybody in a month?"""
        return not duties.why_not_owed(self.policies.of(month), month, None, None)

    @staticmethod
    def _owing(month, prefix="") -> Q:
        """Branches that exist at the end of a month, as ``why_not_owed`` asks of one."""
        founded = Q(**{f"{prefix}founded_on": None}) | Q(**{f"{prefix}founded_on__lte": month.last})
        return founded & (Q(**{f"{prefix}closed_on": None}) | Q(**{f"{prefix}closed_on__gt": month.last}))

    def _in_time_for_a_plan(self, month, prefix="") -> Q:
        last = self.policies.of(month).plan_due_on(month)
        return Q(**{f"{prefix}founded_on": None}) | Q(**{f"{prefix}founded_on__lte": last})

    def _lacking(self, branches, only):
        """Those who did not file, or did not hold, what fell due; all of them for another word."""
        if only not in (UNFILED, UNHELD):
            return branches
        standing = MonthlyPlan.objects.standing()
        lacking = Q(pk__in=[])
        for month in filter(self._asked_in, self.months):
            of_month = standing.for_month(month)
            if only == UNFILED and self.policies.of(month).plan_due_on(month) < self.today:
                filed = of_month.exclude(status__in=Filing.OPEN)
                lacking |= self._owing(month) & self._in_time_for_a_plan(month) & ~_has(filed)
            elif only == UNHELD:
                done = of_month.filter(Q(day__status__in=HAPPENED) | Q(cancels=True, status=Filing.Status.ACCEPTED))
                over = of_month.filter(
                    Q(day__status="NOT_HELD") | Q(planned_on__lt=self.today) & ~Q(status__in=Filing.OPEN)
                )
                due = ~_has(done) if month.last < self.today else _has(over) & ~_has(done)
                lacking |= self._owing(month) & due
        return branches.filter(lacking)

    def _cell(self, branch, month, plan, is_revised) -> Cell:
        policy, day = self.policies.of(month), getattr(plan, "day", None)
        why = duties.why_not_owed(policy, month, branch.founded_on, branch.closed_on)
        state, url = plan.get_status_display() if plan else "", plan.get_absolute_url() if plan else ""
        if day is not None and day.happened:
            came = f"，到会 {plan.present}／{plan.expected}"
            detail = f"{day.held_on.month} 月 {day.held_on.day} 日{came}"
            return Cell(month, "done", "已开展", detail, day.get_absolute_url(), not why, not why)
        if called_off := duties.why_no_day(plan):
            return Cell(month, "none", "不开展", called_off, url)
        if why and (plan is None or plan.is_open):
            style = "future" if why == duties.BEFORE_THE_SITE else "off"
            return Cell(month, style, SHORT.get(why, why), why, url)
        is_over = month.last < self.today and not why
        if plan is None or plan.is_open:
            return self._unfiled(branch, month, plan, is_over)
        if day is not None and day.status == ActivityDay.Status.NOT_HELD:
            return Cell(month, "late", "未开展", day.not_held_reason, day.get_absolute_url(), not why)
        is_due = not why and (is_over or plan.day_has_come)
        if plan.cancels:
            return Cell(month, "wait", "报不开展", f"{state}：{plan.reason}", url, is_due)
        on = f"{plan.planned_on.month} 月 {plan.planned_on.day} 日" if plan.planned_on else "日期没有定"
        if is_over or plan.day_has_come:
            return Cell(month, "late", "未开展", f"计划 {on}", url, is_due)
        if is_revised:
            return Cell(month, "wait", "修订", "有一份修订正在办理", url)
        if plan.status == Filing.Status.ACCEPTED:
            return Cell(month, "done", "已备案", f"{on}开展" if plan.planned_on else on, url)
        return Cell(month, "wait", "待审", state, url)

    def _unfiled(self, branch, month, plan, is_over) -> Cell:
        policy, where = self.policies.of(month), reverse("plan_edit", args=[branch.pk, month])
        if plan is not None and plan.status == Filing.Status.RETURNED:
            return Cell(month, "late", "退回", plan.return_note, plan.get_absolute_url(), is_over)
        if why := duties.why_no_plan(policy, month, branch.founded_on):
            style, word = ("late", "未开展") if is_over else ("off", "不要求")
            return Cell(month, style, word, why, where, is_over)
        last = plan.due_on if plan else policy.plan_due_on(month)
        words = f"计划 {last.month} 月 {last.day} 日截止"
        if last < self.today:
            return Cell(month, "late", "逾期", words, where, is_over)
        if last - self.today > datetime.timedelta(days=AHEAD):
            return Cell(month, "future", "—", words, where)
        return Cell(month, "due", "未报", words, where)

    def sums(self) -> dict[str, list[Sum]]:
        """``filed`` and ``held``, month by month, over all rows and not only those of the page; in two queries."""
        asked = list(filter(self._asked_in, self.months))
        in_time = {month: self._in_time_for_a_plan(month) for month in asked}
        owed = self.branches.order_by().aggregate(
            **{f"held_{month.number}": Count("pk", filter=self._owing(month)) for month in asked},
            **{f"filed_{month.number}": Count("pk", filter=self._owing(month) & in_time[month]) for month in asked},
        )
        off = Q(cancels=True, status=Filing.Status.ACCEPTED)
        rows = MonthlyPlan.objects.visible_to(self.user).standing().of(self.branches.order_by())
        counts = rows.filter(self._each_in_its_month(self._owing, asked)).order_by().values("month")
        sent_in_time = self._each_in_its_month(self._in_time_for_a_plan, asked)
        counts = counts.annotate(
            filed=Count("pk", filter=~Q(status__in=Filing.OPEN) & sent_in_time),
            held=Count("pk", filter=~off & Q(day__status__in=HAPPENED)),
            off=Count("pk", filter=off),
        )
        done = {row["month"]: row for row in counts}
        return {
            "filed": [self._sum("filed", "plans", month, done.get(month, {}), owed) for month in self.months],
            "held": [self._sum("held", "days", month, done.get(month, {}), owed) for month in self.months],
        }

    @staticmethod
    def _each_in_its_month(condition, months) -> Q:
        """Plans of the months whose branch meets the month's condition, as one that was always there does."""
        always = Q(organization__founded_on=None, organization__closed_on=None)
        met = (Q(month=month) & condition(month, "organization__") for month in months)
        return Q(month__in=months) & reduce(or_, met, always)

    def _sum(self, what, page, month, done, owed) -> Sum:
        number = owed.get(f"{what}_{month.number}", 0)
        if what == "held":
            number = 0 if month > Month.of(self.today) else number - done.get("off", 0)
        above = self.asked["above"]
        if not above and self.organization.kind == Organization.Kind.GENERAL_BRANCH:
            above = str(self.organization.pk)
        values = {"month": str(month), "status": OWED, "above": above, "q": self.asked["q"]}
        url = reverse(page, query={key: value for key, value in values.items() if value})
        return Sum(month, done.get(what, 0), number, "" if self.asked["only"] else url)


def _has(plans) -> Q:
    return Q(pk__in=plans.values("organization"))
