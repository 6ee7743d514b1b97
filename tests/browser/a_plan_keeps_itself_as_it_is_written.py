"""Li writes a plan on the phone: it keeps itself, nothing asks before the page is left, no save gets in its way."""

import pytest
from playwright.sync_api import expect

from activities.models import MonthlyPlan
from tests.builders import NOVEMBER, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "围绕学用结合谈体会，每人三分钟"
MAY_LEAVE = "() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"


def kept(person):
    return person.page.locator("#kept [data-kept]")


def test_a_sentence_is_kept_without_a_click_and_found_again(world, secretary):
    secretary.open(f"/plans/{world.first.pk}/{NOVEMBER.next}/")
    page = secretary.page
    assert page.evaluate(MAY_LEAVE) is True
    page.get_by_label("主题").fill(SENTENCE)
    assert page.evaluate(MAY_LEAVE) is False  # not kept yet: leaving asks first
    page.get_by_label("主题").blur()
    expect(kept(secretary)).to_contain_text("已自动保存")
    assert page.evaluate(MAY_LEAVE) is True
    assert MonthlyPlan.objects.get().theme == SENTENCE

    page.get_by_label("地点").fill("图书馆三楼")
    page.get_by_label("地点").blur()
    expect(page.locator("#id_version")).to_have_value("2")
    expect(page.locator("#check")).not_to_contain_text("地点")
    page.reload()
    expect(page.get_by_label("主题")).to_have_value(SENTENCE)
    expect(page.get_by_text("上次在这一页填写的内容没有保存")).to_have_count(0)
    secretary.press("存草稿")
    secretary.reads("草稿已保存。")


def test_a_button_that_the_tab_key_comes_to_is_not_pressed(world, secretary):
    """From the length of a line to its 删去, and from the guests to 报送, faster than the form keeps itself."""
    plan = make_plan(world.first, NOVEMBER.next)
    secretary.open(plan.edit_address)
    page = secretary.page
    page.get_by_label("时长").nth(1).fill("55")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="删去第 2 项")).to_be_focused()
    expect(page.locator("#id_version")).to_have_value("2")
    expect(page.locator("#minutes")).to_have_text("125 分钟")

    page.get_by_label("邀请列席").fill("校团委王老师")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="报送文学院党总支")).to_be_focused()
    expect(page.locator("#id_version")).to_have_value("3")
    plan.refresh_from_db()
    assert (plan.status, plan.guests) == ("DRAFT", "校团委王老师")
    assert [item.minutes for item in plan.items.all()] == [10, 55, 30, 30]


def test_whatever_the_answer_is_the_form_stays_and_says_that_it_was_not_kept(world, secretary):
    plan = make_plan(world.first, NOVEMBER.next)
    secretary.open(plan.edit_address)
    page, theme = secretary.page, secretary.page.get_by_label("主题")
    late = page.locator("#kept .s-late")
    theme.fill("先保存的主题")
    theme.blur()
    expect(kept(secretary)).to_be_visible()
    answers = {
        "error": (lambda route: route.fulfill(status=500, body='<main id="main">出错了</main>'), "服务器暂时没有应答"),
        "gone": (lambda route: route.fulfill(status=502, body=""), "服务器暂时没有应答"),
        "refused": (lambda route: route.fulfill(status=403, body='<main id="main">不能</main>'), "按“存草稿”查看原因"),
        "log-in": (lambda route: route.fulfill(headers={"HX-Redirect": "/login/"}), "按“存草稿”查看原因"),
        "broken": (lambda route: route.abort(), "网络断了"),
    }
    for word, (answer, told) in answers.items():
        page.route("**/autosave/", answer)
        theme.fill(word)
        theme.blur()
        expect(late).to_contain_text(told)
        assert (page.get_by_label("主题").input_value(), page.evaluate(MAY_LEAVE)) == (word, False)
        page.unroute("**/autosave/")
        page.evaluate("document.querySelector('#kept').replaceChildren()")
    secretary.complaints.clear()  # the browser's own, of the answers above
    theme.fill(SENTENCE)
    theme.blur()
    expect(kept(secretary)).to_be_visible()
    plan.refresh_from_db()
    assert plan.theme == SENTENCE


def test_what_is_wrong_is_not_kept_and_leaving_still_asks(world, secretary):
    plan = make_plan(world.first, NOVEMBER.next)
    secretary.open(plan.edit_address)
    secretary.page.get_by_label("活动日期").fill("2026-11-30")
    secretary.page.get_by_label("活动日期").blur()
    expect(secretary.page.locator("#kept")).to_contain_text("有 1 处要改，改好后自动保存")
    assert secretary.page.evaluate(MAY_LEAVE) is False


def test_a_click_on_save_waits_for_what_is_being_kept(world, secretary):
    """Sent beside it under the same version, one of the two would be told that somebody else was faster."""
    plan = make_plan(world.first, NOVEMBER.next)
    secretary.open(plan.edit_address)
    page, held = secretary.page, []
    page.route("**/autosave/", lambda route: held.append(route))
    page.get_by_label("主题").fill(SENTENCE)
    with page.expect_request("**/autosave/"):
        page.get_by_label("主题").blur()
    page.get_by_role("button", name="存草稿").click()
    held[0].continue_()
    secretary.reads("草稿已保存。")
    plan.refresh_from_db()
    assert (plan.theme, plan.version) == (SENTENCE, 3)


def test_enter_saves_and_drops_no_line(world, secretary):
    """A browser lets Enter press the first button of a form; that must not be the 删去 of the first line."""
    plan = make_plan(world.first, NOVEMBER.next)
    secretary.open(plan.edit_address)
    secretary.page.get_by_label("地点").press("Enter")
    secretary.reads("草稿已保存。")
    assert plan.items.count() == 4
