"""备案, written once: state × step → who may. Every other pair of user and step changes nothing at all.

Li is First Branch's secretary, Chen its organization commissioner, Wang its general branch's secretary, Wu leads a
direct branch, Zhou sits in the organization department. The rest of the cast may never move a plan of these two.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from activities.kinds import code_of
from activities.models import MonthlyPlan
from core.audit import AuditEntry
from tests.builders import NOVEMBER, make_plan

STEPS = ("save", "submit", "withdraw", "forward", "accept", "return")
CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he")
UNDER_A_GENERAL_BRANCH = {
    "DRAFT": {"save": {"li", "chen"}, "submit": {"li"}},
    "SUBMITTED": {"withdraw": {"li"}, "forward": {"wang"}, "return": {"wang"}},
    "FILED": {"accept": {"zhou"}, "return": {"zhou"}},
    "ACCEPTED": {},
    "RETURNED": {"save": {"li", "chen"}, "submit": {"li"}},
}
DIRECT = {
    "DRAFT": {"save": {"wu"}, "submit": {"wu"}},
    "FILED": {"withdraw": {"wu"}, "accept": {"zhou"}, "return": {"zhou"}},
    "ACCEPTED": {},
    "RETURNED": {"save": {"wu"}, "submit": {"wu"}},
}
AFTER = {
    "save": {"DRAFT": "DRAFT", "RETURNED": "RETURNED"}, "submit": "SUBMITTED", "withdraw": "DRAFT", "forward": "FILED",
    "accept": "ACCEPTED", "return": "RETURNED",
}  # fmt: skip


def filled_in(plan):
    """The plan's own form, as a browser would send it, with one word changed."""
    items = list(plan.items.all())
    data = {
        "version": plan.version, "planned_on": str(plan.planned_on), "starts_at": "15:00", "place": "302 会议室",
        "theme": plan.theme, "host": plan.host_id, "recorder": plan.recorder_id, "guests": "", "note": "请改地点",
        "i-TOTAL_FORMS": len(items), "i-INITIAL_FORMS": len(items),
    }  # fmt: skip
    for place, item in enumerate(items):
        data |= {f"i-{place}-content": item.content, f"i-{place}-minutes": item.minutes}
        data[f"i-{place}-what"] = code_of(item.kind, item.subtype)
    return data


def address(step, plan):
    if step in ("save", "submit"):
        return reverse(f"plan_{step}", args=[plan.organization_id, plan.month])
    return reverse(f"plan_{step}", args=[plan.pk])


def rows():
    """All that a step could change."""
    return list(MonthlyPlan.objects.order_by("pk").values()), AuditEntry.objects.count()


def moves(world, client, plan):
    """``{step: {user}}``: who could take which step, each tried from the same state."""
    found, before, data = {}, rows(), filled_in(plan)
    for user in CAST:
        client.force_login(getattr(world, user))
        for step in STEPS:
            with transaction.atomic():
                status = client.post(address(step, plan), data).status_code
                if rows() != before:
                    after = AFTER[step][plan.status] if step == "save" else AFTER[step]
                    direct_filing = step == "submit" and plan.organization.is_direct
                    assert (status, MonthlyPlan.objects.get().status) == (302, "FILED" if direct_filing else after)
                    found.setdefault(step, set()).add(user)
                transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("state", UNDER_A_GENERAL_BRANCH)
def test_under_a_general_branch(world, client, state):
    plan = make_plan(world.first, status=state, submitted_by=world.li)
    assert moves(world, client, plan) == UNDER_A_GENERAL_BRANCH[state]


@pytest.mark.parametrize("state", DIRECT)
def test_a_direct_branch_skips_the_middle(world, client, state):
    plan = make_plan(world.direct, status=state, submitted_by=world.wu)
    assert moves(world, client, plan) == DIRECT[state]


def test_a_general_branch_without_officers_does_not_hold_its_branches_up(world, client):
    world.wang.person.appointments.update(ends_on="2026-11-01")
    plan = make_plan(world.first, status="SUBMITTED", submitted_by=world.li)
    found = moves(world, client, plan)
    assert found == {"withdraw": {"li"}, "forward": {"zhou"}, "return": {"zhou"}}


@pytest.mark.parametrize(("state", "sender"), [("SUBMITTED", "wang"), ("FILED", "zhou")])
def test_nobody_reviews_what_they_submitted_themselves(world, client, state, sender):
    plan = make_plan(world.first, NOVEMBER, state, submitted_by=getattr(world, sender))
    assert not {"forward", "accept", "return"} & set(moves(world, client, plan))
