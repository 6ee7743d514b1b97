"""Faults of the sheet of people, each by row and column as Excel counts them. With one fault nothing is written."""

import datetime

import pytest
from django.conf import settings

from branches.models import Organization, Person, StandingChange
from core.sheets import BROKEN, FOREIGN
from tests.branches.sheets import HEADINGS, PEOPLE, counts, database, person_row, run, say, write_sheet
from tests.builders import World, make_person

SAMPLE = settings.BASE_DIR / "docs" / "sample"
ANOTHER_DAY = "请写成 2016-07-01 这样"
BASE = "党费计算基数(元)"
AS_TEXT = "请把这一列设为文本后重新填写"


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


STANDINGS = "正式党员、预备党员、发展对象、入党积极分子"
BAD_CELLS = [
    ("学工号", None, "没有填"),
    ("学工号", 410105199001011000, "按数字存的编号只留得住 15 位，请把这一列设为文本后重新填写"),
    ("学工号", "1.23457E+11", f"“1.23457E+11”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}"),
    ("学工号", "2e+05", f"“2e+05”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}"),
    ("学工号", True, f"“True”不是编号，{AS_TEXT}"),
    ("学工号", 20001.5, f"“20001.5”不是编号，{AS_TEXT}"),
    ("学工号", -20001, f"“-20001”不是编号，{AS_TEXT}"),
    ("学工号", datetime.date(2016, 7, 1), f"“2016-07-01”不是编号，{AS_TEXT}"),
    ("学工号", "0" * 41, "最多 40 个字，请核对是不是填错了列"),
    ("姓名", "　", "姓名没有填"),
    ("姓名", 123, "“123”不是姓名，请核对是不是填错了列"),
    ("姓名", "田宏\n李静", "这一格里有两行字，一行只能写一个人"),
    ("姓名", "长" * 61, "姓名太长，请核对是不是填错了列"),
    ("性别", "先生", "“先生”不是性别，应为：男、女"),
    ("民族", "汉" * 21, "最多 20 个字，请核对是不是填错了列"),
    ("学历", "学" * 21, "最多 20 个字，请核对是不是填错了列"),
    ("人员类别", None, "没有填"),
    ("人员类别", "群众", f"“群众”不是人员类别，应为：{STANDINGS}"),
    ("所在党支部", None, "没有填"),
    ("所在党支部", "文学院第九党支部", "没有“文学院第九党支部”这个党支部"),
    ("所在党支部", "文学院党总支", "没有“文学院党总支”这个党支部"),
    ("所在党支部", 201001, "没有“201001”这个党支部"),
    ("工作岗位", "高等学校教师", "“高等学校教师”不是工作岗位，应为：在岗职工、离退休人员、学生、其他"),
    ("工作岗位", None, "没有填；党员的党费标准按它定，应为：在岗职工、离退休人员、学生、其他"),
    ("联系电话", 8613800000001000, "按数字存的编号只留得住 15 位，请把这一列设为文本后重新填写"),
    ("联系电话", "12", "“12”不是电话号码，请写 11 位手机号，或者带区号的固定电话"),
    ("联系电话", "1380000000", "“1380000000”不是电话号码，请写 11 位手机号，或者带区号的固定电话"),
    ("联系电话", 13800000001.5, f"“13800000001.5”不是编号，{AS_TEXT}"),
    ("联系电话", "1.38E+10", f"“1.38E+10”是 Excel 缩写过的数，后面的数字已经丢了，{AS_TEXT}"),
    ("联系电话", "13800000001、无", "“13800000001、无”不是电话号码，请写 11 位手机号，或者带区号的固定电话"),
    ("联系电话", True, f"“True”不是编号，{AS_TEXT}"),
    ("联系电话", "1" * 31, "最多 30 个字，请核对是不是填错了列"),
    ("党籍状态", "正" * 21, "最多 20 个字，请核对是不是填错了列"),
    ("是否为流动党员", "也许", "“也许”请写“是”或“否”"),
    ("是否为失联党员", 2, "“2”请写“是”或“否”"),
    ("是否为党员领导干部", "处级", "“处级”请写“是”或“否”"),
    ("党内职务", "团支书", "“团支书”不是系统里的党内职务"),
    ("党内职务", "支部书记、团支书", "“团支书”不是系统里的党内职务"),
    ("党内职务", "法学院党总支书记", "“法学院党总支书记”不是系统里的党内职务"),
    (BASE, "约九千", "党费计算基数应是金额，如 9640.00，不能是“约九千”。"),
    (BASE, -1, "党费计算基数不能是负数。"),
    (BASE, 9640.125, "党费计算基数最多两位小数，不能是“9640.125”。"),
    (BASE, 1e10, "党费计算基数太大：“10000000000”。"),
    (BASE, True, "党费计算基数应是金额，如 9640.00。"),
    ("加入党组织日期", 38899, f"“38899”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", "38899", f"“38899”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", "入学时", f"“入学时”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", "01/07/2006", f"“01/07/2006”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", "200607", f"“200607”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", "2006", f"“2006”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", datetime.time(12, 30), f"“12:30:00”不是日期，{ANOTHER_DAY}"),
    ("加入党组织日期", 2006.1, "按数字存的 2006.1 分不清是 1 月还是 10 月，请写成 2006-10-01 这样"),
    ("加入党组织日期", "2006-02-30", "“2006-02-30”不是一个存在的日期"),
    ("加入党组织日期", "2006年13月1日", "“2006年13月1日”不是一个存在的日期"),
    ("加入党组织日期", 20060700, "“20060700”不是一个存在的日期"),
    ("出生日期", "2026-11-24", "2026-11-24 还没有到"),
    ("出生日期", "1066-10-14", "1066-10-14 年份不对"),
    ("加入党组织日期", "1985-05-20", "1985-05-20 早于出生日期 1985-05-20"),
    ("转为正式党员日期", "2006-06-30", "2006-06-30 早于加入党组织日期 2006-07-01"),
]


@pytest.mark.parametrize("column, cell, message", BAD_CELLS, ids=[f"{one[0]} {one[1]!s:.12}" for one in BAD_CELLS])
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_written(world: World, sheet, column, cell, message):
    good = person_row(学工号="200009", 姓名="好同志")

    assert refused(sheet(good, person_row(**{column: cell}))) == [(4, column, message)]


def test_today_has_come_and_tomorrow_has_not(world, sheet):
    today, tomorrow = person_row(转为正式党员日期="2026-11-23"), person_row(转为正式党员日期="2026-11-24")

    assert refused(sheet(tomorrow)) == [(3, "转为正式党员日期", "2026-11-24 还没有到")]
    assert run(PEOPLE, sheet(today)) == (counts(new=1), [], 0)


def test_a_number_that_occurs_twice_is_named_with_the_row_of_the_first(world, sheet):
    path = sheet(person_row(), person_row(学工号="200002"), person_row(姓名="又一个"))

    assert refused(path) == [(5, "学工号", "“200001”与第 3 行重复")]


def test_a_known_number_under_another_name_is_refused(world, sheet):
    path = sheet(person_row(学工号=world.li.username, 姓名="李代桃"))

    assert refused(path) == [(3, "姓名", f"学工号 {world.li.username} 在名册里是“李书记”，请核对是否同一人")]


def test_somebody_who_left_is_not_brought_back_by_a_sheet(world, sheet):
    person = make_person(world.first, "田宏", left_on=datetime.date(2026, 9, 1))

    assert refused(sheet(person_row(学工号=person.staff_number, 党内职务="支部委员"))) == [
        (3, "学工号", "田宏在名册里已于 2026-09-01 离开，请先办理转入；没有回来的，请删去这一行")
    ]


@pytest.mark.parametrize("known, written", [(3, 2), (3, 0), (2, 1), (2, 0), (1, 0)], ids=["32", "30", "21", "20", "10"])
def test_nobody_steps_down_by_a_sheet_that_may_be_old(world, sheet, known, written):
    steps = [("ACTIVIST", "入党积极分子"), ("PROSPECT", "发展对象"), ("PROBATIONARY", "预备党员"), ("FULL", "正式党员")]
    person = make_person(world.first, "田宏", standing=steps[known][0])

    path = sheet(person_row(学工号=person.staff_number, 人员类别=steps[written][1]))

    assert refused(path) == [
        (
            3, "人员类别",
            f"名册里已是{steps[known][1]}，这里写的是{steps[written][1]}；表可能是旧的，请核对后改为现在的类别",
        )
    ]  # fmt: skip


def test_a_step_up_is_what_a_new_sheet_is_for(world, sheet):
    person = make_person(world.first, "田宏", standing="PROBATIONARY")

    assert run(PEOPLE, sheet(person_row(学工号=person.staff_number, 人员类别="正式党员"))) == (counts(changed=1), [], 0)
    person.refresh_from_db()
    assert person.standing == "FULL"


def stepped(person, kind, before, after, day, **fields):
    StandingChange.objects.create(person=person, kind=kind, before=before, after=after, changed_on=day, **fields)


@pytest.mark.parametrize(
    "day, sentence",
    [
        ("2025-06-01", "2025-06-01：上一次变动是 2026 年 3 月 1 日，这次不能早于那一天"),
        (None, "2026-03-01 取消了预备党员资格；再次接收的，请写明接收的日期；没有的，请改为现在的类别"),
        ("2026-03-01", None),
    ],
)
def test_who_was_cancelled_is_not_admitted_again_by_a_sheet_from_before(world, sheet, day, sentence):
    person = make_person(world.first, "田宏", standing="ACTIVIST", joined_on=None)
    stepped(person, "CANCELLED", "PROBATIONARY", "ACTIVIST", datetime.date(2026, 3, 1))
    cells = {"人员类别": "预备党员", "加入党组织日期": day, "转为正式党员日期": None}

    path = sheet(person_row(学工号=person.staff_number, **cells))

    if sentence:
        assert refused(path) == [(3, "加入党组织日期", sentence)]
    else:
        assert run(PEOPLE, path) == (counts(changed=1), [], 0)


def test_each_step_is_asked_what_its_page_asks_and_a_correction_is_no_step(world, sheet):
    """Of Kong the register was corrected today. Born 2010, Cao is sixteen, and only the register says so."""
    early, extended, kong, child, held = (
        make_person(world.first, name, standing=standing, joined_on=None)
        for name, standing in (
            ("早", "PROBATIONARY"), ("延", "PROBATIONARY"), ("孔", "PROBATIONARY"),
            ("小", "PROSPECT"), ("曹", "PROSPECT"),
        )
    )  # fmt: skip
    Person.objects.filter(pk=extended.pk).update(probation_until=datetime.date(2027, 1, 1))
    Person.objects.filter(pk=held.pk).update(born_on=datetime.date(2010, 3, 4))
    stepped(kong, "CORRECTED", "FULL", "PROBATIONARY", datetime.date(2026, 11, 23))
    year = {"加入党组织日期": "2025-10-01", "转为正式党员日期": "2026-10-01"}

    def line(person, **cells):
        return person_row(学工号=person.staff_number, 姓名=person.name, **{"出生日期": None, **cells})

    path = sheet(
        line(early, **{**year, "转为正式党员日期": "2026-09-30"}),
        line(extended, **year),
        line(kong, **year),
        line(child, **year, 人员类别="预备党员", 出生日期="2010-03-04"),
        line(held, **year, 人员类别="预备党员"),
    )

    elsewhere = "才满；确实提前转正的，请在这个人的页面登记，写明依据"
    assert refused(path) == [
        (3, "转为正式党员日期", f"预备期到 2026-10-01 {elsewhere}"),
        (4, "转为正式党员日期", f"预备期到 2027-01-01 {elsewhere}"),
        (6, "加入党组织日期", "2025-10-01：入党要年满 18 岁，出生日期登记的是 2010 年 3 月 4 日，请核对"),
        (7, "加入党组织日期", "2025-10-01：入党要年满 18 岁，名册里的出生日期是 2010 年 **，请核对"),
    ]
    assert run(PEOPLE, sheet(line(kong, **year))) == (counts(changed=1), [], 0)


def test_a_code_and_a_name_that_mean_two_branches_are_refused(world, sheet):
    headings = [*HEADINGS, "党支部编码"]
    path = sheet(
        [*person_row(), "0201002"],
        [*person_row(学工号="200002", 所在党支部="文学院党支部"), "0201001"],
        [*person_row(学工号="200003"), "0777"],
        [*person_row(学工号="200004", 所在党支部=None), None],
        headings=headings,
    )

    assert refused(path) == [
        (3, "所在党支部", "这里写的是“文学院第一党支部”，而编码 0201002 是“文学院第二党支部”，请核对是哪一个党支部"),
        (4, "所在党支部", "这里写的是“文学院党支部”，而编码 0201001 是“文学院第一党支部”，请核对是哪一个党支部"),
        (5, "党支部编码", "没有“0777”这个党支部"),
        (6, "所在党支部", "没有填"),
    ]


def test_a_date_must_follow_those_that_the_register_knows_too(world, sheet):
    person = make_person(world.first, "田宏", joined_on=datetime.date(2010, 7, 1))

    path = sheet(person_row(学工号=person.staff_number, 加入党组织日期=None, 转为正式党员日期="2009-07-01"))

    assert refused(path) == [(3, "转为正式党员日期", "2009-07-01 早于加入党组织日期 2010-07-01")]


def test_a_closed_branch_takes_nobody(world, sheet):
    Organization.objects.filter(pk=world.second.pk).update(closed_on=datetime.date(2026, 9, 1))

    assert refused(sheet(person_row(所在党支部="0201002"))) == [(3, "所在党支部", "没有“0201002”这个党支部")]


def test_all_errors_are_said_at_once_and_the_good_rows_wait_with_the_bad(world, sheet):
    path = sheet(
        person_row(学工号="200007"),
        person_row(姓名=None, 所在党支部="0777", 加入党组织日期="2026-02-30", 党内职务="无此职务"),
        person_row(学工号="200008", 人员类别="同志", **{BASE: -5}),
    )
    before = database()

    assert run(PEOPLE, path) == (
        counts(new=1, faulty=2),
        [
            (4, "姓名", "姓名没有填"),
            (4, "所在党支部", "没有“0777”这个党支部"),
            (4, "加入党组织日期", "“2026-02-30”不是一个存在的日期"),
            (5, "人员类别", f"“同志”不是人员类别，应为：{STANDINGS}"),
            (5, BASE, "党费计算基数不能是负数。"),
        ],
        1,
    )
    assert say(PEOPLE, path) == [
        "新增 1，有改动 0，无变化 0，有差错 2",
        "第 4 行“姓名”：姓名没有填",
        "第 4 行“所在党支部”：没有“0777”这个党支部",
        "第 4 行“加入党组织日期”：“2026-02-30”不是一个存在的日期",
        f"第 5 行“人员类别”：“同志”不是人员类别，应为：{STANDINGS}",
        f"第 5 行“{BASE}”：党费计算基数不能是负数。",
        "有差错，什么都没有写入。请改好后再导入。",
    ]
    assert database() == before


@pytest.mark.parametrize("place", [0, 199, 399])
def test_one_bad_row_anywhere_among_four_hundred_stops_them_all(world, sheet, place):
    rows = [person_row(学工号=f"3{number:05d}") for number in range(400)]
    rows[place] = person_row(学工号="399999", 性别="？")

    assert refused(sheet(*rows)) == [(place + 3, "性别", "“？”不是性别，应为：男、女")]


def test_headings_that_are_missing_renamed_or_doubled_are_named_all_at_once(world, sheet):
    headings = ["编号", "姓名", "性别", "人员类别", "支部", "入党时间", "加入党组织日期"]

    assert refused(sheet([1, 2, 3, 4, 5, 6, 7], headings=headings)) == [
        (0, "学工号", "缺这一列"),
        (0, "所在党支部", "缺这一列"),
        (0, "加入党组织日期", "有 2 列都是这一项，请只留一列"),
    ]
    assert say(PEOPLE, sheet([1, 2], headings=["姓名", "学号", "工号"])) == [
        "新增 0，有改动 0，无变化 0，有差错 1",
        "表头“所在党支部”：缺这一列",
        "表头“学工号”：有 2 列都是这一项，请只留一列",
        "有差错，什么都没有写入。请改好后再导入。",
    ]


def test_the_sheet_of_organizations_is_not_taken_for_people_nor_the_other_way_round(world):
    before = database()

    assert run(PEOPLE, SAMPLE / "organizations.xlsx") == (
        counts(faulty=1), [(0, "", "没有找到表头。前五行里应有一行写着：学工号、姓名、所在党支部")], 1,
    )  # fmt: skip
    assert run("import_organizations", SAMPLE / "people.xlsx") == (
        counts(faulty=1),
        [(0, "", "没有找到表头。前五行里应有一行写着：组织编码、党组织全称、组织类别、上级组织编码")],
        1,
    )
    assert database() == before


def test_what_is_no_workbook_is_refused(world, tmp_path):
    path = tmp_path / "党员.xlsx"
    before = database()
    truncated = (SAMPLE / "people.xlsx").read_bytes()[:-2000]
    for content, sentence in [(b"", FOREIGN), ("学工号,姓名".encode(), FOREIGN), (truncated, BROKEN)]:
        path.write_bytes(content)
        said = f"{sentence}：{path}"
        assert run(PEOPLE, path) == (counts(faulty=1), [(0, "", said)], 1)
    assert database() == before
