"""Zheng asks for leave from First's December, or Chen enters it; when the day is held, it stands on the roster.

Today is the 23rd of November; the day is planned for the 11th of December, where the tests travel to hold it.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions, rosters
from activities.models import Attendance, LeaveRequest
from branches.models import Exclusion, Office
from core.audit import history_of
from core.inbox import Notice
from tests.attendance_builders import make_leave
from tests.builders import NOVEMBER, make_day, make_officer, make_person, make_plan

DECEMBER = NOVEMBER.next


@pytest.fixture
def day(world):
    return make_plan(world.first, DECEMBER, "ACCEPTED").day


def ask(client, day, **typed):
    return client.post(reverse("leave_ask"), {"day": day.pk, "reason": "授课"} | typed)


def own_lines(client):
    parts = [part["context"] for part in client.get(reverse("me")).context["parts"]]
    part = next(one for one in parts if "lines" in one)
    return part, part["lines"]


def hold(day, by, traveller):
    traveller.move_to("2026-12-11T17:00:00+08:00")
    facts = {name: getattr(day.plan, name) for name in ("starts_at", "place", "host", "recorder")}
    return actions.hold_day(day, by=by, held_on=day.plan.planned_on, **facts)


def test_the_own_page_has_the_days_to_come_of_the_own_branch(world, client, day):
    make_plan(world.second, DECEMBER, "ACCEPTED")
    make_plan(world.first, DECEMBER.next, "DRAFT")
    make_plan(world.first, DECEMBER.next.next, "ACCEPTED", cancels=True, reason="放假")
    make_plan(world.first, NOVEMBER, "ACCEPTED")  # its date has passed
    client.force_login(world.zheng)
    assert own_lines(client)[1] == [day]
    page = client.get(reverse("me")).content.decode()
    assert ("201 会议室" in page, "学用结合" in page, "12 月 11 日" in page) == (True, True, True)


def test_the_own_page_says_how_often_one_came_this_year_and_opens_it(world, client):
    for month, status in ((NOVEMBER, "PRESENT"), (NOVEMBER - 1, "ABSENT"), (NOVEMBER - 2, "NOT_COUNTED")):
        rows = make_day(world.first, month).attendance.filter(person=world.zheng.person)
        rows.update(status=status, reason="病休" if status == "NOT_COUNTED" else "")
    make_day(world.first, NOVEMBER - 12)
    client.force_login(world.zheng)
    part, _ = own_lines(client)
    assert (part["present"], part["expected"]) == (1, 2)
    assert (
        f"{reverse('person_timeline', args=[world.zheng.person.pk])}?source=活动日"
        in client.get(reverse("me")).content.decode()
    )


def test_who_is_no_member_has_no_days_to_be_asked_to(world, client, day):
    type(world.zheng.person).objects.filter(pk=world.zheng.person.pk).update(standing="ACTIVIST")
    client.force_login(world.zheng)
    parts = client.get(reverse("me")).context["parts"]
    assert [part for part in parts if part["template"] == "activities/own_days.html"] == []
    ask(client, day)
    assert not LeaveRequest.objects.exists()


@pytest.mark.parametrize("typed", [{"reason": "病假"}, {"reason": "", "other_reason": "病假"}])
def test_one_tap_asks_and_the_secretaries_are_told_once(world, client, day, typed):
    deputy = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    client.force_login(world.zheng)
    for _ in range(2):
        ask(client, day, **typed)
    leave = LeaveRequest.objects.get()
    assert (leave.person, leave.reason) == (world.zheng.person, "病假")
    told = {notice.recipient: notice.title for notice in Notice.objects.all()}
    assert told == dict.fromkeys((world.li, deputy), "郑党员请假：2026 年 12 月活动日")
    assert Notice.objects.count() == 2
    assert [(step.event, step.note) for step in history_of(day)] == [("leave.asked", "郑党员：病假")]
    assert own_lines(client)[0]["lines"][0].leave == leave.pk


def test_without_a_reason_nothing_is_asked(world, client, day):
    client.force_login(world.zheng)
    answer = client.post(reverse("leave_ask"), {"day": day.pk, "other_reason": " "}, follow=True)
    assert "请选一个请假原因，或写明其他原因。" in answer.content.decode()
    assert not LeaveRequest.objects.exists()


def test_only_from_a_day_to_come_of_the_own_branch(world, client, day):
    theirs = make_plan(world.second, DECEMBER, "ACCEPTED").day
    held, drafted = make_day(world.first), make_plan(world.first, DECEMBER.next, "DRAFT")
    client.force_login(world.zheng)
    for one in (theirs, held, drafted):
        ask(client, one)
    assert not LeaveRequest.objects.exists()


def test_who_is_not_expected_need_not_ask(world, client, day):
    Exclusion.objects.create(
        person=world.zheng.person, reason="出国", starts_on="2026-12-01", status="APPROVED", decided_at=NOW,
        decided_by=world.wang,
    )  # fmt: skip
    client.force_login(world.zheng)
    assert "您已批准不计入应到，不用请假。" in client.get(reverse("me")).content.decode()
    assert ask(client, day).status_code == 403
    assert not LeaveRequest.objects.exists()


NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


def test_taken_back_one_is_expected_again_and_may_ask_once_more(world, client, day):
    client.force_login(world.zheng)
    ask(client, day)
    first = LeaveRequest.objects.get()
    for _ in range(2):
        client.post(reverse("leave_withdraw", args=[first.pk]))
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert [step.event for step in history_of(day)] == ["leave.asked", "leave.withdrawn"]
    ask(client, day, reason="病假")
    assert [leave.reason for leave in day.leaves.running()] == ["病假"]


def test_the_database_keeps_one_running_leave_a_person(world, day):
    make_leave(day, world.zheng.person)
    with pytest.raises(DatabaseError), transaction.atomic():
        make_leave(day, world.zheng.person)
    make_leave(day, world.zheng.person, withdrawn_at=NOW)


def enter(client, day, person, **typed):
    return client.post(reverse("leave_enter", args=[day.pk]), {"person": person.pk, "reason": "探亲"} | typed)


@pytest.mark.parametrize(("who", "code"), [("li", 302), ("chen", 302), ("xu", 403), ("wang", 403), ("zheng", 404)])
def test_for_a_member_the_secretary_or_the_organization_commissioner_enters_it(world, client, day, who, code):
    other = make_person(world.first, "来电的")
    client.force_login(getattr(world, who))
    assert enter(client, day, other).status_code == code
    assert day.leaves.count() == (code == 302)


def test_the_member_is_told_what_was_entered_and_nobody_enters_a_stranger(world, client, day):
    stranger = make_person(world.second, "别处的")
    client.force_login(world.chen)
    assert enter(client, day, stranger).status_code == 422
    assert enter(client, day, world.zheng.person, reason="").status_code == 422
    enter(client, day, world.zheng.person)
    assert {notice.recipient for notice in Notice.objects.all()} == {world.li, world.zheng}
    client.post(reverse("leave_withdraw", args=[LeaveRequest.objects.get().pk]))
    assert not day.leaves.running().exists()


def test_another_members_leave_is_not_to_be_taken_back(world, client, day):
    leave = make_leave(day, make_person(world.first))
    for who, code in ((world.zheng, 404), (world.xu, 403), (world.zhao, 404)):
        client.force_login(who)
        assert client.post(reverse("leave_withdraw", args=[leave.pk])).status_code == code
    leave.refresh_from_db()
    assert leave.withdrawn_at is None


def test_the_run_sheet_names_who_asked(world, client, day):
    make_leave(day, world.zheng.person, "探亲访友")
    make_leave(day, world.xu.person, "写错了", withdrawn_at=NOW)
    client.force_login(world.wang)
    page = client.get(day.get_absolute_url()).content.decode()
    assert ("已请假 1 人" in page, "探亲访友" in page, "写错了" in page) == (True, True, False)


def test_when_the_day_is_held_it_stands_on_the_roster_and_can_be_changed(world, client, day, monday):
    make_leave(day, world.zheng.person, "探亲")
    make_leave(day, world.chen.person, "病假", withdrawn_at=NOW)
    day = hold(day, world.li, monday)
    row = day.attendance.get(person=world.zheng.person)
    assert (row.status, row.reason) == ("ON_LEAVE", "探亲")
    counts = rosters.roster(day)["counts"]
    assert (counts["expected"], counts["present"], counts["on_leave"], counts["absent"]) == (9, 8, 1, 0)
    actions.mark_attendance(row, by=world.li, status="PRESENT")
    assert Attendance.objects.get(pk=row.pk).status == "PRESENT"


def test_who_is_excluded_is_not_counted_whatever_was_asked(world, day, monday):
    make_leave(day, world.zheng.person, "探亲")
    Exclusion.objects.create(
        person=world.zheng.person, reason="出国", starts_on="2026-12-01", status="APPROVED", decided_at=NOW,
        decided_by=world.wang,
    )  # fmt: skip
    day = hold(day, world.li, monday)
    assert day.attendance.get(person=world.zheng.person).status == "NOT_COUNTED"


def test_after_the_day_nobody_asks_or_takes_back(world, client, day, monday):
    leave = make_leave(day, world.zheng.person)
    hold(day, world.li, monday)
    for who in (world.zheng, world.li):
        client.force_login(who)
        client.post(reverse("leave_withdraw", args=[leave.pk]))
    enter(client, day, world.xu.person)
    leave.refresh_from_db()
    assert (leave.withdrawn_at, LeaveRequest.objects.count()) == (None, 1)


def test_once_its_date_has_passed_only_the_branch_enters_leave(world, client, day, monday):
    monday.move_to("2026-12-12T09:00:00+08:00")
    client.force_login(world.zheng)
    ask(client, day)
    with pytest.raises(PermissionDenied):  # nor by a page that was opened before
        actions.ask_leave(day, world.zheng.person, by=world.zheng, reason="授课")
    assert not LeaveRequest.objects.exists()
    client.force_login(world.li)
    enter(client, day, world.zheng.person)
    assert day.leaves.count() == 1
