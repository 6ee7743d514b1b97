"""A day that was not held may say when it is to be made up for. Within its month that mends it; later it does not."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions, duties
from activities.forms import HoldForm
from activities.models import ActivityDay
from branches.models import Organization
from core.clock import at
from core.contributions import Scope
from core.inbox import Notice
from tests.builders import NOVEMBER, OCTOBER, make_plan

LATER = datetime.date(2026, 11, 27)
NEXT_MONTH = datetime.date(2026, 12, 4)


def skipped(client, day, on):
    return client.post(reverse("day_skip", args=[day.pk]), {"reason": "全院实习", "substitute_on": on})


def held(day, on):
    return HoldForm(day, {
        "held_on": on, "starts_at": "15:00", "place": "201", "host": day.plan.host_id, "recorder": day.plan.recorder_id,
    })  # fmt: skip


@pytest.fixture
def day(world):
    return make_plan(world.first, NOVEMBER, "ACCEPTED").day


def test_the_date_is_told_wherever_the_reason_is(world, client, day):
    client.force_login(world.li)
    assert skipped(client, day, LATER).status_code == 302
    day.refresh_from_db()
    assert (day.status, day.substitute_on, day.state_word) == ("NOT_HELD", LATER, "未开展，拟 11 月 27 日补")
    assert [(one.recipient, one.text) for one in Notice.objects.all()] == [
        (world.wang, "原因：全院实习；拟于 11 月 27 日补")
    ]
    assert "拟 11 月 27 日补" in client.get(day.get_absolute_url()).content.decode()
    assert "拟 11 月 27 日补" in client.get(reverse("days")).content.decode()
    client.force_login(world.wang)
    assert "拟 11 月 27 日补" in client.get(reverse("days"), {"month": NOVEMBER}).content.decode()


def test_no_date_need_be_named(world, client, day):
    client.force_login(world.li)
    assert skipped(client, day, "").status_code == 302
    assert (ActivityDay.objects.get().substitute_on, Notice.objects.get().text) == (None, "原因：全院实习")


@pytest.mark.parametrize(
    ("on", "error"),
    [
        ("2026-11-22", "拟补日期已经过了；已经补上的，不用记为未开展，直接确认开展。"),
        ("2026-11-23", None),
        ("2026-12-24", None),
        ("2026-12-25", "拟补日期最晚到 12 月 24 日。"),
    ],
)
def test_it_lies_in_the_month_or_the_next_31_days(world, client, day, on, error):
    client.force_login(world.li)
    answer = skipped(client, day, on)
    assert answer.status_code == (422 if error else 302)
    if error:
        assert answer.context["skip_form"].errors == {"substitute_on": [error]}
    assert ActivityDay.objects.get().status == ("PLANNED" if error else "NOT_HELD")


def test_made_up_for_within_the_month_it_is_held_after_all(world, monday, day):
    actions.skip_day(day, by=world.li, reason="全院实习", substitute_on=LATER)
    monday.move_to(at(datetime.date(2026, 11, 28), 10))
    day = actions.resume_day(day, by=world.li)
    assert HoldForm(day).initial["held_on"] == LATER
    assert held(day, LATER).is_valid()
    facts = {"held_on": LATER, "starts_at": datetime.time(15), "place": "201", "host": day.plan.host}
    day = actions.hold_day(day, by=world.li, **facts, recorder=day.plan.recorder)
    assert (day.status, day.substitute_on) == ("HELD", None)


def test_made_up_for_in_the_next_month_the_month_stays_missed(world, monday, day):
    """It counts where it was: neither is November mended by a day of December, nor can one be written down there."""
    actions.skip_day(day, by=world.li, reason="全院实习", substitute_on=NEXT_MONTH)
    monday.move_to(at(datetime.date(2026, 12, 5), 10))
    rows = duties.rows(Scope(Organization.objects.filter(pk=world.first.pk), [NOVEMBER]))
    duty = next(one for one in rows if one.kind == "day")
    assert (duty.missed, duty.done_on) == ("未开展：全院实习", None)

    day = actions.resume_day(day, by=world.li)
    assert HoldForm(day).initial["held_on"] == day.plan.planned_on
    assert held(day, NEXT_MONTH).errors["held_on"] == [
        "实际日期要在 2026 年 11 月之内。补到下个月的，11 月仍按未开展计；补的活动请写进 2026 年 12 月的活动日。"
    ]


def test_of_a_month_that_is_over_the_next_31_days_are_offered(world, client):
    october = make_plan(world.first, OCTOBER, "ACCEPTED").day
    client.force_login(world.li)
    assert skipped(client, october, "2026-12-24").status_code == 302
    assert skipped(client, make_plan(world.second, OCTOBER, "ACCEPTED").day, "2026-12-24").status_code == 404


def test_a_held_day_has_no_substitute(world, day):
    actions.skip_day(day, by=world.li, reason="全院实习", substitute_on=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        ActivityDay.objects.update(status="HELD", held_on=LATER, record_due_on=LATER)
