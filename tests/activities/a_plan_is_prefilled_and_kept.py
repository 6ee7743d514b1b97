"""A new plan starts filled in; bad input is named at its place and nothing is lost; nobody's text is overwritten."""

import datetime
import re

import pytest
from django.urls import reverse

from activities import filing
from activities.models import MonthlyPlan, PlanItem, Policy
from activities.parts import item_words
from activities.prefill import Background, prefill
from tests.activities.the_filing_table_is_kept import filled_in, rows
from tests.builders import ITEMS, NOVEMBER, make_annual_plan, make_guide, make_person, make_plan
from tests.pages import FormReader

DECEMBER, JANUARY = NOVEMBER.next, NOVEMBER + 2


def test_the_day_the_theme_and_the_last_plan_fill_the_form(world):
    before = make_plan(world.first, NOVEMBER, starts_at=datetime.time(14, 30), place="205 教室")
    PlanItem.objects.filter(plan=before, order=1).update(content="集中交纳并查验 11 月党费")
    make_annual_plan(world.committee, theme_4="全校的主题")
    make_annual_plan(world.arts, theme_4="总支的主题")
    make_annual_plan(world.first, status="SUBMITTED", theme_4="还没有备案的主题")
    values, items, origins = prefill(Background(world.first, DECEMBER))
    assert values == {
        "planned_on": datetime.date(2026, 12, 11), "starts_at": datetime.time(14, 30), "theme": "总支的主题",
        "place": "205 教室", "host": before.host, "recorder": before.recorder,
    }  # fmt: skip
    assert items[0]["content"] == "集中交纳并查验 12 月党费"
    assert origins["planned_on"] == "由“每月第二个星期五”预填"
    assert {origins[name] for name in ("place", "host", "recorder", "starts_at")} == {"同上次"}


def test_who_has_left_the_branch_hosts_no_more(world):
    before = make_plan(world.first, NOVEMBER)
    before.host.left_on = datetime.date(2026, 11, 20)
    before.host.save(update_fields=["left_on"])
    values, _, _ = prefill(Background(world.first, DECEMBER))
    assert "host" not in values
    assert values["recorder"] == before.recorder


def test_opening_the_form_writes_nothing(world, client):
    make_plan(world.first, NOVEMBER, "ACCEPTED")
    client.force_login(world.li)
    before, address = rows(), reverse("plan_edit", args=[world.first.pk, DECEMBER])
    page = client.get(address)
    assert page.context["form"].initial["planned_on"] == datetime.date(2026, 12, 11)
    form = FormReader(page.text, address).targets[reverse("plan_save", args=[world.first.pk, DECEMBER])]
    assert [value for name, value in form.values if re.fullmatch(r"i-\d-content", name)] == [item[2] for item in ITEMS]
    assert rows() == before


def test_a_month_off_is_said_but_not_forbidden(world, client):
    Policy.objects.update(months_off=[12])
    client.force_login(world.li)
    page = client.get(reverse("plan_edit", args=[world.first.pk, DECEMBER])).content.decode()
    assert "12 月是假期月份，不要求开展" in page


BAD = {
    "planned_on": ("2026-11-30", "活动日期要在 2026 年 12 月之内。"),
    "starts_at": ("25:00", "请填写时间，如 15:00。"),
    "theme": ("长" * 121, "最多 120 个字，现在有 121 个。"),
    "host": ("987654", "请从列出的选项里选。"),
}


@pytest.mark.parametrize("field", BAD)
def test_bad_input_is_named_at_its_field_and_nothing_is_written(world, client, field):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    before, data = rows(), filled_in(plan) | {field: BAD[field][0], "place": "打好的字"}
    answer = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [BAD[field][1]]}
    assert 'value="打好的字"' in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize("what", ["", "EDUCATION", "SERVICE.SPIRIT", "EVIL"])
def test_an_item_is_one_of_the_schemes_kinds(world, client, what):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    data = filled_in(plan) | {"i-1-what": what}
    answer = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), data)
    assert answer.context["formset"].forms[1].errors == {"what": ["请选这一项的类别。"]}


def test_people_of_other_branches_cannot_be_named(world, client):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    data = filled_in(plan) | {"host": world.zhao.person.pk}
    answer = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), data)
    assert list(answer.context["form"].errors) == ["host"]


def test_a_run_that_takes_no_more_says_so_where_the_button_was(world, client):
    """Of a plan, and of a guide, whose lines are another form's."""
    lines = [("OWN_DESIGN", "", f"第 {number} 项", 5) for number in range(20)]
    plan = make_plan(world.first, DECEMBER, items=lines)
    guide = make_guide(world.arts, world.wang, JANUARY, items=[(*line[:3], False) for line in lines], is_issued=False)

    def offers(user, address):
        client.force_login(user)
        page = client.get(address, {"add": "1"}).content.decode()
        return 'name="add"' in page, "最多 20 项" in page

    for user, row, address in (
        (world.li, plan, plan.edit_address), (world.wang, guide, reverse("guide_edit", args=[world.arts.pk, JANUARY])),
    ):  # fmt: skip
        assert offers(user, address) == (False, True)
        row.items.filter(order__gt=18).delete()
        assert offers(user, address) == (True, False)


def test_lines_are_added_and_dropped_without_losing_the_others(world, client):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    address = reverse("plan_save", args=[world.first.pk, DECEMBER])
    page = client.post(address, filled_in(plan) | {"add": "1"}, follow=True)
    before = [item.content for item in plan.items.all()]
    lines = page.context["formset"].forms
    assert [line.initial.get("content") for line in lines] == [*before, None]

    plan.refresh_from_db()
    new = {f"i-{len(before)}-what": "SERVICE.CULTURE", f"i-{len(before)}-content": "社区演出"}
    data = filled_in(plan) | new | {f"i-{len(before)}-minutes": 30, "i-TOTAL_FORMS": len(before) + 1}
    client.post(address, data | {"drop": "0"})
    assert [(item.order, item.content) for item in plan.items.all()] == list(
        enumerate([*before[1:], "社区演出"], start=1)
    )


def test_a_line_left_empty_is_not_kept_and_half_a_line_is_asked_for(world, client):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    number, address = plan.items.count(), reverse("plan_save", args=[world.first.pk, DECEMBER])
    data = filled_in(plan) | {f"i-{number}-what": "", f"i-{number}-content": " ", "i-TOTAL_FORMS": number + 1}
    answer = client.post(address, data | {f"i-{number}-what": "DUES"})
    assert answer.context["formset"].forms[number].errors == {
        "content": ["请写这一项做什么。"]
    }  # fmt: skip
    assert client.post(address, data).status_code == 302
    assert plan.items.count() == number


def test_two_editors_do_not_overwrite_each_other(world, client):
    plan, cadre = make_plan(world.first, DECEMBER), make_person(world.first, "许领导", is_leading_cadre=True)
    client.force_login(world.li)
    address, old = reverse("plan_save", args=[world.first.pk, DECEMBER]), filled_in(plan)
    client.post(address, old | {"theme": "李的主题"})
    client.force_login(world.chen)
    typed = old | {"theme": "陈的主题", "i-1-content": "陈的讨论", "cadres": [cadre.pk], "guest_groups": ["FLOATING"]}
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert (answer.status_code, MonthlyPlan.objects.get().theme) == (409, "李的主题")
    assert [words in page for words in ("这份计划刚刚在李书记那里保存过", 'value="陈的主题"')] == [True, True]
    run, *others = sorted(answer.context["overtaken"]["differences"], key=lambda one: one.name != "议程")
    assert [(one.name, one.typed, one.now) for one in others] == [
        ("主题", "陈的主题", "李的主题"), ("参加的党员领导干部", "许领导", ""), ("列席", "流动党员", ""),
    ]  # fmt: skip
    stored = item_words(plan.items.get(order=2))
    assert (run.typed, run.now) == (f"2．{stored.replace('学习讨论', '陈的讨论')}", f"2．{stored}")
    assert "hx-post" not in page  # nothing is kept before it is looked at

    chosen = typed | {"version": answer.context["form"]["version"].value()}
    assert client.post(address, chosen).status_code == 302  # knowing what stands, Chen's is a choice
    plan.refresh_from_db()
    assert (plan.theme, plan.version) == ("陈的主题", 3)


def test_what_was_typed_after_the_plan_went_up_is_shown_not_lost(world, client):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.chen)
    address, typed = reverse("plan_save", args=[world.first.pk, DECEMBER]), filled_in(plan) | {"theme": "陈的主题"}
    filing.submit_plan(plan, by=world.li)
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert (answer.status_code, 'value="陈的主题"' in page) == (409, True)
    assert MonthlyPlan.objects.get().theme == "学用结合"
    assert ("撤回" in page, "请告诉书记" in page) == (False, True)  # Chen is no secretary

    client.force_login(world.li)
    assert "撤回。下面是您填写的内容" in client.post(address, typed).content.decode()


def test_two_first_drafts_at_once_are_one_plan(world, client):
    """Both pages were opened before there was a plan: the second is told, not overwritten."""
    client.force_login(world.li)
    address = reverse("plan_save", args=[world.first.pk, DECEMBER])
    data = filled_in(make_plan(world.second, DECEMBER)) | {"version": 0, "host": "", "recorder": ""}
    assert client.post(address, data | {"theme": "先"}).status_code == 302
    assert client.post(address, data | {"theme": "后"}).status_code == 409
    assert MonthlyPlan.objects.get(organization=world.first).theme == "先"


@pytest.mark.parametrize("step", ["save", "submit", "autosave"])
def test_a_version_of_no_draft_writes_nothing_and_leads_back(world, client, step):
    client.force_login(world.li)
    before, data = rows(), {"version": 1, "theme": "主题", "i-TOTAL_FORMS": 0, "i-INITIAL_FORMS": 0}
    page = client.post(reverse(f"plan_{step}", args=[world.first.pk, DECEMBER]), data, follow=True)
    assert "这份草稿已经不在了，请重新填写。" in page.content.decode()
    assert rows() == before


def test_a_draft_with_gaps_is_kept_and_the_gaps_are_named(world, client):
    client.force_login(world.chen)
    address = reverse("plan_save", args=[world.first.pk, DECEMBER])
    data = {"version": 0, "theme": "只有主题", "i-TOTAL_FORMS": 0, "i-INITIAL_FORMS": 0}
    page = client.post(address, data, follow=True)
    assert [one.word for one in page.context["missing"]] == [
        "活动日期", "开始时间", "地点", "主持人", "记录人", "议程",
    ]  # fmt: skip
