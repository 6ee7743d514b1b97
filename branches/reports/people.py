"""The register of people as lists show it, one person's timeline, and the search by name or number."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from branches.models import Appointment, Person
from core.contributions import registry

TIMELINE_LENGTH = 100


@dataclass(frozen=True)
class PersonLine:
    """A row of the register: ``offices`` are held today, named with their place if elsewhere.

    ``phone`` is masked unless ``is_full``.
    """

    person: Person
    offices: str
    phone: str
    is_full: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """Something in a person's time as a member; ``source`` names the part of the software that knows it."""

    day: datetime.date
    what: str
    url: str
    source: str


def masked_phone(phone: str) -> str:
    """139****0001: enough to recognise, too little to call. What is shorter shows its last two figures at most."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 4 else ("****" if phone else "")


def lines_with_phones(people, user) -> list[PersonLine]:
    """Lines for a scoped queryset, the phones in full where the user keeps the register; only with a reason given."""
    return person_lines(people, full=set(people.kept_by(user).order_by().values_list("pk", flat=True)))


def person_lines(people, *, full=frozenset()) -> list[PersonLine]:
    """Lines for a scoped queryset or a page of one, in two queries; phones are masked but for the ids in ``full``."""
    people = list(people)
    offices: dict[int, list[str]] = {}
    running = Appointment.objects.active().filter(person__in=[one.pk for one in people if one.left_on is None])
    homes = {person.pk: person.organization_id for person in people}
    for row in running.select_related("organization"):
        word = row.label if row.organization_id == homes[row.person_id] else str(row)
        offices.setdefault(row.person_id, []).append(word)
    return [
        PersonLine(
            person,
            "、".join(offices.get(person.pk, [])),
            person.phone if person.pk in full else masked_phone(person.phone),
            person.pk in full,
        )
        for person in people
    ]


def in_office(people):
    """Those of ``people`` who hold an office today."""
    return people.filter(pk__in=Appointment.objects.active().values("person"))


def named(people, text):
    """Those whose name has the text in it, or whose number begins with it."""
    return people.filter(Q(name__icontains=text) | Q(staff_number__istartswith=text))


def find_people(text, user):
    """At most ten visible people by name or number, those present first."""
    rows = named(Person.objects.visible_to(user), text)
    return rows.select_related("organization").order_by("left_on", "organization__code", "staff_number")[:10]


def timeline_of(person, user) -> list[TimelineEntry]:
    """What every floor knows of a person, as far as the user may see it, latest first."""
    entries = [
        TimelineEntry(day, what, url, source.name)
        for source in registry.timelines
        for day, what, url in source.rows(person, user)
        if day is not None
    ]
    return sorted(entries, key=lambda entry: entry.day, reverse=True)[:TIMELINE_LENGTH]


def register_entries(person, user):
    """The register's own part of a person's timeline: joining, confirmation, offices, leaving."""
    if person.joined_on:
        yield person.joined_on, "加入党组织", ""
    if person.confirmed_on:
        yield person.confirmed_on, "转为正式党员", ""
    if person.left_on:
        yield person.left_on, "离开所在党支部名册", ""
    held = Appointment.objects.visible_to(user).filter(person=person).select_related("organization")
    for row in held:
        yield row.starts_on, f"任{row}", ""
        if row.ends_on:
            yield row.ends_on, f"不再担任{row}", ""
