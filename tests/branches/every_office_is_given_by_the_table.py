"""Who gives and takes which office where: one table, asked for every office, kind and act.

Li is secretary of First Branch, Chen its organization commissioner, Xu publicity; Wang is secretary of the general
branch above, Sun commissioner of another one. Wu leads a direct branch. Zhou sits in the department, He only reads.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from branches import actions
from branches.access import can
from branches.models import Appointment, Office, Organization, Person
from branches.rules.offices import PLACES, can_give, offices_at
from core.audit import AuditEntry
from tests.builders import World, make_group, make_person, make_seat

TODAY = datetime.date(2026, 11, 23)
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
COMMITTEE = {
    "SECRETARY", "DEPUTY_SECRETARY", "ORGANIZATION_COMMISSIONER", "PUBLICITY_COMMISSIONER", "DISCIPLINE_COMMISSIONER",
    "UNITED_FRONT_COMMISSIONER", "MEMBER",
}  # fmt: skip
# organization → office → who gives it; what is not named does not exist there
UPPER = frozenset({"wang", "zhou"})
ZHOU = frozenset({"zhou"})
GIVERS = {
    "first": dict.fromkeys(COMMITTEE, UPPER) | {"GROUP_LEADER": UPPER | {"li", "chen"}},
    "direct": dict.fromkeys(COMMITTEE, ZHOU) | {"GROUP_LEADER": ZHOU | {"wu"}},
    "arts": dict.fromkeys(COMMITTEE | {"LEADER"}, ZHOU),
    "committee": dict.fromkeys(["ORGANIZATION_DEPARTMENT", "LEADER"], ZHOU),
}


def test_the_table_names_every_office_at_every_kind():
    kinds = {"first": "BRANCH", "direct": "BRANCH", "arts": "GENERAL_BRANCH", "committee": "COMMITTEE"}
    named = {(office, kind) for place, kind in kinds.items() for office in GIVERS[place]}
    assert named == {(office, kind) for office, kinds in PLACES.items() for kind in kinds}
    assert set(PLACES) == set(Office.values)


@pytest.mark.parametrize("place", GIVERS)
@pytest.mark.parametrize("office", Office.values)
def test_exactly_the_named_give_correct_and_take_an_office(world: World, place, office):
    """Appointed, corrected and ended by everybody in turn: the table's cells succeed, all others change nothing."""
    organization = getattr(world, place)
    branch = organization if organization.is_branch else world.first
    group = make_group(world.first if place != "direct" else world.direct, "第一党小组")
    Appointment.objects.filter(organization=organization, office="SECRETARY").exclude(
        person__user__in=[world.li, world.wang, world.wu]
    ).delete()
    done = {}
    for who in CAST:
        user, person = getattr(world, who), make_person(branch)
        if office == "SECRETARY":  # the seat is made free for each try, but the triers keep their own offices
            Organization.objects.filter(pk=organization.pk).update(closed_on=None)
            held = list(Appointment.objects.filter(organization=organization, office=office))
            Person.objects.filter(appointments__in=held).exclude(user=user).update(left_on=TODAY)
            if any(row.person.user_id == user.pk for row in held):
                assert not can_give(user, organization, office)
                continue
        try:
            row = actions.appoint(organization, by=user, person=person, office=office, starts_on=TODAY, group=group)
        except PermissionDenied:
            assert not person.appointments.exists()
            row = Appointment.objects.create(person=person, organization=organization, office=office, starts_on=TODAY)
        else:
            done.setdefault("appoint", set()).add(who)
        for act, values in {
            "correct": {"starts_on": datetime.date(2026, 11, 1), "title": "", "is_acting": True},
            "end": {"ends_on": TODAY},
        }.items():
            before = AuditEntry.objects.count()
            verb = {"correct": actions.correct_appointment, "end": actions.end_appointment}[act]
            try:
                row = verb(row, by=user, reason="试", **values)
            except PermissionDenied:
                assert AuditEntry.objects.count() == before
                assert not can(user, f"appointment.{act}", row)
            else:
                done.setdefault(act, set()).add(who)
        row.delete()
        Person.objects.update(left_on=None)
    givers = GIVERS[place].get(office, set())
    assert done.get("appoint", set()) == givers
    if office in GIVERS[place]:
        assert done.get("correct", set()) == done.get("end", set()) == givers


@pytest.mark.parametrize("standing", Person.Standing.values)
@pytest.mark.parametrize("place", GIVERS)
def test_who_may_hold_which_office_by_standing(world: World, place, standing):
    """A committee's seat asks for a full member, a group, the department and the readers for a member."""
    organization = getattr(world, place)
    branch = organization if organization.is_branch else world.first
    group = make_group(branch, "第一党小组")
    Person.objects.filter(user__in=[world.li, world.wang, world.wu]).update(left_on=TODAY)
    held = set()
    for office in offices_at(organization):
        person = make_person(branch, standing=standing)
        try:
            actions.appoint(organization, by=world.zhou, person=person, office=office, starts_on=TODAY, group=group)
        except PermissionDenied as error:
            assert person.get_standing_display() in str(error)
        else:
            held.add(office)
    members = set(GIVERS[place]) - COMMITTEE
    assert held == {"FULL": set(GIVERS[place]), "PROBATIONARY": members, "PROSPECT": set(), "ACTIVIST": set()}[standing]


def refused(act, *args, **kwargs):
    with pytest.raises(PermissionDenied) as caught:
        act(*args, **kwargs)
    return str(caught.value)


OWN = "自己的职务不能自己办理，请由上级或其他有权的同志办理。"
LATER = {"starts_on": datetime.date(2025, 1, 1), "title": "", "is_acting": False, "reason": "更正"}


def test_nobody_gives_takes_or_corrects_an_office_of_their_own(world: World):
    own = Appointment.objects.get(person__user=world.zhou)
    new = {"person": world.zhou.person, "starts_on": TODAY, "by": world.zhou}

    assert refused(actions.appoint, world.committee, office="LEADER", **new) == OWN
    assert refused(actions.appoint, world.direct, office="DEPUTY_SECRETARY", **new) == OWN
    assert refused(actions.end_appointment, own, by=world.zhou, ends_on=TODAY, reason="退休") == OWN
    assert refused(actions.correct_appointment, own, by=world.zhou, **LATER) == OWN


def test_nor_by_a_second_office(world: World):
    """Wang leads the general branch and is a commissioner in Second Branch: the first does not serve the second."""
    second = make_seat(world.wang, world.second, Office.PUBLICITY_COMMISSIONER)
    Appointment.objects.filter(person__user=world.zhao).update(ends_on=TODAY)
    new = {"person": world.wang.person, "starts_on": TODAY, "by": world.wang}

    assert refused(actions.appoint, world.second, office="SECRETARY", **new) == OWN
    assert refused(actions.end_appointment, second, by=world.wang, ends_on=TODAY, reason="不兼任") == OWN
    assert refused(actions.correct_appointment, second, by=world.wang, **LATER) == OWN
    make_seat(world.zhou, world.arts, Office.DEPUTY_SECRETARY)
    assert actions.end_appointment(second, by=world.zhou, ends_on=TODAY, reason="不兼任").is_over


def test_nor_after_having_moved(world: World):
    """Who moved to another branch is still the same person there, and in the old offices."""
    own = Appointment.objects.get(person__user=world.wang)
    Person.objects.filter(user=world.wang).update(organization=world.first)
    person = Person.objects.get(user=world.wang)
    new = {"person": person, "starts_on": TODAY, "by": world.wang}

    assert refused(actions.appoint, world.first, office="MEMBER", **new) == OWN
    assert not can(world.wang, "appointment.end", own)


def test_an_office_that_should_not_exist_can_still_be_ended(world: World):
    odd = Appointment.objects.create(
        person=make_person(world.first), organization=world.arts, office="GROUP_LEADER", starts_on=TODAY
    )
    assert actions.end_appointment(odd, by=world.wang, ends_on=TODAY, reason="导入有误").is_over
