"""What a change of the rules will do, month by month, before anything is saved. It is 23 November 2026."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.forms.policies import values_of
from activities.models import MonthlyPlan, PlanItem, Policies, Policy
from activities.policy_reports import Cell, preview
from core.periods import Month
from tests.builders import ITEMS, NOVEMBER, make_branch, make_plan

DECEMBER = NOVEMBER.next
JANUARY = DECEMBER.next
Status = MonthlyPlan.Status
WITHOUT_DUES = ITEMS[1:]


def changed(month=DECEMBER, **fields):
    """The rule as it stands in a month, with these fields changed; not saved."""
    return Policy(effective_from=month, **values_of(Policies().of(month)) | fields)


def shown(world, policy, user=None):
    return preview(user or world.zhou, Policies(), policy)


def test_exactly_the_month_changes_that_is_no_longer_off(world):
    change = shown(world, changed(months_off=[8]))
    assert [(row.month, row.owing, row.will_owe, row.more, row.word) for row in change.months] == [
        (Month(2027, 2), 0, 4, 4, "多 4 个要报")
    ]
    assert change.months[0].cells == [
        Cell("固定活动日", "假期，不要求", "2 月 12 日 周五"),
        Cell("计划截止", "—", "1 月 25 日 周一"),
        Cell("记录截止", "—", "2 月 17 日 周三"),
    ]
    assert change.same == [month for month in DECEMBER.until(NOVEMBER + 12) if month != Month(2027, 2)]


def test_a_new_month_off_says_how_many_branches_are_no_longer_asked(world):
    world.other.closed_on = datetime.date(2026, 10, 1)
    world.other.save()
    change = shown(world, changed(months_off=[2, 7, 8]))
    assert [(row.month, row.more, row.word) for row in change.months] == [(Month(2027, 7), -3, "3 个不再要求")]


def test_a_month_in_which_both_patterns_name_the_same_day_does_not_change(world):
    change = shown(world, changed(JANUARY, pattern="DATE", pattern_day=10))
    # 2027: the second Friday is the 10th in September and December; February and August are off
    assert [row.month.number for row in change.months] == [1, 3, 4, 5, 6, 7, 10, 11]
    assert change.months[0].cells == [
        Cell("固定活动日", "1 月 8 日 周五", "1 月 10 日 周日"),
        Cell("计划截止", "12 月 25 日 周五", "12 月 25 日 周五"),
        Cell("记录截止", "1 月 13 日 周三", "1 月 15 日 周五"),
    ]
    assert [row.more for row in change.months] == [0] * 8
    assert change.same_in_words == "2027 年 2 月、8 月、9 月、12 月"


def test_without_a_fixed_day_the_branches_set_their_own(world):
    cells = shown(world, changed(pattern="FREE")).months[0].cells
    assert (cells[0].new, cells[2].new) == ("支部自己定", "活动日后 5 天")


def test_deadlines_alone_change_every_month_that_is_not_off(world):
    change = shown(world, changed(plan_due_day=28))
    assert [row.month.number for row in change.months] == [12, 1, 3, 4, 5, 6, 7, 9, 10, 11]
    assert {cell.name for row in change.months for cell in row.cells if cell.differs} == {"计划截止"}
    assert (change.due_on, change.days_left) == (datetime.date(2026, 11, 28), 5)


def test_what_no_date_hangs_on_changes_no_month(world):
    change = shown(world, changed(correction_days=5))
    assert (change.months, len(change.same)) == ([], 12)
    assert [point.about for point in change.points] == ["退回再报"]


def test_a_rule_that_begins_later_is_left_alone(world):
    later = changed(Month(2027, 3), plan_due_day=20)
    later.save()
    change = shown(world, changed(plan_due_day=28))
    assert [row.month.number for row in change.months] == [12, 1]
    assert (change.later, change.replaces) == (later, None)
    again = shown(world, changed(Month(2027, 3), plan_due_day=21))
    assert (again.later, again.replaces) == (None, later)


def plans_of_december(world):
    make_plan(world.first, DECEMBER, Status.SUBMITTED)  # on the second Friday, the 11th
    make_plan(world.second, DECEMBER, Status.FILED, planned_on=datetime.date(2026, 12, 10), items=WITHOUT_DUES)
    make_plan(world.other, DECEMBER, Status.ACCEPTED, planned_on=datetime.date(2026, 12, 18))
    make_plan(world.direct, DECEMBER)  # a draft
    make_plan(world.first, NOVEMBER, Status.ACCEPTED, items=WITHOUT_DUES)  # of a month that does not change


def found(change):
    return [(row.month, row.filed, row.other_day, row.lacking, row.is_off) for row in change.plans]


def test_plans_that_stand_on_another_day_are_counted(world):
    plans_of_december(world)
    assert found(shown(world, changed(pattern="DATE", pattern_day=10))) == [(DECEMBER, 3, 2, 0, False)]
    assert found(shown(world, changed(pattern="DATE", pattern_day=11))) == []  # the same day as before
    assert found(shown(world, changed(pattern="FREE"))) == []


def test_plans_that_lack_what_is_newly_required_are_counted(world):
    plans_of_december(world)
    assert found(shown(world, changed(required_items=["DUES"]))) == [(DECEMBER, 3, 0, 1, False)]
    assert found(shown(world, changed(required_items=["DUES", "EDUCATION.THOUGHT"]))) == [(DECEMBER, 3, 0, 3, False)]
    assert found(shown(world, changed(required_items=["EDUCATION", "EDUCATION.SPIRIT"]))) == []
    MonthlyPlan.objects.get(organization=world.second).items.filter(kind="EDUCATION").update(also=["LESSON"])
    assert found(shown(world, changed(required_items=["MEETING.LESSON"]))) == [(DECEMBER, 3, 0, 2, False)]
    assert found(shown(world, changed(required_items=["MEETING.GENERAL"]))) == []
    PlanItem.objects.filter(kind="MEETING").delete()
    assert found(shown(world, changed(required_items=["MEETING"]))) == [(DECEMBER, 3, 0, 2, False)]
    Policy.objects.update(required_items=["DUES"])
    assert found(shown(world, changed(plan_due_day=28))) == []  # it was required before


def test_plans_of_a_month_that_is_turned_off_are_named(world):
    plans_of_december(world)
    change = shown(world, changed(months_off=[2, 8, 12], pattern="DATE", required_items=["OWN_DESIGN"]))
    assert found(change) == [(DECEMBER, 3, 0, 0, True)]


def test_of_drafts_only_the_number_is_said(world):
    plans_of_december(world)
    assert shown(world, changed(plan_due_day=28)).drafts == 1


@pytest.mark.parametrize("fields", [{"plan_due_day": 28}, {"months_off": []}, {"pattern": "DATE"}])
def test_a_preview_asks_the_same_few_queries_however_many_branches_there_are(world, fields):
    def cost():
        policies = Policies()
        policy = Policy(effective_from=DECEMBER, **values_of(policies.of(DECEMBER)) | fields)
        with CaptureQueriesContext(connection) as queries:
            preview(world.zhou, policies, policy)
        return len(queries)

    cost()  # where the user sits is read once
    few = cost()
    for number in range(5):
        make_plan(make_branch(world.arts, f"第{number}党支部", members=1), DECEMBER, Status.SUBMITTED)
    assert (few, cost()) == (3, 3)
