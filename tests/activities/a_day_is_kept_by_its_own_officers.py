"""The day, written once: state × act → who may. Every other pair of user and act changes nothing at all.

All days are First Branch's. Li is its secretary, Deng the deputy, Chen and Xu commissioners; Ge leads a group, Zheng is
a plain member. Those above them read the day and never write it; those next door do not even see it.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from activities.models import ActivityDay, Attendance, DayItem, Guest
from branches.models import Office
from core.audit import AuditEntry
from tests.builders import make_day, make_officer, make_plan

SECRETARIES, COMMITTEE = {"li", "deng"}, {"li", "deng", "chen", "xu"}
READERS = {"ge", "wang", "zhou", "he"}
OUTSIDE = {"zhao", "qian", "sun", "wu", "zheng"}
EVERYBODY = sorted(COMMITTEE | READERS | OUTSIDE)
# state → act → (who may, the state that follows, what is put on record)
TABLE = {
    "PLANNED": {"hold": (COMMITTEE, "HELD", ["day.held"]), "skip": (SECRETARIES, "NOT_HELD", ["day.skipped"])},
    "HELD": {
        "save": (COMMITTEE, "HELD", ["day.saved"]),
        "item_add": (COMMITTEE, "HELD", ["day.saved", "day.item_added"]),
        "item_drop": (COMMITTEE, "HELD", ["day.item_dropped"]),
        "submit": (SECRETARIES, "RECORDED", ["day.saved", "day.recorded"]),
        "mark": (COMMITTEE, "HELD", ["attendance.marked"]),
        "invite": (COMMITTEE, "HELD", ["guest.invited"]),
        "dismiss": (COMMITTEE, "HELD", ["guest.dismissed"]),
    },
    "RECORDED": {"reopen": (SECRETARIES, "HELD", ["day.reopened"])},
    "NOT_HELD": {"resume": (SECRETARIES, "PLANNED", ["day.resumed"])},
}
ACTS = [act for acts in TABLE.values() for act in acts]
TABLES = (ActivityDay, Attendance, DayItem, Guest, AuditEntry)


@pytest.fixture
def cast(world):
    world.deng = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    world.ge = make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    return world


def day_in(state, branch):
    """A day in any state, with a guest and an item added even where there should be none, so that both can go."""
    if state == "PLANNED":
        day = make_plan(branch, status="ACCEPTED").day
    else:
        day = make_day(branch, status="RECORDED" if state == "RECORDED" else "HELD")
    Guest.objects.create(day=day, name="江映雪")
    day.items.create(order=9, kind="SERVICE", subtype="CULTURE", content="加演一场", outcome="DONE", was_planned=False)
    ActivityDay.objects.filter(pk=day.pk).update(
        status=state, not_held_reason="全院实习" if state == "NOT_HELD" else ""
    )
    return ActivityDay.objects.get(pk=day.pk)


def post(client, act, day):
    """One act by its address, with all that a page would send; Zheng's attendance is the one that is marked."""
    names = {"mark": "attendance_mark", "invite": "guest_invite", "dismiss": "guest_dismiss"}
    pk = day.pk
    if act == "mark":
        pk = day.attendance.get(person__user__name="郑党员").pk
    elif act == "dismiss":
        pk = day.guests.get().pk
    facts = {
        "held_on": day.plan.planned_on, "starts_at": "15:00", "place": "302 会议室", "host": day.plan.host_id,
        "recorder": day.plan.recorder_id,
    }  # fmt: skip
    typed = {
        "reason": "人数不对",
        "status": "ON_LEAVE",
        "name": "白亦尘",
        "summary": "学了新篇",
        "version": day.version,
    }
    if act == "item_add":
        typed |= {"new-what": "SERVICE.CULTURE", "new-content": "社区演出", "new-minutes": "20"}
    outcomes = {f"outcome-{item.pk}": "CHANGED" for item in day.items.all()}
    outcomes |= {f"note-{item.pk}": "改在室内" for item in day.items.all()}
    which = [day.items.get(was_planned=False).pk] if act == "item_drop" else []
    return client.post(reverse(names.get(act, f"day_{act}"), args=[pk, *which]), facts | typed | outcomes)


def picture():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def probe(client, user, act, day):
    """What ``tried`` gives for one user and one act."""
    client.force_login(user)
    return tried(client, act, day, picture())


def tried(client, act, day, before):
    """(code, the day's state, events on record), or (code, None) where all is as ``before``. Undone afterwards."""
    known = len(before[TABLES.index(AuditEntry)])
    with transaction.atomic():
        code = post(client, act, day).status_code
        events = list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))[known:]
        state, changed = ActivityDay.objects.get(pk=day.pk).status, picture() != before
        transaction.set_rollback(True)
    return (code, state, events) if changed else (code, None)


def expected(state, act, who):
    names, then, events = TABLE[state].get(act, ((), None, []))
    if who in names:
        return (302, then, events)
    if who in OUTSIDE and not (act == "mark" and who == "zheng"):  # everybody sees their own row
        return (404, None)
    return (403 if act in TABLE[state] else 302, None)  # not theirs to do; or overtaken: told so, and the way back


@pytest.mark.parametrize("state", TABLE)
def test_exactly_the_named_succeed_and_the_others_change_no_row(cast, client, state):
    day = day_in(state, cast.first)
    acts = [act for act in ACTS if act != "mark" or state != "PLANNED"]  # nobody stands on a roster before it is frozen
    before, answers = picture(), {}
    for who in EVERYBODY:
        client.force_login(getattr(cast, who))
        answers |= {(act, who): tried(client, act, day, before) for act in acts}

    wrong = {cell: got for cell, got in answers.items() if got != expected(state, *cell)}
    assert (len(answers), wrong) == (len(acts) * 13, {})


@pytest.mark.parametrize("status", ["DRAFT", "RETURNED"])
def test_a_day_whose_plan_is_not_sent_is_held_by_nobody_but_may_be_given_up(cast, client, status):
    """The plan was withdrawn or came back after its day had been opened."""
    day = day_in("PLANNED", cast.first)
    type(day.plan).objects.update(status=status)

    assert {probe(client, getattr(cast, who), "hold", day) for who in COMMITTEE} == {(403, None)}
    assert probe(client, cast.li, "skip", day) == (302, "NOT_HELD", ["day.skipped"])


def test_the_page_offers_the_acts_that_the_table_allows(cast, client):
    day = day_in("PLANNED", cast.first)
    offered = {}
    for who in sorted(COMMITTEE | READERS):
        client.force_login(getattr(cast, who))
        page = client.get(day.get_absolute_url()).content.decode()
        offered[who] = [act for act in ("hold", "skip") if reverse(f"day_{act}", args=[day.pk]) in page]
    assert offered == {
        who: [act for act in ("hold", "skip") if who in TABLE["PLANNED"][act][0]] for who in COMMITTEE | READERS
    }
