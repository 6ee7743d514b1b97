"""The dated steps by which a row leads from the register's standing to its own, and what is wrong with one of them."""

import datetime
from dataclasses import dataclass

from branches import standing
from branches.imports.people.lines import HEADINGS, STEPS
from branches.models import Person, StandingChange
from branches.reports.people import masked_day
from core import clock

Kind = StandingChange.Kind
# the standing that is gained: the kind of step, and the column that gives its day
GAINS: dict[str, tuple[str, str]] = {
    Person.Standing.PROSPECT: (Kind.PROSPECT, ""),
    Person.Standing.PROBATIONARY: (Kind.ADMITTED, "joined_on"),
    Person.Standing.FULL: (Kind.CONFIRMED, "confirmed_on"),
}


@dataclass(frozen=True)
class Step:
    """One step that a row brings. Without ``is_dated`` the sheet gives no day for it, and it is taken as today's."""

    kind: str
    before: str
    after: str
    changed_on: datetime.date
    is_dated: bool


def steps_of(line) -> list[Step]:
    """Each step that somebody known gains by a row, with its day. One passed over is taken if the row gives its day."""
    found = []
    before, last = line.existing.standing, line.values["standing"]
    for after in STEPS[STEPS.index(before) + 1 : STEPS.index(last) + 1]:
        kind, column = GAINS[after]
        day = line.values.get(column)
        if day or after == last:
            found.append(Step(kind, before, after, day or clock.today(), bool(day)))
            before = after
    return found


def check_steps(plan, line, register) -> None:
    """A sheet may be old: each step is asked what the page asks of it, so none comes before the last that is known."""
    person = line.existing
    last_on, last_kind = register.last_steps.get(person.pk, (None, ""))
    for step in steps_of(line):
        facts = standing.Facts(
            born_on=line.values.get("born_on"), joined_on=line.values.get("joined_on") or person.joined_on,
            probation_until=person.probation_until, last_on=last_on, moved_on=None,
            probation_months=register.probation_months,
        )  # fmt: skip
        if why_not := _why_not(step, facts, last_kind, person):
            plan.fault(line.row, HEADINGS[GAINS[step.after][1] or "standing"][0], why_not)
        last_on, last_kind = step.changed_on, step.kind


def _why_not(step, facts, last_kind, person) -> str:
    """What is wrong with a step, as the cell's sentence; a birth date that only the register holds is not told whole.

    Who was cancelled is admitted again only on a day that the sheet names: one without it may be from before.
    """
    if step.kind == Kind.ADMITTED and last_kind == Kind.CANCELLED and not step.is_dated:
        return f"{facts.last_on} 取消了预备党员资格；再次接收的，请写明接收的日期；没有的，请改为现在的类别"
    wrong = standing.faults(step.kind, facts, changed_on=step.changed_on, until=None, note="", today=clock.today())
    if "changed_on" in wrong:
        return f"{step.changed_on}：{wrong['changed_on'].rstrip('。')}"
    if "note" in wrong:
        return f"预备期到 {facts.probation_ends} 才满；确实提前转正的，请在这个人的页面登记，写明依据"
    held = None if facts.born_on else person.born_on
    if step.kind == Kind.ADMITTED and held and not standing.is_of_age(held, step.changed_on):
        return (
            f"{step.changed_on}：入党要年满 {standing.AGE_OF_JOINING} 岁，名册里的出生日期是 {masked_day(held)}，请核对"
        )
    return ""
