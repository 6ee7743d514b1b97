"""Which office there is where, who gives and takes it, who may hold it. Nobody changes an office of their own.

The table: a general branch (for direct branches the department) gives the offices of a branch's committee; a branch
gives its group leaders; the organization department gives everything else (支部工作条例: 选出的书记、副书记报上级党组织
批准；确有必要时，上级党组织可以指派书记、副书记).
"""

import datetime

from branches import access
from branches.access import rule
from branches.models import Appointment, Office, Organization, Person
from core import clock
from core.workflow import YES, no

Kind = Organization.Kind
COMMITTEE = access.RECORDERS  # secretary, deputies, commissioners, members
PLACES: dict[str, frozenset[str]] = {
    **dict.fromkeys(COMMITTEE, frozenset({Kind.BRANCH, Kind.GENERAL_BRANCH})),
    Office.GROUP_LEADER: frozenset({Kind.BRANCH}),
    Office.ORGANIZATION_DEPARTMENT: frozenset({Kind.COMMITTEE}),
    Office.LEADER: frozenset({Kind.COMMITTEE, Kind.GENERAL_BRANCH}),
}
AHEAD = datetime.timedelta(days=366)  # a start or an end further off is a slip of the pen


def offices_at(organization) -> list[str]:
    """The offices that exist at an organization of its kind, highest first."""
    return [office for office in Office.values if organization.kind in PLACES[office]]


def gives(user, organization, office) -> bool:
    """Does the user give and take this office here, by the office that the user holds?"""
    if office == Office.GROUP_LEADER:
        return access.keeps(user, organization)
    if organization.is_branch:
        return access.keeps_from_above(user, organization)
    return access.is_department(user, organization)


def offices_given(user, organization) -> list[str]:
    """The offices that the user may give here, highest first."""
    return [office for office in offices_at(organization) if gives(user, organization, office)]


def _not_here(organization):
    if organization.is_branch:
        return no("书记、副书记和委员由上级党组织任命，党小组长由本支部书记、副书记、组织委员任命。")
    return no(f"{organization.get_kind_display()}的职务由党委组织部任命。")


def _open(organization):
    closed = organization.closed_on is not None and organization.closed_on <= clock.today()
    return no("这个党组织已经撤销，不再任命。") if closed else YES


def not_own(user, person):
    """Nobody appoints or dismisses themselves, or corrects their own appointment: not in any office."""
    own = person.user_id is not None and person.user_id == user.pk
    return no("自己的职务不能自己办理，请由上级或其他有权的同志办理。") if own else YES


@rule("office.appoint")
def can_appoint(user, organization):
    """Whoever gives at least one office here."""
    if not offices_given(user, organization):
        return _not_here(organization)
    return _open(organization)


def exists_at(organization, office):
    """Is there this office at an organization of its kind, whoever asks?"""
    if organization.kind not in PLACES.get(office, ()):
        return no(f"{organization.get_kind_display()}不设“{_word(office)}”这项职务。")
    return YES


def can_give(user, organization, office):
    """One office: it exists here, and it is the user's to give."""
    if not (verdict := exists_at(organization, office)):
        return verdict
    return _open(organization) if gives(user, organization, office) else _not_here(organization)


@rule("appointment.end")
def can_end(user, appointment):
    """Who gives the office takes it; never one's own. Also at a closed organization, and where it should not exist."""
    if not gives(user, appointment.organization, appointment.office):
        return _not_here(appointment.organization)
    return not_own(user, appointment.person)


@rule("appointment.correct")
def can_correct(user, appointment):
    """A wrong entry is mended by whoever could have made it; what never began needs no mending."""
    verdict = can_end(user, appointment)
    if verdict and appointment.ends_on == appointment.starts_on:
        return no("这项任职没有开始过，不用更正。")
    return verdict


def can_hold(person, organization, office):
    """May this person hold the office here? A committee's seat asks for a full member, the others for a member."""
    if person.left_on is not None:
        return no(f"{person}已经不在名册里，不能任职。")
    return is_enough(person, office) and _of_here(person, organization, office)


def is_enough(person, office):
    """Is the person's standing what the office asks for?"""
    if office in COMMITTEE and person.standing != Person.Standing.FULL:
        return no(f"{person}是{person.get_standing_display()}，{_word(office)}要由正式党员担任。")
    return YES if person.is_member else no(f"{person}是{person.get_standing_display()}，不能任职。")


def _of_here(person, organization, office):
    """Registered here or below; a secretary or deputy of a branch may be sent by the level above, from its part."""
    root = organization
    if organization.is_branch and office in access.SECRETARIES:
        root = organization.parent
    if person.organization.path.startswith(root.path):
        return YES
    if organization.is_branch and office not in access.SECRETARIES:
        return no(f"{person}不是{organization}的党员，{_word(office)}要由本支部党员担任。")
    return no(f"{person}不在{root}，不能在{organization}任职。")


def can_start(organization, starts_on):
    """A first day: not before the organization was founded, not by a slip of the pen far ahead."""
    if organization.founded_on and starts_on < organization.founded_on:
        return no(f"{organization} {organization.founded_on:%Y-%m-%d} 成立，任职日期不能早于这一天。")
    if starts_on > clock.today() + AHEAD:
        return no("任职日期在一年以后，请核对年份。")
    return YES


def can_end_on(appointment, ends_on):
    """A first day without the office: not before it was taken, not by a slip of the pen far ahead."""
    if ends_on < appointment.starts_on:
        return no(f"免职日期不能早于任职日期 {appointment.starts_on:%Y-%m-%d}。")
    return no("免职日期在一年以后，请核对年份。") if ends_on > clock.today() + AHEAD else YES


def can_start_instead(appointment, starts_on):
    """A mended first day: possible here, before the end, and not in the future of an office that runs."""
    if appointment.ends_on and starts_on > appointment.ends_on:
        return no(f"任职日期不能晚于免职日期 {appointment.ends_on:%Y-%m-%d}。")
    if starts_on > clock.today() >= appointment.starts_on:
        return no("这个职务已经开始，任职日期不能改到今天以后；确要推迟，请先免职，再任命。")
    return can_start(appointment.organization, starts_on)


def is_free(person, organization, office, starts_on, ends_on=None, but=None, group=None):
    """Is the seat free for this time? Nobody holds an office twice at once; one secretary, one leader of a ``group``.

    ``but`` is the appointment that is being changed.
    """
    others = Appointment.objects.filter(organization=organization, office=office).exclude(pk=but.pk if but else None)
    others = others.during(starts_on, ends_on).select_related("person", "organization")
    for other in others.order_by("-starts_on"):
        since = f"{other.starts_on:%Y-%m-%d} 起"
        if other.person_id == person.pk:
            return no(f"{person}已经是{other}（{since}），不用再任命。")
        if office == Office.SECRETARY and other.person.left_on is None:
            acting = "代理" if other.is_acting else ""
            return no(f"{organization}已有{acting}书记{other.person}（{since}），请先免职，再任命新的书记。")
        if group is not None and other.group_id == group.pk and other.person.left_on is None:
            return no(f"{group}已有组长{other.person}（{since}），请先免职，再任命新的组长。")
    return YES


def _word(office):
    return Office(office).label if office in Office.values else office
