"""Li confirms the day while the plan is withdrawn, twenty times: never is a day held by a plan that is a draft again.

The control takes the plan's lock away from the day's confirmation: then it believes the page that was opened before.
"""

import datetime

import pytest

from activities import actions, filing
from activities.models import ActivityDay, MonthlyPlan
from core.accounts import User
from tests.builders import OCTOBER, World, make_plan
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def plans(db, tmp_path):
    """Submitted plans of twenty months, all for today."""
    world = World()
    fields = {"submitted_by": world.li, "planned_on": TODAY}
    made = [make_plan(world.first, OCTOBER - number, "SUBMITTED", **fields) for number in range(ROUNDS)]
    back = move_to_a_file(tmp_path)
    yield [plan.pk for plan in made]
    back()


def acts(pk):
    """Both acts, each with the rows as its page showed them."""
    li = User.objects.get(name="李书记")
    day = ActivityDay.objects.select_related("plan", "organization").get(plan=pk)
    plan = MonthlyPlan.objects.select_related("organization__parent").get(pk=pk)
    return (
        lambda: actions.hold_day(day, by=li, held_on=TODAY),
        lambda: filing.withdraw_plan(plan, by=li),
    )


def outcome(pk):
    day = ActivityDay.objects.select_related("plan").get(plan=pk)
    return day.status, day.plan.status


def test_one_of_the_two_succeeds(plans):
    for pk in plans:
        together(*acts(pk))
    assert {outcome(pk) for pk in plans} <= {("HELD", "SUBMITTED"), ("PLANNED", "DRAFT")}


def test_the_control_without_the_lock_holds_a_day_by_a_draft(plans, monkeypatch):
    lock_all, stale = actions.days.lock_all, list(MonthlyPlan.objects.filter(pk=plans[0]))
    monkeypatch.setattr(actions.days, "lock_all", lambda rows: stale if rows.model is MonthlyPlan else lock_all(rows))
    hold, withdraw = acts(plans[0])
    withdraw()
    hold()
    assert outcome(plans[0]) == ("HELD", "DRAFT")
