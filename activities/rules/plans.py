"""Who may take which step of a paper's road, and why not: ``road.CELLS`` asked of one user and one paper."""

from activities import road
from activities.models import Filing, MonthlyPlan
from activities.models.filings import READERS
from activities.road import Side
from branches import access
from branches.access import rule
from branches.models import Appointment
from core import clock
from core.workflow import YES, Verdict, no

Status = Filing.Status
HELD_BY_IT = "活动日已经按这份计划开展，计划不能再改；实际情况写在活动日里。"


def nobody_can_forward(paper) -> bool:
    """Nobody in office at the general branch but who submitted it: then the department forwards in its place."""
    running = Appointment.objects.filled().filter(organization=paper.organization.parent_id, office__in=access.DRAFTERS)
    return not running.exclude(person__user=paper.submitted_by_id).exists()


def _stands_where(user, paper, cell) -> bool:
    """Does the user hold one of the cell's offices, on the cell's side of the paper?"""
    owner = paper.organization
    if cell.side == Side.OWN:
        return access.holds(user, owner, cell.offices)
    if cell.side == Side.MIDDLE:
        if not paper.has_middle:
            return False
        return access.holds(user, owner.parent, cell.offices) or (_is_above(user, owner) and nobody_can_forward(paper))
    return cell.side == Side.TOP and _is_above(user, owner)


def _is_above(user, owner) -> bool:
    """Does the user sit in the organization department of a committee strictly above?"""
    return any(
        seat.office in access.DEPARTMENT and owner.path.startswith(seat.path) and seat.organization_id != owner.pk
        for seat in access.seats(user)
    )


def _not_own(user, paper) -> Verdict:
    return no(f"不能审核自己报送的{paper.noun}。") if paper.submitted_by_id == user.pk else YES


def _nobody_between(user, paper) -> Verdict:
    why = "党总支已经转报，不能撤回；需要改动请联系党总支或组织部退回。"
    return no(why) if paper.has_middle else YES


def _not_held(user, paper) -> Verdict:
    """A plan by which the day was held stays as it was filed, or its date could be made to fit afterwards."""
    if not isinstance(paper, MonthlyPlan):
        return YES
    day = getattr(paper, "day", None)
    return no(HELD_BY_IT) if day is not None and day.happened else YES


def _date_to_come(user, paper) -> Verdict:
    if isinstance(paper, MonthlyPlan) and paper.day_has_come:
        return no("计划的活动日期已经过了，不能撤回改期；实际日期在“确认开展”时填写。")
    return YES


def _is_amendment(user, paper) -> Verdict:
    return YES if paper.is_amendment else no("这不是修订，不能放弃；不开展的，报“本月不开展”。")


def _never_sent(user, paper) -> Verdict:
    if paper.is_amendment:
        return no("这是修订，不再需要就放弃它。")
    return no("报送过的留作记录，不能删去；不开展的，报“本月不开展”。") if paper.attempts else YES


def _no_amendment_yet(user, paper) -> Verdict:
    others = type(paper).objects.of([paper.organization]).same_period(paper).on_the_road()
    return no("已有一份修订正在办理，先把它办完或放弃。") if others.exists() else YES


def _time_is_up(user, paper) -> Verdict:
    if getattr(paper, "cancels", False):
        return no("“本月不开展”要由组织部明确备案或退回。")
    return no("还在办理期限内。") if paper.lapses_on is None or paper.lapses_on >= clock.today() else YES


CONDITIONS = {
    "not_own": _not_own,
    "nobody_between": _nobody_between,
    "not_held": _not_held,
    "date_to_come": _date_to_come,
    "is_amendment": _is_amendment,
    "never_sent": _never_sent,
    "no_amendment_yet": _no_amendment_yet,
    "time_is_up": _time_is_up,
}


def may(user, paper, step: str) -> Verdict:
    """May the user take this step with this paper, as it stands? ``user`` is None for the system's own."""
    cell = road.CELLS.get((paper.status, step))
    if cell is None:
        return no(road.STEPS[step].too_early_or_late.format(noun=paper.noun))
    if cell.side == Side.SYSTEM:
        if user is not None:
            return no("这一步由系统办理。")
    elif not _stands_where(user, paper, cell):
        return no(cell.refusal)
    for name in cell.conditions:
        verdict = CONDITIONS[name](user, paper)
        if not verdict:
            return verdict
    return YES


# of each state the step for which somebody looks on the page: of the organization whose paper it is, and of another
LOOKED_FOR = {
    Status.SUBMITTED: ("withdraw", "forward"),
    Status.FILED: ("withdraw", "accept"),
    Status.ACCEPTED: ("amend", ""),
}


def why_nothing(user, paper) -> str:
    """Why a reader can do nothing with the paper now, in one sentence; empty where nobody would expect to."""
    own, other = LOOKED_FOR.get(paper.status, ("", ""))
    step = own if any(seat.organization_id == paper.organization_id for seat in access.seats(user)) else other
    return may(user, paper, step).why if step else ""


def can_draft(user, branch):
    """Write the plan of a branch's month: its secretary, deputy or organization commissioner."""
    if not branch.is_branch:
        return no("月计划由党支部填写。")
    return YES if access.holds(user, branch, road.WRITERS) else no("月计划由本支部书记、副书记或组织委员填写。")


def can_draft_year(user, organization):
    """Write the year's plan and summary of an organization: its own officers; a committee's own: its department."""
    return YES if access.holds(user, organization, road.WRITERS) else no(road.BY_WRITERS)


def follows(user, paper) -> bool:
    """Does the user read a paper with its road and what reviewers said, and not only what is in force above?"""
    return any(seat.office in READERS and paper.organization.path.startswith(seat.path) for seat in access.seats(user))


@rule("plan.save")
def can_save(user, paper):
    return may(user, paper, "save")


@rule("plan.submit")
def can_submit(user, paper):
    return may(user, paper, "submit")


@rule("plan.withdraw")
def can_withdraw(user, paper):
    """Take a submission back while the level above has not acted; a filed one only where no general branch did."""
    return may(user, paper, "withdraw")


@rule("plan.forward")
def can_forward(user, paper):
    """转报: an officer of the general branch, or the department while the general branch has none."""
    return may(user, paper, "forward")


@rule("plan.accept")
def can_accept(user, paper):
    return may(user, paper, "accept")


@rule("plan.return")
def can_return(user, paper):
    """Send back: whoever's review is the next step, as long as the day has not been held by the plan."""
    return may(user, paper, "return")


@rule("plan.amend")
def can_amend(user, paper):
    """Begin a new revision of an accepted paper; the accepted one stays in force until the new one is accepted."""
    return may(user, paper, "amend")


@rule("plan.drop")
def can_drop(user, paper):
    """Give a revision up that nobody has before them."""
    return may(user, paper, "drop")


@rule("plan.discard")
def can_discard(user, paper):
    """Delete a first draft that nobody else has seen: whoever writes it."""
    return may(user, paper, "discard")


@rule("plan.cancel")
def can_cancel(user, paper):
    """Report that no day will be held in the month: as an amendment of what is accepted, else instead of the draft."""
    if paper.cancels and not paper.is_open:
        return no("已经报过本月不开展。")
    return may(user, paper, "submit" if paper.is_open else "amend")
