"""Who held which office when, at one organization; whom one may choose; and what an election would change."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When

from branches import access
from branches.access import can
from branches.models import Appointment, Election, Office, Person
from branches.rules import elections as rules
from branches.words import person_named

STATES = {
    "running": ("现任", lambda rows: rows.active()),
    "coming": ("还没有到任", lambda rows: rows.lasting().exclude(pk__in=rows.active().values("pk"))),
    "past": ("已卸任", lambda rows: rows.exclude(pk__in=rows.lasting().values("pk"))),
}


@dataclass(frozen=True)
class AppointmentLine:
    """An appointment as the history shows it; what the user may still do about it are ``acts``: (word, address)."""

    appointment: Appointment
    is_seen: bool
    can_end: bool
    can_correct: bool

    @property
    def state(self) -> tuple[str, str]:
        """(style, word) of the chip."""
        row = self.appointment
        if row.ends_on == row.starts_on:
            return "none", "没有到任"
        if row.is_over:
            return "none", "已卸任"
        return ("wait", "还没有到任") if row.is_coming else ("done", "现任")


def appointments_of(organization, user):
    """All appointments ever at an organization, as far as the user sees them: lasting ones first, then the latest."""
    rows = Appointment.objects.visible_to(user).filter(organization=organization)
    lasting = Case(When(pk__in=rows.lasting().values("pk"), then=Value(0)), default=Value(1))
    rows = rows.select_related("person", "organization__parent", "group", "election")
    return rows.order_by(lasting, F("starts_on").desc(), "pk")


def appointment_lines(rows, user) -> list[AppointmentLine]:
    """Lines for a page of appointments, in two queries."""
    rows = list(rows)
    people = Person.objects.visible_to(user).filter(pk__in=[row.person_id for row in rows])
    seen = set(people.values_list("pk", flat=True))
    return [
        AppointmentLine(
            row,
            row.person_id in seen,
            not row.is_over and bool(can(user, "appointment.end", row)),
            bool(can(user, "appointment.correct", row)),
        )
        for row in rows
    ]


def elections_of(organization, user) -> list[tuple[Election, bool]]:
    """The elections of an organization, the latest first, each with whether the user may take its entry back."""
    rows = Election.objects.visible_to(user).filter(organization=organization).select_related("by", "organization")
    return [(row, bool(can(user, "election.undo", row))) for row in rows]


def may_be_chosen(organization, user, *, from_above=False):
    """Members whom the user may put into an office here: of the branch or from below; ``from_above`` a branch's
    secretary or deputy may also come from elsewhere under the level above. Never the user."""
    root = organization.parent if from_above and organization.is_branch else organization
    people = Person.objects.visible_to(user).present().members().filter(access.within("organization__path", root.path))
    people = people.exclude(user=user) if user.is_authenticated else people
    return people.select_related("organization").order_by("organization__code", "name", "staff_number")


def may_be_elected(organization, user):
    """Full members of the branch, or of everything below a general branch; never the user."""
    return may_be_chosen(organization, user).filter(standing=Person.Standing.FULL)


def by_name_or_number(people, text):
    """At most six of ``people`` whom a typed name or number means, a whole number or name before a part of one."""
    exact = list(people.filter(Q(staff_number__iexact=text) | Q(name=text))[:6])
    return exact or list(people.filter(person_named(text))[:6])


def will_end(organization, day) -> list[int]:
    """The ids of the offices that an election ends on a day."""
    return [row.pk for row in rules.running(organization, day)]


@dataclass(frozen=True)
class Change:
    """What an election does to one person's office; ``word`` says it."""

    person: Person
    label: str
    style: str
    word: str


def changes_of(organization, seats, day: datetime.date) -> list[Change]:
    """Who comes, who stays and who goes, in the order of offices."""
    old = list(rules.running(organization, day))
    held = {(row.person_id, row.office) for row in old}
    chosen = {(person.pk, office) for person, office in seats}
    found = [
        (office, Change(person, Office(office).label, *(("done", "连任") if again else ("wait", "新任"))))
        for person, office in seats
        for again in [(person.pk, office) in held]
    ]
    found += [
        (row.office, Change(row.person, row.label, "late", "不再担任"))
        for row in old
        if (row.person_id, row.office) not in chosen
    ]
    return [change for _, change in sorted(found, key=lambda pair: Office.values.index(pair[0]))]
