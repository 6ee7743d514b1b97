"""What the command does as the page does: the faulty rows as a workbook, blanks that clear, rows that look alike."""

import datetime

import pytest
from openpyxl import load_workbook

from branches.models import Person, StandingChange, Transfer
from core.audit import AuditEntry
from tests.branches.sheets import HEADINGS, PEOPLE, counts, database, person_row, run, told, write_sheet
from tests.builders import World, make_organization, make_person

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, headings=HEADINGS):
        return write_sheet(tmp_path / "党员.xlsx", headings, rows, title="党员信息采集表")

    return write


def test_the_faulty_rows_come_as_a_workbook_that_is_corrected_and_sent_again(world: World, sheet, tmp_path):
    errors = tmp_path / "差错.xlsx"
    path = sheet(person_row(), person_row(学工号="200002", 姓名="另一位", 性别="先生"))

    assert run(PEOPLE, path, "--errors", str(errors))[0] == counts(new=1, faulty=1)

    book = load_workbook(errors)
    lines = [[cell.value for cell in line] for line in book.active.iter_rows(min_row=3)]
    assert [line[:3] for line in lines] == [
        ["原因", "学工号", "姓名"], ["性别：“先生”不是性别，应为：男、女", "200002", "另一位"],
        [None, "200001", "田宏"],
    ]  # fmt: skip
    book.active.cell(4, lines[0].index("性别") + 1).value = "男"
    book.save(errors)
    assert run(PEOPLE, errors) == (counts(new=2), [], 0)
    assert run(PEOPLE, path.with_name("差错.xlsx")) == (counts(unchanged=2), [], 0)


def test_without_a_fault_there_is_no_workbook_of_them(world, sheet, tmp_path):
    errors = tmp_path / "差错.xlsx"
    run(PEOPLE, sheet(person_row()), "--errors", str(errors))
    assert not errors.exists()


def test_blank_cells_clear_only_when_that_is_asked_for(world, sheet):
    run(PEOPLE, sheet(person_row(是否为党员领导干部="是")))
    blank = sheet(person_row(**dict.fromkeys(HEADINGS[4:])))

    assert run(PEOPLE, blank, "--dry-run") == (counts(unchanged=1), [], 0)
    assert run(PEOPLE, blank, "--blanks-overwrite") == (counts(changed=1), [], 0)
    made = Person.objects.get(staff_number="200001")
    assert (made.phone, made.born_on, made.is_leading_cadre, made.category) == ("", None, False, "STAFF")


def test_rows_that_look_like_one_person_wait_for_a_word(world, sheet):
    path = sheet(person_row(), person_row(学工号="200002"))
    before = database()

    said, status = told(PEOPLE, path)
    assert (status, database(), [one["row"] for one in said["alike"]]) == (1, before, [4])
    assert told(PEOPLE, path, "--alike-ok")[1] == 0
    assert Person.objects.filter(name="田宏").count() == 2


def test_a_namesake_of_whom_nothing_else_is_the_same_is_another_person(world, sheet):
    make_person(world.second, "田宏")
    said, status = told(PEOPLE, sheet(person_row()))
    assert (said["alike"], status) == ([], 0)


def test_who_is_missing_is_named_of_the_branches_in_the_sheet_alone(world, sheet):
    said, _ = told(PEOPLE, sheet(person_row(所在党支部="0201002")), "--dry-run")
    there = world.second.people.order_by("pk")
    assert [(one["key"], one["where"]) for one in said["missing"]] == [
        (one.staff_number, "文学院第二党支部") for one in there
    ]


def test_a_move_is_a_transfer_with_its_day(world, sheet):
    zheng = world.zheng.person
    path = sheet(person_row(学工号=zheng.staff_number, 姓名=zheng.name, 所在党支部="0201002"))

    assert run(PEOPLE, path) == (counts(changed=1), [], 0)

    move = Transfer.objects.get(person=zheng)
    assert (move.kind, move.status, move.moved_on, move.note) == ("WITHIN", "ACCEPTED", TODAY, "随名册导入")
    assert (move.from_organization, move.to_organization) == (world.first, world.second)
    yesterday = TODAY - datetime.timedelta(days=1)
    assert zheng in Person.objects.at(world.first, yesterday)
    assert zheng in Person.objects.at(world.second, TODAY)
    assert run(PEOPLE, path) == (counts(unchanged=1), [], 0)
    assert Transfer.objects.filter(person=zheng).count() == 1


@pytest.mark.parametrize(
    "known, cells, steps",
    [
        ("PROBATIONARY", {"人员类别": "正式党员", "转为正式党员日期": "2026-10-01"},
         [("CONFIRMED", "PROBATIONARY", "FULL", datetime.date(2026, 10, 1))]),
        ("PROBATIONARY", {"人员类别": "正式党员", "转为正式党员日期": None},
         [("CONFIRMED", "PROBATIONARY", "FULL", TODAY)]),
        ("ACTIVIST", {"人员类别": "正式党员", "加入党组织日期": "2025-10-01", "转为正式党员日期": "2026-10-01"},
         [("ADMITTED", "ACTIVIST", "PROBATIONARY", datetime.date(2025, 10, 1)),
          ("CONFIRMED", "PROBATIONARY", "FULL", datetime.date(2026, 10, 1))]),
        ("ACTIVIST", {"人员类别": "发展对象", "加入党组织日期": None, "转为正式党员日期": None},
         [("PROSPECT", "ACTIVIST", "PROSPECT", TODAY)]),
        ("FULL", {"人员类别": "正式党员", "民族": "满族"}, []),
    ],
    ids=["confirmed", "without a day", "two steps", "prospect", "none"],
)  # fmt: skip
def test_a_step_of_standing_is_a_dated_row(world, sheet, known, cells, steps):
    person = make_person(world.first, "田宏", standing=known, joined_on=None)

    assert run(PEOPLE, sheet(person_row(学工号=person.staff_number, **cells))) == (counts(changed=1), [], 0)

    found = StandingChange.objects.filter(person=person).order_by("pk")
    assert list(found.values_list("kind", "before", "after", "changed_on")) == steps
    assert {one.note for one in found} <= {"随名册导入"}


def test_a_sheet_that_is_old_does_not_take_a_category_back_or_a_blank_standing(world, sheet):
    assert run(PEOPLE, sheet(person_row(人员类别=None, 党籍状态=None)), "--blanks-overwrite")[1] == [
        (3, "人员类别", "没有填")
    ]


def test_what_is_written_is_what_was_compared_though_somebody_edits_meanwhile(world, sheet):
    """Only what a row changes is written: an edit of another field, made after the comparison, stays."""
    from branches.imports import people

    person = make_person(world.first, "田宏", ethnicity="汉族")
    plan = people.read(sheet(person_row(学工号=person.staff_number, 民族="回族", 联系电话=None)))
    Person.objects.filter(pk=person.pk).update(phone="13911112222")
    people.apply(plan, by=None)

    person.refresh_from_db()
    assert (person.ethnicity, person.phone) == ("回族", "13911112222")
    assert [entry.event for entry in AuditEntry.objects.about(person)] == ["person.imported"]


def test_a_department_below_writes_into_its_own_part_alone(world, sheet, client):
    from branches.models import Office, Organization
    from tests.branches.imports import compared, rows
    from tests.builders import make_branch, make_officer

    part = make_organization(Organization.Kind.COMMITTEE, "附属医院党委", world.committee)
    branch = make_branch(part, "内科党支部")
    client.force_login(make_officer(part, Office.ORGANIZATION_DEPARTMENT, "附院组织部", branch=branch))
    li = world.li.person
    row = compared(
        client,
        sheet(
            person_row(所在党支部="内科党支部"),
            person_row(学工号="200002", 姓名="另一位", 联系电话="13800000002"),
            person_row(学工号=li.staff_number, 姓名=li.name, 所在党支部="内科党支部"),
        ),
    )
    assert [(number, said) for number, _, _, said in rows(row, "FAULTY")] == [
        (4, [["所在党支部", "文学院第一党支部不在您的管理范围内，请由上级组织部导入"]]),
        (5, [["学工号", f"学工号 {li.staff_number} 登记在您管理范围以外的党支部，请联系上级组织部"]]),
    ]
