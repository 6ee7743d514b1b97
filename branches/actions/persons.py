"""Somebody enters the register, and the facts of somebody in it change. No right hangs on any of these fields."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from branches import rules
from branches.actions.order import lock_people
from branches.models import Person
from core.audit import record
from core.workflow import StaleState, lock, no, require

FACTS = (
    "name", "gender", "ethnicity", "born_on", "education", "category", "phone", "group", "membership_state",
    "is_floating", "is_lost_contact", "is_leading_cadre",
)  # fmt: skip


class FactsOvertaken(Exception):
    """Raised when the facts were changed by somebody else since the page was opened; nothing was written."""


def version_of(row, names=FACTS) -> str:
    """A print of the facts as they stand: two pages that showed the same carry the same."""
    values = [getattr(row, row._meta.get_field(name).attname) for name in names]
    return hashlib.sha256(json.dumps(values, cls=DjangoJSONEncoder).encode()).hexdigest()[:16]


@transaction.atomic
def add_person(organization, *, by, standing, joined_on=None, **facts):
    """Enter somebody into a branch's register for the first time. It is no transfer: nobody came from anywhere.

    Who has been admitted already is entered by the level that approves admissions.
    """
    organization = lock(organization)
    require(rules.can_add_person(by, organization))
    _see_that_it_is_there(facts.get("group") and lock(facts["group"]), organization.pk)
    person = Person(organization=organization, standing=standing, joined_on=joined_on, **facts)
    if standing == Person.Standing.FULL:
        require(no("正式党员从外面来，请办理“转入”；在本校转正的，先登记为预备党员。"))
    if person.is_member:
        require(rules.can_take_step(by, person, "ADMITTED"))
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise StaleState(f"学工号 {person.staff_number} 刚刚有人登记了，请在名册里查一查。") from error
    record(person, "person.added", by=by, standing=standing, joined_on=joined_on)
    return person


@transaction.atomic
def edit_person(person, *, by, version, **facts):
    """Change the facts that the form shows. ``version`` is what the page was opened with; raises FactsOvertaken.

    Standing, the days of joining, organization and offices have acts of their own.
    """
    (person,) = lock_people([person.pk])
    require(rules.can_edit_person(by, person))
    if version_of(person) != version:
        raise FactsOvertaken
    changed = [name for name in FACTS if name in facts and getattr(person, name) != facts[name]]
    if not changed:
        return person
    if "group" in changed and (group := facts["group"]):
        group.refresh_from_db()  # its branch is held, so nobody dissolves it meanwhile
        _see_that_it_is_there(group, person.organization_id)
    for name in changed:
        setattr(person, name, facts[name])
    person.save(update_fields=changed)
    also = []
    if "name" in changed and person.user:
        account = lock(person.user)
        account.name = person.name
        account.save(update_fields=["name"])
        also.append(account)
    words = "、".join(str(Person._meta.get_field(name).verbose_name) for name in changed)
    record(person, "person.edited", by=by, note=words, also=also)
    return person


def _see_that_it_is_there(group, organization_id):
    if group and (group.closed_on or group.organization_id != organization_id):
        raise StaleState(f"{group}刚刚被撤销了，请重新选择。")


@transaction.atomic
def edit_own(person, *, by, phone, email):
    """One's own phone and e-mail, as one knows them best."""
    person = lock(person)
    require(rules.can_edit_own(by, person))
    account = lock(person.user)
    if (person.phone, account.email) == (phone, email):
        return person
    person.phone, account.email = phone, email
    person.save(update_fields=["phone"])
    account.save(update_fields=["email"])
    record(person, "person.edited_own", by=by, also=[account])
    return person
