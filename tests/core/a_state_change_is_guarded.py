"""lock, require, and what becomes of a page that is out of date."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from activities.models import MonthlyPlan
from core.workflow import YES, StaleState, lock, no, require
from tests.builders import make_plan


def test_a_row_in_another_state_is_not_handed_out(world):
    plan = make_plan(world.first, status=MonthlyPlan.Status.ACCEPTED)
    plan.status = MonthlyPlan.Status.SUBMITTED  # what an old page believes
    with transaction.atomic(), pytest.raises(StaleState, match="现在是“已备案”"):
        lock(plan, MonthlyPlan.Status.SUBMITTED)


def test_the_row_is_read_again(world):
    plan = make_plan(world.first, theme="旧")
    MonthlyPlan.objects.filter(pk=plan.pk).update(theme="新")
    with transaction.atomic():
        assert lock(plan, MonthlyPlan.Status.DRAFT).theme == "新"


def test_a_refusal_carries_its_reason():
    require(YES)
    with pytest.raises(PermissionDenied, match="由党委组织部办理"):
        require(no("由党委组织部办理。"))
    with pytest.raises(PermissionDenied, match="没有办理这件事的权限"):
        require(None)


def test_a_second_click_leads_back_with_a_message(world, client):
    plan = make_plan(world.first, status=MonthlyPlan.Status.FILED)
    client.force_login(world.zhou)
    page = f"http://testserver{plan.get_absolute_url()}"
    client.post(reverse("plan_accept", args=["month", plan.pk]), {"attempt": 1}, headers={"referer": page})
    answer = client.post(reverse("plan_accept", args=["month", plan.pk]), headers={"referer": page}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert [str(message) for message in answer.context["messages"]][-1].startswith("这件事已经有人办过了")


@pytest.mark.parametrize("referer", ["https://evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(world, client, referer):
    plan = make_plan(world.first, status=MonthlyPlan.Status.ACCEPTED)
    client.force_login(world.zhou)
    answer = client.post(reverse("plan_accept", args=["month", plan.pk]), headers={"referer": referer})
    assert answer.url == reverse("workbench")


def test_a_refused_act_says_why_on_a_page_with_a_way_back(world, client):
    plan = make_plan(world.first, status=MonthlyPlan.Status.FILED)
    client.force_login(world.li)
    answer = client.post(reverse("plan_accept", args=["month", plan.pk]))
    assert answer.status_code == 403
    assert reverse("workbench") in answer.content.decode()
