"""What the site gives out comes back in: the lists of people and of organizations import again with 0 changes.

Zhou of the organization department exports, and imports. Some people have everything that a register can hold.
"""

import datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Appointment, Office, Organization
from branches.reports.people import COLUMNS
from tests.branches.imports import compared, rows
from tests.branches.sheets import database
from tests.builders import World, make_branch, make_group, make_person, make_seat

DAY = datetime.date(1980, 5, 20)


@pytest.fixture
def full(world: World, client):
    """A register with all that the columns can say: offices elsewhere, groups, marks, people who left, twin names."""
    make_group(world.first, "第一党小组", [world.zheng.person])
    make_seat(world.li, world.second, Office.MEMBER)
    make_seat(world.li, world.committee, Office.LEADER)
    Appointment.objects.filter(person=world.zhou.person).update(title="组织部部长")
    for number, standing in enumerate(["FULL", "PROBATIONARY", "PROSPECT", "ACTIVIST"]):
        make_person(
            world.other, f"万{number}", standing=standing, born_on=DAY, ethnicity="回族", education="研究生",
            gender="MALE", category="STUDENT", confirmed_on=datetime.date(2011, 7, 1) if standing == "FULL" else None,
            membership_state="正常", is_floating=True, is_lost_contact=True, is_leading_cadre=True,
            phone="0371-67781234",
        )  # fmt: skip
    make_person(world.first, "已离开", left_on=datetime.date(2026, 9, 1))
    twins = [make_branch(parent, "教工党支部", members=2) for parent in (world.arts,)]
    twins.append(make_branch(world.history, "另一党支部", members=2))
    Organization.objects.filter(pk=twins[1].pk).update(short_name="教工党支部")
    Organization.objects.filter(pk=world.first.pk).update(founded_on=datetime.date(2020, 1, 1))
    client.force_login(world.zhou)
    return world


def exported(client, tmp_path, name, **data):
    path = tmp_path / f"{name}.xlsx"
    answer = client.get(reverse(name), data)
    path.write_bytes(answer.getvalue())
    return path


def changes(row):
    return {one: rows(row, one) for one in ("NEW", "CHANGED", "FAULTY", "ALIKE", "MISSING") if rows(row, one)}


@pytest.mark.parametrize("columns", ["the usual ones", "all"])
@pytest.mark.parametrize("state", ["present", "all"])
def test_the_list_of_people(full, client, tmp_path, columns, state):
    chosen = [column.key for column in COLUMNS] if columns == "all" else []
    path = exported(client, tmp_path, "people_export", state=state, columns=chosen)
    before = database()["branches.Person"]

    row = compared(client, path)

    people = load_workbook(path).active.max_row - 3
    assert (row.status, changes(row)) == ("DONE", {})
    assert (row.counts["UNCHANGED"], people >= 30) == (people, True)
    assert database()["branches.Person"] == before


def test_a_list_in_full_and_one_with_blanks_that_clear(full, client, tmp_path):
    """Masked cells are not blank; and a mark that is not set is blank in the list, as it is in the register."""
    keys = [column.key for column in COLUMNS]
    answer = client.post(f"{reverse('people_export_full')}?columns={'&columns='.join(keys)}", {"reason": "核对"})
    path = tmp_path / "full.xlsx"
    path.write_bytes(answer.getvalue())

    assert (compared(client, path).status, changes(compared(client, path, blanks_overwrite="on"))) == ("DONE", {})
    masked = exported(client, tmp_path, "people_export", columns=keys)
    assert changes(compared(client, masked, blanks_overwrite="on")) == {}


def test_a_change_in_the_list_is_the_only_change(full, client, tmp_path):
    """The control: the comparison is not blind."""
    path = exported(client, tmp_path, "people_export", columns=[column.key for column in COLUMNS])
    book = load_workbook(path)
    sheet = book.active
    place = [cell.value for cell in sheet[3]].index("民族") + 1
    row = next(line for line in range(4, sheet.max_row + 1) if sheet.cell(line, 1).value == "万0")
    sheet.cell(row, place).value = "满族"
    book.save(path)

    found = changes(compared(client, path))
    [(number, _, title, said)] = found.pop("CHANGED")
    assert (found, number, title, said) == ({}, row, "万0", [["民族", "回族", "满族"]])


def test_the_list_of_organizations(full, client, tmp_path):
    path = exported(client, tmp_path, "organizations_export")

    row = compared(client, path, kind="ORGANIZATIONS")

    assert (row.status, changes(row)) == ("DONE", {})
    assert row.counts == {"UNCHANGED": Organization.objects.count(), "ROWS": Organization.objects.count()}


def test_the_list_of_organizations_brings_what_is_new_in_it(full, client, tmp_path):
    path = exported(client, tmp_path, "organizations_export")
    book = load_workbook(path)
    book.active.append(["0201777", "中共测试学院文学院新党支部", "新党支部", "党支部", "文学院党总支"])
    book.active.append(["0201778", "中共测试学院文学院又一党支部", "又一党支部", "党支部", "没有的党总支"])
    book.save(path)

    row = compared(client, path, kind="ORGANIZATIONS")

    assert [key for _, key, _, _ in rows(row, "NEW")] == ["0201777", "0201778"]
    assert [said for _, _, _, said in rows(row, "FAULTY")] == [[["上级组织", "没有“没有的党总支”这个党组织"]]]
