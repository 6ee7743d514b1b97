"""A branch's year on one page: its papers, the themes above, twelve months, and what was done of each thing so far.

It is Monday, 23 November 2026; the site is in use since September. Li leads First Branch of the general branch of arts.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import DayItem, MonthlyPlan, Policy
from core.periods import Month
from meetings.models import Requirement
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_annual_plan,
    make_day,
    make_meeting,
    make_plan,
    make_summary,
)

SEPTEMBER, DECEMBER = OCTOBER.previous, NOVEMBER.next


@pytest.fixture(autouse=True)
def in_use_since_september(world):
    Policy.objects.update(effective_from=SEPTEMBER)
    Requirement.objects.update(effective_from=SEPTEMBER)


def year(client, user, organization, number=2026):
    client.force_login(user)
    return client.get(reverse("year", args=[organization.pk, number])).context


def months(context):
    return {row.month.number: row for quarter in context["quarters"] for row in quarter["months"]}


def cells(context, name):
    line = next(line for line in context["lines"].all if line.name == name)
    return {cell.month.number: cell.word for cell in line.cells if cell.word}, line.total


def test_the_first_page_of_plans_is_the_own_year(world, client):
    client.force_login(world.li)
    page = client.get(reverse("plans"), {"year": 2026}).context
    assert (page["organization"], page["year"]) == (world.first, 2026)
    assert client.get(reverse("plans"), {"year": "nonsense"}).context["year"] == 2026
    assert client.get(reverse("year", args=[world.second.pk, 2026])).status_code == 404
    assert client.get(reverse("year", args=[world.first.pk, 1999])).status_code == 404


def test_the_head_says_how_the_papers_stand_and_what_can_be_done(world, client):
    above = make_annual_plan(world.committee, theme_4="立德树人")
    draft = make_annual_plan(world.first, status="DRAFT", theme_4="自己的主题")

    head = year(client, world.li, world.first)
    assert (head["above"], head["annual"].paper) == ([above], draft)
    assert [line.acts[0][0] for line in head["papers"]] == ["继续填", "填写"]
    assert [theme for _, theme, _ in head["themes"]][3] == "立德树人"  # a draft leads nothing yet
    foreign = year(client, world.wang, world.first)
    assert [(line.paper, line.acts) for line in foreign["papers"]] == [(None, []), (None, [])]

    draft.delete()
    own = make_annual_plan(world.first, theme_4="自己的主题")
    revised = make_annual_plan(world.first, status="FILED", revision=2, reason="改主题")
    head = year(client, world.li, world.first)
    assert (head["annual"].paper, head["annual"].revision) == (own, revised)
    assert [word for word, _ in head["annual"].acts] == ["查看", "看修订"]
    assert head["themes"][3][1:] == ("自己的主题", world.first)
    revised.delete()
    acts = year(client, world.li, world.first)["annual"].acts
    assert acts == [("查看", own.get_absolute_url()), ("修订", f"{own.get_absolute_url()}#amend-reason")]
    assert [word for word, _ in year(client, world.wang, world.first)["annual"].acts] == ["查看"]


def test_a_summary_is_late_only_once_its_day_is_over(world, client):
    line = year(client, world.li, world.first)["papers"][1]
    assert (line.due_on, line.is_late, line.not_owed) == (datetime.date(2027, 1, 10), False, "")
    assert year(client, world.li, world.first)["annual"].not_owed == "系统启用前"
    Policy.objects.update(effective_from=Month(2025, 12))
    assert [line.is_late for line in year(client, world.li, world.first, 2025)["papers"]] == [False, True]
    make_summary(world.first, 2025, status="FILED")
    assert year(client, world.li, world.first, 2025)["papers"][1].is_late is False


def test_the_months_say_where_their_plan_and_day_are(world, client):
    make_day(world.first, OCTOBER, absent=2)
    make_plan(world.first, NOVEMBER, "ACCEPTED")
    make_plan(world.first, NOVEMBER, "FILED", revision=2, reason="改期", items=[])
    make_plan(world.first, DECEMBER, "ACCEPTED", cancels=True, reason="集中实习")

    rows = months(year(client, world.li, world.first))

    assert {number: row.state for number, row in rows.items() if number > 7} == {
        8: ("none", "系统启用前"), 9: ("late", "逾期未报"), 10: None, 11: ("wait", "修订待审"), 12: ("none", "不开展"),
    }  # fmt: skip
    assert (rows[10].plan.present, rows[10].plan.expected, rows[10].day.status) == (7, 9, "HELD")
    shown = client.get(reverse("year", args=[world.first.pk, 2026])).text
    assert f'<a href="{reverse("day_attendance", args=[rows[10].day.pk])}">7／9</a>' in shown


def test_a_revision_in_draft_is_seen_by_its_branch_alone(world, client):
    make_plan(world.first, NOVEMBER, "ACCEPTED")
    make_plan(world.first, NOVEMBER, revision=2, reason="改期", items=[])

    assert months(year(client, world.li, world.first))[11].state == ("wait", "修订中")
    assert months(year(client, world.wang, world.first))[11].state is None


def test_education_counts_what_took_place_and_keeps_what_is_planned_apart(world, client):
    day = make_day(world.first, SEPTEMBER, status="RECORDED")
    day.items.create(order=9, kind="EDUCATION", subtype="INTEGRITY", content="警示教育", outcome="NOT_DONE")
    day.items.create(order=10, kind="EDUCATION", subtype="THOUGHT", content="汇报思想", outcome="CHANGED")
    make_day(world.first, OCTOBER)  # held, its record not written
    make_plan(world.first, NOVEMBER, "ACCEPTED")
    make_plan(world.first, DECEMBER)  # a draft promises nothing
    make_day(world.second, SEPTEMBER, status="RECORDED").items.update(subtype="ABILITY")

    page = year(client, world.li, world.first)

    assert cells(page, "党性观念教育") == ({9: "已开展", 10: "待记录", 11: "计划"}, "1 次")
    assert cells(page, "思想政治教育") == ({9: "已开展"}, "1 次")
    assert cells(page, "廉政文化教育") == ({9: "未进行"}, "0 次")
    assert cells(page, "能力素质教育") == ({}, "0 次")
    assert (page["lines"].covered, page["lines"].lacking) == (2, "能力素质教育、廉政文化教育")


def test_service_tells_its_kinds_times_and_minutes(world, client):
    for month in (SEPTEMBER, OCTOBER):
        make_day(world.first, month, status="RECORDED")
    extra = DayItem.objects.get(day__month=OCTOBER, kind="SERVICE")
    extra.pk, extra.subtype, extra.minutes = None, "POVERTY", 45
    extra.save()

    page = year(client, world.li, world.first)

    assert cells(page, "为民服务") == ({9: "1 次", 10: "2 次"}, "3 次，105 分钟")
    assert page["lines"].service.note == "便民利民 2 次、扶贫帮困 1 次"
    assert page["lines"].service.cells[9].url == extra.day.get_absolute_url()


def test_meetings_are_told_by_type_as_their_duties_count_them(world, client):
    Requirement.objects.exclude(type="COMMITTEE").exclude(type="GENERAL").delete()
    day = make_day(world.first, OCTOBER, status="RECORDED")
    make_meeting(day, "COMMITTEE", by=world.li)

    page = year(client, world.li, world.first)

    words, total = cells(page, "支委会")
    assert (words[9], words[10], words[11], total) == ("0／1", "1／1", "0／1", "1／2 次")
    assert cells(page, "党员大会")[0] == {9: "0／1", 12: "0／1"}
    address = page["lines"].meetings[1].cells[9].url
    assert client.get(address).status_code == 200


def test_a_year_before_the_site_has_nothing_to_show(world, client):
    page = year(client, world.li, world.first, 2024)
    assert page["quarters"] == []
    assert "这一年系统还没有启用" in client.get(reverse("year", args=[world.first.pk, 2024])).text


@pytest.mark.parametrize("user", ["li", "wang", "zhou"])
def test_it_costs_few_queries_however_full_the_year_is(world, client, user):
    make_annual_plan(world.committee)
    client.force_login(getattr(world, user))

    def cost():
        address = reverse("year", args=[world.first.pk, 2026])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    make_day(world.first, SEPTEMBER, status="RECORDED")
    few = cost()
    for month in (OCTOBER, NOVEMBER):
        make_meeting(make_day(world.first, month, status="RECORDED"), "COMMITTEE", "LESSON", by=world.zhou)
    make_plan(world.first, DECEMBER, MonthlyPlan.Status.SUBMITTED)
    make_annual_plan(world.first)
    assert (few == cost(), few <= 15) == (True, True), few


def test_each_month_is_opened_by_who_may_write_and_read_by_the_others(world, client):
    """November is a draft, October was returned; of December nothing is there."""
    make_plan(world.first, NOVEMBER)
    returned = make_plan(world.first, OCTOBER, "RETURNED", return_note="改主题")

    def acts(user):
        page = year(client, user, world.first)
        return {number: row.act for number, row in months(page).items() if number > 9}

    assert acts(world.li) == acts(world.chen) == {10: "继续填", 11: "继续填", 12: "填写"}
    assert acts(world.xu) == {10: "查看", 11: "查看", 12: ""}
    assert acts(world.wang) == acts(world.he) == {10: "查看", 11: "", 12: ""}
    shown = client.get(reverse("year", args=[world.first.pk, 2026])).text
    address = reverse("plan_edit", args=[world.first.pk, OCTOBER])
    assert (f'<a href="{address}">10 月</a>' in shown, "点月份查看" in shown, ">填写</a>" in shown) == (
        True,
        True,
        False,
    )
    assert client.get(address).url == returned.get_absolute_url()
    client.force_login(world.li)
    assert "点月份填写或查看" in client.get(reverse("plans")).text
