"""Who printed a code for a plain member must not open the account of an office holder with it.

The cast, and Gu of First, for whom Li printed a code. Then Gu comes into an office, and Li keeps the account no more.
"""

import datetime

import pytest

from branches import actions, rules
from branches.models import Appointment, Office
from core.accounts import Activation
from core.audit import AuditEntry
from core.inbox import Notice
from tests.builders import World, make_branch, make_group, make_import, make_person

PASSWORD = "ziji-shezhi-2026"
TODAY = datetime.date(2026, 11, 23)
TERM = {"held_on": TODAY, "term_starts_on": TODAY, "term_ends_on": datetime.date(2029, 11, 22)}


@pytest.fixture
def gu(world: World):
    return make_person(world.first, "顾新人")


@pytest.fixture
def code(world: World, gu):
    found = actions.open_account(gu, by=world.li)
    gu.refresh_from_db()
    return found


def opens(person, code):
    return actions.activate(person.staff_number, code, PASSWORD) is not None


def appoint(world, gu, office=Office.DEPUTY_SECRETARY, organization=None, by=None, **fields):
    organization = organization or world.arts
    fields = {"starts_on": TODAY} | fields
    return actions.appoint(organization, by=by or world.zhou, person=gu, office=office, **fields)


def elect(world, first):
    seats = [(first, Office.SECRETARY), (world.chen.person, Office.MEMBER), (world.xu.person, Office.MEMBER)]
    return actions.hold_election(world.first, by=world.wang, seats=seats, **TERM)


def sheet(world, gu):
    """The same by a sheet of the department: its rows name the office."""
    cells = [gu.staff_number, gu.name, "0201001", "正式党员", "宣传委员"]
    row = make_import(world.zhou, [cells], ["学工号", "姓名", "所在党支部", "人员类别", "党内职务"])
    actions.confirm_import(row, by=world.zhou, digest=row.digest)
    actions.write_import(row.pk, lambda percent: None)


WAYS = {
    "appointed above": appoint,
    "appointed here": lambda world, gu: appoint(world, gu, Office.MEMBER, world.first, world.wang),
    "from next week on": lambda world, gu: appoint(world, gu, starts_on=TODAY + datetime.timedelta(days=7)),
    "group leader": lambda world, gu: appoint(
        world, gu, Office.GROUP_LEADER, world.first, world.li, group=make_group(world.first, "一组")
    ),
    "elected": elect,
    "by a sheet": sheet,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_from_before_opens_nothing_once_there_is_an_office(world: World, gu, code, way):
    WAYS[way](world, gu)
    assert not rules.can_keep_account(world.li, gu)
    assert not opens(gu, code)


def test_the_control_without_an_office_it_opens(world: World, gu, code):
    appoint(world, make_person(world.first, "另一人"))
    assert opens(gu, code)


def test_what_reopening_gives_back_ends_the_code_of_meanwhile(world: World):
    branch = make_branch(world.arts, "新支部")
    gu = make_person(world.first, "顾新人")
    appoint(world, gu, Office.SECRETARY, branch, world.wang)
    actions.close_organization(branch, by=world.zhou, closed_on=TODAY, reason="合并")
    gu.refresh_from_db()
    code = actions.hand_out_code(gu.user, by=world.li)

    actions.reopen_organization(branch, by=world.zhou, reason="误撤")

    assert Appointment.objects.active().get(person=gu).organization == branch
    assert not opens(gu, code)


def test_what_an_undone_election_gives_back_ends_the_code_of_meanwhile(world: World, gu):
    appoint(world, gu, Office.MEMBER, world.first, world.wang)
    election = elect(world, world.li.person)
    gu.refresh_from_db()
    code = actions.hand_out_code(gu.user, by=world.li)

    actions.undo_election(election, by=world.wang, reason="登错了")

    assert Appointment.objects.active().get(person=gu).organization == world.first
    assert not opens(gu, code)


def test_who_printed_it_learns_that_it_is_void_and_who_gives_another(world: World, gu, code):
    appoint(world, gu)
    told = Notice.objects.filter(kind="account_code_voided")
    assert [(one.recipient, one.title, one.text) for one in told] == [
        (
            world.li,
            "您给顾新人发的激活码已作废",
            "顾新人有了新的职务，账号改由任职组织的上级党组织或党委组织部办理，新的激活码也由他们发。"
            "原来的纸条不能再用，请告诉本人并把纸条收回。",
        )
    ]


def test_the_log_says_that_the_code_ended_with_the_office(world: World, gu, code):
    held = Activation.objects.get(user=gu.user)
    appoint(world, gu)
    entry = AuditEntry.objects.about(gu.user).get(event="account.code_voided")
    assert entry.by == world.zhou
    assert [(one["subject"], one["id"], list(one["changes"])) for one in entry.data["also"]] == [
        ("core.activation", held.pk, ["revoked_at"])
    ]


def test_who_stands_above_hands_out_the_next_and_a_used_one_is_not_voided(world: World, gu, code):
    appoint(world, gu, Office.MEMBER, world.first, world.wang)
    new = actions.hand_out_code(gu.user, by=world.wang)
    assert opens(gu, new)
    appoint(world, gu)
    assert AuditEntry.objects.about(gu.user).filter(event="account.code_voided").count() == 1
