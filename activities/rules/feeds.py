"""Who may have the days of which organization in a calendar of their own."""

from branches import access
from branches.access import rule
from core.workflow import YES, no

MOST_FEEDS = 30  # of one person: all general branches of a university, and its direct branches


def reads_there(user, organization) -> bool:
    """Does the user, by an office of today, read the days of this organization? What a feed gives hangs on it."""
    if not user.is_active or organization.closed_on is not None:
        return False
    return any(
        seat.office in access.ANY_OFFICE and organization.path.startswith(seat.path) for seat in access.seats(user)
    )


@rule("feed.open")
def can_open_feed(user, organization):
    """Make an address for what one may see anyway; whether that is so is asked again at each reading."""
    if organization.closed_on is not None:
        return no("这个党组织已经撤销，没有可以订阅的活动日。")
    return YES if reads_there(user, organization) else no("订阅的是您能看到的活动日；这个党组织不在您的职责范围内。")


@rule("feed.renew")
def can_renew_feed(user, feed):
    if not feed.is_running:
        return no("这个链接已经停用，需要时请重新生成。")
    return can_open_feed(user, feed.organization) if feed.owner_id == user.pk else no("只能更换自己的链接。")


@rule("feed.revoke")
def can_revoke_feed(user, feed):
    """Always one's own, also after the office has ended."""
    return YES if feed.owner_id == user.pk else no("只能停用自己的链接。")
