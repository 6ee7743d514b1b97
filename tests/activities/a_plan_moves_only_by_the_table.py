"""States × offices × acts of a plan, from one written table, by direct POST: the named cells succeed, no other does.

All plans are First Branch's. Li is its secretary, Deng the deputy, Chen the organization commissioner, Xu the publicity
commissioner, Ge leads a group, Zheng is a plain member. Wang is secretary of the general branch above, Guo its
organization commissioner, Pan its publicity commissioner. Zhou sits in the department, He reads everything. Zhao, Wu
and Sun are in office next door.
"""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan, PlanItem
from branches.models import Appointment, Office
from core.audit import AuditEntry
from core.clock import at
from core.inbox import Notice
from core.periods import Month
from tests.builders import make_officer, make_plan

DRAFT, SUBMITTED, FILED, ACCEPTED, RETURNED = MonthlyPlan.Status.values
STATES = dict(zip(MonthlyPlan.Status.values, Month(2026, 12).until(Month(2027, 4)), strict=True))

BRANCH = ["li", "deng", "chen", "xu"]
ABOVE = ["wang", "guo", "pan", "zhou", "he"]
OUTSIDE = ["zhao", "wu", "sun", "qian", "zheng", "ge"]

# (act, state) → (who succeeds, the state that follows, what is put on record)
TABLE = {
    ("save", DRAFT): (["li", "deng", "chen"], DRAFT, ["plan.saved"]),
    ("save", RETURNED): (["li", "deng", "chen"], RETURNED, ["plan.saved"]),
    ("submit", DRAFT): (["li", "deng"], SUBMITTED, ["plan.saved", "plan.submitted"]),
    ("submit", RETURNED): (["li", "deng"], SUBMITTED, ["plan.saved", "plan.submitted"]),
    ("withdraw", SUBMITTED): (["li", "deng"], DRAFT, ["plan.withdrawn"]),
    ("forward", SUBMITTED): (["wang", "guo"], FILED, ["plan.forwarded"]),
    ("forward_many", SUBMITTED): (["wang", "guo"], FILED, ["plan.forwarded"]),
    ("return", SUBMITTED): (["wang", "guo"], RETURNED, ["plan.returned"]),
    ("return", FILED): (["zhou"], RETURNED, ["plan.returned"]),
    ("accept", FILED): (["zhou"], ACCEPTED, ["plan.accepted"]),
    ("accept_many", FILED): (["zhou"], ACCEPTED, ["plan.accepted"]),
}
# the states in which an act can be right for somebody: a direct branch takes back what is filed
STARTS = {act: {state for name, state in TABLE if name == act} for act, _ in TABLE} | {"withdraw": {SUBMITTED, FILED}}
ACTS = ["save", "submit", "withdraw", "forward", "forward_many", "return", "accept", "accept_many"]


@pytest.fixture
def cast(world):
    world.deng = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    world.ge = make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    world.guo = make_officer(world.arts, Office.ORGANIZATION_COMMISSIONER, "郭组织", branch=world.second)
    world.pan = make_officer(world.arts, Office.PUBLICITY_COMMISSIONER, "潘宣传", branch=world.second)
    return world


def typed(plan):
    """What the form of a complete plan posts."""
    data = {
        "version": plan.version, "planned_on": plan.planned_on, "starts_at": "15:00", "place": "302 会议室",
        "host": plan.host_id, "recorder": plan.recorder_id, "theme": "新写的主题", "guests": "",
        "i-TOTAL_FORMS": 1, "i-INITIAL_FORMS": 0, "i-0-kind": "DUES", "i-0-content": "交纳党费", "i-0-minutes": 10,
    }  # fmt: skip
    return {name: "" if value is None else value for name, value in data.items()}


def post(client, act, plan):
    """One act by its address, with all that a page would send."""
    if act in ("save", "submit"):
        return client.post(reverse(f"plan_{act}", args=[plan.organization_id, plan.month]), typed(plan))
    if act.endswith("_many"):
        return client.post(reverse(f"plans_{act.removesuffix('_many')}"), {"plan": plan.pk})
    return client.post(reverse(f"plan_{act}", args=[plan.pk]), {"note": "请补充列席人员。"})


def picture():
    """Every row that an act on a plan could write."""
    tables = (MonthlyPlan, PlanItem, ActivityDay, AuditEntry, Notice)
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def probe(client, user, act, plan):
    """What an act did, undone afterwards: (status code, the plan's state, events on record), or (code, unchanged)."""
    client.force_login(user)
    before, known = picture(), set(AuditEntry.objects.values_list("pk", flat=True))
    with transaction.atomic():
        code = post(client, act, plan).status_code
        after = picture()
        plan = MonthlyPlan.objects.get(pk=plan.pk)
        events = list(AuditEntry.objects.exclude(pk__in=known).order_by("pk").values_list("event", flat=True))
        transaction.set_rollback(True)
    return (code, "unchanged") if after == before else (code, plan.status, events)


def expected(act, state, who):
    """The table's answer for one cell, with the code that the user gets."""
    names, then, events = TABLE.get((act, state), ([], None, []))
    if who in names:
        return (302, then, events)
    by_branch = act in ("save", "submit")
    unseen = who in OUTSIDE or (state == DRAFT and who in ABOVE)
    if by_branch:
        unseen = who in OUTSIDE and who != "ge"  # a group leader sees the branch, though not its plans
    if act.endswith("_many"):
        code = 302  # what is ticked and foreign is passed over
    elif unseen:
        code = 404
    else:
        code = 403 if state in STARTS[act] else 302  # not theirs to do; or overtaken: told so, and the way back
    return (code, "unchanged")


@pytest.mark.parametrize("state", STATES)
def test_exactly_the_named_cells_succeed_and_all_others_change_no_row(cast, client, state):
    plan = make_plan(cast.first, STATES[state], state, submitted_by=None if state == DRAFT else cast.li)
    cells = [(act, who) for act in ACTS for who in BRANCH + ABOVE + OUTSIDE]

    answers = {(act, who): probe(client, getattr(cast, who), act, plan) for act, who in cells}

    wrong = {cell: got for cell, got in answers.items() if got != expected(cell[0], state, cell[1])}
    assert (len(answers), wrong) == (8 * 15, {})


def test_the_table_names_every_state_and_leaves_an_accepted_plan_alone():
    assert {state for _, state in TABLE} == {DRAFT, SUBMITTED, FILED, RETURNED}
    assert {act for act, _ in TABLE} == set(ACTS)


def test_a_direct_branch_files_at_once_and_may_take_it_back_until_it_is_accepted(cast, client):
    plan = make_plan(cast.direct, Month(2026, 12))
    assert probe(client, cast.wu, "submit", plan) == (302, FILED, ["plan.saved", "plan.submitted"])

    MonthlyPlan.objects.filter(pk=plan.pk).update(status=FILED, submitted_at=at(plan.due_on), submitted_by=cast.wu,
                                                  first_submitted_on=plan.due_on)  # fmt: skip
    people = {"wu": "withdraw", "zhou": "accept", "li": "withdraw", "wang": "accept"}
    assert {who: probe(client, getattr(cast, who), act, plan) for who, act in people.items()} == {
        "wu": (302, DRAFT, ["plan.withdrawn"]),
        "zhou": (302, ACCEPTED, ["plan.accepted"]),
        "li": (404, "unchanged"),
        "wang": (404, "unchanged"),
    }
    MonthlyPlan.objects.filter(pk=plan.pk).update(status=ACCEPTED)
    assert probe(client, cast.wu, "withdraw", plan) == (302, "unchanged")


def test_nobody_reviews_the_plan_that_they_submitted(cast, client):
    """Li holds an office in the general branch, too, and one in the department."""
    for organization, office in (
        (cast.arts, Office.DEPUTY_SECRETARY),
        (cast.committee, Office.ORGANIZATION_DEPARTMENT),
    ):
        Appointment.objects.create(person=cast.li.person, organization=organization, office=office,
                                   starts_on=datetime.date(2026, 1, 1))  # fmt: skip
    own = {state: make_plan(cast.first, month, state, submitted_by=cast.li) for state, month in STATES.items()}
    steps = [("forward", SUBMITTED), ("return", SUBMITTED), ("accept", FILED), ("return", FILED)]
    assert {probe(client, cast.li, act, own[state]) for act, state in steps} == {(403, "unchanged")}
    many = [("forward_many", SUBMITTED), ("accept_many", FILED)]
    assert {probe(client, cast.li, act, own[state]) for act, state in many} == {(302, "unchanged")}

    other = make_plan(cast.second, Month(2026, 12), FILED, submitted_by=cast.zhao)
    assert probe(client, cast.li, "accept", other) == (302, ACCEPTED, ["plan.accepted"])


def test_an_office_that_ended_yesterday_does_nothing_today(cast, client):
    plan = make_plan(cast.first, Month(2026, 12), SUBMITTED)
    Appointment.objects.filter(person__user=cast.wang).update(ends_on=datetime.date(2026, 11, 23))

    assert probe(client, cast.wang, "forward", plan) == (404, "unchanged")


def test_a_general_branch_without_officers_leaves_forwarding_to_the_department(cast, client):
    plan = make_plan(cast.first, Month(2026, 12), SUBMITTED, submitted_by=cast.li)
    assert probe(client, cast.zhou, "forward", plan) == (403, "unchanged")

    drafters = Appointment.objects.filter(person__user__in=[cast.wang, cast.guo])
    drafters.update(ends_on=datetime.date(2026, 11, 23))  # Pan stays, but a publicity commissioner forwards nothing

    assert probe(client, cast.zhou, "forward", plan) == (302, FILED, ["plan.forwarded"])
    assert probe(client, cast.zhou, "return", plan) == (302, RETURNED, ["plan.returned"])
    assert probe(client, cast.zhou, "accept", plan) == (302, "unchanged")  # it is forwarded first
    assert {probe(client, user, "forward", plan) for user in (cast.pan, cast.he)} == {(403, "unchanged")}
    client.force_login(cast.zhou)
    assert client.get(reverse("review")).context["queue"] == [plan]
    client.post(reverse("plan_forward", args=[plan.pk]))
    assert client.get(reverse("review")).context["queue"] == [plan]  # and now waits to be accepted


def test_a_vacant_general_branchs_plans_are_announced_to_the_department(cast, client):
    Appointment.objects.filter(organization=cast.arts).update(ends_on=datetime.date(2026, 11, 23))
    first, other = make_plan(cast.first, Month(2026, 12)), make_plan(cast.other, Month(2026, 12))
    for plan, secretary in ((first, cast.li), (other, cast.qian)):
        client.force_login(secretary)
        post(client, "submit", plan)

    assert list(Notice.objects.order_by("pk").values_list("recipient__name", "title")) == [
        ("周组织部", "文学院第一党支部报来 2026 年 12 月活动日计划"),
        ("孙总支", "历史学院党支部报来 2026 年 12 月活动日计划"),
    ]


def test_several_plans_at_once_are_each_decided_and_the_refused_are_named(cast, client):
    mine = make_plan(cast.first, Month(2026, 12), SUBMITTED, submitted_by=cast.li)
    done = make_plan(cast.second, Month(2026, 12), ACCEPTED, submitted_by=cast.zhao)
    foreign = make_plan(cast.other, Month(2026, 12), SUBMITTED, submitted_by=cast.qian)
    client.force_login(cast.wang)

    ticked = [mine.pk, done.pk, foreign.pk, "x", "987654"]
    answer = client.post(reverse("plans_forward"), {"plan": ticked}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert (said[0], said[1].startswith("文学院第二党支部未能转报：这件事已经有人办过了"), len(said)) == (
        "已转报 1 份。", True, 2
    )  # fmt: skip
    assert list(MonthlyPlan.objects.order_by("pk").values_list("status", flat=True)) == [FILED, ACCEPTED, SUBMITTED]
