"""A session ends, a connection breaks: the page says that nothing was saved, and what was typed comes back."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from activities.models import Attendance, DayMark, MonthlyPlan
from tests.browser.person import PASSWORD
from tests.builders import NOVEMBER, make_day

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "图书馆三楼报告厅，从东门进"
ASKS_NOTHING = "() => document.addEventListener('htmx:beforeRequest', event => event.preventDefault())"
MAY_LEAVE = "() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"


def test_a_form_sent_after_the_session_ended_is_filled_in_again(world, secretary):
    form = f"/plans/{world.first.pk}/{NOVEMBER.next}/"
    secretary.open(form)
    # what the page asks by itself meanwhile would lead to the log-in before the button is pressed
    secretary.page.evaluate(ASKS_NOTHING)
    secretary.page.get_by_label("地点").fill(PLACE)
    Session.objects.all().delete()
    secretary.press("存草稿")
    secretary.page.get_by_label("学工号").fill(secretary.number)
    secretary.page.get_by_label("密码").fill(PASSWORD)
    secretary.press("登录")

    assert secretary.path == form
    secretary.reads("上次在这一页填写的内容没有保存")
    secretary.press("填回来")
    expect(secretary.page.get_by_label("地点")).to_have_value(PLACE)
    secretary.press("存草稿")
    secretary.reads("草稿已保存。")
    assert MonthlyPlan.objects.get().place == PLACE

    secretary.open(form)
    expect(secretary.page.get_by_text("上次在这一页填写的内容没有保存")).to_have_count(0)


@pytest.mark.parametrize("fault", ["offline", "reason"])
def test_a_mark_that_was_not_saved_says_so(world, secretary, fault):
    day = make_day(world.first)
    secretary.open(f"/days/{day.pk}/attendance/")
    secretary.page.locator("a.person").filter(has_text="郑党员").click()
    form = secretary.page.get_by_role("group", name="郑党员的到会情况")
    form.get_by_text("其他原因").click()
    secretary.page.context.set_offline(fault == "offline")
    form.get_by_role("button", name="记为请假").click()

    secretary.reads({"offline": "没有保存：网络断了。", "reason": "请假和不计都要写明原因。"}[fault])
    assert not Attendance.objects.exclude(status="PRESENT").exists()
    secretary.page.context.set_offline(False)
    form.get_by_role("button", name="病假", exact=True).click()
    expect(secretary.page.locator("dl.counts")).to_contain_text("请假1")
    assert Attendance.objects.get(status="ON_LEAVE").reason == "病假"


def test_a_mark_sent_after_the_session_ended_leads_to_the_door_and_back(world, secretary):
    day = make_day(world.first)
    page = f"/days/{day.pk}/attendance/"
    secretary.open(page)
    Session.objects.all().delete()
    secretary.page.locator("a.person").filter(has_text="郑党员").click()
    secretary.page.get_by_label("学工号").fill(secretary.number)
    secretary.page.get_by_label("密码").fill(PASSWORD)
    secretary.press("登录")

    assert secretary.path == page


def test_marks_that_were_typed_are_asked_for_before_another_form_takes_the_page_away(world, secretary):
    """The record is a form of its own: its buttons send what stands in it, and not the marks below."""
    day = make_day(world.first)
    secretary.open(f"/days/{day.pk}/record/")
    page, note = secretary.page, secretary.page.get_by_label("定①：说明")
    page.locator("#marks fieldset").first.get_by_text("做到", exact=True).click()
    note.fill("读完了第三章")
    page.get_by_label("主要内容及特色").fill("学了第三章")
    secretary.agrees = False
    with page.expect_event("dialog"):
        page.get_by_role("button", name="存草稿").click()

    expect(note).to_have_value("读完了第三章")
    secretary.questions.clear()
    page.get_by_role("button", name="保存评价").click()
    secretary.reads("评价已保存")
    assert (secretary.questions, DayMark.objects.get().note) == ([], "读完了第三章")
    assert page.evaluate(MAY_LEAVE) is False  # the record was not sent either
    page.locator("#record").evaluate("form => delete form.dataset.changed")
    assert page.evaluate(MAY_LEAVE) is True
