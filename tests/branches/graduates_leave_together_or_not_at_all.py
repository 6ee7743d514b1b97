"""毕业转出: many students leave in one act, each to a place of their own; where one cannot, nobody does.

Wang stands above First and Second Branch, and lets students of both go; Chen keeps First alone.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches import actions
from branches.actions import transfers
from branches.models import Appointment, Office, Person, Transfer
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from tests.builders import make_group, make_person, make_seat

D = datetime.date
TODAY = D(2026, 11, 23)


@pytest.fixture
def students(world):
    """One of Second, two of First, of whom Zheng has an account, an office and a group."""
    zheng = world.zheng.person
    Person.objects.filter(pk=zheng.pk).update(category="STUDENT")
    make_group(world.first, "第一党小组", [zheng])
    make_seat(world.zheng, world.first, Office.MEMBER)
    return [
        zheng,
        make_person(world.first, "毕一", category="STUDENT"),
        make_person(world.second, "毕二", category="STUDENT"),
    ]


def graduate(people, by, left_on=TODAY, **fields):
    places = {person: f"第{place}个单位" for place, person in enumerate(people, start=1)}
    return actions.release_graduates(places, by=by, left_on=left_on, **fields)


def picture():
    models = (Transfer, Person, Appointment, AuditEntry, Notice)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_each_leaves_to_a_place_of_the_own_and_gives_up_what_is_held(world, students):
    asked = actions.request_transfer(students[1], by=world.chen, to=world.second)

    rows = graduate(students, world.wang, D(2026, 11, 20), note="2026届")

    assert [(row.person, row.from_organization, row.place) for row in rows] == [
        (students[0], world.first, "第1个单位"), (students[1], world.first, "第2个单位"),
        (students[2], world.second, "第3个单位"),
    ]  # fmt: skip
    assert {(row.kind, row.status, row.to_organization, row.moved_on, row.note) for row in rows} == {
        ("GRADUATED", "ACCEPTED", None, D(2026, 11, 20), "2026届")
    }
    now = Person.objects.filter(pk__in=[one.pk for one in students])
    assert set(now.values_list("left_on", "group")) == {(D(2026, 11, 20), None)}
    assert Appointment.objects.get(person=students[0]).ends_on == D(2026, 11, 20)
    asked.refresh_from_db()
    assert asked.status == "WITHDRAWN"
    assert list(Notice.objects.filter(kind="person_released").values_list("recipient__name", flat=True)) == ["郑党员"]
    assert AuditEntry.objects.filter(event="person.left").count() == 3


def test_where_one_cannot_nobody_does_and_that_one_is_named(world, students):
    gone = make_person(world.first, "已离开", category="STUDENT", left_on=D(2026, 7, 1))
    moved = make_person(world.second, "刚转来", category="STUDENT")
    actions.move_many({moved: world.first}, by=world.zhou, moved_on=D(2026, 11, 21))
    before = picture()
    for person, by, words in (
        (gone, world.wang, "没有办理，一个人也没有转出。已离开：已离开已不在名册里。"),
        (moved, world.wang, "没有办理，一个人也没有转出。刚转来：不能早于上一次变动（2026-11-21）。"),
        (students[2], world.chen, f"没有办理，一个人也没有转出。毕二：由{world.second}的"),
        (world.wang.person, world.wang, "没有办理，一个人也没有转出。王总支：这是您本人"),
    ):
        with pytest.raises(StaleState) as told, transaction.atomic():
            graduate([students[0], students[1], person], by, D(2026, 11, 20))
        assert str(told.value).startswith(words)
        assert picture() == before


def test_the_day_is_not_to_come(world, students):
    before = picture()
    with pytest.raises(StaleState, match="日期还没有到"), transaction.atomic():
        graduate(students, world.wang, D(2026, 11, 24))
    assert picture() == before
    assert len(graduate(students, world.wang, D(2026, 7, 1))) == 3  # July is entered in November


def test_one_of_many_is_led_back_alone(world, students):
    rows = graduate(students, world.wang)
    row = next(row for row in rows if row.person == students[1])
    actions.undo_transfer(row, by=world.chen, reason="还没有毕业")
    present = Person.objects.present().filter(pk__in=[one.pk for one in students])
    assert list(present) == [students[1]]


def test_not_too_many_at_once_and_ten_cost_what_two_cost(world, students, monkeypatch):
    costs = []
    graduate(students[2:], world.wang)  # what is read once and kept
    for number in (2, 10):
        people = [make_person(world.first, category="STUDENT") for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            graduate(people, world.wang)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    monkeypatch.setattr(transfers, "MOST_GRADUATES", 2)
    with pytest.raises(StaleState, match="一次最多办理 2 人"):
        graduate(students, world.wang)
    assert len(graduate(students[:2], world.wang)) == 2


def test_the_page_asks_where_to_and_once_more_before_it_writes(world, client, students):
    teacher = make_person(world.first, "教师")
    client.force_login(world.chen)
    address = reverse("graduates", args=[world.first.pk])
    assert [line[0] for line in client.get(address).context["lines"]] == sorted(
        students[:2], key=lambda one: one.staff_number
    )
    sent = {"person": [students[0].pk, students[1].pk], "left_on": "2026-11-20", f"place-{students[0].pk}": "北京大学"}

    page = client.post(address, sent)
    assert (page.status_code, page.context["form"].errors) == (422, {"place": ["还有 1 人没有写转到哪里：毕一。"]})
    sent["place"] = "复旦大学"
    shown = client.post(address, sent).context["lines"]
    assert {(person, place, offices) for person, place, offices, _ in shown} == {
        (students[0], "北京大学", "文学院第一党支部委员"), (students[1], "复旦大学", ""),
    }  # fmt: skip
    assert not Transfer.objects.exists()
    for wrong in (teacher, students[2]):
        other = client.post(address, sent | {"person": [students[1].pk, wrong.pk], "confirmed": "1"})
        assert other.status_code == 422
    assert client.post(address, sent | {"confirmed": "1"}).status_code == 302
    assert set(Transfer.objects.values_list("person__name", "place")) == {("郑党员", "北京大学"), ("毕一", "复旦大学")}


def test_only_who_keeps_the_branch_lets_its_students_go(world, students):
    for name in ("xu", "zheng", "zhao", "qian", "sun", "wu", "he"):
        with pytest.raises((PermissionDenied, StaleState)), transaction.atomic():
            graduate(students[1:2], getattr(world, name))
    assert not Transfer.objects.exists()
    assert len(graduate(students[1:2], world.li)) == 1
