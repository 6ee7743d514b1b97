"""What a sheet does not bring about by the way: another day of leaving, a cleared organization, an unseen likeness.

Zhou is the department. Zheng of First Branch died on 16 November.
"""

import datetime
import io
import json
import sys

import pytest

from branches import actions
from branches.imports.people import read
from branches.imports.plan import Alike, Plan
from branches.models import SheetImport
from core import sheets
from tests.branches.imports import compared
from tests.branches.sheets import GOOD_PERSON, write_sheet

DIED_ON = datetime.date(2026, 11, 16)


@pytest.mark.parametrize(
    ("day", "faults"),
    [
        ("2026-11-16", []),
        ("2026-11-17", ["名册里是 2026-11-16，这里写的是 2026-11-17；请删去这一行"]),
    ],
)
def test_who_has_left_stands_in_a_sheet_with_the_day_of_the_register_alone(world, tmp_path, day, faults):
    zheng = world.zheng.person
    actions.release_person(zheng, by=world.zhou, kind="DIED", left_on=DIED_ON)
    row = GOOD_PERSON | {"学工号": zheng.staff_number, "姓名": zheng.name, "离开日期": day}

    plan = read(write_sheet(tmp_path / "people.xlsx", list(row), [list(row.values())]), by=world.zhou)

    assert [fault.message for fault in plan.faults] == faults
    assert len(plan.unchanged) == (0 if faults else 1)


def test_an_empty_cell_never_clears_anything_of_an_organization(world, client, tmp_path):
    client.force_login(world.zhou)
    headings = ["组织编码", "组织全称", "组织类别", "上级组织"]
    sheet = write_sheet(tmp_path / "organizations.xlsx", headings, [["0201001", world.first.name, "党支部", "020100"]])

    row = compared(client, sheet, kind=SheetImport.Kind.ORGANIZATIONS, blanks_overwrite="on")

    assert row.blanks_overwrite is False


def test_a_likeness_that_was_not_shown_makes_the_preview_an_old_one():
    seen, unseen = Plan(), Plan(alike=[Alike(2, "N1", "江映雪", "与 P000001 同名同生日")])
    assert seen.digest != unseen.digest
    assert unseen.digest == Plan(alike=[Alike(3, "N1", "江映雪", "与 P000001 同名同生日")]).digest


def test_a_sheet_that_says_more_than_it_may_is_cut_off(tmp_path, monkeypatch):
    sheet = write_sheet(tmp_path / "people.xlsx", ["姓名"], [["江映雪" * 50] for _ in range(100)])
    out = io.StringIO()
    monkeypatch.setattr(sheets, "_limit", lambda *limit: None)  # those are of a child process
    monkeypatch.setattr(sheets, "LARGEST_ANSWER", 10_000)
    monkeypatch.setattr(sys, "stdout", out)

    sheets.main(str(sheet), 5000)

    *lines, last = out.getvalue().splitlines()
    assert json.loads(last) == {"refused": sheets.SWELLS}
    assert sum(map(len, lines)) <= 10_000
