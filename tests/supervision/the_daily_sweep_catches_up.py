"""The sweep runs every minute, or days late: what is due is done, once."""

import pytest

import branches.tasks  # noqa: F401 - a worker knows every kind of job
from branches.models import Person
from core import clock
from core.inbox import Notice
from core.jobs import Job, work_off
from core.periods import Month
from dues.actions import open_month
from dues.models import Charge, DuesMonth
from supervision.tasks import daily_sweep
from tests.builders import NOVEMBER, make_branch, make_person


def work_off_all():
    for pk in Job.objects.runnable(clock.now()).values_list("pk", flat=True):
        work_off(pk)


def opened():
    return [(str(row.month), row.organization.code, row.charges.count()) for row in
            DuesMonth.objects.select_related("organization").order_by("month", "organization__code")]  # fmt: skip


def test_a_new_site_begins_with_the_present_month(world):
    make_person(world.first, category=Person.Category.STUDENT)

    daily_sweep()

    assert opened() == [
        ("2026-11", "0201001", 1), ("2026-11", "0201002", 0), ("2026-11", "0301001", 0), ("2026-11", "9901001", 0)
    ]  # fmt: skip


def test_months_that_were_missed_are_opened(world):
    open_month(Month(2026, 8))

    daily_sweep()

    months = list(DuesMonth.objects.filter(organization=world.first).order_by("month").values_list("month", flat=True))
    assert [str(month) for month in months] == ["2026-08", "2026-09", "2026-10", "2026-11"]


def test_running_again_changes_nothing(world):
    daily_sweep()
    before = (opened(), Charge.objects.count(), Notice.objects.count())

    daily_sweep()

    assert (opened(), Charge.objects.count(), Notice.objects.count()) == before


def test_a_branch_that_came_later_gets_its_month(world):
    daily_sweep()
    new = make_branch(world.arts, code="0201003")
    for _ in range(2):
        make_person(new, category=Person.Category.STUDENT)

    daily_sweep()

    assert [row for row in opened() if row[1] == new.code] == [(str(NOVEMBER), "0201003", 2)]


def test_the_reminders_are_one_job_a_day_and_wait_for_the_morning(world, monday):
    monday.move_to("2026-11-24T00:05:00+08:00")
    daily_sweep()
    work_off_all()
    assert not Notice.objects.filter(kind="plan_missing").exists()

    monday.move_to("2026-11-24T08:05:00+08:00")
    for _ in range(2):
        daily_sweep()
        work_off_all()

    assert sorted(Job.objects.values_list("key", "state")) == [
        ("documents.sweep:2026-11-24", "DONE"), ("imports.sweep:2026-11-24", "DONE"),
        ("lapse_plans:2026-11-24", "DONE"),
        ("remind_of_plans:2026-11-24", "DONE"),
    ]  # fmt: skip
    assert Notice.objects.filter(kind="plan_missing").count() == 8


def test_reminders_go_out_although_the_dues_failed(world, monkeypatch):
    monkeypatch.setattr("supervision.reminders.open_month", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        daily_sweep()
    work_off_all()

    assert Notice.objects.filter(kind="plan_missing").count() == 8
