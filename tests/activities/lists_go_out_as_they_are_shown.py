"""The lists of plans and of days as Excel: the rows and the filters of the page, for those who see them, and logged."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import MonthlyPlan
from core.audit import AuditEntry
from tests.builders import make_day, make_plan


def rows_of(answer):
    """The cells under the headings."""
    return list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))


def test_a_general_branch_takes_out_its_own_plans_and_nobody_elses(world, client):
    make_plan(world.first, status=MonthlyPlan.Status.SUBMITTED, theme="=1+1", place="201 会议室")
    make_plan(world.other, status=MonthlyPlan.Status.SUBMITTED)
    client.force_login(world.wang)
    answer = client.get(reverse("plans_export"), {"month": "2026-11"})
    assert [(row[1], row[3], row[8]) for row in rows_of(answer)] == [
        ("文学院第一党支部", "待总支审核", "=1+1"),
        ("文学院第二党支部", "未报", None),
    ]


def test_the_filter_of_the_page_holds_and_is_logged(world, client):
    make_plan(world.first, status=MonthlyPlan.Status.SUBMITTED)
    client.force_login(world.zhou)
    answer = client.get(reverse("plans_export"), {"month": "2026-11", "status": "OPEN", "q": "文学院"})
    assert [row[1] for row in rows_of(answer)] == ["文学院第二党支部"]
    entry = AuditEntry.objects.get(event="plans.exported")
    filters = {"月份": "2026 年 11 月", "状态": "未报", "党支部": "文学院"}
    assert (entry.by, entry.data) == (world.zhou, {"count": 1, "filters": filters})


def test_days_carry_their_counts_only_once_they_are_held(world, client):
    make_day(world.first, absent=2, on_leave=1)
    make_plan(world.second, status=MonthlyPlan.Status.ACCEPTED)
    client.force_login(world.wang)
    answer = client.get(reverse("days_export"), {"month": "2026-11"})
    assert [(row[1], row[3], row[7:]) for row in rows_of(answer)] == [
        ("文学院第一党支部", "已开展", (9, 6, 1, 2)),
        ("文学院第二党支部", "待开展", (None, None, None, None)),
    ]


def test_a_branch_without_a_day_goes_out_with_the_days(world, client):
    make_day(world.second)
    client.force_login(world.wang)
    answer = client.get(reverse("days_export"), {"month": "2026-11", "status": "MISSING", "above": world.arts.pk})
    assert [row[1:5] for row in rows_of(answer)] == [("文学院第一党支部", "文学院党总支", "未报计划", None)]
    entry = AuditEntry.objects.get(event="days.exported")
    assert (entry.data["filters"]["所属"], entry.data["filters"]["状态"]) == ("文学院党总支", "未开展")


@pytest.mark.parametrize("name", ["plans", "days"])
def test_the_page_leads_to_its_export_with_its_filters(world, client, name):
    make_day(world.first)
    client.force_login(world.zhou)
    page = client.get(reverse(name), {"month": "2026-11", "q": "文学院", "page": "1"}).content.decode()
    assert f'href="{reverse(f"{name}_export")}?month=2026-11&amp;q=%E6%96%87%E5%AD%A6%E9%99%A2"' in page
