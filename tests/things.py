"""What the addresses of the site are about: a thing of every kind, of any organization."""

import datetime

from django.core.files.base import ContentFile

from activities.actions.feeds import open_feed
from activities.check_in_codes import code_of
from activities.models import ActivityDay, CheckIn, DayItem, Dimension, Feed, Guest, MonthlyPlan, Policy
from branches.actions import move_many, request_transfer
from branches.models import Appointment, Election, Exclusion, Office, Organization, Person, StandingChange, Term
from core import clock
from core.accounts import User
from core.inbox import Notice, tell
from dues.actions import open_month
from dues.models import ArrearsNote, Charge, DuesMonth, Entry, PayScheme, Receipt, ReversalRequest
from supervision.actions import compute_assessment, publish_assessment, request_report
from supervision.models import Assessment, Report, Result, ResultLine, Scheme
from tests.attendance_builders import make_leave, make_make_up
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_annual_plan,
    make_day,
    make_group,
    make_guide,
    make_meeting,
    make_officer,
    make_person,
    make_plan,
    make_summary,
    make_template,
)
from tests.publicity_builders import make_mark, make_publicity
from tests.rates_builders import make_rates
from tests.record_builders import make_photo
from tests.service_builders import fill_service, service_things_of

MONDAY = datetime.date(2026, 11, 23)
SEPTEMBER = OCTOBER.previous
FEBRUARY = NOVEMBER.next.next.next

# what stands in the address → the addresses with exactly that in them
TAKES = {
    "organization": [
        "organization", "organization_below", "organization_found", "organization_rename", "organization_move",
        "organization_close", "organization_reopen", "groups", "group_found", "groups_arrange", "offices_of",
        "offices_of_export", "office_appoint", "election_hold", "person_new", "person_admit", "graduates", "feed_open",
        "own_kinds",
        "publicity_add",
        "wish_post", "pairing_begin",
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
    "plan": ["plan", "plan_print", "plan_document", "plan_postpone", "template_keep"],
    "plan template": ["plan_template", "template_save", "template_drop"],
    "filed plan": [
        "plan_withdraw", "plan_forward", "plan_accept", "plan_return", "plan_amend", "plan_drop", "plan_discard",
    ],
    "month of a branch": ["plan_edit", "plan_from", "plan_save", "plan_autosave", "plan_submit", "plan_cancel"],
    "annual plan": ["annual_plan"],
    "summary": ["summary"],
    "year on paper": ["year_print", "year_document"],
    "year of an organization": ["year_edit", "year_save", "year_submit"],
    "guide": ["guide", "guide_print", "guide_withdraw", "guide_drop"],
    "file of a guide": ["guide_file"],
    "month of a guide": ["guide_edit", "guide_save", "guide_issue", "guide_correct"],
    "year": [
        "year", "year_export", "education_year", "education_year_export", "education_people",
        "education_people_export",
    ],
    "year of a person": ["education_person", "pledge_write"],
    "branch and year": ["handbook", "handbook_print", "handbook_document"],
    "day": [
        "day", "day_attendance", "day_record", "day_hold", "day_skip", "day_resume", "day_item_add", "day_save",
        "day_submit", "day_reopen", "guest_invite", "dues_day", "day_autosave", "day_return",
        "day_record_print", "day_record_document", "day_sign_in", "day_sign_in_document",
        "marks_save", "day_leaves", "leave_enter", "day_check_in_code", "make_up_add",
    ],
    "publicity": [
        "publicity_item", "publicity_save", "publicity_drop", "publicity_picture", "publicity_thumb",
    ],
    "file of a day": ["day_file", "day_file_thumb", "day_file_drop", "day_file_move"],
    "attendance": ["attendance_mark", "attendance_correct"],
    "guest": ["guest_dismiss"],
    "leave": ["leave_withdraw"],
    "make-up": ["make_up_edit", "make_up_drop"],
    "file of a make-up": ["make_up_file"],
    "item": ["meeting_of_item", "meeting_open"],
    "item of a day": ["day_item_drop"],
    "meeting": [
        "meeting", "meeting_print", "meeting_save", "meeting_confirm", "meeting_correct", "meeting_drop",
    ],
    "dues month": [
        "dues_month", "dues_month_export", "dues_sheet", "dues_verify", "dues_fill", "dues_submit", "dues_withdraw",
        "dues_return",
    ],
    "charge": ["dues_pay"],
    "entry": ["dues_reverse"],
    "reversal": ["dues_reversal"],
    "receipt": ["dues_receipt"], "owing": ["dues_owing", "dues_pay_together"],
    "payer": ["base_history", "base_set"],
    "bases of a year": ["bases_year"],
    "result": ["assessment_evidence"],
    "report": ["assessment_download"],
    "urged branch": ["urge"],
    "notice": ["notice"],
    "feed": ["feed_renew", "feed_revoke"],
    "wish": [
        "wish", "wish_claim", "wish_give_back", "wish_finish", "wish_confirm", "wish_send_back", "wish_withdraw",
    ],
    "pairing": ["pairing", "pairing_visit", "pairing_end"],
    "visit": ["visit_drop"],
    "pledge": ["pledge", "pledge_check"],
    "import": ["import", "import_progress", "import_confirm", "import_drop", "import_faulty"],
    "record": ["audit_of"],
    # of no organization
    "assessment": ["assessment", "assessment_publish", "assessment_report", "assessment_progress"],
    "month": ["assessment_compute"],
    "urged month": ["urge_chosen"],
    "scheme": ["scheme_edit"],
    "policy": ["policy_drop"],
    "rates": ["rates_drop"],
    "month of rates": ["rates_trial_of", "rates_trial_of_export"],
    "pay scheme": ["pay_items_drop"],
    "dimension": [
        "dimension", "dimension_save", "dimension_raise", "dimension_end", "dimension_resume", "dimension_drop",
    ],
    "template": ["import_template"],
    "calendar day": ["calendar_day"],
    "calendar year": ["calendar_seed"],
    "term": ["term_edit", "term_drop"],
    # of whoever has it
    "token": ["calendar_feed"],
    "code in the room": ["check_in"],
}  # fmt: skip


def arguments(things):
    """``{name of an address: what stands in it}`` for things of one organization."""
    return {name: things[kind] for kind, names in TAKES.items() if kind in things for name in names}


def exclude(person, *, by):
    """Somebody whom the branch proposes not to count."""
    since = datetime.date(2026, 11, 1)
    return Exclusion.objects.create(person=person, reason="因病", starts_on=since, proposed_by=by)


def fill(world, branches):
    """A month of records for each branch: plans, days, dues, minutes, groups, notices; whoever likes checks in."""
    Policy.objects.update(self_check_in=True)
    for branch in branches:
        people = [make_person(branch, category=Person.Category.STUDENT) for _ in range(3)]
        make_group(branch, "第一党小组", people)
        for month in (OCTOBER, NOVEMBER):
            day = make_day(branch, month, absent=1, on_leave=1)
            make_meeting(day, by=world.zhou)
            make_mark(day)
            make_publicity(branch, world.li, day=day)
        make_plan(branch, NOVEMBER.next, status="SUBMITTED")
        make_template(branch, "服务月", by=world.li)
        fill_service(branch, people)
        exclude(people[0], by=world.li)
        make_person(branch, standing=Person.Standing.PROBATIONARY, joined_on=datetime.date(2025, 9, 1))
        moved = make_person(branch)
        request_transfer(moved, by=world.zhou, to=world.direct)
        move_many({make_person(branch): world.direct}, by=world.zhou, moved_on=clock.today())
    for above in (world.arts, world.committee):
        make_template(above, f"模板 {above.plan_templates.count() + 1}")
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
    """What belongs to no organization: a month, the scheme, a day and a term; and a link that needs no office."""
    term = Term.objects.create(name="2026—2027 学年第一学期", starts_on=NOVEMBER.first, ends_on=FEBRUARY.last)
    reader = Appointment.objects.get(office="LEADER", organization__parent=None)
    _, token = open_feed(Organization.objects.get(code="0201"), by=reader.person.user)
    return {
        "assessment": [OCTOBER], "month": [OCTOBER], "urged month": ["plan", NOVEMBER],
        "scheme": [Scheme.objects.get().pk], "template": ["people"], "policy": [Policy.objects.get().pk],
        "rates": [make_rates(FEBRUARY).pk], "month of rates": [FEBRUARY],
        "pay scheme": [PayScheme.objects.get().pk],
        "dimension": [Dimension.objects.get(name="创").pk],
        "calendar day": [MONDAY], "calendar year": [2026], "term": [term.pk], "token": [token],
        "code in the room": code_in_the_room("0201001"),
    }  # fmt: skip


def code_in_the_room(code):
    """The address that the room of a branch's November shows now."""
    day = ActivityDay.objects.get(organization__code=code, month=NOVEMBER)
    return [day.pk, code_of(day)]


def things_of_office(organization, register):
    """What every organization has, a committee too: itself, a member of its committee, an election, a notice.

    The notice, the seat and the feed are those of whoever came into office first. ``register`` is where the member is
    registered.
    """
    term = {"held_on": MONDAY, "term_starts_on": MONDAY, "term_ends_on": NOVEMBER.last.replace(year=2029)}
    election = Election.objects.create(organization=organization, **term)
    officer = organization.appointments.order_by("pk").first()
    member = make_officer(organization, Office.MEMBER, "季委员", branch=register).person
    tell([officer.person.user], "plan_due", key=f"of {organization.pk}", title="计划还没有报送")
    plan, summary = make_annual_plan(organization, 2026, "FILED"), make_summary(organization, 2025, "FILED")
    feed = Feed.objects.create(organization=organization, owner=officer.person.user, token_hash=f"of {organization.pk}")
    return {
        "annual plan": [plan.pk], "filed annual plan": ["annual", plan.pk], "year on paper": ["annual", plan.pk],
        "summary": [summary.pk], "filed summary": ["summary", summary.pk], "year": [organization.pk, 2026],
        "year of an organization": ["annual", organization.pk, 2027],
        "plan template": [make_template(organization, by=officer.person.user).pk],
        "annual plan in force": [make_annual_plan(organization, 2025).pk],
        "organization": [organization.pk], "election": [election.pk], "seat": [officer.pk],
        "appointment": [member.appointments.get().pk],
        "notice": [Notice.objects.get(key=f"of {organization.pk}").pk], "feed": [feed.pk],
        "month of a guide": [organization.pk, FEBRUARY],
        "publicity": [make_publicity(organization, officer.person.user, has_picture=True).pk],
    }  # fmt: skip


def guides_of(organization, *, by):
    """An issued guide of an organization above the branches, with a file and items; and a draft of another month."""
    items = [("EDUCATION", "SPIRIT", "学习宪法", True), ("SERVICE", "LEGAL_AID", "法律咨询", False)]
    issued = make_guide(organization, by, items=items, files=["方案.pdf", "名单.pdf"])
    draft = make_guide(organization, by, NOVEMBER + 4, items=items, files=["草稿.pdf"], is_issued=False)
    return {
        "guide": [issued.pk], "file of a guide": [issued.pk, issued.files.first().pk],
        "unissued guide": [draft.pk], "file of an unissued guide": [draft.pk, draft.files.get().pk],
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
    make_up = make_make_up(day)
    entry = paid.entries.first()
    asked = ReversalRequest.objects.create(entry=entry, reason="记错了人", by=world.li)
    note = ArrearsNote.objects.create(person=paid.person, finding="ASKING", text="正在联系", by=world.li)
    receipt = Receipt.objects.create(branch=branch, year=2026, number=1, person=paid.person, by=world.li)
    step = StandingChange.objects.create(
        person=person, kind="CORRECTED", before="PROBATIONARY", after="FULL", changed_on=MONDAY, by=world.zhou
    )
    return things_of_office(branch, branch) | {
        "group": [branch.pk, group.pk], "person": [person.pk], "account": [person.pk],
        "year of a person": [person.pk, 2026],
        "exclusion": [Exclusion.objects.filter(person__organization=branch).first().pk], "transfer": [sent.pk],
        "plan": [day.plan.pk], "filed plan": ["month", filed.pk], "month of a branch": [branch.pk, FEBRUARY],
        "branch and year": [branch.pk, 2026],
        "day": [day.pk], "attendance": [day.attendance.order_by("pk").last().pk],
        "mark": [day.marks.first().pk],
        "guest": [Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子").pk],
        "file of a day": [day.pk, make_photo(day, world.li).pk],
        "leave": [make_leave(branch.days.get(month=NOVEMBER.next), day.attendance.order_by("pk").last().person).pk],
        "make-up": [make_up.pk], "file of a make-up": [make_up.pk, make_up.files.get().pk],
        "check-in": [CheckIn.objects.get_or_create(attendance=day.attendance.order_by("pk").last())[0].pk],
        "item": [item.pk], "item of a day": [day.pk, item.pk], "meeting": [branch.meetings.first().pk],
        "dues month": [october.pk], "charge": [charge.pk], "entry": [entry.pk], "reversal": [asked.pk],
        "receipt": [receipt.pk], "owing": [paid.person_id], "arrears note": [note.pk], "payer": [person.pk],
        "bases of a year": [branch.pk, 2026],
        "result": [OCTOBER, branch.pk, metric], "urged branch": ["plan", NOVEMBER, branch.pk],
        "record": ["activities.activityday", day.pk], "step": [step.pk],
        "figures": [Result.objects.get(organization=branch, assessment__month=OCTOBER).pk],
    } | service_things_of(branch, person)  # fmt: skip
