"""Where a select would hold thousands of organizations, each list asks for a name or code instead, and finds the same.

Zhou sits in the department and sees nine organizations; here four are already too many for a select.
"""

import datetime

import pytest
from django.urls import reverse

from branches.actions import propose_exclusion, request_transfer
from branches.forms import places
from core.audit import record
from tests.builders import make_person

LISTS = ["accounts", "audit", "exclusions", "standings_due", "transfers"]
SEARCH = 'name="place"'
BOX = 'aria-label="组织名称或编码"'  # on the page of graduates a place is also where they go


@pytest.fixture(autouse=True)
def something_everywhere(world):
    """In First and in Other one of each kind of row; the move is from First to Second."""
    joined = datetime.date(2025, 9, 1)
    for branch, officer in ((world.first, world.li), (world.other, world.qian)):
        for name in ("甲", "乙"):
            make_person(branch, f"{branch.short_name}{name}", standing="PROBATIONARY", joined_on=joined)
        one, other = branch.people.filter(standing="PROBATIONARY").order_by("pk")
        propose_exclusion(one, by=officer, reason="因病", starts_on=datetime.date(2026, 11, 1))
        request_transfer(other, by=officer, to=world.second)
        record(branch, "organization.renamed", by=world.zhou)


def rows_of(name, page):
    """Which of the two branches a list shows rows of."""
    of = {
        "accounts": lambda line: line.person.organization, "exclusions": lambda line: line.row.person.organization,
        "standings_due": lambda line: line.person.organization,
        "transfers": lambda line: line.transfer.from_organization,
    }.get(name)  # fmt: skip
    lines = page.context["lines"]
    return {line.organization for line in lines} if of is None else {of(line).short_name for line in lines}


def graduates(client, world, **filters):
    """The page of the general branch, and whose students it lists."""
    page = client.get(reverse("graduates", args=[world.arts.pk]), filters)
    return page, {person.organization for person, *_ in page.context["lines"]}


@pytest.fixture
def students(world):
    for branch in (world.first, world.second, world.other):
        make_person(branch, category="STUDENT")


def test_students_who_graduate_are_narrowed_to_a_branch_of_the_part_that_the_page_is_about(world, client, students):
    client.force_login(world.zhou)
    page, shown = graduates(client, world)
    assert page.context["filter"].organizations == [world.first, world.second]
    assert (BOX in page.content.decode(), shown) == (False, {world.first, world.second})
    narrowed = [graduates(client, world, organization=one.pk)[1] for one in (world.first, world.arts, world.other)]
    assert narrowed == [{world.first}, {world.first, world.second}, set()]


def test_of_very_many_branches_the_students_branch_is_looked_for(world, client, students, monkeypatch):
    monkeypatch.setattr(places, "MOST_OPTIONS", 1)
    client.force_login(world.zhou)
    page, shown = graduates(client, world)
    assert (page.context["filter"].organizations, shown) == ([], {world.first, world.second})
    assert (BOX in page.content.decode(), 'name="organization"' in page.content.decode()) == (True, False)
    page, shown = graduates(client, world, place="党支部")
    assert (page.context["filter"].organizations, shown) == ([world.first, world.second], {world.first, world.second})
    page, shown = graduates(client, world, place=world.second.code)
    assert (page.context["filter"].organizations, shown) == ([world.second], {world.second})
    assert graduates(client, world, place=world.other.code)[1] == set()


@pytest.mark.parametrize("name", LISTS)
def test_among_few_one_is_chosen(world, client, name):
    client.force_login(world.zhou)
    page = client.get(reverse(name), {"organization": world.first.pk})
    assert rows_of(name, page) == {world.first.short_name}
    assert (SEARCH in page.content.decode(), str(world.other) in page.content.decode()) == (False, True)


@pytest.mark.parametrize("name", LISTS)
def test_among_many_it_is_looked_for_by_name_or_code_and_a_foreign_one_is_not_found(world, client, monkeypatch, name):
    monkeypatch.setattr(places, "MOST_OPTIONS", 3)
    client.force_login(world.zhou)
    page = client.get(reverse(name))
    assert (SEARCH in page.content.decode(), 'name="organization"' in page.content.decode()) == (True, False)
    assert {world.first.short_name, world.other.short_name} <= rows_of(name, page)
    for words in ("文学院第一", world.first.code):
        page = client.get(reverse(name), {"place": words})
        assert rows_of(name, page) == {world.first.short_name}
        assert page.context["filter"].organizations == [world.first]
        assert page.context["filter"].words["组织名称或编码"] == words
    assert rows_of(name, client.get(reverse(name), {"place": "没有这个组织"})) == set()
    client.force_login(world.wang)
    assert rows_of(name, client.get(reverse(name), {"place": world.other.code})) == set()
