"""A sheet of one row is about one row: nobody else is read, and nobody else waits for it, however large the register.

The cast: Zheng of First Branch moves next door and becomes publicity commissioner there. Qian of another general branch
is no concern of such a sheet, unless somebody new bears the same name.
"""

from collections import defaultdict

import pytest
from django.db.models import Model

from branches.imports import parts, people
from branches.imports.people import writing
from branches.models import Transfer
from tests.branches.sheets import HEADINGS, person_row, write_sheet
from tests.builders import World, make_group, make_person


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, headings=HEADINGS):
        return write_sheet(tmp_path / "党员.xlsx", headings, rows)

    return write


@pytest.fixture
def read(monkeypatch):
    """Every row that became an object, by its kind."""
    found, from_db = defaultdict(set), Model.from_db.__func__

    def remembered(cls, *args, **options):
        row = from_db(cls, *args, **options)
        found[cls.__name__].add(row)
        return row

    monkeypatch.setattr(Model, "from_db", classmethod(remembered))
    return found


@pytest.fixture
def held(monkeypatch):
    """What was locked, by its kind, in that order."""
    found = {}
    monkeypatch.setattr(writing, "_hold", lambda rows: found.setdefault(rows.model.__name__, set()).update(rows))
    return found


def moving(world, **cells):
    zheng = world.zheng.person
    return person_row(学工号=zheng.staff_number, 姓名=zheng.name, 所在党支部="0201002", 党内职务="宣传委员", **cells)


def test_whom_the_sheet_names_is_read_with_the_branches_and_nobody_else(world: World, sheet, read):
    zheng = world.zheng.person
    read.clear()

    people.read(sheet(moving(world)))

    assert (read["Person"], read["Appointment"], read["User"]) == ({zheng}, set(), set())
    assert read["Organization"] == {world.first, world.second, world.arts, world.committee}


def test_who_bears_the_name_of_somebody_new_is_read_too(world, sheet, read):
    qian = world.qian.person
    read.clear()

    plan = people.read(sheet(person_row(姓名="钱书记", 联系电话=qian.phone)))

    assert read["Person"] == {qian}
    assert [one.why for one in plan.alike] == [
        f"与名册里学工号 {qian.staff_number} 的钱书记（历史学院党支部）同名，联系电话也相同"
    ]


def test_what_is_written_is_locked_and_what_its_people_wait_for(world, sheet, held):
    """The branch that is left, the one that is named, and the one where an office is given; not Qian's transfer."""
    zheng, qian = world.zheng.person, world.qian.person
    waiting, _ = (
        Transfer.objects.create(
            person=one, kind="WITHIN", from_organization=one.organization, to_organization=world.direct
        )
        for one in (zheng, qian)
    )

    writing.lock(people.open_sheet(sheet(moving(world))))
    assert held == {"Organization": {world.first, world.second}, "Transfer": {waiting}, "Person": {zheng}}
    assert list(held) == ["Organization", "Transfer", "Person"]

    held.clear()
    writing.lock(people.open_sheet(sheet(person_row(党内职务="文学院党总支副书记、党委组织部干事"))))
    assert held == {"Organization": {world.first, world.arts, world.committee}}


def test_a_sheet_that_is_asked_in_many_parts_says_the_same(world, sheet, monkeypatch):
    headings = [*HEADINGS, "党小组"]
    make_group(world.first, "第一党小组")
    make_group(world.second, "第二党小组")
    make_person(world.other, "田宏", phone="13800000001")
    li = world.li.person
    path = sheet(
        [*moving(world), None],
        [*person_row(党内职务="党小组长"), "第一党小组"],
        [*person_row(学工号="200002", 所在党支部="0201002", 党内职务="党小组长"), "第二党小组"],
        [*person_row(学工号="200003", 姓名="新书记", 党内职务="支部书记"), None],
        [*person_row(学工号=li.staff_number, 姓名=li.name, 党内职务="支部书记、文学院党总支副书记"), None],
        headings=headings,
    )

    def said():
        plan = people.read(path)
        return plan.digest, plan.counts, plan.faults, plan.warnings, plan.alike, plan.missing

    whole = said()
    monkeypatch.setattr(parts, "PART", 1)

    assert said() == whole
    assert (len(whole[3]), len(whole[4]), len(whole[5])) == (1, 2, 11)
    assert [fault.row for fault in whole[2]] == [5]
