"""备案: the road of a paper, one level at a time. The only door to its status.

``road.CELLS`` says who may take which step from which state; the same table draws the buttons, guards the actions and
is what the tests read. Here are the acts: drafts, steps upward and back, and what changes an accepted paper.
"""

from activities.filing.amendments import (
    amend_plan,
    cancel_month,
    discard_plan,
    drop_plan,
    give_way_to_the_day,
    postpone_plan,
    postponement,
)
from activities.filing.drafts import Overtaken, lacks, missing, not_on_the_agenda, save_draft, save_year
from activities.filing.history import steps_to_come
from activities.filing.people import reviewers_of, secretaries
from activities.filing.steps import (
    Incomplete,
    accept_plan,
    act_on_many,
    forward_plan,
    lapse_plans,
    named,
    plan_for_review,
    return_plan,
    submit_plan,
    withdraw_plan,
)
from activities.parts import Missing

__all__ = [
    "Incomplete",
    "Missing",
    "Overtaken",
    "accept_plan",
    "act_on_many",
    "amend_plan",
    "cancel_month",
    "discard_plan",
    "drop_plan",
    "forward_plan",
    "give_way_to_the_day",
    "lacks",
    "lapse_plans",
    "missing",
    "named",
    "not_on_the_agenda",
    "plan_for_review",
    "postpone_plan",
    "postponement",
    "return_plan",
    "reviewers_of",
    "save_draft",
    "save_year",
    "secretaries",
    "steps_to_come",
    "submit_plan",
    "withdraw_plan",
]
