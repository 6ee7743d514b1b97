"""A sheet of bases: previewed, written whole or not at all, and of the sender's own part of the tree alone.

Ma and Niu of First Branch have 6,000.00 and 7,000.00 since January 2026, Yang none. Chen sends the sheets. It is
November 2026, which is opened; Zhao's Second Branch is next door.
"""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

import branches.tasks  # noqa: F401 - the jobs' kinds
from branches.models import Appointment, Organization, SheetImport
from core.audit import AuditEntry
from core.jobs import work_off
from core.periods import Month
from dues import actions
from dues.bases import rules
from dues.bases.actions import set_items
from dues.bases.models import PaySchemes
from dues.bases.sheet import STRANGER
from dues.models import Base, Charge
from tests.builders import NOVEMBER, make_import, make_person

HEAD = ("学工号", "姓名", "基数", "起始月份", "依据")
PAY = ("学工号", "姓名", "岗位工资", "五险一金", "起始月份", "依据")
JANUARY = Month(2027, 1)


@pytest.fixture
def people(world):
    world.first.people.filter(user=None).update(left_on=datetime.date(2026, 1, 1))
    found = {name: make_person(world.first, f"{name}同志") for name in ("马", "牛", "羊")}
    bases = {found["马"].pk: Decimal(6000), found["牛"].pk: Decimal(7000)}
    actions.set_bases(bases, Month(2026, 1), "年度核定", world.zhou)
    actions.open_month(NOVEMBER)
    return found


@pytest.fixture
def chen(world, people, client):
    client.force_login(world.chen)
    return client


def file_of(rows, head=HEAD):
    book, file = Workbook(), io.BytesIO()
    for line in (head, *rows):
        book.active.append(list(line))
    book.save(file)
    return file.getvalue()


def sent(client, content):
    """The import of a file, read and compared."""
    answer = client.post(reverse("bases_upload"), {"file": SimpleUploadedFile("基数.xlsx", content)})
    row = SheetImport.objects.latest("pk")
    assert (answer.status_code, answer.url, row.kind) == (302, row.get_absolute_url(), "BASES")
    work_off(row.job_id)
    row.refresh_from_db()
    return row


def confirmed(client, row):
    assert client.post(reverse("import_confirm", args=[row.pk]), {"digest": row.digest}).status_code == 302
    row.refresh_from_db()
    work_off(row.job_id)
    row.refresh_from_db()
    return row


def rows_of(row, outcome):
    return [(one.row, one.title, one.details) for one in row.rows.filter(outcome=outcome)]


def said(row, outcome="FAULTY"):
    """``{row: sentences}`` of the faulty rows."""
    return {one.row: [message for _, message in one.details] for one in row.rows.filter(outcome=outcome)}


def line(person, *rest):
    return (person.staff_number, person.name, *rest)


def counts(row):
    return {name: count for name, count in row.counts.items() if name != "ROWS"}


def test_new_changed_and_unchanged_are_shown_and_written_together(people, chen, world):
    rows = [
        line(people["马"], "9,640.00", "2027-01", None),
        line(people["牛"], 7000, "2026-01", None),
        line(people["羊"], "４０００．５", "2026年1月", "人事处核定"),
    ]
    row = sent(chen, file_of(rows))

    assert (row.status, counts(row)) == ("READY", {"CHANGED": 1, "NEW": 1, "UNCHANGED": 1, "MISSING": 4})
    assert rows_of(row, "CHANGED") == [
        (2, "马同志", [
            ["基数", "6,000.00 元", "9,640.00 元"], ["起始月份", "2026 年 1 月", "2027 年 1 月"],
            ["依据", "年度核定", "2027 年度核定"],
        ])
    ]  # fmt: skip
    assert rows_of(row, "NEW") == [
        (4, "羊同志", [["基数", "", "4,000.50 元"], ["起始月份", "", "2026 年 1 月"], ["依据", "", "人事处核定"]])
    ]
    assert {title for _, title, _ in rows_of(row, "MISSING")} == {"李书记", "陈组织", "许宣传", "郑党员"}
    assert Base.objects.count() == 2

    before = list(Charge.objects.exclude(person=people["羊"]).order_by("pk").values())
    assert confirmed(chen, row).status == "DONE"
    written = Base.objects.order_by("pk").values_list("person__name", "amount", "from_month", "reason", "by__name")
    assert list(written)[2:] == [
        ("羊同志", Decimal("4000.50"), Month(2026, 1), "人事处核定", "陈组织"),
        ("马同志", Decimal("9640.00"), JANUARY, "2027 年度核定", "陈组织"),
    ]
    assert list(Charge.objects.exclude(person=people["羊"]).order_by("pk").values()) == before
    assert Charge.objects.get(person=people["羊"], month=NOVEMBER).amount == Decimal("40.01")  # it was lacking
    assert AuditEntry.objects.about(people["马"]).filter(event="dues.based", by=world.chen).count() == 1


def test_the_same_sheet_again_changes_nothing(people, chen):
    content = file_of([line(people["马"], 9640, "2027-01", None), line(people["羊"], 4000, None, None)])
    confirmed(chen, sent(chen, content))

    again = sent(chen, content)

    assert (again.status, again.counts["UNCHANGED"], Base.objects.count()) == ("DONE", 2, 4)
    assert {"NEW", "CHANGED", "FAULTY"}.isdisjoint(again.counts)


def test_what_is_wrong_is_told_by_row_and_nothing_is_written(world, people, chen):
    ma, niu = people["马"], people["牛"]
    rows = [
        line(ma, -5, "2027-01", None),
        line(niu, "#N/A", "2027-01", None),
        (people["羊"].staff_number, "杨同志", 4000, "2027-01", None),
        line(world.zheng.person, "七千", "明年", None),
        (ma.staff_number, ma.name, 6500, "2027-01", None),
        line(world.li.person, 8000, "2027-03", None),
        line(world.chen.person, 8000, "2027-01", None),
    ]
    row = sent(chen, file_of(rows))

    assert row.status == "FAULTY"
    assert said(row) == {
        2: ["党费计算基数不能是负数"],
        3: ["“#N/A”是 Excel 算错后留下的，请改成实际内容，没有就空着"],
        4: [f"学工号 {people['羊'].staff_number} 在名册里是“羊同志”，请核对是否同一人"],
        5: ["党费计算基数应是金额，如 9640.00，不能是“七千”", "“明年”不是月份，请写成 2027-01 这样"],
        6: [f"“{ma.staff_number}”与第 2 行重复"],
        7: ["只能在 2026 年 1 月和 2027 年 1 月之间"],
        8: [rules.OWN.rstrip("。")],
    }
    assert confirmed(chen, row).status == "FAULTY"
    assert Base.objects.count() == 2


def test_a_change_within_the_year_needs_its_reason_in_the_sheet(people, chen):
    row = sent(chen, file_of([line(people["马"], 9000, None, None)]))
    assert said(row) == {2: ["基数一年一定，从 2026 年 12 月起改要写依据"]}

    row = sent(chen, file_of([line(people["马"], 9000, None, "离退休")]))
    assert rows_of(row, "CHANGED")[0][2][1:] == [
        ["起始月份", "2026 年 1 月", "2026 年 12 月"], ["依据", "年度核定", "离退休"],
    ]  # fmt: skip


def test_a_stranger_is_one_whether_the_register_knows_the_number_or_not(world, people, chen):
    rows = [line(world.zhao.person, 8000, "2027-01", None), ("X999", "没有这人", 8000, "2027-01", None)]
    gone = world.first.people.departed().first()
    row = sent(chen, file_of([*rows, line(gone, 8000, "2027-01", None)]))
    assert said(row) == {2: [STRANGER], 3: [STRANGER], 4: [STRANGER]}


def test_those_above_send_for_all_below_and_no_further(world, people, client):
    content = file_of([line(world.zhao.person, 8000, "2027-01", None), line(people["马"], 8000, "2027-01", None)])
    client.force_login(world.wang)
    assert (sent(client, content).status, said(sent(client, content))) == ("READY", {})
    client.force_login(world.sun)
    assert said(sent(client, content)) == {2: [STRANGER], 3: [STRANGER]}


def test_the_items_of_pay_make_the_base_and_stay_with_it(people, chen):
    row = sent(chen, file_of([line(people["马"], 9000, "1,000.50", "2027-01", None)], PAY))
    assert rows_of(row, "CHANGED")[0][2][0] == ["基数", "6,000.00 元", "7,999.50 元"]

    confirmed(chen, row)

    base = people["马"].dues_bases.order_by("pk").last()
    parts = [(part.name, part.is_deducted, part.amount) for part in base.parts.all()]
    assert parts == [("岗位工资", False, Decimal("9000.00")), ("五险一金", True, Decimal("1000.50"))]


def test_the_items_are_those_of_the_month_from_which_the_base_holds(world, people, chen):
    set_items(JANUARY, [("岗位工资", False)], by=world.zhou, seen=PaySchemes().stamp)
    rows = [line(people["马"], 9000, 1000, "2027-01", None), line(people["牛"], 500, 900, "2026-12", "更正")]
    assert said(sent(chen, file_of(rows, PAY))) == {
        2: ["从 2027 年 1 月起的基数没有这一项，请空着，或者改起始月份"],
        3: ["按工资项目算出来是 -400.00 元，基数不能是负数"],
    }


def test_the_faulty_rows_come_back_corrected_and_are_taken(people, chen):
    row = sent(chen, file_of([line(people["马"], 9000, "2027-01", None), line(people["牛"], -1, "2027-01", None)]))
    answer = chen.get(reverse("import_faulty", args=[row.pk]))
    book = load_workbook(io.BytesIO(answer.getvalue()))
    cells = {cell.value: cell for line in book.active.iter_rows() for cell in line}
    assert cells["基数：党费计算基数不能是负数"].row < cells["马同志"].row
    cells[-1].value = 7100
    mended = io.BytesIO()
    book.save(mended)

    again = sent(chen, mended.getvalue())

    assert (again.status, again.counts["CHANGED"]) == ("READY", 2)


def test_the_template_holds_the_own_people_and_sent_back_empty_changes_nothing(world, people, chen):
    answer = chen.get(reverse("bases_template"))
    lines = list(load_workbook(io.BytesIO(content := answer.getvalue())).active.iter_rows(min_row=3, values_only=True))
    names = {one[1]: (one[3], one[-2]) for one in lines[1:]}
    assert lines[0] == (
        "学工号", "姓名", "党支部", "原基数", "基数", "岗位工资", "薪级工资", "基础绩效", "五险一金", "个人所得税",
        "起始月份", "依据",
    )  # fmt: skip
    assert names == {
        "李书记": (None, "2026-01"), "陈组织": (None, "2026-01"), "许宣传": (None, "2026-01"),
        "郑党员": (None, "2026-01"), "马同志": (6000, "2027-01"), "牛同志": (7000, "2027-01"),
        "羊同志": (None, "2026-01"),
    }  # fmt: skip
    row = sent(chen, content)
    assert (row.status, row.counts["UNCHANGED"], row.counts.get("MISSING", 0)) == ("DONE", 7, 0)
    assert said(row, "NOTED") == {number: ["还没有基数，表里也没有填"] for number in (4, 5, 6, 7, 10)}


def test_somebody_who_was_faster_brings_a_new_preview_instead_of_a_write(world, people, chen):
    row = sent(chen, file_of([line(people["马"], 9000, "2027-01", None)]))
    actions.set_bases({people["马"].pk: Decimal(8000)}, JANUARY, "李定的", world.li)

    row = confirmed(chen, row)

    assert (row.status, "没有写入" in row.error) == ("FAULTY", True)  # within the year a reason is asked now
    assert Base.objects.filter(from_month=JANUARY).count() == 1


def test_a_fault_in_the_middle_of_writing_leaves_nothing(people, chen, monkeypatch):
    row = sent(chen, file_of([line(people["马"], 9000, "2027-01", None), line(people["羊"], 4000, None, None)]))

    def fails(month, people):
        raise RuntimeError("the power went out")

    monkeypatch.setattr("dues.bases.actions.fill_opened", fails)
    row = confirmed(chen, row)

    assert (row.status, Base.objects.count()) == ("WRITING", 2)


def test_a_sheet_is_its_senders_and_ends_with_the_office(world, people, chen, client):
    row = sent(chen, file_of([line(people["马"], 9000, "2027-01", None)]))
    shown = chen.get(row.get_absolute_url())
    page = shown.content.decode()
    assert shown.context["section"] == "dues"
    homes = [f'href="{reverse(name)}"' in page for name in ("bases_import", "imports")]
    assert homes == [True, False]
    for who, status in (("li", 404), ("zhou", 404), ("chen", 200)):
        client.force_login(getattr(world, who))
        assert (who, client.get(row.get_absolute_url()).status_code) == (who, status)
    Organization.objects.filter(pk=world.first.pk).update(closed_on=datetime.date(2026, 11, 20))
    assert client.get(row.get_absolute_url()).status_code == 404


def test_who_comes_from_the_department_to_a_branch_leaves_the_register_behind(world, people, client):
    of_people = make_import(world.zhou)
    client.force_login(world.zhou)
    of_bases = sent(client, file_of([line(people["马"], 9000, "2027-01", None)]))
    seat = Appointment.objects.filter(person__user=world.zhou)
    answers = {}
    for office, place in (("ORGANIZATION_DEPARTMENT", world.committee), ("SECRETARY", world.direct)):
        seat.update(office=office, organization=place)
        answers[office] = [client.get(row.get_absolute_url()).status_code for row in (of_people, of_bases)]
    assert answers == {"ORGANIZATION_DEPARTMENT": [200, 200], "SECRETARY": [404, 200]}


@pytest.mark.parametrize("who", ["xu", "zheng", "he"])
def test_who_keeps_no_register_sends_nothing(world, people, client, who):
    client.force_login(getattr(world, who))
    file = SimpleUploadedFile("基数.xlsx", file_of([line(people["马"], 9000, "2027-01", None)]))
    assert client.post(reverse("bases_upload"), {"file": file}).status_code == 403
    assert SheetImport.objects.count() == 0


def test_a_branch_does_not_send_the_register(world, chen):
    file = SimpleUploadedFile("名册.xlsx", file_of([]))
    assert chen.post(reverse("import_upload"), {"kind": "PEOPLE", "file": file}).status_code == 403
    chen.force_login(world.zhou)
    kinds = [kind for kind, _ in chen.get(reverse("imports")).context["form"].fields["kind"].choices]
    assert kinds == ["ORGANIZATIONS", "PEOPLE", "CALENDAR"]  # bases are sent on their own page
