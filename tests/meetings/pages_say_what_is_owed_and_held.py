"""The list, the coverage, the day's tab, the export and the printed form, with the same queries at any size."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.kinds import ItemKind, MeetingType
from core.audit import AuditEntry
from core.contributions import registry
from core.periods import Month
from meetings.models import Requirement
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_group, make_meeting

pytestmark = pytest.mark.django_db
GENERAL, COMMITTEE, GROUP, LESSON = MeetingType.values
LIMIT = 15


def queries(client, url, **data):
    client.get(url, data)  # the first request of a minute also notes that the session is in use
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, data)
    assert answer.status_code == 200
    return len(captured)


def topics(client, **data):
    return [row.topic for row in client.get(reverse("meetings"), data).context["page"]]


def test_an_event_counts_once_in_the_total_and_once_for_each_type(world, client):
    day = make_day(world.first)
    make_meeting(day, GENERAL, LESSON)
    make_meeting(day, LESSON, status="DRAFT")
    make_meeting(make_day(world.second), GENERAL)
    client.force_login(world.li)
    totals = client.get(reverse("meetings")).context["totals"]
    assert (totals.all, totals.confirmed, totals.drafts) == (2, 1, 1)
    assert [(word, number) for _, word, number in totals.by_type] == [
        ("党员大会", 1), ("支委会", 0), ("党小组会", 0), ("党课", 2),
    ]  # fmt: skip
    totals = client.get(reverse("meetings"), {"type": GENERAL}).context["totals"]
    assert (totals.all, [number for _, _, number in totals.by_type]) == (1, [1, 0, 0, 1])


def test_filters_work_together_and_pass_over_nonsense(world, client):
    october, november = make_day(world.first, OCTOBER), make_day(world.first)
    make_meeting(october, GENERAL, topic="十月大会")
    make_meeting(november, GENERAL, LESSON, topic="十一月大会")
    make_meeting(november, COMMITTEE, topic="支委会", status="DRAFT")
    make_meeting(make_day(world.other), GENERAL, topic="别家的大会")
    client.force_login(world.wang)
    assert topics(client) == ["支委会", "十一月大会", "十月大会"]
    assert topics(client, type=GENERAL) == ["十一月大会", "十月大会"]
    assert topics(client, period="2026-10") == ["十月大会"]
    assert topics(client, period="2026-Q4", status="DRAFT") == ["支委会"]
    assert topics(client, period="2025") == []
    assert topics(client, q="十月") == ["十月大会"]
    assert topics(client, organization=world.second.pk) == []
    assert topics(client, organization=world.other.pk) == []
    assert topics(client, type="X", period="never", status="Y", organization="z") == [
        "支委会",
        "十一月大会",
        "十月大会",
    ]


def test_a_branch_sees_its_own_requirements_and_the_items_to_write_up(world, client):
    make_meeting(make_day(world.first), GENERAL)
    client.force_login(world.li)
    context = client.get(reverse("meetings")).context
    assert [(one.label, one.word, one.style) for one in context["coverage"]] == [
        ("第四季度党员大会", "按要求", "done"),
        ("11 月支委会", "还差 1 次", "due"),
        ("11 月党小组会", "不要求", "none"),
        ("第四季度党课", "还差 1 次", "due"),
    ]
    assert [one.item.content for one in context["to_write"]] == ["通报季度工作"]
    client.force_login(world.he)
    context = client.get(reverse("meetings")).context
    assert (context["coverage"], context["to_write"]) == ([], [])


def test_the_coverage_table_has_every_branch_the_user_sees_and_no_other(world, client):
    make_meeting(make_day(world.second), GENERAL)
    client.force_login(world.wang)
    context = client.get(reverse("meeting_coverage"), {"month": "2026-11"}).context
    assert context["heads"] == ["第四季度党员大会", "11 月支委会", "11 月党小组会", "第四季度党课"]
    assert [(row.branch, [cell.word for cell in row.cells]) for row in context["rows"]] == [
        (world.first, ["还差 1 次", "还差 1 次", "不要求", "还差 1 次"]),
        (world.second, ["按要求", "不要求", "不要求", "还差 1 次"]),
    ]
    past = client.get(reverse("meeting_coverage"), {"month": "2026-09"}).context["rows"][0].cells[0]
    assert (past.word, past.style) == ("还差 1 次", "late")


def test_the_days_tab_leads_to_its_minutes(world, client):
    day = make_day(world.first)
    item = day.items.get(kind=ItemKind.MEETING)
    panel = next(one for one in registry.day_panels if one.code == "meetings")
    assert panel.summary(day, world.li) == ("待记录", "due", "1 项议程，已开记录 0 份，已确认 0 份")
    client.force_login(world.li)
    assert client.get(panel.item_url(item)).url == panel.url(day)
    page = client.get(panel.url(day))
    assert [(one.item, bool(one.open)) for one in page.context["to_write"]] == [(item, True)]
    client.post(reverse("meeting_open", args=[item.pk]))
    assert client.get(panel.item_url(item)).url == item.meeting.get_absolute_url()
    assert panel.summary(day, world.li) == ("待确认", "due", "1 项议程，已开记录 1 份，已确认 0 份")


def test_who_may_not_write_reads_why(world, client):
    make_day(world.first)
    day = world.first.days.get()
    client.force_login(world.wang)
    page = client.get(reverse("meetings"), {"day": day.pk})
    assert [one.open.why for one in page.context["to_write"]] == ["由本支部委员记录。"]
    draft = make_meeting(day, status="DRAFT")
    page = client.get(draft.get_absolute_url())
    assert page.context["form"] is None
    assert "由本支部委员记录。" in page.content.decode()
    client.force_login(world.chen)
    page = client.get(draft.get_absolute_url())
    assert "由支部书记或副书记确认；您可以先保存，请书记确认。" in page.content.decode()


def test_the_export_has_the_rows_of_the_list_and_makes_no_formula(world, client):
    day = make_day(world.first)
    make_meeting(day, GENERAL, LESSON, topic="=1+1", decisions="@SUM(A1)")
    make_meeting(make_day(world.second), GENERAL, topic="别家的")
    client.force_login(world.li)
    answer = client.get(reverse("meetings_export"), {"type": LESSON})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4))
    assert len(rows) == 1
    cells = {cell.column: (cell.value, cell.data_type) for cell in rows[0]}
    assert (cells[3][0], cells[5], cells[11]) == ("党员大会、党课", ("=1+1", "s"), ("@SUM(A1)", "s"))
    entry = AuditEntry.objects.get(event="meetings.exported")
    assert (entry.by, entry.data) == (world.li, {"count": 1, "filters": {"类型": "党课"}})


def test_the_printed_form_is_the_minutes(world, client):
    meeting = make_meeting(make_day(world.first, absent=1), GENERAL, decisions="通过。")
    client.force_login(world.he)
    text = client.get(reverse("meeting_print", args=[meeting.pk])).content.decode()
    for part in (
        "会议记录",
        "9 人（正式 9，预备 0）",
        "8 人（正式 8，预备 0）",
        "（缺席）",
        "通过。",
        "主持人（签字）",
    ):
        assert part in text


def test_the_printed_form_names_the_branch_as_other_forms_do(world, client):
    meeting = make_meeting(make_day(world.first), GENERAL)
    client.force_login(world.li)
    text = client.get(reverse("meeting_print", args=[meeting.pk])).content.decode()
    assert "党支部：文学院第一党支部<" in text
    assert world.first.name not in text
    assert "未到人员" not in text  # nobody absent needs no line


def test_days_are_written_as_everywhere_else_with_the_year_where_it_is_not_this_one(world, client):
    signed = make_meeting(make_day(world.first), GENERAL)
    make_meeting(make_day(world.first, Month(2025, 10)), GENERAL)
    client.force_login(world.li)
    text = client.get(reverse("meetings")).content.decode()
    assert re.findall(r'<td class="nowrap">([^<]*)</td>', text) == ["11 月 13 日 周五", "2025 年 10 月 10 日 周五"]
    assert "11 月 13 日 18:00 确认" in client.get(signed.get_absolute_url()).content.decode()


def test_search_finds_what_the_user_may_see(world):
    mine = make_meeting(make_day(world.second), topic="换届准备")
    make_meeting(make_day(world.first), topic="换届选举")
    source = next(one for one in registry.searches if one.name == "三会一课")
    [found] = source.rows(["换届"], world.zhao)
    hit = source.hit(found, ["换届"])
    assert (hit.title, hit.detail, hit.url) == (
        "换届准备", "文学院第二党支部，2026 年 11 月 13 日（周五），已确认", mine.get_absolute_url(),
    )  # fmt: skip


def test_pages_cost_the_same_queries_at_one_row_and_at_many(world, client):
    Requirement.objects.filter(type__in=[GENERAL, LESSON]).update(count=9)  # so that something stays open
    client.force_login(world.li)
    day = make_day(world.first)
    draft = make_meeting(day, GENERAL, status="DRAFT")
    signed = make_meeting(day, COMMITTEE)
    pages = [
        (reverse("meetings"), {}),
        (reverse("meetings"), {"type": GENERAL, "period": "2026-Q4", "q": "工作"}),
        (reverse("meetings"), {"day": day.pk}),
        (reverse("meeting_coverage"), {}),
        (draft.get_absolute_url(), {}),
        (signed.get_absolute_url(), {}),
        (reverse("meeting_print", args=[signed.pk]), {}),
    ]
    few = [queries(client, url, **data) for url, data in pages]
    for number in range(4):
        make_meeting(day, GENERAL, LESSON, topic=f"工作{number}")
        day.items.create(order=20 + number, kind=ItemKind.MEETING, subtype=GENERAL, content="待写")
        make_group(world.first, f"第{number}党小组")
    for value in (COMMITTEE, GROUP, LESSON):
        draft.kinds.create(type=value)
    make_day(world.first, OCTOBER)
    assert [queries(client, url, **data) for url, data in pages] == few
    assert max(few) <= LIMIT

    client.force_login(world.wang)
    few = [queries(client, reverse("meeting_coverage")), queries(client, reverse("meetings"))]
    for number in range(5):
        branch = make_branch(world.arts, f"第{number}支部", members=3)
        make_meeting(make_day(branch, NOVEMBER), GENERAL, by=world.li)
    assert [queries(client, reverse("meeting_coverage")), queries(client, reverse("meetings"))] == few
    assert max(few) <= LIMIT


def test_months_are_walked_from_the_coverage_page(world, client):
    client.force_login(world.wang)
    assert client.get(reverse("meeting_coverage"), {"month": "nonsense"}).context["month"] == Month.current()
