"""Above the branches a year is a matrix of branches × months: a colour and a word each, sums below, Excel as shown.

It is Monday, 23 November 2026; the site is in use since September. First and Second stand under the general branch of
arts, Other under that of history, Direct under the committee.
"""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import ActivityDay, Policy
from branches.models import Organization
from core.audit import AuditEntry
from core.clock import at
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_plan

SEPTEMBER, DECEMBER = OCTOBER.previous, NOVEMBER.next


@pytest.fixture(autouse=True)
def in_use_since_september(world):
    Policy.objects.update(effective_from=SEPTEMBER)


def matrix(client, user, organization, year=2026, **asked):
    client.force_login(user)
    return client.get(reverse("year", args=[organization.pk, year]), asked).context


def words(context):
    """``{branch: the words of September to December}``."""
    return {row.branch: [cell.word for cell in row.cells[8:]] for row in context["page"]}


def shares(context, what):
    """``[(done, owed)]`` of September to December."""
    return [(one.done, one.owed) for one in context["sums"][what]][8:]


@pytest.fixture
def autumn(world):
    """First held September and October; Second called October off and said why it held no November; Other filed."""
    make_day(world.first, SEPTEMBER, status="RECORDED")
    make_day(world.first, OCTOBER, absent=1)
    make_plan(world.first, NOVEMBER, "ACCEPTED", planned_on=datetime.date(2026, 11, 27))
    make_plan(world.first, DECEMBER, "SUBMITTED")
    make_plan(world.second, OCTOBER, "ACCEPTED", cancels=True, reason="集中实习")
    day = make_plan(world.second, NOVEMBER, "ACCEPTED").day
    ActivityDay.objects.filter(pk=day.pk).update(status="NOT_HELD", not_held_reason="停电")
    make_plan(world.second, DECEMBER, "RETURNED", returned_at=at(datetime.date(2026, 11, 22), 9), return_note="改主题")
    make_plan(world.other, NOVEMBER, "FILED")  # for the 13th, and nothing was held
    make_plan(world.other, DECEMBER, "ACCEPTED")
    make_plan(world.other, DECEMBER, "FILED", revision=2, reason="改期", items=[])
    make_plan(world.direct, DECEMBER)
    return world


def test_each_cell_says_how_the_month_stands(autumn, client):
    assert words(matrix(client, autumn.zhou, autumn.committee)) == {
        autumn.first: ["已开展", "已开展", "已备案", "待审"],
        autumn.second: ["逾期", "不开展", "未开展", "退回"],
        autumn.other: ["逾期", "逾期", "未开展", "修订"],
        autumn.direct: ["逾期", "逾期", "逾期", "未报"],
    }


def test_a_row_counts_what_was_due_and_a_general_branch_sees_its_own(autumn, client):
    page = matrix(client, autumn.wang, autumn.arts)

    assert [(row.branch, row.held, row.due) for row in page["page"]] == [(autumn.first, 2, 2), (autumn.second, 0, 2)]
    assert client.get(reverse("year", args=[autumn.history.pk, 2026])).status_code == 404
    assert client.get(reverse("year", args=[autumn.committee.pk, 2026])).status_code == 404


def test_months_that_ask_for_nothing_say_so(autumn, client):
    Policy.objects.update(months_off=[9])
    Organization.objects.filter(pk=autumn.direct.pk).update(founded_on=datetime.date(2026, 11, 10))

    page = matrix(client, autumn.zhou, autumn.committee)

    row = next(row for row in page["page"] if row.branch == autumn.direct)
    assert [cell.word for cell in row.cells[6:]] == ["启用前", "启用前", "假期", "未成立", "不要求", "未报"]
    assert [row.due for row in page["page"]] == [2 - 1, 1, 2, 0]


def test_the_sums_are_of_all_who_owe_and_open_the_same_rows(autumn, client):
    page = matrix(client, autumn.zhou, autumn.committee)

    assert shares(page, "filed") == [(1, 4), (2, 4), (3, 4), (2, 4)]
    assert shares(page, "held") == [(1, 4), (1, 3), (0, 4), (0, 0)]
    for what in ("filed", "held"):
        for one in page["sums"][what][8:]:
            if one.owed:
                assert client.get(one.url).context["page"].paginator.count == one.owed


def test_the_sums_of_a_general_branch_open_its_branches(autumn, client):
    page = matrix(client, autumn.zhou, autumn.arts)

    assert (shares(page, "filed"), shares(page, "held")) == (
        [(1, 2), (2, 2), (2, 2), (1, 2)], [(1, 2), (1, 1), (0, 2), (0, 0)]
    )  # fmt: skip
    assert client.get(page["sums"]["filed"][8].url).context["page"].paginator.count == 2


def test_a_branch_closed_in_the_year_stays_and_owes_no_more(autumn, client):
    Organization.objects.filter(pk=autumn.first.pk).update(closed_on=datetime.date(2026, 11, 20))

    page = matrix(client, autumn.zhou, autumn.committee)

    assert words(page)[autumn.first][:2] == ["已开展", "已开展"]
    assert shares(page, "filed") == [(1, 4), (2, 4), (2, 3), (1, 3)]
    assert autumn.first not in words(matrix(client, autumn.zhou, autumn.committee, 2027))


def test_filters_leave_their_branches(autumn, client):
    everything, history = [autumn.first, autumn.second, autumn.other, autumn.direct], autumn.history.pk

    def left(**asked):
        return [row.branch for row in matrix(client, autumn.zhou, autumn.committee, **asked)["page"]]

    assert left() == everything
    assert left(only="UNFILED") == [autumn.second, autumn.other, autumn.direct]
    assert left(only="UNHELD") == [autumn.second, autumn.other, autumn.direct]
    assert left(q="文学院第") == [autumn.first, autumn.second]
    assert left(q="9901") == [autumn.direct]
    assert left(above=history) == [autumn.other]
    assert left(above=history, q="文学院") == []
    assert left(only="nonsense", above="x") == everything


def test_only_those_who_missed_something_are_left(autumn, client):
    """First is in order; whoever filed and held all but what is to come is not asked for."""
    make_plan(autumn.direct, SEPTEMBER, "ACCEPTED")
    for month in (OCTOBER, NOVEMBER):
        make_plan(autumn.direct, month, "ACCEPTED", planned_on=month.last)

    def left(only):
        return [row.branch for row in matrix(client, autumn.zhou, autumn.committee, only=only)["page"]]

    assert (left("UNFILED"), left("UNHELD")) == (
        [autumn.second, autumn.other], [autumn.second, autumn.other, autumn.direct]
    )  # fmt: skip


def test_excel_has_what_the_page_shows_and_is_logged(autumn, client):
    client.force_login(autumn.zhou)
    asked = {"above": autumn.arts.pk}

    answer = client.get(reverse("year_export", args=[autumn.committee.pk, 2026]), asked)

    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))
    assert [(row[1], row[11:]) for row in rows] == [
        ("文学院第一党支部", ("已开展", "已开展", "已备案", "待审", "2／2")),
        ("文学院第二党支部", ("逾期", "不开展", "未开展", "退回", "0／2")),
        ("已报计划／应报", ("1／2", "2／2", "2／2", "1／2", None)),
        ("已开展／应开展", ("1／2", "1／1", "0／2", "—", None)),
    ]
    entry = AuditEntry.objects.get(event="year.exported")
    filters = {"范围": "文学院党总支", "年度": "2026", "只看": "全部", "党支部": "全部"}
    assert (entry.by, entry.data) == (autumn.zhou, {"count": 2, "filters": filters})


@pytest.mark.parametrize("user", ["wang", "zhou", "he"])
def test_many_branches_cost_no_more_than_few(autumn, client, user):
    organization = autumn.arts if user == "wang" else autumn.committee
    client.force_login(getattr(autumn, user))
    address = reverse("year", args=[organization.pk, 2026])

    def cost():
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    few = cost()
    for number in range(6):
        make_plan(make_branch(autumn.arts, f"第{number}党支部"), DECEMBER, "SUBMITTED", items=[])
    assert (few == cost(), few <= 15) == (True, True), few


def test_a_year_far_off_is_shown_without_a_word_of_what_is_to_come(world, client):
    page = matrix(client, world.zhou, world.committee, 2100)
    assert {cell.word for row in page["page"] for cell in row.cells} == {"—", "假期"}
    assert words(matrix(client, world.zhou, world.committee, 2000))[world.first] == ["启用前"] * 4
