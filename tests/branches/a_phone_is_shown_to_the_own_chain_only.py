"""A telephone number is whole for a person's own chain of organizations and masked for everybody else.

Li keeps the register of First Branch and, as a leader at the committee, reads everything without keeping it. Bai is
secretary of First Branch although registered in 历史学院党支部, which Wang, who reviews First's plans, does not see.
"""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Appointment, Office, Person
from tests.builders import World, fresh, make_officer, make_person

FULL, MASKED = "13912340001", "139****0001"


@pytest.fixture
def li(world: World):
    """Two people whose numbers end alike, one of First Branch and one of Second; Li reads both."""
    make_person(world.first, "电话甲", phone=FULL)
    make_person(world.second, "电话乙", phone=FULL)
    Appointment.objects.create(
        person=world.li.person, organization=world.committee, office=Office.LEADER, starts_on="2024-01-01"
    )
    return fresh(world.li)


def taken(response):
    """Name and phone of each row, and the note."""
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [(row[0].value, row[-1].value) for row in sheet.iter_rows(min_row=4)], sheet.cell(2, 1).value


def test_a_full_export_holds_the_own_part_alone(world, li, client):
    client.force_login(li)
    url = f"{reverse('people_export_full')}?q=电话"

    rows, note = taken(client.post(url, {"reason": "活动日通知"}))

    assert rows == [("电话甲", FULL)]
    assert note == "姓名或学工号：电话；完整信息，用途：活动日通知。共 1 行，2026-11-23 导出"
    assert taken(client.get(f"{reverse('people_export')}?q=电话"))[0] == [("电话甲", MASKED), ("电话乙", MASKED)]


def test_the_page_says_before_of_how_many_it_will_be(world, li, client):
    client.force_login(li)
    both, one = (client.get(reverse("people"), {"q": name}) for name in ("电话", "电话甲"))

    assert (both.context["kept"], one.context["kept"]) == (1, 1)
    assert "只有 1 人的名册归您管理" in both.content.decode()
    assert "的名册归您管理" not in one.content.decode()
    foreign = client.get(reverse("people"), {"q": "电话乙"})
    assert (foreign.context["kept"], reverse("people_export_full") in foreign.content.decode()) == (0, False)


@pytest.mark.parametrize("name, count", [("chen", 10), ("wang", 15), ("zhou", 24), ("xu", 0), ("he", 0), ("zheng", 0)])
def test_who_keeps_which_part(world, li, name, count):
    """First: Li, Chen, Xu, Zheng, five more and 电话甲. Second: Zhao, Wang, two more and 电话乙."""
    assert Person.objects.kept_by(fresh(getattr(world, name))).count() == count


@pytest.fixture
def bai(world: World):
    Appointment.objects.filter(person=world.li.person).delete()
    return make_officer(world.first, Office.SECRETARY, "白书记", branch=world.other, phone=FULL).person


@pytest.mark.parametrize("viewer, shown", [("wang", MASKED), ("zhou", f"tel:{FULL}")])
def test_a_secretary_who_is_registered_elsewhere_is_masked_on_the_pages_of_the_branch(
    world, bai, client, viewer, shown
):
    client.force_login(getattr(world, viewer))

    for address in (world.first.get_absolute_url(), reverse("workbench")):
        page = client.get(address).content.decode()
        assert (shown in page, FULL in page) == (True, viewer == "zhou")


def test_a_secretary_who_left_is_not_named_on_the_workbench(world, client):
    Person.objects.filter(pk=world.li.person.pk).update(left_on="2026-11-01")
    client.force_login(world.wang)

    groups = client.get(reverse("workbench")).context["unfiled"]
    rows = {row.branch: row.head for group in groups for row in group.rows}
    assert (rows[world.first], rows[world.second].appointment.person) == (None, world.zhao.person)
