"""The road as it is written in ``road.CELLS``: every office at every place tries every step in every state.

Exactly the cells of the table succeed, by direct post; the pages offer exactly the same steps; docs/filing.md is the
table as it stands. Each paper is one whose further conditions hold; each condition has its own test below.
"""

import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from activities import road, road_page
from activities.kinds import code_of
from activities.models import AnnualPlan, Filing, MonthlyPlan, YearSummary
from activities.road import Side
from branches.models import Office
from core.audit import AuditEntry
from tests.builders import (
    NOVEMBER,
    make_annual_plan,
    make_officer,
    make_plan,
    make_seat,
    make_summary,
)

DECEMBER = NOVEMBER.next
BY_POST = [step for step in road.STEPS if step != "lapse"]
# offices without a part in filing: all of them are tried where the paper is, one of them elsewhere
LIKE_A_MEMBER = {Office.PUBLICITY_COMMISSIONER, Office.DISCIPLINE_COMMISSIONER, Office.UNITED_FRONT_COMMISSIONER}
STATES = list(Filing.Status.values)


def filled_in(plan):
    """The plan's own form, as a browser would send it, with one word changed."""
    items = list(plan.items.all())
    data = {
        "version": plan.version, "planned_on": str(plan.planned_on), "starts_at": "15:00", "place": "302 会议室",
        "theme": plan.theme, "host": plan.host_id, "recorder": plan.recorder_id, "guests": "",
        "i-TOTAL_FORMS": len(items), "i-INITIAL_FORMS": len(items), "reason": "学校有会",
    }  # fmt: skip
    for place, item in enumerate(items):
        data |= {f"i-{place}-content": item.content, f"i-{place}-minutes": item.minutes}
        data[f"i-{place}-what"] = code_of(item.kind, item.subtype)
    return data


def typed(paper):
    """What the form of a paper of any kind sends, and what the steps ask for."""
    if isinstance(paper, MonthlyPlan):
        return filled_in(paper) | {"attempt": paper.attempts}
    texts = {
        field.name: getattr(paper, field.name)
        for field in paper._meta.get_fields()
        if getattr(field, "max_length", None) and field.name not in ("status", "reason")
    }
    return texts | {"version": paper.version, "attempt": paper.attempts, "reason": "任务有调整"}


def post(client, step, paper, data):
    """A step as its button sends it: a return has its words, the other answers have none."""
    return client.post(address(step, paper), data | ({"note": "请写具体"} if step == "return" else {}))


def address(step, paper):
    if step not in ("save", "submit"):
        return reverse(f"plan_{step}", args=[paper.kind, paper.pk])
    if isinstance(paper, MonthlyPlan):
        return reverse(f"plan_{step}", args=[paper.organization_id, paper.month])
    return reverse(f"year_{step}", args=[paper.kind, paper.organization_id, paper.year])


def rows():
    """All that a step could change."""
    papers = [list(model.objects.order_by("pk").values()) for model in (MonthlyPlan, AnnualPlan, YearSummary)]
    return papers, AuditEntry.objects.count()


def cast_of(world, paper):
    """``(user, office, organization)``: every office at the paper, above it, and where it is not."""
    foreign = world.second if paper.organization != world.second else world.first
    places = {paper.organization, paper.organization.parent or world.arts, world.committee, foreign}
    for organization in places:
        home = organization if organization.is_branch else world.other
        for office in Office:
            is_of_here = office != Office.ORGANIZATION_DEPARTMENT or organization == world.committee
            is_like_another = office in LIKE_A_MEMBER and organization != paper.organization
            if office != Office.GROUP_LEADER and is_of_here and not is_like_another:
                user = make_officer(organization, office, f"{organization}{office.label}", branch=home)
                yield user, office, organization


PAPERS = {
    "a month under a general branch": lambda world, state: make_plan(
        world.first, DECEMBER, state, submitted_by=world.li
    ),
    "a month of a direct branch": lambda world, state: make_plan(world.direct, DECEMBER, state, submitted_by=world.wu),
    "a revision": lambda world, state: amended(
        make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li), state
    ),
    "a general branch's year": lambda world, state: make_annual_plan(
        world.arts, 2027, state, submitted_by=world.wang
    ),
    "a branch's summary": lambda world, state: make_summary(world.first, 2026, state, submitted_by=world.li),
    "the committee's year": lambda world, state: make_annual_plan(
        world.committee, 2027, state, submitted_by=world.zhou
    ),
}  # fmt: skip


def amended(plan, state):
    """A revision of an accepted plan in a state; once it is accepted the earlier one is superseded."""
    if state == "ACCEPTED":
        MonthlyPlan.objects.filter(pk=plan.pk).update(status="SUPERSEDED")
    return make_plan(
        plan.organization, plan.month, state, submitted_by=plan.submitted_by, revision=2, reason="学校有会",
        first_submitted_on=plan.first_submitted_on,
    )  # fmt: skip


def expected(paper, office, organization) -> set[str]:
    """The steps that the table gives to an office, for a paper whose conditions hold as far as they can."""
    holds = {
        "nobody_between": not paper.has_middle, "is_amendment": paper.is_amendment,
        "never_sent": not paper.is_amendment and not paper.attempts,
    }  # fmt: skip
    where = {
        Side.OWN: paper.organization == organization,
        Side.MIDDLE: paper.has_middle and paper.organization.parent == organization,
        Side.TOP: organization.kind == "COMMITTEE" and paper.organization != organization,
        Side.SYSTEM: False,
    }
    return {
        step
        for (state, step), cell in road.CELLS.items()
        if state == paper.status
        and where[cell.side]
        and office in cell.offices
        and all(holds.get(name, True) for name in cell.conditions)
    }


# how many cells × offices succeeded, written down: a table that allows everything would not be noticed otherwise
HOW_MANY = {
    "a month under a general branch": {"DRAFT": 8, "SUBMITTED": 8, "FILED": 2, "ACCEPTED": 2, "RETURNED": 5},
    "a month of a direct branch": {"DRAFT": 8, "SUBMITTED": 2, "FILED": 4, "ACCEPTED": 2, "RETURNED": 5},
    "a revision": {"DRAFT": 7, "SUBMITTED": 8, "FILED": 2, "ACCEPTED": 2, "RETURNED": 7},
    "a general branch's year": {"DRAFT": 8, "SUBMITTED": 2, "FILED": 4, "ACCEPTED": 2, "RETURNED": 5},
    "a branch's summary": {"DRAFT": 8, "SUBMITTED": 8, "FILED": 2, "ACCEPTED": 2, "RETURNED": 5},
    "the committee's year": {"DRAFT": 11, "ACCEPTED": 3},
}

# at the top nobody stands above who could be asked
CASES = [(kind, state) for kind in PAPERS for state in STATES if "committee" not in kind or state in HOW_MANY[kind]]


@pytest.mark.usefixtures("refusals_unheard")
@pytest.mark.parametrize(("kind", "state"), CASES)
def test_exactly_the_cells_succeed_and_are_offered(world, client, kind, state):
    paper = PAPERS[kind](world, state)
    people, data, allowed = list(cast_of(world, paper)), typed(paper), 0
    before = rows()
    for user, office, organization in people:
        client.force_login(user)
        may = expected(paper, office, organization)
        page = client.get(paper.get_absolute_url(), follow=True)
        assert (user.name, set() if page.status_code == 404 else offered(page, paper)) == (user.name, may)
        for step in BY_POST:
            if step not in may:
                post(client, step, paper, data)
        assert (user.name, rows()) == (user.name, before)
        for step in may:
            allowed += 1
            with transaction.atomic():
                answer = post(client, step, paper, data)
                assert (step, answer.status_code, rows() != before) == (step, 302, True)
                assert reached(paper, step) in (road.CELLS[state, step].leads_to or {state}), (step, user.name)
                transaction.set_rollback(True)
    assert allowed == HOW_MANY[kind].get(state, 0)


def reached(paper, step):
    """The state of the paper after a step; what was never sent is gone once it is dropped or discarded."""
    now = type(paper).objects.filter(pk=paper.pk).first()
    if now is None:
        return {"drop": Filing.Status.DROPPED, "discard": paper.status}[step]
    return now.status


def offered(page, paper) -> set[str]:
    """The steps that have a button on the page which is not shut."""
    text = page.content.decode()
    found = set()
    for step in BY_POST:
        for part in text.split(f'action="{address(step, paper)}"')[1:]:
            shut = part.split(">", 1)[0].strip().startswith("disabled")
            if step == "return" and "退回</button>" not in part and "退回<kbd" not in part:
                continue  # the form that carries the parts has an address too, without a button it does nothing
            if not shut:
                found.add(step)
    return found


def test_the_printed_page_is_the_table():
    path = Path(__file__).resolve().parents[2] / "docs" / "filing.md"
    assert path.read_text(encoding="utf-8") == road_page.page()


def test_every_condition_of_the_table_is_asked():
    named = {name for cell in road.CELLS.values() for name in cell.conditions}
    from activities.rules.plans import CONDITIONS

    assert named == set(CONDITIONS) == set(road.CONDITIONS)


def moves(world, client, paper, people):
    """``{step: {user}}``: who could take which step, each tried from the same state."""
    found, before, data = {}, rows(), typed(paper)
    for name in people:
        client.force_login(getattr(world, name))
        for step in BY_POST:
            with transaction.atomic():
                post(client, step, paper, data)
                if rows() != before:
                    found.setdefault(step, set()).add(name)
                transaction.set_rollback(True)
    return found


CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he")


def test_a_general_branch_without_officers_does_not_hold_its_branches_up(world, client):
    world.wang.person.appointments.update(ends_on="2026-11-01")
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    found = moves(world, client, plan, CAST)
    assert found == {"withdraw": {"li"}, "forward": {"zhou"}, "return": {"zhou"}}


def test_nobody_reviews_what_they_submitted_themselves(world, client):
    """Their colleagues do: Fu beside Wang at the general branch, Qin beside Zhou in the department."""
    world.fu = make_officer(world.arts, Office.DEPUTY_SECRETARY, "傅副书记", branch=world.second)
    world.qin = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "秦组织部", branch=world.direct)

    def answers(plan):
        found = moves(world, client, plan, (*CAST, "fu", "qin"))
        return {step: found[step] for step in ("forward", "accept", "return") if step in found}

    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.wang)
    assert answers(plan) == {"forward": {"fu"}, "return": {"fu"}}

    plan = make_plan(world.second, DECEMBER, "FILED", submitted_by=world.zhou)
    assert answers(plan) == {"accept": {"qin"}, "return": {"qin"}}


def test_where_only_the_sender_could_forward_the_department_does(world, client):
    """Wang leads the general branch alone, and sent First's plan as its deputy secretary."""
    make_seat(world.wang, world.first, Office.DEPUTY_SECRETARY)
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.wang)
    waiting = {name: list(MonthlyPlan.objects.awaiting(getattr(world, name))) for name in ("wang", "zhou")}
    assert waiting == {"wang": [], "zhou": [plan]}
    found = moves(world, client, plan, CAST)
    assert (found["forward"], found["return"]) == ({"zhou"}, {"zhou"})


def test_a_date_that_has_passed_cannot_be_taken_back_and_moved(world, client):
    plan = make_plan(world.direct, NOVEMBER, "FILED", submitted_by=world.wu, planned_on=datetime.date(2026, 11, 20))
    client.force_login(world.wu)
    answer = client.post(reverse("plan_withdraw", args=["month", plan.pk]))
    assert (answer.status_code, "不能撤回改期" in answer.content.decode()) == (403, True)
    plan.refresh_from_db()
    assert plan.status == "FILED"


def test_a_second_revision_waits_for_the_first(world, client):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    amended(plan, "RETURNED")
    client.force_login(world.li)
    answer = client.post(address("amend", plan), {"reason": "再改一次"})
    assert (answer.status_code, MonthlyPlan.objects.count()) == (403, 2)


def test_no_other_model_stands_on_a_road_of_its_own():
    """Whatever is filed is a Filing, so that the table is its only road."""
    papers = {model for model in apps.get_models() if issubclass(model, Filing)}
    assert papers == {MonthlyPlan, AnnualPlan, YearSummary}
