"""Two of the organization department open the same plan: the slower one is told who was faster, and decides nothing.

Zhou puts First Branch's December on file while Shen, her colleague, writes why it should go back.
"""

import pytest

from activities.models import MonthlyPlan
from branches.models import Office
from core.audit import history_of
from tests.builders import NOVEMBER, make_officer, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_slower_reviewer_is_told_who_was_faster(world, sits_down):
    plan = make_plan(world.first, NOVEMBER.next, "FILED", submitted_by=world.li)
    shen = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "沈组织部", branch=world.direct)
    faster, slower = sits_down(world.zhou), sits_down(shen)
    for reviewer in (faster, slower):
        reviewer.open("/plans/review/")
        reviewer.reads("1 份计划等您审核")
    slower.page.get_by_label("退回意见", exact=True).fill("地点请改。")

    faster.press("备案")
    faster.reads(f"已备案：{plan}。")
    slower.press("退回")

    slower.reads("这件事已经有人办过了：现在是“已备案”（最近办理：周组织部，组织部备案）。请看最新情况后再决定。")
    plan = MonthlyPlan.objects.get()
    assert (plan.status, plan.return_note, plan.attempts) == ("ACCEPTED", "", 1)
    assert [(step.event, step.by) for step in history_of(plan)] == [("plan.accepted", world.zhou)]
    assert [one.outcome for one in plan.tries.all()] == ["ACCEPTED"]


def test_who_comes_second_in_a_batch_reads_the_same(world, sits_down):
    make_plan(world.first, NOVEMBER.next, "FILED", submitted_by=world.li)
    shen = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "沈组织部", branch=world.direct)
    faster, slower = sits_down(world.zhou), sits_down(shen)
    slower.open("/plans/review/")
    slower.page.get_by_label("全选").check()

    faster.open("/plans/review/")
    faster.press("备案")
    faster.reads("已备案：文学院第一党支部 2026 年 12 月计划。")
    slower.press("备案所选")

    slower.reads("文学院第一党支部 12 月计划没有备案：这件事已经有人办过了：现在是“已备案”")
    assert [step.by for step in history_of(MonthlyPlan.objects.get())] == [world.zhou]
