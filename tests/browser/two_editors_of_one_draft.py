"""Two officers write the same draft: the later one is told, keeps what was typed, and overwrites nothing.

Li and Chen, the secretary and the organization commissioner of First Branch, have its December open.
"""

import pytest
from playwright.sync_api import expect

from activities.models import MonthlyPlan
from tests.builders import NOVEMBER, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
OURS, THEIRS, THEME = "教工之家", "201 会议室", "学习全会精神，谋划新的一年"


@pytest.fixture
def form(world):
    make_plan(world.first, NOVEMBER.next, place=THEIRS, theme="学用结合")
    return f"/plans/{world.first.pk}/{NOVEMBER.next}/"


@pytest.fixture
def li_saved_first(world, sits_down, form):
    """Chen at the form, opened before Li saved another place."""
    li, chen = sits_down(world.li), sits_down(world.chen, 360)
    for person in (li, chen):
        person.open(form)
    li.page.get_by_label("地点").fill(OURS)
    li.press("存草稿")
    li.reads("草稿已保存。")
    return chen


def test_the_line_that_says_when_it_was_kept_says_that_it_was_not(li_saved_first):
    chen = li_saved_first
    chen.page.get_by_label("主题").fill(THEME)
    chen.page.get_by_label("主题").blur()

    expect(chen.page.locator("#kept")).to_have_text("别人刚保存过这份草稿，没有自动保存；按“存草稿”查看")
    expect(chen.page.get_by_label("主题")).to_have_value(THEME)
    plan = MonthlyPlan.objects.get()
    assert (plan.place, plan.theme, plan.version) == (OURS, "学用结合", 2)


def test_who_saves_second_reads_who_was_first_and_finds_the_text(li_saved_first, form):
    chen = li_saved_first
    chen.page.get_by_label("主题").fill(THEME)
    chen.press("存草稿")

    chen.reads("这份计划刚刚在李书记那里保存过，您的改动还没有保存")
    expect(chen.page.get_by_label("主题")).to_have_value(THEME)
    expect(chen.page.get_by_label("地点")).to_have_value(THEIRS)
    expect(chen.page.locator(".notice dl.compare")).to_contain_text(f"{THEIRS}已存的：{OURS}")
    plan = MonthlyPlan.objects.get()
    assert (plan.place, plan.theme, plan.version) == (OURS, "学用结合", 2)

    chen.page.get_by_label("地点").fill(OURS)  # what stands is taken over by hand, and nothing keeps itself meanwhile
    chen.press("存草稿")
    chen.reads("草稿已保存。")
    plan.refresh_from_db()
    assert (plan.place, plan.theme, plan.version) == (OURS, THEME, 3)


def test_who_saves_after_it_was_filed_keeps_the_text_too(world, sits_down, form):
    li, chen = sits_down(world.li), sits_down(world.chen, 360)
    for person in (li, chen):
        person.open(form)
    li.press("报送文学院党总支")
    li.reads("已报送文学院党总支")
    chen.page.get_by_label("主题").fill(THEME)
    chen.press("存草稿")

    chen.reads("这份计划已经报送，您的改动没有保存")
    expect(chen.page.get_by_label("主题")).to_have_value(THEME)
    assert MonthlyPlan.objects.get().theme == "学用结合"


def test_what_keeps_itself_is_no_other_editor(world, sits_down, form):
    """The form has just been kept, and its page does not know yet: pressing now tells of nobody else."""
    li = sits_down(world.li)
    li.open(form)
    answers = []
    li.page.route("**/autosave/", lambda route: answers.append((route, route.fetch())))
    li.page.get_by_label("主题").fill(THEME)
    with li.page.expect_request("**/autosave/"):
        li.page.get_by_label("主题").blur()
    while not answers:  # the browser's turn, until the server has answered
        li.page.evaluate("0")
    li.page.get_by_role("button", name="存草稿", exact=True).click(no_wait_after=True)
    for route, answer in answers:
        route.fulfill(response=answer)

    li.reads("草稿已保存。")
    plan = MonthlyPlan.objects.get()
    assert (plan.theme, plan.version) == (THEME, 3)
