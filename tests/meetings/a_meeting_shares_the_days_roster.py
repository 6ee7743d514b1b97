"""实到 + 请假 + 缺席 = 应到, for whoever should be there. Li, Chen and Xu are First Branch's committee."""

import datetime

import pytest
from django.urls import reverse

from activities.kinds import MeetingType
from activities.models import Attendance, Guest
from branches.models import Appointment, Office, Person
from core.contributions import registry
from meetings.actions import confirm_minutes
from meetings.roster import Count, roster_of
from tests.builders import make_day, make_group, make_meeting, make_officer, make_person

pytestmark = pytest.mark.django_db
GENERAL, COMMITTEE, GROUP, LESSON = MeetingType.values


def mark(day, person, status, reason=""):
    Attendance.objects.filter(day=day, person=person).update(status=status, reason=reason)


def adds_up(roster):
    parts = (roster.present, roster.on_leave, roster.absent)
    return all(
        sum(getattr(part, name) for part in parts) == getattr(roster.expected, name)
        for name in ("full", "probationary")
    )


def test_everybody_is_expected_at_a_general_meeting_and_kept_apart_by_standing(world):
    young = make_person(world.first, "新预备", standing=Person.Standing.PROBATIONARY)
    day = make_day(world.first)
    mark(day, young, "ABSENT")
    mark(day, world.zheng.person, "ON_LEAVE", "病假")
    mark(day, world.chen.person, "NOT_COUNTED", "出国半年以上")
    Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子")
    roster = roster_of(make_meeting(day, GENERAL, LESSON))

    assert (roster.expected, roster.present) == (Count(8, 1), Count(7, 0))
    assert (roster.on_leave, roster.absent) == (Count(1, 0), Count(0, 1))
    assert adds_up(roster)
    assert [str(one) for one in roster.away] == ["郑党员（请假：病假）", "新预备（缺席）"]
    assert roster.guests == ("江映雪（入党积极分子）",)


def test_a_mark_shows_at_once_in_a_draft_and_no_more_once_it_is_signed(world):
    day = make_day(world.first)
    meeting = make_meeting(day, status="DRAFT")
    mark(day, world.zheng.person, "ABSENT")
    assert roster_of(meeting).absent == Count(1, 0)

    meeting = confirm_minutes(meeting, by=world.li)
    mark(day, world.chen.person, "ABSENT")
    meeting.refresh_from_db()
    signed = roster_of(meeting)
    assert (signed.absent, signed.present, [one.name for one in signed.away]) == (Count(1, 0), Count(8, 0), ["郑党员"])
    assert adds_up(signed)


def test_only_the_committee_of_that_day_is_expected_at_its_meeting(world):
    leader = make_officer(world.first, Office.GROUP_LEADER, "冯组长")
    late = make_officer(world.first, Office.MEMBER, "新委员")
    day = make_day(world.first)
    Appointment.objects.filter(person=late.person).update(starts_on=day.held_on + datetime.timedelta(days=1))
    Appointment.objects.filter(person=world.xu.person).update(ends_on=day.held_on + datetime.timedelta(days=1))
    mark(day, world.chen.person, "ON_LEAVE", "因公出差")
    mark(day, leader.person, "ABSENT")
    roster = roster_of(make_meeting(day, COMMITTEE))
    assert (roster.whose, roster.expected, roster.present) == ("支委会成员", Count(3, 0), Count(2, 0))
    assert [one.name for one in roster.away] == ["陈组织"]
    assert adds_up(roster)


def test_a_committee_meeting_with_all_members_expects_all(world):
    assert roster_of(make_meeting(make_day(world.first), COMMITTEE, GENERAL)).expected == Count(9, 0)


def test_only_the_group_is_expected_at_its_meeting_whatever_it_is_called_later(world):
    group = make_group(world.first, "第一党小组", [world.zheng.person, world.xu.person])
    day = make_day(world.first)
    day.attendance.filter(person__group=group).update(group_name="第一党小组")
    meeting = make_meeting(day, GROUP, LESSON, group=group)
    group.name = "教师党小组"
    group.save(update_fields=["name"])
    roster = roster_of(meeting)
    assert (roster.whose, roster.expected) == ("第一党小组", Count(2, 0))


@pytest.mark.parametrize(
    ("types", "guests"),
    [
        ([GENERAL], ("江映雪（入党积极分子）",)), ([LESSON], ("江映雪（入党积极分子）",)),
        ([GENERAL, COMMITTEE], ("江映雪（入党积极分子）",)), ([COMMITTEE], ()), ([GROUP], ()), ([GROUP, LESSON], ()),
    ],
)  # fmt: skip
def test_the_days_guests_were_at_what_everybody_attends_and_at_no_meeting_of_a_part(world, client, types, guests):
    group = make_group(world.first, "第一党小组", [world.zheng.person]) if GROUP in types else None
    day = make_day(world.first)
    Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子")
    meeting = make_meeting(day, *types, group=group)

    assert roster_of(meeting).guests == guests
    client.force_login(world.li)
    paper = client.get(reverse("meeting_print", args=[meeting.pk])).content.decode()
    assert f'<th scope="row">列席</th><td colspan="3">{guests[0] if guests else "无"}</td>' in paper


def test_a_member_sees_the_meetings_attended_without_a_way_into_the_minutes(world):
    timeline = next(source for source in registry.timelines if source.name == "三会一课")
    day = make_day(world.first)
    general, draft = make_meeting(day, GENERAL, topic="大会"), make_meeting(day, GENERAL, topic="草稿", status="DRAFT")
    committee = make_meeting(day, COMMITTEE, topic="支委会")
    assert list(timeline.rows(world.zheng.person, world.zheng)) == [(day.held_on, "党员大会：大会", "")]
    assert list(timeline.rows(world.xu.person, world.li)) == [
        (day.held_on, "支委会：支委会", committee.get_absolute_url()),
        (day.held_on, "党员大会：大会", general.get_absolute_url()),
    ]
    assert list(timeline.rows(world.xu.person, world.zhao)) == []
    mark(day, world.zheng.person, "ABSENT")
    assert list(timeline.rows(world.zheng.person, world.zheng)) == []
    assert draft.is_draft
