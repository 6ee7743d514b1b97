"""What a plan of people writes, all of it in one transaction."""

import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from branches.imports.people.lines import READERS
from branches.imports.plan import Faulty, Plan
from branches.models import Appointment, Person
from core import clock
from core.accounts import User
from core.audit import AuditEntry, entry_of
from core.contributions import registry

KEYS = {"organization": "organization_id", "group": "group_id"}  # of changes that name a row, as the log has them


@transaction.atomic
def apply(plan: Plan, *, by, offices_since: datetime.date | None = None) -> None:
    """Write what ``read`` found. New appointments run from ``offices_since`` (by default today).

    Raises Faulty, with nothing written, when the plan has faults.
    """
    if plan.faults:
        raise Faulty
    for column in registry.sheet_columns:
        column.lock()
    made = Person.objects.bulk_create(
        [Person(organization=line.branch, **line.values) for line in plan.new], batch_size=500
    )
    for line, person in zip(plan.new, made, strict=True):
        line.existing = person
    changed = [line for line, _ in plan.changed]
    _end_offices([row.pk for line in changed for row in line.ending])
    for line in changed:
        for name, value in line.values.items():
            setattr(line.existing, name, value)
        if line.existing.organization_id != line.branch.pk:
            line.existing.organization, line.existing.group = line.branch, None
    fields = ["name", "standing", "membership_state", "organization", "group", *READERS]
    Person.objects.bulk_update([line.existing for line in changed], fields, batch_size=200)
    lines = [*plan.new, *changed]
    _appoint(lines, offices_since or clock.today())
    for column in registry.sheet_columns:
        column.write({line.existing.pk: line.extras[column.name] for line in lines if column.name in line.extras}, by)
    changes = {id(line): found for line, found in plan.changed}
    AuditEntry.objects.bulk_create(
        [_entry(line.existing, changes.get(id(line), []), by) for line in lines], batch_size=500
    )


def _end_offices(ids):
    """From today on they run no more; one that was to begin later never begins."""
    Appointment.objects.filter(pk__in=ids).update(ends_on=Greatest(F("starts_on"), clock.today()))


def _appoint(lines, since):
    """Appointments that are not there yet, and an account (without a password) for every office holder."""
    officers = [line for line in lines if line.seats]
    lasting = set(Appointment.objects.lasting().values_list("person_id", "organization_id", "office"))
    Appointment.objects.bulk_create(
        [
            Appointment(
                person=line.existing, organization=seat.organization, office=seat.office, title=seat.title,
                starts_on=since,
            )
            for line in officers
            for seat in line.seats
            if (line.existing.pk, seat.organization.pk, seat.office) not in lasting
        ],
        batch_size=500,
    )  # fmt: skip
    without = [line for line in officers if line.existing.user_id is None]
    unusable = User()
    unusable.set_unusable_password()
    lacking = [line.existing for line in without if line.account_id is None]
    users = User.objects.bulk_create(
        [User(username=one.staff_number, name=one.name, password=unusable.password) for one in lacking], batch_size=500
    )
    for person, user in zip(lacking, users, strict=True):
        person.user = user
    for line in without:
        line.existing.user_id = line.existing.user_id or line.account_id
    Person.objects.bulk_update([line.existing for line in without], ["user"], batch_size=500)


def _entry(person, changes, by):
    told = {KEYS.get(change.field, change.field): [change.before, change.after] for change in changes}
    return entry_of(person, "person.imported", by=by, changes=told)
