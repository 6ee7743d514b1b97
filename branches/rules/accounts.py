"""Who keeps whose account. Whoever could reset the account of somebody above would hold that office within a minute.

So the account of a person without any office is kept by the officers of the person's organization and above; that of an
office holder only by somebody who stands strictly above every organization where an office is held, or sits in the
department there. Offices that begin on a later day count already: the code outlives that day. Nobody keeps the own.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from branches import access
from branches.access import rule
from branches.models import Appointment, Organization
from core.accounts import User
from core.workflow import YES, Verdict, no


def may_keep(user, person, offices_at: Iterable[Organization]) -> Verdict:
    """The rule on plain rows: ``offices_at`` are the organizations where the person holds, or will hold, an office."""
    if user.is_authenticated and person.user_id == user.pk:
        return no("这是您自己的账号：密码请用“修改密码”，别的事请上级办理。")
    if not access.keeps(user, person.organization):
        return no("这个账号由本人所在党支部的书记、副书记、组织委员或上级办理。")
    if not all(_stands_above(user, one) for one in offices_at):
        return no("账号主人担任着党内职务，要由任职组织的上级或党委组织部办理。")
    return YES


def _stands_above(user, organization):
    return access.keeps_from_above(user, organization) or access.is_department(user, organization)


def offices_at(people) -> dict[int, list[Organization]]:
    """``{person_id: organizations}`` where those of ``people`` hold an office now or from a day that is set."""
    held: dict[int, list[Organization]] = {}
    rows = Appointment.objects.lasting().filter(person__in=people, organization__closed_on=None)
    for row in rows.select_related("organization"):
        held.setdefault(row.person_id, []).append(row.organization)
    return held


def keepable_by(people, user):
    """The same rule for many: those of ``people`` whose accounts the user keeps."""
    above = Q(pk__in=[])
    for seat in access.seats(user):
        if seat.office in access.DEPARTMENT:
            above |= access.within("organization__path", seat.path)
        elif seat.office in access.KEEPERS:
            above |= access.within("organization__path", seat.path) & ~Q(organization=seat.organization_id)
    held = Appointment.objects.lasting().filter(person=OuterRef("pk"), organization__closed_on=None)
    return people.kept_by(user).exclude(user=user).filter(~Exists(held.exclude(above)))


@rule("account.keep")
def can_keep_account(user, person):
    return may_keep(user, person, offices_at([person.pk]).get(person.pk, []))


@rule("account.see")
def can_see_account(user, person):
    """Whoever keeps the register there sees the state of its accounts, also of those that others must handle."""
    return YES if access.keeps(user, person.organization) else no("这个人的账号不归您管。")


@rule("account.open")
def can_open_account(user, person):
    """A present person without an account, whose number is nobody else's log-in name."""
    return can_keep_account(user, person) and can_be_registered(person)


def can_be_registered(person):
    """May the person have an account at all? Asked also where no user acts: by a command, at a first single sign-on."""
    if person.left_on is not None:
        return no("这个人已离开名册，不能建立账号。")
    taken = User.objects.filter(username=person.staff_number).exclude(person=None).exclude(person=person).exists()
    return no(f"学工号 {person.staff_number} 已是别人的登录名，请先核对学工号。") if taken else YES


@rule("account.hand_out")
def can_hand_out_code(user, person):
    return can_keep_account(user, person) and _is_in_use(person)


def _is_of_the_register(person):
    return YES if person.left_on is None else no("这个人已离开名册，账号不能再用。")


def _is_in_use(person):
    in_use = YES if person.user.is_active else no("账号已停用。请先恢复使用，再办理。")
    return _is_of_the_register(person) and in_use


@rule("account.disable")
def can_disable_account(user, person):
    return can_keep_account(user, person) and _is_of_the_register(person)


@rule("account.enable")
def can_enable_account(user, person):
    return can_keep_account(user, person) and _is_of_the_register(person)


@rule("account.unlock")
def can_unlock_account(user, person):
    return can_keep_account(user, person) and _is_in_use(person)


@rule("account.end_sessions")
def can_end_sessions(user, person):
    return can_keep_account(user, person) and _is_in_use(person)
