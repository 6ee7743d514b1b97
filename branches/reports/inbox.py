"""A person's notices, the unread ones first."""

from django.db.models import Case, Value, When

from core.inbox import Notice


def notices_of(user, *, only_unread=False):
    """The user's own notices: unread before read, each part latest first."""
    rows = Notice.objects.visible_to(user)
    if only_unread:
        rows = rows.unread()
    return rows.order_by(Case(When(read_at=None, then=Value(0)), default=Value(1)), "-pk")
