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
