"""What the page of somebody's standing shows, and who is on probation."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from branches import rules
from branches.models import Person, StandingChange, StructurePolicy
from branches.standing import STEPS, Step, steps_from
from branches.structure import latest_start, months_later
from core import clock
from core.workflow import Verdict

SOON = 3  # months before the end of a probation in which the confirmation is prepared


@dataclass(frozen=True)
class StepOffer:
    """A step that starts from the present standing, and whether the user may register it."""

    kind: str
    step: Step
    verdict: Verdict


@dataclass(frozen=True)
class ProbationLine:
    """A probationary member and the end of the probation; None where the day of joining is not known."""

    person: Person
    ends_on: datetime.date | None
    is_over: bool

    @property
    def word(self) -> str:
        if self.ends_on is None:
            return "入党日期未填"
        extended = "，延长过" if self.person.probation_until else ""
        return ("已期满" if self.is_over else "预备期内") + extended


def offers(person, user) -> list[StepOffer]:
    """The steps that the table allows from here."""
    if person.left_on:
        return []
    return [
        StepOffer(kind, STEPS[kind], rules.can_take_step(user, person, kind)) for kind in steps_from(person.standing)
    ]


def history(person):
    """The entries of somebody's standing, latest first."""
    return list(person.standing_changes.select_related("by").order_by("-changed_on", "-pk"))


def has_steps(entries) -> bool:
    """Is there a registered step among the entries of somebody's standing, beside corrections?"""
    return any(row.kind != StandingChange.Kind.CORRECTED for row in entries)


def probation_ends(person, policy=None) -> datetime.date | None:
    """When a probation is over, by the extension or else by the months that the policy names."""
    months = (policy or StructurePolicy.in_force()).probation_months
    return person.probation_until or (person.joined_on and months_later(person.joined_on, months))


def probationers(people, when):
    """Those of ``people`` who are on probation: ``over`` by today, ``soon`` within three months, or all."""
    rows = people.present().filter(standing=Person.Standing.PROBATIONARY).order_by("joined_on", "staff_number")
    if when == "all":
        return rows
    months, today = StructurePolicy.in_force().probation_months, clock.today()
    day = months_later(today, SOON) if when == "soon" else today
    began = latest_start(day, months)
    return rows.filter(Q(probation_until__lte=day) | Q(probation_until=None, joined_on__lte=began))


def probation_lines(people) -> list[ProbationLine]:
    """Lines for a page of people, or for all of them."""
    policy, today = StructurePolicy.in_force(), clock.today()
    lines = []
    for person in people:
        ends_on = probation_ends(person, policy)
        lines.append(ProbationLine(person, ends_on, ends_on is not None and ends_on <= today))
    return lines
