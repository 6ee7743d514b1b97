"""全部转报: whatever has come in goes on in one click, after the question, and who has not filed is named.

Wang has three branches: First and Second filed their December, Third still writes it. Qian's is another's.
"""

import datetime

import pytest

from activities.models import MonthlyPlan
from core.clock import at
from tests.builders import NOVEMBER, make_branch, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = at(datetime.date(2026, 11, 20), 9)


def test_what_is_ready_goes_on_and_the_message_names_who_has_not_filed(world, sits_down):
    december = NOVEMBER.next
    third = make_branch(world.arts, "文学院第三党支部", members=3)
    make_plan(world.first, december, "SUBMITTED", submitted_by=world.li, submitted_at=FRIDAY)
    make_plan(world.second, december, "SUBMITTED", submitted_by=world.zhao, submitted_at=FRIDAY)
    make_plan(third, december)
    make_plan(world.other, december, "SUBMITTED", submitted_by=world.qian, submitted_at=FRIDAY)
    wang = sits_down(world.wang)

    wang.open("/plans/review/")
    wang.reads("2 份计划等您审核")
    wang.press("全部转报")

    assert wang.questions == ["转报 2 份月计划。确定吗？"]
    wang.reads("已转报 2 份。")
    wang.reads("还有 1 个党支部没有报来 12 月计划：文学院第三党支部。")
    wang.reads("没有等您审核的计划")
    statuses = MonthlyPlan.objects.order_by("organization__code").values_list("organization__short_name", "status")
    assert dict(statuses) == {
        "文学院第一党支部": "FILED",
        "文学院第二党支部": "FILED",
        "文学院第三党支部": "DRAFT",
        "历史学院党支部": "SUBMITTED",
    }


def test_the_question_is_asked_before_anything_goes_on(world, sits_down):
    plan = make_plan(world.first, NOVEMBER.next, "SUBMITTED", submitted_by=world.li, submitted_at=FRIDAY)
    wang = sits_down(world.wang)
    wang.open("/plans/review/")
    wang.agrees = False

    wang.press("全部转报")

    assert wang.questions == ["转报 1 份月计划。确定吗？"]
    wang.reads("1 份计划等您审核")
    plan.refresh_from_db()
    assert plan.status == "SUBMITTED"
