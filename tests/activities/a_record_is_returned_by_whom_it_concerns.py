"""A submitted record goes back with a comment, from who reviews the branch's plans; it is owed again some days later.

Wang reviews First's, Sun the one of Qian's branch, the department (Zhou) that of the direct branch (Wu). He only reads.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions, duties
from activities.metrics import METRICS
from activities.models import ActivityDay
from branches.models import Appointment, Organization
from core.audit import history_of
from core.clock import at
from core.contributions import Scope
from core.inbox import Notice
from core.workflow import StaleState
from tests.activities.a_record_says_who_was_served import typed
from tests.builders import NOVEMBER, fresh, make_day, make_officer, make_seat

CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
FRIDAY = datetime.date(2026, 11, 20)
MONDAY = datetime.date(2026, 11, 23)
METRIC = next(one for one in METRICS if one.code == "record_in_time")


def recorded(branch, held_on=FRIDAY, recorded_on=FRIDAY):
    return make_day(branch, status="RECORDED", held_on=held_on, recorded_at=at(recorded_on, 20))


def sent_back(day, by):
    return actions.return_record(day, by=by, comment="服务一项没有写清对象")


def duty_of(branch):
    branches = Organization.objects.filter(pk=branch.pk)
    return next(one for one in duties.rows(Scope(branches, [NOVEMBER])) if one.kind == "record")


def figure_of(branch):
    figure = METRIC.compute(Organization.objects.filter(pk=branch.pk), NOVEMBER)[branch.pk]
    return figure.numerator, figure.denominator


def test_it_goes_back_with_its_comment_and_comes_again(world, client):
    day = recorded(world.first)
    client.force_login(world.wang)
    answer = client.post(reverse("day_return", args=[day.pk]), {"comment": "服务一项没有写清对象"}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["已退回，支部书记已收到通知，11 月 26 日前重新提交。"]
    day.refresh_from_db()
    assert (day.status, day.recorded_at, day.return_note) == ("HELD", None, "服务一项没有写清对象")
    assert [(one.recipient, one.title, one.text) for one in Notice.objects.all()] == [
        (world.li, "2026 年 11 月活动日记录被退回", "服务一项没有写清对象")
    ]
    assert history_of(day).last().event == "day.returned"

    client.force_login(world.li)
    page = client.get(reverse("day_record", args=[day.pk])).content.decode()
    assert "被上级退回" in page and "服务一项没有写清对象" in page
    client.post(reverse("day_submit", args=[day.pk]), typed(day, summary="写清了"))
    day.refresh_from_db()
    assert (day.status, day.returned_at, day.return_note) == ("RECORDED", None, "")


def test_a_return_without_a_comment_is_named(world, client):
    day = recorded(world.first)
    client.force_login(world.wang)
    answer = client.post(reverse("day_return", args=[day.pk]), {"comment": " "})
    assert (answer.status_code, answer.context["return_form"].errors) == (
        422, {"comment": ["退回要写明意见，支部才知道改什么。"]},
    )  # fmt: skip
    assert ActivityDay.objects.get().status == "RECORDED"


@pytest.mark.parametrize(("branch", "reviewers"), [("first", {"wang"}), ("other", {"sun"}), ("direct", {"zhou"})])
def test_only_who_reviews_the_plans_returns_the_record(world, branch, reviewers):
    day, may = recorded(getattr(world, branch)), set()
    for name in CAST:
        try:
            with transaction.atomic():
                sent_back(day, getattr(world, name))
                may.add(name)
                transaction.set_rollback(True)
        except PermissionDenied:
            continue
    assert may == reviewers


def test_nobody_returns_the_record_of_an_organization_with_an_office_of_theirs(world):
    day = recorded(world.first)
    make_seat(world.wang, world.first, "MEMBER")
    with pytest.raises(PermissionDenied, match="自己所在支部"):
        sent_back(day, fresh(world.wang))


def test_where_the_general_branch_has_nobody_the_department_stands_in(world):
    day = recorded(world.first)
    with pytest.raises(PermissionDenied, match="党总支"):
        sent_back(day, world.zhou)
    Appointment.objects.filter(organization=world.arts).update(ends_on=MONDAY - datetime.timedelta(days=1))
    assert sent_back(day, fresh(world.zhou)).is_returned


def test_a_commissioner_of_the_general_branch_returns_and_its_reader_does_not(world):
    day = recorded(world.first)
    with pytest.raises(PermissionDenied):
        sent_back(day, make_officer(world.arts, "LEADER", "鲁领导", branch=world.direct))
    assert sent_back(day, make_officer(world.arts, "ORGANIZATION_COMMISSIONER", "柳组织", branch=world.direct))


@pytest.mark.parametrize("status", ["PLANNED", "HELD"])
def test_only_a_submitted_record_goes_back(world, status):
    with pytest.raises(StaleState):
        sent_back(make_day(world.first, status=status), world.wang)


def test_what_was_in_time_stays_in_time_within_the_days_given(world, monday):
    """Held and submitted on Friday the 20th, due on the 25th; returned on Wednesday the 25th: until the 28th."""
    day = recorded(world.first)
    monday.move_to(at(datetime.date(2026, 11, 25), 10))
    day = sent_back(day, world.wang)
    duty = duty_of(world.first)
    assert (day.record_due_on, duty.due_on, duty.is_open) == (datetime.date(2026, 11, 28),) * 2 + (True,)
    assert (duty.title, duty.act) == ("修改并再交 11 月活动日记录", "修改再交")
    assert "服务一项没有写清对象" in duty.detail
    assert figure_of(world.first) == (0, 0)  # it may still come: counted neither way

    monday.move_to(at(datetime.date(2026, 11, 28), 23))
    actions.record_day(day, by=world.li)
    assert (duty_of(world.first).is_late, figure_of(world.first)) == (False, (1, 1))


def test_who_lets_the_days_given_pass_is_late(world, monday):
    day = recorded(world.first)
    monday.move_to(at(datetime.date(2026, 11, 25), 10))
    day = sent_back(day, world.wang)
    monday.move_to(at(datetime.date(2026, 11, 29), 10))
    assert figure_of(world.first) == (0, 1)
    actions.record_day(day, by=world.li)
    assert (duty_of(world.first).is_late, figure_of(world.first)) == (True, (0, 1))


def test_a_return_takes_no_day_away(world, monday):
    """Returned the day after it was held: the five days of the rule are longer than the three of a correction."""
    day = recorded(world.first)
    monday.move_to(at(datetime.date(2026, 11, 21), 10))
    assert sent_back(day, world.wang).record_due_on == datetime.date(2026, 11, 25)


def test_what_was_late_stays_late_however_quickly_it_comes_again(world, monday):
    """Held on the 13th, due on the 18th, submitted on the 20th, returned on the 23rd and submitted the same day."""
    day = recorded(world.first, held_on=datetime.date(2026, 11, 13))
    day = sent_back(day, world.wang)
    assert day.record_due_on == datetime.date(2026, 11, 18)
    assert figure_of(world.first) == (0, 1)
    actions.record_day(day, by=world.li)
    assert (duty_of(world.first).is_late, figure_of(world.first)) == (True, (0, 1))


def test_a_branch_that_takes_its_own_record_back_gets_no_days(world, monday):
    day = recorded(world.first)
    monday.move_to(at(datetime.date(2026, 11, 25), 10))
    day = actions.reopen_record(day, by=world.li, reason="人数不对")
    assert (day.record_due_on, day.is_returned) == (datetime.date(2026, 11, 25), False)
    monday.move_to(at(datetime.date(2026, 11, 26), 10))
    day = actions.record_day(day, by=world.li)
    assert day.record_is_late
    assert sent_back(day, world.wang).record_due_on == datetime.date(2026, 11, 25)  # nor by the return that follows


def test_superiors_find_what_was_sent_back(world, client):
    sent_back(recorded(world.first), world.wang)
    recorded(world.second)
    make_day(world.other)
    client.force_login(world.zhou)
    answer = client.get(reverse("days"), {"month": NOVEMBER, "status": "RETURNED"})
    assert list(answer.context["page"].object_list) == [world.first]
    assert answer.content.decode().count("记录已退回</span>") == 1


def test_a_comment_stands_only_on_an_open_record(world):
    sent_back(recorded(world.first), world.wang)
    for changes in ({"return_note": ""}, {"returned_at": None}, {"status": "RECORDED"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ActivityDay.objects.update(**changes)
