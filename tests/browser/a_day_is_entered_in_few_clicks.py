"""A whole day, from the workbench to the record, costs few clicks and two typed fields: the rest was known already.

A branch of thirty members: one on leave, one absent, dues on the spot but for those two, one lesson with its minutes.
Every question that the page asks back is counted as a click too.
"""

import json

import pytest
from playwright.sync_api import expect

from activities.models import ActivityDay
from dues.actions import open_month
from dues.models import Charge
from meetings.models import Meeting
from tests.browser.counting import COUNT
from tests.builders import NOVEMBER, make_person, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
ITEMS = [
    ("DUES", "", "集中交纳并查验党费", 10),
    ("EDUCATION", "THOUGHT", "重温入党誓词", 20),
    ("MEETING", "LESSON", "专题党课：学用结合", 40),
    ("SERVICE", "CONVENIENCE", "校园志愿服务", 30),
]
MOST_CLICKS, MOST_FIELDS = 14, 3


def thirty(world):
    """First Branch with thirty members, its day of today accepted, its dues opened."""
    for number in range(30 - world.first.people.members().count()):
        make_person(world.first, f"同志{number + 1:02d}", category="STUDENT")
    world.first.people.update(category="STUDENT")
    plan = make_plan(
        world.first, NOVEMBER, "ACCEPTED", items=ITEMS, planned_on="2026-11-23", host=world.li.person,
        recorder=world.chen.person,
    )  # fmt: skip
    open_month(NOVEMBER)
    return plan.day


@pytest.mark.parametrize("width", [360, 1280])
def test_a_day_of_thirty_takes_fourteen_clicks_and_two_fields(world, sits_down, width):
    day = thirty(world)
    li = sits_down(world.li, width)
    li.page.add_init_script(COUNT)
    li.open("/")

    li.follow(li.page.get_by_role("listitem").filter(has_text="开展 11 月活动日").first.get_by_role("link").first)
    li.press("确认开展，开始点名")
    for name, what in (("同志01", "病假"), ("同志02", "缺席")):
        li.page.locator("a.person").filter(has_text=name).click()
        editor = li.page.get_by_role("group", name=f"{name}的到会情况")
        editor.get_by_role("button", name=what, exact=True).click()
        expect(editor).to_have_count(0)
    li.reads("到 28／30 人")
    li.press("点好了，接着办党费")
    li.press("转账")
    li.press("查验签认并上报")
    li.reads("11 月党费已查验签认并上报")
    li.press("接着办三会一课")
    li.page.get_by_label("会议内容").press_sequentially("学理论、谈体会")
    li.press("确认记录")
    li.reads("会议记录已确认")
    li.page.get_by_label("主要内容及特色").press_sequentially("党课和志愿服务结合")
    li.press("提交记录")
    li.reads("记录已提交")

    done = json.loads(li.page.evaluate("sessionStorage.getItem('done')"))
    clicks, fields = len(done["clicks"]) + len(li.questions), done["fields"]
    print(f"{width} px: {clicks} clicks, {len(li.questions)} of them answers; {len(fields)} fields")
    assert clicks <= MOST_CLICKS, done
    assert len(fields) <= MOST_FIELDS, done
    day = ActivityDay.objects.with_counts().get(pk=day.pk)
    assert (day.status, day.expected, day.present, day.on_leave, day.absent) == ("RECORDED", 30, 28, 1, 1)
    states = Charge.objects.with_state().filter(month=NOVEMBER, dues_month__organization=world.first)
    assert {charge.state for charge in states} == {"PAID"}
    assert Meeting.objects.get(day=day).status == "CONFIRMED"
