"""What waits for my decision stands on my first page, of every floor, and each number opens a list of as many rows.

Zheng of First Branch asks to move to Zhao's Second Branch. Wang is above both, Zhou is the department, He only reads.
"""

import datetime

from django.urls import reverse

from activities.models import MonthlyPlan
from branches.actions import decline_transfer, propose_exclusion, request_transfer
from branches.models import Appointment, Office, Organization
from core.periods import Month
from tests.builders import fresh, make_person, make_plan

DECEMBER = Month(2026, 12)


def waiting(client, user):
    client.force_login(user)
    return {one.source.words: one.number for one in client.get(reverse("workbench")).context["waiting"]}


def settle_offices(world):
    """Every organization has a secretary and a running term, but the other general branch."""
    for row in Organization.objects.exclude(kind="COMMITTEE"):
        if not row.appointments.filter(office=Office.SECRETARY).exists():
            Appointment.objects.create(
                person=make_person(row), organization=row, office=Office.SECRETARY,
                starts_on=datetime.date(2024, 1, 1),
            )  # fmt: skip
    Organization.objects.update(term_ends_on=datetime.date(2027, 12, 31))


def test_a_transfer_waits_for_the_receiving_branch_until_it_is_answered(world, client):
    settle_offices(world)
    row = request_transfer(world.zheng.person, by=world.li, to=world.second)
    assert {name: waiting(client, getattr(world, name)) for name in ("li", "zhao", "he")} == {
        "li": {}, "zhao": {"人转入待接收": 1}, "he": {},
    }  # fmt: skip
    assert "等您办理" not in client.get(reverse("workbench")).text  # He's page
    client.force_login(world.zhao)
    assert f'href="{reverse("transfers")}?view=incoming"' in client.get(reverse("workbench")).text
    decline_transfer(row, by=world.zhao, answer="材料不全")
    assert waiting(client, world.zhao) == {}


def test_what_is_asked_of_the_department_is_told_by_kind(world, client):
    settle_offices(world)
    make_plan(world.first, DECEMBER, MonthlyPlan.Status.FILED)
    make_plan(world.second, DECEMBER, MonthlyPlan.Status.FILED)
    propose_exclusion(
        world.zheng.person, by=world.li, reason="长期病假", starts_on=datetime.date(2026, 11, 1), last_on=None
    )
    world.other.term_ends_on = datetime.date(2026, 10, 31)
    world.other.save(update_fields=["term_ends_on"])
    Appointment.objects.filter(organization=world.second, office=Office.SECRETARY).update(
        ends_on=datetime.date(2026, 11, 1)
    )

    assert waiting(client, world.zhou) == {"份计划待审核": 2, "人不计入应到待批准": 1, "个党组织书记空缺或已届满": 2}
    assert waiting(client, fresh(world.li)) == {}


def test_every_number_opens_a_list_of_as_many_rows(world, client):
    make_plan(world.first, DECEMBER, MonthlyPlan.Status.FILED)
    people = [make_person(world.first) for _ in range(3)]
    for person in people[:2]:
        propose_exclusion(person, by=world.li, reason="借调", starts_on=datetime.date(2026, 11, 1), last_on=None)
    request_transfer(people[2], by=world.li, to=world.second)
    client.force_login(world.zhou)

    shown = client.get(reverse("workbench")).context["waiting"]

    listed = {
        "plans": lambda page: page["waiting"],
        "transfers": lambda page: page["page"].paginator.count,
        "exclusions": lambda page: page["page"].paginator.count,
        "offices": lambda page: page["page"].paginator.count,
    }
    assert {one.source.code for one in shown} == set(listed)
    for one in shown:
        assert (one.source.code, listed[one.source.code](client.get(one.url).context)) == (one.source.code, one.number)
