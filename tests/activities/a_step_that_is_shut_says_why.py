"""A page on which a reader looks for a step that is not open says why, in the rule's own words."""

import datetime

import pytest
from django.urls import reverse

from activities.actions import hold_day
from tests.builders import NOVEMBER, make_annual_plan, make_day, make_plan

DECEMBER = NOVEMBER.next


@pytest.mark.parametrize(("who", "status", "why"), [
    ("li", "FILED", "党总支已经转报，不能撤回；需要改动请联系党总支或组织部退回。"),
    ("chen", "SUBMITTED", "由报送的书记或副书记撤回。"),
    ("zhou", "SUBMITTED", "由党总支书记、副书记或组织委员转报。"),
    ("wang", "FILED", "由党委组织部备案。"),
    ("chen", "ACCEPTED", "由书记或副书记修订。"),
    ("wang", "ACCEPTED", ""),
])  # fmt: skip
def test_a_months_page_has_the_sentence_that_matters(world, client, who, status, why):
    plan = make_plan(world.first, DECEMBER, status, submitted_by=world.li)
    client.force_login(getattr(world, who))
    page = client.get(plan.get_absolute_url())
    assert page.context["why_nothing"] == why
    assert (f'<div class="actionbar"><p>{why}</p></div>' in page.content.decode()) == bool(why)


def test_a_years_page_too_and_a_plan_whose_day_was_held(world, client):
    paper = make_annual_plan(world.first, 2027, "FILED", submitted_by=world.li)
    client.force_login(world.li)
    assert "党总支已经转报，不能撤回" in client.get(paper.get_absolute_url()).content.decode()
    day = make_day(world.first, NOVEMBER)
    assert "活动日已经按这份计划开展，计划不能再改" in client.get(day.plan.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("who", "status", "button"), [("wang", "SUBMITTED", "转报组织部"), ("zhou", "FILED", "备案")])
def test_a_plan_whose_day_was_held_is_passed_and_no_more_returned(world, client, who, status, button):
    plan = make_plan(world.first, NOVEMBER, status, submitted_by=world.li, planned_on=datetime.date(2026, 11, 20))
    hold_day(plan.day, by=world.li, held_on=datetime.date(2026, 11, 20))
    client.force_login(getattr(world, who))
    step = {"SUBMITTED": "forward", "FILED": "accept"}[status]
    for address in (plan.get_absolute_url(), reverse("review")):
        page = client.get(address).content.decode()
        assert f'formaction="{reverse(f"plan_{step}", args=["month", plan.pk])}"' in page
        assert ("退回</button>" in page, "退回<kbd" in page, "提意见</summary>" in page) == (False, False, False)
        assert "不能退回：活动日已经按这份计划开展" in page


def test_what_is_gone_leads_to_what_is_in_force(world, client):
    old = make_plan(world.first, DECEMBER, "SUPERSEDED", submitted_by=world.li)
    new = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li, revision=2, reason="改期")
    client.force_login(world.li)
    page = client.get(old.get_absolute_url()).content.decode()
    assert f'现在执行的是<a href="{new.get_absolute_url()}">第 2 版</a>' in page
