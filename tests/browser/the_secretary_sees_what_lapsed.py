"""到期自动备案: a plan that the department did not answer in time stands accepted, and its secretary reads so.

First's period ran out on Friday. Second's ends today. Other reports that its month is not held: that is never assumed.
"""

import datetime

import pytest

from activities import filing
from activities.models import MonthlyPlan
from tests.builders import NOVEMBER, make_plan

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY, TODAY = datetime.date(2026, 11, 20), datetime.date(2026, 11, 23)


def test_only_what_may_lapse_lapses_and_its_secretary_reads_it(world, sits_down, secretary):
    december = NOVEMBER.next
    over = make_plan(world.first, december, "FILED", lapses_on=FRIDAY, submitted_by=world.li)
    running = make_plan(world.second, december, "FILED", lapses_on=TODAY, submitted_by=world.zhao)
    cancelled = make_plan(
        world.other, december, "FILED", items=[], cancels=True, reason="支部党员都在外实习", lapses_on=FRIDAY,
        submitted_by=world.qian,
    )  # fmt: skip

    assert filing.lapse_plans() == 1

    secretary.open(f"/plans/{over.pk}/")
    secretary.reads("已备案　文学院第一党支部　到期自动备案")
    secretary.open("/inbox/")
    secretary.reads("2026 年 12 月计划到期自动备案")
    for user, plan in ((world.zhao, running), (world.qian, cancelled)):
        other = sits_down(user, 360)
        other.open(f"/plans/{plan.pk}/")
        other.reads("待组织部审核")
        other.lacks("到期自动备案")
    assert dict(MonthlyPlan.objects.values_list("pk", "status")) == {
        over.pk: "ACCEPTED", running.pk: "FILED", cancelled.pk: "FILED",
    }  # fmt: skip
    assert filing.lapse_plans() == 0  # run again, it finds nothing more
