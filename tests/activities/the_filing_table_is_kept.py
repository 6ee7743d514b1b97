"""备案, written once: state × step → who may. Every other pair of user and step changes nothing at all.

Li is First Branch's secretary, Chen its organization commissioner, Wang its general branch's secretary, Wu leads a
direct branch, Zhou sits in the organization department. The rest of the cast may never move a plan of these two.
"""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse

from activities.kinds import code_of
from activities.models import MonthlyPlan
from branches.models import Office
from core.audit import AuditEntry
from tests.builders import NOVEMBER, make_officer, make_plan, make_seat

DECEMBER = NOVEMBER.next
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
    plan = make_plan(world.first, DECEMBER, state, submitted_by=world.li)
    assert moves(world, client, plan) == UNDER_A_GENERAL_BRANCH[state]


@pytest.mark.parametrize("state", DIRECT)
def test_a_direct_branch_skips_the_middle(world, client, state):
    plan = make_plan(world.direct, DECEMBER, state, submitted_by=world.wu)
    assert moves(world, client, plan) == DIRECT[state]


def test_a_general_branch_without_officers_does_not_hold_its_branches_up(world, client):
    world.wang.person.appointments.update(ends_on="2026-11-01")
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    found = moves(world, client, plan)
    assert found == {"withdraw": {"li"}, "forward": {"zhou"}, "return": {"zhou"}}


def test_nobody_reviews_what_they_submitted_themselves(world, client):
    make_officer(world.arts, Office.DEPUTY_SECRETARY, "另一位总支委员", branch=world.second)
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.wang)
    assert not {"forward", "accept", "return"} & set(moves(world, client, plan))

    plan = make_plan(world.second, DECEMBER, "FILED", submitted_by=world.zhou)
    assert not {"forward", "accept", "return"} & set(moves(world, client, plan))


def test_where_only_the_sender_could_forward_the_department_does(world, client):
    """Wang leads the general branch alone, and sent First's plan as its deputy secretary."""
    make_seat(world.wang, world.first, Office.DEPUTY_SECRETARY)
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.wang)
    waiting = {name: list(MonthlyPlan.objects.awaiting(getattr(world, name))) for name in ("wang", "zhou")}
    assert waiting == {"wang": [], "zhou": [plan]}
    found = moves(world, client, plan)
    assert (found["forward"], found["return"]) == ({"zhou"}, {"zhou"})


def test_a_date_that_has_passed_cannot_be_taken_back_and_moved(world, client):
    plan = make_plan(world.direct, NOVEMBER, "FILED", submitted_by=world.wu, planned_on=datetime.date(2026, 11, 20))
    client.force_login(world.wu)
    answer = client.post(reverse("plan_withdraw", args=[plan.pk]))
    assert (answer.status_code, "不能撤回改期" in answer.content.decode()) == (403, True)
    plan.refresh_from_db()
    assert plan.status == "FILED"
