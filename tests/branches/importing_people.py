"""The sheet of people: what is read, written and left alone. The cast: First and Second Branch of 文学院党总支."""

import datetime
from decimal import Decimal

import pytest

from branches.imports import people
from branches.imports.plan import Faulty
from branches.models import Organization, Person
from core.audit import AuditEntry
from core.periods import Month
from tests.branches.sheets import HEADINGS, PEOPLE, counts, database, person_row, run, say, write_sheet
from tests.builders import World, make_branch, make_organization, make_person


@pytest.fixture
def sheet(tmp_path):
    """Writes rows under the usual headings: the title is line 1, the headings line 2, the first row line 3."""

    def write(*rows, headings=HEADINGS, **options):
        return write_sheet(tmp_path / "党员.xlsx", headings, rows, title="党员信息采集表", **options)

    return write


def refused(path):
    """The faults of a sheet that must not change anything."""
    before = database()
    _, faults, status = run(PEOPLE, path)
    assert (status, database()) == (1, before)
    return faults


def test_a_new_person_is_written_with_every_field_and_logged(world: World, sheet):
    path = sheet(person_row(民族="回族", 学历="研究生", 党籍状态="正常", 是否为流动党员="是", 是否为党员领导干部="是"))

    assert run(PEOPLE, path) == (counts(new=1), [], 0)

    made = Person.objects.get(staff_number="200001")
    assert {name: getattr(made, name) for name in people.READERS} == {
        "gender": "FEMALE", "ethnicity": "回族", "born_on": datetime.date(1985, 5, 20), "education": "研究生",
        "joined_on": datetime.date(2006, 7, 1), "confirmed_on": datetime.date(2007, 7, 1), "category": "STAFF",
        "phone": "13800000001", "is_floating": True, "is_lost_contact": False, "is_leading_cadre": True,
    }  # fmt: skip
    assert (made.name, made.standing, made.membership_state) == ("田宏", "FULL", "正常")
    assert (made.organization, made.group, made.user, made.left_on) == (world.first, None, None, None)
    assert [(entry.event, entry.by) for entry in AuditEntry.objects.about(made)] == [("person.imported", None)]


def test_a_second_run_changes_nothing(world, sheet):
    path = sheet(person_row(党内职务="宣传委员", **{"党费计算基数(元)": 9640.5}))
    assert run(PEOPLE, path) == (counts(new=1), [], 0)
    before = database()

    assert run(PEOPLE, path) == (counts(unchanged=1), [], 0)
    assert database() == before


def test_a_dry_run_counts_and_writes_nothing(world, sheet):
    path = sheet(person_row(党内职务="宣传委员"), person_row(学工号=world.li.username, 姓名="李书记", 民族="满族"))
    before = database()

    assert run(PEOPLE, path, "--dry-run") == (counts(new=1, changed=1), [], 0)
    assert say(PEOPLE, path, "--dry-run") == [
        "新增 1，有改动 1，无变化 0，有差错 0",
        "只是核对，什么都没有写入。",
    ]
    assert database() == before


def test_a_change_is_logged_field_by_field_and_a_blank_cell_overwrites_nothing(world, sheet):
    run(PEOPLE, sheet(person_row()))
    made = Person.objects.get(staff_number="200001")
    known = {field.name: getattr(made, field.name) for field in Person._meta.concrete_fields}

    assert run(PEOPLE, sheet(person_row(**dict.fromkeys(HEADINGS[4:]), 所在党支部="0201001", 人员类别="正式党员"))) == (
        counts(unchanged=1), [], 0,
    )  # fmt: skip
    assert run(PEOPLE, sheet(person_row(民族="满族", 联系电话=None))) == (counts(changed=1), [], 0)

    made.refresh_from_db()
    assert {field.name: getattr(made, field.name) for field in Person._meta.concrete_fields} == known | {
        "ethnicity": "满族"
    }
    told = [entry.data for entry in AuditEntry.objects.about(made)]
    assert told == [{}, {"changes": {"ethnicity": ["汉族", "满族"]}}]


def test_who_moves_to_another_branch_leaves_the_group_behind(world, sheet):
    group = world.first.groups.create(name="第一党小组")
    person = make_person(world.first, "田宏", group=group)

    path = sheet(person_row(学工号=person.staff_number, 所在党支部="文学院第二党支部"))
    assert run(PEOPLE, path)[0] == counts(changed=1)

    person.refresh_from_db()
    assert (person.organization, person.group) == (world.second, None)


@pytest.mark.parametrize("written", ["0201001", "中共测试学院文学院第一党支部", "　文学院第一党支部 "])
def test_a_branch_is_named_by_code_full_name_or_short_name(world, sheet, written):
    assert run(PEOPLE, sheet(person_row(所在党支部=written))) == (counts(new=1), [], 0)
    assert Person.objects.get(staff_number="200001").organization == world.first


def test_a_name_that_two_branches_bear_is_not_guessed(world, sheet):
    law = make_organization(Organization.Kind.GENERAL_BRANCH, "法学院党总支", world.committee)
    for parent, code in ((world.arts, "0201777"), (law, "0401777")):
        branch = make_branch(parent, f"{code}党支部", code=code)
        Organization.objects.filter(pk=branch.pk).update(short_name="教工党支部")

    assert refused(sheet(person_row(所在党支部="教工党支部"))) == [
        (3, "所在党支部", "有 2 个党支部叫“教工党支部”，请写全称或编码")
    ]
    assert run(PEOPLE, sheet(person_row(所在党支部="0401777"))) == (counts(new=1), [], 0)


def test_the_code_of_a_branch_may_stand_beside_its_name_or_alone(world, sheet):
    twin = make_branch(world.history, "历史学院教工党支部", code="0301777")
    Organization.objects.filter(pk=twin.pk).update(
        short_name="文学院第一党支部"
    )  # the name alone would be two branches
    path = sheet(
        [*person_row(), "0301777"],
        [*person_row(学工号="200002", 所在党支部=None), "0201001"],
        [*person_row(学工号="200003", 所在党支部="0201002"), None],
        headings=[*HEADINGS, "所在党支部编码"],
    )

    assert run(PEOPLE, path) == (counts(new=3), [], 0)
    people = Person.objects.filter(staff_number__startswith="2000").order_by("staff_number")
    assert [one.organization for one in people] == [twin, world.first, world.second]
    alone = [heading if heading != "所在党支部" else "党支部编码" for heading in HEADINGS]
    assert run(PEOPLE, sheet(person_row(学工号="200004", 所在党支部="0201002"), headings=alone)) == (
        counts(new=1), [], 0,
    )  # fmt: skip


@pytest.mark.parametrize("written", ["姓　名", "姓 名", " 姓\n名", "姓\u00a0 名"])
def test_spaces_and_line_breaks_within_a_heading_do_not_hide_it(world, sheet, written):
    headings = [written if heading == "姓名" else heading for heading in HEADINGS]
    headings = [heading.replace("党费计算基数(元)", "党费计算\n基数( 元 )") for heading in headings]

    assert run(PEOPLE, sheet(person_row(**{"党费计算基数(元)": 9640}), headings=headings)) == (counts(new=1), [], 0)
    person = Person.objects.get(staff_number="200001")
    assert (person.name, [base.amount for base in person.dues_bases.all()]) == ("田宏", [Decimal("9640.00")])


@pytest.mark.parametrize(
    "written",
    ["0371-67781234", "67781234", "(0371) 6778 1234", "138 0000 0001", "+86 13800000001", "13800000001、0371-67781234",
     "67781234转801", "6778123"],
)  # fmt: skip
def test_a_telephone_number_is_kept_as_it_is_typed(world, sheet, written):
    assert run(PEOPLE, sheet(person_row(联系电话=written))) == (counts(new=1), [], 0)
    assert Person.objects.get(staff_number="200001").phone == written


def test_two_people_of_one_name_are_two_people(world, sheet):
    assert run(PEOPLE, sheet(person_row(), person_row(学工号="200002"))) == (counts(new=2), [], 0)
    assert list(Person.objects.filter(name="田宏").values_list("staff_number", flat=True)) == ["200001", "200002"]


def test_spaces_that_align_a_name_are_not_part_of_it(world, sheet):
    run(PEOPLE, sheet(person_row(姓名="田　宏"), person_row(学工号="200002", 姓名=" Anna Karenina ")))

    names = (
        Person.objects.filter(staff_number__startswith="2000").order_by("staff_number").values_list("name", flat=True)
    )
    assert list(names) == ["田宏", "Anna Karenina"]


@pytest.mark.parametrize(
    "written, standing",
    [("正式", "FULL"), ("预备党员", "PROBATIONARY"), ("发展对象", "PROSPECT"), ("积极分子", "ACTIVIST")],
)
def test_the_standing_is_read_under_the_other_heading_that_some_systems_use(world, sheet, written, standing):
    run(
        PEOPLE,
        sheet(
            person_row(人员类别=written, 党籍状态="正常"), person_row(学工号="200002", 人员类别=None, 党籍状态=written)
        ),
    )

    read = Person.objects.filter(staff_number__startswith="2000").order_by("staff_number")
    assert list(read.values_list("standing", "membership_state")) == [(standing, "正常"), (standing, "")]


def test_a_number_as_excel_stores_it_is_the_number_that_was_typed(world, sheet):
    run(PEOPLE, sheet(person_row(学工号=200001, 联系电话=13800000001, 加入党组织日期=20060701)))

    made = Person.objects.get(staff_number="200001")
    assert (made.phone, made.joined_on) == ("13800000001", datetime.date(2006, 7, 1))


def test_the_base_of_the_dues_is_written_in_cents_from_january_and_changed_from_this_month(world, sheet):
    base = "党费计算基数(元)"
    run(PEOPLE, sheet(person_row(**{base: 9640.1})))
    run(PEOPLE, sheet(person_row(**{base: "9,640.10"})))
    run(PEOPLE, sheet(person_row(**{base: None})))
    run(PEOPLE, sheet(person_row(**{base: 9700})))

    bases = Person.objects.get(staff_number="200001").dues_bases.order_by("pk")
    assert list(bases.values_list("amount", "from_month")) == [
        (Decimal("9640.10"), Month(2026, 1)),
        (Decimal("9700.00"), Month(2026, 11)),
    ]


def test_a_plan_with_faults_cannot_be_applied(world, sheet):
    plan = people.read(sheet(person_row(姓名=None)))

    with pytest.raises(Faulty):
        people.apply(plan, by=None)
    assert not Person.objects.filter(staff_number="200001").exists()
