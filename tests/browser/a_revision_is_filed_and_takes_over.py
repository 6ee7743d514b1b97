"""修订: what was accepted stays in force until its revision is, and stays readable afterwards.

First Branch's December is on file. Li moves its date; Wang forwards and Zhou accepts the revision.
"""

import datetime

import pytest
from playwright.sync_api import expect

from activities.models import MonthlyPlan
from branches.models import CalendarDay
from tests.builders import NOVEMBER, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
TENTH, FRIDAY = datetime.date(2026, 12, 10), datetime.date(2026, 12, 18)
REASON = "因学校会议调整时间"


def test_the_day_follows_the_revision_once_it_is_accepted(world, sits_down, secretary):
    plan = make_plan(world.first, NOVEMBER.next, "ACCEPTED", planned_on=TENTH, submitted_by=world.li)
    day = f"/days/{plan.day.pk}/"

    secretary.open(f"/plans/{plan.pk}/")
    secretary.page.get_by_label("修订原因").fill(REASON)
    secretary.press("开始修订")
    secretary.reads("可以修订了。")
    secretary.page.get_by_label("活动日期").fill(FRIDAY.isoformat())
    secretary.press("报送文学院党总支")
    secretary.reads("已报送文学院党总支")
    the_day_is_on(secretary, day, "12 月 10 日")
    secretary.open(f"/plans/{plan.pk}/")
    secretary.reads("有一份修订正在办理（待总支审核）")

    wang, zhou = sits_down(world.wang), sits_down(world.zhou)
    wang.open("/plans/review/")
    assert changes_of(wang) == [["活动日期", "2026 年 12 月 10 日（周四）", "2026 年 12 月 18 日（周五）"]]
    wang.press("转报组织部")
    wang.reads("已转报")
    the_day_is_on(secretary, day, "12 月 10 日")
    zhou.open("/plans/review/")
    zhou.press("备案")
    zhou.reads("已备案")

    the_day_is_on(secretary, day, "12 月 18 日")
    secretary.open(f"/plans/{plan.pk}/")
    secretary.reads("这一版已被修订，留作记录")
    secretary.reads("2026 年 12 月 10 日")
    secretary.press("第 2 版")
    secretary.reads(REASON)
    amends = secretary.page.locator("table.pair tr.changed")
    expect(amends).to_have_count(1)
    for text in ("活动日期", "2026 年 12 月 10 日", "2026 年 12 月 18 日"):
        expect(amends).to_contain_text(text)


def test_a_date_that_became_a_holiday_is_moved_in_one_click(world, secretary):
    plan = make_plan(world.first, NOVEMBER.next, "ACCEPTED", planned_on=TENTH, submitted_by=world.li)
    secretary.open(f"/plans/{plan.pk}/")
    assert secretary.page.get_by_role("button", name="顺延").count() == 0

    CalendarDay.objects.create(day=TENTH, is_workday=False, name="校庆")
    secretary.open(f"/plans/{plan.pk}/")
    secretary.press("顺延到 12 月 11 日 周五并报送")

    assert secretary.questions == ["日期顺延到 12 月 11 日（周五），其余不变，马上报送。确定吗？"]
    secretary.reads("已顺延到 12 月 11 日并报送，备案以前仍按原来的执行。")
    assert changes_of(secretary) == [["活动日期", "2026 年 12 月 10 日（周四）", "2026 年 12 月 11 日（周五）"]]
    moved = MonthlyPlan.objects.get(revision=2)
    assert (moved.status, moved.reason, moved.items.count()) == ("SUBMITTED", "12 月 10 日是校庆，调整日期", 4)
    the_day_is_on(secretary, f"/days/{plan.day.pk}/", "12 月 10 日")


def the_day_is_on(person, day, words):
    person.open(day)
    expect(person.page.get_by_role("heading", level=1)).to_have_text(f"{words}活动日")


def changes_of(person):
    """Each part that the revision changes: its word, what it was, what it is."""
    rows = person.page.locator("table.pair tr.changed").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]
