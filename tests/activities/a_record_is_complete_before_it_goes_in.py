"""The record of a day: what lacks is named, what was typed is kept; a day that was not held says why."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions
from activities.models import ActivityDay
from tests.builders import NOVEMBER, make_day, make_plan


def typed(day, **changes):
    data = {"summary": "走访了三位离退休教师"}
    for item in day.items.all():
        data |= {f"outcome-{item.pk}": "DONE", f"note-{item.pk}": ""}
    return data | changes


def test_a_whole_record_goes_in_and_is_closed(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    client.post(reverse("day_submit", args=[day.pk]), typed(day))
    day.refresh_from_db()
    assert (day.status, day.summary, day.record_is_late) == ("RECORDED", "走访了三位离退休教师", True)
    assert {item.outcome for item in day.items.all()} == {"DONE"}


def test_what_lacks_is_named_at_its_place_and_the_rest_is_kept(world, client):
    day = make_day(world.first)
    first = day.items.first()
    client.force_login(world.li)
    answer = client.post(reverse("day_submit", args=[day.pk]), typed(day, summary=" ", **{f"outcome-{first.pk}": ""}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        f"outcome-{first.pk}": [f"还缺“{first.content}”的完成情况。"], "summary": ["还缺主要内容及特色。"],
    }  # fmt: skip
    day.refresh_from_db()
    assert day.status == "HELD"
    assert [item.outcome for item in day.items.all()] == ["", "DONE", "DONE", "DONE"]


def test_a_commissioner_keeps_it_and_the_secretary_hands_it_in(world, client):
    day = make_day(world.first)
    client.force_login(world.chen)
    assert client.post(reverse("day_save", args=[day.pk]), typed(day)).status_code == 302
    assert client.post(reverse("day_submit", args=[day.pk]), typed(day)).status_code == 403
    assert ActivityDay.objects.get().status == "HELD"


@pytest.mark.parametrize(("day_of_month", "late"), [(18, False), (19, True)])
def test_five_days_are_given(world, monday, day_of_month, late):
    day = make_day(world.first, status="HELD", held_on=datetime.date(2026, 11, 13))
    day.items.update(outcome="DONE")
    ActivityDay.objects.update(summary="顺利")
    monday.move_to(datetime.datetime(2026, 11, day_of_month, 15, 59, tzinfo=datetime.UTC))  # 23:59 in China
    assert actions.record_day(day, by=world.li).record_is_late is late


def test_a_record_taken_back_counts_from_its_new_day(world, monday):
    day = make_day(world.first, status="RECORDED", held_on=datetime.date(2026, 11, 20))
    day = actions.reopen_record(day, by=world.li, reason="人数不对")
    assert (day.status, day.recorded_at) == ("HELD", None)
    assert actions.record_day(day, by=world.li).recorded_at is not None


def test_a_day_not_held_says_why(world, client):
    day = make_plan(world.first, NOVEMBER, "ACCEPTED").day
    client.force_login(world.li)
    address = reverse("day_skip", args=[day.pk])
    assert client.post(address, {"reason": " "}).context["skip_form"].errors == {"reason": ["请写明原因。"]}
    client.post(address, {"reason": "全院实习"})
    day.refresh_from_db()
    assert (day.status, day.not_held_reason) == ("NOT_HELD", "全院实习")
    with pytest.raises(DatabaseError), transaction.atomic():
        ActivityDay.objects.update(not_held_reason="")
