"""Deadlines by the server's clock: December's plan is due on 25 November, and the first submission decides."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities import filing
from activities.models import MonthlyPlan, Policy
from branches.models import Person
from core.accounts import User
from core.audit import history_of
from core.inbox import Notice
from core.periods import Month
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_annual_plan, make_day, make_plan

DECEMBER = NOVEMBER.next


def at(traveller, moment):
    traveller.move_to(datetime.datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("moment", "late"),
    [("2026-11-25T23:59:59+08:00", False), ("2026-11-26T00:00:00+08:00", True), ("2026-11-25T15:59:59+00:00", False)],
)
def test_the_day_ends_at_midnight_in_china(world, monday, moment, late):
    plan = make_plan(world.first, DECEMBER)
    at(monday, moment)
    assert filing.submit_plan(plan, by=world.li).is_late is late


def test_a_plan_mended_after_the_day_keeps_its_first_submission(world, monday):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    at(monday, "2026-11-27T09:00:00+08:00")
    filing.return_plan(plan, by=world.wang, note="地点太小")
    plan = filing.submit_plan(plan, by=world.li)
    assert (plan.is_late, plan.attempts, plan.first_submitted_on) == (False, 2, datetime.date(2026, 11, 23))
    assert plan.return_note == ""


def test_what_was_withdrawn_was_still_submitted_on_its_day(world, monday):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    plan = filing.withdraw_plan(plan, by=world.li)
    at(monday, "2026-11-30T09:00:00+08:00")
    assert filing.submit_plan(plan, by=world.li).is_late is False


def test_what_the_general_branch_took_up_cannot_be_withdrawn(world):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    filing.forward_plan(plan, by=world.wang)
    with pytest.raises(PermissionDenied, match="党总支已经转报"):
        filing.withdraw_plan(plan, by=world.li)


def test_a_date_cannot_be_made_to_fit_after_the_day_was_held(world):
    day = make_day(world.first, plan=make_plan(world.first, NOVEMBER, "SUBMITTED", submitted_by=world.li))
    for step in (
        lambda: filing.withdraw_plan(day.plan, by=world.li),
        lambda: filing.return_plan(day.plan, by=world.wang, note="换一天"),
    ):
        with pytest.raises(PermissionDenied, match="活动日已经按这份计划开展"):
            step()


@pytest.mark.parametrize("gone", ["left", "disabled"])
def test_who_can_no_longer_log_in_holds_nothing_up(world, gone):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    if gone == "left":
        Person.objects.filter(user=world.wang).update(left_on=datetime.date(2026, 11, 1))
    else:
        User.objects.filter(pk=world.wang.pk).update(is_active=False)
    assert list(MonthlyPlan.objects.visible_to(world.zhou).awaiting(world.zhou)) == [plan]
    assert filing.forward_plan(plan, by=world.zhou).status == "FILED"


def test_an_incomplete_plan_names_what_lacks_and_stays(world):
    plan = make_plan(world.first, DECEMBER, place="", host=None, items=[])
    with pytest.raises(filing.Incomplete, match="地点、主持人、议程"):
        filing.submit_plan(plan, by=world.li)
    assert MonthlyPlan.objects.get().status == "DRAFT"


def test_each_step_tells_whose_turn_it_is(world):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    plan = filing.forward_plan(plan, by=world.wang)
    filing.accept_plan(plan, by=world.zhou)
    assert list(Notice.objects.order_by("pk").values_list("recipient__name", "title")) == [
        ("王总支", "文学院第一党支部报来 2026 年 12 月计划"),
        ("周组织部", "文学院第一党支部 2026 年 12 月计划待备案"),
        ("李书记", "2026 年 12 月计划已备案"),
    ]


def test_many_are_forwarded_each_for_itself(world):
    ready = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    gone = make_plan(world.second, DECEMBER, "ACCEPTED", submitted_by=world.zhao)
    done, refused = filing.act_on_many("forward", [gone, ready], by=world.wang)
    assert done == [ready]
    assert [plan for plan, _ in refused] == [gone]


def test_what_has_not_come_so_far_is_not_said_to_be_done_by_somebody(world):
    early = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    assert filing.act_on_many("accept", [early], by=world.zhou) == ([], [(early, "党总支还没有转报。")])


def test_the_department_standing_in_is_on_record(world):
    world.wang.person.appointments.update(ends_on="2026-11-01")
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    filing.forward_plan(plan, by=world.zhou)
    assert history_of(plan).last().note == "党总支无人可办，组织部代为转报"

    returned = make_plan(world.second, DECEMBER, "SUBMITTED", submitted_by=world.zhao)
    filing.return_plan(returned, by=world.zhou, note="请改地点")
    assert history_of(returned).last().data["level"] == "党委组织部"
    assert Notice.objects.get(recipient=world.zhao, kind="plan_returned").sender == "党委组织部"


def test_a_submission_is_kept_as_it_was(world):
    plan = filing.submit_plan(make_plan(world.first, DECEMBER, theme="第一稿"), by=world.li)
    filing.return_plan(plan, by=world.wang, note="换主题")
    MonthlyPlan.objects.update(theme="第二稿")
    filing.submit_plan(plan, by=world.li)
    sent = [step.data["content"]["theme"] for step in history_of(plan) if step.event == "plan.submitted"]
    assert sent == ["第一稿", "第二稿"]


def test_a_second_click_is_told_what_happened(world):
    plan = make_plan(world.first, DECEMBER)
    filing.submit_plan(plan, by=world.li)
    with pytest.raises(StaleState, match="待总支审核"):
        filing.submit_plan(plan, by=world.li)


def test_what_nobody_has_to_file_is_not_late_and_its_form_says_why(world, client):
    """August is off, and before the first rules there was no site: neither plan is owed, whoever files it."""
    client.force_login(world.li)
    for month in (Month(2026, 8), Policy.first_month() - 1):
        page = client.get(f"/plans/{world.first.pk}/{month}/").content.decode()
        assert ("不要求报送" in page, "已逾期" in page) == (True, False)
    plan = filing.submit_plan(make_plan(world.first, Month(2026, 8)), by=world.li)
    assert (plan.is_late, plan.due_on) == (False, datetime.date(2026, 11, 23))

    late = filing.submit_plan(make_plan(world.first, NOVEMBER), by=world.li)
    assert (late.is_late, late.due_on) == (True, datetime.date(2026, 10, 25))


def test_a_year_before_the_site_came_into_use_is_not_late(world, client):
    client.force_login(world.li)
    before = Policy.first_month().year - 1
    page = client.get(reverse("year_edit", args=["annual", world.first.pk, before])).content.decode()
    assert ("不要求报送" in page, "已逾期" in page) == (True, False)
    assert filing.submit_plan(make_annual_plan(world.first, before, "DRAFT"), by=world.li).is_late is False
