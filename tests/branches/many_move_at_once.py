"""A sheet or a closure moves many people: one row of history each, in a fixed number of statements."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.actions import move_many, request_transfer
from branches.models import Appointment, Office, Person, Transfer
from core.audit import AuditEntry
from tests.builders import make_group, make_person

TODAY = datetime.date(2026, 11, 23)


def moves(person):
    fields = ("kind", "status", "from_organization__short_name", "to_organization__short_name", "moved_on", "note")
    return list(person.transfers.order_by("pk").values_list(*fields))


def test_each_moves_with_a_row_of_history_and_without_group_or_office(world):
    li = world.li.person
    make_group(world.first, "第一党小组", [li])

    rows = move_many({li: world.second, world.zhao.person: world.second}, by=world.zhou, moved_on=TODAY, note="导入")

    assert [row.person for row in rows] == [li]  # Zhao is there already
    assert moves(li) == [("WITHIN", "ACCEPTED", "文学院第一党支部", "文学院第二党支部", TODAY, "导入")]
    assert (li.organization, li.group) == (world.second, None)
    assert list(Person.objects.filter(pk=li.pk).values_list("organization", "group")) == [(world.second.pk, None)]
    assert list(Appointment.objects.filter(person=li).values_list("office", "ends_on")) == [("SECRETARY", TODAY)]
    assert [entry.event for entry in AuditEntry.objects.about(li)] == ["person.moved"]


def test_offices_above_and_elsewhere_go_on_and_what_was_asked_is_withdrawn(world):
    wang = world.wang.person
    here = Appointment.objects.create(person=wang, organization=world.second, office=Office.MEMBER, starts_on=TODAY)
    asked = request_transfer(wang, by=world.zhao, to=world.other)

    move_many({wang: world.first}, by=world.zhou, moved_on=TODAY)

    held = dict(Appointment.objects.filter(person=wang).values_list("pk", "ends_on"))
    assert held == {here.pk: TODAY, wang.appointments.get(organization=world.arts).pk: None}
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("WITHDRAWN", "组织关系已另行变动，本次转接不再办理")


def test_who_left_does_not_come_back_by_it(world):
    gone = make_person(world.first, left_on=datetime.date(2026, 1, 1))
    assert move_many({gone: world.second}, by=world.zhou, moved_on=TODAY) == []
    assert not Transfer.objects.exists()


def test_forty_cost_what_one_costs(world):
    costs = []
    for number in (1, 40):
        pairs = {make_person(world.first): world.second for _ in range(number)}
        with CaptureQueriesContext(connection) as queries:
            move_many(pairs, by=world.zhou, moved_on=TODAY)
        costs.append(len(queries))
    assert costs[0] == costs[1]
