"""Beside each plan stands what differs from the last one, what to look at, and only the acts of one's own step."""

import datetime

import pytest
from django.urls import reverse

from activities import filing
from activities.cautions import cautions
from activities.comparison import compare
from activities.kinds import EducationKind, ItemKind, MeetingType
from activities.models import Policy
from branches.models import CalendarDay
from tests.builders import NOVEMBER, OCTOBER, make_annual_plan, make_plan

DECEMBER = NOVEMBER.next
DUES = (ItemKind.DUES, "", "集中交纳并查验 11 月党费", 10)
LESSON = (ItemKind.MEETING, MeetingType.LESSON, "书记讲党课", 40)
OLD = [DUES, (ItemKind.EDUCATION, EducationKind.SPIRIT, "学习全会精神", 40), LESSON]
NEW = [
    (ItemKind.DUES, "", "集中交纳并查验 12 月党费", 10),
    (ItemKind.EDUCATION, EducationKind.SPIRIT, "学习中央经济工作会议精神", 40),
    (ItemKind.SERVICE, "CULTURE", "社区演出", 30),
]


def test_each_item_finds_its_like_in_the_last_plan(world):
    before, plan = make_plan(world.first, NOVEMBER, items=OLD), make_plan(world.first, DECEMBER, items=NEW)
    found = compare(plan, before)
    assert [(row.item.content, row.new, row.was) for row in found.items] == [
        ("集中交纳并查验 12 月党费", False, ""),
        ("学习中央经济工作会议精神", False, "学习全会精神"),
        ("社区演出", True, ""),
    ]
    assert [item.content for item in found.gone] == ["书记讲党课"]
    assert found.count == 3


def test_without_a_last_plan_nothing_is_marked(world):
    found = compare(make_plan(world.first, DECEMBER, items=NEW), None)
    assert (found.count, [row.new for row in found.items]) == (0, [False] * 3)


@pytest.mark.parametrize(
    ("day", "titles"),
    [
        (datetime.date(2026, 12, 11), []),  # the second Friday
        (datetime.date(2026, 12, 10), ["日期不是固定活动日"]),
        (datetime.date(2026, 12, 12), ["日期不是固定活动日", "这一天是周六"]),
        (datetime.date(2026, 12, 14), ["日期不是固定活动日", "这一天是校庆"]),
        (None, []),
    ],
)
def test_the_date_gives_to_think(world, day, titles):
    CalendarDay.objects.create(day="2026-12-14", is_workday=False, name="校庆")
    plan = make_plan(world.first, DECEMBER, planned_on=day)
    assert [one.title for one in cautions(plan, Policy.in_force(DECEMBER))] == titles


def test_a_date_that_has_passed_is_said(world):
    plan = make_plan(world.first, NOVEMBER)
    assert [one.title for one in cautions(plan, Policy.in_force(NOVEMBER))] == ["日期已经过了"]


def test_only_the_acts_of_the_own_step_are_offered(world, client):
    make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    make_plan(world.direct, DECEMBER, "FILED", submitted_by=world.wu)
    offered = {}
    for who in ("wang", "zhou"):
        client.force_login(getattr(world, who))
        page = client.get(reverse("review")).content.decode()
        offered[who] = [name for name in ("plans_forward", "plans_accept") if f'formaction="{reverse(name)}"' in page]
    assert offered == {"wang": ["plans_forward"], "zhou": ["plans_accept"]}


def test_a_return_without_words_stays_in_the_queue_and_says_so_on_top(world, client):
    first = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    second = make_plan(world.second, DECEMBER, "SUBMITTED", submitted_by=world.zhao)
    client.force_login(world.wang)
    answer = client.post(reverse("plan_return", args=["month", second.pk]), {"note": " "})
    assert (answer.status_code, answer.context["paper"], answer.context["queue"]) == (422, second, [first, second])
    assert "还没有退回文学院第二党支部的计划" in answer.content.decode()


@pytest.mark.parametrize("step", ["forward", "accept", "return"])
def test_who_acts_on_a_plan_taken_back_meanwhile_is_told_so(world, client, step):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li, attempts=1)
    filing.withdraw_plan(plan, by=world.li)
    client.force_login(world.wang)
    answer = client.post(
        reverse(f"plan_{step}", args=["month", plan.pk]), {"note": "x"}, HTTP_REFERER="http://testserver/plans/review/"
    )
    assert (answer.status_code, answer.url) == (302, "http://testserver/plans/review/")
    assert [str(one) for one in client.get(reverse("review")).context["messages"]] == [
        "文学院第一党支部刚刚撤回了 12 月计划，等支部改好再报。"
    ]
    client.force_login(world.sun)
    assert client.post(reverse(f"plan_{step}", args=["month", plan.pk])).status_code == 404


def test_what_was_never_sent_is_not_shown_as_the_last_one(world, client):
    """November was taken back, and last year's plan was never sent: October and nothing stand beside."""
    october = make_plan(world.first, OCTOBER, "ACCEPTED", theme="看得见")
    make_plan(world.first, NOVEMBER, theme="还没报")
    make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    make_annual_plan(world.first, 2025, "DRAFT", goals="还没报")
    make_annual_plan(world.first, 2026, "SUBMITTED", submitted_by=world.li)
    client.force_login(world.wang)

    pages = [client.get(reverse("review"), {"kind": kind}) for kind in ("month", "annual")]

    assert [page.context["before"] for page in pages] == [october, None]
    assert ["还没报" in page.text for page in pages] == [False, False]


def test_a_report_that_no_day_is_held_gives_nothing_to_think_of_the_old_date(world, client):
    make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li, planned_on=datetime.date(2026, 12, 12))
    filing.cancel_month(world.first, DECEMBER, by=world.li, reason="实习")
    client.force_login(world.wang)
    page = client.get(reverse("review"))
    assert ("本月不开展活动日" in page.text, "请留意" in page.text) == (True, False)
