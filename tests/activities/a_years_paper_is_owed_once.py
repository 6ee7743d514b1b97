"""年度计划 and 年终总结 are owed by organizations of every kind, each in the month in which its last day falls.

By the rules as they are shipped a year's plan is due on 15 March, its summary on 10 January after it. It is Monday,
23 November 2026.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import year_duties
from activities.models import Policy
from branches.models import Organization
from core.clock import at
from core.contributions import Scope, registry
from core.periods import Month
from tests.builders import make_annual_plan, make_summary

MARCH, JANUARY = Month(2026, 3), Month(2027, 1)
YEAR = list(Month(2026, 1).until(Month(2027, 1)))


def duties(organization, months=(MARCH, JANUARY)):
    """``{kind: duty}`` of one organization."""
    found = registry.duties_of(Organization.objects.filter(pk=organization.pk), list(months), year_duties.KINDS)
    assert len(found) == len({duty.kind for duty in found})
    return {duty.kind: duty for duty in found}


@pytest.mark.parametrize("name", ["first", "direct", "arts", "committee"])
def test_every_organization_owes_both_in_their_months(world, name):
    organization = getattr(world, name)

    found = [
        (duty.kind, duty.month, duty.due_on, duty.is_open, duty.title)
        for duty in duties(organization, YEAR[1:]).values()
    ]

    assert found == [
        ("annual", MARCH, datetime.date(2026, 3, 15), True, "报送 2026 年度计划"),
        ("summary", JANUARY, datetime.date(2027, 1, 10), True, "报送 2026 年年终总结"),
    ]


def test_other_months_owe_neither(world):
    assert duties(world.first, [Month(2026, 2), Month(2026, 4), Month(2026, 12)]) == {}


def test_the_month_follows_the_policy(world):
    Policy.objects.update(annual_due_month=2, annual_due_day=31)

    assert duties(world.first, YEAR[1:])["annual"].month == Month(2026, 2)
    assert duties(world.first, YEAR[1:])["annual"].due_on == datetime.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("status", "done_on", "act"),
    [
        ("DRAFT", None, "继续填"),
        ("SUBMITTED", datetime.date(2026, 3, 15), "查看"),
        ("FILED", datetime.date(2026, 3, 15), "查看"),
        ("ACCEPTED", datetime.date(2026, 3, 15), "查看"),
    ],
)
def test_it_is_done_on_the_day_on_which_it_was_first_sent(world, status, done_on, act):
    plan = make_annual_plan(world.first, status=status)

    duty = duties(world.first)["annual"]

    assert duty.done_on == done_on
    assert duty.url == (plan.edit_address if done_on is None else plan.get_absolute_url())
    assert duty.act == act


def test_a_revision_on_the_road_leaves_it_done(world):
    make_annual_plan(world.first)
    make_annual_plan(world.first, status="DRAFT", revision=2, reason="改主题")

    assert duties(world.first)["annual"].done_on == datetime.date(2026, 3, 15)


def test_what_is_returned_is_owed_again_some_days_later(world):
    returned_at = at(datetime.date(2026, 11, 22), 9)
    make_annual_plan(world.first, status="RETURNED", returned_at=returned_at, return_note="目标写具体")

    duty = duties(world.first)["annual"]

    assert (duty.title, duty.due_on) == ("修改并再报 2026 年度计划", datetime.date(2026, 11, 25))
    assert (duty.detail, duty.act, duty.is_open) == ("被退回：目标写具体", "修改再报", True)
    Policy.objects.update(effective_from=Month(2026, 9))
    assert duties(world.first)["annual"].is_open


@pytest.mark.parametrize(
    ("founded_on", "closed_on", "annual", "summary"),
    [
        (None, None, "", ""),
        (datetime.date(2026, 3, 15), None, "", ""),
        (datetime.date(2026, 3, 16), None, "成立时已过报送期", ""),
        (datetime.date(2027, 1, 5), None, "成立时已过报送期", "尚未成立"),
        (None, datetime.date(2026, 3, 31), "已撤销", "已撤销"),
        (None, datetime.date(2026, 4, 1), "", "已撤销"),
    ],
)
def test_nothing_is_owed_before_founding_and_after_closing(world, founded_on, closed_on, annual, summary):
    Organization.objects.filter(pk=world.arts.pk).update(founded_on=founded_on, closed_on=closed_on)

    found = duties(world.arts)

    assert (found["annual"].not_owed, found["summary"].not_owed) == (annual, summary)


def test_nothing_is_owed_before_the_site_was_in_use(world):
    Policy.objects.update(effective_from=Month(2026, 4))

    assert (duties(world.first)["annual"].not_owed, duties(world.first)["summary"].not_owed) == ("系统启用前", "")


def test_many_organizations_cost_as_few_queries_as_one(world):
    def cost(organizations):
        with CaptureQueriesContext(connection) as asked:
            list(year_duties.rows(Scope(organizations, YEAR)))
        return len(asked)

    assert cost(Organization.objects.filter(pk=world.first.pk)) == cost(Organization.objects.all()) == 2


def test_nothing_that_counts_months_has_them(world):
    assert year_duties.KINDS.isdisjoint(registry.monthly_kinds)
    assert {"plan", "day", "record", "dues", "dues_hand_in", "meeting"} == registry.monthly_kinds


def titles(client, user, name):
    client.force_login(user)
    context = client.get(reverse("workbench")).context
    return [line.duty.title for line in context[name] if line.duty.kind in year_duties.KINDS]


def test_a_branch_has_its_own_among_what_it_is_to_do(world, client):
    make_annual_plan(world.second)
    make_summary(world.first, 2025)

    assert titles(client, world.li, "lines") == ["报送 2026 年度计划"]
    assert titles(client, world.zhao, "lines") == ["报送 2025 年年终总结"]


def test_the_summary_is_asked_for_a_month_ahead(world, client, monday):
    make_annual_plan(world.first)
    make_summary(world.first, 2025)
    monday.move_to("2026-12-09T10:00:00+08:00")
    assert titles(client, world.li, "lines") == []
    monday.move_to("2026-12-10T10:00:00+08:00")
    assert titles(client, world.li, "lines") == ["报送 2026 年年终总结"]


def test_those_above_have_their_own_and_nobody_elses(world, client):
    for organization in (world.first, world.second, world.arts):
        make_summary(organization, 2025)
    make_annual_plan(world.committee)

    assert titles(client, world.wang, "own") == ["报送 2026 年度计划"]
    assert titles(client, world.sun, "own") == ["报送 2025 年年终总结", "报送 2026 年度计划"]
    assert titles(client, world.zhou, "own") == ["报送 2025 年年终总结"]
    assert titles(client, world.he, "own") == []


def test_the_first_page_above_stays_within_its_queries(world, client):
    for user in (world.wang, world.zhou):
        client.force_login(user)
        client.get(reverse("workbench"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("workbench"))
        assert len(asked) <= 15, [one["sql"][:260] for one in asked]
