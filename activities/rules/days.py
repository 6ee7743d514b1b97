"""Who may do what on the activity day, and why not. Seeing is decided elsewhere (``visible_to``)."""

from activities.models import ActivityDay
from branches import access
from branches.access import rule
from branches.models import Appointment
from core.periods import Month
from core.workflow import YES, no


@rule("day.hold")
def can_hold(user, day):
    if day.status != ActivityDay.Status.PLANNED:
        return no("活动日已经确认过了。")
    if day.plan.is_open:
        return no("计划还没有报送（或被退回），先报送计划再确认开展。")
    if day.plan.cancels:
        return no("报送的是本月不开展；要照常开展，先撤回（或修订）改成照常开展的计划。")
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
    if day.plan.cancels:
        return no("本月不开展已经备案；要补办，先修订计划，备案后再确认开展。")
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


@rule("day.return")
def can_return_record(user, day):
    """Send a submitted record back: whoever reviews the branch's plans one level up, and holds no office in it."""
    if day.status != ActivityDay.Status.RECORDED:
        return no("记录还没有提交，不用退回。")
    branch = day.organization
    if any(seat.organization_id == branch.pk for seat in access.seats(user)):
        return no("不能退回自己所在支部的记录；要更正，由书记“退回更正”。")
    if branch.is_direct or not branch.is_branch:
        return YES if _is_above(user, branch) else no("由党委组织部退回。")
    is_stand_in = _is_above(user, branch) and not _has_officers(branch.parent_id)
    return YES if access.holds(user, branch.parent, access.DRAFTERS) or is_stand_in else no("由所属党总支退回。")


def _is_above(user, branch) -> bool:
    """Does the user sit in the organization department of a committee above the branch?"""
    return any(seat.office in access.DEPARTMENT and branch.path.startswith(seat.path) for seat in access.seats(user))


def _has_officers(organization_id) -> bool:
    """Where a general branch has nobody in office, the department stands in, as with plans."""
    return Appointment.objects.filled().filter(organization=organization_id, office__in=access.DRAFTERS).exists()


def _recorder(user, day):
    if not access.holds(user, day.organization, access.RECORDERS):
        return no("由本支部委员记录。")
    return YES
