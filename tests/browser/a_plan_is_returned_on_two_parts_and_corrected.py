"""A reviewer wants two things changed: only these two can be, and everybody sees what was wanted and what became of it.

Li filed First Branch's December; Wang returns it on its place and its host; Zhou puts the corrected one on file.
"""

import pytest
from playwright.sync_api import expect

from activities.models import MonthlyPlan
from branches.models import Person as Member
from tests.builders import NOVEMBER, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
PLACE, HOST = "能坐下八个人的地方", "请书记主持"
OPEN_FIELDS = """() => [...document.querySelector('form[data-guard]').elements]
    .filter(one => one.name && one.type !== 'hidden' && one.type !== 'submit' && !one.disabled).map(one => one.name)"""


def test_only_what_was_commented_on_is_corrected_and_all_is_kept(world, sits_down, secretary):
    plan = make_plan(
        world.first, NOVEMBER.next, "SUBMITTED", submitted_by=world.li, place="201 会议室",
        host=Member.objects.get(user=world.chen),
    )  # fmt: skip
    wang, zhou = sits_down(world.wang), sits_down(world.zhou)

    wang_wants_two_things_changed(wang)
    li_can_change_these_two_and_does(secretary)
    wang_sees_what_was_changed_and_forwards(wang)
    zhou.open("/plans/review/")
    zhou.press("备案")
    zhou.reads(f"已备案：{plan}。")
    the_earlier_attempt_stays_with_its_comments(secretary, plan)


def comment(person, part, text):
    person.page.get_by_label(f"对“{part}”提意见").click()
    person.page.get_by_label(f"退回意见：{part}", exact=True).fill(text)


def wang_wants_two_things_changed(wang):
    wang.open("/plans/review/")
    comment(wang, "地点", PLACE)
    comment(wang, "主持人", HOST)
    wang.press("退回")
    wang.reads("已退回文学院第一党支部，修改后可重新报送。")


def li_can_change_these_two_and_does(li):
    li.open("/plans/")
    li.press("继续填")
    remarked = li.page.locator(".field.remarked")
    expect(remarked).to_have_count(2)
    expect(remarked.filter(has=li.page.get_by_label("地点"))).to_contain_text(f"退回意见：{PLACE}")
    expect(remarked.filter(has=li.page.get_by_label("主持人"))).to_contain_text(f"退回意见：{HOST}")
    assert li.page.evaluate(OPEN_FIELDS) == ["place", "host"]
    assert li.page.get_by_role("button", name="加一项").count() == 0
    li.page.get_by_label("地点").fill("教工之家")
    li.page.get_by_label("主持人").select_option(label="李书记")
    li.press("报送文学院党总支")
    li.reads("已报送文学院党总支")
    corrected = MonthlyPlan.objects.get()
    assert (corrected.status, corrected.place, corrected.host.name) == ("SUBMITTED", "教工之家", "李书记")
    assert (corrected.theme, corrected.items.count(), corrected.attempts) == ("学用结合", 4, 2)


def changes_of(person):
    """``[(part, was, comment, now)]`` of the rows that are marked as changed."""
    rows = person.page.locator("details.attempt tr.changed").all()
    return [tuple(cell.inner_text().strip() for cell in row.locator("th, td").all()) for row in rows]


CHANGED = [("地点 改", "201 会议室", PLACE, "教工之家"), ("主持人 改", "陈组织", HOST, "李书记")]


def wang_sees_what_was_changed_and_forwards(wang):
    wang.open("/plans/review/")
    wang.reads("第 1 次（11 月 25 日 09:00，李书记，已退回）与第 2 次：2 处不同")
    assert changes_of(wang) == CHANGED
    assert wang.page.locator("details.attempt tbody tr").count() == 7  # the others stand beside each other, unmarked
    wang.press("转报组织部")
    wang.reads("已转报：文学院第一党支部 2026 年 12 月计划。")


def the_earlier_attempt_stays_with_its_comments(li, plan):
    li.open(f"/plans/{plan.pk}/")
    li.reads("已备案")
    expect(li.page.locator("details.attempt")).to_have_count(1)
    rows = li.page.locator("details.attempt tr.changed")
    expect(rows).to_have_count(2)
    for row, (part, was, wanted, now) in zip(rows.all(), CHANGED, strict=True):
        for text in (part, was, wanted, now):
            expect(row).to_contain_text(text)
