"""Who may see one record of the register: the answer for one row that ``visible_to`` gives for many."""

from branches import access
from branches.access import rule
from core.workflow import YES, no


def _reads(user, organization):
    return any(
        organization.path.startswith(seat.path) for seat in access.seats(user) if seat.office in access.ANY_OFFICE
    )


@rule("organization.see")
def can_see_organization(user, organization):
    """An officer there or above."""
    return YES if _reads(user, organization) else no("这个党组织不在您的管理范围内。")


@rule("person.see")
def can_see_person(user, person):
    """The person, and officers of the person's organization or above."""
    if user.is_authenticated and person.user_id == user.pk:
        return YES
    return YES if _reads(user, person.organization) else no("这个人不在您的管理范围内。")


@rule("appointment.see")
def can_see_appointment(user, appointment):
    """Whose it is, and officers of the organization where it counts or above."""
    if user.is_authenticated and appointment.person.user_id == user.pk:
        return YES
    return YES if _reads(user, appointment.organization) else no("这项任职不在您的管理范围内。")


@rule("notice.see")
def can_see_notice(user, notice):
    return YES if notice.recipient_id == user.pk else no("这不是发给您的消息。")
