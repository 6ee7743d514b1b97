"""Nobody decides their own matter: not directly, not by a second office, not after having moved. And it is logged.

Chen keeps First Branch's register. Wang leads the general branch above and is a member of Second; Guo is its
organization commissioner, Zhou and Tang sit in the department. Each tries by a post of their own making, as the pages
offer none of it. Every refusal leaves a line in the site's log: who, what, which answer, and why.
"""

import datetime
import logging

import pytest
from axes.models import AccessAttempt
from django.contrib.messages import get_messages
from django.db import transaction
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Exclusion, Office, Person
from core.accounts import User
from core.audit import AuditEntry
from tests.branches.register_acts import ALL, TODAY
from tests.builders import fresh, make_group, make_officer, make_person, make_seat
from tests.house.who_may_open_what import every_row

D = datetime.date


@pytest.fixture
def cast(world):
    world.guo = make_officer(world.arts, Office.ORGANIZATION_COMMISSIONER, "郭组织", branch=world.second)
    world.tang = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "唐干事", branch=world.direct)
    return world


def own_exclusion(user, *, by, **fields):
    return Exclusion.objects.create(
        person=user.person, reason="因病", starts_on=TODAY, proposed_by=by, **fields
    )  # fmt: skip


def exclusion(world):
    row = own_exclusion(world.guo, by=world.zhao)
    return "guo", ["exclusion_approve", "exclusion_decline"], [row.pk], row


def exclusion_of_two_offices(world):
    """Tang is also the secretary of the general branch's Second: neither seat decides."""
    make_seat(world.tang, world.arts, Office.DEPUTY_SECRETARY)
    Person.objects.filter(user=world.tang).update(organization=world.second)
    row = own_exclusion(world.tang, by=world.zhao)
    return "tang", ["exclusion_approve", "exclusion_decline"], [row.pk], row


def exclusion_proposed_by_oneself(world):
    row = Exclusion.objects.create(
        person=make_person(world.first, "当事人"), reason="因病", starts_on=TODAY, proposed_by=world.guo
    )
    return "guo", ["exclusion_approve", "exclusion_decline"], [row.pk], row


def exclusion_after_a_transfer(world):
    """Proposed of somebody of another general branch, who has moved to where the own office decides."""
    row = own_exclusion(world.guo, by=world.qian)
    Person.objects.filter(user=world.guo).update(organization=world.first)
    return "guo", ["exclusion_approve", "exclusion_decline"], [row.pk], row


def exclusion_ended(world):
    row = own_exclusion(world.chen, by=world.li, status="APPROVED", decided_at=datetime.datetime.now(datetime.UTC))
    return "chen", ["exclusion_end"], [row.pk], row


def standing(world):
    Person.objects.filter(user=world.guo).update(standing="PROBATIONARY", joined_on=D(2025, 10, 8))
    acts = [f"standing_change, {kind}" for kind in ("CONFIRMED", "EXTENDED", "CANCELLED")]
    return "guo", [*acts, "standing_correct"], [world.guo.person.pk], world.guo.person


def standing_after_a_transfer(world):
    Person.objects.filter(user=world.guo).update(
        standing="PROBATIONARY", joined_on=D(2025, 10, 8), organization=world.first
    )
    return "guo", ["standing_change, CONFIRMED"], [world.guo.person.pk], world.guo.person


def standing_taken_back(world):
    joined = datetime.date(2025, 11, 10)
    Person.objects.filter(user=world.zhou).update(standing="PROBATIONARY", joined_on=joined, confirmed_on=None)
    person = actions.change_standing(
        Person.objects.get(user=world.zhou), by=world.tang, kind="CONFIRMED", changed_on=TODAY, note="支部大会"
    )
    return "zhou", ["standing_undo"], [person.pk], person


def transfer(world):
    row = actions.request_transfer(world.wang.person, by=world.zhao, to=world.first)
    return "wang", ["transfer_accept", "transfer_decline"], [row.pk], row


def transfer_of_two_offices(world):
    """Zhao leads the branch that is left, and is a deputy of the one that receives."""
    make_seat(world.zhao, world.first, Office.DEPUTY_SECRETARY)
    row = actions.request_transfer(world.zhao.person, by=world.zhao, to=world.first)
    return "zhao", ["transfer_accept", "transfer_decline"], [row.pk], row


def transfer_that_one_asked_for(world):
    row = actions.request_transfer(world.zheng.person, by=world.wang, to=world.second)
    return "wang", ["transfer_accept", "transfer_decline"], [row.pk], row


def transfer_undone(world):
    row = actions.request_transfer(world.wang.person, by=world.zhao, to=world.first)
    row = actions.accept_transfer(row, by=world.li)
    return "wang", ["transfer_undo"], [row.pk], row


def leaving(world):
    return "chen", ["person_leave"], [world.chen.person.pk], world.chen.person


def account(world):
    """Locked, with a session that still runs."""
    AccessAttempt.objects.create(username=world.tang.username, ip_address="10.0.0.1", failures_since_start=5)
    names = ["hand_out", "disable", "enable", "unlock", "end_sessions"]
    return "tang", [f"account_{name}" for name in names], [world.tang.person.pk], world.tang.person


def account_of_two_offices(world):
    """Zhou keeps the direct branch too, where Zhou is registered."""
    make_seat(world.zhou, world.direct, Office.SECRETARY)
    names = ["hand_out", "disable", "end_sessions"]
    return "zhou", [f"account_{name}" for name in names], [world.zhou.person.pk], world.zhou.person


def office(world):
    row = Appointment.objects.get(person__user=world.tang)
    return "tang", ["appointment_end", "appointment_correct"], [row.pk], row


def office_of_two_offices(world):
    row = make_seat(world.guo, world.second, Office.DEPUTY_SECRETARY)
    return "guo", ["appointment_end", "appointment_correct"], [row.pk], row


def office_after_a_transfer(world):
    Person.objects.filter(user=world.guo).update(organization=world.first)
    row = make_seat(world.guo, world.first, Office.PUBLICITY_COMMISSIONER)
    return "guo", ["appointment_end", "appointment_correct"], [row.pk], row


def closing_ones_own(world):
    make_seat(world.zhou, world.first, Office.MEMBER)
    return "zhou", ["organization_close"], [world.first.pk], world.first


def dissolving_ones_group(world):
    group = make_group(world.first, "第一党小组")
    Appointment.objects.filter(pk=make_seat(world.chen, world.first, Office.GROUP_LEADER).pk).update(group=group)
    return "chen", ["group_dissolve"], [world.first.pk, group.pk], group


def election_where_one_sits(world):
    make_seat(world.zhou, world.first, Office.MEMBER)
    return "zhou", ["election_hold"], [world.first.pk], world.first


def election_undone(world):
    make_seat(world.guo, world.first, Office.MEMBER)
    people = [*Person.objects.filter(organization=world.first, user=None).order_by("pk")[:3]]
    seats = list(zip(people, ("SECRETARY", "DEPUTY_SECRETARY", "MEMBER"), strict=True))
    days = {"held_on": TODAY, "term_starts_on": TODAY, "term_ends_on": D(2029, 11, 22)}
    row = actions.hold_election(world.first, by=world.wang, seats=seats, **days)
    return "guo", ["election_undo"], [row.pk], row


EXCLUSION = "不能批复关于自己的申请，请上级的其他同志批复。"
STANDING = "自己的类别变动由别人登记。"
TRANSFER = "这是您本人的组织关系，请由接收支部的另一位负责同志，或者上级党组织办理。"
ACCOUNT = "这是您自己的账号：密码请用“修改密码”，别的事请上级办理。"
OFFICE = "自己的职务不能自己办理，请由上级或其他有权的同志办理。"
# each matter, and what is said of it; an election's fault stands in the form, beside the day
OWN = {
    exclusion: EXCLUSION,
    exclusion_of_two_offices: EXCLUSION,
    exclusion_proposed_by_oneself: "不能批复自己提出的申请，请上级的其他同志批复。",
    exclusion_after_a_transfer: EXCLUSION,
    exclusion_ended: "关于自己的，请本支部或上级的其他同志办理。",
    standing: STANDING,
    standing_after_a_transfer: STANDING,
    standing_taken_back: STANDING,
    transfer: TRANSFER,
    transfer_of_two_offices: TRANSFER,
    transfer_that_one_asked_for: "这是您提出的转接，请由另一位同志接收。",
    transfer_undone: "这是您本人的组织关系，请由另一位同志办理。",
    leaving: "这是您本人，请由支部另一位负责同志或上级党组织办理。",
    account: ACCOUNT,
    account_of_two_offices: ACCOUNT,
    office: OFFICE,
    office_of_two_offices: OFFICE,
    office_after_a_transfer: OFFICE,
    closing_ones_own: "您在这个组织任职，不能由您自己撤销，请同组织部的其他同志办理。",
    dissolving_ones_group: "您是这个小组的组长，不能由您自己撤销，请支部的其他同志或上级办理。",
    election_where_one_sits: "",
    election_undone: "这次换届涉及您自己的职务，请由其他同志撤销。",
}


def lines(caplog):
    return [record for record in caplog.records if record.name == "core.refusals"]


@pytest.mark.parametrize("matter", OWN, ids=lambda build: build.__name__)
def test_the_own_matter_is_refused_and_logged(cast, client, caplog, matter):
    who, acts, ids, subject = matter(cast)
    user = fresh(getattr(cast, who))
    subject.refresh_from_db()
    client.force_login(user)
    before = every_row()
    for act in acts:
        address = ALL[act].way(ids)
        caplog.clear()
        answer = client.post(address, ALL[act].typed(subject))
        status = 422 if matter is election_where_one_sits else 403  # said in the form, beside the day
        assert (act, answer.status_code, every_row() == before) == (act, status, True)
        [line] = lines(caplog)
        assert line.levelno == (logging.WARNING if status == 403 else logging.INFO)
        start, _, why = line.getMessage().partition(": ")
        assert start == f"user {user.pk} was refused POST {address} with {status}"
        assert (act, why, why in answer.content.decode()) == (act, OWN[matter], True)


CHOSEN = {
    "appointing oneself": ("zhou", "office_appoint, a member", "first", "person"),
    "appointing oneself in the own department": ("zhou", "office_appoint, a reader", "committee", "person"),
    "a group leader of oneself": ("chen", "office_appoint, a group leader", "first", "person"),
    "electing oneself": ("guo", "election_hold", "second", "secretary_1"),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_oneself_in_a_form_that_does_not_offer_it_is_refused_and_logged(cast, client, caplog, case):
    who, act, place, field = CHOSEN[case]
    user, organization = getattr(cast, who), getattr(cast, place)
    make_group(organization, "第一党小组")
    make_person(cast.direct)
    if act == "election_hold":
        Appointment.objects.filter(person__user=cast.zhao).delete()
        make_person(cast.second)
    client.force_login(user)
    before, address = every_row(), ALL[act].way([organization.pk])
    answer = client.post(address, ALL[act].typed(organization) | {field: user.person.pk})
    assert (answer.status_code, list(answer.context["form"].errors), every_row() == before) == (422, [field], True)
    assert [line.getMessage() for line in lines(caplog)] == [f"user {user.pk} was refused POST {address} with 422"]


def test_ticking_the_own_transfer_among_others_moves_the_others_alone(cast, client):
    own = actions.request_transfer(cast.wang.person, by=cast.zhao, to=cast.first)
    other = actions.request_transfer(make_person(cast.second, "别人"), by=cast.zhao, to=cast.first)
    client.force_login(cast.wang)
    answer = client.post(reverse("transfers_accept"), {"transfer": [own.pk, other.pk]})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["已接收 1 人，从今天起在册。"]
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.status, other.status) == ("REQUESTED", "ACCEPTED")


def test_nobody_gets_a_code_for_the_own_account_with_those_of_all(cast, client):
    client.force_login(cast.zhou)
    page = client.post(reverse("accounts_open"))
    people = {person.pk for person, _ in page.context["slips"]}
    assert (cast.zhou.person.pk in people, cast.tang.person.pk in people) == (False, True)


def test_nobody_graduates_themselves(cast, client):
    Person.objects.filter(user=cast.chen).update(category="STUDENT")
    make_person(cast.first, "同学", category="STUDENT")
    client.force_login(cast.chen)
    before = every_row()
    data = {"person": cast.chen.person.pk, "left_on": TODAY, "place": "街道", "confirmed": "1"}
    answer = client.post(reverse("graduates", args=[cast.first.pk]), data)
    assert (answer.status_code, every_row() == before) == (422, True)


# what must be so first, for anybody to do it
FIRST = {
    "account_enable": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "standing_change, CANCELLED": lambda user: user.person.appointments.all().delete(),  # the office is given up
}


def does(client, user, whose, act, ids, subject):
    """Does the act come on record when ``user`` does it in the matter of ``whose``? Undone afterwards."""
    with transaction.atomic():
        if act in FIRST:
            FIRST[act](whose)
        client.force_login(fresh(user))
        known = AuditEntry.objects.count()
        client.post(ALL[act].way(ids), ALL[act].typed(subject))
        done = AuditEntry.objects.count() > known
        transaction.set_rollback(True)
    return done


def test_the_control_a_colleague_may(cast, client):
    """The same posts by somebody whose matter it is not: so it is the own that was refused."""
    nobody = []
    for matter in OWN:
        with transaction.atomic():
            who, acts, ids, subject = matter(cast)
            subject.refresh_from_db()
            whose = fresh(getattr(cast, who))
            others = [getattr(cast, name) for name in ("wang", "guo", "zhou", "tang", "li") if name != who]
            nobody += [
                (matter.__name__, act)
                for act in acts
                if not any(does(client, other, whose, act, ids, subject) for other in others)
            ]
            transaction.set_rollback(True)
    assert nobody == []
