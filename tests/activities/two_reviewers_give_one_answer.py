"""Zhou accepts and returns the same plan at the same moment, twenty times. The control takes the lock away."""

import pytest

from activities import filing
from activities.models import MonthlyPlan
from core.accounts import User
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import OCTOBER, World, make_plan
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


@pytest.fixture
def plans(db, tmp_path):
    """Filed plans of twenty months."""
    world = World()
    made = [make_plan(world.first, OCTOBER - number, "FILED", submitted_by=world.li) for number in range(ROUNDS)]
    back = move_to_a_file(tmp_path)
    yield [plan.pk for plan in made]
    back()


def decide(pk):
    """Both decisions at once, each with the plan as its page showed it."""
    zhou = User.objects.get(name="周组织部")
    pages = [MonthlyPlan.objects.select_related("organization__parent").get(pk=pk) for _ in range(2)]
    return together(
        lambda: filing.accept_plan(pages[0], by=zhou),
        lambda: filing.return_plan(pages[1], by=zhou, note="请改地点"),
    )


def decisions(pk):
    return AuditEntry.objects.filter(subject_id=pk, event__in=["plan.accepted", "plan.returned"]).count()


def test_one_decides_and_the_other_is_told(plans):
    for pk in plans:
        answers = decide(pk)
        assert sorted(type(answer).__name__ for answer in answers) == ["MonthlyPlan", "StaleState"]
        winner = next(answer for answer in answers if isinstance(answer, MonthlyPlan))
        loser = next(answer for answer in answers if isinstance(answer, StaleState))
        assert winner.get_status_display() in str(loser)
        assert MonthlyPlan.objects.get(pk=pk).status == winner.status
    assert [decisions(pk) for pk in plans] == [1] * ROUNDS


def test_the_control_without_the_lock_decides_twice(plans, monkeypatch):
    monkeypatch.setattr(filing.steps, "lock", lambda row, *states: row)
    for pk in plans:
        decide(pk)
    assert [decisions(pk) for pk in plans] == [2] * ROUNDS
