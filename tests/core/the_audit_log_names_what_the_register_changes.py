"""The register's acts through the pages, with the counter beside: the tree, people, standings, moves, accounts.

First Branch's Li and Chen act, Wang and Zhou above them decide, Zhao next door receives.
"""

import datetime

import pytest
from django.urls import reverse

from branches.models import Election, Exclusion, Group, Organization, Person, Transfer
from tests.builders import make_branch, make_person
from tests.counting import ThroughPages

YESTERDAY = "2026-11-22"


@pytest.fixture
def people(world):
    """Somebody for each act: ``{what is done with them: person}``."""
    joined = datetime.date(2010, 7, 1)
    return {
        "admitted": make_person(world.first, "发展对象甲", standing="PROSPECT", joined_on=None),
        "moved": make_person(world.first, "转接的乙", joined_on=joined, phone="13800000001"),
        "leaves": make_person(world.first, "离开的丙"),
        "graduates": make_person(world.first, "毕业的丁", category="STUDENT"),
        "ill": make_person(world.first, "生病的戊"),
        "edited": make_person(world.first, "改资料的己"),
    }


def test_every_row_that_the_registers_acts_change_is_named_with_before_and_after(world, client, people, counter):
    does = ThroughPages(client, counter)
    the_tree_is_changed(world, does)
    a_branch_is_divided(world, does, people)
    facts_are_edited(world, does, people)
    a_standing_goes_forward_and_back(world, does, people)
    exclusions_are_decided(world, does, people)
    people_move(world, does, people)
    accounts_are_kept(world, does, people)
    offices_change_hands(world, does, people)

    assert counter.faults == []
    assert (counter.acts >= 40, counter.rows >= 40) == (True, True)
    assert counter.seen >= {
        "branches.organization", "branches.group", "branches.person", "branches.transfer", "branches.exclusion",
        "branches.standingchange", "branches.appointment", "core.user", "core.activation",
    }  # fmt: skip


def act(name, row, *more):
    return reverse(name, args=[row.pk, *more])


def the_tree_is_changed(world, does):
    why = {"on": YESTERDAY, "reason": "党委会议决定"}
    does(world.zhou, act("organization_found", world.arts), name="中共测试学院新党支部", short_name="新党支部",
         code="0201009", founded_on=YESTERDAY)  # fmt: skip
    does(world.zhou, act("organization_rename", world.first), name="中共测试学院第一支部", short_name="第一支部", **why)
    does(world.zhou, act("organization_move", world.other), parent=world.arts.code, **why)
    closing = make_branch(world.arts, "要撤的党支部", members=2)
    does(world.zhou, act("organization_close", closing), people_to=world.second.code, **(why | {"on": "2026-11-23"}))
    made = Organization.objects.get(code="0201009")
    does(world.zhou, act("organization_close", made), **(why | {"on": "2026-11-23"}))
    does(world.zhou, made.get_absolute_url(), act("organization_reopen", made), **why)


def a_branch_is_divided(world, does, people):
    page = act("groups", world.first)
    for name in ("第一组", "第二组"):
        does(world.li, page, act("group_found", world.first), name=name)
    one, two = Group.objects.order_by("pk")
    in_one = {f"p{people[who].pk}": one.pk for who in ("moved", "ill", "leaves")}
    does(world.li, page, act("groups_arrange", world.first), **in_one)
    does(world.li, page, act("groups_arrange", world.first), **{f"p{people['ill'].pk}": two.pk})
    does(world.li, page, act("group_rename", world.first, one.pk), name="教师组")
    does(world.li, page, act("group_dissolve", world.first, two.pk))


def facts_are_edited(world, does, people):
    does(world.chen, act("person_new", world.first), staff_number="N1", name="新来的", standing="ACTIVIST")
    does(world.chen, act("person_edit", people["edited"]), name="改了名", ethnicity="满族", phone="13811112222")
    does(world.zheng, reverse("me_edit"), phone="13833334444", email="zheng@example.edu.cn")


def a_standing_goes_forward_and_back(world, does, people):
    person = people["admitted"]
    page = act("standing_change", person)
    step = {"kind": "ADMITTED", "changed_on": YESTERDAY, "note": "支部大会 2026-11-22"}
    does(world.wang, page, **step)
    does(world.wang, page, act("standing_undo", person), note="日期写错")
    does(world.wang, page, **step)
    does(world.wang, act("standing_change", people["edited"]), act("standing_correct", people["edited"]),
         standing="FULL", joined_on="2011-07-01", confirmed_on="2012-07-01", note="档案核对")  # fmt: skip


def exclusions_are_decided(world, does, people):
    for who in ("ill", "edited"):
        does(world.chen, act("exclusion_propose", people[who]), reason="因病", starts_on=YESTERDAY)
    does(world.chen, act("exclusion_propose", people["leaves"]), reason="因病", starts_on=YESTERDAY)
    one, other, mistaken = Exclusion.objects.order_by("pk")
    does(world.chen, reverse("exclusion", args=[mistaken.pk]), act("exclusion_withdraw", mistaken))
    page = reverse("exclusion", args=[one.pk])
    does(world.wang, page, act("exclusion_approve", one))
    does(world.wang, page, act("exclusion_end", one), last_on="2026-11-25")
    does(world.wang, reverse("exclusion", args=[other.pk]), act("exclusion_decline", other), answer="还能参加")


def people_move(world, does, people):
    person = people["moved"]
    ask = {"to": world.second.pk, "note": "工作调动"}
    for end in ("transfer_decline", "transfer_withdraw", "transfer_accept"):
        does(world.li, act("transfer_request", person), **ask)
        row = Transfer.objects.get(status="REQUESTED", person=person)
        user = world.li if end == "transfer_withdraw" else world.zhao
        does(user, row.get_absolute_url(), act(end, row), answer="名册核对不上", moved_on="2026-11-23")
    does(world.zhou, row.get_absolute_url(), act("transfer_undo", row), reason="转错了支部")
    does(world.li, act("person_leave", people["leaves"]), kind="OUT", left_on="2026-11-23", place="兄弟院校")
    does(world.li, act("graduates", world.first), person=[people["graduates"].pk], left_on="2026-11-23", place="街道")
    does(world.li, act("person_admit", world.first), staff_number="N2", name="转入的", standing="FULL",
         joined_on="2012-07-01", confirmed_on="2013-07-01", place="兄弟院校", moved_on="2026-11-23")  # fmt: skip


def accounts_are_kept(world, does, people):
    person = people["edited"]
    page = act("account", person)
    does(world.chen, page, act("account_open", person))
    person = Person.objects.get(pk=person.pk)
    for name in ("account_hand_out", "account_hand_out", "account_end_sessions", "account_disable", "account_enable"):
        does(world.chen, page, act(name, person), reason="不再使用")


def offices_change_hands(world, does, people):
    person = people["edited"]
    does(world.zhou, act("office_appoint", world.first), office="DISCIPLINE_COMMISSIONER", person=person.pk)
    given = person.appointments.get()
    does(world.zhou, act("appointment_correct", given), starts_on=YESTERDAY, title="纪检委员（兼）", reason="写错")
    does(world.zhou, act("appointment_end", given), ends_on="2026-11-23", reason="本人提出")
    elected = {"organization_commissioner_1": person.pk}  # in Chen's place; Li and Xu go on
    does(world.zhou, act("election_hold", world.first), note="校党组〔2026〕9 号", **elected)
    does(world.zhou, act("election_undo", Election.objects.get()), reason="选票要重新清点")
