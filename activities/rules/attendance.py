"""Who may mark and correct a roster, ask for leave from a day, show its code and check in, and make up for it."""

from activities import check_in_codes
from activities.models import ActivityDay
from activities.rules.days import can_write
from branches import access
from branches.access import rule
from branches.models import Exclusion
from core import clock
from core.workflow import YES, no

Status = ActivityDay.Status
EXPIRED = "这个签到码已经过期。请重新扫一次现场的签到码，再按“签到”。"


@rule("attendance.mark")
def can_mark(user, attendance):
    """The committee marks everybody, a group leader the own group, while the record is open."""
    day = attendance.day
    if not day.is_open or access.holds(user, day.organization, access.RECORDERS):
        return can_write(user, day)
    if leads(user, attendance):
        return YES
    is_leader = access.holds(user, day.organization, {"GROUP_LEADER"})
    return no("党小组长只登记本组的党员。") if is_leader else can_write(user, day)


def leads(user, attendance) -> bool:
    """Does the user lead the group of somebody on a roster, in the branch that holds the day?"""
    led = {
        seat.group_id
        for seat in access.seats(user)
        if seat.office == "GROUP_LEADER" and seat.organization_id == attendance.day.organization_id
    }
    return attendance.person.group_id is not None and attendance.person.group_id in led


@rule("attendance.correct")
def can_correct(user, attendance):
    """After the record went in: the secretary answers for it, with a reason."""
    return can_correct_roster(user, attendance.day)


@rule("day.correct_roster")
def can_correct_roster(user, day):
    if day.status != Status.RECORDED:
        return no("记录还没有提交，直接点名字登记。" if day.is_open else "没有开展的活动日，没有到会可以更正。")
    return YES if access.holds(user, day.organization, access.SECRETARIES) else no("由支部书记或副书记更正到会。")


def can_ask_leave(user, day, person):
    """For oneself, before the day; the secretaries and the organization commissioner also enter it for a member."""
    enters = access.holds(user, day.organization, access.DRAFTERS)
    if day.status != Status.PLANNED or day.plan.cancels:
        return no("这次活动日已经开展或不开展，不能再请假。")
    if person.user_id != user.pk and not enters:
        return no("只能为自己请假。")
    if not enters and day.plan.is_open:
        return no("计划还没有报送，日期还没有定，定了再请假。")
    if not enters and day.plan.day_has_come:
        return no("活动的日期已经过了，请直接告诉支部书记。")
    return _is_expected(day, person)


def _is_expected(day, person):
    if person.organization_id != day.organization_id or person.left_on or not person.is_member:
        return no("只有本支部的党员才需要请假。")
    if Exclusion.objects.running_on(day.on or clock.today()).filter(person=person).exists():
        return no(f"{person.name}已批准不计入应到，不用请假。")
    return YES


@rule("day.enter_leave")
def can_enter_leave(user, day):
    """Enter the leave of a member who asked by word of mouth."""
    if day.status != Status.PLANNED or day.plan.cancels:
        return no("这次活动日已经开展或不开展，请假在到会里登记。")
    may = access.holds(user, day.organization, access.DRAFTERS)
    return YES if may else no("由支部书记、副书记或组织委员替党员登记请假。")


@rule("leave.withdraw")
def can_withdraw_leave(user, leave):
    """Take leave back while the day has not been held: one's own, or what was entered for a member."""
    if leave.day.status != Status.PLANNED:
        return no("活动日已经开展，请假的情况由支部书记在到会里更正。")
    is_own = leave.person.user_id == user.pk
    return YES if is_own or access.holds(user, leave.day.organization, access.DRAFTERS) else no("只能撤回自己的请假。")


@rule("day.show_code")
def can_show_code(user, day):
    """Show the code in the room: whoever records, while the day is held and the rules of its month have it."""
    if not check_in_codes.is_on(day):
        return no("活动日规则没有开通现场签到。")
    return can_write(user, day)


def can_check_in(user, attendance, day, code):
    """Check in oneself, on the own roster, by the code that the room shows now. Without a row: ``attendance`` None."""
    if attendance is None or attendance.person.user_id != user.pk:
        return no("您不在这次活动日的名单上。参加了活动的，请告诉支部的记录人。")
    if not day.is_open:
        return no("这次活动日的记录已经提交，不用再签到。")
    return YES if check_in_codes.is_shown(day, code) else no(EXPIRED)


@rule("day.make_up")
def can_make_up(user, day):
    """Arrange a make-up session: whoever records, once the day was held, also in later months."""
    if not day.happened:
        return no("活动日开展以后，才能给没来的同志补课。")
    return YES if access.holds(user, day.organization, access.RECORDERS) else no("由本支部委员登记补课。")
