"""Every fraction of a workbench opens a list: as many rows as its denominator, and with the filter its difference.

First recorded November's day and verified its dues, Second held it, Other said why not, Direct filed no plan; a branch
that was founded late owes no plan and held none. Nobody at Empty owes dues; Old was closed in the month.
"""

import datetime
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan, Policy
from branches.models import Office, Person
from core.periods import Month
from dues.actions import open_month
from dues.models import DuesMonth
from meetings.models import Requirement
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_officer, make_plan, make_seat

DECEMBER = Month(2026, 12)


@pytest.fixture
def november(world):
    Policy.objects.update(effective_from=OCTOBER)
    Requirement.objects.all().delete()
    make_day(world.first, status="RECORDED", absent=2)
    make_day(world.second)
    other = make_plan(world.other, status="ACCEPTED").day
    ActivityDay.objects.filter(pk=other.pk).update(status="NOT_HELD", not_held_reason="全院实习")
    make_plan(world.first, DECEMBER, "SUBMITTED")
    make_plan(world.second, DECEMBER, "FILED")
    world.late = make_branch(world.arts, "新成立党支部", code="0201008", members=2)
    world.late.founded_on = datetime.date(2026, 11, 26)
    world.late.save(update_fields=["founded_on"])
    world.empty = make_branch(world.arts, "空支部", code="0201009")
    world.old = make_branch(world.arts, "老支部", code="0201010", members=1)
    Person.objects.update(category=Person.Category.STUDENT)  # who owe dues without a base
    open_month(NOVEMBER)
    world.old.closed_on = datetime.date(2026, 11, 20)
    world.old.save(update_fields=["closed_on"])
    DuesMonth.objects.filter(organization=world.first).update(
        status="VERIFIED", verified_at="2026-11-13T09:00:00+08:00", first_verified_at="2026-11-13T09:00:00+08:00",
        verified_by=world.li,
    )  # fmt: skip
    return world


def figures(client, user):
    client.force_login(user)
    rows = client.get(reverse("workbench")).context["figures"]
    return {what: (done, owed, address) for what, done, owed, _, address in rows}


def count(client, address, **more):
    """How many rows a list has in all its pages, with another filter if one is given."""
    asked = dict(part.split("=") for part in urlsplit(address).query.split("&")) | more
    return client.get(urlsplit(address).path, asked).context["page"].paginator.count


MISSING = {"活动日已开展": "MISSING", "活动日记录已交": "HELD", "党费已查验": "OPEN"}


@pytest.mark.parametrize("who", ["zhou", "he", "wang", "sun"])
def test_the_list_has_the_rows_of_the_figure_and_the_filter_those_that_lack(november, client, who):
    found = figures(client, getattr(november, who))

    assert {what: count(client, address) for what, (_, _, address) in found.items() if what in MISSING} == {
        what: owed for what, (_, owed, _) in found.items() if what in MISSING
    }
    assert {what: count(client, found[what][2], status=status) for what, status in MISSING.items()} == {
        what: found[what][1] - found[what][0] for what in MISSING
    }


def test_the_figures_are_these(november, client):
    found = {what: (done, owed) for what, (done, owed, _) in figures(client, november.zhou).items()}

    assert found["活动日已开展"] == (2, 6)  # First, Second, Other, Direct, the late one and Empty; not Old
    assert (found["活动日记录已交"], found["党员到会"]) == ((1, 2), (7 + 4, 9 + 4))
    assert found["党费已查验"] == (1, 5)  # not Empty, not Old


def test_who_came_adds_up_in_the_list_of_the_figure(november, client):
    done, owed, address = figures(client, november.zhou)["党员到会"]

    days = [branch.day for branch in client.get(address).context["page"]]

    assert (sum(day.present for day in days), sum(day.expected for day in days)) == (done, owed)


def test_somebody_of_two_offices_opens_the_list_of_the_one_at_work(november, client):
    """Wang reviews the arts branches, and sits in the department besides."""
    seat = make_seat(november.wang, november.committee, Office.ORGANIZATION_DEPARTMENT)
    client.force_login(november.wang)
    for office in (seat, november.wang.person.appointments.get(organization=november.arts)):
        client.post(reverse("office_choose", args=[office.pk]))
        found = figures_of_session(client)
        assert {what: count(client, found[what][2]) for what in MISSING} == {what: found[what][1] for what in MISSING}


def figures_of_session(client):
    rows = client.get(reverse("workbench")).context["figures"]
    return {what: (done, owed, address) for what, done, owed, _, address in rows}


def test_whoever_sees_no_dues_has_no_figure_of_them(november, client):
    someone = make_officer(november.arts, Office.PUBLICITY_COMMISSIONER, "宣传委员", branch=november.second)

    assert sorted(figures(client, someone)) == sorted({"活动日已开展", "活动日记录已交", "党员到会"})


@pytest.mark.parametrize("who", ["zhou", "wang"])
def test_the_progress_of_a_general_branch_opens_its_plans(november, client, who):
    client.force_login(getattr(november, who))
    progress = client.get(reverse("workbench")).context["progress"]

    states = ("OWED", "SUBMITTED", "OPEN")
    found = {row.name: [count(client, row.url, status=status) for status in states] for row in progress}

    assert found == {row.name: [row.owed, row.waiting, row.unfiled] for row in progress}
    assert found["文学院党总支"] == [3, 1, 1]  # First, Second and Empty: the late one owes no plan for December


def test_the_list_of_the_unfiled_has_the_rows_that_are_counted(november, client):
    client.force_login(november.zhou)
    groups = client.get(reverse("workbench")).context["unfiled"]

    assert (
        [(group.month, count(client, group.url)) for group in groups]
        == [(group.month, group.count) for group in groups]
        == [(NOVEMBER, 2), (DECEMBER, 3)]
    )


def test_the_year_of_a_branch_shows_the_months_of_its_figures(november, client, monday):
    make_day(november.first, OCTOBER, status="RECORDED", absent=1)
    monday.move_to("2026-12-02T10:00:00+08:00")
    MonthlyPlan.objects.filter(month=DECEMBER).update(planned_on=datetime.date(2026, 12, 11))
    client.force_login(november.li)
    year = client.get(reverse("workbench")).context["year"]
    assert {address for *_, address in year} == {reverse("year_so_far")}

    page = client.get(reverse("year_so_far")).context

    rows = page["rows"]
    assert [row.month for row in rows] == [DECEMBER, NOVEMBER, OCTOBER]  # the site is in use since October
    assert page["sums"] == year
    columns = [row.day for row in rows], [row.dues for row in rows]
    counted = [[cell for cell in cells if cell.counts] for cells in columns]
    done = [[cell for cell in cells if cell.style == "done"] for cells in counted]
    held = [row.fraction for row in rows if row.fraction]
    assert [(what, done, owed) for what, done, owed, _, _ in year] == [
        ("活动日已开展", len(done[0]), len(counted[0])),
        ("党员到会", sum(came for came, _ in held), sum(expected for _, expected in held)),
        ("党费已查验", len(done[1]), len(counted[1])),
    ]
    assert [(done, owed) for _, done, owed, _, _ in year] == [(2, 2), (7 + 8, 9 + 9), (1, 1)]
    assert (rows[0].day.word, rows[-1].day.word) == ("12 月 11 日到期", "10 月 9 日")


@pytest.mark.parametrize("who", ["zhou", "wang", "zheng"])
def test_the_year_is_a_branch_officers_page(november, client, who):
    client.force_login(getattr(november, who))
    assert client.get(reverse("year_so_far")).status_code == 302
