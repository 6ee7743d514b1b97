"""What changes an accepted paper: a new revision with its reason, filed again; the accepted one stays on record."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from activities import road, rules
from activities.filing.attempts import Outcome, answer_attempt
from activities.filing.steps import send, submit_plan
from activities.models import Filing, MonthlyPlan, PlanCadre, PlanItem, Policy
from branches.calendar import holiday_name, next_workday, previous_workday
from core import clock
from core.audit import record
from core.workflow import StaleState, lock, lock_all, no, require

Status = Filing.Status
# what a revision takes over from the paper that it amends, beside what its kind says
KEPT = ("organization", "due_on", "first_submitted_on")
SAID = {
    "month": (
        "month", "theme", "planned_on", "starts_at", "place", "host", "recorder", "guest_groups", "guests",
    ),
    "annual": ("year", "goals", "measures", "theme_1", "theme_2", "theme_3", "theme_4"),
    "summary": ("year", "achieved", "shortcomings", "next_steps"),
}  # fmt: skip


@transaction.atomic
def amend_plan(paper, *, by, reason) -> Filing:
    """Begin a revision: a draft that says what is in force now. It is changed and submitted like any other."""
    paper = lock(paper, *road.starts("amend"))
    require(rules.can_amend(by, paper))
    draft = _copy_of(paper, reason)
    record(draft, "plan.amended", by=by, note=reason, amends=paper.pk)
    return draft


def _copy_of(paper, reason):
    model = type(paper)
    last = model.objects.of([paper.organization_id]).same_period(paper).order_by("revision").last()
    draft = model(
        revision=last.revision + 1, reason=reason, **{name: getattr(paper, name) for name in KEPT + SAID[paper.kind]}
    )
    _begin(draft)
    if isinstance(paper, MonthlyPlan):
        PlanItem.objects.bulk_create(
            PlanItem(plan=draft, order=item.order, **item.copied) for item in paper.items.order_by("order")
        )
        PlanCadre.objects.bulk_create(PlanCadre(plan=draft, person_id=one.person_id) for one in paper.cadres.all())
    return draft


def _begin(paper):
    """Store the first of a period, or a revision, where nobody was faster: there is one on the road at a time."""
    try:
        with transaction.atomic():
            paper.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState("刚刚已经有人开始填写或修订了，请看最新情况后再决定。") from error


@dataclass(frozen=True)
class Postponement:
    """Where a plan's date can move to, why it should, and what that is called."""

    to: datetime.date
    reason: str
    word: str


def postponement(plan) -> Postponement | None:
    """A plan's date falls on a free day: the nearest working day of its month, after it or else before it.

    None while it is a working day, or no date is set, or no such day is left. The custom is to shift within a week
    (domain, section 3).
    """
    free = holiday_name(plan.planned_on) if plan.planned_on else ""
    if not free:
        return None
    near = [("顺延到", next_workday(plan.planned_on)), ("提前到", previous_workday(plan.planned_on))]
    word, to = next(((word, day) for word, day in near if day in plan.month and day >= clock.today()), ("", None))
    reason = f"{plan.planned_on.month} 月 {plan.planned_on.day} 日是{free}，调整日期"
    return Postponement(to, reason, word) if to else None


@transaction.atomic
def postpone_plan(plan, *, by, to, reason) -> MonthlyPlan:
    """Move the date of an accepted plan, and file that at once: the revision says nothing else new.

    What is asked of plans since it was accepted is not asked of it: the day must not stay on a holiday for that.
    """
    if to not in plan.month:
        require(no(f"活动日期要在 {plan.month.label}之内。"))
    if to < clock.today():
        require(no("活动日期不能改到已经过去的一天。"))
    draft = amend_plan(plan, by=by, reason=reason)
    draft = lock(draft, Status.DRAFT)
    draft.planned_on = to
    draft.save(update_fields=["planned_on"])
    record(draft, "plan.saved", by=by)
    require(rules.can_submit(by, draft))
    return send(draft, by=by)


@transaction.atomic
def cancel_month(branch, month, *, by, reason) -> MonthlyPlan:
    """Report that no day will be held in a month, and why; it takes the road of a plan.

    An accepted plan is amended; a draft or a returned plan says so instead; without a plan it is the month's first.
    """
    paper = MonthlyPlan.objects.of([branch]).for_month(month).latest_first().first()
    if paper is None:
        require(rules.can_draft(by, branch))
        paper = MonthlyPlan(organization=branch, month=month, due_on=Policy.in_force(month).plan_due_on(month))
        require(rules.can_cancel(by, paper))
        paper.cancels, paper.reason = True, reason
        _begin(paper)
        record(paper, "plan.started", by=by, note=reason)
        return submit_plan(paper, by=by)
    paper = lock(paper)
    if paper.status in (Status.SUBMITTED, Status.FILED):
        raise StaleState("这份计划正在办理，先撤回（或请上级退回），再报本月不开展。")
    require(rules.can_cancel(by, paper))
    if not paper.is_open:
        paper = lock(amend_plan(paper, by=by, reason=reason))
    paper.cancels, paper.reason = True, reason
    paper.version += 1
    paper.save(update_fields=["cancels", "reason", "version"])
    record(paper, "plan.cancelled", by=by, note=reason)
    return submit_plan(paper, by=by)


@transaction.atomic
def drop_plan(paper, *, by, note="") -> None:
    """放弃修订: the accepted paper stays as it is. One that was submitted before stays on record as dropped."""
    paper = lock(paper, *road.starts("drop"))
    require(rules.can_drop(by, paper))
    _drop(paper, by=by, note=note)


@transaction.atomic
def discard_plan(paper, *, by) -> None:
    """删去草稿: a first draft that was never sent is gone; what it said stays in the log."""
    paper = lock(paper, *road.starts("discard"))
    require(rules.can_discard(by, paper))
    _delete(paper, "plan.discarded", by=by)


def give_way_to_the_day(plan, *, by) -> None:
    """The day was held by the plan in force: a revision that is still on the road has become void.

    For the act that holds the day, in its transaction, with the month's plans locked.
    """
    papers = MonthlyPlan.objects.of([plan.organization_id]).for_month(plan.month).amending()
    for paper in lock_all(papers):
        _drop(paper, by=by, note="活动日已按备案的计划开展")


def _drop(paper, *, by, note):
    if not paper.attempts:
        _delete(paper, "plan.dropped", by=by, note=note)
        return
    waits = paper.status in (Status.SUBMITTED, Status.FILED)
    paper.status, paper.lapses_on = Status.DROPPED, None
    paper.save(update_fields=["status", "lapses_on"])
    answered = [answer_attempt(paper, Outcome.DROPPED, note)] if waits else []
    record(paper, "plan.dropped", by=by, note=note, also=answered)


def _delete(paper, event, *, by, note=""):
    parts = []
    if isinstance(paper, MonthlyPlan):
        parts = lock_all(paper.items.order_by("order", "pk")) + lock_all(paper.cadres.order_by("pk"))
    record(paper, event, by=by, note=note, gone=[*parts, paper])
    paper.delete()
