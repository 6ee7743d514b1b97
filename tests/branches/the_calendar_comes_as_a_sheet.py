"""The calendar from Excel: looked at, confirmed, written whole or not at all; and our own export changes nothing.

Zhou sits in the organization department of the university, Duan in that of a committee further down.
"""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches import actions
from branches.calendar import is_known
from branches.imports import calendar, template
from branches.models import CalendarDay, Office, SheetImport
from core.audit import AuditEntry
from core.workbooks import plain_heading
from tests.branches.imports import compared, imported, rows, upload
from tests.branches.sheets import write_sheet
from tests.builders import World, make_officer, make_organization

D = datetime.date
HEADINGS = ("日期", "类型", "名称")
GOOD = [("2027-10-01", "休息", "国庆节"), ("2027.10.2", "放假", ""), (D(2027, 10, 9), "上班", "调休上班")]


@pytest.fixture
def zhou(world: World, client):
    client.force_login(world.zhou)
    return client


def sheet_of(tmp_path, *lines, headings=HEADINGS):
    return write_sheet(tmp_path / "日历.xlsx", headings, lines)


def sent(client, tmp_path, *lines, **options):
    return compared(client, sheet_of(tmp_path, *lines, **options), kind="CALENDAR")


def days():
    return {row.day: (row.is_workday, row.name, row.is_by_hand) for row in CalendarDay.objects.all()}


def test_a_sheet_is_looked_at_confirmed_and_written(zhou, world, tmp_path):
    CalendarDay.objects.create(day=D(2027, 10, 2), is_workday=True, name="值班")
    CalendarDay.objects.create(day=D(2027, 5, 4), is_workday=False, name="校庆")
    row = sent(zhou, tmp_path, *GOOD, ("2027年5月4日", "休息", "校庆"))

    assert (row.status, row.counts) == ("READY", {"NEW": 2, "CHANGED": 1, "UNCHANGED": 1, "ROWS": 4})
    assert rows(row, "NEW") == [
        (2, "周五", "2027-10-01", [["类型", "", "休息"], ["名称", "", "国庆节"]]),
        (4, "周六", "2027-10-09", [["类型", "", "上班"], ["名称", "", "调休上班"]]),
    ]
    assert rows(row, "CHANGED") == [(3, "周六", "2027-10-02", [["类型", "上班", "休息"], ["名称", "值班", ""]])]
    assert len(days()) == 2  # nothing is written before

    assert imported(zhou, row).status == "DONE"
    assert days() == {
        D(2027, 5, 4): (False, "校庆", False), D(2027, 10, 1): (False, "国庆节", True),
        D(2027, 10, 2): (False, "", True), D(2027, 10, 9): (True, "调休上班", True),
    }  # fmt: skip
    assert AuditEntry.objects.filter(event="calendar_day.imported", by=world.zhou).count() == 3
    assert is_known(2027)


def test_the_same_sheet_again_changes_nothing(zhou, tmp_path):
    imported(zhou, sent(zhou, tmp_path, *GOOD))
    before = days()
    row = sent(zhou, tmp_path, *GOOD)
    assert (row.status, row.counts) == ("DONE", {"UNCHANGED": 3, "ROWS": 3})
    assert days() == before


def test_what_a_year_exports_is_imported_again_with_no_change(zhou, world, tmp_path):
    """With days set by hand, one of them against the arrangement, and one without a name."""
    actions.seed_year(2026, by=None)
    actions.set_day(D(2026, 10, 1), by=world.zhou, said=None, was="0 国庆节")
    actions.set_range(D(2026, 12, 5), D(2026, 12, 7), by=world.zhou, said=(False, "运动会"))
    actions.set_day(D(2026, 12, 12), by=world.zhou, said=(True, ""), was="0")
    actions.set_day(D(2027, 5, 4), by=world.zhou, said=(False, "校庆"), was="1")  # of another year
    path, before = tmp_path / "日历.xlsx", days()
    path.write_bytes(zhou.get(reverse("calendar_export"), {"year": 2026}).getvalue())

    book = load_workbook(path).active
    assert [cell.value for cell in book[3]] == list(HEADINGS)
    written = {line[0].value.date(): (line[1].value, line[2].value) for line in book.iter_rows(min_row=4)}
    assert [written[day] for day in (D(2026, 10, 1), D(2026, 12, 12))] == [("上班", None)] * 2
    row = compared(zhou, path, kind="CALENDAR")
    assert (row.status, row.counts) == ("DONE", {"UNCHANGED": 43, "ROWS": 43})
    assert days() == before
    assert AuditEntry.objects.get(event="calendar.exported").data["count"] == 43

    CalendarDay.objects.all().delete()  # the control: into an empty calendar all of it comes
    assert compared(zhou, path, kind="CALENDAR").counts == {"NEW": 43, "ROWS": 43}


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (("", "休息", "国庆节"), "日期", "没有填"),
        (("国庆", "休息", ""), "日期", "“国庆”不是日期，请写成 2016-07-01 这样"),
        (("2027-02-30", "休息", ""), "日期", "“2027-02-30”不是一个存在的日期"),
        (("0227-10-01", "休息", ""), "日期", "0227-10-01 年份不对"),
        (("2027-10-03", "", ""), "类型", "没有填，应为：休息、上班"),
        (("2027-10-03", "半天", ""), "类型", "“半天”不是类型，应为：休息、放假、上班、工作日"),
        (("2027-10-03", "休息", "长" * 41), "名称", "最多 40 个字，请核对是不是填错了列"),
        (("2027-10-03", "休息", "#N/A"), "名称", "“#N/A”是 Excel 算错后留下的，请改成实际内容，没有就空着"),
        (("2027-10-01", "上班", ""), "日期", "2027-10-01 与第 2 行重复"),
    ],
)
def test_one_faulty_row_and_nothing_is_written(zhou, tmp_path, line, column, says):
    row = sent(zhou, tmp_path, *GOOD, line)
    assert (row.status, row.counts["FAULTY"], row.counts["NEW"]) == ("FAULTY", 1, 3)
    [(number, _, _, said)] = rows(row, "FAULTY")
    assert (number, said) == (5, [[column, says]])
    assert zhou.post(reverse("import_confirm", args=[row.pk]), {"digest": row.digest}).status_code == 302
    assert not CalendarDay.objects.exists()


def test_a_sheet_without_a_column_or_that_is_no_sheet_comes_to_nothing(zhou, tmp_path):
    row = sent(zhou, tmp_path, ("2027-10-01", "国庆节"), headings=("日期", "名称"))
    assert rows(row, "FAULTY") == [(0, "", "", [["类型", "缺这一列"]])]
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    assert compared(zhou, path, kind="CALENDAR").status == "REFUSED"
    assert not CalendarDay.objects.exists()


def test_what_was_set_since_the_preview_is_seen_before_it_is_overwritten(zhou, world, tmp_path):
    row = sent(zhou, tmp_path, *GOOD)
    actions.set_day(D(2027, 10, 1), by=world.zhou, said=(True, "补课"), was="1")
    before = days()

    row = imported(zhou, row)

    assert (row.status, days()) == ("READY", before)
    assert row.error.startswith("核对之后日历又有改动，这张表没有写入。")
    assert imported(zhou, row).status == "DONE"
    assert days()[D(2027, 10, 1)] == (False, "国庆节", True)


def test_a_blank_name_keeps_that_of_a_day_that_stays_free(zhou, tmp_path):
    CalendarDay.objects.create(day=D(2027, 10, 1), is_workday=False, name="国庆节")
    row = sent(zhou, tmp_path, ("2027-10-01", "休息", ""), ("2027-10-04", "休息", "国庆节"))
    assert row.counts == {"NEW": 1, "UNCHANGED": 1, "ROWS": 2}
    imported(zhou, row)
    assert days()[D(2027, 10, 1)] == (False, "国庆节", False)


def test_filling_in_a_year_keeps_what_a_sheet_said(zhou, tmp_path):
    imported(zhou, sent(zhou, tmp_path, ("2026-10-10", "休息", "不调休")))
    assert actions.seed_year(2026, by=None).kept == 1
    assert days()[D(2026, 10, 10)] == (False, "不调休", True)


def test_a_department_further_down_imports_no_calendar(world, client, tmp_path):
    lower = make_organization("COMMITTEE", "附属医院党委", world.committee)
    duan = make_officer(lower, Office.ORGANIZATION_DEPARTMENT, "段组织部", branch=world.direct)
    client.force_login(duan)
    path = sheet_of(tmp_path, *GOOD)
    page = client.get(reverse("imports"), {"kind": "CALENDAR"})
    assert ([value for value, _ in page.context["form"].fields["kind"].choices], page.status_code) == (
        ["ORGANIZATIONS", "PEOPLE"], 200,
    )  # fmt: skip
    assert upload(client, path, kind="CALENDAR").status_code == 422
    assert not SheetImport.objects.exists()

    plan = calendar.compare(calendar.open_sheet(path), by=duan)  # nor by any other way in
    assert ([str(fault) for fault in plan.faults], plan.new) == (["表头：工作日历由党委组织部设定"], [])


def test_who_was_moved_down_since_the_upload_cannot_confirm(zhou, world, tmp_path):
    row = sent(zhou, tmp_path, *GOOD)
    lower = make_organization("COMMITTEE", "附属医院党委", world.committee)
    world.zhou.person.appointments.update(organization=lower)
    answer = zhou.post(reverse("import_confirm", args=[row.pk]), {"digest": row.digest})
    assert (answer.status_code, "工作日历由党委组织部设定" in answer.content.decode()) == (403, True)


def test_the_template_is_what_is_read(zhou, tmp_path):
    book = load_workbook(io.BytesIO(zhou.get(reverse("import_template", args=["calendar"])).getvalue()))
    sheet, path = book.worksheets[0], tmp_path / "模板.xlsx"
    known = {plain_heading(word) for words in calendar.HEADINGS.values() for word in words}
    assert [cell.value for cell in sheet[1]] == [heading for heading, *_ in template.CALENDAR] == list(HEADINGS)
    assert known >= set(HEADINGS)
    for place, typed in enumerate(template.EXAMPLES[SheetImport.Kind.CALENDAR], start=1):
        sheet.cell(2, place, typed)
    book.save(path)
    row = imported(zhou, compared(zhou, path, kind="CALENDAR"))
    assert (row.status, days()) == ("DONE", {D(2026, 10, 1): (False, "国庆节", True)})


def test_the_page_of_an_import_speaks_of_the_calendar(zhou, tmp_path):
    row = imported(zhou, sent(zhou, tmp_path, *GOOD))
    page = zhou.get(row.get_absolute_url()).content.decode()
    assert ("看工作日历" in page, f'href="{reverse("calendar")}"' in page) == (True, True)
    assert "表和日历一致，0 处改动" in zhou.get(sent(zhou, tmp_path, *GOOD).get_absolute_url()).content.decode()
    pages = [zhou.get(reverse("imports"), {"kind": kind}) for kind in ("CALENDAR", "X")]
    assert [one.context["form"]["kind"].value() for one in pages] == ["CALENDAR", "PEOPLE"]
