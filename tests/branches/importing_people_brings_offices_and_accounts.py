"""党内职务 in the sheet becomes an office at the right organization, with an account for whoever holds one.

The cast: First and Second Branch of 文学院党总支, the neighbour 历史学院党总支, 校党委 above them. Chen is already
organization commissioner of First Branch.
"""

import datetime

import pytest

from branches.access import can
from branches.models import Appointment, Organization, Person
from core.accounts import User
from tests.branches.sheets import HEADINGS, PEOPLE, counts, database, person_row, run, write_sheet
from tests.builders import World, make_organization

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def sheet(tmp_path):
    def write(*rows):
        return write_sheet(tmp_path / "党员.xlsx", HEADINGS, rows)

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
        ("党小组长", [("文学院第一党支部", "GROUP_LEADER", "")]),
        ("文学院党总支书记", [("文学院党总支", "SECRETARY", "")]),
        ("历史学院党总支组织委员", [("历史学院党总支", "ORGANIZATION_COMMISSIONER", "")]),
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
