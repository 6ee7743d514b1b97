"""Upload, preview, confirmation, result. Zhou sits in the organization department; First Branch's people are sent."""

import datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches.actions import confirm_import
from branches.imports import people
from branches.models import Office, Person, SheetImport
from core.audit import AuditEntry, history_of
from core.jobs import Job, work_off
from core.workflow import StaleState
from tests.branches.imports import compared, confirm, imported, rows, upload
from tests.branches.sheets import HEADINGS, counts, database, person_row, run, write_sheet
from tests.builders import World, make_person, make_seat

NAMES = ["学工号", "姓名", "所在党支部", "人员类别"]


@pytest.fixture
def zhou(world: World, client):
    client.force_login(world.zhou)
    return client


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, headings=HEADINGS, name="党员.xlsx"):
        return write_sheet(tmp_path / name, headings, rows)

    return write


def page(client, row, **data):
    return client.get(reverse("import", args=[row.pk]), data)


def test_a_good_sheet_is_previewed_confirmed_and_written(world, zhou, sheet):
    chen = world.chen.person
    path = sheet(
        person_row(),
        person_row(学工号=chen.staff_number, 姓名=chen.name, 民族="回族", 联系电话=chen.phone, 工作岗位="在岗职工"),
    )
    before = database()["branches.Person"]

    row = compared(zhou, path)

    assert (row.status, database()["branches.Person"]) == ("READY", before)
    assert row.counts == {"NEW": 1, "CHANGED": 1, "MISSING": 8, "ROWS": 2}
    [(number, key, title, facts)] = rows(row, "NEW")
    assert (number, key, title) == (2, "200001", "田宏")
    assert ["联系电话", "", "13800000001"] in facts and ["是否为流动党员", "", "否"] in facts
    [(_, _, _, changes)] = rows(row, "CHANGED")
    assert sorted(changes) == sorted([
        ["民族", "", "回族"], ["性别", "", "女"], ["出生日期", "", "1985-05-20"], ["学历", "", "大学"],
        ["加入党组织日期", "2010-07-01", "2006-07-01"], ["转为正式党员日期", "", "2007-07-01"],
        ["党籍状态", "", "正常"],
    ])  # fmt: skip

    done = imported(zhou, row)

    assert (done.status, done.counts) == ("DONE", row.counts)
    made = Person.objects.get(staff_number="200001")
    assert (made.name, made.organization) == ("田宏", world.first)
    assert [(entry.event, entry.by) for entry in AuditEntry.objects.about(made)] == [("person.imported", world.zhou)]
    assert [entry.event for entry in history_of(row)] == [
        "import.uploaded", "import.compared", "import.confirmed", "import.done",
    ]  # fmt: skip
    assert "已导入：新增 1，改动 1" in page(zhou, row).content.decode()


def test_what_the_register_holds_of_a_phone_or_birth_date_is_masked_in_the_preview(world, zhou, sheet):
    held = {"born_on": datetime.date(1990, 3, 4), "phone": "13900005678"}
    good, joined_early = (make_person(world.first, name, **held) for name in ("田宏", "早入党"))
    path = sheet(
        person_row(学工号=good.staff_number, 联系电话="13811112222", 出生日期="1985-05-20"),
        person_row(学工号=joined_early.staff_number, 姓名="早入党", 出生日期=None, 加入党组织日期="1989-07-01"),
    )

    row = compared(zhou, path)

    [(_, _, _, faults)] = rows(row, "FAULTY")
    assert faults == [["加入党组织日期", "1989-07-01 早于出生日期 1990 年 **"]]
    [(_, _, _, changes)] = rows(row, "CHANGED")
    assert [one for one in changes if one[0] in ("联系电话", "出生日期")] == [
        ["出生日期", "1990 年 **", "1985-05-20"], ["联系电话", "139****5678", "13811112222"],
    ]  # fmt: skip
    shown = [page(zhou, row, show=one).content.decode() for one in ("CHANGED", "FAULTY")]
    assert [secret for secret in ("13900005678", "1990-03-04") if secret in "".join(shown)] == []
    assert ["13811112222" in text for text in shown] == [True, False]


def test_writing_is_shown_as_steps_and_never_as_a_share_of_itself(world, zhou, sheet):
    row = compared(zhou, sheet(person_row()))
    confirm(zhou, row)
    row.refresh_from_db()
    shown = {}
    for state, percent in (("PENDING", 0), ("RUNNING", 5), ("RUNNING", 30)):
        Job.objects.filter(pk=row.job_id).update(state=state, progress=percent)
        answer = page(zhou, row)
        shown[percent] = [step.state for step in answer.context["steps"]]
        text = answer.content.decode()
        assert ("%" in text.split('id="progress"')[1].split("</section>")[0], "要么一行也不写" in text) == (False, True)
    assert shown == {0: ["还没开始", "还没开始"], 5: ["正在办", "还没开始"], 30: ["已办完", "正在办"]}


def test_a_second_time_there_is_nothing_to_write(world, zhou, sheet):
    path = sheet(person_row(), person_row(学工号="200002", 姓名="另一位", 联系电话="13800000002"))
    imported(zhou, compared(zhou, path))

    before = database()["branches.Person"]
    again = compared(zhou, path)

    assert (again.status, again.counts) == ("DONE", {"UNCHANGED": 2, "MISSING": 9, "ROWS": 2})
    assert "0 处改动" in page(zhou, again).content.decode()
    assert confirm(zhou, again).status_code == 302
    assert database()["branches.Person"] == before


def test_one_faulty_row_stops_all_and_comes_back_to_be_corrected(world, zhou, sheet, tmp_path):
    bad = person_row(学工号="200002", 姓名="另一位", 性别="先生", 加入党组织日期="2006-02-30", 联系电话="13800000002")
    row = compared(zhou, sheet(person_row(), bad, person_row(学工号="200003", 姓名="第三位", 出生日期=None)))

    assert (row.status, row.counts["FAULTY"]) == ("FAULTY", 1)
    assert rows(row, "FAULTY") == [
        (3, "200002", "另一位",
         [["性别", "“先生”不是性别，应为：男、女"], ["加入党组织日期", "“2006-02-30”不是一个存在的日期"]]),
    ]  # fmt: skip
    assert confirm(zhou, row).status_code == 302
    assert not Person.objects.filter(staff_number__startswith="20000").exists()

    answer = zhou.get(reverse("import_faulty", args=[row.pk]))
    path = tmp_path / "改.xlsx"
    path.write_bytes(answer.getvalue())
    book = load_workbook(path)
    lines = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert lines[2] == ["原因", *HEADINGS]
    assert lines[3][:3] == [
        "性别：“先生”不是性别，应为：男、女；加入党组织日期：“2006-02-30”不是一个存在的日期",
        "200002",
        "另一位",
    ]
    assert [line[0] for line in lines[4:]] == [None, None]

    book.active["F4"], book.active["J4"] = "男", "2006-02-28"
    book.save(path)
    corrected = compared(zhou, path)
    assert (corrected.status, corrected.counts["NEW"]) == ("READY", 3)
    assert imported(zhou, corrected).status == "DONE"
    assert Person.objects.filter(staff_number__startswith="20000").count() == 3
    assert history_of(row).last().event == "import.faulty_taken"


def test_a_heading_that_is_missing_is_said_and_there_are_no_rows_to_correct(world, zhou, sheet):
    row = compared(zhou, sheet([1, 2], headings=["姓名", "学工号"]))

    assert (row.status, rows(row, "FAULTY")) == ("FAULTY", [(0, "", "", [["所在党支部", "缺这一列"]])])
    assert zhou.get(reverse("import_faulty", args=[row.pk])).status_code == 403


def test_who_is_not_in_the_sheet_is_shown_and_left_alone(world, zhou, sheet):
    li = world.li.person
    row = compared(zhou, sheet([li.staff_number, li.name, "0201001", "正式党员"], headings=NAMES))

    absent = world.first.people.exclude(pk=li.pk).order_by("staff_number")
    assert {(key, title, *said[0]) for _, key, title, said in rows(row, "MISSING")} == {
        (one.staff_number, one.name, "", "文学院第一党支部") for one in absent
    }
    assert Person.objects.present().filter(organization=world.first).count() == 9


def test_a_row_that_looks_like_somebody_known_needs_a_tick(world, zhou, sheet):
    make_person(world.second, "田宏", phone="13800000001")
    row = compared(zhou, sheet(person_row(), person_row(学工号="200002", 姓名="田宏", 联系电话=None)))

    whom = f"名册里学工号 {Person.objects.get(name='田宏').staff_number} 的田宏（文学院第二党支部）"
    assert rows(row, "ALIKE") == [
        (2, "200001", "田宏", [["", f"与{whom}同名，联系电话也相同"]]),
        (3, "200002", "田宏", [["", "与第 2 行学工号 200001 的田宏同名，出生日期也相同"]]),
    ]  # fmt: skip
    answer = confirm(zhou, row)
    assert answer.status_code == 422
    assert "请先看“像是同一人”各行" in answer.content.decode()
    row.refresh_from_db()
    with pytest.raises(StaleState, match="像是名册里已有的人"):
        confirm_import(row, by=world.zhou, digest=row.digest)
    assert row.status == "READY"
    assert imported(zhou, row, alike_ok="on").status == "DONE"


def test_what_changed_meanwhile_is_compared_again_before_anything_is_written(world, zhou, sheet):
    row = compared(zhou, sheet(person_row()))
    confirm(zhou, row)
    late = make_person(world.first, "田宏")
    Person.objects.filter(pk=late.pk).update(staff_number="200001")

    row.refresh_from_db()
    work_off(row.job_id)
    row.refresh_from_db()

    assert (row.status, row.counts["CHANGED"], "NEW" in row.counts) == ("READY", 1, False)
    assert "核对之后名册又有改动" in page(zhou, row).content.decode()
    assert imported(zhou, row).status == "DONE"  # the second confirmation is of the second preview


def test_a_page_with_an_older_preview_confirms_nothing(world, zhou, sheet):
    row = compared(zhou, sheet(person_row()))
    answer = zhou.post(reverse("import_confirm", args=[row.pk]), {"digest": "0" * 64}, follow=True)

    assert "核对结果刚才有变化" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "READY"


def test_a_job_that_runs_twice_writes_once(world, zhou, sheet):
    row = imported(zhou, compared(zhou, sheet(person_row())))
    before = database()
    Job.objects.filter(pk=row.job_id).update(state="PENDING")

    assert work_off(row.job_id)
    after = database()
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"core.Job"}


def test_a_sheet_that_is_dropped_is_never_written(world, zhou, sheet):
    row = compared(zhou, sheet(person_row()))
    assert zhou.post(reverse("import_drop", args=[row.pk])).status_code == 302

    confirm(zhou, row)
    row.refresh_from_db()
    assert (row.status, Job.objects.filter(kind="imports.write").count()) == ("DROPPED", 0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("党员.csv", b"x", "只能上传 .xlsx 或 .xls 文件"),
        ("党员.xlsx", b"", "这个文件是空的"),
        ("党员.xlsx", b"x" * (5 * 1024 * 1024 + 1), "文件超过 5 MB"),
    ],
)
def test_what_cannot_be_a_sheet_is_refused_beside_the_field(world, zhou, tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    answer = upload(zhou, path)
    assert (answer.status_code, SheetImport.objects.count()) == (422, 0)
    assert sentence in answer.content.decode()


def test_blank_cells_clear_facts_when_the_sender_says_so_and_nothing_else(world, zhou, sheet):
    run("import_people", sheet(person_row(党内职务="宣传委员", **{"党费计算基数(元)": 9640})))
    made = Person.objects.get(staff_number="200001")
    kept = (made.name, made.organization, made.standing, made.category)
    blank = person_row(**dict.fromkeys(HEADINGS[4:]))

    assert compared(zhou, sheet(blank)).counts["UNCHANGED"] == 1
    row = compared(zhou, sheet(blank), blanks_overwrite="on")
    assert (row.status, row.counts["CHANGED"]) == ("READY", 1)
    imported(zhou, row)

    made.refresh_from_db()
    assert {name: getattr(made, name) for name in people.READERS if name != "category"} == {
        "gender": "", "ethnicity": "", "born_on": None, "education": "", "joined_on": None, "confirmed_on": None,
        "phone": "", "is_floating": False, "is_lost_contact": False, "is_leading_cadre": False,
    }  # fmt: skip
    assert (made.name, made.organization, made.standing, made.category) == kept
    assert made.membership_state == ""
    assert [row.office for row in made.appointments.active()] == ["PUBLICITY_COMMISSIONER"]
    assert made.dues_bases.count() == 1


def test_a_column_that_the_sheet_has_not_is_not_cleared(world, zhou, sheet):
    li = world.li.person
    path = sheet([li.staff_number, li.name, "0201001", "正式党员"], headings=NAMES)
    assert compared(zhou, path, blanks_overwrite="on").counts["UNCHANGED"] == 1


def test_nobody_gives_an_office_to_themselves(world, zhou, sheet):
    me = world.zhou.person
    line = [me.staff_number, me.name, "9901001", "正式党员", "宣传委员"]
    row = compared(zhou, sheet(line, headings=[*NAMES, "党内职务"]))

    assert rows(row, "FAULTY") == [
        (2, me.staff_number, me.name, [["党内职务", "本人的党内职务不能由本人导入，请由组织部的其他同志办理"]])
    ]
    # the same sheet from whoever runs the site goes through
    assert run("import_people", sheet(line, headings=[*NAMES, "党内职务"])) == (counts(changed=1), [], 0)


OWN = {
    "standing": ({"人员类别": "正式党员"}, ["人员类别"]),
    "the day of joining": ({"加入党组织日期": "2009-07-01"}, ["加入党组织日期"]),
    "the day of confirmation": (
        {"转为正式党员日期": "2026-10-01", "人员类别": "正式党员"}, ["人员类别", "转为正式党员日期"],
    ),
    "branch, and the office that ends with the move": ({"所在党支部": "0201001"}, ["所在党支部", "党内职务"]),
}  # fmt: skip


@pytest.mark.parametrize("cells, columns", OWN.values(), ids=OWN)
def test_nobody_changes_their_own_standing_days_or_branch(world, zhou, sheet, cells, columns):
    make_seat(world.zhou, world.direct, Office.MEMBER)
    Person.objects.filter(user=world.zhou).update(standing="PROBATIONARY", joined_on=datetime.date(2024, 7, 1))
    me, others = world.zhou.person, make_person(world.direct, "同一支部", standing="PROBATIONARY")
    known = {"人员类别": "预备党员", "所在党支部": "9901001"}
    headings = ["学工号", "姓名", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期"]
    lines = [
        [{"学工号": one.staff_number, "姓名": one.name, **known, **cells}.get(heading) for heading in headings]
        for one in (me, others)
    ]

    row = compared(zhou, sheet(*lines, headings=headings))

    assert rows(row, "FAULTY") == [
        (2, me.staff_number, me.name,
         [[column, f"本人的{column}不能由本人导入，请由组织部的其他同志办理"] for column in columns]),
    ]  # fmt: skip
    assert row.counts["CHANGED"] == 1  # of somebody else the same is a change


def test_ones_own_plain_facts_may_stand_in_a_sheet_of_ones_own(world, zhou, sheet):
    me = world.zhou.person
    line = [me.staff_number, me.name, "9901001", "正式党员", "满族"]

    row = compared(zhou, sheet(line, headings=[*NAMES, "民族"]))

    assert (row.status, rows(row, "CHANGED")) == ("READY", [(2, me.staff_number, me.name, [["民族", "", "满族"]])])
