"""A typical month costs the secretary three clicks and one sentence: the rest was known already.

Counted in the page itself, from the workbench to the plan at the general branch; Li's November was held as planned.
"""

import json

import pytest

from activities.models import MonthlyPlan
from tests.browser.counting import COUNT
from tests.builders import NOVEMBER, make_annual_plan, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "学习四中全会精神，每人谈一条打算"


@pytest.mark.parametrize("width", [360, 1280])
def test_three_clicks_and_one_sentence_file_a_month(world, sits_down, width):
    make_annual_plan(world.committee, 2026)
    make_plan(world.first, NOVEMBER, "ACCEPTED", submitted_by=world.li)
    li = sits_down(world.li, width)
    li.page.add_init_script(COUNT)
    li.open("/")

    duty = li.page.get_by_role("listitem").filter(has_text="报送 12 月计划")
    duty.get_by_role("link").first.click()
    li.reads("各项齐全，可以报送。")
    sentence = li.page.get_by_label("内容").nth(1)
    sentence.click(click_count=1)
    sentence.press("Control+A")
    li.page.keyboard.insert_text(SENTENCE)
    li.press("报送文学院党总支")
    li.reads("已报送文学院党总支")

    done = json.loads(li.page.evaluate("sessionStorage.getItem('done')"))
    print(f"{width} px: {len(done['clicks'])} clicks, {len(done['fields'])} field")
    assert (len(done["clicks"]), done["fields"]) == (3, ["i-1-content"]), done
    plan = MonthlyPlan.objects.get(month=NOVEMBER.next)
    assert (plan.status, plan.theme, plan.place) == ("SUBMITTED", "第 4 季度", "201 会议室")
    assert [item.content for item in plan.items.all()] == [
        "集中交纳并查验党费", SENTENCE, "通报季度工作", "校园志愿服务",
    ]  # fmt: skip
