"""A year on one page: an organization's papers, its twelve months, and what of education, service and meetings is done.

Read for one organization in a fixed number of queries; how many branches stand below it is ``year_matrix``'s.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.urls import reverse

from activities import duties, road, year_duties
from activities.models import ActivityDay, AnnualPlan, Filing, MonthlyPlan, YearSummary
from activities.year_lines import lines_of
from branches import access
from branches.models import Organization
from core import clock
from core.contributions import Scope
from core.periods import Month, Quarter


@dataclass(frozen=True)
class YearMonth:
    """One month of a branch's year: its plan, the revision of it on the road, its day, and what is owed."""

    month: Month
    plan: MonthlyPlan | None
    revision: MonthlyPlan | None
    day: ActivityDay | None
    not_owed: str
    plan_due_on: date
    plan_late: bool
    is_writer: bool

    @property
    def act(self) -> str:
        """What the user can do with the month's plan; nothing where none can be owed any more."""
        if self.plan is None:
            is_past_off = self.not_owed and self.month < Month.current()
            is_closed = is_past_off or self.not_owed == duties.BEFORE_THE_SITE
            return "填写" if self.is_writer and not is_closed else ""
        return "继续填" if self.is_writer and self.plan.is_open else "查看"

    @property
    def said(self) -> MonthlyPlan | None:
        """The plan whose theme and date stand in the month's line: a report that none is held has neither."""
        return None if self.plan is None or self.plan.cancels else self.plan

    @property
    def state(self) -> tuple[str, str] | None:
        """(style, word) where the plan's own status does not say it; None where it does, or where nothing is due."""
        if self.plan is None:
            return ("none", self.not_owed) if self.not_owed else ("late", "逾期未报") if self.plan_late else None
        if self.revision:
            under_review = self.revision.status in (Filing.Status.SUBMITTED, Filing.Status.FILED)
            return ("wait", "修订待审" if under_review else "修订中")
        if self.plan.cancels and not self.plan.is_open:
            return ("none", "不开展") if self.plan.is_called_off else ("wait", "报不开展")
        return None


@dataclass(frozen=True)
class PaperLine:
    """A year's paper as its head shows it: the paper that counts, the revision on the road, and what is owed."""

    name: str
    paper: AnnualPlan | YearSummary | None
    revision: AnnualPlan | YearSummary | None
    due_on: date
    not_owed: str
    edit_address: str
    is_writer: bool
    is_sender: bool

    @property
    def is_late(self) -> bool:
        filed = self.paper is not None and not self.paper.is_open
        return not (filed or self.not_owed) and self.due_on < clock.today()

    @property
    def acts(self) -> list[tuple[str, str]]:
        """(word, address) of what the user can open."""
        if self.paper is None:
            return [("填写", self.edit_address)] if self.is_writer else []
        if self.paper.is_open:
            return [(year_duties.act_of(self.paper) if self.is_writer else "查看", self.paper.get_absolute_url())]
        acts = [("查看", self.paper.get_absolute_url())]
        if self.revision:
            acts.append(("看修订", self.revision.get_absolute_url()))
        elif self.is_sender and self.paper.status == Filing.Status.ACCEPTED:
            acts.append(("修订", f"{self.paper.get_absolute_url()}#amend-reason"))
        return acts


def head_of(user, organization: Organization, year: int, scope: Scope) -> dict:
    """The papers of a year, the plans in force above, and the theme of each quarter with whose it is."""
    chain = AnnualPlan.objects.visible_to(user).filter(organization__in=organization.lineage, year=year)
    plans = list(chain.exclude(status__in=Filing.GONE).select_related("organization").order_by("organization__path"))
    own = [plan for plan in plans if plan.organization_id == organization.pk]
    in_force = [plan for plan in plans if plan.status == Filing.Status.ACCEPTED]
    summaries = YearSummary.objects.visible_to(user).of([organization]).filter(year=year)
    ends = list(summaries.exclude(status__in=Filing.GONE))
    annual = _line(user, organization, AnnualPlan, year, own, scope)
    return {
        "organization": organization,
        "year": year,
        "annual": annual,
        "papers": [annual, _line(user, organization, YearSummary, year, ends, scope)],
        "above": [plan for plan in in_force if plan.organization_id != organization.pk],
        "themes": [_theme(Quarter(year, number), in_force) for number in range(1, 5)],
        "current": Month.current(),
    }  # fmt: skip


def _line(user, organization, model, year, papers, scope) -> PaperLine:
    policies = scope.once(duties.policies)
    standing = next((one for one in papers if one.status == Filing.Status.ACCEPTED or one.revision == 1), None)
    founded_on, closed_on = organization.founded_on, organization.closed_on
    return PaperLine(
        model.noun, standing, next((one for one in papers if one is not standing), None),
        standing.due_on if standing else year_duties.due_on(model, year, policies),
        year_duties.why_not_owed(model, year, policies, founded_on, closed_on),
        reverse("year_edit", args=[model.kind, organization.pk, year]),
        access.holds(user, organization, road.WRITERS), access.holds(user, organization, road.SENDERS),
    )  # fmt: skip


def _theme(quarter: Quarter, in_force) -> tuple[Quarter, str, Organization | None]:
    """The quarter, the theme that leads it, and whose it is: the nearest plan in force that has one."""
    plan = next((plan for plan in reversed(in_force) if plan.theme_of(quarter)), None)
    return quarter, plan.theme_of(quarter) if plan else "", plan.organization if plan else None


def branch_year(user, branch: Organization, year: int) -> dict:
    """A branch's year, as far as the user may see it: four quarters with their themes and months, and what is done."""
    months = list(Month(year, 1).until(Month(year, 12)))
    scope = Scope(Organization.objects.visible_to(user).filter(pk=branch.pk), months)
    head = head_of(user, branch, year, scope)
    standing, revisions = plans_of(user, [branch.pk], months)
    is_writer = head["annual"].is_writer
    rows = [_month(scope, branch, month, standing, revisions, is_writer) for month in months]
    themes = {quarter: (theme, owner) for quarter, theme, owner in head["themes"]}
    quarters = [
        {"quarter": quarter, "theme": themes[quarter][0], "owner": themes[quarter][1], "months": some}
        for quarter, some in ((quarter, list(some)) for quarter, some in groupby(rows, lambda row: row.month.quarter))
        if any(row.not_owed != duties.BEFORE_THE_SITE or row.plan for row in some)  # nothing was kept before
    ]
    context = {"branch": branch, "quarters": quarters, "months": months, "is_writer": is_writer}
    return head | context | {"lines": lines_of(scope, rows)}


def plans_of(user, organizations, months) -> tuple[dict, dict]:
    """The plans that count, with their days and 应到 and 实到, and revisions on the road, by (organization, month)."""
    papers = MonthlyPlan.objects.visible_to(user).of(organizations).filter(month__in=months)
    standing: dict[tuple[int, Month], MonthlyPlan] = {}
    revisions: dict[tuple[int, Month], MonthlyPlan] = {}
    for plan in duties.with_headcounts(papers.exclude(status__in=Filing.GONE)):
        counts = plan.status == Filing.Status.ACCEPTED or plan.revision == 1
        (standing if counts else revisions)[plan.organization_id, plan.month] = plan
    return standing, revisions


def _month(scope, branch, month, standing, revisions, is_writer) -> YearMonth:
    policy, plan = scope.once(duties.policies).of(month), standing.get((branch.pk, month))
    filed = plan is not None and not plan.is_open
    due_on = plan.due_on if plan else policy.plan_due_on(month)
    why = duties.why_not_owed(policy, month, branch.founded_on, branch.closed_on)
    late = not (filed or why or duties.why_no_plan(policy, month, branch.founded_on)) and due_on < clock.today()
    return YearMonth(
        month, plan, revisions.get((branch.pk, month)), getattr(plan, "day", None), why, due_on, late,
        is_writer,
    )  # fmt: skip
