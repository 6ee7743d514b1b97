"""What the addresses of the site are about: a thing of every kind, of any organization."""

import datetime

from django.core.files.base import ContentFile

from activities.models import DayItem, Guest, MonthlyPlan
from branches.actions import move_many, request_transfer
from branches.models import Election, Exclusion, Office, Person, StandingChange
from core import clock
from core.accounts import User
from core.inbox import Notice, tell
from dues.actions import open_month
from dues.models import Charge, DuesMonth, Entry
from supervision.actions import compute_assessment, publish_assessment, request_report
from supervision.models import Assessment, Report, Result, ResultLine, Scheme
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_day,
    make_group,
    make_meeting,
    make_officer,
    make_person,
    make_plan,
)

MONDAY = datetime.date(2026, 11, 23)
SEPTEMBER = OCTOBER.previous
FEBRUARY = NOVEMBER.next.next.next

# what stands in the address → the addresses with exactly that in them
TAKES = {
    "organization": [
        "organization", "organization_below", "organization_found", "organization_rename", "organization_move",
        "organization_close", "organization_reopen", "groups", "group_found", "groups_arrange", "offices_of",
        "offices_of_export", "office_appoint", "election_hold", "person_new", "person_admit", "graduates",
    ],
    "group": ["group_rename", "group_dissolve"],
    "appointment": ["appointment_end", "appointment_correct"],
    "election": ["election_undo"],
    "seat": ["office_choose"],
    "person": [
        "person", "person_timeline", "person_reveal", "person_edit", "person_leave", "transfer_request",
        "standing_change", "standing_undo", "standing_correct", "exclusion_propose",
    ],
    "account": [
        "account", "account_open", "account_hand_out", "account_disable", "account_enable", "account_unlock",
        "account_end_sessions",
    ],
    "exclusion": [
        "exclusion", "exclusion_approve", "exclusion_decline", "exclusion_end", "exclusion_withdraw",
    ],
    "transfer": [
        "transfer", "transfer_print", "transfer_accept", "transfer_decline", "transfer_withdraw", "transfer_undo",
    ],
    "plan": ["plan", "plan_print"],
    "filed plan": ["plan_withdraw", "plan_forward", "plan_accept", "plan_return"],
    "month of a branch": ["plan_edit", "plan_save", "plan_submit"],
    "day": [
        "day", "day_attendance", "day_record", "day_hold", "day_skip", "day_resume", "day_item_add", "day_save",
        "day_submit", "day_reopen", "guest_invite", "dues_day",
    ],
    "attendance": ["attendance_mark"],
    "guest": ["guest_dismiss"],
    "item": ["meeting_of_item", "meeting_open"],
    "item of a day": ["day_item_drop"],
    "meeting": [
        "meeting", "meeting_print", "meeting_save", "meeting_confirm", "meeting_correct", "meeting_drop",
    ],
    "dues month": ["dues_month", "dues_month_export", "dues_sheet", "dues_verify", "dues_fill"],
    "charge": ["dues_pay"],
    "entry": ["dues_reverse"],
    "result": ["assessment_evidence"],
    "report": ["assessment_download"],
    "urged branch": ["urge"],
    "notice": ["notice"],
    "import": ["import", "import_progress", "import_confirm", "import_drop", "import_faulty"],
    "record": ["audit_of"],
    # of no organization
    "assessment": ["assessment", "assessment_publish", "assessment_report", "assessment_progress"],
    "month": ["assessment_compute"],
    "urged month": ["urge_chosen"],
    "scheme": ["scheme_edit"],
    "template": ["import_template"],
}  # fmt: skip


def arguments(things):
    """``{name of an address: what stands in it}`` for things of one organization."""
    return {name: things[kind] for kind, names in TAKES.items() if kind in things for name in names}


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


def assess(world):
    """October is computed, September published; whoever holds a scheme or a month sees these."""
    compute_assessment(OCTOBER)
    publish_assessment(compute_assessment(SEPTEMBER), by=world.zhou)


def things_of_nobody():
    """What belongs to no organization: a month, the scheme, a template."""
    return {
        "assessment": [OCTOBER], "month": [OCTOBER], "urged month": ["plan", NOVEMBER],
        "scheme": [Scheme.objects.get().pk], "template": ["people"],
    }  # fmt: skip


def things_of_office(organization, register):
    """What every organization has, a committee too: itself, a member of its committee, an election, a notice.

    The notice and the seat are those of whoever came into office first. ``register`` is where the member is registered.
    """
    term = {"held_on": MONDAY, "term_starts_on": MONDAY, "term_ends_on": NOVEMBER.last.replace(year=2029)}
    election = Election.objects.create(organization=organization, **term)
    officer = organization.appointments.order_by("pk").first()
    member = make_officer(organization, Office.MEMBER, "季委员", branch=register).person
    tell([officer.person.user], "plan_due", key=f"of {organization.pk}", title="计划还没有报送")
    return {
        "organization": [organization.pk], "election": [election.pk], "seat": [officer.pk],
        "appointment": [member.appointments.get().pk],
        "notice": [Notice.objects.get(key=f"of {organization.pk}").pk],
    }  # fmt: skip


def report_of(organization, *, by):
    """The workbook of October of an organization above the branches."""
    file = ContentFile(b"PK", "report.xlsx")
    row = Report(organization=organization, job=request_report(OCTOBER, organization, by=by), file=file)
    row.assessment = Assessment.objects.get(month=OCTOBER)
    row.save()
    return {"report": [OCTOBER, organization.pk]}


def with_account(person):
    """A member with an account and without an office."""
    person.user = User.objects.create(username=person.staff_number, name=person.name, password="!")
    person.save(update_fields=["user"])
    return person


def things_of(world, branch):
    """A thing of every kind of a branch that ``fill`` has filled; ``assess`` has been called."""
    day = branch.days.get(month=NOVEMBER)
    october = DuesMonth.objects.get(organization=branch, month=OCTOBER)
    paid = Charge.objects.filter(dues_month=october, entries__isnull=False).order_by("pk").first()
    charge = Charge.objects.filter(dues_month__organization=branch, month=NOVEMBER).order_by("pk").first()
    group = branch.groups.get()
    person = with_account(Person.objects.filter(group=group).order_by("pk").last())
    filed = make_plan(branch, NOVEMBER.next.next, MonthlyPlan.Status.SUBMITTED)
    metric = ResultLine.objects.filter(denominator__gt=0).first().metric
    sent = request_transfer(make_person(branch), by=world.zhou, to=world.direct)
    item = DayItem.objects.filter(day=day, kind="MEETING", meeting=None).first()
    step = StandingChange.objects.create(
        person=person, kind="CORRECTED", before="PROBATIONARY", after="FULL", changed_on=MONDAY, by=world.zhou
    )
    return things_of_office(branch, branch) | {
        "group": [branch.pk, group.pk], "person": [person.pk], "account": [person.pk],
        "exclusion": [Exclusion.objects.filter(person__organization=branch).first().pk], "transfer": [sent.pk],
        "plan": [day.plan.pk], "filed plan": [filed.pk], "month of a branch": [branch.pk, FEBRUARY],
        "day": [day.pk], "attendance": [day.attendance.order_by("pk").last().pk],
        "guest": [Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子").pk],
        "item": [item.pk], "item of a day": [day.pk, item.pk], "meeting": [branch.meetings.first().pk],
        "dues month": [october.pk], "charge": [charge.pk], "entry": [paid.entries.first().pk],
        "result": [OCTOBER, branch.pk, metric], "urged branch": ["plan", NOVEMBER, branch.pk],
        "record": ["activities.activityday", day.pk], "step": [step.pk],
        "figures": [Result.objects.get(organization=branch, assessment__month=OCTOBER).pk],
    }  # fmt: skip
