"""Whoever reads many plans keeps the hands on the keys: J and K move, R writes, A passes; in a field they are letters.

Wang forwards, Zhou accepts; three branches of Wang's have filed their December.
"""

import pytest
from playwright.sync_api import expect

from activities.models import MonthlyPlan
from tests.builders import NOVEMBER, make_branch, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND, THIRD = "文学院第一党支部", "文学院第二党支部", "文学院第三党支部"


def filed(world, status):
    third = make_branch(world.arts, THIRD, members=2)
    for branch in (world.first, world.second, third):
        make_plan(branch, NOVEMBER.next, status, submitted_by=world.li)


def shows(person, branch):
    expect(person.page.locator("#plan h2")).to_have_text(branch)


def goes(person, key):
    """A key that leads to another page, which is then there with its script."""
    with person.page.expect_navigation():
        person.page.keyboard.down(key)
    person.page.keyboard.up(key)


def test_j_and_k_move_through_the_queue(world, sits_down):
    filed(world, "SUBMITTED")
    wang = sits_down(world.wang)
    wang.open("/plans/review/")
    order = [row.inner_text().split("\n")[0] for row in wang.page.locator("#queue li a").all()]
    shows(wang, order[0])
    wang.page.keyboard.press("k")  # there is none before the first
    for key, branch in (("j", order[1]), ("J", order[2]), ("k", order[1]), ("k", order[0])):
        goes(wang, key)
        shows(wang, branch)
    assert sorted(order) == sorted([FIRST, SECOND, THIRD])
    wang.page.keyboard.press("Control+j")  # the browser's own
    shows(wang, order[0])


def test_in_a_field_the_keys_are_letters(world, sits_down):
    filed(world, "SUBMITTED")
    wang = sits_down(world.wang)
    wang.open("/plans/review/")
    before = wang.page.url
    note = wang.page.get_by_label("退回意见", exact=True)
    wang.page.keyboard.press("r")
    expect(note).to_be_focused()
    expect(note).to_have_value("")  # the key itself is not written

    wang.page.keyboard.type("jkra")
    expect(note).to_have_value("jkra")
    wang.page.get_by_label("对“地点”提意见").click()
    comment = wang.page.get_by_label("退回意见：地点")
    comment.press_sequentially("akrj")
    expect(comment).to_have_value("akrj")

    assert wang.page.url == before
    assert set(MonthlyPlan.objects.values_list("status", flat=True)) == {"SUBMITTED"}


@pytest.mark.parametrize(
    ("who", "status", "becomes", "word"),
    [("wang", "SUBMITTED", "FILED", "已转报"), ("zhou", "FILED", "ACCEPTED", "已备案")],
)
def test_a_passes_the_plan_and_the_next_one_comes(world, sits_down, who, status, becomes, word):
    filed(world, status)
    person = sits_down(getattr(world, who))
    person.open("/plans/review/")
    order = [row.inner_text().split("\n")[0] for row in person.page.locator("#queue li a").all()]
    goes(person, "j")
    shows(person, order[1])

    goes(person, "a")

    person.reads(f"{word}：{order[1]} 2026 年 12 月计划。")
    shows(person, order[2])
    answered = MonthlyPlan.objects.exclude(status=status)
    assert [(plan.organization.short_name, plan.status) for plan in answered] == [(order[1], becomes)]


def test_a_key_that_is_held_down_answers_one_plan(world, sits_down):
    filed(world, "FILED")
    zhou = sits_down(world.zhou)
    zhou.open("/plans/review/")
    with zhou.page.expect_navigation():
        zhou.page.keyboard.down("a")
    zhou.reads("2 份计划等您审核")
    zhou.page.keyboard.down("a")  # what a keyboard sends while the key stays down
    zhou.page.keyboard.up("a")
    goes(zhou, "j")  # whatever the repetition did is done

    zhou.reads("2 份计划等您审核")
    assert MonthlyPlan.objects.filter(status="ACCEPTED").count() == 1


def test_a_key_that_comes_before_the_next_plan_does_not_answer_the_one_still_shown(world, sits_down):
    filed(world, "FILED")
    zhou = sits_down(world.zhou)
    zhou.open("/plans/review/")
    order = [row.inner_text().split("\n")[0] for row in zhou.page.locator("#queue li a").all()]
    held = []
    zhou.page.route("**/plans/review/?**", lambda route: held.append(route))
    with zhou.page.expect_request("**/plans/review/?**"):
        zhou.page.keyboard.press("j")
    zhou.page.keyboard.press("a")  # meant for the second plan; the first is still on the screen
    held[0].continue_()

    shows(zhou, order[1])
    zhou.reads("3 份计划等您审核")
    assert MonthlyPlan.objects.filter(status="ACCEPTED").count() == 0


def test_the_page_of_one_plan_has_no_keys(world, sits_down):
    filed(world, "FILED")
    plan = MonthlyPlan.objects.first()
    zhou = sits_down(world.zhou)
    zhou.open(plan.get_absolute_url())
    zhou.page.keyboard.press("a")
    zhou.open("/plans/review/")
    zhou.reads("3 份计划等您审核")


def test_what_was_written_about_one_plan_waits_for_that_plan(world, sits_down):
    """A slip of the hand leads on before the comment is sent: it is offered again with its own plan and no other."""
    filed(world, "SUBMITTED")
    wang = sits_down(world.wang)
    wang.open("/plans/review/")
    order = [row.inner_text().split("\n")[0] for row in wang.page.locator("#queue li a").all()]
    wang.page.get_by_label("对“地点”提意见").click()
    comment = wang.page.get_by_label("退回意见：地点")
    comment.fill("写明楼号")
    comment.press("Enter")  # a new line, and no return
    comment.blur()
    goes(wang, "j")
    shows(wang, order[1])
    wang.lacks("上次在这一页填写的内容没有保存")

    goes(wang, "k")
    shows(wang, order[0])
    wang.press("填回来")
    expect(comment).to_be_visible()
    expect(comment).to_have_value("写明楼号\n")
    assert set(MonthlyPlan.objects.values_list("status", flat=True)) == {"SUBMITTED"}
