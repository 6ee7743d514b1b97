"""The steps of a paper's road: submit, withdraw, forward, accept or lapse, return. Each locks and checks.

Whoever answers has read one attempt: ``attempt`` is its number, by default that of the paper as it was given. An answer
to another one is StaleState.
"""

import logging

from django.core.exceptions import PermissionDenied
from django.db import transaction

from activities import road, rules
from activities.filing.attempts import Outcome, answer_attempt, keep_attempt
from activities.filing.drafts import lacks
from activities.filing.people import department_above, next_reviewers, secretaries
from activities.models import ActivityDay, AnnualPlan, Filing, MonthlyPlan, Policy, YearSummary
from activities.parts import content_of, words_of
from activities.year_duties import why_none_is_owed
from branches import access
from branches.calendar import add_working_days
from core import clock
from core.audit import record
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, no, require

log = logging.getLogger(__name__)
Status = Filing.Status
BATCH = 500
SENT_ANEW = "这份{noun}在您查看之后又重新报送了，请看过新的再办理。"


class Incomplete(Exception):
    """Raised when a paper is submitted that still lacks something; ``missing`` lists it."""

    def __init__(self, missing):
        super().__init__("、".join(one.word for one in missing))
        self.missing = missing


@transaction.atomic
def submit_plan(paper, *, by):
    """Send a complete paper upward; late or not is decided by the server's clock, once, at the first time.

    A branch's goes to its general branch; where nobody stands between, it is filed at once; at the top it is in force.
    """
    paper = lock(paper, *road.starts("submit"))
    require(rules.can_submit(by, paper))
    lacking = lacks(paper)
    if lacking:
        raise Incomplete(lacking)
    return send(paper, by=by)


def send(paper, *, by):
    """The submission itself, for acts that have the paper locked and checked."""
    paper.status = Status.SUBMITTED if paper.has_middle else Status.FILED
    paper.submitted_at, paper.submitted_by = clock.now(), by
    if paper.first_submitted_on is None:
        paper.first_submitted_on = clock.today()
        if why_none_is_owed(paper):
            paper.due_on = max(paper.due_on, clock.today())  # what nobody has to file is never late
    paper.return_note, paper.reopened = "", []
    paper.attempts += 1
    if paper.status == Status.FILED:
        _file(paper)
    paper.save(
        update_fields=[
            "status", "submitted_at", "submitted_by", "filed_at", "lapses_on", "first_submitted_on", "due_on",
            "return_note", "reopened", "attempts",
        ]
    )  # fmt: skip
    keep_attempt(paper)
    opened = _open_day(paper)
    record(paper, "plan.submitted", by=by, also=opened, attempt=paper.attempts, content=content_of(paper))
    if paper.organization.parent_id is None:
        return _put_in_force(paper, "plan.accepted", by=by)
    tell(
        next_reviewers(paper), "plan_submitted", key=_key("plan_submitted", paper),
        title=f"{paper.organization}报来 {named(paper)}", url=review_address(paper),
        sender=paper.organization.short_name,
    )  # fmt: skip
    return paper


def _file(paper):
    """The paper has come before the department, which has so many working days for its answer; 不开展 waits for it."""
    paper.filed_at = clock.now()
    if not getattr(paper, "cancels", False):
        days = Policy.in_force(Month.current()).lapse_working_days
        paper.lapses_on = add_working_days(clock.today(), days)


def _open_day(paper):
    """The first plan of a month that is submitted opens its activity day; a month that is cancelled has none."""
    if not isinstance(paper, MonthlyPlan) or paper.is_amendment or paper.cancels:
        return []
    day, is_new = ActivityDay.objects.get_or_create(
        organization=paper.organization, month=paper.month, defaults={"plan": paper}
    )
    return [day] if is_new else []


def _key(notice, paper):
    """One notice a paper and attempt."""
    kind = "" if isinstance(paper, MonthlyPlan) else f"{paper.kind}:"
    return f"{notice}:{kind}{paper.pk}:{paper.attempts}"


def named(paper) -> str:
    """What a paper is, in the words of notices: which of several of its period, and whether it says 不开展."""
    word = f"{paper.month.label}不开展活动日的报告" if getattr(paper, "cancels", False) else paper.title
    return f"{word}（第 {paper.revision} 版修订）" if paper.is_amendment else word


def review_address(paper) -> str:
    """Where a reviewer finds the paper in the queue."""
    kind = "" if isinstance(paper, MonthlyPlan) else f"kind={paper.kind}&"
    return f"/plans/review/?{kind}plan={paper.pk}"


@transaction.atomic
def withdraw_plan(paper, *, by):
    """Take a submission back that nobody has taken up yet; all of it can be changed again."""
    paper = lock(paper, *road.starts("withdraw"))
    require(rules.can_withdraw(by, paper))
    paper.status, paper.filed_at, paper.lapses_on = Status.DRAFT, None, None
    paper.save(update_fields=["status", "filed_at", "lapses_on"])
    record(paper, "plan.withdrawn", by=by, also=[answer_attempt(paper, Outcome.WITHDRAWN)])
    return paper


def plan_for_review(model, pk, user) -> Filing:
    """The paper on which a reviewer acts; raises Http404 for one that is not seen.

    One that its writer took back meanwhile is not seen any more either, but was: that is said by StaleState.
    """
    for taken_back in model.objects.taken_back_from(user).filter(pk=pk).order_by():
        raise StaleState(f"{taken_back.organization}刚刚撤回了 {taken_back.short_title}，等支部改好再报。")
    return access.get_visible_or_404(model, user, pk=pk)


def _require_the_seen(paper, attempt):
    if paper.attempts != attempt:
        raise StaleState(SENT_ANEW.format(noun=paper.noun))


def _stood_in(paper, by) -> bool:
    """Does the department act for a general branch that has nobody?"""
    return not access.holds(by, paper.organization.parent, access.DRAFTERS)


@transaction.atomic
def forward_plan(paper, *, by, attempt=None):
    """转报: the general branch passes a paper on to the organization department, which may have to stand in for it."""
    seen = paper.attempts if attempt is None else attempt
    paper = lock(paper, *road.starts("forward"))
    require(rules.can_forward(by, paper))
    _require_the_seen(paper, seen)
    stood_in = _stood_in(paper, by)
    paper.status = Status.FILED
    _file(paper)
    paper.save(update_fields=["status", "filed_at", "lapses_on"])
    record(paper, "plan.forwarded", by=by, note="党总支无人可办，组织部代为转报" if stood_in else "")
    tell(
        department_above(paper.organization), "plan_filed", key=_key("plan_filed", paper),
        title=f"{paper.organization} {named(paper)}待备案", url=review_address(paper),
        sender=paper.organization.parent.short_name,
    )  # fmt: skip
    return paper


@transaction.atomic
def accept_plan(paper, *, by, attempt=None):
    """备案: the organization department puts a paper on file; a revision takes the place of what it amends."""
    seen = paper.attempts if attempt is None else attempt
    paper = _lock_with_its_revisions(paper, "accept")
    require(rules.can_accept(by, paper))
    _require_the_seen(paper, seen)
    return _put_in_force(paper, "plan.accepted", by=by)


@transaction.atomic
def lapse_plan(paper):
    """到期自动备案: the department let its period run out, so the paper stands accepted. The system's own act."""
    paper = _lock_with_its_revisions(paper, "lapse")
    require(rules.may(None, paper, "lapse"))
    paper.is_lapsed = True
    return _put_in_force(paper, "plan.lapsed", by=None)


def lapse_plans() -> int:
    """Accept whatever has waited too long, paper by paper; how many. Run again, it finds nothing more."""
    done = 0
    for model in (MonthlyPlan, AnnualPlan, YearSummary):
        last = 0
        while papers := list(_lapsing(model).filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = papers[-1].pk
            for paper in papers:
                try:
                    lapse_plan(paper)
                except (StaleState, PermissionDenied) as error:
                    log.info("%s did not lapse: %s", paper, error)  # answered or sent anew at this very moment
                    continue
                done += 1
    return done


def _lapsing(model):
    rows = model.objects.lapsing()
    return rows.filter(cancels=False) if model is MonthlyPlan else rows


def _lock_with_its_revisions(paper, step):
    """The paper, locked after the earlier ones of its period, in the order in which whoever holds a day locks them."""
    if paper.is_amendment:
        lock_all(type(paper).objects.of([paper.organization_id]).same_period(paper).order_by("pk"))
    return lock(paper, *road.starts(step))


def _put_in_force(paper, event, *, by):
    """Accepted: what it amends is superseded, and the month's day follows the new plan."""
    before = type(paper).objects.of([paper.organization_id]).same_period(paper).filter(status=Status.ACCEPTED)
    replaced = lock_all(before) if paper.is_amendment else []
    for old in replaced:
        old.status = Status.SUPERSEDED
        old.save(update_fields=["status"])
    paper.status, paper.accepted_at, paper.lapses_on = Status.ACCEPTED, clock.now(), None
    paper.save(update_fields=["status", "accepted_at", "lapses_on", "is_lapsed"])
    answered = answer_attempt(paper, Outcome.ACCEPTED)
    day = _follow(paper, replaced) if isinstance(paper, MonthlyPlan) else []
    record(paper, event, by=by, also=[answered, *replaced, *day])
    if paper.organization.parent_id is not None:
        tell(
            secretaries(paper.organization), "plan_accepted", key=_key("plan_accepted", paper),
            title=f"{named(paper)}{'到期自动备案' if paper.is_lapsed else '已备案'}", url=paper.get_absolute_url(),
            sender="党委组织部",
        )  # fmt: skip
    return paper


def _follow(plan, replaced):
    """The month's day goes by the plan now in force: its date and run, or that there will be none."""
    day = ActivityDay.objects.filter(organization=plan.organization, month=plan.month).first()
    if day is None:
        if plan.cancels:
            return []
        return [ActivityDay.objects.create(organization=plan.organization, month=plan.month, plan=plan)]
    day = lock(day)
    states = ActivityDay.Status
    if plan.cancels and day.status == states.PLANNED:
        day.status, day.not_held_reason = states.NOT_HELD, plan.reason
    elif not plan.cancels and day.status == states.NOT_HELD and any(old.cancels for old in replaced):
        day.status, day.not_held_reason = states.PLANNED, ""
    day.plan = plan
    day.save(update_fields=["status", "not_held_reason", "plan"])
    return [day]


@transaction.atomic
def return_plan(paper, *, by, attempt=None, note="", comments=None):
    """Send a paper back, saying what to change: ``note`` for the whole, ``comments`` by the name of a part.

    With comments only those parts can be changed before it is submitted again; with a note alone, everything.
    """
    seen = paper.attempts if attempt is None else attempt
    paper = lock(paper, *road.starts("return"))
    require(rules.can_return(by, paper))
    _require_the_seen(paper, seen)
    comments = comments or {}
    if not note and not comments:
        require(no("退回要写明意见。"))
    by_department = paper.status == Status.FILED or _stood_in(paper, by)
    level = "党委组织部" if by_department else paper.organization.parent.short_name
    words = words_of(type(paper))
    told = "\n".join(filter(None, [note, *(f"{words[part]}：{text}" for part, text in comments.items())]))
    paper.status, paper.returned_at, paper.return_note, paper.filed_at = Status.RETURNED, clock.now(), told, None
    paper.reopened, paper.lapses_on = list(comments), None
    paper.save(update_fields=["status", "returned_at", "return_note", "filed_at", "reopened", "lapses_on"])
    answered = answer_attempt(paper, Outcome.RETURNED, note, comments)
    record(paper, "plan.returned", by=by, note=told, also=[answered], level=level)
    tell(
        secretaries(paper.organization), "plan_returned", key=_key("plan_returned", paper),
        title=f"{named(paper)}被退回，请修改后再报", text=told, url=paper.get_absolute_url(), sender=level,
    )  # fmt: skip
    return paper


def act_on_many(step: str, papers, *, by, attempts=None):
    """Apply a step (forward or accept) to several papers, each in its own transaction; gives (done, [(paper, why)]).

    ``attempts`` are the numbers of the attempts that were seen, by the paper's id.
    """
    action = {"forward": forward_plan, "accept": accept_plan}[step]
    done, refused = [], []
    for paper in papers:
        try:
            if step == "accept" and paper.status == Status.SUBMITTED:  # nobody was faster: it has not come so far
                require(no("党总支还没有转报。"))
            done.append(action(paper, by=by, attempt=(attempts or {}).get(paper.pk)))
        except (StaleState, PermissionDenied) as error:
            refused.append((paper, str(error)))
    return done, refused
