"""Months as values: arithmetic, storage, addresses; and the month of an instant, wherever the server stands."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from hypothesis import given
from hypothesis import strategies as some

from activities.models import Policy
from core import clock
from core.periods import Month, Quarter

MONTHS = some.builds(Month, some.integers(1990, 2080), some.integers(1, 12))


@given(MONTHS, some.integers(-600, 600))
def test_adding_and_taking_away_is_the_way_there_and_back(month, steps):
    assert month + steps - steps == month
    assert (month + steps > month) == (steps > 0)


@given(MONTHS)
def test_a_month_is_read_back_from_how_it_is_written(month):
    assert Month.parse(str(month)) == month


@given(MONTHS)
def test_a_month_follows_the_last_day_of_the_one_before(month):
    assert month.previous.last + datetime.timedelta(days=1) == month.first
    assert month.first in month and month.last in month and month.next.first not in month


@given(MONTHS)
def test_a_quarter_holds_its_three_months(month):
    assert len(month.quarter.months) == 3 and month in month.quarter.months


def test_months_and_quarters_as_users_read_them():
    assert (Month(2026, 11).label, Month(2026, 11).short) == ("2026 年 11 月", "11 月")
    assert Quarter(2026, 4).label == "2026 年第四季度"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "2026/11", "", "2026-11-01", "二〇二六-11"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "nth", "weekday", "day"),
    [
        (Month(2026, 12), 2, 4, datetime.date(2026, 12, 11)),
        (Month(2027, 1), 1, 4, datetime.date(2027, 1, 1)),
        (Month(2026, 12), 5, 4, datetime.date(2026, 12, 25)),  # no fifth Friday: the last one
    ],
)
def test_the_nth_weekday(month, nth, weekday, day):
    assert month.nth_weekday(nth, weekday) == day


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland", "Asia/Shanghai"])
@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ("2026-11-30T15:59:59+00:00", Month(2026, 11)),
        ("2026-11-30T16:00:00+00:00", Month(2026, 12)),  # midnight in China
        ("2026-12-31T15:59:59+00:00", Month(2026, 12)),
        ("2026-12-31T16:00:00+00:00", Month(2027, 1)),
        ("2027-02-28T16:00:00+00:00", Month(2027, 3)),
    ],
)
def test_the_month_turns_at_midnight_in_china(monkeypatch, zone, instant, month):
    monkeypatch.setenv("TZ", zone)
    with time_machine.travel(datetime.datetime.fromisoformat(instant), tick=False):
        assert Month.current() == month
        assert Month.of(clock.day_of(clock.now())) == month


def test_a_month_is_stored_as_its_first_day_and_comes_back_as_a_month(db):
    Policy.objects.all().delete()
    policy = Policy.objects.create(effective_from=Month(2026, 11))
    policy.refresh_from_db()
    assert policy.effective_from == Month(2026, 11)
    assert Policy.objects.get(effective_from="2026-11") == policy
    assert Policy.objects.filter(effective_from__lte=datetime.date(2026, 11, 30)).get() == policy


def test_what_is_no_month_is_not_stored():
    with pytest.raises(ValidationError, match="请填写月份"):
        Policy._meta.get_field("effective_from").to_python("十一月")


def test_a_month_stands_in_an_address():
    assert reverse("assessment", args=[Month(2026, 11)]) == "/assessments/2026-11/"
    with pytest.raises(NoReverseMatch):
        reverse("assessment", args=["2026-13"])
