"""What a guide asks stands in the branch's new plan: required items that it lacks, suggested ones of a missing kind."""

import pytest
from django.urls import reverse

from activities.guides import guide_items, guides_for, lacking_items
from activities.prefill import Background, prefill
from tests.builders import NOVEMBER, make_guide, make_plan

DECEMBER = NOVEMBER.next
DUES, STUDY = ("DUES", "", "收党费", 10), ("EDUCATION", "SPIRIT", "学习讨论", 40)


def planned(branch):
    """``[(kind, subtype, content, origin)]`` of the branch's new plan of December."""
    _, items, _ = prefill(Background(branch, DECEMBER))
    return [(item["kind"], item["subtype"], item["content"], item.get("origin", "")) for item in items]


def kept(*items):
    return [(kind, subtype, content, "") for kind, subtype, content, _ in items]


def test_a_required_item_that_is_lacking_is_added_in_the_guides_words(world):
    make_plan(world.first, NOVEMBER, items=[DUES, STUDY])
    make_guide(world.committee, world.zhou, items=[
        ("EDUCATION", "SPIRIT", "学习宪法", True), ("EDUCATION", "INTEGRITY", "观看警示片", True),
    ])  # fmt: skip
    assert planned(world.first) == [
        *kept(DUES, STUDY), ("EDUCATION", "INTEGRITY", "观看警示片", "按 12 月工作提示"),
    ]  # fmt: skip


def test_a_suggested_item_is_added_only_where_its_kind_is_missing(world):
    make_plan(world.first, NOVEMBER, items=[DUES, STUDY])
    make_guide(world.committee, world.zhou, items=[
        ("EDUCATION", "INTEGRITY", "观看警示片", False), ("SERVICE", "LEGAL_AID", "法律咨询", False),
        ("SERVICE", "CULTURE", "文艺演出", False),
    ])  # fmt: skip
    assert planned(world.first) == [*kept(DUES, STUDY), ("SERVICE", "LEGAL_AID", "法律咨询", "按 12 月工作提示")]


def test_what_is_required_answers_what_is_suggested(world):
    make_plan(world.first, NOVEMBER, items=[DUES])
    make_guide(world.committee, world.zhou, items=[
        ("SERVICE", "CULTURE", "文艺演出", False), ("SERVICE", "LEGAL_AID", "法律咨询", True),
    ])  # fmt: skip
    assert planned(world.first) == [*kept(DUES), ("SERVICE", "LEGAL_AID", "法律咨询", "按 12 月工作提示")]


def test_two_required_items_of_a_kind_want_two(world):
    make_plan(world.first, NOVEMBER, items=[STUDY])
    make_guide(world.committee, world.zhou, items=[("EDUCATION", "SPIRIT", "学习宪法", True)])
    make_guide(world.arts, world.wang, items=[("EDUCATION", "SPIRIT", "学习院史", True)])
    assert planned(world.first) == [*kept(STUDY), ("EDUCATION", "SPIRIT", "学习院史", "按 12 月工作提示")]


def test_only_issued_guides_of_the_own_line_and_of_the_month_count(world):
    asked = [("SERVICE", "LEGAL_AID", "法律咨询", True)]
    make_plan(world.first, NOVEMBER, items=[DUES])
    make_guide(world.history, world.sun, items=asked)
    make_guide(world.committee, world.zhou, NOVEMBER, items=asked)
    make_guide(world.arts, world.wang, items=asked, is_issued=False)
    assert planned(world.first) == kept(DUES)
    assert planned(world.other)[-1] == ("SERVICE", "LEGAL_AID", "法律咨询", "按 12 月工作提示")
    assert planned(world.direct)[-1] == ("SERVICE", "CONVENIENCE", "校园志愿服务", "")  # the usual items


def test_guides_come_from_the_top_down_with_items_and_files(world, django_assert_num_queries):
    arts = make_guide(world.arts, world.wang, items=[("DUES", "", "收党费", False)], files=["一.pdf", "二.pdf"])
    committee = make_guide(world.committee, world.zhou, items=[("EDUCATION", "SPIRIT", "学习宪法", True)])
    make_guide(world.history, world.sun)
    with django_assert_num_queries(3):
        guides = guides_for(world.first, DECEMBER)
        assert guides == [committee, arts]
        assert [str(row.file) for row in guides[1].files.all()] == ["一.pdf", "二.pdf"]
        assert [(item.content, item.guide.issuer_name) for item in guide_items(guides)] == [
            ("学习宪法", "校党委组织部"), ("收党费", "文学院党总支"),
        ]  # fmt: skip
    assert guides_for(world.direct, DECEMBER) == [committee]
    assert guides_for(world.arts, DECEMBER) == [committee]


@pytest.mark.parametrize("as_dicts", [True, False])
def test_what_a_plan_lacks_is_said_in_the_guides_words(world, as_dicts):
    make_guide(world.committee, world.zhou, items=[
        ("EDUCATION", "SPIRIT", "学习宪法", True), ("SERVICE", "LEGAL_AID", "法律咨询", True),
        ("SERVICE", "CULTURE", "文艺演出", False),
    ])  # fmt: skip
    plan = make_plan(world.first, DECEMBER, items=[DUES, STUDY])
    items = list(plan.items.values("kind", "subtype", "content", "minutes")) if as_dicts else plan.items.all()
    guides = guides_for(world.first, DECEMBER)
    assert lacking_items(guides, items) == ["为民服务 · 法律援助：法律咨询"]
    assert lacking_items(guides, []) == ["集中教育 · 党性观念教育：学习宪法", "为民服务 · 法律援助：法律咨询"]
    assert lacking_items([], items) == []


def test_a_meeting_that_is_a_lesson_besides_answers_for_both(world, client):
    """On the stored plan, in the pre-filled one, and on the form as it is typed."""
    make_guide(
        world.committee, world.zhou, items=[("MEETING", "GENERAL", "大会", True), ("MEETING", "LESSON", "讲", True)]
    )
    plan = make_plan(world.first, DECEMBER, items=[("MEETING", "GENERAL", "党员大会", 40)])
    guides = guides_for(world.first, DECEMBER)
    assert lacking_items(guides, plan.items.all()) == ["三会一课 · 党课：讲"]
    plan.items.update(also=["LESSON"])
    assert lacking_items(guides, plan.items.all()) == lacking_items(guides, plan.items.values()) == []
    make_plan(world.first, NOVEMBER).items.filter(kind="MEETING").update(also=["LESSON"])
    assert "按 12 月工作提示" not in [origin for *_, origin in planned(world.first)]
    client.force_login(world.li)
    page = client.get(plan.edit_address)
    assert page.context["missing"] == []


def test_the_form_of_a_new_plan_shows_the_added_item(world, client):
    make_plan(world.first, NOVEMBER, items=[DUES])
    make_guide(world.committee, world.zhou, items=[("SERVICE", "LEGAL_AID", "法律咨询", True)])
    client.force_login(world.li)
    page = client.get(reverse("plan_edit", args=[world.first.pk, DECEMBER]))
    assert [line["what"].value() for line in page.context["formset"]] == ["DUES", "SERVICE.LEGAL_AID"]
    assert [line["content"].value() for line in page.context["formset"]] == ["收党费", "法律咨询"]
