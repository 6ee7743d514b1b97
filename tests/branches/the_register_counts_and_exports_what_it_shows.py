"""Zhou sees everything, Wang the general branch of First and Second Branch, Zhao only Second."""

import datetime
import io
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Appointment, Group, Office, Person
from branches.reports.organizations import GroupLine
from branches.reports.people import masked_phone
from core.audit import AuditEntry
from core.inbox import Notice, tell
from tests.builders import World, fresh, make_branch, make_officer, make_person

TODAY = datetime.date(2026, 11, 23)
USUAL_COLUMNS = [
    "姓名", "学工号", "所在党支部", "人员类别", "工作岗位", "加入党组织日期", "党内职务", "联系电话（部分隐藏）",
]  # fmt: skip


def workbook_rows(response):
    """The rows below the heading line, the note and the column heads."""
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def queries(client, url, **data):
    client.get(url, data)  # the first request of a minute also notes that the session is in use
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url, data).status_code == 200
    return len(captured)


def test_groups_show_their_leaders_and_sizes(world: World, client):
    group = Group.objects.create(organization=world.first, name="第一党小组")
    leader = make_officer(world.first, Office.GROUP_LEADER, "组长甲").person
    Appointment.objects.filter(person=leader).update(group=group)
    Person.objects.filter(pk__in=[leader.pk, world.zheng.person.pk]).update(group=group)
    make_person(world.first, group=group, left_on=TODAY)
    client.force_login(world.li)

    def groups():
        return client.get(world.first.get_absolute_url()).context["groups"]

    assert groups() == [GroupLine(group, "组长甲", 2, is_small=True)]
    Person.objects.filter(pk=leader.pk).update(left_on=TODAY)
    assert groups() == [GroupLine(group, "", 1, is_small=True)]
    make_person(world.first, group=group)
    make_person(world.first, group=group)
    assert groups() == [GroupLine(group, "", 3, is_small=False)]


def test_a_general_branch_in_the_filter_means_everybody_below_it(world: World, client):
    client.force_login(world.zhou)
    page = client.get(reverse("people"), {"organization": world.arts.pk})

    assert {line.person.organization for line in page.context["lines"]} == {world.first, world.second}
    assert page.context["page"].paginator.count == 13


def test_people_who_left_are_not_in_the_register(world: World, client):
    gone = make_officer(world.second, Office.MEMBER, "走了", left_on=TODAY).person
    client.force_login(world.zhao)

    people = [line.person for line in client.get(reverse("people")).context["lines"]]
    assert (len(people), gone in people) == (4, False)
    page = client.get(gone.get_absolute_url())
    assert (page.status_code, page.context["line"].offices) == (200, "")


def test_thirty_people_a_page(world: World, client):
    for _ in range(40):
        make_person(world.second)
    client.force_login(world.zhao)

    first, second = (client.get(reverse("people"), {"page": page}).context for page in (1, 2))
    assert (len(first["lines"]), len(second["lines"])) == (30, 14)
    assert not {line.person.pk for line in first["lines"]} & {line.person.pk for line in second["lines"]}


def test_the_peoples_export_is_the_page_in_all_its_pages(world: World, client):
    for _ in range(35):
        make_person(world.second, category=Person.Category.STUDENT)
    make_person(world.first, category=Person.Category.STUDENT)
    client.force_login(world.zhao)
    chosen = {"category": "STUDENT", "order": "-joined"}

    pages = [client.get(reverse("people"), chosen | {"page": page}).context["table"] for page in (1, 2)]
    rows = workbook_rows(client.get(reverse("people_export"), chosen))

    shown = [
        [line.person.name, line.person.staff_number, *(word or None for _, word in cells)]
        for page in pages
        for line, cells in page.rows
    ]
    assert [[str(cell.date()) if hasattr(cell, "date") else cell for cell in row] for row in rows] == shown
    assert len(rows) == 35


def test_an_export_keeps_text_that_looks_like_a_formula_as_text(world: World, client):
    wicked = '=HYPERLINK("http://elsewhere.example","点我")'
    make_person(world.second, wicked)
    world.second.short_name = "=1+1党支部"
    world.second.save(update_fields=["short_name"])
    client.force_login(world.zhao)

    response = client.get(reverse("people_export"), {"q": "="})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    name, branch = sheet.cell(4, 1), sheet.cell(4, 3)
    assert [(cell.value, cell.data_type) for cell in (name, branch)] == [(wicked, "s"), ("=1+1党支部", "s")]

    response = client.get(reverse("organizations_export"))
    cell = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.cell(4, 3)
    assert (cell.value, cell.data_type) == ("=1+1党支部", "s")


@pytest.mark.parametrize(
    "phone, masked",
    [
        ("13912340001", "139****0001"),
        ("0371-67781234", "037****1234"),
        ("67781234", "****34"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_masked_phone_can_be_recognised_but_not_called(phone, masked):
    assert masked_phone(phone) == masked


def test_every_export_is_logged_with_its_filters(world: World, client):
    client.force_login(world.zhao)
    client.get(reverse("people_export"), {"standing": "FULL"})
    client.get(reverse("organizations_export"))

    assert list(AuditEntry.objects.order_by("pk").values_list("event", "by", "data")) == [
        ("people.exported", world.zhao.pk, {"count": 4, "filters": {"类别": "正式党员"}, "columns": USUAL_COLUMNS}),
        ("organizations.exported", world.zhao.pk, {"count": 1, "filters": {}}),
    ]


def test_unread_notices_come_first_and_opening_marks_them(world: World, client):
    for number in range(3):
        tell([world.li], "test", key=str(number), title=f"消息{number}", url=reverse("me") if number else "")
    oldest, middle, newest = Notice.objects.order_by("pk")
    client.force_login(world.li)

    assert client.get(reverse("notice", args=[newest.pk])).url == reverse("me")
    assert list(client.get(reverse("inbox")).context["page"]) == [middle, oldest, newest]
    assert list(client.get(reverse("inbox"), {"only": "unread"}).context["page"]) == [middle, oldest]
    page = client.get(reverse("notice", args=[oldest.pk]))
    assert (page.status_code, page.context["notice"]) == (200, oldest)

    assert client.post(reverse("inbox_read_all")).url == reverse("inbox")
    assert client.get(reverse("inbox")).context["unread"] == 0
    assert Notice.objects.filter(read_at=None).count() == 0


def test_reading_twice_keeps_the_first_moment(world: World, client, monday):
    tell([world.li], "test", key="1", title="消息", url=reverse("me"))
    notice = Notice.objects.get()
    client.force_login(world.li)
    client.get(reverse("notice", args=[notice.pk]))
    notice.refresh_from_db()
    first = notice.read_at
    monday.shift(datetime.timedelta(hours=1))

    client.get(reverse("notice", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at == first is not None


def grow(world):
    """More of everything that the lists show: branches with officers, people with offices, notices."""
    for number in range(4):
        branch = make_branch(world.arts, f"新支部{number}", members=3)
        make_officer(branch, Office.SECRETARY, f"新书记{number}")
        make_officer(world.second, Office.MEMBER, f"新委员{number}")
        tell([world.zhou], "test", key=f"n{number}", title="消息")


@pytest.mark.parametrize(
    "name", ["organizations", "people", "inbox", "more", "organization", "person", "person_timeline", "me"]
)
def test_a_page_asks_the_same_number_of_questions_however_many_rows(world: World, client, name):
    row = {"organization": world.arts, "person": world.zhao.person, "person_timeline": world.zhao.person}.get(name)
    url = reverse(name, args=[row.pk] if row else [])
    tell([world.zhou], "test", key="first", title="消息")
    client.force_login(fresh(world.zhou))
    ask = partial(queries, client, url)
    before = ask()

    grow(world)

    assert ask() == before <= 15
