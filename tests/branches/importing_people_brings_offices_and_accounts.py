"""党内职务 in the sheet becomes an office at the right organization, with an account for whoever holds one.

The cast: First and Second Branch of 文学院党总支, the neighbour 历史学院党总支, 校党委 above them. Chen is already
organization commissioner of First Branch. Its secretary Li and the general branch's secretary Wang have just given up
their offices, so that both seats are vacant; First Branch has a first group.
"""

import datetime

import pytest

from branches.access import can
from branches.imports import people
from branches.models import Appointment, Office, Organization, Person
from core.accounts import User
from tests.branches.imports import compared
from tests.branches.imports import rows as previewed
from tests.branches.sheets import HEADINGS, PEOPLE, counts, database, person_row, run, warned, write_sheet
from tests.builders import World, make_branch, make_group, make_officer, make_organization

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def vacant(world):
    Appointment.objects.filter(person__user__in=[world.li, world.wang]).update(ends_on=TODAY)
    make_group(world.first, "第一党小组")


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, headings=HEADINGS):
        return write_sheet(tmp_path / "党员.xlsx", headings, rows)

    return write


def offices(number="200001"):
    rows = Appointment.objects.filter(person__staff_number=number).order_by("pk")
    return [(row.organization.short_name, row.office, row.title) for row in rows]


@pytest.mark.parametrize(
    "written, held",
    [
        ("书记", [("文学院第一党支部", "SECRETARY", "")]),
        ("支部书记", [("文学院第一党支部", "SECRETARY", "")]),
        ("党支部副书记", [("文学院第一党支部", "DEPUTY_SECRETARY", "")]),
        ("支部组织委员", [("文学院第一党支部", "ORGANIZATION_COMMISSIONER", "")]),
        ("宣传委员", [("文学院第一党支部", "PUBLICITY_COMMISSIONER", "")]),
        ("纪检委员", [("文学院第一党支部", "DISCIPLINE_COMMISSIONER", "")]),
        ("统战委员", [("文学院第一党支部", "UNITED_FRONT_COMMISSIONER", "")]),
        ("支部委员", [("文学院第一党支部", "MEMBER", "")]),
        ("文学院党总支书记", [("文学院党总支", "SECRETARY", "")]),
        ("文学院党总支组织委员", [("文学院党总支", "ORGANIZATION_COMMISSIONER", "")]),
        ("党委组织部部长", [("校党委", "ORGANIZATION_DEPARTMENT", "组织部部长")]),
        (
            "文学院党总支副书记、支部书记",
            [("文学院党总支", "DEPUTY_SECRETARY", ""), ("文学院第一党支部", "SECRETARY", "")],
        ),
        ("书记，支部书记", [("文学院第一党支部", "SECRETARY", "")]),
        (None, []),
    ],
)
def test_an_office_lands_at_its_organization(world: World, sheet, written, held):
    assert run(PEOPLE, sheet(person_row(党内职务=written))) == (counts(new=1), [], 0)
    assert offices() == held


WRONG = {
    "of another general branch": (
        {"党内职务": "历史学院党总支组织委员"}, "党内职务", "田宏不在历史学院党总支，不能在历史学院党总支任职",
    ),
    "of another branch": (
        {"党内职务": "文学院第二党支部宣传委员"}, "党内职务",
        "田宏不是文学院第二党支部的党员，宣传委员要由本支部党员担任",
    ),
    "not yet a full member": (
        {"党内职务": "支部书记", "人员类别": "预备党员", "转为正式党员日期": None}, "党内职务",
        "田宏是预备党员，书记要由正式党员担任",
    ),
    "no member": (
        {"党内职务": "党委组织部干事", "人员类别": "入党积极分子", "加入党组织日期": None, "转为正式党员日期": None},
        "党内职务", "田宏是入党积极分子，不能任职",
    ),
    "an office that is not there": (
        {"党内职务": "校党委书记"}, "党内职务", "党委不设“书记”这项职务，系统里没有的职务请从这一格删去",
    ),
    "a leader of a general branch's group": (
        {"党内职务": "文学院党总支党小组长"}, "党内职务",
        "党总支不设“党小组长”这项职务，系统里没有的职务请从这一格删去",
    ),
    "a leader of no group": (
        {"党内职务": "党小组长"}, "党小组", "党小组长要写明党小组：请在“党小组”这一列写上所带小组的名称",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cells, column, sentence", WRONG.values(), ids=WRONG)
def test_who_may_not_hold_an_office_by_page_is_given_none_by_a_sheet(world, sheet, cells, column, sentence):
    """The command asks it too, though it asks nobody's right to give the office."""
    before = database()

    assert run(PEOPLE, sheet(person_row(**cells))) == (counts(faulty=1), [(2, column, sentence)], 1)
    assert database() == before


def test_who_is_in_office_is_asked_as_the_sheet_leaves_them(world, sheet):
    """Zheng becomes a full member and moves next door by the same row that gives the office there."""
    zheng = world.zheng.person
    Person.objects.filter(pk=zheng.pk).update(standing="PROBATIONARY")
    row = {"学工号": zheng.staff_number, "姓名": zheng.name, "所在党支部": "0201002"}

    assert run(PEOPLE, sheet(person_row(**row, 党内职务="宣传委员"))) == (counts(changed=1), [], 0)
    assert offices(zheng.staff_number) == [("文学院第二党支部", "PUBLICITY_COMMISSIONER", "")]


def test_a_group_leader_leads_the_group_that_the_row_names(world, sheet):
    make_group(world.second, "第二党小组")
    headings = [*HEADINGS, "党小组"]
    before = database()

    assert run(PEOPLE, sheet([*person_row(党内职务="党小组长"), "第二党小组"], headings=headings))[1] == [
        (2, "党小组", "文学院第一党支部没有“第二党小组”这个党小组，请核对名称，或者先在系统里设立这个小组")
    ]
    assert database() == before

    path = sheet([*person_row(党内职务="党小组长"), "第一党小组"], headings=headings)
    (line,) = people.read(path).new
    assert dict(people.facts_of(line))["党内职务"] == "文学院第一党支部第一党小组党小组长"
    assert warned(PEOPLE, path) == [
        (0, "党小组", "这一列只用来认党小组长所带的小组；谁在哪个小组，请在党支部的“党小组”里分")
    ]
    row = Appointment.objects.get(person__staff_number="200001")
    assert (row.office, row.group.name) == ("GROUP_LEADER", "第一党小组")
    assert run(PEOPLE, path) == (counts(unchanged=1), [], 0)

    second = sheet([*person_row(学工号="200002", 姓名="又一位", 党内职务="党小组长"), "第一党小组"], headings=headings)
    assert run(PEOPLE, second)[1] == [
        (
            2, "党内职务",
            "文学院第一党支部第一党小组已有党小组长田宏（2026-11-23 起），党小组只有一位组长；"
            "已经换人的，请先为前一位办理免职",
        )
    ]  # fmt: skip


def test_a_department_gives_offices_in_its_own_part_alone(world, sheet, client):
    """Hu sits in the department of a committee under the university's. Who gives an office there may write it."""
    part = make_organization(Organization.Kind.COMMITTEE, "附属医院党委", world.committee)
    branch = make_branch(part, "内科党支部")
    client.force_login(make_officer(part, Office.ORGANIZATION_DEPARTMENT, "胡附院", branch=branch))
    rows = [("党委组织部部长", "校党委"), ("文学院第一党支部书记", "文学院第一党支部"), ("附属医院党委组织部干事", "")]
    path = sheet(
        *(
            person_row(学工号=f"20000{place}", 姓名=f"医生{place}", 所在党支部="内科党支部", 党内职务=word)
            for place, (word, _) in enumerate(rows)
        )
    )

    row = compared(client, path)

    assert [(number, said) for number, _, _, said in previewed(row, "FAULTY")] == [
        (place, [["党内职务", f"{where}不在您的管理范围内，请由上级组织部导入"]])
        for place, (_, where) in enumerate(rows, start=2)
        if where
    ]
    assert [key for _, key, _, _ in previewed(row, "NEW")] == ["200002"]


def test_a_general_branch_whose_name_another_bears_is_not_guessed(world, sheet):
    twin = make_organization(Organization.Kind.GENERAL_BRANCH, "校外文学院党总支", world.committee)
    Organization.objects.filter(pk=twin.pk).update(short_name="文学院党总支")
    before = database()

    assert run(PEOPLE, sheet(person_row(党内职务="文学院党总支书记")))[1] == [
        (2, "党内职务", "有 2 个党总支叫“文学院党总支”，分不清是哪一个")
    ]
    assert database() == before


def test_every_office_holder_gets_an_account_without_a_password_and_nobody_else(world, sheet):
    before = set(User.objects.values_list("username", flat=True))
    path = sheet(
        person_row(党内职务="支部书记、文学院党总支书记"),
        person_row(学工号="200002", 姓名="平常"),
        person_row(学工号="200003", 姓名="宣传", 党内职务="宣传委员"),
    )

    run(PEOPLE, path)

    made = User.objects.exclude(username__in=before).order_by("username")
    assert [(user.username, user.name, user.has_usable_password()) for user in made] == [
        ("200001", "田宏", False),
        ("200003", "宣传", False),
    ]
    assert [user.person.staff_number for user in made] == ["200001", "200003"]
    assert Person.objects.get(staff_number="200002").user is None


def test_the_new_secretary_has_the_rights_of_the_office_at_once(world, sheet):
    run(PEOPLE, sheet(person_row(党内职务="支部书记")))
    user = User.objects.get(username="200001")

    assert can(user, "organization.see", world.first)
    assert list(Organization.objects.visible_to(user)) == [world.first]


@pytest.mark.parametrize("flags, since", [([], TODAY), (["--offices-since", "2024-09-01"], datetime.date(2024, 9, 1))])
def test_an_office_runs_from_today_or_from_the_day_that_is_named(world, sheet, flags, since):
    run(PEOPLE, sheet(person_row(党内职务="支部书记")), *flags)

    row = Appointment.objects.get(person__staff_number="200001")
    assert (row.starts_on, row.ends_on) == (since, None)


def test_a_later_sheet_without_the_office_takes_it_from_nobody(world, sheet):
    """A blank cell is no news: an office ends by an act of its own, never by what a sheet leaves out."""
    run(PEOPLE, sheet(person_row(党内职务="支部书记")))
    before = database()

    assert run(PEOPLE, sheet(person_row(党内职务=None))) == (counts(unchanged=1), [], 0)
    assert database() == before


def test_an_office_held_already_is_not_given_again_and_a_further_one_is_added(world, sheet):
    chen = world.chen.person
    path = sheet(person_row(学工号=chen.staff_number, 姓名=chen.name, 党内职务="组织委员、宣传委员"))

    assert run(PEOPLE, path)[0] == counts(changed=1)
    assert offices(chen.staff_number) == [
        ("文学院第一党支部", "ORGANIZATION_COMMISSIONER", ""),
        ("文学院第一党支部", "PUBLICITY_COMMISSIONER", ""),
    ]
    assert Person.objects.get(pk=chen.pk).user == world.chen


def test_an_office_that_had_ended_is_held_again(world, sheet):
    chen = world.chen.person
    chen.appointments.update(ends_on=TODAY)

    run(PEOPLE, sheet(person_row(学工号=chen.staff_number, 姓名=chen.name, 党内职务="组织委员")))

    assert list(chen.appointments.order_by("pk").values_list("starts_on", "ends_on")) == [
        (datetime.date(2024, 1, 1), TODAY),
        (TODAY, None),
    ]
