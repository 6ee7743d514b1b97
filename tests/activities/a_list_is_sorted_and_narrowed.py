"""The lists of plans, days and a year's papers: sorted by their heads, narrowed by a select, Excel in the same order.

First's plan of December waits for its review, Second's is accepted, Other's was returned, Direct has none.
"""

import datetime

import pytest
from django.urls import reverse

from activities import reports, units, year_papers
from tests.activities.lists_go_out_as_they_are_shown import rows_of
from tests.builders import NOVEMBER, make_annual_plan, make_day, make_plan

DECEMBER = NOVEMBER.next
NAMES = ("first", "second", "other", "direct")


@pytest.fixture
def december(world):
    make_plan(world.first, DECEMBER, "SUBMITTED", planned_on=datetime.date(2026, 12, 18))
    make_plan(world.second, DECEMBER, "ACCEPTED", planned_on=datetime.date(2026, 12, 4))
    make_plan(world.other, DECEMBER, "RETURNED", planned_on=datetime.date(2026, 12, 11))
    return world


def in_order(client, world, name, found, **asked):
    """The names of the four branches as the list has them, after a look that the workbook has them so too."""
    client.force_login(world.zhou)
    rows = [found(row) for row in client.get(reverse(name), asked).context["page"]]
    book = rows_of(client.get(reverse(f"{name}_export"), asked))
    assert [row[1] for row in book] == [str(one) for one in rows]
    names = {getattr(world, one): one for one in NAMES}
    return [names[one] for one in rows if one in names]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("", ["first", "second", "other", "direct"]),
        ("-code", ["direct", "other", "second", "first"]),
        ("unit", ["direct", "first", "second", "other"]),  # the code of the committee comes first
        ("state", ["direct", "first", "second", "other"]),  # without one, sent, accepted, returned
        ("-state", ["other", "second", "first", "direct"]),
        ("on", ["second", "other", "first", "direct"]),
        ("-on", ["first", "other", "second", "direct"]),  # whoever has no date stays last
        ("theme", ["first", "second", "other", "direct"]),
    ],
)
def test_plans_are_sorted_by_their_heads(december, client, order, names):
    assert in_order(client, december, "plans", lambda branch: branch, month="2026-12", order=order) == names


def test_days_and_papers_are_sorted_by_their_heads(december, client):
    make_day(december.direct, DECEMBER, status="RECORDED", held_on=datetime.date(2026, 12, 1))

    def days(order):
        return in_order(client, december, "days", lambda branch: branch, month="2026-12", order=order)

    assert days("on") == ["direct", "second", "other", "first"]
    assert days("-state") == ["direct", "first", "second", "other"]

    make_annual_plan(december.second, first_submitted_on=datetime.date(2026, 3, 1))
    make_annual_plan(december.direct, first_submitted_on=datetime.date(2026, 2, 1), status="FILED")

    def papers(order):
        return in_order(client, december, "annual_plans", lambda row: row.organization, year="2026", order=order)

    assert papers("sent") == ["direct", "second", "first", "other"]
    assert papers("-state") == ["second", "direct", "first", "other"]


@pytest.mark.parametrize("name", ["plans", "days", "annual_plans"])
def test_heads_say_how_they_sort_and_a_select_narrows_until_it_would_hold_too_many(december, client, monkeypatch, name):
    client.force_login(december.zhou)
    page = client.get(reverse(name), {"month": "2026-12", "year": "2026", "order": "-state", "above": december.arts.pk})
    heads = {head.name: (head.then, head.sort) for head in page.context["order"].heads if head.then}
    assert heads["状态"] == ("state", "descending")
    assert heads["所属"] == ("unit", "none")
    assert page.context["choices"] == [december.committee, december.arts, december.history]
    assert f'<option value="{december.arts.pk}" selected>' in page.text
    assert '<option value="-state" selected>' in page.text

    monkeypatch.setattr(units, "MOST_OPTIONS", 2)
    page = client.get(reverse(name), {"above": december.arts.pk})
    assert (page.context["choices"], f'type="hidden" name="above" value="{december.arts.pk}"' in page.text) == (
        [],
        True,
    )
    client.force_login(december.wang)
    assert client.get(reverse(name)).context["choices"] == []


def test_the_matrix_offers_what_stands_under_its_organization(december, client, monkeypatch):
    client.force_login(december.zhou)
    address = reverse("year", args=[december.committee.pk, 2026])
    page = client.get(address, {"above": december.arts.pk})
    assert page.context["choices"] == [december.committee, december.arts, december.history]
    assert f'<option value="{december.arts.pk}" selected>' in page.text
    assert client.get(reverse("year", args=[december.arts.pk, 2026])).context["choices"] == []
    monkeypatch.setattr(units, "MOST_OPTIONS", 2)
    assert client.get(address).context["choices"] == []


def test_no_state_is_offered_that_no_row_can_have():
    words = ["未报", "待总支审核", "待组织部审核", "已退回", "已备案"]
    assert [word for _, word in reports.PLAN_FILTERS] == [*words, "应报的"]
    assert [word for _, word in year_papers.FILTERS] == [*words, "逾期报送", "应报的"]


def test_every_branch_of_the_plans_leads_to_its_year(december, client):
    client.force_login(december.zhou)
    page = client.get(reverse("plans"), {"month": "2026-12"}).text
    years = [reverse("year", args=[getattr(december, name).pk, 2026]) for name in NAMES]
    assert [page.count(f'href="{address}"') for address in years] == [1, 1, 1, 2]
