"""Who reads the audit log: the department of its committee's part, officers of theirs, everybody what they did."""

from django.db.models import Q

from branches import access
from branches.access import rule
from branches.models import Organization
from core.workflow import YES, no


def _seats(user):
    """The offices that read the log of their part: the department's, and those who keep a (general) branch."""
    for seat in access.seats(user):
        if seat.office in access.DEPARTMENT or (seat.office in access.DRAFTERS and seat.kind != "COMMITTEE"):
            yield seat


def _is_root(seat) -> bool:
    """The department of the committee above all: it also reads what belongs to no organization."""
    return seat.office in access.DEPARTMENT and seat.path == f"/{seat.organization_id}/"


def entries_seen_by(user) -> Q:
    """The entries that a user may read, for ``AuditEntry.objects.visible_to``."""
    seen, part = Q(by=user.pk), Q(pk__in=[])
    for seat in _seats(user):
        part |= access.within("path", seat.path)
        if _is_root(seat):
            seen |= Q(organization_id=None)
    return seen | Q(organization_id__in=Organization.objects.filter(part).values("pk"))


@rule("audit.see")
def can_see_entry(user, entry):
    """The answer for one entry that ``visible_to`` gives for many."""
    if user.is_authenticated and entry.by_id == user.pk:
        return YES
    path = Organization.objects.filter(pk=entry.organization_id).values_list("path", flat=True).first()
    sees = any(path.startswith(seat.path) if path else _is_root(seat) and not entry.organization_id
               for seat in _seats(user))  # fmt: skip
    return YES if sees else no("这条办理记录不在您的管理范围内。")
