"""Whoever types a code in small letters, or the beginning of one, finds the same on every list of the site.

Organizations are looked for by name, short name or the beginning of the code; people by name or the beginning of the
number. First Branch has the code AB-01 and there is Ma of First with the number N77; Other has rows that must not show.
"""

import datetime
import re
from pathlib import Path

import pytest
from django.urls import reverse

from branches.actions import propose_exclusion, request_transfer
from branches.models import Organization, Person
from branches.reports.transfers import find_branches
from core.clock import now
from dues.actions import open_month
from dues.actions.verifying import state
from dues.models import DuesMonth, Receipt
from tests.builders import OCTOBER, World, make_day, make_person

CODES = ("AB-01", "ab-0", "文学院第一", "中共测试学院文学院第一")
NUMBERS = ("N77", "n7", "马同")
PLACES = {  # list → how its rows name their organization, and what else is asked
    "organizations": (lambda row: row.organization, {}),
    "terms": (lambda row: row.organization, {"matter": "all"}),
    "plans": (lambda row: row, {"month": "2026-10"}),
    "days": (lambda row: row, {"month": "2026-10"}),
    "dues": (lambda row: row.organization, {"month": "2026-10"}),
    "dues_waiting": (lambda row: row.organization, {}),
    "meeting_coverage": (lambda row: row.branch, {"month": "2026-10"}),
}
PEOPLE = {
    "people": lambda line: line.person, "accounts": lambda line: line.person,
    "standings_due": lambda line: line.person, "exclusions": lambda line: line.row.person,
    "transfers": lambda line: line.transfer.person, "dues_receipts": lambda row: row.person,
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ma(world: World, client):
    Organization.objects.filter(pk=world.first.pk).update(code="AB-01")
    joined = datetime.date(2025, 9, 1)
    for branch, by, name, number in (
        (world.first, world.li, "马同志", "N77"), (world.other, world.qian, "牛同志", "X77"),
    ):  # fmt: skip
        one = make_person(branch, name, standing="PROBATIONARY", joined_on=joined)
        Person.objects.filter(pk=one.pk).update(staff_number=number)
        propose_exclusion(one, by=by, reason="因病", starts_on=datetime.date(2026, 11, 1))
        request_transfer(one, by=by, to=world.second)
        make_day(branch, OCTOBER)
        Receipt.objects.create(branch=branch, year=2026, number=1, person=one, by=by)
    open_month(OCTOBER)
    DuesMonth.objects.update(
        status="FORWARDED",
        verified_at=now(),
        first_verified_at=now(),
        submitted_at=now(),
        first_submitted_at=now(),
        submitted_by=world.li,
    )
    for row in DuesMonth.objects.all():
        state(row, "SUBMITTED", world.li)
    client.force_login(world.zhou)
    return Person.objects.get(name="马同志")


def shown(client, name, of, **filters):
    context = client.get(reverse(name), filters).context
    lines = context.get("lines", context.get("rows"))
    lines = [line for line, *_ in lines] if name.startswith("dues") else lines
    return {of(line) for line in (context["page"] if lines is None else lines)}


def test_a_branch_is_found_by_name_or_the_beginning_of_its_code(ma, world, client):
    found = {}
    for name, (of, filters) in PLACES.items():
        everything = {str(one) for one in shown(client, name, of, **filters)}
        assert {world.first.short_name, world.other.short_name} <= everything or name == "organizations", name
        for typed in CODES:
            found[name, typed] = {str(one) for one in shown(client, name, of, **filters, q=typed)}
    assert found == {(name, typed): {world.first.short_name} for name in PLACES for typed in CODES}


def test_also_where_somebody_goes(ma, world):
    found = {typed: list(find_branches(world.zhao.person, typed)) for typed in CODES}
    assert found == {typed: [world.first] for typed in CODES}


def test_somebody_is_found_by_name_or_the_beginning_of_the_number(ma, client):
    found = {}
    for name, of in PEOPLE.items():
        filters = {"when": "all"} if name == "standings_due" else {}
        assert {"马同志", "牛同志"} <= {one.name for one in shown(client, name, of, **filters)}, name
        found |= {(name, typed): shown(client, name, of, **filters, q=typed) for typed in NUMBERS}
    assert found == {(name, typed): {ma} for name in PEOPLE for typed in NUMBERS}


def test_no_list_has_a_search_of_its_own():
    """A code or a number is compared in one module; elsewhere whoever types small letters would find less."""
    own = [
        str(path.relative_to(ROOT))
        for app in ("branches", "activities", "dues", "meetings", "supervision")
        for path in sorted((ROOT / app).rglob("*.py"))
        if re.search(r"(code|staff_number)__i?startswith", path.read_text(encoding="utf-8"))
    ]
    assert own == ["branches/words.py"]
