"""A sheet moves people and gives offices: what it ends, what it warns of or refuses, and whose account is used.

The cast: Li is secretary of First Branch, Wang of the general branch above it (and is registered in Second Branch).
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.access import holds
from branches.imports import people
from branches.models import Appointment, Office, Person
from core.accounts import User
from core.audit import AuditEntry
from core.inbox import Notice
from tests.branches.imports import compared, imported
from tests.branches.sheets import GOOD_PERSON, HEADINGS, PEOPLE, counts, database, run, warned, write_sheet
from tests.builders import World, fresh, make_group, make_officer, make_person

TODAY = datetime.date(2026, 11, 23)
PLAIN = dict.fromkeys(
    ["出生日期", "加入党组织日期", "转为正式党员日期", "联系电话", "工作岗位", "民族", "学历", "性别", "党籍状态"]
)


@pytest.fixture
def sheet(tmp_path):
    def write(*rows):
        return write_sheet(tmp_path / "党员.xlsx", HEADINGS, rows)

    return write


def row_of(person, **changes):
    """The row that changes nothing about somebody in the register, with changes by heading."""
    known = {"学工号": person.staff_number, "姓名": person.name, "所在党支部": person.organization.name}
    return list((GOOD_PERSON | PLAIN | known | changes).values())


def held(person):
    return [(str(row), row.ends_on) for row in person.appointments.order_by("pk")]


def test_the_offices_of_the_old_branch_end_on_the_day_of_the_move(world: World, sheet):
    li = world.li.person
    group = make_group(world.first, "第一党小组", [li])
    Appointment.objects.create(
        person=li, organization=world.first, office=Office.GROUP_LEADER, group=group, starts_on=TODAY
    )
    path = sheet(row_of(li, 所在党支部=world.second.name))

    assert warned(PEOPLE, path) == [
        (2, "党内职务", "李书记转到文学院第二党支部，从今天起不再担任文学院第一党支部书记、文学院第一党支部党小组长")
    ]

    assert held(li) == [("文学院第一党支部书记", TODAY), ("文学院第一党支部党小组长", TODAY)]
    assert not holds(fresh(world.li), world.first, {"SECRETARY", "GROUP_LEADER"})
    assert AuditEntry.objects.about(li).get(event="person.imported").data["changes"] == {
        "organization_id": [world.first.pk, world.second.pk],
        "group_id": [group.pk, None],
        "offices_ended": ["文学院第一党支部书记、文学院第一党支部党小组长", ""],
    }
    before = database()
    assert run(PEOPLE, path) == (counts(unchanged=1), [], 0)
    assert database() == before


def test_offices_above_the_branch_and_at_other_branches_go_on(world, sheet):
    wang = world.wang.person
    Appointment.objects.create(person=wang, organization=world.other, office=Office.MEMBER, starts_on=TODAY)
    Appointment.objects.create(person=wang, organization=world.second, office=Office.MEMBER, starts_on=TODAY)

    run(PEOPLE, sheet(row_of(wang, 所在党支部=world.first.name)))

    assert held(wang) == [
        ("文学院党总支书记", None), ("历史学院党支部委员", None), ("文学院第二党支部委员", TODAY),
    ]  # fmt: skip


def test_an_office_that_was_to_begin_at_the_old_branch_never_begins(world, sheet):
    zheng, january = world.zheng.person, datetime.date(2027, 1, 1)
    Appointment.objects.create(person=zheng, organization=world.first, office=Office.MEMBER, starts_on=january)

    run(PEOPLE, sheet(row_of(zheng, 所在党支部=world.second.name, 党内职务="委员")))

    assert held(zheng) == [("文学院第一党支部委员", january), ("文学院第二党支部委员", None)]
    assert not Appointment.objects.active(january).filter(person=zheng, organization=world.first).exists()


def test_a_move_and_a_new_office_stand_apart_in_the_log(world, sheet):
    li = world.li.person

    run(PEOPLE, sheet(row_of(li, 所在党支部=world.second.name, 党内职务="宣传委员、纪检委员")))

    data = AuditEntry.objects.about(li).get(event="person.imported").data["changes"]
    assert (data["offices_ended"], data["offices"]) == (
        ["文学院第一党支部书记", ""],
        ["", "文学院第二党支部宣传委员、文学院第二党支部纪检委员"],
    )


def test_who_does_not_move_keeps_every_office(world, sheet):
    run(PEOPLE, sheet(row_of(world.li.person, 民族="满族")))

    assert held(world.li.person) == [("文学院第一党支部书记", None)]


def test_a_second_secretary_is_a_fault_while_the_first_is_in_office(world, sheet):
    heir = make_person(world.first, "新书记")
    path = sheet(row_of(heir, 党内职务="支部书记"))
    sentence = "文学院第一党支部已有书记李书记（2024-01-01 起），党组织只有一位书记；已经换人的，请先为前一位办理免职"
    before = database()

    assert run(PEOPLE, path) == (counts(faulty=1), [(2, "党内职务", sentence)], 1)
    assert database() == before

    world.li.person.appointments.update(is_acting=True, ends_on=datetime.date(2026, 11, 24))
    assert run(PEOPLE, path)[1] == [(2, "党内职务", sentence.replace("已有书记", "已有代理书记"))]
    world.li.person.appointments.update(ends_on=TODAY)
    assert run(PEOPLE, path) == (counts(changed=1), [], 0)


def test_of_two_secretaries_of_one_sheet_the_second_is_a_fault(world, sheet):
    Appointment.objects.filter(person=world.li.person).update(ends_on=TODAY)
    one, two = make_person(world.first, "甲"), make_person(world.first, "乙")

    assert run(PEOPLE, sheet(row_of(one, 党内职务="支部书记"), row_of(two, 党内职务="支部书记"))) == (
        counts(changed=1, faulty=1),
        [(3, "党内职务", "第 2 行的甲也是文学院第一党支部书记，党组织只有一位书记；请核对，只留一位")],
        1,
    )


def test_who_moves_and_is_still_to_be_secretary_of_the_old_branch_begins_anew(world, sheet):
    """The level above may send one: what the preview says is what is written."""
    li = world.li.person
    path = sheet(row_of(li, 所在党支部=world.second.name, 党内职务="文学院第一党支部书记"))

    assert run(PEOPLE, path) == (counts(changed=1), [], 0)

    assert held(li) == [("文学院第一党支部书记", TODAY), ("文学院第一党支部书记", None)]
    changes = AuditEntry.objects.about(li).get(event="person.imported").data["changes"]
    assert (changes["offices_ended"], changes["offices"]) == (
        ["文学院第一党支部书记", ""], ["", "文学院第一党支部书记"],
    )  # fmt: skip


def test_an_heir_of_a_secretary_who_moves_or_has_left_is_no_second_one(world, sheet):
    Person.objects.filter(user=world.zhao).update(left_on=TODAY)
    of_first, of_second = make_person(world.first, "甲"), make_person(world.second, "乙")

    found = warned(
        PEOPLE,
        sheet(
            row_of(of_first, 党内职务="支部书记"),
            row_of(of_second, 党内职务="支部书记"),
            row_of(world.li.person, 所在党支部=world.other.name),
        ),
    )

    assert found == [(4, "党内职务", "李书记转到历史学院党支部，从今天起不再担任文学院第一党支部书记")]


def account(person, **fields):
    return User.objects.create(**{"username": person.staff_number, "name": person.name, "password": "!"} | fields)


def test_an_account_of_the_same_number_and_name_is_taken_as_it_is(world, sheet):
    heir = make_person(world.first, "田宏")
    user = account(heir, password="known")
    path = sheet(row_of(heir, 党内职务="宣传委员"))

    assert warned(PEOPLE, path) == [(2, "学工号", "田宏已有同学工号、同姓名的账号，导入后就用这个账号，原来的密码不变")]

    heir.refresh_from_db()
    user.refresh_from_db()
    assert (heir.user, user.password) == (user, "known")
    assert warned(PEOPLE, path) == []


def test_an_account_that_may_be_somebody_elses_is_a_fault_of_the_row(world, sheet):
    other, disabled, taken = (make_person(world.first, name) for name in ("甲", "乙", "丙"))
    account(other, name="甲同名")
    account(disabled, is_active=False)
    User.objects.filter(pk=world.zheng.pk).update(username=taken.staff_number)
    rows = [row_of(one, 党内职务="宣传委员") for one in (other, disabled, taken)]
    before = database()

    assert run(PEOPLE, sheet(*rows)) == (
        counts(faulty=3),
        [
            (2, "学工号", f"登录名“{other.staff_number}”已有账号，姓名是“甲同名”，请核对是否同一人"),
            (3, "学工号", f"登录名“{disabled.staff_number}”的账号已停用，请先启用账号，或者删去这一行的党内职务"),
            (4, "学工号", f"登录名“{taken.staff_number}”已是别人的账号（郑党员），请先核对学工号"),
        ],
        1,
    )
    assert database() == before


def test_who_gets_no_office_needs_no_account(world, sheet):
    plain = make_person(world.first, "甲")
    account(plain, name="甲同名")

    assert run(PEOPLE, sheet(row_of(plain, 民族="满族"))) == (counts(changed=1), [], 0)
    plain.refresh_from_db()
    assert plain.user is None


def test_an_office_that_begins_later_is_given_once(world, sheet):
    path = sheet(row_of(world.zheng.person, 党内职务="纪检委员"))

    assert run(PEOPLE, path, "--offices-since", "2027-01-01")[0] == counts(changed=1)
    assert run(PEOPLE, path, "--offices-since", "2027-01-01") == (counts(unchanged=1), [], 0)


def logged(event):
    return [(entry.subject_id, entry.by, entry.note) for entry in AuditEntry.objects.filter(event=event).order_by("pk")]


def told(user):
    return list(Notice.objects.visible_to(user).order_by("pk").values_list("kind", "title", "sender"))


def test_offices_and_accounts_of_a_sheet_are_logged_and_told_like_those_of_the_page(world, sheet, client):
    """Tian is new and gets two offices, Zheng has an account; Wang keeps the register above both, Liu beside Zhou."""
    liu = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "刘组织部", branch=world.direct)
    client.force_login(world.zhou)
    path = sheet(
        list((GOOD_PERSON | {"党内职务": "组织委员、文学院党总支副书记"}).values()),
        row_of(world.zheng.person, 党内职务="宣传委员"),
    )

    assert imported(client, compared(client, path)).status == "DONE"

    tian, zheng = Person.objects.get(staff_number="200001"), world.zheng.person
    begun = [*tian.appointments.order_by("pk"), *zheng.appointments.order_by("pk")]
    assert logged("appointment.started") == [
        (row.pk, world.zhou, f"{row.person} {row}，2026-11-23 起，随名册导入") for row in begun
    ]
    assert logged("person.account_opened") == [(tian.pk, world.zhou, "随名册导入")]
    assert logged("account.opened") == [(tian.user_id, world.zhou, "随名册导入")]
    assert AuditEntry.objects.get(event="person.account_opened").data["changes"] == {"user_id": [None, tian.user_id]}
    since = "您自 2026-11-23 起任"
    assert told(tian.user) == [
        ("appointment_started", f"{since}文学院第一党支部组织委员", "周组织部"),
        ("appointment_started", f"{since}文学院党总支副书记", "周组织部"),
        ("appointments_imported", "随名册导入，文学院党总支下面新任 2 项职务", "周组织部"),
    ]
    assert told(world.zheng) == [("appointment_started", f"{since}文学院第一党支部宣传委员", "周组织部")]
    assert told(world.wang) == [("appointments_imported", "随名册导入，文学院党总支下面新任 2 项职务", "周组织部")]
    assert told(liu) == [("appointments_imported", "随名册导入，校党委下面新任 1 项职务", "周组织部")]
    assert Notice.objects.get(recipient=world.wang).text == (
        "自 2026-11-23 起：田宏任文学院第一党支部组织委员、郑党员任文学院第一党支部宣传委员。"
        "如有不对，请办理免职或更正。"
    )
    assert [told(user) for user in (world.zhou, world.sun, world.li, world.he)] == [[], [], [], []]


def test_an_account_that_waited_is_logged_as_taken_and_not_as_opened(world, sheet):
    heir = make_person(world.first, "田宏")
    user = account(heir)

    run(PEOPLE, sheet(row_of(heir, 党内职务="宣传委员")))

    assert (logged("person.account_opened"), logged("account.opened")) == ([(heir.pk, None, "随名册导入")], [])
    assert told(user) == [("appointment_started", "您自 2026-11-23 起任文学院第一党支部宣传委员", "")]


def test_many_offices_are_told_in_as_many_statements_as_one(world, sheet):
    def asked(number):
        heirs = [make_person(world.first, f"{number}甲{place}") for place in range(number)]
        path = sheet(*(row_of(one, 党内职务="宣传委员") for one in heirs))
        with CaptureQueriesContext(connection) as queries:
            people.apply(people.read(path), by=world.zhou)
        return len(queries)

    asked(1)  # what is kept in memory is read
    assert asked(3) == asked(9)
