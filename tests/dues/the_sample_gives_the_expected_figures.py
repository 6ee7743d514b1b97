"""The sample university, as the two commands read it: all of ``docs/sample/expected.json`` comes out, to the cent.

The dues of November are opened, then paid by everybody, so that what was owed must equal what came in. Amounts are
compared as they are written, so that 5749.6599999 is not 5749.66. The university is loaded once; the tests look at what
was taken down, and the database is as before.
"""

import io
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from python_calamine import CalamineWorkbook

from activities.kinds import MeetingType
from activities.models import Policy
from branches.forms.people import MARKS
from branches.models import Appointment, Office, Organization, Person
from branches.reports.tree import tree_of, whole_tree
from core.accounts import User
from dues import actions, reports, workbook
from dues.models import Charge, DuesMonth, Entry
from meetings.duties import coverage
from meetings.models import Requirement
from tests.branches.sheets import run
from tests.builders import NOVEMBER
from tests.conftest import MONDAY

pytestmark = pytest.mark.django_db  # so that these run before the tests that empty the tables
FOLDER = settings.BASE_DIR / "docs" / "sample"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
OWED = Decimal(EXPECTED["dues_total"])


@dataclass
class Dues:
    """The month in every way in which the software adds it up."""

    listed: list
    total: reports.Sums
    pages: list
    book: list
    states: Counter


@dataclass
class Taken:
    """What the loaded university showed, as plain values."""

    runs: list = field(default_factory=list)
    level: Any = None
    lines: list = field(default_factory=list)
    organizations: Counter = field(default_factory=Counter)
    people: Counter = field(default_factory=Counter)
    offices: list = field(default_factory=list)
    holders: set = field(default_factory=set)
    accounts: set = field(default_factory=set)
    cadres: list = field(default_factory=list)
    without_committee: set = field(default_factory=set)
    charges: Counter = field(default_factory=Counter)
    opened: Dues | None = None
    paid: Dues | None = None
    entries: list = field(default_factory=list)
    went_up: list = field(default_factory=list)
    settled: Dues | None = None
    stated: dict = field(default_factory=dict)


def dues_of(user) -> Dues:
    rows = list(reports.month_list(user, NOVEMBER))
    sums = reports.sums_of(rows)
    lines = [(row, sums[row.pk]) for row in rows]
    book = workbook.list_book(NOVEMBER, lines, "").bytes()
    return Dues(
        listed=[(row.organization, sums_) for row, sums_ in lines],
        total=reports.total_of(reports.month_list(user, NOVEMBER)),
        pages=[reports.month_page(row) for row in rows],
        book=CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python(),
        states=Counter(Charge.objects.with_state().values_list("state", flat=True)),
    )


def pay_everything():
    """Every branch's secretary verifies the month as the untouched table has it."""
    for row in DuesMonth.objects.for_month(NOVEMBER).select_related("organization"):
        secretary = User.objects.get(
            person__appointments__organization=row.organization, person__appointments__office=Office.SECRETARY
        )
        waiting = row.charges.values_list("pk", flat=True)
        actions.verify_month(row, choices={pk: actions.Choice() for pk in waiting}, by=secretary)


def take_down() -> Taken:
    taken = Taken()
    commands = [("import_organizations", "organizations.xlsx"), ("import_people", "people.xlsx")]
    taken.runs = [run(command, FOLDER / file) for command, file in commands]
    taken.runs += [run(command, FOLDER / file) for command, file in commands]
    department = User.objects.filter(person__appointments__office=Office.ORGANIZATION_DEPARTMENT).first()
    taken.level, taken.lines = tree_of(department), whole_tree(department)
    taken.organizations = Counter(one.kind_label for one in Organization.objects.select_related("parent"))
    taken.people = Counter(person.get_standing_display() for person in Person.objects.all())
    taken.offices = list(Appointment.objects.active().values_list("office", flat=True))
    taken.holders = set(Appointment.objects.active().values_list("person__staff_number", flat=True))
    taken.accounts = set(User.objects.values_list("username", flat=True))
    taken.cadres = list(MARKS["cadre"][1](Person.objects.visible_to(department)).values_list("standing", flat=True))
    for model in (Policy, Requirement):
        model.objects.update(effective_from=NOVEMBER)
    taken.without_committee = {
        one.organization_id
        for one in coverage(Organization.objects.branches(), [NOVEMBER])
        if one.type == MeetingType.COMMITTEE and one.not_owed
    }
    actions.open_month(NOVEMBER)
    taken.charges = Counter(Charge.objects.values("person").annotate(n=Count("pk")).values_list("n", flat=True))
    taken.opened = dues_of(department)
    pay_everything()
    taken.paid = dues_of(department)
    taken.entries = list(Entry.objects.values_list("amount", flat=True))
    taken.went_up = [
        Counter(DuesMonth.objects.values_list("status", flat=True)) for _ in hand_everything_in(department)
    ]
    taken.settled = dues_of(department)
    taken.stated = reports.stated_total(DuesMonth.objects.all())
    return taken


def hand_everything_in(department):
    """Every secretary hands in, every general branch forwards its own, the department settles all; a step at a time."""
    for row in DuesMonth.objects.select_related("organization__parent", "verified_by"):
        actions.submit_month(row, by=row.verified_by)
    yield
    for general_branch in Organization.objects.general_branches():
        rows = DuesMonth.objects.filter(organization__parent=general_branch)
        if rows.exists():
            actions.forward_months(rows, by=reviewer_of(general_branch, rows) or department)
    yield
    actions.settle_months(DuesMonth.objects.all(), by=department)
    yield


def reviewer_of(general_branch, rows):
    """An officer of the general branch who handed none of the months in, as the rule wants it; one has no officers."""
    offices = general_branch.appointments.active().filter(office__in=["SECRETARY", "ORGANIZATION_COMMISSIONER"])
    others = offices.exclude(person__user__in=rows.values("submitted_by")).order_by("pk")
    return others.first().person.user if others else None


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), time_machine.travel(MONDAY, tick=False), transaction.atomic():
        taken = take_down()
        transaction.set_rollback(True)
    return taken


def by_general_branch(lines, name):
    """``{code or "direct": 元}`` of one part of the figures, as the branches' list has them."""
    sums = defaultdict(Decimal)
    for organization, figures in lines:
        sums["direct" if organization.is_direct else organization.parent.code] += getattr(figures, name).money
    return {code: str(money) for code, money in sums.items()}


def test_the_first_run_is_new_and_the_second_changes_nothing(sample):
    organizations, people = sum(EXPECTED["organizations"].values()), EXPECTED["rows_in_people"]

    assert sample.runs == [
        ({"new": organizations, "changed": 0, "unchanged": 0, "faulty": 0}, [], 0),
        ({"new": people, "changed": 0, "unchanged": 0, "faulty": 0}, [], 0),
        ({"new": 0, "changed": 0, "unchanged": organizations, "faulty": 0}, [], 0),
        ({"new": 0, "changed": 0, "unchanged": people, "faulty": 0}, [], 0),
    ]


def test_organizations_of_each_kind(sample):
    expected = EXPECTED["organizations"]

    assert sample.organizations == expected
    assert sample.level.totals.general_branches == expected["党总支"]
    assert sample.level.totals.branches == expected["党支部"] + expected["直属党支部"]
    assert len(sample.lines) == sum(expected.values())


def test_people_of_each_standing(sample):
    expected, top = EXPECTED["people"], sample.level.totals

    assert sample.people == expected
    assert sample.people.total() == EXPECTED["rows_in_people"]
    assert (top.full, top.probationary) == (expected["正式党员"], expected["预备党员"])
    assert (top.prospects, top.activists) == (expected["发展对象"], expected["入党积极分子"])
    assert sample.lines[0].totals.members == top.members


def test_offices_and_an_account_for_each_holder(sample):
    """124 branches have a secretary each, and all but one of the 23 general branches."""
    assert len(sample.offices) == EXPECTED["offices"]
    assert sample.accounts == sample.holders
    assert Counter(sample.offices) == {
        "SECRETARY": 124 + 22, "DEPUTY_SECRETARY": 110, "ORGANIZATION_COMMISSIONER": 117 + 22,
        "PUBLICITY_COMMISSIONER": 117, "DISCIPLINE_COMMISSIONER": 110, "ORGANIZATION_DEPARTMENT": 2,
    }  # fmt: skip


def test_leading_cadres(sample):
    assert len(sample.cadres) == EXPECTED["leading_cadres"]


def test_branches_without_a_committee_in_the_tree_and_in_what_meetings_are_owed(sample):
    remarked = {
        line.organization.pk
        for line in sample.lines
        if "不足 7 人，不设支委会" in [remark.word for remark in line.remarks]
    }

    assert len(remarked) == EXPECTED["branches_without_committee"]
    assert sample.without_committee == remarked


def test_every_member_is_charged_once_and_nobody_else(sample):
    assert sample.charges == {1: EXPECTED["people"]["正式党员"] + EXPECTED["people"]["预备党员"]}


@pytest.mark.parametrize("moment, part", [("opened", "owed"), ("opened", "unpaid"), ("paid", "owed"), ("paid", "paid")])
def test_dues_of_each_general_branch_and_in_total(sample, moment, part):
    dues = getattr(sample, moment)

    assert by_general_branch(dues.listed, part) == EXPECTED["dues"]
    assert str(getattr(dues.total, part).money) == EXPECTED["dues_total"]
    assert getattr(dues.total, part).count == sample.charges[1]


@pytest.mark.parametrize("moment", ["opened", "paid"])
def test_list_pages_total_and_workbook_say_the_same(sample, moment):
    dues = getattr(sample, moment)

    assert [page.sums for page in dues.pages] == [sums for _, sums in dues.listed]
    assert reports.total(sums for _, sums in dues.listed) == dues.total
    assert dues.book[-1][:6] == ["", "合计", "124 个党支部", "", float(OWED), sample.charges[1]]
    assert [(line[0], Decimal(str(line[4]))) for line in dues.book[2:-1]][-124:] == [
        (organization.code, sums.owed.money) for organization, sums in dues.listed
    ]


def test_what_came_in_is_what_was_owed_and_nobody_is_left_over_for_a_fraction(sample):
    assert str(sum(sample.entries)) == EXPECTED["dues_total"]
    assert str(sample.paid.total.received) == EXPECTED["dues_total"]
    assert (sample.opened.states, sample.paid.states) == ({"UNPAID": 2655}, {"PAID": 2655})
    assert (sample.paid.total.unpaid, sample.paid.total.arrears) == (reports.Part(), reports.Part())


def test_every_branch_hands_in_and_is_settled_with_the_same_figures(sample):
    branches, direct = 124, EXPECTED["organizations"]["直属党支部"]

    assert sample.went_up == [
        {"SUBMITTED": branches - direct, "FORWARDED": direct},
        {"FORWARDED": branches},
        {"SETTLED": branches},
    ]
    assert sample.settled.total == sample.paid.total
    assert by_general_branch(sample.settled.listed, "paid") == EXPECTED["dues"]
    assert sample.stated["owed"] == sample.stated["paid"] == OWED
    assert sample.stated["owed_people"] == sample.stated["paid_people"] == sample.charges[1]


def test_no_expected_figure_goes_untested():
    assert set(EXPECTED) == {
        "people", "dues", "dues_total", "branches_without_committee", "offices", "leading_cadres", "organizations",
        "rows_in_people", "note",
    }  # fmt: skip
