"""Whom First's plan invited is on the guest list when the day is held; guests stand outside of every rate."""

import pytest
from django.urls import reverse

from activities import actions
from activities.actions.guests import names_in
from activities.metrics import METRICS
from activities.models import Guest
from branches.models import Organization, Person
from tests.builders import NOVEMBER, make_branch, make_day, make_organization, make_person, make_plan


def hold(world, **fields):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", **fields)
    facts = {name: getattr(plan, name) for name in ("starts_at", "place", "host", "recorder")}
    return actions.hold_day(plan.day, by=world.li, held_on=plan.planned_on, **facts)


def guests(day):
    return [(guest.name, guest.capacity, guest.person_id is not None) for guest in day.guests.all()]


@pytest.fixture
def invited(world):
    make_person(world.first, "江映雪", standing=Person.Standing.ACTIVIST)
    make_person(world.first, "丁发展", standing=Person.Standing.PROSPECT)
    make_person(world.first, "已走的", standing=Person.Standing.PROSPECT, left_on="2026-11-02")
    make_person(world.second, "别处的", standing=Person.Standing.PROSPECT)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("校团委王老师", ["校团委王老师"]),
        ("张三、李四，王五,赵六；钱七;孙八", ["张三", "李四", "王五", "赵六", "钱七", "孙八"]),
        ("校团委 王老师、 张三 ，、张三", ["校团委 王老师", "张三"]),
    ],
)
def test_names_are_parted_by_commas_and_each_stands_once(text, names):
    assert names_in(text) == names


def test_by_group_as_persons_and_by_name(world, invited):
    day = hold(world, guest_groups=["PROSPECT", "ACTIVIST", "FLOATING"], guests="校团委王老师、江映雪")
    assert guests(day) == [
        ("丁发展", "发展对象", True), ("江映雪", "入党积极分子", True), ("校团委王老师", "", False),
    ]  # fmt: skip


def test_only_the_groups_that_the_plan_names(world, invited):
    assert guests(hold(world, guest_groups=["ACTIVIST"])) == [("江映雪", "入党积极分子", True)]


def test_two_of_one_name_are_told_apart(world):
    people = [make_person(world.first, "王伟", standing=Person.Standing.ACTIVIST) for _ in range(2)]
    day = hold(world, guest_groups=["ACTIVIST"])
    assert guests(day) == [("王伟", f"入党积极分子（{person.staff_number}）", True) for person in people]


def test_floating_members_of_the_branch_are_members_and_stay_on_the_roster(world):
    floating = make_person(world.first, "流动", is_floating=True)
    day = hold(world, guest_groups=["FLOATING"])
    assert (guests(day), day.attendance.filter(person=floating).count()) == ([], 1)


def test_a_plan_that_invites_nobody_leaves_no_line(world, client):
    day = hold(world)
    assert guests(day) == []
    client.force_login(world.li)
    assert "按计划列入列席" not in client.get(day.get_absolute_url()).content.decode()


def test_who_did_not_come_is_taken_off(world, client, invited):
    day = hold(world, guest_groups=["ACTIVIST"], guests="校团委王老师")
    client.force_login(world.xu)
    client.post(reverse("guest_dismiss", args=[day.guests.get(name="江映雪").pk]))
    assert guests(day) == [("校团委王老师", "", False)]


def test_guests_stand_outside_of_the_rate(world, invited):
    metric = next(one for one in METRICS if one.code == "attendance")
    branches = Organization.objects.filter(pk=world.first.pk)
    day = make_day(world.first, absent=1, status="RECORDED")
    before = metric.compute(branches, NOVEMBER)[world.first.pk]
    for number in range(5):
        Guest.objects.create(day=day, name=f"来宾{number}")
    after = metric.compute(branches, NOVEMBER)[world.first.pk]
    assert (after.numerator, after.denominator) == (before.numerator, before.denominator) == (8, 9)


@pytest.fixture
def elsewhere(world):
    """Floating members: of another branch, of the own, of another university, one who left, one who is no member."""
    other = make_organization("COMMITTEE", "邻校党委", code="77")
    make_person(world.other, "林流动", is_floating=True, phone="13912345678")
    make_person(world.first, "林自家", is_floating=True)
    make_person(make_branch(other, "邻校支部"), "林邻校", is_floating=True)
    make_person(world.other, "林走了", is_floating=True, left_on="2026-11-01")
    make_person(world.other, "林固定")
    make_person(world.other, "林积极", is_floating=True, standing=Person.Standing.ACTIVIST)


def found(client, day, text):
    answer = client.get(reverse("day_attendance", args=[day.pk]), {"floating": text})
    return answer, [person.name for person in answer.context["floating"]]


def test_a_floating_member_of_another_branch_is_found_by_name_and_shown_with_the_branch_alone(world, client, elsewhere):
    day = make_day(world.first)
    client.force_login(world.xu)
    answer, names = found(client, day, "林流")
    assert names == ["林流动"]
    page = answer.content.decode()
    assert ("历史学院党支部" in page, "13912345678" in page, "139****5678" in page) == (True, False, False)
    number = Person.objects.get(name="林流动").staff_number
    assert (found(client, day, number)[1], found(client, day, number[:-1])[1]) == (["林流动"], [])
    assert number not in answer.content.decode()
    for name in ("林自", "林邻", "林走", "林固", "林积", "林", ""):
        assert (name, found(client, day, name)[1]) == (name, [])


def test_who_only_reads_finds_nobody(world, client, elsewhere):
    day = make_day(world.first)
    client.force_login(world.wang)
    assert found(client, day, "林流动")[1] == []


def test_the_found_one_joins_once_and_the_others_not_at_all(world, client, elsewhere):
    day = make_day(world.first)
    client.force_login(world.xu)
    address = reverse("guest_invite", args=[day.pk])
    answers = {
        name: client.post(address, {"floating": Person.objects.get(name=name).pk}).status_code
        for name in ("林流动", "林自家", "林邻校", "林走了", "林固定", "林积极")
    }
    assert answers == {"林流动": 302} | dict.fromkeys(("林自家", "林邻校", "林走了", "林固定", "林积极"), 422)
    assert client.post(address, {"floating": Person.objects.get(name="林流动").pk}).status_code == 422
    assert guests(day) == [("林流动", "流动党员（历史学院党支部）", True)]
