"""Every page of every office costs at most 15 queries, and the same number with few rows as with many.

The pages are taken from the addresses themselves, so a new page is measured from its first day.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from branches.actions import move_many, request_transfer
from branches.models import Election, Exclusion, Person
from core import clock
from core.inbox import Notice, tell
from dues.actions import open_month
from dues.models import Charge, DuesMonth, Entry
from supervision.actions import compute_assessment, publish_assessment
from supervision.models import ResultLine, Scheme
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_branch,
    make_day,
    make_group,
    make_import,
    make_meeting,
    make_person,
    make_plan,
)

MOST = 15
MONDAY = datetime.date(2026, 11, 23)
OFFICES = ["li", "wang", "zhou", "he", "zheng"]
# Posts, and what is no page: a page's fragment, a file, a door to somewhere else.
NOT_PAGES = {
    "audit_export",  # a file, read five hundred entries at a time: two queries for each
    "import_confirm", "import_drop", "import_faulty", "import_progress", "import_template", "import_upload",
    "assessment_compute", "assessment_download", "assessment_progress", "assessment_report", "attendance_mark",
    "day_hold", "day_item_add", "day_item_drop", "day_reopen", "day_resume", "day_save", "day_skip", "day_submit",
    "dues_day", "dues_fill", "dues_verify", "guest_dismiss", "guest_invite", "inbox_read_all", "login", "logout",
    "meeting_confirm", "meeting_correct", "meeting_drop", "meeting_of_item", "meeting_open", "meeting_save", "notice",
    "office_choose", "people_export_full", "plan_accept", "plan_forward", "plan_return", "plan_save", "plan_submit",
    "plan_withdraw", "plans_accept", "plans_forward", "urge", "urge_chosen",
    "exclusion_approve", "exclusion_decline", "exclusion_end", "exclusion_withdraw",  # a person's acts
    "standing_correct", "standing_undo",
    "group_dissolve", "group_found", "group_rename", "groups_arrange", "organization_below", "organization_reopen",
    "account_open", "account_hand_out", "account_disable", "account_enable", "account_unlock",
    "account_end_sessions", "accounts_open",
    "transfer_accept", "transfer_decline", "transfer_undo", "transfer_withdraw", "transfers_accept",
    "person_reveal",
}  # fmt: skip


def pages():
    """Every named address that can be read."""
    found, patterns = set(), [*get_resolver().url_patterns]
    while patterns:
        one = patterns.pop()
        patterns += getattr(one, "url_patterns", [])
        found |= {getattr(one, "name", None)} - {None}
    return sorted(found - NOT_PAGES)


def exclude(person, *, by):
    """Somebody whom the branch proposes not to count."""
    since = datetime.date(2026, 11, 1)
    return Exclusion.objects.create(person=person, reason="因病", starts_on=since, proposed_by=by)


def fill(world, branches):
    """A month of records for each branch: plans, days, dues, minutes, groups, notices."""
    for branch in branches:
        people = [make_person(branch, category=Person.Category.STUDENT) for _ in range(3)]
        make_group(branch, "第一党小组", people)
        for month in (OCTOBER, NOVEMBER):
            day = make_day(branch, month, absent=1, on_leave=1)
            make_meeting(day, by=world.zhou)
        make_plan(branch, NOVEMBER.next, status="SUBMITTED")
        exclude(people[0], by=world.li)
        make_person(branch, standing=Person.Standing.PROBATIONARY, joined_on=datetime.date(2025, 9, 1))
        moved = make_person(branch)
        request_transfer(moved, by=world.zhou, to=world.direct)
        move_many({make_person(branch): world.direct}, by=world.zhou, moved_on=clock.today())
    for month in (OCTOBER, NOVEMBER):
        open_month(month)
    for charge in Charge.objects.filter(month=OCTOBER, entries=None, amount__gt=0):
        Entry.objects.create(charge=charge, amount=charge.amount, month_paid=OCTOBER, key=f"k{charge.pk}", by=world.li)
    for user in (world.li, world.wang, world.zhou):
        tell([user], "plan_due", key=f"n{Notice.objects.count()}", title="计划还没有报送")


def about_a_person(branch):
    """The arguments of a person's acts: on somebody of the branch, who is proposed not to be counted."""
    exclusion = Exclusion.objects.filter(person__organization=branch).first()
    on_person = ("person_edit", "exclusion_propose", "standing_change", "standing_undo", "standing_correct")
    on_exclusion = ("exclusion", *(f"exclusion_{act}" for act in ("approve", "decline", "end", "withdraw")))
    return {
        "person_new": [branch.pk],
        **{name: [exclusion.person_id] for name in on_person}, **{name: [exclusion.pk] for name in on_exclusion},
    }  # fmt: skip


def offices_at(branch):
    """The pages about offices: the branch's, one appointment, and an election entered today."""
    term = {"held_on": MONDAY, "term_starts_on": MONDAY, "term_ends_on": NOVEMBER.last.replace(year=2029)}
    election = Election.objects.create(organization=branch, **term)
    officer = branch.appointments.get(office="PUBLICITY_COMMISSIONER")
    here = ["offices_of", "offices_of_export", "office_appoint", "election_hold"]
    return {name: [branch.pk] for name in here} | {
        "appointment_end": [officer.pk], "appointment_correct": [officer.pk], "election_undo": [election.pk],
    }  # fmt: skip


@pytest.fixture
def objects(world):
    """What stands in the address of each page that is about one thing; all of it is First Branch's."""
    fill(world, [world.first])
    compute_assessment(OCTOBER)
    row = compute_assessment(OCTOBER.previous)
    publish_assessment(row, by=world.zhou)
    day = world.first.days.get(month=NOVEMBER)
    october = DuesMonth.objects.get(organization=world.first, month=OCTOBER)
    entry = Entry.objects.filter(charge__dues_month=october).first()
    charge = Charge.objects.filter(dues_month__organization=world.first, month=NOVEMBER).first()
    asked = request_transfer(world.zheng.person, by=world.chen, to=world.second)
    moving = make_person(world.first)
    metric = ResultLine.objects.filter(denominator__gt=0).first().metric
    return {
        "plan": [day.plan.pk], "plan_edit": [world.first.pk, NOVEMBER.next.next], "plan_print": [day.plan.pk],
        "day": [day.pk], "day_attendance": [day.pk], "day_record": [day.pk],
        "dues_month": [october.pk], "dues_sheet": [october.pk], "dues_month_export": [october.pk],
        "dues_pay": [charge.pk], "dues_reverse": [entry.pk],
        "meeting": [world.first.meetings.first().pk], "meeting_print": [world.first.meetings.first().pk],
        "organization_found": [world.arts.pk], "organization_below": [world.arts.pk],
        **{f"organization_{act}": [world.first.pk] for act in ("rename", "move", "close")}, "groups": [world.first.pk],
        "organization": [world.first.pk], "person": [day.attendance.first().person_id],
        "account": [day.attendance.first().person_id],
        "person_timeline": [day.attendance.first().person_id],
        "assessment": [OCTOBER], "assessment_publish": [OCTOBER],
        "assessment_evidence": [OCTOBER, world.first.pk, metric],
        "scheme_edit": [Scheme.objects.get().pk],
        "audit_of": ["activities.activityday", day.pk],
        **about_a_person(world.first),
        "transfer": [asked.pk], "transfer_print": [asked.pk], "transfer_request": [moving.pk],
        "person_leave": [moving.pk], "person_admit": [world.first.pk], "graduates": [world.first.pk],
        "import": [make_import(world.zhou).pk], "import_template": ["people"],
        **offices_at(world.first),
    }  # fmt: skip


def costs(client, user, objects):
    """``{page: (status, queries)}`` of one user, each page after a warm-up."""
    client.force_login(user)
    found = {}
    for name in pages():
        address = reverse(name, args=objects.get(name, []))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        found[name] = (status, len(queries))
    return found


def test_every_page_costs_the_same_with_few_rows_and_with_many(world, client, objects):
    few = {office: costs(client, getattr(world, office), objects) for office in OFFICES}
    fill(world, [make_branch(world.arts, f"第{number}党支部", members=4) for number in range(3, 9)])
    compute_assessment(OCTOBER)
    many = {office: costs(client, getattr(world, office), objects) for office in OFFICES}

    opened = {name for rows in many.values() for name, (status, _) in rows.items() if status == 200}
    assert opened == set(pages())  # each was really shown to somebody
    assert {(office, name): n for office, rows in many.items() for name, (_, n) in rows.items() if n > MOST} == {}
    assert many == few
