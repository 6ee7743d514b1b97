"""The filing table, asked by more offices and with the codes that they get: what is refused changes no row at all.

All plans are First Branch's. Beside the cast: Deng is deputy at First, Ge leads a group there; Guo is organization
commissioner, Pan publicity commissioner of the general branch above; Tang sits in the department beside Zhou.
"""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan, PlanItem
from branches.models import Appointment, Office
from core.audit import AuditEntry
from core.inbox import Notice
from core.periods import Month
from tests.activities.the_filing_table_is_kept import address, filled_in, post, typed
from tests.builders import make_officer, make_plan

DECEMBER = Month(2026, 12)
STEPS = ("save", "submit", "withdraw", "forward", "accept", "return")
CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he")
# written out, not read from road.CELLS: what the road says is asked here once more, from another side
UNDER_A_GENERAL_BRANCH = {
    "DRAFT": {"save": {"li", "chen"}, "submit": {"li"}},
    "SUBMITTED": {"withdraw": {"li"}, "forward": {"wang"}, "return": {"wang"}},
    "FILED": {"accept": {"zhou"}, "return": {"zhou"}},
    "ACCEPTED": {},
    "RETURNED": {"save": {"li", "chen"}, "submit": {"li"}},
}
ALIKE = {"deng": "li", "guo": "wang", "tang": "zhou"}  # who may what somebody of the table may
OUTSIDE = {"zhao", "wu", "sun", "qian", "zheng", "ge"}
ABOVE = {"wang", "guo", "pan", "zhou", "tang", "he"}
EVERYBODY = [*CAST, *ALIKE, "pan", "ge"]
ACTS = [*STEPS, "forward_many", "accept_many"]
RECORDED = {
    "save": ["plan.saved"], "submit": ["plan.saved", "plan.submitted"], "withdraw": ["plan.withdrawn"],
    "forward": ["plan.forwarded"], "accept": ["plan.accepted"], "return": ["plan.returned"],
}  # fmt: skip
# the states in which a step can be right for somebody; a direct branch takes back what is filed
STARTS = {step: {state for state, steps in UNDER_A_GENERAL_BRANCH.items() if step in steps} for step in STEPS}
STARTS["withdraw"] |= {"FILED"}
TABLES = (MonthlyPlan, PlanItem, ActivityDay, AuditEntry, Notice)


@pytest.fixture
def cast(world):
    world.deng = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    world.ge = make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    world.guo = make_officer(world.arts, Office.ORGANIZATION_COMMISSIONER, "郭组织", branch=world.second)
    world.pan = make_officer(world.arts, Office.PUBLICITY_COMMISSIONER, "潘宣传", branch=world.second)
    world.tang = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "唐组织部", branch=world.direct)
    return world


def picture():
    """Every row that a step of a plan could write."""
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def probe(client, user, act, plan):
    """What ``tried`` gives for one user and one act."""
    client.force_login(user)
    return tried(client, act, plan, picture())


def tried(client, act, plan, before):
    """The answer's code, and the events put on record; None where all is as ``before``. Undone afterwards."""
    known = len(before[TABLES.index(AuditEntry)])
    with transaction.atomic():
        if act.endswith("_many"):
            answer = client.post(reverse(f"plans_{act.removesuffix('_many')}"), {"plan": f"{plan.pk}-{plan.attempts}"})
        else:
            answer = post(client, act, plan, typed(plan))
        events = list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))[known:]
        changed = picture() != before
        transaction.set_rollback(True)
    return answer.status_code, events if changed else None


def expected(act, state, who):
    """What the table says of one cell, and with which code."""
    step = act.removesuffix("_many")
    if ALIKE.get(who, who) in UNDER_A_GENERAL_BRANCH[state].get(step, ()):
        return 302, RECORDED[step]
    if act.endswith("_many"):
        return 302, None  # what is ticked in vain is named on the page, what is foreign is passed over
    if step in ("save", "submit"):
        unseen = who in OUTSIDE - {"ge"}  # a group leader sees the branch, though not its plans
    else:
        unseen = who in OUTSIDE or (state == "DRAFT" and who in ABOVE)
    if unseen:
        return 404, None
    if act == "save" and ALIKE.get(who, who) in UNDER_A_GENERAL_BRANCH["DRAFT"]["save"]:
        return 409, None  # somebody submitted meanwhile: what was typed is shown again
    return (403 if state in STARTS[step] else 302), None  # not theirs to do; or overtaken: told so, and the way back


@pytest.mark.parametrize("state", UNDER_A_GENERAL_BRANCH)
def test_exactly_the_named_succeed_and_the_others_change_no_row(cast, client, state):
    plan = make_plan(cast.first, DECEMBER, state, submitted_by=None if state == "DRAFT" else cast.zheng)
    before, answers = picture(), {}
    for who in EVERYBODY:
        client.force_login(getattr(cast, who))
        answers |= {(act, who): tried(client, act, plan, before) for act in ACTS}

    wrong = {cell: got for cell, got in answers.items() if got != expected(cell[0], state, cell[1])}
    assert (len(answers), wrong) == (8 * 16, {})


def test_who_holds_an_office_at_each_level_still_does_not_review_the_own_submission(cast, client):
    for organization, office in ((cast.arts, Office.SECRETARY), (cast.committee, Office.ORGANIZATION_DEPARTMENT)):
        start = datetime.date(2026, 1, 1)
        Appointment.objects.create(person=cast.li.person, organization=organization, office=office, starts_on=start)
    waiting = make_plan(cast.first, DECEMBER, "SUBMITTED", submitted_by=cast.li)
    filed = make_plan(cast.first, DECEMBER.next, "FILED", submitted_by=cast.li)
    steps = [("forward", waiting), ("return", waiting), ("accept", filed), ("return", filed)]
    assert {probe(client, cast.li, act, plan) for act, plan in steps} == {(403, None)}
    assert {probe(client, cast.li, f"{act}_many", plan) for act, plan in steps if act != "return"} == {(302, None)}

    other = make_plan(cast.second, DECEMBER, "FILED", submitted_by=cast.zhao)
    assert probe(client, cast.li, "accept", other) == (302, ["plan.accepted"])


def test_an_office_that_ended_today_does_nothing_today(cast, client):
    plan = make_plan(cast.first, DECEMBER, "SUBMITTED", submitted_by=cast.li)
    Appointment.objects.filter(person__user=cast.wang).update(ends_on=datetime.date(2026, 11, 23))

    assert probe(client, cast.wang, "forward", plan) == (404, None)
    assert probe(client, cast.guo, "forward", plan) == (302, ["plan.forwarded"])
    assert probe(client, cast.zhou, "forward", plan) == (403, None)  # the general branch is not vacant yet


def test_the_department_finds_a_vacant_general_branchs_plans_in_its_own_queue(cast, client):
    Appointment.objects.filter(person__user__in=[cast.wang, cast.guo]).update(ends_on=datetime.date(2026, 11, 23))
    mine, other = make_plan(cast.first, DECEMBER), make_plan(cast.other, DECEMBER)
    for plan, secretary in ((mine, cast.li), (other, cast.qian)):
        client.force_login(secretary)
        client.post(address("submit", plan), filled_in(plan))
    assert list(Notice.objects.order_by("recipient__name").values_list("recipient__name", "title")) == [
        ("周组织部", "文学院第一党支部报来 2026 年 12 月计划"),
        ("唐组织部", "文学院第一党支部报来 2026 年 12 月计划"),
        ("孙总支", "历史学院党支部报来 2026 年 12 月计划"),
    ]

    client.force_login(cast.zhou)
    assert client.get(reverse("review")).context["queue"] == [mine]  # Pan's publicity office reviews nothing
    client.post(reverse("plan_forward", args=["month", mine.pk]), {"attempt": 1})
    assert [plan.status for plan in client.get(reverse("review")).context["queue"]] == ["FILED"]


def test_several_at_once_are_each_decided_and_the_refused_are_named(cast, client):
    mine = make_plan(cast.first, DECEMBER, "SUBMITTED", submitted_by=cast.li)
    done = make_plan(cast.second, DECEMBER, "ACCEPTED", submitted_by=cast.zhao)
    foreign = make_plan(cast.other, DECEMBER, "SUBMITTED", submitted_by=cast.qian)
    client.force_login(cast.wang)

    ticked = [f"{mine.pk}-1", f"{done.pk}-1", f"{foreign.pk}-1", "x", "987654-1"]
    answer = client.post(reverse("plans_forward"), {"plan": ticked}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    stale = "这件事已经有人办过了：现在是“已备案”。请看最新情况后再决定。"
    assert said == ["已转报 1 份。", f"文学院第二党支部 12 月计划没有转报：{stale}"]
    assert list(MonthlyPlan.objects.order_by("pk").values_list("status", flat=True)) == [
        "FILED",
        "ACCEPTED",
        "SUBMITTED",
    ]
    assert [str(message) for message in client.post(reverse("plans_accept"), follow=True).context["messages"]] == [
        "没有选中计划。请先勾选要备案的计划。"
    ]


def test_whoever_comes_second_reads_who_was_first_and_what_was_done(cast, client):
    plan = make_plan(cast.first, DECEMBER, "FILED", submitted_by=cast.li)
    client.force_login(cast.zhou)
    client.post(reverse("plan_accept", args=["month", plan.pk]), {"attempt": 1}, follow=True)
    client.force_login(cast.tang)

    answer = client.post(reverse("plan_return", args=["month", plan.pk]), {"note": "请补充议程。"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "这件事已经有人办过了：现在是“已备案”（最近办理：周组织部，组织部备案）。请看最新情况后再决定。"
    ]
