"""What callers ask of the calendar: working days around 国庆 2026 with its 调休, free days by name, terms, vacations.

In 2026 the first to the seventh of October are free, the twentieth of September (Sunday) and the tenth of October
(Saturday) are worked.
"""

import datetime

import pytest
from django.db import IntegrityError, transaction

from branches import actions
from branches.calendar import (
    add_working_days,
    free_days,
    holiday_name,
    is_known,
    known_years,
    next_workday,
    previous_workday,
    term_of,
    vacations,
)
from branches.models import CalendarDay, Term

D = datetime.date
BEFORE, AFTER = D(2026, 9, 30), D(2026, 10, 8)  # Wednesday and Thursday
AUTUMN = ("第一学期", D(2026, 9, 1), D(2027, 1, 17))
SPRING = ("第二学期", D(2027, 3, 1), D(2027, 7, 4))


@pytest.fixture
def filled(db):
    actions.seed_year(2026, by=None)


def make_terms(*terms):
    return [Term.objects.create(name=name, starts_on=first, ends_on=last) for name, first, last in terms]


@pytest.mark.parametrize(
    ("count", "by_the_calendar", "by_the_weekday"),
    [(0, BEFORE, BEFORE), (1, AFTER, D(2026, 10, 1)), (2, D(2026, 10, 9), D(2026, 10, 2)),
     (3, D(2026, 10, 10), D(2026, 10, 5)), (4, D(2026, 10, 12), D(2026, 10, 6))],
)  # fmt: skip
def test_working_days_are_counted_across_the_holiday(db, count, by_the_calendar, by_the_weekday):
    assert add_working_days(BEFORE, count) == by_the_weekday  # the control: an empty calendar
    actions.seed_year(2026, by=None)
    assert add_working_days(BEFORE, count) == by_the_calendar


def test_the_neighbours_of_a_day_are_worked(filled):
    assert [next_workday(day) for day in (BEFORE, D(2026, 10, 9), D(2026, 9, 19))] == [
        AFTER, D(2026, 10, 10), D(2026, 9, 20),
    ]  # fmt: skip
    assert [previous_workday(day) for day in (AFTER, D(2026, 10, 12), D(2026, 9, 21))] == [
        BEFORE, D(2026, 10, 10), D(2026, 9, 20),
    ]  # fmt: skip


def test_a_break_longer_than_what_is_read_at_a_time_is_crossed(db):
    days = [BEFORE + datetime.timedelta(days=place) for place in range(1, 131)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_workday=False, name="停课") for day in days)
    assert next_workday(BEFORE) == add_working_days(BEFORE, 1) == D(2027, 2, 8)
    assert previous_workday(D(2027, 2, 8)) == BEFORE


def test_every_free_day_of_a_range_has_its_name(filled, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = free_days(D(2026, 9, 18), D(2026, 10, 11))
    autumn = {D(2026, 9, day): "中秋节" for day in (25, 26, 27)}
    national = {D(2026, 10, day): "国庆节" for day in range(1, 8)}
    assert found == autumn | national | {D(2026, 9, 19): "周六", D(2026, 10, 11): "周日"}


def test_a_day_is_named_by_what_was_said_of_it_or_by_its_weekday(db):
    said = {D(2026, 12, 7): (False, "校庆"), D(2026, 12, 8): (False, ""), D(2026, 12, 12): (True, "补课"),
            D(2026, 12, 13): (False, ""), D(2026, 12, 9): (True, "上课")}  # fmt: skip
    for day, (is_workday, name) in said.items():
        CalendarDay.objects.create(day=day, is_workday=is_workday, name=name)
    names = {day: holiday_name(D(2026, 12, day)) for day in range(7, 15)}
    assert names == {7: "校庆", 8: "节假日", 9: "", 10: "", 11: "", 12: "", 13: "周日", 14: ""}


def test_a_year_is_known_when_its_public_holidays_are_entered(filled):
    CalendarDay.objects.create(day=D(2027, 5, 6), is_workday=False, name="校庆")  # one day is no arrangement
    CalendarDay.objects.create(day=D(2028, 10, 2), is_workday=True)
    CalendarDay.objects.create(day=D(2028, 10, 9), is_workday=False, name="校庆")
    assert (is_known(2026), is_known(2027), is_known(2028)) == (True, False, False)
    CalendarDay.objects.create(day=D(2027, 10, 1), is_workday=False, name="国庆节")
    assert known_years(range(2024, 2030)) == {2026, 2027}


def test_a_day_lies_in_a_term_or_in_none(db):
    autumn, spring = make_terms(AUTUMN, SPRING)
    days = [D(2026, 8, 31), D(2026, 9, 1), D(2027, 1, 17), D(2027, 1, 18), D(2027, 2, 28), D(2027, 3, 1)]
    assert [term_of(day) for day in days] == [None, autumn, autumn, None, None, spring]


def test_vacations_are_what_lies_between_terms():
    terms = [
        Term(name=name, starts_on=first, ends_on=last)
        for name, first, last in (
            AUTUMN, SPRING, ("小学期", D(2027, 7, 5), D(2027, 7, 25)), ("第一学期", D(2027, 9, 1), D(2028, 1, 16)),
            ("第一学期", D(2028, 9, 1), D(2029, 1, 14)),
        )
    ]  # fmt: skip
    found = [(one.name, one.first, one.last) for one in vacations(terms)]
    # no day lies between two neighbours, and where half a year does, a term is missing
    assert found == [("寒假", D(2027, 1, 18), D(2027, 2, 28)), ("暑假", D(2027, 7, 26), D(2027, 8, 31))]
    assert vacations(terms[:1]) == vacations([]) == []


@pytest.mark.parametrize("ends_on", [AUTUMN[1], D(2026, 8, 1)])
def test_the_database_refuses_a_term_that_does_not_end_after_its_start(db, ends_on):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_terms(("学期", AUTUMN[1], ends_on))
    make_terms(AUTUMN)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_terms(AUTUMN)
