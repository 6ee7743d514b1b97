"""活动日规则 on the page: everybody in office reads it, the department changes it once it has seen what that does."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.actions.policies import set_policy
from activities.models import MonthlyPlan, Policies, Policy
from core.periods import Month
from tests.builders import NOVEMBER, make_branch, make_plan
from tests.house.who_may_open_what import every_row
from tests.pages import press

DECEMBER = NOVEMBER.next
JANUARY = DECEMBER.next
TYPED = {
    "effective_from": "2027-01", "pattern": "DATE", "pattern_nth": "2", "pattern_weekday": "4", "pattern_day": "10",
    "usual_start": "14:30", "months_off": ["1", "7"], "plan_due_day": "20", "correction_days": "4",
    "lapse_working_days": "5", "record_due_days": "7", "annual_due_month": "4", "annual_due_day": "30",
    "summary_due_day": "15", "required_items": ["DUES", "EDUCATION", "EDUCATION.SPIRIT"],
}  # fmt: skip
SET = {
    "pattern": "DATE", "pattern_nth": 2, "pattern_weekday": 4, "pattern_day": 10,
    "usual_start": datetime.time(14, 30), "months_off": [1, 7], "plan_due_day": 20, "correction_days": 4,
    "lapse_working_days": 5, "record_due_days": 7, "annual_due_month": 4, "annual_due_day": 30,
    "summary_due_day": 15, "required_items": ["DUES", "EDUCATION.SPIRIT"],
}  # fmt: skip


def typed(**fields):
    return TYPED | {"seen": Policies().stamp} | fields


def rule(month, *, by, **values):
    return set_policy(month, by=by, seen=Policies().stamp, **values)


@pytest.fixture
def zhou(world, client):
    client.force_login(world.zhou)
    return client


def look(client, **fields):
    return client.get(reverse("policy_preview"), typed(**fields))


def test_what_was_shown_is_what_is_saved_and_only_then(world, zhou):
    before = every_row()
    page = look(zhou)
    assert (page.status_code, every_row()) == (200, before)
    assert page.context["change"].policy.effective_from == JANUARY

    assert press(zhou, page.wsgi_request.get_full_path(), reverse("policy_set")).url == reverse("policies")
    saved = Policy.objects.values().get(effective_from=JANUARY)
    assert {name: saved[name] for name in SET} == SET
    assert Policy.objects.count() == 2


def test_the_form_leads_to_the_preview_with_what_holds_in_the_month(world, zhou):
    rule(Month(2027, 3), by=world.zhou, plan_due_day=18)
    form = zhou.get(reverse("policy_edit"), {"month": "2027-03"}).context["form"]
    assert (form["effective_from"].value(), form["plan_due_day"].value()) == ("2027-03", 18)
    assert form.months[0] == DECEMBER and len(form.months) == 24
    assert [label for _, label in form.fields["effective_from"].choices if "替换" in label] == [
        "2027 年 3 月（已另定规则，会被替换）"
    ]
    for odd in ("2026-11", "1999-01", "x"):
        form = zhou.get(reverse("policy_edit"), {"month": odd}).context["form"]
        assert (form["effective_from"].value(), form["plan_due_day"].value()) == ("2026-12", 25)


def test_on_the_way_back_what_was_typed_is_still_there(world, zhou):
    form = zhou.get(reverse("policy_edit"), typed()).context["form"]
    assert (form["plan_due_day"].value(), form["months_off"].value(), form.has_subtypes) == ("20", ["1", "7"], True)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"plan_due_day": "32"}, "plan_due_day", "最大是 31，请改小。"),
        ({"plan_due_day": ""}, "plan_due_day", "这一项要填。"),
        ({"record_due_days": "x"}, "record_due_days", "请填写整数。"),
        ({"pattern_day": ""}, "pattern_day", "这一项要填。"),
        ({"pattern": "EASTER"}, "pattern", "请从列出的选项里选。"),
        ({"months_off": [str(number) for number in range(1, 13)]}, "months_off", "至少要留一个月开展活动日。"),
        ({"required_items": ["DANCING"]}, "required_items", "请从列出的选项里选。"),
        ({"effective_from": "2026-11"}, "effective_from", "请从列出的选项里选。"),
        (
            {"effective_from": "2026-12"}, "plan_due_day",
            "这样改，2026 年 12 月的计划 11 月 20 日就该报了，已经过期。请从下个月起改。",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(world, zhou, fields, field, words):
    for answer in (look(zhou, **fields), zhou.post(reverse("policy_set"), typed(**fields))):
        assert (answer.status_code, answer.context["form"].errors) == (422, {field: [words]})
        assert answer.context["form"]["usual_start"].value() == "14:30"
    assert Policy.objects.count() == 1


def test_a_field_that_the_pattern_does_not_read_is_not_asked_for(world, zhou):
    page = look(zhou, pattern="FREE", pattern_day="99", pattern_nth="")
    policy = page.context["change"].policy
    assert (policy.pattern, policy.pattern_day, policy.pattern_nth) == ("FREE", 10, 2)


def test_no_change_is_no_rule(world, zhou):
    same = {
        "pattern": "NTH_WEEKDAY", "usual_start": "15:00", "months_off": ["8", "2"], "plan_due_day": "25",
        "correction_days": "3", "lapse_working_days": "3", "record_due_days": "5", "annual_due_month": "3",
        "annual_due_day": "15", "summary_due_day": "10", "required_items": [],
    }  # fmt: skip
    answer = look(zhou, **same)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["和 2027 年 1 月现定的规则一样，没有改动。"]


def test_the_second_of_two_editors_sees_what_he_typed_and_that_somebody_was_faster(world, zhou):
    seen = Policies().stamp
    rule(JANUARY, by=world.zhou, plan_due_day=24)
    for answer in (look(zhou, seen=seen), zhou.post(reverse("policy_set"), typed(seen=seen))):
        assert answer.status_code == 409
        assert answer.context["form"]["plan_due_day"].value() == "20"
        assert "刚刚有人改过规则" in answer.context["form"].non_field_errors()[0]
        assert f'name="seen" value="{Policies().stamp}"' in answer.content.decode()
    assert Policy.objects.get(effective_from=JANUARY).plan_due_day == 24
    assert look(zhou).status_code == 200


def test_counts_of_plans_open_the_list_of_their_month(world, zhou):
    make_plan(world.first, JANUARY, MonthlyPlan.Status.SUBMITTED)
    page = look(zhou, months_off=["2", "8"], required_items=["OWN_DESIGN"]).content.decode()
    assert f'<a href="{reverse("plans")}?month=2027-01">1 份</a>' in page


def test_everybody_in_office_reads_what_holds_what_comes_and_what_held(world, client):
    rule(JANUARY, by=world.zhou, plan_due_day=20)
    Policy.objects.create(effective_from=Month(2025, 1), plan_due_day=28)
    for user in (world.li, world.xu, world.wang, world.he):
        client.force_login(user)
        page = client.get(reverse("policies"))
        lines = [*page.context["now"], *page.context["coming"], *page.context["page"]]
        assert [(str(line.policy.effective_from), line.last and str(line.last)) for line in lines] == [
            ("2025-01", "2026-12"), ("2027-01", None), ("2017-01", "2024-12"),
        ]  # fmt: skip
        assert [line.set_ and line.set_.by for line in lines] == [None, world.zhou, None]
        assert {one.about: was for one, was in lines[1].points}["报送计划"] == "上个月 28 日前（含当天）报送"
        html = page.content.decode()
        assert (html.count("/rules/edit/"), html.count("/drop/")) == (0, 0)


def test_a_plain_member_is_led_to_the_own_page(world, client):
    client.force_login(world.zheng)
    for name in ("policies", "settings_home"):
        assert client.get(reverse(name)).url == reverse("me")


def test_the_department_alone_finds_the_buttons_and_passes_the_door(world, client):
    policy = rule(JANUARY, by=world.zhou, plan_due_day=20)
    drop = reverse("policy_drop", args=[policy.pk])
    client.force_login(world.zhou)
    html = client.get(reverse("policies")).content.decode()
    assert (html.count("/rules/edit/"), html.count(drop)) == (2, 1)
    before = every_row()
    for user in (world.li, world.wang, world.he):
        client.force_login(user)
        before["User"] = every_row()["User"]
        answers = [
            client.get(reverse("policy_edit")), look(client), client.post(reverse("policy_set"), typed()),
            client.post(drop, {"seen": Policies().stamp}),
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [403] * 4
    assert every_row() == before


def test_a_rule_that_is_coming_is_dropped_from_the_page(world, zhou):
    policy = rule(JANUARY, by=world.zhou, plan_due_day=20)
    drop = reverse("policy_drop", args=[policy.pk])
    change = zhou.get(drop).context["change"]
    assert [(one.about, one.old, one.new) for one in change.points] == [
        ("假期月份", "没有，每月都要开展", "2 月、8 月不要求开展"),
        ("报送计划", "上个月 20 日前（含当天）报送", "上个月 25 日前（含当天）报送"),
    ]
    assert [(str(row.month), row.word) for row in change.months if row.more] == [
        ("2027-02", "4 个不再要求"), ("2027-08", "4 个不再要求"),
    ]  # fmt: skip
    assert [(cell.old, cell.new) for cell in change.months[0].cells if cell.differs] == [
        ("12 月 20 日 周日", "12 月 25 日 周五")
    ]
    assert press(zhou, drop, drop).url == reverse("policies")
    first = Policy.objects.get()
    assert first.effective_from == Month(2017, 1)
    page = zhou.get(reverse("policy_drop", args=[first.pk]))
    assert (page.context["change"], "不能取消" in page.content.decode()) == (None, True)


def test_a_button_of_an_old_page_drops_nothing(world, zhou):
    policy, seen = rule(JANUARY, by=world.zhou, plan_due_day=20), Policies().stamp
    rule(JANUARY, by=world.zhou, plan_due_day=21)
    answer = zhou.post(reverse("policy_drop", args=[policy.pk]), {"seen": seen}, follow=True)
    assert "刚刚有人改过规则" in answer.content.decode()
    assert Policy.objects.count() == 2


def test_the_preview_page_costs_the_same_with_many_branches(world, zhou):
    def cost():
        look(zhou)
        with CaptureQueriesContext(connection) as queries:
            assert look(zhou).status_code == 200
        return len(queries)

    few = cost()
    for number in range(5):
        make_plan(make_branch(world.arts, f"第{number}党支部", members=1), JANUARY, MonthlyPlan.Status.SUBMITTED)
    assert few == cost() <= 15


def test_settings_lead_to_what_each_office_has(world, client):
    def offered(user):
        client.force_login(user)
        return [entry["word"] for entry in client.get(reverse("settings_home")).context["entries"]]

    everything = ["活动日规则", "党费标准", "三定一创", "工作日历", "考评方案", "账号"]
    assert [offered(user) for user in (world.zhou, world.wang, world.li)] == [everything] * 3
    assert offered(world.he) == ["活动日规则", "党费标准", "三定一创", "工作日历", "考评方案"]
    assert offered(world.xu) == ["活动日规则", "党费标准", "三定一创", "工作日历"]
