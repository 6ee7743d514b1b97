"""The month as a calendar: each day on its date, of the own part alone, and the list of one date.

Li leads First Branch and sees its days; Wang those of First and Second, Zhou of all. November 2026 begins on a Sunday.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import month_grid
from activities.models import ActivityDay
from branches.models import CalendarDay
from core.audit import AuditEntry
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_plan

THE_13TH, THE_20TH = datetime.date(2026, 11, 13), datetime.date(2026, 11, 20)


@pytest.fixture
def november(world):
    """First recorded its day on the 20th; Second, Other and Direct plan theirs for the 13th, which has passed."""
    make_day(world.first, status="RECORDED", held_on=THE_20TH)
    for branch in (world.second, world.other, world.direct):
        make_plan(branch, status="ACCEPTED", theme=f"主题 {branch}")
    return world


def page(client, user, **data):
    client.force_login(user)
    return client.get(reverse("days_calendar"), {"month": NOVEMBER} | data)


def placed(grid):
    """``{date: (branches that are shown, how many are not)}`` of the dates that have something."""
    dates = [date for week in grid.weeks for date in week if date.days or date.more]
    return {date.on: ([day.organization for day in date.days], date.more) for date in dates}


def test_a_day_stands_on_its_date_held_or_planned(november, client):
    assert placed(page(client, november.li).context["grid"]) == {THE_20TH: ([november.first], 0)}
    assert placed(page(client, november.wang).context["grid"]) == {
        THE_13TH: ([november.second], 0), THE_20TH: ([november.first], 0),
    }  # fmt: skip
    assert placed(page(client, november.zhou).context["grid"]) == {
        THE_13TH: ([november.second, november.other, november.direct], 0), THE_20TH: ([november.first], 0),
    }  # fmt: skip


def test_a_branchs_officer_sees_the_own_branch_alone_whatever_is_asked(november, client):
    for data in ({}, {"above": november.arts.pk}, {"q": "第二"}, {"status": "PLANNED"}):
        answer = page(client, november.li, **data)
        assert placed(answer.context["grid"]) == {THE_20TH: ([november.first], 0)}
        assert "文学院第二党支部" not in answer.content.decode()


def test_what_is_on_a_date_is_said_in_words(november, client):
    text = page(client, november.zhou).content.decode()
    assert (text.count("过期未开展</span>"), text.count("已记录</span>")) == (3, 1)
    assert "主题 文学院第二党支部" in text and "15:00" in text


def test_filters_narrow_to_a_general_branch_a_state_and_a_name(november, client):
    def branches(**data):
        return [one for some, _ in placed(page(client, november.zhou, **data).context["grid"]).values() for one in some]

    assert branches(above=november.arts.pk) == [november.second, november.first]
    assert branches(above=november.committee.pk) == [november.direct]
    assert branches(status="RECORDED") == [november.first]
    assert branches(q="历史") == [november.other]
    assert branches(above="x", status="nonsense") == [november.second, november.other, november.direct, november.first]
    client.force_login(november.wang)
    asked = client.get(reverse("days_calendar"), {"month": NOVEMBER, "above": november.history.pk})
    assert (placed(asked.context["grid"]), asked.context["above"]) == ({}, None)


def test_the_weeks_begin_on_monday_and_know_the_holidays(november, client):
    CalendarDay.objects.filter(day__year=2026, day__month=11).delete()
    CalendarDay.objects.create(day=datetime.date(2026, 11, 4), is_workday=False, name="校庆")
    CalendarDay.objects.create(day=datetime.date(2026, 11, 7), is_workday=True, name="调休上班")
    grid = page(client, november.li).context["grid"]
    dates = {date.on: date for week in grid.weeks for date in week}

    assert (len(grid.weeks), [len(week) for week in grid.weeks]) == (6, [7] * 6)
    assert (min(dates), max(dates)) == (datetime.date(2026, 10, 26), datetime.date(2026, 12, 6))
    assert [on.day for on, date in dates.items() if date.is_of_month] == list(range(1, 31))
    assert [on.day for on, date in dates.items() if date.is_of_month and date.is_free] == [
        1, 4, 8, 14, 15, 21, 22, 28, 29,
    ]  # fmt: skip
    assert {on.day: date.name for on, date in dates.items() if date.name} == {4: "校庆", 7: "调休上班"}
    assert [on.day for on, date in dates.items() if date.is_today] == [23]


def test_many_on_a_date_lead_to_the_list_of_that_date(november, client):
    for number in range(3):
        make_plan(make_branch(november.arts, f"支部{number}", code=f"02019{number}"), status="ACCEPTED")
    grid = page(client, november.wang).context["grid"]
    assert placed(grid)[THE_13TH] == ([november.second, *list(november.arts.children.order_by("code"))[2:4]], 1)

    text = page(client, november.wang, status="PLANNED").content.decode()
    address = f"{reverse('days')}?month=2026-11&amp;status=PLANNED&amp;on=2026-11-13"
    assert f'<a class="more" href="{address}">还有 1 个</a>' in text
    listed = client.get(address.replace("&amp;", "&")).context["page"].object_list
    assert [branch.code for branch in listed] == ["0201002", "020190", "020191", "020192"]


def test_the_list_of_a_date_has_those_alone_whose_day_it_is(november, client):
    client.force_login(november.zhou)

    def listed(**data):
        return list(client.get(reverse("days"), {"month": NOVEMBER} | data).context["page"].object_list)

    assert listed(on=THE_20TH) == [november.first]
    assert listed(on=THE_13TH) == [november.second, november.other, november.direct]
    assert listed(on=THE_13TH, above=november.history.pk) == [november.other]
    assert listed(on="2026-11-12") == []
    assert listed(on="nonsense") == listed(on="2026-13-13") == listed()
    assert [len(listed(on=day, status="RECORDED")) for day in (THE_13TH, THE_20TH)] == [0, 1]
    client.force_login(november.sun)
    assert listed(on=THE_13TH) == [november.other]


def test_the_workbook_of_a_date_holds_that_date_and_says_so(november, client):
    client.force_login(november.zhou)
    client.get(reverse("days_export"), {"month": NOVEMBER, "on": THE_13TH}).getvalue()
    entry = AuditEntry.objects.get(event="days.exported")
    assert (entry.data["count"], entry.data["filters"]["日期"]) == (3, "2026-11-13")


def test_what_has_no_date_stands_below(november, client):
    make_plan(
        make_branch(november.arts, "没有定", code="02018"), status="RETURNED", planned_on=None, theme="待定的主题"
    )
    make_plan(make_branch(november.arts, "不在本月", code="02019"), status="ACCEPTED", planned_on="2026-12-01")
    grid = page(client, november.wang).context["grid"]

    assert sorted(str(day.organization) for day in grid.elsewhere) == ["不在本月", "没有定"]
    assert (grid.elsewhere_count, grid.elsewhere_more, grid.count) == (2, 0, 4)
    text = client.get(reverse("days_calendar"), {"month": NOVEMBER}).content.decode()
    below = text[text.index("未定日期") :]
    assert "待定的主题" in below and "已退回</span>" in below


def test_more_without_a_date_than_are_listed_are_counted(november, client, monkeypatch):
    monkeypatch.setattr(month_grid, "MOST_ELSEWHERE", 1)
    for number in range(3):
        make_plan(make_branch(november.arts, f"支部{number}"), status="RETURNED", planned_on=None)
    assert "还有 2 个，请用上面的条件查找" in page(client, november.wang).content.decode()


def test_a_plan_taken_back_is_on_its_own_branchs_calendar_alone(world, client):
    day = make_plan(world.first, status="SUBMITTED").day
    type(day.plan).objects.update(status="DRAFT")
    assert placed(page(client, world.li).context["grid"]) == {THE_13TH: ([world.first], 0)}
    assert placed(page(client, world.wang).context["grid"]) == {}


def test_an_empty_month_says_what_to_do(world, client):
    assert "报送月计划" in page(client, world.li).content.decode()
    assert "这个月还没有活动日" in page(client, world.zhou).content.decode()
    assert "没有符合条件的活动日" in page(client, world.zhou, q="没有这个").content.decode()


def test_before_and_after_are_one_click_away(november, client):
    text = page(client, november.zhou, above=november.arts.pk).content.decode()
    for month in (OCTOBER, NOVEMBER.next):
        assert f'href="?month={month}&amp;above={november.arts.pk}"' in text


@pytest.mark.parametrize("who", ["wang", "zhou"])
def test_the_page_costs_the_same_with_one_day_and_with_thirty(world, client, who):
    make_plan(world.first, status="ACCEPTED")

    def cost():
        page(client, getattr(world, who))
        with CaptureQueriesContext(connection) as queries:
            grid = client.get(reverse("days_calendar"), {"month": NOVEMBER}).context["grid"]
        return grid.count, len(queries)

    few = cost()
    for number in range(29):
        on = datetime.date(2026, 11, number + 2)
        make_plan(make_branch(world.arts, f"支部{number}", members=1), status="ACCEPTED", planned_on=on)
    many = cost()

    assert (few[0], many[0]) == (1, 30)
    assert many[1] == few[1] <= 15
    assert ActivityDay.objects.count() == 30
