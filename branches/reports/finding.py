"""Which people of the register are meant, by words, place, office and what is to be looked at, and in which order."""

from django.db.models import Case, F, Q, Value, When

from branches import access
from branches.models import Appointment, Exclusion, Person, StructurePolicy
from branches.structure import latest_start
from branches.words import organization_named
from core import clock

MOST_PLACES = 50


def places_named(organizations, text):
    """The first fifty that a name or code means."""
    return list(organizations.filter(organization_named(text)).order_by("code")[:MOST_PLACES])


def under(places, *paths) -> Q:
    """What lies in any of the organizations, and in everything below them; ``paths`` lead to a row's organizations."""
    scope = Q(pk__in=[])
    for place in places:
        for path in paths:
            scope |= access.within(path, place.path)
    return scope


def in_office(people, *offices):
    """Those of ``people`` who hold one of the offices today; without naming any, whatever office."""
    running = Appointment.objects.active().filter(office__in=offices) if offices else Appointment.objects.active()
    return people.filter(left_on=None, pk__in=running.values("person"))


def without_office(people):
    """Those who hold no office today."""
    return people.exclude(left_on=None, pk__in=Appointment.objects.active().values("person"))


def not_expected(people):
    """不计入应到 today, by an approved exclusion."""
    return people.filter(pk__in=Exclusion.objects.running_on(clock.today()).values("person"))


def probation_over(people):
    """Probationary members whose probation is over: the day it was extended to, or else the policy's months."""
    today = clock.today()
    begun_by = latest_start(today, StructurePolicy.in_force().probation_months)
    return people.filter(
        Q(probation_until__lte=today) | Q(probation_until=None, joined_on__lte=begun_by), standing="PROBATIONARY"
    )


def _rank(field, values):
    """The order in which users know the choices of a field, which is not that of their codes."""
    return Case(*[When(**{field: value}, then=Value(place)) for place, value in enumerate(values)], default=Value(99))


ORDERS = {
    "organization": F("organization__code"),
    "name": F("name"),
    "number": F("staff_number"),
    "standing": _rank("standing", Person.Standing.values),
    "category": _rank("category", Person.Category.values),
    "joined": F("joined_on"),
    "confirmed": F("confirmed_on"),
    "left": F("left_on"),
}


def ordered(people, key):
    """By one of ``ORDERS``, backwards with a minus before it; who has no such date comes last either way."""
    by = ORDERS[key.removeprefix("-")]
    first = by.desc(nulls_last=True) if key.startswith("-") else by.asc(nulls_last=True)
    return people.order_by(first, "organization__code", "staff_number")
