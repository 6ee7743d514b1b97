"""An import that is cut short at any of its writes leaves every table as it was.

The control takes the transaction away: then the rows written before the crash stay.
"""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from branches.imports import organizations, people
from tests.branches.sheets import HEADINGS, ORGANIZATION_HEADINGS, database, person_row, write_sheet
from tests.builders import World


class Crash(Exception):
    """The machine stops here."""


@contextmanager
def crash_at(place, written):
    """The ``place``-th statement that writes fails; ``written`` gains each one that was sent."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(sql)
            if len(written) == place:
                raise Crash(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def crash_everywhere(source, path):
    """Import again and again, crashing at the first write, the second … until one run gets through; gives how many."""
    before, crashes = database(), 0
    while True:
        written: list[str] = []
        try:
            with crash_at(crashes + 1, written):
                source.apply(source.read(path), by=None)
        except Crash:
            crashes += 1
            assert database() == before
            continue
        assert len(written) == crashes
        assert database() != before
        return crashes


@pytest.fixture
def tree(world: World, tmp_path):
    """A new general branch with a branch, and First Branch renamed and moved there."""
    rows = [
        ["0401", "中共测试学院法学院总支部", "法学院党总支", "党总支", "01"],
        ["0401001", "中共测试学院法学院党支部", "法学院党支部", "党支部", "0401"],
        ["0201001", "中共测试学院法学院第一党支部", "法学院第一党支部", "党支部", "0401"],
    ]
    return write_sheet(tmp_path / "党组织.xlsx", ORGANIZATION_HEADINGS[:5], rows)


@pytest.fixture
def members(world: World, tmp_path):
    """A new commissioner with a base, a new student, and Zheng, who moves next door and gets an office."""
    rows = [
        person_row(党内职务="组织委员", **{"党费计算基数(元)": 9640}),
        person_row(学工号="200002", 工作岗位="学生"),
        person_row(学工号=world.zheng.username, 姓名="郑党员", 所在党支部="0201002", 党内职务="宣传委员"),
    ]
    return write_sheet(tmp_path / "党员.xlsx", HEADINGS, rows)


def test_of_organizations(tree):
    assert crash_everywhere(organizations, tree) > 5


def test_of_people(members):
    assert crash_everywhere(people, members) > 5


def test_the_control_without_the_transaction_leaves_half_of_the_rows(members):
    """Seven writes in, people, a move and two offices stay, without their accounts."""
    before = database()
    with crash_at(8, []), pytest.raises(Crash):
        people.apply.__wrapped__(people.read(members), by=None)
    transaction.set_rollback(False)  # the test's own transaction is not to be blamed

    left = {name: len(rows) - len(before[name]) for name, rows in database().items() if rows != before[name]}
    assert left == {
        "branches.Person": 2,
        "branches.Transfer": 1,
        "core.AuditEntry": 2,
        "branches.Appointment": 2,
    }
