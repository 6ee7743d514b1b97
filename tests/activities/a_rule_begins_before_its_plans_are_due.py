"""Changing the rules. It is 23 November; the plans of December are due on the 25th, so December may still change.

Zhou sits in the organization department. What was owed or filed in the past never changes.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

import activities.tasks  # noqa: F401 - what a worker knows
from activities.actions.policies import drop_policy, set_policy
from activities.models import Policies, Policy
from activities.rules.policies import can_drop_policy, can_set_policy
from branches.models import Office
from core.audit import history_of
from core.inbox import Notice
from core.jobs import Job, work_off
from core.periods import Month
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_officer, make_organization, make_plan

DECEMBER = NOVEMBER.next
JANUARY = DECEMBER.next


def change(world, month=DECEMBER, *, by=None, seen=None, **values):
    seen = Policies().stamp if seen is None else seen
    return set_policy(month, by=by or world.zhou, seen=seen, **values)


def rows():
    return list(Policy.objects.order_by("pk").values())


def test_a_rule_holds_from_its_month_on_and_leaves_the_months_before_alone(world):
    old, before = Policy.objects.get(), rows()
    new = change(world, JANUARY, plan_due_day=20, months_off=[7, 8], required_items=["DUES"])
    found = Policies()
    assert [found.of(month).pk for month in (NOVEMBER, DECEMBER, JANUARY, Month(2030, 5))] == [
        old.pk, old.pk, new.pk, new.pk,
    ]  # fmt: skip
    assert (new.plan_due_day, new.months_off, new.required_items, new.version) == (20, [7, 8], ["DUES"], 1)
    assert rows()[0] == before[0]


def test_the_first_month_that_may_change_is_the_next_whose_plans_are_not_yet_due(world, monday):
    assert Policies().first_open_month() == DECEMBER
    monday.move_to("2026-11-25T23:00:00+08:00")
    assert Policies().first_open_month() == DECEMBER
    monday.move_to("2026-11-26T00:30:00+08:00")
    assert Policies().first_open_month() == JANUARY
    monday.move_to("2026-12-01T00:30:00+08:00")
    assert Policies().first_open_month() == JANUARY


def test_a_rule_that_is_to_begin_later_sets_the_due_day_of_its_own_month(world, monday):
    change(world, DECEMBER, plan_due_day=24)
    monday.move_to("2026-11-25T09:00:00+08:00")
    assert Policies().first_open_month() == JANUARY


def test_before_the_site_came_into_use_there_is_nothing_to_change(world):
    Policy.objects.update(effective_from=Month(2027, 6))
    assert Policies().first_open_month() == Month(2027, 6)


@pytest.mark.parametrize("month", [NOVEMBER, Month(2026, 1), Month(2017, 1)])
def test_a_rule_never_begins_in_the_past(world, month):
    before = rows()
    with pytest.raises(PermissionDenied, match="最早从 2026 年 12 月起"):
        change(world, month, plan_due_day=20)
    assert rows() == before


def test_a_rule_never_makes_the_plans_of_its_month_due_before_today(world):
    before = rows()
    with pytest.raises(PermissionDenied, match="11 月 22 日就该报了"):
        change(world, DECEMBER, plan_due_day=22)
    assert rows() == before
    assert change(world, DECEMBER, plan_due_day=23).plan_due_on(DECEMBER) == datetime.date(2026, 11, 23)


def test_a_plan_that_is_begun_keeps_its_due_day(world):
    plan = make_plan(world.first, DECEMBER)
    change(world, DECEMBER, plan_due_day=23)
    plan.refresh_from_db()
    assert plan.due_on == datetime.date(2026, 11, 25)


def test_what_is_not_yet_in_force_is_replaced_in_its_place(world):
    first = change(world, JANUARY, plan_due_day=20)
    again = change(world, JANUARY, plan_due_day=21)
    assert (again.pk, again.version, again.plan_due_day, Policy.objects.count()) == (first.pk, 2, 21, 2)
    entry = history_of(again).last()
    assert entry.data["changes"] == {"plan_due_day": [20, 21], "version": [1, 2]}


def test_what_is_not_yet_in_force_can_be_dropped_and_the_log_keeps_what_it_said(world):
    policy = change(world, JANUARY, plan_due_day=20)
    left = drop_policy(policy, by=world.zhou, seen=Policies().stamp)
    assert left.stamp == Policies().stamp
    assert [row.plan_due_day for row in Policy.objects.all()] == [25]
    entry = history_of(policy).last()
    assert (entry.event, entry.by, entry.note) == ("policy.dropped", world.zhou, "2027 年 1 月起的规则取消")
    assert entry.data["also"][0]["changes"]["plan_due_day"] == [20, None]


def test_neither_the_first_rule_nor_one_that_is_in_use_can_be_dropped(world, monday):
    assert "系统启用时的规则" in can_drop_policy(world.zhou, Policy.objects.get()).why
    policy = change(world, DECEMBER, plan_due_day=28)
    assert can_drop_policy(world.zhou, policy)
    monday.move_to("2026-11-26T09:00:00+08:00")  # the rule before would have had them due yesterday
    assert "已经过期" in can_drop_policy(world.zhou, policy).why
    monday.move_to("2026-11-29T09:00:00+08:00")
    with pytest.raises(PermissionDenied, match="已经用上了"):
        drop_policy(policy, by=world.zhou, seen=Policies().stamp)
    assert Policy.objects.count() == 2


def test_only_the_department_at_the_top_sets_rules(world):
    below = make_organization("COMMITTEE", "分党委", world.committee)
    others = [world.li, world.chen, world.wang, world.he, world.zheng]
    others.append(make_officer(below, Office.ORGANIZATION_DEPARTMENT, "冯组织部", branch=world.direct))
    policy, before = change(world, JANUARY, plan_due_day=20), rows()
    for user in others:
        assert not can_set_policy(user) and not can_drop_policy(user, policy)
        with pytest.raises(PermissionDenied):
            change(world, by=user, plan_due_day=24)
        with pytest.raises(PermissionDenied):
            drop_policy(policy, by=user, seen=Policies().stamp)
    assert rows() == before


def test_of_two_editors_the_second_is_told_and_writes_nothing(world):
    seen = Policies().stamp
    change(world, JANUARY, seen=seen, plan_due_day=20)
    before = rows()
    with pytest.raises(StaleState, match="刚刚有人改过规则"):
        change(world, JANUARY, seen=seen, plan_due_day=21)
    with pytest.raises(StaleState):
        change(world, DECEMBER, seen=seen, record_due_days=7)
    with pytest.raises(StaleState):
        drop_policy(Policy.objects.first(), by=world.zhou, seen=seen)
    assert rows() == before


def test_a_rule_that_came_and_went_is_a_change_too(world):
    policy = change(world, JANUARY, plan_due_day=20)
    seen = Policies().stamp
    drop_policy(policy, by=world.zhou, seen=seen)
    change(world, JANUARY, plan_due_day=20)
    with pytest.raises(StaleState):
        change(world, JANUARY, seen=seen, plan_due_day=21)


def test_the_log_says_who_set_what_in_words(world):
    policy = change(world, JANUARY, plan_due_day=20, months_off=[2, 8])
    entry = history_of(policy).get()
    assert (entry.event, entry.by, entry.word) == ("policy.set", world.zhou, "制定活动日规则")
    assert entry.note == "报送计划：上个月 25 日前（含当天）报送 → 上个月 20 日前（含当天）报送"


def told():
    return sorted(Notice.objects.filter(kind="policy_set").values_list("recipient__name", "title"))


def test_whoever_drafts_files_or_reviews_plans_is_told_once_in_the_background(world, monkeypatch):
    monkeypatch.setattr("activities.policy_telling.BATCH", 2)
    change(world, JANUARY, plan_due_day=20)
    assert told() == []
    job = Job.objects.get(kind="tell_of_policy")
    for _ in range(2):
        Job.objects.update(state="PENDING")
        assert work_off(job.pk)
    title = "活动日规则从 2027 年 1 月起有调整"
    assert told() == sorted(
        (user.name, title) for user in (world.li, world.chen, world.zhao, world.qian, world.wu, world.wang, world.sun)
    )
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


def test_what_was_changed_once_more_before_it_was_told_is_told_once(world):
    change(world, JANUARY, plan_due_day=20)
    policy = change(world, JANUARY, plan_due_day=21)
    first, second = Job.objects.filter(kind="tell_of_policy").order_by("pk")
    work_off(first.pk)
    assert told() == []
    work_off(second.pk)
    assert {text for _, text in told()} == {"活动日规则从 2027 年 1 月起有调整"}
    drop_policy(policy, by=world.zhou, seen=Policies().stamp)
    work_off(Job.objects.order_by("pk").last().pk)
    assert Notice.objects.filter(title="原定 2027 年 1 月起的规则调整取消了").count() == 7
