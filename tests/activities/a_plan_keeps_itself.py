"""自动保存: the form of a month posts itself as it is written, and is told where it stands.

Li is First Branch's secretary and Chen its organization commissioner; Xu may not write plans, Zhao leads Second.
"""

import re

import pytest
from django.urls import reverse

from activities import filing
from activities.models import MonthlyPlan
from core.audit import AuditEntry
from tests.activities.the_filing_table_is_kept import filled_in, rows
from tests.builders import NOVEMBER, make_plan

DECEMBER = NOVEMBER.next


@pytest.fixture
def keep(world, client):
    """Posts First Branch's December form as it keeps itself, by Li unless told otherwise."""

    def post(data, by=None):
        client.force_login(by or world.li)
        return client.post(reverse("plan_autosave", args=[world.first.pk, DECEMBER]), data, headers={"HX-Request": "1"})

    return post


def test_a_change_is_kept_and_the_form_learns_its_version_the_gaps_and_the_hour(world, keep):
    plan = make_plan(world.first, DECEMBER)
    answer = keep(filled_in(plan) | {"theme": "改了的主题", "place": ""})
    plan.refresh_from_db()
    assert (plan.theme, plan.version) == ("改了的主题", 2)
    assert [one.word for one in answer.context["missing"]] == ["地点"]
    page = answer.content.decode()
    assert 'name="version" value="2"' in page
    assert '缺<a href="#id_place">地点</a>' in page
    assert "10:00 已自动保存" in page
    assert AuditEntry.objects.about(plan).get().event == "plan.saved"


@pytest.mark.parametrize("step", ["save", "submit", "autosave"])
def test_a_line_that_was_added_and_kept_itself_stays_when_a_button_is_pressed(world, client, keep, step):
    """The page still says how many lines it was opened with; the line it added has not changed since it was kept."""
    plan = make_plan(world.first, DECEMBER)
    written = filled_in(plan) | {
        "i-TOTAL_FORMS": 5, "i-4-what": "EDUCATION.THOUGHT", "i-4-content": "重温入党誓词", "i-4-minutes": "15",
    }  # fmt: skip
    keep(written)
    plan.refresh_from_db()
    client.post(reverse(f"plan_{step}", args=[world.first.pk, DECEMBER]), written | {"version": plan.version})
    assert [item.content for item in plan.items.all()][4:] == ["重温入党誓词"]


def test_a_button_that_has_the_focus_is_not_pressed(world, keep):
    """A browser's script may send it along: its line stays, and the order of the lines."""
    plan = make_plan(world.first, DECEMBER)
    before = [item.content for item in plan.items.all()]
    for button in ({"drop": "0"}, {"up": "1"}, {"add": "1"}):
        plan.refresh_from_db()
        assert keep(filled_in(plan) | button).status_code == 200
    plan.refresh_from_db()
    assert ([item.content for item in plan.items.all()], plan.status, plan.version) == (before, "DRAFT", 4)


def test_all_that_stands_around_the_form_is_what_a_new_look_at_it_would_say(world, client, keep):
    """Of a plan that gaps, a length and a date to think about go with, and of one that was not there before."""
    data = filled_in(make_plan(world.second, DECEMBER)) | {"version": 0, "host": "", "recorder": ""}
    changes = {"i-0-minutes": 45, "planned_on": "2026-12-18", "place": ""}
    said = ("missing", "cautions", "submit", "day", "number", "minutes", "plan")
    places = {"id_version", "kept", "status", "taken", "unkept", "day", "minutes", "run", "why", "check", "cautions"}

    for typed in (data, data | changes | {"version": 1}):
        answer = keep(typed)
        again = client.get(MonthlyPlan.objects.get(organization=world.first).edit_address)
        assert [again.context[name] for name in said] == [answer.context[name] for name in said]
        assert set(re.findall(r'id="(\w+)" hx-swap-oob', answer.content.decode())) == places
        shown = re.findall(r' id="(\w+)"', again.content.decode())
        assert {name: shown.count(name) for name in places} == dict.fromkeys(places, 1)
    page = answer.content.decode()
    told = ("暂存", "12 月 18 日 周五", "145 分钟", "4 项，共 145 分钟", "还缺 3 项", "日期不是固定活动日")
    assert [words in page for words in told] == [True] * len(told)
    assert "还没有保存" not in page


def test_the_first_change_begins_the_draft_and_leaves_an_address_that_opens_it(world, keep):
    """What the address named to fill the form from is in the draft now: opened again, it would replace it."""
    data = filled_in(make_plan(world.second, DECEMBER)) | {"version": 0, "host": "", "recorder": ""}
    answer = keep(data)
    plan = MonthlyPlan.objects.get(organization=world.first)
    assert (plan.version, plan.items.count()) == (1, 4)
    assert answer.headers["HX-Replace-Url"] == plan.edit_address


def test_a_wrong_date_keeps_nothing_and_says_so(world, keep):
    plan = make_plan(world.first, DECEMBER)
    before = rows()
    answer = keep(filled_in(plan) | {"planned_on": "2026-11-30", "theme": "改了的主题"})
    why = "有 1 处要改，改好后自动保存：活动日期要在 2026 年 12 月之内。"
    assert (answer.status_code, f'<span class="s-late">{why}</span>' in answer.content.decode()) == (200, True)
    assert "version" not in answer.content.decode()
    assert rows() == before


def test_a_draft_that_somebody_else_saved_is_not_overwritten(world, keep):
    plan = make_plan(world.first, DECEMBER)
    old = filled_in(plan)
    keep(old | {"theme": "李的主题"})
    answer = keep(old | {"theme": "陈的主题"}, by=world.chen)
    assert "别人刚保存过这份草稿，没有自动保存" in answer.content.decode()
    plan.refresh_from_db()
    assert (plan.theme, plan.version) == ("李的主题", 2)


def test_a_plan_that_went_up_meanwhile_is_left_as_it_was_sent(world, keep):
    plan = make_plan(world.first, DECEMBER)
    typed = filled_in(plan) | {"theme": "陈的主题"}
    filing.submit_plan(plan, by=world.li)
    answer = keep(typed, by=world.chen)
    assert "这份计划已经报送，没有自动保存" in answer.content.decode()
    assert MonthlyPlan.objects.get().theme == "学用结合"


def test_submitting_goes_on_from_the_version_that_was_given(world, client, keep):
    plan = make_plan(world.first, DECEMBER)
    data = filled_in(plan)
    keep(data | {"theme": "改了的主题"})
    address = reverse("plan_submit", args=[world.first.pk, DECEMBER])
    assert client.post(address, data | {"version": 1}).status_code == 409
    assert client.post(address, data | {"version": 2}).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.theme, plan.version) == ("SUBMITTED", "学用结合", 3)


@pytest.mark.parametrize(("who", "status"), [("xu", 403), ("wang", 403), ("zhou", 403), ("zhao", 404), ("zheng", 404)])
def test_who_may_not_write_gets_what_saving_gives(world, client, keep, who, status):
    make_plan(world.first, DECEMBER, status="RETURNED", return_note="请改")  # seen by those above too
    data = filled_in(MonthlyPlan.objects.get()) | {"theme": "别人的主题"}
    before, user = rows(), getattr(world, who)
    answer = keep(data, by=user)
    saved = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), data)
    assert (answer.status_code, saved.status_code) == (status, status)
    assert rows() == before
