"""Who may do what to plans and days, and why not. Seeing is decided elsewhere (``visible_to``)."""

from activities.models import ActivityDay, MonthlyPlan
from branches import access
from branches.access import rule
from branches.models import Appointment
from core.periods import Month
from core.workflow import YES, no

Status = MonthlyPlan.Status
HELD_BY_IT = "活动日已经按这份计划开展，计划不能再改；实际情况写在活动日里。"


def nobody_can_forward(plan: MonthlyPlan) -> bool:
    """Nobody in office at the general branch but who submitted it: then the department forwards in its place."""
    running = Appointment.objects.filled().filter(organization=plan.organization.parent_id, office__in=access.DRAFTERS)
    return not running.exclude(person__user=plan.submitted_by_id).exists()


@rule("plan.draft")
def can_draft(user, branch):
    """Write the plan of a branch: its secretary, deputy or organization commissioner."""
    if not branch.is_branch:
        return no("月计划由党支部填写。")
    return YES if access.holds(user, branch, access.DRAFTERS) else no("月计划由本支部书记、副书记或组织委员填写。")


@rule("plan.save")
def can_save(user, plan):
    if plan.status not in (Status.DRAFT, Status.RETURNED):
        return no("计划已经报送，撤回后才能修改。")
    return can_draft(user, plan.organization)


@rule("plan.submit")
def can_submit(user, plan):
    if plan.status not in (Status.DRAFT, Status.RETURNED):
        return no("计划已经报送。")
    if not access.holds(user, plan.organization, access.SECRETARIES):
        return no("由支部书记或副书记报送；您可以先存草稿，请书记报送。")
    return YES


@rule("plan.withdraw")
def can_withdraw(user, plan):
    """Take a submission back while the level above has not acted; a filed plan only where no general branch did."""
    if plan.status == Status.FILED and not plan.organization.is_direct:
        return no("党总支已经转报，不能撤回；需要改动请联系党总支或组织部退回。")
    if plan.status not in (Status.SUBMITTED, Status.FILED):
        return no("现在没有可撤回的报送。")
    if _was_held(plan):
        return no(HELD_BY_IT)
    if plan.day_has_come:
        return no("计划的活动日期已经过了，不能撤回改期；实际日期在“确认开展”时填写。")
    return YES if access.holds(user, plan.organization, access.SECRETARIES) else no("由报送的支部书记或副书记撤回。")


@rule("plan.forward")
def can_forward(user, plan):
    """转报: an officer of the general branch, or the department while the general branch has none."""
    if plan.status != Status.SUBMITTED:
        return no("这份计划不在待总支审核的状态。")
    above = plan.organization.parent
    if not access.holds(user, above, access.DRAFTERS) and not (
        access.is_department(user, plan.organization) and nobody_can_forward(plan)
    ):
        return no("由党总支书记、副书记或组织委员转报。")
    return _not_own(user, plan)


@rule("plan.accept")
def can_accept(user, plan):
    if plan.status != Status.FILED:
        return no("这份计划还没有报到组织部，或已经办结。")
    if not access.is_department(user, plan.organization):
        return no("由党委组织部备案。")
    return _not_own(user, plan)


@rule("plan.return")
def can_return(user, plan):
    """Send back: whoever's review is the next step, as long as the day has not been held by the plan."""
    if _was_held(plan):
        return no(HELD_BY_IT)
    if plan.status == Status.SUBMITTED:
        return can_forward(user, plan)
    return can_accept(user, plan)


def _was_held(plan):
    """A plan by which the day was held stays as it was filed, or its date could be made to fit afterwards."""
    day = getattr(plan, "day", None)
    return day is not None and day.happened


def _not_own(user, plan):
    return no("不能审核自己报送的计划。") if plan.submitted_by_id == user.pk else YES


@rule("day.hold")
def can_hold(user, day):
    if day.status != ActivityDay.Status.PLANNED:
        return no("活动日已经确认过了。")
    if day.plan.is_open:
        return no("计划还没有报送（或被退回），先报送计划再确认开展。")
    if day.month > Month.current():
        return no(f"还没有到 {day.month.label}，活动开展后再在这里确认。")
    return _recorder(user, day)


@rule("day.skip")
def can_skip(user, day):
    """Declare that the day was not held, with a reason: the secretary answers for that, once its month has come."""
    if day.status != ActivityDay.Status.PLANNED:
        return no("活动日已经确认过了。")
    if day.month > Month.current():
        return no(f"还没有到 {day.month.label}，不能记为未开展。")
    return (
        YES if access.holds(user, day.organization, access.SECRETARIES) else no("由支部书记或副书记说明未开展的原因。")
    )


@rule("day.resume")
def can_resume(user, day):
    """Take back that the day was not held: it was made up after all, or the word was a slip."""
    if day.status != ActivityDay.Status.NOT_HELD:
        return no("活动日没有记为未开展。")
    return YES if access.holds(user, day.organization, access.SECRETARIES) else no("由支部书记或副书记撤销。")


@rule("day.write")
def can_write(user, day):
    """Attendance, guests, items: everybody in office at the branch who records, while the record is open."""
    if day.status == ActivityDay.Status.RECORDED:
        return no("记录已提交；要更正请书记先退回记录。")
    if day.status != ActivityDay.Status.HELD:
        return no("先确认活动日已开展。")
    return _recorder(user, day)


@rule("day.exclude")
def can_exclude(user, day):
    """Take somebody out of 应到 for a day: it changes the rate, so the secretary answers for it."""
    if not access.holds(user, day.organization, access.SECRETARIES):
        return no("“不计”会改变应到人数，由支部书记或副书记登记。")
    return can_write(user, day)


@rule("day.drop_item")
def can_drop_item(user, item):
    """Only what was added on the day; what was planned gets an outcome instead."""
    if item.was_planned:
        return no("计划内的内容不能删去；没有做的，把完成情况记为“未进行”。")
    return can_write(user, item.day)


@rule("day.record")
def can_record(user, day):
    if day.status != ActivityDay.Status.HELD:
        return no("没有待提交的记录。")
    return YES if access.holds(user, day.organization, access.SECRETARIES) else no("由支部书记或副书记提交记录。")


@rule("day.reopen")
def can_reopen(user, day):
    """Take a submitted record back to correct it, with a reason that stays in the log."""
    if day.status != ActivityDay.Status.RECORDED:
        return no("记录还没有提交。")
    return YES if access.holds(user, day.organization, access.SECRETARIES) else no("由支部书记或副书记更正记录。")


def _recorder(user, day):
    if not access.holds(user, day.organization, access.RECORDERS):
        return no("由本支部委员记录。")
    return YES
