"""The latest notices, as both workbenches show them."""

from core.inbox import Notice


def notices_of(user):
    """The latest notices, and how many are unread in all."""
    latest = Notice.objects.visible_to(user).latest_with_unread(4)
    return {"notices": latest, "unread": latest[0].unread_count if latest else 0}
