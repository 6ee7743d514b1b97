"""Who may move whom: the branch asks, the receiving branch answers, nobody decides about themselves.

A member's expulsion and suspension are decided above the branch (党章), so somebody above registers them.
"""

import datetime

from django.db.models import Max

from branches import access
from branches.access import rule
from branches.models import Transfer
from core import clock
from core.periods import Month
from core.workflow import YES, no

Kind = Transfer.Kind
LEAVING = (Kind.OUT, Kind.GRADUATED, Kind.DIED, Kind.SUSPENDED, Kind.LEFT)
FROM_ABOVE = (Kind.SUSPENDED, Kind.LEFT)
KEEPERS = "党支部书记、副书记、组织委员，或者上级党组织"


def _keeps(user, organization):
    return YES if access.keeps(user, organization) else no(f"由{organization}的{KEEPERS}办理。")


def _is_own(user, person):
    return person.user_id is not None and person.user_id == user.pk


@rule("person.transfer")
def can_request_transfer(user, person):
    """Ask that another branch takes over somebody of a register that the user keeps; also oneself."""
    if person.left_on:
        return no(f"{person.name}已不在名册里。")
    return _keeps(user, person.organization)


def can_receive(organization):
    """Can somebody come into this register at all?"""
    if not organization.is_branch:
        return no("组织关系只能转到党支部。")
    return no(f"{organization}已撤销，请另选党支部。") if organization.closed_on else YES


def why_not_answered(user, transfer):
    """What keeps a user from accepting or declining a transfer, whatever its state."""
    if not (kept := _keeps(user, transfer.to_organization)):
        return kept
    if _is_own(user, transfer.person):
        return no("这是您本人的组织关系，请由接收支部的另一位负责同志，或者上级党组织办理。")
    if transfer.requested_by_id == user.pk:
        return no("这是您提出的转接，请由另一位同志接收。")
    return YES


@rule("transfer.accept")
def can_accept_transfer(user, transfer):
    """Officers of the receiving branch, or above it; nobody their own, nobody what they asked for."""
    if transfer.status != Transfer.Status.REQUESTED:
        return no(f"这次转接{transfer.get_status_display()}。")
    return why_not_answered(user, transfer) and can_receive(transfer.to_organization)


@rule("transfer.decline")
def can_decline_transfer(user, transfer):
    """The same people send it back."""
    if transfer.status != Transfer.Status.REQUESTED:
        return no(f"这次转接{transfer.get_status_display()}。")
    return why_not_answered(user, transfer)


@rule("transfer.withdraw")
def can_withdraw_transfer(user, transfer):
    """The side that asked, until it is answered."""
    if transfer.status != Transfer.Status.REQUESTED:
        return no(f"这次转接{transfer.get_status_display()}，不能撤回。")
    return _keeps(user, transfer.from_organization)


@rule("person.release")
def can_release_person(user, person):
    """Register that somebody left the university's register; nobody themselves."""
    if person.left_on:
        return no(f"{person.name}已不在名册里。")
    if not (kept := _keeps(user, person.organization)):
        return kept
    return no("这是您本人，请由支部另一位负责同志或上级党组织办理。") if _is_own(user, person) else YES


def leaving_kinds(user, person) -> list:
    """In which ways the user may let this person go."""
    if not can_release_person(user, person):
        return []
    above = access.keeps_from_above(user, person.organization)
    return [kind for kind in LEAVING if above or kind not in FROM_ABOVE]


def can_release_as(user, person, kind):
    """The same for one way of leaving."""
    if not (allowed := can_release_person(user, person)):
        return allowed
    return YES if kind in leaving_kinds(user, person) else no(f"{Kind(kind).label}由上级党组织决定并登记。")


@rule("organization.admit")
def can_admit_people(user, organization):
    """Take somebody from outside into a branch's register: its keepers, with the letter of introduction (介绍信)."""
    return can_receive(organization) and _keeps(user, organization)


def can_take_back(user, person, organization):
    """Somebody who left comes back. Who was suspended: by decision from above; who died or was expelled: not so."""
    gone = last_leaving(person)
    kind = gone.kind if gone else Kind.OUT
    if kind in (Kind.DIED, Kind.LEFT):
        return no(f"名册里已登记{person.name}{gone.get_kind_display()}。登记有误的，请打开那次变动撤销。")
    if kind == Kind.SUSPENDED and not access.keeps_from_above(user, organization):
        return no("恢复党籍由上级党组织决定并登记。")
    return YES


@rule("organization.graduate")
def can_graduate(user, organization):
    """Let students of a branch, or of the branches below, go in one act."""
    if organization.kind == organization.Kind.COMMITTEE or organization.closed_on:
        return no("请在党总支或党支部的页面上办理。")
    return _keeps(user, organization)


@rule("transfer.undo")
def can_undo_transfer(user, transfer):
    """Take a mistaken move back: the latest of a person, by somebody who keeps both sides; nobody their own."""
    if transfer.status != Transfer.Status.ACCEPTED or transfer.kind == Kind.UNDONE:
        return no("这次变动没有可以撤销的。")
    if transfer.kind == Kind.DROPPED:
        return no("这是随“不再列为培养对象”一起登记的，请在本人的“类别变动”里撤回，类别和名册一起恢复。")
    if Transfer.objects.after(transfer).exists():
        return no("之后又有变动，这一次不能再撤销。")
    sides = [one for one in (transfer.from_organization, transfer.to_organization) if one]
    if not all(access.keeps(user, one) for one in sides):
        return no("请由同时管理转出、转入两个支部的上级党组织撤销。")
    if transfer.kind in FROM_ABOVE and not access.keeps_from_above(user, transfer.from_organization):
        return no(f"{transfer.get_kind_display()}由上级党组织登记，也由上级撤销。")
    if _is_own(user, transfer.person):
        return no("这是您本人的组织关系，请由另一位同志办理。")
    if transfer.from_organization and transfer.from_organization.closed_on:
        return no(f"{transfer.from_organization}已撤销，不能转回。请办理转接。")
    if transfer.to_organization and transfer.moved_on < Month.current().first:
        return no("本月以前的变动不再撤销，过去的名单和党费已经定了。确有错误的，请再办一次转接。")
    return YES


def last_leaving(person):
    """By what somebody left the university last, None where the register does not know."""
    return Transfer.objects.accepted().filter(person=person).leaving().order_by("-moved_on", "-pk").first()


def last_moves(people) -> dict[int, datetime.date]:
    """On which day each of these people (or ids) moved last; who never did is not in it."""
    moves = Transfer.objects.accepted().filter(person__in=people).order_by().values("person")
    return dict(moves.annotate(last=Max("moved_on")).values_list("person", "last"))


def first_day(last_move, *, kind) -> datetime.date:
    """The earliest day of a move: not before the last one. What comes into a register comes in this month.

    So no month that is over gains or loses anybody; only of leaving the day is a fact of its own.
    """
    days = [last_move] if last_move else []
    days += [] if kind in LEAVING else [Month.current().first]
    return max(days, default=datetime.date.min)


def why_not_on(day, last_move, *, kind):
    """Can a move have taken place on this day?"""
    if day > clock.today():
        return no("日期还没有到，请填今天或以前的日期。")
    first = first_day(last_move, kind=kind)
    if day >= first:
        return YES
    if last_move and first == last_move:
        return no(f"不能早于上一次变动（{last_move}）。")
    return no(f"请填本月的日期（{first} 起）：以前月份的名单和党费已经定了。")
