"""The button that signs minutes waits until nothing lacks, without a save in between. Li writes them on the phone."""

import re

import pytest
from playwright.sync_api import expect

from activities.kinds import MeetingType
from tests.builders import make_day, make_meeting

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_button_follows_what_is_typed(world, secretary):
    meeting = make_meeting(make_day(world.first), MeetingType.GENERAL, status="DRAFT", content="")
    secretary.open(meeting.get_absolute_url())
    page = secretary.page
    button, lacking = page.get_by_role("button", name="确认记录"), page.locator("#why [data-need]:visible")
    expect(button).to_be_disabled()
    expect(lacking).to_have_text(["会议内容"])

    page.get_by_label("会议内容").fill("通报并讲党课")
    expect(button).to_be_enabled()
    expect(page.get_by_text("该填的都填好了")).to_be_visible()

    page.get_by_label("党课").check()
    expect(button).to_be_disabled()
    expect(lacking).to_have_text(["主讲人"])
    page.get_by_label("主讲人").fill("李书记")
    secretary.press("确认记录")
    secretary.reads("记录已确认，计入三会一课。")
    meeting.refresh_from_db()
    assert (meeting.status, meeting.types_label) == ("CONFIRMED", "党员大会、党课")


def test_long_minutes_begin_under_their_head_and_go_on_overleaf(world, secretary):
    long = "\n".join(["每位党员结合本职工作谈学习体会，对照检查，提出改进措施和完成时限。"] * 60)
    meeting = make_meeting(make_day(world.first), MeetingType.GENERAL, content=long)
    secretary.open(f"{meeting.get_absolute_url()}print/")
    paper = secretary.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2
