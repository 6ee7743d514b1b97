"""What every organization owes of a year: its annual plan, and the summary at its end. Computed, never stored.

Each falls due on a day that the policy of the year's first month sets; the duty belongs to the month of that day.
"""

import datetime
from collections.abc import Iterable

from django.db.models import FilteredRelation, Q

from activities.duties import BEFORE_FOUNDING, BEFORE_THE_SITE, lifespans, policies, why_no_plan_of
from activities.models import AnnualPlan, Filing, MonthlyPlan, Policies, Policy, YearSummary
from activities.models.filings import is_standing
from core import clock
from core.contributions import Duty, DutySource, Scope
from core.periods import Month

MODELS = {model.kind: model for model in (AnnualPlan, YearSummary)}
KINDS = frozenset(MODELS)
RELATIONS = {AnnualPlan: "annual_plans", YearSummary: "summaries"}


def due_on(model, year: int, policies: Policies) -> datetime.date:
    """The last day for a year's paper: the plan's in that year, the summary's in the January after it."""
    policy = policies.of(Month(year, 1))
    return policy.annual_plan_due_on(year) if model is AnnualPlan else policy.summary_due_on(year)


def why_not_owed(model, year: int, policies: Policies, founded_on, closed_on) -> str:
    """Why an organization owes no paper of a year; empty when it owes."""
    last = due_on(model, year, policies)
    month = Month.of(last)
    if month < policies.of(month).effective_from:  # months before the first policy are asked with the first one
        return BEFORE_THE_SITE
    if closed_on and closed_on <= month.last:
        return "已撤销"
    if founded_on and founded_on > last:
        return BEFORE_FOUNDING
    return "尚未成立" if founded_on and founded_on.year > year else ""


def why_none_is_owed(paper) -> str:
    """Why the organization of a paper of any kind, stored or not, owes no such paper; empty when it does."""
    owner = paper.organization
    if isinstance(paper, MonthlyPlan):
        return why_no_plan_of(owner, paper.month, Policy.in_force(paper.month))
    return why_not_owed(type(paper), paper.year, Policies(), owner.founded_on, owner.closed_on)


def rows(scope: Scope) -> Iterable[Duty]:
    """The papers that fall due in the months of the scope, of organizations of every kind."""
    years = {model: _years(model, scope) for model in MODELS.values()}
    lives, papers = _read(scope, years) if any(years.values()) else ([], {})
    for model, months in years.items():
        for month, year in months.items():
            for pk, founded_on, closed_on in lives:
                why = why_not_owed(model, year, scope.once(policies), founded_on, closed_on)
                yield _duty(model, pk, month, year, why, papers.get((model, pk, year)), scope.once(policies))


def _years(model, scope) -> dict[Month, int]:
    """``{month: year}``: in which of the months the paper of which year falls due."""
    asked = {month: month.year if model is AnnualPlan else month.year - 1 for month in scope.months}
    return {month: year for month, year in asked.items() if due_on(model, year, scope.once(policies)) in month}


FIELDS = ("pk", "year", "status", "due_on", "first_submitted_on", "returned_at", "return_note")


def _read(scope, years):
    """``[(id, founded on, closed on)]`` and the standing papers of the years by (model, id, year), in one query."""
    rows, columns = scope.branches, ["pk", "founded_on", "closed_on"]
    for model, name in RELATIONS.items():
        standing = Q(**{f"{name}__year__in": list(years[model].values())}) & is_standing(f"{name}__")
        rows = rows.annotate(**{f"its_{name}": FilteredRelation(name, condition=standing)})
        columns += [f"its_{name}__{field}" for field in FIELDS]
    lives, papers = {}, {}
    for pk, founded_on, closed_on, *values in rows.values_list(*columns):
        lives[pk] = (pk, founded_on, closed_on)
        for place, model in enumerate(RELATIONS):
            its = dict(zip(FIELDS, values[place * len(FIELDS) :], strict=False))
            if its["pk"] is not None:
                papers[model, pk, its["year"]] = model(organization_id=pk, **its)
    scope.keep(lifespans, list(lives.values()))
    return list(lives.values()), papers


def _duty(model, pk, month, year, why, paper, policies) -> Duty:
    """报送年度计划, 报送年终总结; what was returned is owed again some days later, as a month's plan is.

    Once there is a paper, its own due day counts: a later change of the policy makes nobody late. Whoever sent one
    without owing it is asked to mend it all the same.
    """
    filed = paper is not None and not paper.is_open
    returned = paper is not None and paper.status == Filing.Status.RETURNED
    asked = paper or model(organization_id=pk, year=year, due_on=due_on(model, year, policies))
    last = asked.due_on
    if returned:
        returned_on = clock.day_of(paper.returned_at)
        last = max(last, policies.of(Month.of(returned_on)).correction_due_on(returned_on))
    return Duty(
        kind=model.kind, organization_id=pk, month=month, due_on=last, not_owed="" if returned else why,
        title=f"修改并再报 {asked.title}" if returned else f"报送 {asked.title}",
        done_on=paper.first_submitted_on if filed else None,
        url=paper.get_absolute_url() if filed else asked.edit_address,
        detail=_detail(model, paper), act=act_of(paper),
    )  # fmt: skip


def act_of(paper) -> str:
    """What its writers can do with a year's paper; ``paper`` may be None."""
    if paper is None:
        return "填写"
    if paper.status == Filing.Status.RETURNED:
        return "修改再报"
    return "继续填" if paper.is_open else "查看"


def _detail(model, paper) -> str:
    if paper is None:
        words = {AnnualPlan: "写明工作目标、主要措施和四个季度主题。", YearSummary: "对照年初的计划，写明完成情况。"}
        return words[model]
    if paper.status == Filing.Status.RETURNED:
        return f"被退回：{paper.return_note}"
    return "草稿已存，还没有报送。" if paper.is_open else paper.get_status_display()


SOURCES = [DutySource("annual", AnnualPlan.noun, rows, also={"summary": YearSummary.noun}, is_monthly=False)]
