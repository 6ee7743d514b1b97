"""What the pages of a year's papers show: the plans of the levels above, last year's words, what is still missing."""

from dataclasses import dataclass, field

from activities.models import AnnualPlan, Filing, Policy, YearSummary
from activities.parts import PARTS, Missing
from branches.models import Organization
from core.periods import Month


@dataclass(frozen=True)
class Beside:
    """What stands beside a year's paper: the plans in force above it, one's own plan of the year, last year's paper."""

    above: list[AnnualPlan] = field(default_factory=list)
    own: AnnualPlan | None = None
    before: Filing | None = None


def beside(user, paper) -> Beside:
    """A plan is written beside those above it, a summary beside the plan whose goals it answers.

    Last year's paper stands there for whoever may read it.
    """
    owner = paper.organization
    in_force = list(AnnualPlan.objects.above(owner, paper.year))
    own = next((plan for plan in in_force if plan.organization_id == owner.pk), None)
    above = [plan for plan in in_force if plan.organization_id != owner.pk]
    last_year = type(paper).objects.visible_to(user).standing().of([owner]).filter(year=paper.year - 1)
    before = last_year.exclude(status=Filing.Status.DRAFT).first()
    return Beside(above, own if isinstance(paper, YearSummary) else None, before)


def new_paper(model, organization: Organization, year: int) -> Filing:
    """A paper that is not stored yet, with the day by which it is due."""
    policy = Policy.in_force(Month(year, 1))
    due_on = policy.annual_plan_due_on(year) if model is AnnualPlan else policy.summary_due_on(year)
    return model(organization=organization, year=year, due_on=due_on)


def prefill(model, organization: Organization, year: int) -> dict[str, str]:
    """The first words of a new annual plan: the themes of the nearest level above, and last year's measures."""
    if model is not AnnualPlan:
        return {}
    above = AnnualPlan.objects.above(organization, year).exclude(organization=organization).last()
    themes = {f"theme_{number}": getattr(above, f"theme_{number}") for number in range(1, 5)} if above else {}
    last = AnnualPlan.objects.standing().of([organization]).filter(year=year - 1).first()
    return themes | ({"measures": last.measures} if last else {})


def missing_on(form) -> list[Missing]:
    """What the form as it is shown still lacks before it can be submitted."""
    values = form.data if form.is_bound else {**_stored(form), **form.initial}
    parts = PARTS[form.Meta.model]
    return [Missing(part.name, part.word) for part in parts if not str(values.get(part.name) or "").strip()]


def _stored(form):
    return {name: getattr(form.instance, name) for name in form.Meta.fields}


def sent_words(paper) -> str:
    """What a successful submission says: where the paper went."""
    if paper.status == Filing.Status.ACCEPTED:
        return f"{paper.title}已生效，下级组织都能看到。" if isinstance(paper, AnnualPlan) else f"{paper.title}已存档。"
    late = "（已过截止日，按逾期报送记录）" if paper.is_late and not paper.is_amendment else ""
    to = paper.organization.parent.short_name if paper.status == Filing.Status.SUBMITTED else "党委组织部"
    return f"已报送{to}{late}。办理情况会在消息里告诉您。"
