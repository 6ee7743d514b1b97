"""What leaves the site of the register: the columns of a written list, masked, or in full of those whom one keeps.

Everybody is in First Branch but 乙, who is in 历史学院党支部. Li, Chen, Wang and Zhou keep First's register; Xu and
He only read it.
"""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches import identity
from branches.imports.people import read
from branches.models import Appointment, Office, Person, Transfer
from branches.reports.people import COLUMNS
from core import pages
from core.audit import AuditEntry
from tests.builders import World, fresh, make_group, make_officer, make_person
from tests.core.a_workbook_carries_text_as_it_is import PAYLOADS

NUMBER = "410105198505201124"
USUAL = ["姓名", "学工号", "所在党支部", "人员类别", "工作岗位", "加入党组织日期", "党内职务"]
ALL = [
    "姓名", "学工号", "所在党支部", "党小组", "人员类别", "工作岗位", "加入党组织日期", "转为正式党员日期",
    "预备期延长至", "党内职务", "性别", "民族", "学历", "党籍状态", "是否为流动党员", "是否为失联党员",
    "是否为党员领导干部",
]  # fmt: skip
PERSONAL, OF_DEPARTED = ["联系电话", "出生日期", "公民身份证号"], ["离开日期", "离开原因"]
MASKED = [f"{name}（部分隐藏）" for name in PERSONAL]
EVERY_KEY = [column.key for column in COLUMNS]
KEEPERS = {"li", "chen", "wang", "zhou"}


@pytest.fixture(autouse=True)
def numbers_are_kept(settings):
    settings.IDENTITY_KEYS = [identity.new_key()]


@pytest.fixture
def people(world: World):
    """甲 in First Branch, with everything; 乙 of another general branch."""
    one = make_officer(
        world.first, Office.UNITED_FRONT_COMMISSIONER, "导出甲", phone="13912340001", gender="FEMALE",
        ethnicity="汉族", education="研究生", born_on=datetime.date(1985, 5, 20), membership_state="正常",
        identity_sealed=identity.seal(NUMBER), confirmed_on=datetime.date(2011, 7, 1), is_floating=True,
    ).person  # fmt: skip
    make_group(world.first, "第一党小组", [one])
    make_person(world.other, "导出乙", phone="13912340002")
    return one


def sheet(answer):
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def table(answer):
    """The heads and the rows under them."""
    rows = [[day_or_text(cell.value) for cell in row] for row in sheet(answer).iter_rows(min_row=3)]
    return rows[0], rows[1:]


def day_or_text(value):
    return value.date() if isinstance(value, datetime.datetime) else value


def full(client, reason="活动日通知", **data):
    return client.post(reverse("people_export_full", query=data), {"reason": reason})


@pytest.mark.parametrize(
    "data, columns",
    [
        ({}, [*USUAL, "联系电话（部分隐藏）"]),
        ({"state": "left"}, [*USUAL, "联系电话（部分隐藏）", *OF_DEPARTED]),
        ({"columns": ["born", "gender"]}, ["姓名", "学工号", "性别", "出生日期（部分隐藏）"]),
        ({"columns": EVERY_KEY}, [*ALL, *MASKED, *OF_DEPARTED]),
    ],
)
@pytest.mark.parametrize("name", ["li", "chen", "xu", "wang", "zhou", "he"])
def test_every_office_gets_the_columns_of_this_list_masked(world, people, client, name, data, columns):
    client.force_login(getattr(world, name))
    heads, rows = table(client.get(reverse("people_export"), data | {"q": "导出甲"}))

    assert heads == columns
    text = str(rows)
    assert [secret in text for secret in ("13912340001", "1985-05-20", NUMBER)] == [False] * 3


@pytest.mark.parametrize("name", ["li", "chen", "xu", "wang", "zhou", "he"])
def test_who_takes_whose_data_in_full(world, people, client, name):
    client.force_login(getattr(world, name))
    answer = full(client, q="导出", columns=EVERY_KEY)
    if name not in KEEPERS:
        assert answer.status_code == 403
        assert AuditEntry.objects.count() == 0
        return

    heads, rows = table(answer)
    assert heads == [*ALL, *PERSONAL, *OF_DEPARTED]
    assert [row[0] for row in rows] == (["导出甲", "导出乙"] if name == "zhou" else ["导出甲"])
    assert rows[0] == [
        "导出甲", people.staff_number, "文学院第一党支部", "第一党小组", "正式党员", "在岗职工",
        datetime.date(2010, 7, 1), datetime.date(2011, 7, 1), None, "统战委员", "女", "汉族", "研究生", "正常",
        "是", None, None, "13912340001", datetime.date(1985, 5, 20), NUMBER, None, None,
    ]  # fmt: skip


def test_a_masked_row_says_as_much_as_the_page(world, people, client):
    client.force_login(world.chen)
    data = {"q": "导出甲", "columns": ["phone", "born", "identity"]}
    _, (row,) = table(client.get(reverse("people_export"), data))
    (_, cells), *rest = client.get(reverse("people"), data).context["table"].rows

    assert row[2:] == [word for _, word in cells] == ["139****0001", "1985 年 **", "4101**********1124"]
    assert rest == []


def test_both_ways_out_are_logged_with_filters_columns_rows_and_reason(world, people, client):
    client.force_login(world.zhou)
    client.get(reverse("people_export"), {"q": "导出", "columns": ["gender", "phone"]}).getvalue()
    full(client, q="导出", columns="phone", standing="FULL").getvalue()

    assert list(AuditEntry.objects.order_by("pk").values_list("event", "by", "note", "data")) == [
        ("people.exported", world.zhou.pk, "", {
            "count": 2, "filters": {"姓名或学工号": "导出"},
            "columns": ["姓名", "学工号", "性别", "联系电话（部分隐藏）"],
        }),
        ("people.exported_in_full", world.zhou.pk, "活动日通知", {
            "count": 2, "filters": {"姓名或学工号": "导出", "类别": "正式党员"},
            "columns": ["姓名", "学工号", "联系电话"],
        }),
    ]  # fmt: skip


def test_the_workbook_says_why_and_of_what_it_was_taken(world, people, client):
    client.force_login(world.chen)
    note = sheet(full(client, q="导出")).cell(2, 1).value
    assert note == "姓名或学工号：导出；完整信息，用途：活动日通知。共 1 行，2026-11-23 导出"


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_leaves(world, people, client, reason):
    client.force_login(world.chen)
    answer = full(client, reason, q="导出甲")

    assert (answer.status_code, answer.context["form"].errors) == (
        422, {"reason": ["导出完整信息要写明用途，用途会留在记录里。"]},
    )  # fmt: skip
    assert "13912340001" not in answer.content.decode()
    assert AuditEntry.objects.count() == 0
    assert client.get(reverse("people_export_full")).status_code == 405


def test_a_member_takes_nothing(world, people, client):
    client.force_login(world.zheng)
    assert client.get(reverse("people_export")).url == reverse("me")
    assert full(client).status_code == 403
    assert AuditEntry.objects.count() == 0


def test_an_ended_office_takes_nothing_in_full(world, people, client):
    client.force_login(world.chen)
    Appointment.objects.filter(person=world.chen.person).update(ends_on=datetime.date(2026, 11, 23))
    assert full(client, q="导出甲").status_code == 403


def test_too_many_rows_at_once_are_asked_to_be_fewer(world, people, client, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 1)
    client.force_login(world.zhou)
    answers = [client.get(reverse("people_export"), {"q": "导出"}, follow=True)]
    answers.append(client.post(reverse("people_export_full", query={"q": "导出"}), {"reason": "通知"}, follow=True))

    for answer in answers:
        assert answer.redirect_chain == [(f"{reverse('people')}?q=%E5%AF%BC%E5%87%BA", 302)]
        assert "这里有 2 人。请先选党组织或别的条件" in answer.content.decode()
    assert AuditEntry.objects.count() == 0
    assert sheet(client.get(reverse("people_export"), {"q": "导出甲"})).max_row == 4


@pytest.mark.parametrize("way", ["masked", "full"])
@pytest.mark.parametrize("columns", [[], EVERY_KEY])
def test_an_export_imports_again_with_nothing_changed(world, people, client, tmp_path, way, columns):
    """A masked column has another heading, so that no import takes it for what it hides."""
    client.force_login(world.zhou)
    address = {"q": "导出", "columns": columns}
    answer = full(client, **address) if way == "full" else client.get(reverse("people_export"), address)
    path = tmp_path / "again.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))

    plan = read(path)
    assert (plan.faults, plan.counts["new"], plan.counts["changed"], plan.counts["unchanged"]) == ([], 0, 0, 2)


def test_an_import_over_numbers_that_no_key_opens_says_so_by_row(world, people, client, tmp_path, settings):
    client.force_login(world.zhou)
    path = tmp_path / "numbers.xlsx"
    path.write_bytes(b"".join(full(client, q="导出甲", columns=EVERY_KEY).streaming_content))
    settings.IDENTITY_KEYS = [identity.new_key()]

    assert [str(fault) for fault in read(path).faults] == [f"第 4 行“公民身份证号”：{identity.WRONG_KEY}"]


TEXTS = ["name", "ethnicity", "education", "membership_state", "phone"]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("way", ["masked", "full"])
def test_no_text_of_the_register_becomes_a_formula(world, client, payload, way):
    """Every field that somebody types, in every column: the cell is text and says what was typed."""
    person = make_person(world.second, left_on=datetime.date(2026, 11, 1))
    lengths = {name: Person._meta.get_field(name).max_length for name in TEXTS}
    Person.objects.filter(pk=person.pk).update(**{name: payload[: lengths[name]] for name in TEXTS})
    make_group(world.second, payload, [person])
    world.second.short_name = payload
    world.second.save(update_fields=["short_name"])
    officer = make_officer(world.second, Office.MEMBER, "有职务", phone="")
    Appointment.objects.filter(person=officer.person).update(title=payload)
    Transfer.objects.create(
        person=person, kind="OUT", status="ACCEPTED", from_organization=world.second, place=payload, note=payload,
        moved_on=datetime.date(2026, 11, 1),
    )  # fmt: skip
    client.force_login(fresh(world.zhao))
    address = {"columns": EVERY_KEY, "state": "all", "q": "", "organization": world.second.pk}
    answer = full(client, payload, **address) if way == "full" else client.get(reverse("people_export"), address)

    book = sheet(answer)
    cells = [cell for row in book.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    heads = [cell.value for cell in book[3]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in book.iter_rows(min_row=4)]
    (row,) = [row for row in rows if row["学工号"] == person.staff_number]
    assert [row[name] for name in ("姓名", "所在党支部", "党小组", "离开原因")] == [
        payload, payload, payload, f"转出本校，{payload}，{payload}",
    ]  # fmt: skip
    assert [row[name] for name in ("民族", "学历", "党籍状态")] == [payload[: lengths[name]] for name in TEXTS[1:4]]
    (other,) = [row for row in rows if row["姓名"] == "有职务"]
    assert other["党内职务"] == payload
