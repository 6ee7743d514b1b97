"""Migration 0004 puts the papers on their road; what its two steps do to plans that are there already."""

import datetime
from importlib import import_module

from django.apps import apps
from django.db import connection

from activities.models import ActivityDay, MonthlyPlan
from tests.builders import NOVEMBER, OCTOBER, make_plan

MIGRATION = import_module("activities.migrations.0004_papers_on_one_road")


def test_on_the_way_back_a_month_keeps_the_plan_that_is_in_force(world):
    make_plan(world.first, status="SUPERSEDED")
    changed = {"reason": "改日期"}
    kept = [
        make_plan(world.first, status="ACCEPTED", revision=2, **changed), make_plan(world.second, status="FILED"),
        make_plan(world.other, status="ACCEPTED"), make_plan(world.other, OCTOBER),
    ]  # fmt: skip
    make_plan(world.first, status="RETURNED", revision=3, **changed)
    make_plan(world.other, status="DROPPED", revision=2, **changed)

    MIGRATION.one_plan_a_month(apps, connection.schema_editor())

    assert set(MonthlyPlan.objects.all()) == set(kept)
    assert {day.plan for day in ActivityDay.objects.filter(month=NOVEMBER)} == set(kept[:3])


def test_on_the_way_there_what_lies_before_the_department_gets_its_days(world):
    plans = [make_plan(world.first, status="FILED"), make_plan(world.second, status="SUBMITTED")]

    MIGRATION.filed_papers_lapse(apps, None)

    assert [MonthlyPlan.objects.get(pk=plan.pk).lapses_on for plan in plans] == [datetime.date(2026, 11, 26), None]
