"""Zhou sees everything, Wang the general branch of First and Second Branch, Zhao only Second."""

import datetime
import io
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Appointment, Group, Office, Organization, Person
from branches.reports.lines import lines_of, with_warnings
from branches.reports.organizations import GroupLine
from branches.reports.people import masked_phone
from core.audit import AuditEntry
from core.inbox import Notice, tell
from tests.builders import World, fresh, make_branch, make_officer, make_organization, make_person

TODAY = datetime.date(2026, 11, 23)


def workbook_rows(response):
    """The rows below the heading line, the note and the column heads."""
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


def queries(client, url, **data):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url, data).status_code == 200
    return len(captured)


def line_of(client, organization, **data):
    """The organization's line in the list that finds it by its code."""
    lines = client.get(reverse("organizations"), {"q": organization.code} | data).context["lines"]
    return next(line for line in lines if line.organization == organization)


def level_of(client, **data):
    return client.get(reverse("organizations"), data).context["level"]


def test_people_are_counted_once_and_roll_up_to_the_general_branch(world: World, client):
    make_person(world.first, standing=Person.Standing.PROBATIONARY)
    make_person(world.first, standing=Person.Standing.PROSPECT)
    make_person(world.second, standing=Person.Standing.ACTIVIST)
    make_person(world.second, left_on=TODAY)
    client.force_login(world.zhou)

    def counts(organization):
        totals = line_of(client, organization).totals
        return totals.full, totals.probationary, totals.prospects, totals.activists

    # First: Li, Chen, Xu, Zheng and five more. Second: Zhao, Wang, two. Others: Qian, Sun, three; Wu, Zhou, He, one.
    assert counts(world.first) == (9, 1, 1, 0)
    assert counts(world.second) == (4, 0, 0, 1)
    assert counts(world.arts) == (13, 1, 1, 1)
    assert counts(world.committee) == (22, 1, 1, 1)
    level = level_of(client)
    assert (level.totals.members, level.totals.general_branches, level.totals.branches) == (23, 2, 4)
    assert level.head.totals == level.totals
    assert [(line.organization, line.totals.full, line.totals.branches) for line in level.lines] == [
        (world.arts, 13, 2), (world.history, 5, 1), (world.direct, 4, 1),
    ]  # fmt: skip


def test_direct_branches_stand_apart(world: World, client):
    client.force_login(world.zhou)
    level = level_of(client)

    assert level.head.organization == world.committee
    assert [line.organization for line in level.units] == [world.arts, world.history]
    assert [line.organization for line in level.branches] == [world.direct]


def test_a_folded_line_opens_into_what_stands_under_it(world: World, client):
    client.force_login(world.zhou)
    address = reverse("organization_below", args=[world.arts.pk])

    below = client.get(address, headers={"HX-Request": "true"})

    assert [line.organization for line in below.context["level"].rows] == [world.arts, world.first, world.second]
    assert "<html" not in below.content.decode()
    assert client.get(address).url == world.arts.get_absolute_url()  # without htmx: the organization's own page
    assert f'hx-get="{address}"' in client.get(reverse("organizations")).content.decode()


def test_organizations_are_found_by_name_and_code(world: World, client):
    client.force_login(world.zhou)

    def found(**data):
        return [line.organization for line in client.get(reverse("organizations"), data).context["lines"]]

    assert found(q="第二党支部") == [world.second]
    assert found(q="0301") == [world.history, world.other]
    assert found(q="文学院党总支") == [world.arts]
    assert found(q="没有这个") == []
    assert found(kind="GENERAL_BRANCH") == [world.arts, world.history]
    assert found(kind="BRANCH") == [world.first, world.second, world.other, world.direct]
    assert found(kind="DIRECT") == [world.direct]
    assert found(under=world.arts.pk) == [world.first, world.second]
    assert found(kind="BRANCH", order="-full") == [world.first, world.other, world.second, world.direct]
    assert found(kind="GENERAL_BRANCH", order="full") == [world.history, world.arts]
    assert found(kind="BRANCH", order="name")[0] == world.other  # 历 stands before 图 and 文


def test_closed_organizations_are_shown_with_their_day_where_they_are_asked_for(world: World, client):
    Organization.objects.filter(pk=world.second.pk).update(closed_on=datetime.date(2026, 9, 1))
    client.force_login(world.zhou)

    def found(**data):
        return [line.organization for line in client.get(reverse("organizations"), data).context["lines"]]

    assert found(q="0201") == [world.arts, world.first]
    assert found(q="0201", only="closed") == [world.arts, world.first, world.second]
    assert "2026-09-01 撤销" in client.get(reverse("organizations"), {"only": "closed"}).content.decode()
    rows = workbook_rows(client.get(reverse("organizations_export"), {"q": "0201", "only": "closed"}))
    assert [(row[0], row[11]) for row in rows][-1] == ("0201002", datetime.datetime(2026, 9, 1))
    assert client.get(world.arts.get_absolute_url()).context["closed_below"] == 1


def test_a_search_does_not_change_the_counts(world: World, client):
    client.force_login(world.zhou)

    (by_code,) = client.get(reverse("organizations"), {"q": "文学院党总支"}).context["lines"]
    in_tree = level_of(client).units[0]

    assert by_code.totals.full == in_tree.totals.full == 13
    assert client.get(world.arts.get_absolute_url()).context["line"].totals == in_tree.totals


def test_a_vacancy_shows_when_the_secretarys_term_of_office_ended_today(world: World, client):
    client.force_login(world.zhou)
    assert line_of(client, world.first).secretary.person == world.li.person

    Appointment.objects.filter(person=world.li.person).update(ends_on=TODAY)

    line = line_of(client, world.first)
    assert (line.secretary, [remark.word for remark in line.remarks]) == (
        None, ["书记空缺", "支委会不足 3 人"],
    )  # fmt: skip


def test_only_organizations_with_warnings(world: World, client):
    Appointment.objects.filter(person=world.qian.person).update(ends_on=TODAY)
    make_officer(world.history, Office.SECRETARY, "历史书记", branch=world.other)
    client.force_login(world.zhou)

    rows = client.get(reverse("organizations"), {"only": "warnings"}).context["lines"]
    assert [line.organization for line in rows] == [world.other]
    assert [(line.organization, line.totals.warnings) for line in level_of(client).units] == [
        (world.arts, 0), (world.history, 1),
    ]  # fmt: skip


def test_the_database_and_the_page_remark_the_same(world: World):
    """Every mark of the policy, each one short of it and on it: SQL counts what the sentences say."""

    def branch(full, committee, term=None, secretary=True):
        row = make_branch(world.arts, f"支部{full}-{committee}-{term}-{secretary}", members=full)
        row.term_ends_on = term
        row.save(update_fields=["term_ends_on"])
        offices = [Office.SECRETARY] * secretary + [Office.MEMBER] * committee
        for office, person in zip(offices, row.people.all(), strict=False):
            Appointment.objects.create(person=person, organization=row, office=office, starts_on=TODAY)

    for full in (2, 3, 6, 7, 50, 51):
        for committee in (1, 2, 3):
            branch(full, committee)
    for days in (-1, 0, 181, 182):
        branch(5, 0, term=TODAY + datetime.timedelta(days=days))
    branch(9, 5, secretary=False)
    world.history.term_ends_on = TODAY
    world.history.save(update_fields=["term_ends_on"])
    rows = Organization.objects.select_related("parent")

    by_sql = dict(with_warnings(rows.open()).values_list("pk", "warnings"))

    assert by_sql == {line.organization.pk: line.warnings for line in lines_of(rows)}
    assert set(by_sql.values()) == {0, 1, 2}


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


def test_people_are_filtered_and_sorted(world: World, client):
    early = make_person(world.second, "甲", joined_on=datetime.date(1980, 1, 1), is_floating=True)
    retired = make_person(world.second, "乙", category=Person.Category.RETIRED, is_leading_cadre=True)
    probationary = make_person(
        world.second,
        "丙",
        standing=Person.Standing.PROBATIONARY,
        joined_on=datetime.date(2026, 5, 1),
        is_lost_contact=True,
    )
    prospect = make_person(world.second, "戊", standing=Person.Standing.PROSPECT)
    make_person(world.first, "丁", is_floating=True, category=Person.Category.RETIRED)
    client.force_login(world.zhao)

    def found(**data):
        return [line.person for line in client.get(reverse("people"), data).context["lines"]]

    assert found(mark="floating") == [early]
    assert found(mark="lost") == [probationary]
    assert found(mark="cadre") == [retired]
    assert found(mark="invited") == [prospect]
    assert found(mark="office") == [world.zhao.person, world.wang.person]  # Wang is in office elsewhere
    assert found(category="RETIRED") == [retired]
    assert found(standing="PROBATIONARY") == [probationary]
    assert found(q="乙") == [retired]
    assert found(q=retired.staff_number) == [retired]
    assert found(order="joined")[0] == early
    assert found(order="-joined")[0] == probationary
    numbers = [person.staff_number for person in found(order="number")]
    assert numbers == sorted(numbers) and len(numbers) == 8
    assert len(found(standing="NONSENSE", mark="NONSENSE", order="NONSENSE", page="x")) == 8


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

    pages = [client.get(reverse("people"), chosen | {"page": page}).context["lines"] for page in (1, 2)]
    rows = workbook_rows(client.get(reverse("people_export"), chosen))

    assert [row[1] for row in rows] == [line.person.staff_number for page in pages for line in page]
    assert [row[11] for row in rows] == [line.phone for page in pages for line in page]
    assert len(rows) == 35


def test_the_organizations_export_is_the_page(world: World, client):
    client.force_login(world.wang)
    for data in ({}, {"q": "第二"}, {"kind": "BRANCH", "order": "-full"}):
        page = client.get(reverse("organizations"), data).context
        shown = page["level"].rows if "level" in page else page["lines"]
        rows = workbook_rows(client.get(reverse("organizations_export"), data))
        assert [tuple(row[:1] + row[6:10]) for row in rows] == [
            (line.organization.code, count.full, count.probationary, count.prospects, count.activists)
            for line in shown
            for count in [line.totals]
        ]
        assert len(rows) == len(shown) > 0


def test_the_departments_export_is_the_whole_tree_unfolded(world: World, client):
    deeper = make_organization(Organization.Kind.COMMITTEE, "医学院党委", world.committee, code="0901")
    ward = make_branch(deeper, "医学院直属支部", code="0901001", members=3)
    client.force_login(world.zhou)

    rows = workbook_rows(client.get(reverse("organizations_export")))

    assert [row[0] for row in rows] == [
        "01", "0201", "0201001", "0201002", "0301", "0301001", "0901", ward.code, "9901001",
    ]  # fmt: skip
    assert [row[6] for row in rows] == [25, 13, 9, 4, 5, 5, 3, 3, 4]


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


def test_phones_are_masked_in_lists_and_exports_and_whole_on_the_persons_page(world: World, client):
    person = make_person(world.second, "电话甲", phone="13912340001")
    client.force_login(world.zhao)

    (line,) = client.get(reverse("people"), {"q": "电话甲"}).context["lines"]
    (row,) = workbook_rows(client.get(reverse("people_export"), {"q": "电话甲"}))
    assert line.phone == row[11] == "139****0001"
    assert "13912340001" not in client.get(reverse("people"), {"q": "电话甲"}).content.decode()
    assert "tel:13912340001" in client.get(person.get_absolute_url()).content.decode()


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


def test_full_phones_leave_only_with_a_reason_which_is_kept(world: World, client):
    make_person(world.second, "电话甲", phone="13912340001")
    make_person(world.first, "电话乙", phone="13912340002")
    client.force_login(world.zhao)
    url = f"{reverse('people_export_phones')}?q=电话"

    assert client.post(url, {"reason": "  "}).status_code == 422
    assert AuditEntry.objects.filter(event__contains="exported").count() == 0

    (row,) = workbook_rows(client.post(url, {"reason": "活动日通知"}))
    assert row[11] == "13912340001"
    entry = AuditEntry.objects.get(event="people.exported_with_phones")
    assert (entry.by, entry.note, entry.data) == (
        world.zhao, "活动日通知", {"count": 1, "full": 1, "filters": {"姓名或学工号": "电话"}},
    )  # fmt: skip


def test_readers_and_members_take_no_full_phones(world: World, client):
    for user in (world.he, world.xu, world.zheng):
        client.force_login(user)
        assert client.post(reverse("people_export_phones"), {"reason": "想要"}).status_code == 403
    assert not AuditEntry.objects.filter(event="people.exported_with_phones").exists()


def test_every_export_is_logged_with_its_filters(world: World, client):
    client.force_login(world.zhao)
    client.get(reverse("people_export"), {"standing": "FULL"})
    client.get(reverse("organizations_export"))

    assert list(AuditEntry.objects.order_by("pk").values_list("event", "by", "data")) == [
        ("people.exported", world.zhao.pk, {"count": 4, "filters": {"类别": "正式党员"}}),
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


@pytest.mark.parametrize("name", ["organizations", "people", "inbox", "more", "organization", "person", "me"])
def test_a_page_asks_the_same_number_of_questions_however_many_rows(world: World, client, name):
    row = {"organization": world.arts, "person": world.zhao.person}.get(name)
    url = row.get_absolute_url() if row else reverse(name)
    tell([world.zhou], "test", key="first", title="消息")
    client.force_login(fresh(world.zhou))
    ask = partial(queries, client, url)
    before = ask()

    grow(world)

    assert ask() == before <= 15
