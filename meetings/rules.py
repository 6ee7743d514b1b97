"""Who may do what to meetings and their minutes, and why not. Seeing is decided elsewhere (``visible_to``)."""

from activities.kinds import ItemKind
from activities.models import DayItem
from branches import access
from branches.access import rule
from core.workflow import YES, no
from meetings.models import Meeting, MeetingType

CONFIRMED = "记录已经确认，不再修改；有出入请追加更正。"


def led_groups(user, organization) -> set[int]:
    """The groups of this branch that the user leads (ids)."""
    return {
        seat.group_id
        for seat in access.seats(user)
        if seat.organization_id == organization.pk and seat.office == "GROUP_LEADER" and seat.group_id
    }


def may_write(user, organization, types, group_id):
    """Write minutes of these types: everybody in office at the branch; a group leader those of the own group only."""
    if access.holds(user, organization, access.RECORDERS):
        return YES
    if not access.holds(user, organization, {"GROUP_LEADER"}):
        return no("由本支部委员记录。")
    own = set(types) == {MeetingType.GROUP} and group_id in led_groups(user, organization)
    return YES if own else no("党小组长只记录本小组的党小组会。")


@rule("meeting.open")
def can_open(user, item):
    """Begin the minutes of a day's item."""
    if item.kind != ItemKind.MEETING:
        return no("只有三会一课的议程才有会议记录。")
    if not item.day.happened:
        return no("先确认活动日已开展，再开会议记录。")
    if item.outcome == DayItem.Outcome.NOT_DONE:
        return no("这一项记为“未进行”，没有会议可记。")
    branch = item.day.organization
    return may_write(user, branch, {item.subtype}, min(led_groups(user, branch), default=None))


@rule("meeting.save")
def can_save(user, meeting):
    if meeting.status != Meeting.Status.DRAFT:
        return no(CONFIRMED)
    return may_write(user, meeting.organization, meeting.types, meeting.group_id)


@rule("meeting.drop")
def can_drop(user, meeting):
    """Undo minutes that were opened by mistake."""
    return can_save(user, meeting)


@rule("meeting.confirm")
def can_confirm(user, meeting):
    if meeting.status != Meeting.Status.DRAFT:
        return no(CONFIRMED)
    if meeting.item.outcome == DayItem.Outcome.NOT_DONE:
        return no("活动日记录里这一项记为“未进行”，不能确认会议记录。")
    return _secretary(user, meeting, "由支部书记或副书记确认；您可以先保存，请书记确认。")


@rule("meeting.correct")
def can_correct(user, meeting):
    if meeting.status != Meeting.Status.CONFIRMED:
        return no("记录还没有确认，直接修改即可。")
    return _secretary(user, meeting, "由支部书记或副书记追加更正。")


def _secretary(user, meeting, why):
    return YES if access.holds(user, meeting.organization, access.SECRETARIES) else no(why)
