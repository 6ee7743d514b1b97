"""People of a standing, and the steps of it as a page sends them; it is 23 November 2026."""

import datetime

from branches import actions
from branches.models import Person
from tests.builders import make_person

D = datetime.date
TODAY = D(2026, 11, 23)
MEMBERS = ("FULL", "PROBATIONARY")


def someone(branch, standing, **fields):
    joined = {"joined_on": D(2025, 10, 8) if standing in MEMBERS else None}
    confirmed = {"confirmed_on": D(2026, 10, 8)} if standing == "FULL" else {}
    return make_person(branch, standing=standing, **(joined | confirmed | fields))


def typed(kind, **changes):
    values = {"kind": kind, "changed_on": TODAY, "note": "支部大会决议"}
    return values | ({"until": D(2027, 6, 8)} if kind == "EXTENDED" else {}) | changes


def change(person, by, kind, **changes):
    return actions.change_standing(person, by=by, **typed(kind, **changes))


def state(person):
    """All that a step could write of a person, with the entries and the transfers."""
    rows = (Person.objects.filter(pk=person.pk), person.standing_changes.order_by("pk"), person.transfers.all())
    return [list(row.values()) for row in rows]
