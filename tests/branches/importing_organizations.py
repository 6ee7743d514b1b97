"""The sheet of organizations.

The cast: 校党委 (01) above 文学院党总支 (0201) and 历史学院党总支 (0301); First and Second Branch are of the former.

Every refusal is shown as the terminal shows it, by row and column as Excel counts them, and writes nothing.
"""

import datetime
import shutil

import pytest
from django.conf import settings

from branches.imports import organizations
from branches.imports.plan import Faulty
from branches.models import Organization
from core.audit import AuditEntry
from core.sheets import BROKEN, FOREIGN
from tests.branches.sheets import ORGANIZATION_HEADINGS as HEADINGS
from tests.branches.sheets import counts, database, run, say, write_sheet
from tests.builders import World, make_branch, make_person

COMMAND = "import_organizations"
SAMPLE = settings.BASE_DIR / "docs" / "sample" / "organizations.xlsx"
NEW = ["0201003", "中共测试学院文学院第三党支部", "文学院第三党支部", "党支部", "0201", "2026-09-01", "2029-08-31"]


def row(**changes):
    """A good new branch of the arts faculty with changes by heading."""
    assert not changes.keys() - set(HEADINGS)
    return [changes.get(heading, value) for heading, value in zip(HEADINGS, NEW, strict=True)]


@pytest.fixture
def sheet(tmp_path):
    """Writes rows under the usual headings: the title is line 1, the headings line 2, the first row line 3."""

    def write(*rows, headings=HEADINGS, **options):
        return write_sheet(tmp_path / "党组织.xlsx", headings, rows, title="党组织基本信息表", **options)

    return write


def refused(path):
    """The faults of a sheet that must not change anything."""
    before = database()
    _, faults, status = run(COMMAND, path)
    assert (status, database()) == (1, before)
    return faults


def test_a_new_branch_is_written_under_its_parent_and_logged(world: World, sheet):
    assert run(COMMAND, sheet(row())) == (counts(new=1), [], 0)

    made = Organization.objects.get(code="0201003")
    assert (made.name, made.short_name, made.kind, made.parent) == (NEW[1], NEW[2], "BRANCH", world.arts)
    assert (made.founded_on, made.term_ends_on) == (datetime.date(2026, 9, 1), datetime.date(2029, 8, 31))
    assert made.path == f"{world.arts.path}{made.pk}/"
    assert [(entry.event, entry.by) for entry in AuditEntry.objects.about(made)] == [("organization.imported", None)]


def test_a_second_run_changes_nothing(world, sheet):
    path = sheet(row())
    run(COMMAND, path)
    before = database()

    assert run(COMMAND, path) == (counts(unchanged=1), [], 0)
    assert database() == before


def test_a_dry_run_counts_and_writes_nothing(world, sheet):
    before = database()

    assert run(COMMAND, sheet(row()), "--dry-run") == (counts(new=1), [], 0)
    assert say(COMMAND, sheet(row()), "--dry-run") == [
        "新增 1，有改动 0，无变化 0，有差错 0",
        "只是核对，什么都没有写入。",
    ]
    assert database() == before


def test_without_json_the_terminal_says_every_fault_and_that_nothing_was_written(world, sheet):
    path = sheet(row(组织编码=None), row(组织类别="支部", 上级组织编码="77"))

    assert say(COMMAND, path) == [
        "新增 0，有改动 0，无变化 0，有差错 2",
        "第 3 行“组织编码”：没有填",
        "第 4 行“组织类别”：“支部”不是组织类别，应为：党委、党总支、二级党委、党支部、直属党支部",
        "有差错，什么都没有写入。请改好后再导入。",
    ]


def test_columns_may_stand_in_any_order_among_others_and_a_whole_tree_may_come_upside_down(world, sheet):
    headings = ["备注", "上级党组织编码", "党组织类别", "党组织名称", "组织代码"]
    path = sheet(
        ["", "0401", "党支部", "中共测试学院法学院党支部", "0401001"],
        ["", None, None, None, None],
        ["新建", "01", "党总支", "中共测试学院法学院总支部", "0401"],
        headings=headings,
    )

    assert run(COMMAND, path) == (counts(new=2), [], 0)
    law, branch = Organization.objects.get(code="0401"), Organization.objects.get(code="0401001")
    assert (law.parent, branch.parent, branch.short_name) == (world.committee, law, "中共测试学院法学院党支部")
    assert branch.path == f"{world.committee.path}{law.pk}/{branch.pk}/"


def test_a_branch_is_found_by_code_first_and_then_by_full_name(world, sheet):
    renamed = row(组织编码="0201001", 党组织全称="中共测试学院文学院教工党支部", 简称="文学院教工党支部")
    recoded = row(组织编码="0201099", 党组织全称=world.second.name, 简称=world.second.short_name)

    assert run(COMMAND, sheet(renamed, recoded)) == (counts(changed=2), [], 0)

    world.first.refresh_from_db()
    world.second.refresh_from_db()
    assert (world.first.code, world.first.name) == ("0201001", "中共测试学院文学院教工党支部")
    assert (world.second.code, world.second.name) == ("0201099", "中共测试学院文学院第二党支部")
    assert AuditEntry.objects.about(world.second).last().data["changes"] == {
        "code": ["0201002", "0201099"],
        "founded_on": [None, "2026-09-01"],
        "term_ends_on": [None, "2029-08-31"],
    }


def test_a_general_branch_with_a_new_code_keeps_its_branches_and_takes_new_ones(world, sheet):
    """The parent is found under its new code, by the rows below it too."""
    path = sheet(
        row(
            组织编码="0299",
            党组织全称=world.arts.name,
            简称=world.arts.short_name,
            组织类别="党总支",
            上级组织编码="01",
        ),
        row(组织编码="0201001", 党组织全称=world.first.name, 简称=world.first.short_name, 上级组织编码="0299"),
        row(组织编码="0299003", 上级组织编码="0299"),
    )

    assert run(COMMAND, path) == (counts(new=1, changed=2), [], 0)
    assert list(world.arts.children.values_list("code", flat=True)) == ["0201001", "0201002", "0299003"]
    assert Organization.objects.get(pk=world.arts.pk).code == "0299"
    assert run(COMMAND, path) == (counts(unchanged=3), [], 0)


def test_a_branch_that_moves_takes_its_path_along(world, sheet):
    path = sheet(row(组织编码="0201001", 党组织全称=world.first.name, 简称=world.first.short_name, 上级组织编码="0301"))

    assert run(COMMAND, path) == (counts(changed=1), [], 0)
    world.first.refresh_from_db()
    assert (world.first.parent, world.first.path) == (world.history, f"{world.history.path}{world.first.pk}/")


def test_a_blank_cell_overwrites_nothing(world, sheet):
    run(COMMAND, sheet(row()))
    before = database()

    assert run(COMMAND, sheet(row(简称=None, 成立日期=None, 本届届满日期=None))) == (counts(unchanged=1), [], 0)
    assert run(COMMAND, sheet(NEW[:2] + NEW[3:5], headings=HEADINGS[:2] + HEADINGS[3:5])) == (
        counts(unchanged=1), [], 0,
    )  # fmt: skip
    assert database() == before


BAD_CELLS = {
    "no code": ({"组织编码": None}, "组织编码", "没有填"),
    "no name": ({"党组织全称": "　"}, "党组织全称", "没有填"),
    "no parent": ({"上级组织编码": None}, "上级组织编码", "党支部要有上级组织"),
    "no kind": ({"组织类别": None}, "组织类别", "“”不是组织类别，应为：党委、党总支、二级党委、党支部、直属党支部"),
    "unknown kind": (
        {"组织类别": "党小组"}, "组织类别", "“党小组”不是组织类别，应为：党委、党总支、二级党委、党支部、直属党支部",
    ),
    "unknown parent": ({"上级组织编码": "0777"}, "上级组织编码", "没有编码为“0777”的组织"),
    "a branch under a branch": ({"上级组织编码": "0201001"}, "上级组织编码", "党支部的上级不能是党支部"),
    "a branch under the committee": ({"上级组织编码": "01"}, "上级组织编码", "党支部的上级不能是党委"),
    "a direct branch under a general one": ({"组织类别": "直属党支部"}, "上级组织编码", "直属党支部的上级不能是党总支"),
    "a general branch under another": ({"组织类别": "党总支"}, "上级组织编码", "党总支的上级不能是党总支"),
    "a committee under a general branch": ({"组织类别": "党委"}, "上级组织编码", "党委的上级不能是党总支"),
    "its own parent": ({"组织类别": "党委", "上级组织编码": "0201003"}, "上级组织编码", "上级关系绕成了圈"),
    "a date that is none": ({"成立日期": "2026-02-30"}, "成立日期", "“2026-02-30”不是一个存在的日期"),
    "Excel's number of a day": ({"成立日期": 46266}, "成立日期", "“46266”不是日期，请写成 2016-07-01 这样"),
    "words for a date": ({"本届届满日期": "三年后"}, "本届届满日期", "“三年后”不是日期，请写成 2016-07-01 这样"),
    "October cut to January": (
        {"成立日期": 2026.1}, "成立日期", "按数字存的 2026.1 分不清是 1 月还是 10 月，请写成 2026-10-01 这样",
    ),
    "a code cut by Excel": (
        {"组织编码": 20100100200300456}, "组织编码", "按数字存的编号只留得住 15 位，请把这一列设为文本后重新填写",
    ),
    "a long code": ({"组织编码": "0" * 41}, "组织编码", "最多 40 个字，请核对是不是填错了列"),
    "a long name": ({"党组织全称": "长" * 121}, "党组织全称", "最多 120 个字，请核对是不是填错了列"),
    "a long short name": ({"简称": "长" * 61}, "简称", "最多 60 个字，请核对是不是填错了列"),
    "a name that the register knows elsewhere": (
        {"组织编码": "0201001", "党组织全称": "中共测试学院文学院第二党支部"}, "党组织全称",
        "名册里“中共测试学院文学院第二党支部”的编码是 0201002",
    ),
}  # fmt: skip


@pytest.mark.parametrize("changes, column, message", BAD_CELLS.values(), ids=BAD_CELLS.keys())
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_written(world, sheet, changes, column, message):
    good = row(组织编码="0201008", 党组织全称="中共测试学院文学院第八党支部")

    assert refused(sheet(good, row(**changes))) == [(4, column, message)]


def known(one, word, parent, **changes):
    """The row of an organization of the register, with another kind."""
    return row(组织编码=one.code, 党组织全称=one.name, 简称=None, 组织类别=word, 上级组织编码=parent, **changes)


def test_a_general_branch_with_branches_below_it_does_not_become_a_branch(world, sheet):
    assert refused(sheet(known(world.arts, "直属党支部", "01"))) == [
        (
            3, "组织类别",
            "文学院党总支下面有文学院第一党支部、文学院第二党支部 2 个党组织，不能由党总支改为直属党支部；"
            "请在表中写明它们归谁管",
        )
    ]  # fmt: skip


def test_branches_do_not_become_direct_ones_because_what_stood_above_them_became_a_committee(world, sheet):
    (fault,) = refused(sheet(known(world.history, "党委", "01")))

    assert fault[:2] == (3, "组织类别")


def test_it_does_where_the_same_sheet_takes_its_branches_elsewhere(world, sheet):
    path = sheet(
        known(world.history, "直属党支部", "01"),
        known(world.other, "党支部", "0201"),
        known(world.first, "党支部", "0201"),
    )
    assert run(COMMAND, path) == (counts(changed=3), [], 0)

    rows = Organization.objects.select_related("parent").in_bulk([world.history.pk, world.other.pk])
    assert [(one.kind_label, one.parent.name) for one in rows.values()] == [
        ("直属党支部", world.committee.name), ("党支部", world.arts.name),
    ]  # fmt: skip
    assert run(COMMAND, path) == (counts(unchanged=3), [], 0)


def test_a_branch_that_stays_below_in_the_sheet_is_named_at_its_own_row(world, sheet):
    path = sheet(known(world.history, "直属党支部", "01"), known(world.other, "党支部", "0301"))

    assert refused(path) == [(4, "上级组织编码", "党支部的上级不能是党支部")]


CLOSED = datetime.date(2026, 9, 1)


def test_nothing_comes_to_stand_under_a_closed_organization(world, sheet):
    """Neither what is new nor what moves, named by code or by name; what stands there already is not asked."""
    Organization.objects.filter(pk__in=[world.history.pk, world.other.pk]).update(closed_on=CLOSED)
    sentence = "历史学院党总支已经撤销，请选别的上级"

    assert refused(sheet(row(上级组织编码="0301"), known(world.first, "党支部", "0301"))) == [
        (3, "上级组织编码", sentence), (4, "上级组织编码", sentence),
    ]  # fmt: skip
    named = [heading if heading != "上级组织编码" else "上级组织" for heading in HEADINGS]
    assert refused(sheet(row(上级组织编码="历史学院党总支"), headings=named)) == [(3, "上级组织", sentence)]
    unmoved = known(world.other, "党支部", "0301", 成立日期=None, 本届届满日期=None)
    assert run(COMMAND, sheet(unmoved)) == (counts(unchanged=1), [], 0)


def test_nothing_is_founded_on_a_day_to_come(world, sheet):
    tomorrow, today = "2026-11-24", "2026-11-23"
    fault = "日期不能晚于今天：办理后当天生效"

    assert refused(sheet(row(成立日期=tomorrow), known(world.first, "党支部", "0201", 成立日期=tomorrow))) == [
        (3, "成立日期", fault), (4, "成立日期", fault),
    ]  # fmt: skip
    assert run(COMMAND, sheet(row(成立日期=today))) == (counts(new=1), [], 0)


def test_a_closed_branch_hinders_nothing(world, sheet):
    Organization.objects.filter(pk=world.other.pk).update(closed_on=datetime.date(2026, 9, 1))

    assert run(COMMAND, sheet(known(world.history, "直属党支部", "01"))) == (counts(changed=1), [], 0)


def test_a_branch_with_people_does_not_become_a_general_branch_and_an_empty_one_may(world, sheet):
    left = make_branch(world.committee, "旧党支部", code="9902")
    make_person(left, left_on=datetime.date(2026, 9, 1))

    assert refused(sheet(known(world.direct, "党总支", "01"), known(left, "党总支", "01"))) == [
        (3, "组织类别", "图书馆直属党支部现有 4 人，不能由直属党支部改为党总支；请先把他们转到别的党支部")
    ]
    assert run(COMMAND, sheet(known(left, "党总支", "01"))) == (counts(changed=1), [], 0)


def test_codes_and_names_that_occur_twice_are_named_with_the_row_of_the_first(world, sheet):
    path = sheet(row(), row(党组织全称="另一个党支部"), row(组织编码="0201004"))

    assert refused(path) == [
        (4, "组织编码", "“0201003”与第 3 行重复"),
        (5, "党组织全称", "“中共测试学院文学院第三党支部”与第 3 行重复"),
    ]


def test_two_rows_that_mean_one_organization_of_the_register_are_refused(world, sheet):
    """One by its code under a new name, the other by its old name under a new code: nobody can tell which it is."""
    path = sheet(row(组织编码="0201001"), row(组织编码="0201098", 党组织全称=world.first.name))

    assert refused(path) == [(4, "党组织全称", "与第 3 行是名册里的同一个组织（0201001）")]


def test_parents_that_go_round_in_a_circle_are_refused_also_through_the_register(world, sheet):
    committee = {"组织类别": "党委", "简称": None, "成立日期": None, "本届届满日期": None}
    circle = sheet(
        row(组织编码="A", 党组织全称="甲党委", 上级组织编码="B", **committee),
        row(组织编码="B", 党组织全称="乙党委", 上级组织编码="A", **committee),
    )
    assert refused(circle) == [
        (3, "上级组织编码", "上级关系绕成了圈"),
        (4, "上级组织编码", "上级关系绕成了圈"),
    ]
    run(COMMAND, sheet(row(组织编码="B", 党组织全称="乙党委", 上级组织编码="01", **committee)))

    upside_down = sheet(row(组织编码="01", 党组织全称=world.committee.name, 上级组织编码="B", **committee))

    assert refused(upside_down) == [(3, "上级组织编码", "上级关系绕成了圈")]


def test_all_errors_are_said_at_once_and_the_good_rows_wait_with_the_bad(world, sheet):
    path = sheet(
        row(),
        row(组织编码=None, 成立日期="去年"),
        row(组织编码="0201005", 党组织全称="第五党支部", 上级组织编码="0777"),
        row(组织编码="0201003", 党组织全称="第六党支部"),
    )
    before = database()

    assert run(COMMAND, path) == (
        counts(new=3, faulty=3),
        [
            (4, "组织编码", "没有填"),
            (4, "成立日期", "“去年”不是日期，请写成 2016-07-01 这样"),
            (6, "组织编码", "“0201003”与第 3 行重复"),
            (5, "上级组织编码", "没有编码为“0777”的组织"),
        ],
        1,
    )
    assert database() == before


def test_a_plan_with_faults_cannot_be_applied(world, sheet):
    plan = organizations.read(sheet(row(组织类别="党小组")))

    with pytest.raises(Faulty):
        organizations.apply(plan, by=None)


def test_headings_that_are_missing_renamed_or_doubled_are_named_all_at_once(world, sheet):
    headings = ["编码", "党组织全称", "简称", "组织类别", "上级组织编码", "成立日期", "建立日期"]

    assert refused(sheet(NEW, headings=headings)) == [
        (0, "组织编码", "缺这一列"),
        (0, "成立日期", "有 2 列都是这一项，请只留一列"),
    ]


@pytest.mark.parametrize("headings", [["姓名", "学工号", "所在党支部"], ["组织编码", "一", "二"], [1, 2, 3]])
def test_another_sheet_is_refused(world, sheet, headings):
    assert refused(sheet([1, 2, 3], headings=headings)) == [
        (0, "", "没有找到表头。前五行里应有一行写着：组织编码、党组织全称、组织类别、上级组织编码")
    ]


def test_headings_below_the_fifth_line_are_not_looked_for(world, sheet):
    assert run(COMMAND, sheet(row(), first=[[""], ["说明"], [""]]))[0] == counts(new=1)
    assert refused(sheet(row(组织编码="0201009"), first=[[""], ["说明"], [""], [""]])) == [
        (0, "", "没有找到表头。前五行里应有一行写着：组织编码、党组织全称、组织类别、上级组织编码")
    ]


def test_what_is_no_workbook_is_refused(world, tmp_path):
    broken = {
        "文字.xlsx": "组织编码,党组织全称".encode(),
        "空.xlsx": b"",
        "半个.xlsx": SAMPLE.read_bytes()[:5000],
        "表格.csv": "组织编码,党组织全称".encode(),
        "旧.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
    before = database()

    for name in [*broken, "没有这个文件.xlsx"]:
        path = tmp_path / name
        said = f"{BROKEN if name == '半个.xlsx' else FOREIGN}：{path}"
        assert run(COMMAND, path) == (counts(faulty=1), [(0, "", said)], 1)
    assert database() == before


def test_a_workbook_under_another_name_is_read(world, sheet, tmp_path):
    shutil.copy(sheet(row()), tmp_path / "数据")

    assert run(COMMAND, tmp_path / "数据") == (counts(new=1), [], 0)
