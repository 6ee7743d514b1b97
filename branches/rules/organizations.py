"""Who changes the tree, and who divides a branch into groups.

The tree is the organization department's, each of its own committee's part; a branch's groups are its own officers'.
"""

from branches import access
from branches.access import rule
from branches.models import Organization
from branches.structure import LONGEST_PATH, NOTHING, why_not_under
from core import clock
from core.periods import Month
from core.workflow import YES, no

Kind = Organization.Kind
CLOSED = "这个党组织已经撤销。"


def _kept_by_department(user, organization):
    if not access.is_department(user, organization):
        return no("党组织的设立、更名、调整和撤销由上级党委组织部办理。")
    return no(CLOSED) if organization.closed_on else YES


@rule("organization.found")
def can_found(user, parent):
    """Found something under ``parent``."""
    if parent.is_branch:
        return no("党支部下面不再设党组织；党小组由支部在“党小组”里设。")
    return _kept_by_department(user, parent)


@rule("organization.rename")
def can_rename(user, organization):
    return _kept_by_department(user, organization)


@rule("organization.move")
def can_move(user, organization):
    """Put it, with everything below, under another organization; under which, ``why_not_parent`` says."""
    if organization.parent_id is None:
        return no("最上级党委没有上级可换。")
    return _kept_by_department(user, organization)


def why_not_parent(user, kind, parent, organization=None):
    """May an organization of this kind stand under ``parent``? ``organization`` is the one that would move there."""
    if why := why_not_under(kind, parent.kind if parent else NOTHING):
        return no(why)
    if parent is None:
        return no("最上级党委由系统管理员导入。")
    if organization is not None and parent.path.startswith(organization.path):
        return no("不能放到它自己或它下面的组织底下。")
    if organization is not None and parent.pk == organization.parent_id:
        return no(f"现在的上级就是{parent}。")
    return takes_more(parent) and _kept_by_department(user, parent)


def takes_more(parent):
    """May anything new come to stand under it, whoever asks?"""
    if parent.closed_on:
        return no(f"{parent}已经撤销，请选别的上级。")
    if len(parent.path) > LONGEST_PATH:
        return no("层级太多，请放到更高一级的组织下面。")
    return YES


@rule("organization.close")
def can_close(user, organization):
    """Close it; nobody closes where they hold an office themselves."""
    if organization.parent_id is None:
        return no("最上级党委不能撤销。")
    if access.holds(user, organization, access.ANY_OFFICE):
        return no("您在这个组织任职，不能由您自己撤销，请同组织部的其他同志办理。")
    return _kept_by_department(user, organization)


@rule("organization.reopen")
def can_reopen(user, organization):
    """Take back a closing that was a mistake."""
    if not organization.closed_on:
        return no("这个党组织没有撤销。")
    if organization.parent and organization.parent.closed_on:
        return no(f"上级{organization.parent}已经撤销，请先恢复上级。")
    return YES if access.is_department(user, organization) else no("撤销和恢复由上级党委组织部办理。")


def is_a_day_of(day, organization=None):
    """A change takes effect on the day that is named: not in the future, and not before there was an organization."""
    if day > clock.today():
        return no("日期不能晚于今天：办理后当天生效。")
    if organization is not None and organization.founded_on and day < organization.founded_on:
        return no(f"日期不能早于成立日期 {organization.founded_on}。")
    return YES


def came_before(later, day):
    """Nobody is moved on from a branch before they came to it, nor in a month that is over: none gains or loses."""
    if day < (first := Month.current().first):
        return no(f"还有人要转到别的支部，请填本月的日期（{first} 起）：以前月份的名单和党费已经定了。")
    return no(f"有 {later} 人在 {day} 之后才转入，请把日期改到他们转入之后。") if later else YES


def can_receive(user, branch, organization):
    """May ``branch`` take in everybody of ``organization``, which is closed?"""
    if branch.pk == organization.pk:
        return no("不能转到要撤销的这个组织。")
    if not branch.is_branch:
        return no("人员要转到一个党支部。")
    if branch.closed_on:
        return no(f"{branch}已经撤销。")
    return YES if access.is_department(user, branch) else no("只能转到本级组织部管理的党支部。")


def why_not_empty(branches, people, receiving):
    """What stands in the way of closing: open organizations below, and people for whom no branch is named."""
    if branches:
        return no(f"下面还有 {branches} 个党组织没有撤销，请先撤销或调整它们。")
    if people and not receiving:
        return no(f"还有 {people} 人在册，请写明他们转到哪个党支部，或先逐个转接。")
    return YES


@rule("organization.groups")
def can_arrange_groups(user, organization):
    """Divide a branch into groups: its secretaries and organization commissioner, and who keeps it from above."""
    if not organization.is_branch:
        return no("党小组设在党支部里。")
    if organization.closed_on:
        return no(CLOSED)
    return YES if access.keeps(user, organization) else no("党小组由支部书记、副书记或组织委员划分。")


@rule("group.dissolve")
def can_dissolve(user, group):
    """Dissolve a group, which ends its leader's office; nobody ends their own."""
    leads = any(seat.group_id == group.pk and seat.office == "GROUP_LEADER" for seat in access.seats(user))
    if leads:
        return no("您是这个小组的组长，不能由您自己撤销，请支部的其他同志或上级办理。")
    return can_arrange_groups(user, group.organization)
