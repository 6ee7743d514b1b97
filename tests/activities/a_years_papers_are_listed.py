"""For those above: every organization with the state of its annual plan, or of its summary; filters, Excel, tabs.

It is Monday, 23 November 2026; annual plans were due on 15 March. Wang sees arts with First and Second, Zhou all.
"""

import datetime
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import Policy
from branches.models import Organization
from core.audit import AuditEntry
from core.periods import Month
from tests.builders import make_annual_plan, make_branch, make_summary


@pytest.fixture
def papers(world):
    """The committee's and arts' plans are in force, First's waits, Second's came late, Other's is a draft."""
    make_annual_plan(world.committee)
    make_annual_plan(world.arts)
    make_annual_plan(world.first, status="FILED")
    make_annual_plan(world.second, status="SUBMITTED", first_submitted_on=datetime.date(2026, 3, 16))
    make_annual_plan(world.other, status="DRAFT")
    make_summary(world.first)
    return world


def listed(client, user, **asked):
    """``{organization: word}`` in the order of the page."""
    client.force_login(user)
    page = client.get(reverse("annual_plans"), {"year": "2026"} | asked).context["page"]
    return {row.organization: row.word for row in page}


def test_every_organization_has_its_row_filed_or_not(papers, client):
    assert list(listed(client, papers.zhou).items()) == [
        (papers.committee, "已备案"),
        (papers.arts, "已备案"),
        (papers.first, "待组织部审核"),
        (papers.second, "待总支审核"),
        (papers.history, "逾期未报"),
        (papers.other, "逾期未报"),  # a draft is its own organization's alone
        (papers.direct, "逾期未报"),
    ]
    assert list(listed(client, papers.wang)) == [papers.arts, papers.first, papers.second]
    assert listed(client, papers.qian) == {papers.other: "暂存"}


def test_summaries_have_their_own_list(papers, client):
    found = listed(client, papers.wang, kind="summary")
    assert found == {papers.arts: "未报", papers.first: "已备案", papers.second: "未报"}
    page = client.get(reverse("annual_plans"), {"year": "2026", "kind": "summary"}).text
    assert "2027 年 1 月 10 日（周日）截止" in page


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"status": "OPEN"}, ["history", "other", "direct"]),
        ({"status": "OWED"}, ["committee", "arts", "first", "second", "history", "other", "direct"]),
        ({"status": "LATE"}, ["second"]),
        ({"status": "FILED"}, ["first"]),
        ({"status": "ACCEPTED", "q": "文学院"}, ["arts"]),
        ({"above": "arts"}, ["arts", "first", "second"]),
        ({"q": "0301"}, ["history", "other"]),
        ({"q": "没有这个"}, []),
    ],
)
def test_filters_leave_their_organizations(papers, client, asked, names):
    if "above" in asked:
        asked = {"above": papers.arts.pk}
    assert list(listed(client, papers.zhou, **asked)) == [getattr(papers, name) for name in names]


def test_who_owes_nothing_is_shown_with_the_reason_and_not_among_the_unfiled(papers, client):
    Organization.objects.filter(pk=papers.direct.pk).update(founded_on=datetime.date(2026, 3, 20))
    assert listed(client, papers.zhou)[papers.direct] == "成立时已过报送期"
    assert papers.direct not in listed(client, papers.zhou, status="OPEN")
    Organization.objects.filter(pk__in=[papers.direct.pk, papers.first.pk]).update(closed_on=datetime.date(2026, 2, 1))
    assert papers.direct not in listed(client, papers.zhou)
    assert listed(client, papers.zhou)[papers.first] == "待组织部审核"  # what there is stays in sight
    Policy.objects.update(effective_from=Month(2026, 9))
    assert listed(client, papers.zhou)[papers.history] == "系统启用前"
    assert listed(client, papers.zhou, status="OPEN") == listed(client, papers.zhou, status="OWED") == {}


def test_excel_has_the_rows_of_the_page_and_is_logged(papers, client):
    client.force_login(papers.wang)
    answer = client.get(reverse("annual_plans_export"), {"year": "2026", "kind": "annual", "q": "文学院第"})

    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))
    assert [row[1:5] for row in rows] == [
        ("文学院第一党支部", "文学院党总支", "待组织部审核", None),
        ("文学院第二党支部", "文学院党总支", "待总支审核", "逾期报送"),
    ]
    entry = AuditEntry.objects.get(event="annual_plans.exported")
    filters = {"年度": "2026 年度计划", "状态": "全部", "党组织": "文学院第"}
    assert (entry.by, entry.data) == (papers.wang, {"count": 2, "filters": filters})


def test_the_tabs_lead_from_each_to_the_others(papers, client):
    client.force_login(papers.wang)
    tabs = {
        "月计划": reverse("plans"),
        "年度计划": reverse("annual_plans") + "?kind=annual&year=2026",
        "年终总结": reverse("annual_plans") + "?kind=summary&year=2026",
        "全年一览": reverse("year", args=[papers.arts.pk, 2026]),
    }
    for name, address in tabs.items():
        [row] = re.findall(r'<nav class="tabs" aria-label="计划">(.*?)</nav>', client.get(address).text, re.DOTALL)
        links = re.findall(r'<a href="(.*?)"( aria-current="page")?>(.*?)</a>', row)
        assert {word: html.unescape(to) for to, _, word in links} == tabs
        assert [word for _, is_current, word in links if is_current] == [name]


def test_a_branch_has_no_tabs(papers, client):
    client.force_login(papers.li)
    assert 'aria-label="计划"' not in client.get(reverse("plans")).text


def test_many_organizations_cost_no_more_than_few(papers, client):
    client.force_login(papers.zhou)

    def cost():
        client.get(reverse("annual_plans"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("annual_plans"))
        return len(asked)

    few = cost()
    for number in range(6):
        make_annual_plan(make_branch(papers.arts, f"第{number}党支部"), status="SUBMITTED")
    assert (few == cost(), few <= 15) == (True, True), few
