"""What a plan of people writes, all of it in one transaction."""

import datetime

from django.db import transaction

from branches import identity
from branches.actions.accounts import void_codes
from branches.actions.offices import tell_many_started
from branches.actions.transfers import move_many
from branches.imports.offices import Offices
from branches.imports.parts import parts
from branches.imports.people.register import Branches, words_of
from branches.imports.people.steps import steps_of
from branches.imports.plan import Faulty, Plan
from branches.models import Appointment, Organization, Person, StandingChange, Transfer
from core import clock
from core.accounts import User
from core.audit import AuditEntry, entry_of, record_many, remember
from core.contributions import registry

KEYS = {"organization": "organization_id", "group": "group_id"}  # of changes that name a row, as the log has them
NOTE = "随名册导入"


def lock(sheet) -> None:
    """Hold what a write will change before it is compared: what higher floors lock, then in the order of all acts.

    That is whom the sheet names, where they are, and every organization that it names; nobody else waits.
    """
    for column in registry.sheet_columns:
        column.lock()
    people: dict[int, int] = {}
    for numbers in parts(words_of(sheet, "staff_number")):
        rows = Person.objects.filter(staff_number__in=numbers).order_by()
        people |= dict(rows.values_list("pk", "organization"))
    organizations = {*people.values(), *Branches(sheet).ids, *Offices(words_of(sheet, "offices")).ids}
    for ids in parts(organizations):
        _hold(Organization.objects.filter(pk__in=ids).select_for_update(no_key=True))
    asked = Transfer.objects.open()
    under_way = [pk for ids in parts(people) for pk in asked.filter(person__in=ids).values_list("pk", flat=True)]
    for ids in parts(under_way):
        _hold(asked.filter(pk__in=ids).select_for_update())
    for ids in parts(people):
        _hold(Person.objects.filter(pk__in=ids).select_for_update())


def _hold(rows):
    list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def apply(plan: Plan, *, by, offices_since: datetime.date | None = None) -> None:
    """Write what ``compare`` found. New appointments run from ``offices_since`` (by default today).

    Raises Faulty, with nothing written, when the plan has faults.
    """
    if plan.faults:
        raise Faulty
    for column in registry.sheet_columns:
        column.lock()
    made = Person.objects.bulk_create(
        [Person(organization=line.branch, **line.values, **_sealed(line)) for line in plan.new], batch_size=500
    )
    for line, person in zip(plan.new, made, strict=True):
        line.existing = person
    changed = [line for line, _ in plan.changed]
    steps = _steps(changed, by)
    _move([line for line in changed if line.existing.organization_id != line.branch.pk], by)
    _write_facts(plan.changed)
    lines = [*plan.new, *changed]
    _appoint(lines, offices_since or clock.today(), by)
    StandingChange.objects.bulk_create(steps, batch_size=500)
    for column in registry.sheet_columns:
        column.write({line.existing.pk: line.extras[column.name] for line in lines if column.name in line.extras}, by)
    changes = {id(line): found for line, found in plan.changed}
    AuditEntry.objects.bulk_create(
        [_entry(line.existing, changes.get(id(line), []), by) for line in lines], batch_size=500
    )


def _sealed(line) -> dict[str, str]:
    return {"identity_sealed": identity.seal(line.identity)} if line.identity else {}


def _move(lines, by):
    """Who goes to another branch leaves the group and the offices of the old one; those above it go on."""
    move_many({line.existing: line.branch for line in lines}, by=by, moved_on=clock.today(), note=NOTE)


def _write_facts(changed):
    """Only what some row changes is written, and only to whom it changes."""
    fields: set[str] = set()
    rows = []
    for line, changes in changed:
        facts = {change.field: change.after for change in changes if change.field in line.values}
        if any(change.field == "identity" for change in changes):
            facts |= _sealed(line)
        for name, value in facts.items():
            setattr(line.existing, name, value)
        fields |= facts.keys()
        if facts:
            rows.append(line.existing)
    if rows:
        Person.objects.bulk_update(rows, sorted(fields), batch_size=200)


def _steps(lines, by) -> list[StandingChange]:
    return [
        StandingChange(
            person=line.existing, kind=step.kind, before=step.before, after=step.after, changed_on=step.changed_on,
            note=NOTE, by=by,
        )
        for line in lines
        for step in steps_of(line)
    ]  # fmt: skip


def _appoint(lines, since, by):
    """The offices that the rows give, and an account (without a password) for every office holder; logged and told."""
    officers = [line for line in lines if line.seats]
    begun = Appointment.objects.bulk_create(
        [
            Appointment(
                person=line.existing, organization=seat.organization, office=seat.office, title=seat.title,
                group=seat.group, starts_on=since,
            )
            for line in officers
            for seat in line.given
        ],
        batch_size=500,
    )  # fmt: skip
    _give_accounts([line for line in officers if line.existing.user_id is None], by)
    entries = [
        entry_of(row, "appointment.started", by=by, note=f"{row.person} {row}，{since} 起，{NOTE}") for row in begun
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    void_codes([row.person for row in begun], by=by)
    users = User.objects.in_bulk([row.person.user_id for row in begun])
    for row in begun:
        row.person.user = users[row.person.user_id]
    tell_many_started(begun, by=by)


def _give_accounts(lines, by):
    """The account that waits for them already, as it is; else a new one under the own number."""
    unusable = User()
    unusable.set_unusable_password()
    people = [line.existing for line in lines]
    lacking = [line.existing for line in lines if line.account_id is None]
    remember(*people)
    users = User.objects.bulk_create(
        [User(username=one.staff_number, name=one.name, password=unusable.password) for one in lacking], batch_size=500
    )
    for person, user in zip(lacking, users, strict=True):
        person.user = user
    for line in lines:
        line.existing.user_id = line.existing.user_id or line.account_id
    Person.objects.bulk_update(people, ["user"], batch_size=500)
    record_many(people, "person.account_opened", by=by, note=NOTE)
    record_many(users, "account.opened", by=by, note=NOTE)


def _entry(person, changes, by):
    told = {KEYS.get(change.field, change.field): [change.before, change.after] for change in changes}
    return entry_of(person, "person.imported", by=by, note=NOTE, changes=told)
