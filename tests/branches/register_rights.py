"""The table goes on: offices, elections, accounts, sheets, and what is done to the rows of a list or to one's own."""

import datetime

from axes.models import AccessAttempt

from branches import actions
from branches.models import Appointment, CalendarDay, Election, Office, Person, Term
from core import clock
from core.accounts import User
from core.inbox import tell
from core.jobs import Job
from tests.branches import register_acts as acts
from tests.branches import register_states as states
from tests.branches.register_acts import TODAY, YESTERDAY
from tests.branches.register_states import (
    ABOVE,
    DEPARTMENT,
    KEEPERS,
    OFFICES,
    RECEIVERS,
    State,
    asked,
    changed,
)
from tests.builders import make_import, make_person, make_seat

D = datetime.date


# ── offices ──


def office(kind=Office.MEMBER, *, of=None, at="first", closed=False, **fields):
    """An appointment of somebody of First, or the first or a further one of an officer."""

    def build(world, cast):
        organization = getattr(world, at)
        if of:
            row = cast[of].person.appointments.filter(organization=organization).first()
            row = row or make_seat(cast[of], organization, kind)
        else:
            holder = make_person(organization if organization.is_branch else world.first, "任职的人")
            row = Appointment.objects.create(
                person=holder, organization=organization, office=kind, starts_on=D(2024, 1, 1)
            )
        if closed:
            changed(organization, closed_on=YESTERDAY)
        return changed(row, **fields)

    return build


def both(who):
    return {"appointment_end": who, "appointment_correct": who}


APPOINTMENTS = {
    "running": State(office(), acts.APPOINTMENT, both(ABOVE)),
    "of a group leader": State(office(Office.GROUP_LEADER), acts.APPOINTMENT, both(KEEPERS)),
    "with its end ahead": State(office(ends_on=D(2026, 12, 31)), acts.APPOINTMENT, both(ABOVE)),
    "ended": State(office(ends_on=D(2026, 11, 1)), acts.APPOINTMENT, {"appointment_correct": ABOVE}),
    "to come": State(office(starts_on=D(2026, 11, 24)), acts.APPOINTMENT, both(ABOVE)),
    "never begun": State(office(starts_on=D(2026, 11, 1), ends_on=D(2026, 11, 1)), acts.APPOINTMENT),
    "at a closed branch": State(office(closed=True), acts.APPOINTMENT, both(ABOVE)),
    "a keeper's own": State(office(of="organization"), acts.APPOINTMENT, both(ABOVE)),
    "a group leader's own, who keeps": State(
        lambda world, cast: make_seat(cast["organization"], world.first, Office.GROUP_LEADER), acts.APPOINTMENT,
        both(KEEPERS - {"organization"})),
    "below, of somebody above": State(office(of="gb_secretary"), acts.APPOINTMENT, both(ABOVE - {"gb_secretary"})),
    "at the general branch": State(office(of="gb_secretary", at="arts"), acts.APPOINTMENT, both(DEPARTMENT)),
    "at the department": State(office(of="department", at="committee"), acts.APPOINTMENT, both({"colleague"})),
    "below, of the department": State(office(of="department"), acts.APPOINTMENT, both(ABOVE - {"department"})),
}  # fmt: skip


# ── elections ──


def election(*, at="first", of=None, by="department", **fields):
    def build(world, cast):
        organization = getattr(world, at)
        members = Person.objects.filter(organization__path__startswith=organization.path, user=None)
        chosen = [*([cast[of].person] if of else []), *members.order_by("pk")][:3]
        seats = list(zip(chosen, ("SECRETARY", "DEPUTY_SECRETARY", "MEMBER"), strict=True))
        days = {"held_on": TODAY, "term_starts_on": D(2026, 12, 1), "term_ends_on": D(2029, 11, 22)}
        row = actions.hold_election(organization, by=cast[by], seats=seats, **days)
        return changed(row, **fields)

    return build


def undone(world, cast):
    row = election()(world, cast)
    return actions.undo_election(row, by=cast["colleague"], reason="录错了")


def touched_since(world, cast):
    row = election()(world, cast)
    Appointment.objects.filter(election=row, office="MEMBER").update(ends_on=D(2027, 1, 1))
    return Election.objects.get(pk=row.pk)


ELECTIONS = {
    "entered today": State(election(), acts.ELECTION, {"election_undo": ABOVE}),
    "entered today, of somebody above": State(
        election(of="gb_deputy", at="arts"), acts.ELECTION, {"election_undo": DEPARTMENT}),
    "entered today, over a seat of somebody above": State(
        lambda world, cast: (make_seat(cast["gb_deputy"], world.first, Office.MEMBER), election()(world, cast))[1],
        acts.ELECTION, {"election_undo": ABOVE - {"gb_deputy"}}),
    "entered yesterday": State(
        lambda world, cast: changed(election()(world, cast), at=clock.at(YESTERDAY, 9)),
        acts.ELECTION),
    "undone": State(undone, acts.ELECTION),
    "changed since": State(touched_since, acts.ELECTION, shown={"election_undo": ABOVE}),
}  # fmt: skip


# ── accounts ──


def account(state):
    """Somebody of First without an office, whose account is in a state."""

    def build(world, cast):
        who = make_person(world.first, "账号主人", left_on=YESTERDAY if state == "left" else None)
        if state == "none":
            return who
        user = User.objects.create(username=who.staff_number, name=who.name, password="!")
        who = changed(who, user=user)
        if state == "coded":
            actions.hand_out_code(user, by=cast["secretary"])
        elif state != "waiting":
            user.set_password("zhengque-mima-1")
            user.is_active = state != "disabled"
            user.save()
        if state == "locked":
            AccessAttempt.objects.create(username=user.username, ip_address="10.0.0.1", failures_since_start=5)
        return who

    return build


def kept(who, *names):
    return {f"account_{name}": who for name in names}


IN_USE = ("hand_out", "disable", "end_sessions")
ACCOUNTS = {
    "none": State(account("none"), acts.ACCOUNT, kept(KEEPERS, "open")),
    "waiting for a code": State(account("waiting"), acts.ACCOUNT, kept(KEEPERS, *IN_USE)),
    "with a code": State(account("coded"), acts.ACCOUNT, kept(KEEPERS, *IN_USE)),
    "active": State(account("active"), acts.ACCOUNT, kept(KEEPERS, *IN_USE)),
    "locked": State(account("locked"), acts.ACCOUNT, kept(KEEPERS, *IN_USE, "unlock")),
    "disabled": State(account("disabled"), acts.ACCOUNT, kept(KEEPERS, "enable")),
    "of who left": State(account("left"), acts.ACCOUNT),
    "of an officer": State(lambda world, cast: cast["publicity"].person, acts.ACCOUNT, kept(ABOVE, *IN_USE)),
    "of a keeper": State(lambda world, cast: cast["organization"].person, acts.ACCOUNT, kept(ABOVE, *IN_USE)),
    "of somebody above, registered here": State(
        lambda world, cast: changed(cast["gb_deputy"].person, organization=world.first), acts.ACCOUNT,
        kept(DEPARTMENT, *IN_USE)),
    "of the department, registered here": State(
        lambda world, cast: changed(cast["department"].person, organization=world.first), acts.ACCOUNT,
        kept({"colleague"}, *IN_USE)),
}  # fmt: skip


# ── sheets: each is its sender's alone, here the department's ──


def sheet(status, *, job=None, **fields):
    def build(world, cast):
        good = [("200001", "田宏", "文学院第一党支部", "入党积极分子", "在岗职工")]
        row = make_import(cast["department"], good, ("学工号", "姓名", "所在党支部", "人员类别", "工作岗位"))
        assert row.status == "READY"
        if job:
            Job.objects.filter(pk=row.job_id).update(state=job)
        return changed(row, status=status, **fields)

    return build


SENDER = {"department"}
DROPPED = {"import_drop": SENDER}
IMPORTS = {
    "being read": State(sheet("READING"), acts.IMPORT, DROPPED),
    "read": State(sheet("READY"), acts.IMPORT, {"import_confirm": SENDER, "import_drop": SENDER}),
    "faulty": State(sheet("FAULTY"), acts.IMPORT, DROPPED),
    "refused": State(sheet("REFUSED"), acts.IMPORT, DROPPED),
    "being written": State(sheet("WRITING", job="RUNNING"), acts.IMPORT),
    "given up while it was written": State(sheet("WRITING", job="FAILED"), acts.IMPORT,
                                           {"import_confirm": SENDER, "import_drop": SENDER}),
    "done": State(sheet("DONE", done_at=clock.at(TODAY, 9)), acts.IMPORT),
    "dropped": State(sheet("DROPPED"), acts.IMPORT),
}  # fmt: skip


# ── the calendar: it holds for everybody, and is kept at the top ──


def day_of(**fields):
    """A Monday to come, of which something was said where ``fields`` say so."""

    def build(world, cast):
        row = CalendarDay.usual(D(2026, 12, 7))
        return CalendarDay.objects.create(day=row.day, **fields) if fields else row

    return build


def term(world, cast):
    return Term.objects.create(name="2026—2027 学年第一学期", starts_on=D(2026, 9, 1), ends_on=D(2027, 1, 17))


CALENDAR_DAYS = {
    "an ordinary day": State(day_of(), acts.CALENDAR_DAY, {"calendar_day": DEPARTMENT},
                             shown={"calendar_day, an ordinary day": DEPARTMENT}),
    "a free day": State(day_of(is_workday=False, name="校庆"), acts.CALENDAR_DAY,
                        dict.fromkeys(acts.CALENDAR_DAY, DEPARTMENT)),
}  # fmt: skip
CALENDAR_YEARS = {
    "a year that is published": State(lambda world, cast: 2026, acts.CALENDAR_YEAR, {"calendar_seed": DEPARTMENT}),
    "a year that is not": State(lambda world, cast: 2031, acts.CALENDAR_YEAR),
}
TERMS = {"a term": State(term, acts.TERM, dict.fromkeys(acts.TERM, DEPARTMENT))}


# ── lists, and one's own ──


def gathered(world, cast):
    """A transfer from First to Second, a notice for everybody, and nobody has an account code yet."""
    tell(list(cast.values()), "told", key="told", title="请看通知")
    return asked()(world, cast)


REGISTRARS = KEEPERS | {"neighbour", "elsewhere", "gb_elsewhere", "direct"}  # each of a part of their own
GATHERED = {
    "a list": State(gathered, acts.GATHERED, {
        "transfers_accept": RECEIVERS, "accounts_open": REGISTRARS, "people_export_full": REGISTRARS,
        "import_upload": DEPARTMENT, "inbox_read_all": set(OFFICES), "me_edit": set(OFFICES),
        "calendar_range": DEPARTMENT, "term_add": DEPARTMENT,
    }),
}  # fmt: skip
TABLE = {
    "organization": states.ORGANIZATIONS, "group": states.GROUPS, "person": states.PEOPLE,
    "exclusion": states.EXCLUSIONS, "transfer": states.TRANSFERS, "appointment": APPOINTMENTS, "election": ELECTIONS,
    "account": ACCOUNTS, "import": IMPORTS, "gathered": GATHERED,
    "calendar day": CALENDAR_DAYS, "calendar year": CALENDAR_YEARS, "term": TERMS,
}  # fmt: skip
CASES = [(kind, name) for kind, rows in TABLE.items() for name in rows]
