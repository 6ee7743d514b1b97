"""Zhao leads Second Branch, where Wang is registered, who reviews for the general branch above; Zhou sees everything.

Everybody whom a filter should find and not find stands in Second Branch; somebody alike stands next door in First.
"""

import datetime

import pytest
from django.urls import reverse

from branches.forms import places
from branches.models import Appointment, Exclusion, Office, Person, StructurePolicy, Transfer
from tests.builders import World, fresh, make_branch, make_group, make_officer, make_person

TODAY = datetime.date(2026, 11, 23)
Standing = Person.Standing


class Register:
    """Second Branch with one of each; First Branch with somebody alike."""

    def __init__(self, world: World):
        branch = world.second
        self.early = make_person(branch, "甲", joined_on=datetime.date(1980, 1, 1), is_floating=True)
        self.retired = make_person(branch, "乙", category="RETIRED", is_leading_cadre=True, is_floating=True)
        self.new = make_person(
            branch, "丙", standing="PROBATIONARY", joined_on=datetime.date(2026, 5, 1), is_lost_contact=True
        )
        self.over = make_person(branch, "丁", standing="PROBATIONARY", joined_on=datetime.date(2025, 11, 23))
        self.prospect = make_person(branch, "戊", standing="PROSPECT", joined_on=None, category="STUDENT")
        self.gone = make_person(branch, "己", left_on=datetime.date(2026, 10, 9), is_floating=True)
        Transfer.objects.create(
            person=self.gone, kind="OUT", status="ACCEPTED", from_organization=branch, place="某某市委党校党委",
            note="工作调动", moved_on=self.gone.left_on,
        )  # fmt: skip
        self.away = make_person(branch, "庚")
        Exclusion.objects.create(
            person=self.away, reason="出国进修", starts_on=datetime.date(2026, 9, 1), status="APPROVED", decided_at=NOW
        )
        self.neighbour = make_person(world.first, "辛", category="RETIRED", is_floating=True, is_lost_contact=True)
        self.zhao, self.wang = world.zhao.person, world.wang.person
        self.plain = list(branch.people.filter(name__startswith="党员"))
        self.present = [
            self.zhao, self.wang, *self.plain, self.early, self.retired, self.new, self.over, self.prospect, self.away,
        ]  # fmt: skip


NOW = "2026-09-01T08:00:00+08:00"


@pytest.fixture
def register(world: World):
    return Register(world)


@pytest.fixture
def found(register, world, client):
    client.force_login(fresh(world.zhao))

    def ask(**data):
        return [line.person for line in client.get(reverse("people"), data).context["lines"]]

    return ask


@pytest.mark.parametrize(
    "data, names",
    [
        ({"q": "乙"}, ["乙"]),
        ({"standing": ["PROBATIONARY"]}, ["丙", "丁"]),
        ({"standing": ["PROBATIONARY", "PROSPECT"]}, ["丙", "丁", "戊"]),
        ({"standing": ["ACTIVIST"]}, []),
        ({"category": "RETIRED"}, ["乙"]),
        ({"mark": "floating"}, ["甲", "乙"]),
        ({"mark": "lost"}, ["丙"]),
        ({"mark": "cadre"}, ["乙"]),
        ({"mark": ["floating", "cadre"]}, ["乙"]),
        ({"mark": "excluded"}, ["庚"]),
        ({"mark": "probation"}, ["丁"]),
        ({"office": "any"}, ["赵书记", "王总支"]),  # Wang is in office elsewhere
        ({"office": "SECRETARY"}, ["赵书记", "王总支"]),
        ({"office": "MEMBER"}, []),
        ({"joined_from": "2026-01-01"}, ["丙"]),
        ({"joined_to": "1999-12-31"}, ["甲"]),
        ({"joined_from": "1980-01-01", "joined_to": "1980-01-01"}, ["甲"]),
        ({"joined_from": "2025-11-23", "joined_to": "2026-05-01"}, ["丙", "丁"]),
        ({"state": "left"}, ["己"]),
        ({"state": "all", "mark": "floating"}, ["甲", "乙", "己"]),
        ({"state": "left", "category": "RETIRED"}, []),
        ({"category": "STUDENT", "standing": "PROSPECT", "q": "戊"}, ["戊"]),
    ],
)
def test_a_filter_finds_exactly_these(found, data, names):
    assert [person.name for person in found(**data)] == names


def test_without_a_filter_everybody_present_is_found(found, register):
    assert found() == register.present
    assert found(office="none") == register.present[2:]
    assert found(state="all") == sorted([*register.present, register.gone], key=lambda one: one.staff_number)


@pytest.mark.parametrize(
    "name", ["standing", "mark", "order", "office", "state", "joined_from", "size", "columns", "group"]
)
def test_an_unknown_value_filters_nothing_and_leaves_the_others_in_force(found, register, name):
    assert found(**{name: "NONSENSE"}, page="x") == register.present
    assert found(**{name: "NONSENSE"}, q="甲") == [register.early]


def test_a_number_is_found_from_its_beginning(found, register):
    assert found(q=register.retired.staff_number) == [register.retired]
    assert found(q=register.retired.staff_number[1:]) == []
    assert found(q=register.retired.phone) == []  # a masked number cannot be tried out


@pytest.mark.parametrize(
    "order, last",
    [
        ("organization", "庚"), ("-organization", "庚"), ("name", None), ("-name", None), ("number", "庚"),
        ("joined", "戊"), ("-joined", "戊"), ("confirmed", None), ("-standing", None), ("standing", "戊"),
        ("category", "戊"),
    ],
)  # fmt: skip
def test_every_order_has_everybody_once(found, register, order, last):
    rows = found(order=order)
    assert sorted(rows, key=lambda one: one.pk) == sorted(register.present, key=lambda one: one.pk)
    if last:
        assert rows[-1].name == last  # who has no such date comes last, either way


def test_orders_are_what_they_say(found, register):
    joined = [person.joined_on for person in found(order="joined")][:-1]
    assert joined == sorted(joined)
    assert [person.joined_on for person in found(order="-joined")][:-1] == joined[::-1]
    assert found(order="name") == found(order="-name")[::-1] != found(order="number")
    numbers = [person.staff_number for person in found(order="-number")]
    assert numbers == sorted(numbers, reverse=True)
    ranks = [Standing.values.index(person.standing) for person in found(order="standing")]
    assert ranks == sorted(ranks) and len(set(ranks)) == 3


def test_the_heads_say_how_the_page_is_sorted_and_turn_it_round(world, register, client):
    client.force_login(world.zhao)

    def heads(**data):
        table = client.get(reverse("people"), data).context["table"]
        return {head.name: (head.then, head.sort) for head in table.heads}

    assert heads()["所在党支部"] == ("-organization", "ascending")
    assert heads(order="joined")["加入党组织日期"] == ("-joined", "ascending")
    assert heads(order="-joined")["加入党组织日期"] == ("joined", "descending")
    assert heads(order="-joined")["姓名"] == ("name", "none")
    assert heads()["联系电话"] == ("", "")  # an order by what is masked would tell it
    page = client.get(reverse("people"), {"order": "-joined", "mark": "floating"}).content.decode()
    assert 'aria-sort="descending"' in page
    assert "?order=joined&amp;mark=floating" in page


def test_groups_are_offered_for_the_one_branch_that_is_meant(world, register, client):
    group = make_group(world.second, "第一党小组", [register.early])
    theirs = make_group(world.first, "别人的小组", [register.neighbour])
    for user, data in ((world.zhao, {}), (world.zhou, {"organization": world.second.pk})):
        client.force_login(fresh(user))
        page = client.get(reverse("people"), data | {"group": group.pk})
        assert [line.person for line in page.context["lines"]] == [register.early]
        assert page.context["filter"].groups == [(str(group.pk), "第一党小组"), ("none", "没有编组")]
        assert page.context["filter"].words["党小组"] == "第一党小组"
        rest = client.get(reverse("people"), data | {"group": "none"}).context["lines"]
        assert {line.person for line in rest} == set(register.present) - {register.early}
        foreign = client.get(reverse("people"), data | {"group": theirs.pk}).context["lines"]
        assert {line.person for line in foreign} == set(register.present)
    client.force_login(fresh(world.zhou))
    assert client.get(reverse("people")).context["filter"].groups == []


def test_of_very_many_organizations_one_looks_for_a_name(world, register, client, monkeypatch):
    monkeypatch.setattr(places, "MOST_OPTIONS", 3)
    client.force_login(world.zhou)

    def asked(**data):
        page = client.get(reverse("people"), {"size": 100} | data)
        listed = page.context["filter"]
        return listed.asks_for_place, listed.organizations, {line.person.organization for line in page.context["lines"]}

    everywhere = {world.first, world.second, world.other, world.direct}
    assert asked() == (True, [], everywhere)
    assert asked(place="第二党支部") == (True, [world.second], {world.second})
    assert asked(place="0201") == (True, [world.arts, world.first, world.second], {world.first, world.second})
    assert asked(place="没有") == (True, [], set())
    assert asked(organization=world.arts.pk) == (True, [world.arts], {world.first, world.second})
    assert asked(place="0201", organization=world.first.pk)[2] == {world.first}
    client.force_login(world.wang)
    assert asked()[:2] == (False, [world.arts, world.first, world.second])
    assert asked(place="图书馆")[2] == set()  # not in Wang's part


@pytest.mark.parametrize(
    "joined_on, until, months, is_over",
    [
        ("2025-11-23", None, 12, True),
        ("2025-11-24", None, 12, False),
        ("2026-05-23", None, 6, True),
        ("2024-01-01", "2026-11-24", 12, False),
        ("2024-01-01", "2026-11-23", 12, True),
        (None, None, 12, False),
    ],
)
def test_probation_is_over_after_the_months_of_the_policy_or_on_the_day_it_was_extended_to(
    found, world, joined_on, until, months, is_over
):
    StructurePolicy.objects.update(probation_months=months)
    make_person(world.second, "候补", standing="PROBATIONARY", joined_on=joined_on, probation_until=until)
    assert [one.name for one in found(mark="probation", q="候补")] == (["候补"] if is_over else [])


@pytest.mark.parametrize(
    "fields, is_found",
    [
        ({}, True),
        ({"status": "PROPOSED"}, False),
        ({"status": "DECLINED"}, False),
        ({"last_on": TODAY}, True),
        ({"last_on": datetime.date(2026, 11, 22)}, False),
        ({"starts_on": datetime.date(2026, 11, 24)}, False),
    ],
)
def test_who_is_not_expected_today(found, world, register, fields, is_found):
    register.away.exclusions.update(**fields)
    assert found(mark="excluded") == ([register.away] if is_found else [])


def test_an_office_that_ended_today_is_no_office(found, world, register):
    officer = make_officer(world.second, Office.PUBLICITY_COMMISSIONER, "委员乙")
    assert found(office="PUBLICITY_COMMISSIONER") == [officer.person]
    Appointment.objects.filter(person=officer.person).update(ends_on=TODAY)
    assert found(office="PUBLICITY_COMMISSIONER") == []
    assert officer.person in found(office="none")


def test_who_left_stands_with_day_and_reason(world, register, client):
    unexplained = make_person(world.second, "壬", left_on=datetime.date(2020, 1, 1))
    client.force_login(world.zhao)
    table = client.get(reverse("people"), {"state": "left", "order": "left"}).context["table"]

    words = [(line.person, {column.key: word for column, word in cells}) for line, cells in table.rows]
    assert [(person, word["left"], word["leaving"]) for person, word in words] == [
        (unexplained, "2020-01-01", "未登记原因"),
        (register.gone, "2026-10-09", "转出本校，某某市委党校党委，工作调动"),
    ]
    assert "转出本校，某某市委党校党委，工作调动" in client.get(register.gone.get_absolute_url()).content.decode()


def test_columns_and_rows_a_page_are_chosen_in_the_address(world, client):
    for _ in range(60):
        make_person(world.second)
    client.force_login(world.zhao)

    def page(**data):
        return client.get(reverse("people"), data).context

    def keys(**data):
        return [column.key for column in page(**data)["table"].columns]

    assert keys() == ["organization", "standing", "category", "joined", "offices", "phone"]
    assert keys(columns=["phone", "gender", "NONSENSE"]) == keys()
    assert keys(columns=["phone", "gender"]) == ["gender", "phone"]
    assert keys(state="left") == [*keys(), "left", "leaving"]
    assert [len(page(size=size)["lines"]) for size in ("30", "50", "100", "7")] == [30, 50, 64, 30]


def test_the_filters_in_force_are_said_in_words(world, register, client):
    client.force_login(world.zhou)
    address = {
        "q": "甲 410105198505201124", "organization": world.second.pk, "standing": ["FULL", "PROSPECT"],
        "mark": ["floating", "cadre"], "office": "none", "joined_from": "2000-01-01", "state": "all",
        "order": "-joined", "columns": "phone",
    }  # fmt: skip
    assert client.get(reverse("people"), address).context["filter"].words == {
        "姓名或学工号": "甲 4101**********1124", "党组织": "文学院第二党支部", "类别": "正式党员、发展对象",
        "党内职务": "没有党内职务", "特点": "流动党员、党员领导干部", "入党不早于": "2000-01-01",
        "范围": "在册和已离开",
    }  # fmt: skip


def test_a_date_that_is_none_is_told(found, client, register):
    page = client.get(reverse("people"), {"joined_from": "2026-13-01"})
    assert page.context["filter"].faults == ["请填写日期，如 2026-11-13。"]
    assert "请填写日期，如 2026-11-13。" in page.content.decode()


def test_a_new_branch_of_the_general_branch_is_found_under_it(world, client):
    person = make_person(make_branch(world.arts, "文学院第三党支部"), "新来")
    client.force_login(world.zhou)
    rows = client.get(reverse("people"), {"organization": world.arts.pk, "q": "新来"}).context["lines"]
    assert [line.person for line in rows] == [person]
