"""列席: whom the plan invited is on the list when the day is held; others are added, or taken off."""

import re

from django.db import IntegrityError, transaction

from activities import rules
from activities.actions.attendance import FROM
from activities.kinds import GuestGroup
from activities.models import Guest
from branches.models import Person
from core.audit import record
from core.workflow import StaleState, lock, require

BY_STANDING = {GuestGroup.PROSPECT, GuestGroup.ACTIVIST}  # floating members of the branch are on its roster
LONGEST = 60  # letters of a name


def carry_guests(day, *, by):
    """Put whom the plan invited on the guest list of a day that is being held: by group as persons, then by name.

    For ``hold_day``, in its transaction and under its lock.
    """
    people = _invited_by_group(day)
    taken = {person.name for person in people}
    guests = [Guest(day=day, person=person, name=person.name, capacity=person.capacity) for person in people]
    guests += [Guest(day=day, name=name) for name in names_in(day.plan.guests) if name not in taken]
    if guests:
        Guest.objects.bulk_create(guests)
        record(day, "guests.carried", by=by, note="、".join(guest.name for guest in guests), guests=len(guests))
    return guests


def _invited_by_group(day):
    """The branch's prospects and activists on the day, each with ``capacity``; of two of one name, with the number."""
    standings = BY_STANDING.intersection(day.plan.guest_groups)
    here = Person.objects.at(day.organization, day.held_on).with_standing_on(day.held_on)
    people = list(here.filter(standing_then__in=standings).order_by("-standing_then", "staff_number"))
    names = [person.name for person in people]
    for person in people:
        person.capacity = Person.Standing(person.standing_then).label
        if names.count(person.name) > 1:
            person.capacity += f"（{person.staff_number}）"
    return people


def names_in(text: str) -> list[str]:
    """The names of a line, each once: 校团委 王老师 is one, so a blank parts nobody."""
    names = [name.strip()[:LONGEST] for name in re.split("[、，,；;\\n]", text)]
    return list(dict.fromkeys(filter(None, names)))


@transaction.atomic
def invite_guest(day, *, by, name, capacity="", person=None):
    """Add somebody who was there outside the rate (列席)."""
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    try:
        with transaction.atomic():
            guest = Guest.objects.create(day=day, name=name, capacity=capacity, person=person)
    except IntegrityError as error:
        raise StaleState(f"{name}已经在列席名单里。") from error
    record(day, "guest.invited", by=by, note=name)
    return guest


@transaction.atomic
def dismiss_guest(guest, *, by):
    """Take a guest off the list again."""
    day = lock(guest.day, *FROM["write"])
    require(rules.can_write(by, day))
    record(day, "guest.dismissed", by=by, note=guest.name, gone=[guest])
    guest.delete()
    return day
