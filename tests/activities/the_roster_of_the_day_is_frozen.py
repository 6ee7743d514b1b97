"""应到 is written down when the day is held; 实到 + 请假 + 缺席 = 应到 always; guests stand outside."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from activities import actions, rosters
from activities.models import ActivityDay, Attendance, Guest
from branches.models import Person
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_day, make_person, make_plan


@pytest.fixture
def planned(world):
    return make_plan(world.first, NOVEMBER, "ACCEPTED").day


def facts(day, **changes):
    plan = day.plan
    names = ("starts_at", "place", "host", "recorder")
    return {"held_on": plan.planned_on} | {name: getattr(plan, name) for name in names} | changes


def hold(client, day, **changes):
    data = {name: getattr(value, "pk", value) for name, value in facts(day, **changes).items()}
    return client.post(reverse("day_hold", args=[day.pk]), data)


def test_everybody_who_counts_is_present_until_marked(world, planned):
    make_person(world.first, "发展对象", standing=Person.Standing.PROSPECT)
    probationary = make_person(world.first, "预备", standing=Person.Standing.PROBATIONARY)
    make_person(world.first, "已转出", left_on=datetime.date(2026, 11, 1))
    day = actions.hold_day(planned, by=world.li, **facts(planned))
    members = Person.objects.of(world.first).present().members()
    assert set(day.attendance.values_list("person", flat=True)) == {person.pk for person in members}
    assert set(day.attendance.values_list("status", flat=True)) == {"PRESENT"}
    assert day.attendance.get(person=probationary).standing == "PROBATIONARY"
    assert day.attendance.get(person=world.li.person).office_label == "书记"


def test_no_later_change_of_people_touches_it(world, planned):
    day = actions.hold_day(planned, by=world.li, **facts(planned))
    before = list(day.attendance.order_by("pk").values())
    Person.objects.of(world.first).exclude(pk=world.li.person.pk).update(
        organization=world.second, standing=Person.Standing.ACTIVIST, is_leading_cadre=True
    )
    make_person(world.first)
    assert list(day.attendance.order_by("pk").values()) == before
    assert rosters.roster(day)["counts"]["expected"] == len(before)


def test_the_planned_items_are_copied_once(world, planned):
    day = actions.hold_day(planned, by=world.li, **facts(planned))
    assert [item.content for item in day.items.all()] == [item.content for item in planned.plan.items.all()]
    with pytest.raises(StaleState):
        actions.hold_day(planned, by=world.li, **facts(planned))
    assert day.items.count() == planned.plan.items.count()


@pytest.mark.parametrize(
    ("held_on", "error"),
    [
        ("2026-11-24", "实际日期还没有到，活动结束后再确认。"),
        ("2026-10-31", "实际日期要在 2026 年 11 月之内。"),
        ("", "这一项要填。"),
    ],
)
def test_a_day_that_has_not_come_or_lies_elsewhere_is_not_held(world, client, planned, held_on, error):
    client.force_login(world.li)
    answer = hold(client, planned, held_on=held_on)
    assert (answer.status_code, answer.context["form"].errors) == (422, {"held_on": [error]})
    assert not Attendance.objects.exists()


def test_a_day_is_not_held_on_a_plan_that_was_never_sent_or_came_back(world, client):
    day = make_plan(world.first, NOVEMBER, "RETURNED").day
    client.force_login(world.li)
    assert hold(client, day).status_code == 403


MARKS = some.lists(some.tuples(some.integers(0, 7), some.sampled_from(Attendance.Status.values)), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=MARKS)
def test_the_parts_always_make_the_whole(world, marks):
    with transaction.atomic():
        day = make_day(world.first)
        rows = list(day.attendance.order_by("pk"))
        for place, status in marks:
            actions.mark_attendance(rows[place], by=world.li, status=status, reason="因公出差")
        for one in (rosters.roster(day)["counts"], vars(ActivityDay.objects.with_counts().get(pk=day.pk))):
            assert one["present"] + one["on_leave"] + one["absent"] == one["expected"]
        excluded = day.attendance.filter(status="NOT_COUNTED").count()
        assert rosters.roster(day)["counts"]["expected"] == len(rows) - excluded == day.attendance.expected().count()
        transaction.set_rollback(True)


@pytest.mark.parametrize("status", ["ON_LEAVE", "NOT_COUNTED"])
def test_leave_and_exclusion_need_a_reason(world, client, status):
    row = make_day(world.first).attendance.first()
    client.force_login(world.li)
    address = reverse("attendance_mark", args=[row.pk])
    answer = client.post(address, {"status": status, "opened": row.pk})
    assert (answer.status_code, answer.context["mark"].non_field_errors()) == (422, ["请假和不计都要写明原因。"])
    client.post(address, {"status": status, "other_reason": "住院"})
    row.refresh_from_db()
    assert (row.status, row.reason) == (status, "住院")


def test_to_take_somebody_out_of_the_count_is_the_secretarys(world, client):
    row = make_day(world.first).attendance.first()
    client.force_login(world.xu)
    typed = {"status": "NOT_COUNTED", "other_reason": "住院"}
    assert client.post(reverse("attendance_mark", args=[row.pk]), typed).status_code == 403
    actions.mark_attendance(row, by=world.li, status="NOT_COUNTED", reason="住院")
    assert row.status == "PRESENT"  # a page that was opened before knows nothing of it
    with pytest.raises(PermissionDenied):
        actions.mark_attendance(row, by=world.xu, status="PRESENT")
    assert client.post(reverse("attendance_mark", args=[row.pk]), {"status": "PRESENT"}).status_code == 403
    row.refresh_from_db()
    assert (row.status, row.reason) == ("NOT_COUNTED", "住院")


def test_the_roster_is_that_of_the_day_not_of_the_click(world, client):
    """Confirmed on the 23rd for the 13th: who was admitted, confirmed or left in between."""
    before = make_person(world.first, "早先离开", left_on=datetime.date(2026, 11, 13))
    after = make_person(world.first, "后来离开", left_on=datetime.date(2026, 11, 20))
    new = make_person(world.first, "后来入党", standing="PROBATIONARY", joined_on=datetime.date(2026, 11, 20))
    confirmed = make_person(world.first, "后来转正", confirmed_on=datetime.date(2026, 11, 20))
    day = make_plan(world.first, NOVEMBER, "ACCEPTED").day
    client.force_login(world.li)
    hold(client, day)
    roster = dict(day.attendance.values_list("person__name", "standing"))
    assert {name: roster.get(name) for name in (before.name, after.name, new.name, confirmed.name)} == {
        "早先离开": None, "后来离开": "FULL", "后来入党": None, "后来转正": "PROBATIONARY",
    }  # fmt: skip


def test_the_database_asks_for_the_reason_too(world):
    day = make_day(world.first)
    with pytest.raises(DatabaseError), transaction.atomic():
        day.attendance.update(status="ON_LEAVE", reason="")


def test_marking_twice_changes_nothing_and_is_logged_once(world):
    row = make_day(world.first).attendance.first()
    for _ in range(2):
        actions.mark_attendance(row, by=world.xu, status="ABSENT")
    from core.audit import history_of

    assert [step.data["after"] for step in history_of(row.day)] == ["ABSENT"]


def test_guests_stand_outside_the_rate_and_once(world, client):
    day = make_day(world.first, absent=1)
    activist = make_person(world.first, "积极分子", standing=Person.Standing.ACTIVIST)
    stranger = make_person(world.second, "别处的", standing=Person.Standing.ACTIVIST)
    client.force_login(world.xu)
    address = reverse("guest_invite", args=[day.pk])
    client.post(address, {"person": activist.pk})
    client.post(address, {"name": "王教授", "capacity": "校外专家"})
    client.post(address, {"name": "王教授", "capacity": "校外专家"})
    assert client.post(address, {"person": stranger.pk}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert list(Guest.objects.values_list("name", "capacity")) == [("积极分子", "入党积极分子"), ("王教授", "校外专家")]
    counts = rosters.roster(day)["counts"]
    assert (counts["expected"], counts["present"], counts["guests"]) == (9, 8, 2)


def test_after_the_record_nothing_is_marked_until_the_secretary_takes_it_back(world, client):
    row = make_day(world.first, status="RECORDED").attendance.first()
    client.force_login(world.xu)
    address = reverse("attendance_mark", args=[row.pk])
    client.post(address, {"status": "ABSENT"})
    row.refresh_from_db()
    assert row.status == "PRESENT"
    actions.reopen_record(row.day, by=world.li, reason="记错了人")
    client.post(address, {"status": "ABSENT"})
    row.refresh_from_db()
    assert row.status == "ABSENT"
