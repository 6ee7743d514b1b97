"""政治生日: whose anniversary of joining falls in a month, in the words of the run."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from activities.kinds import EducationForm, EducationKind, ItemKind
from branches.models import Person
from core.periods import Month

MOST_LETTERS = 300  # of an item's content
MINUTES = 20
OF_NOBODY = "为本月入党的党员过政治生日"  # where names have no place: in a template


@dataclass(frozen=True)
class Birthday:
    """A member's anniversary of joining in a year: on which date."""

    person: Person
    joined_on: date
    on: date

    @property
    def words(self) -> str:
        return f"{self.person.name}（{self.joined_on.year} 年入党，{self.on.year - self.joined_on.year} 年）"


def birthdays_of(members: Iterable, month: Month) -> list[Birthday]:
    """Who of a branch's members (``prefill.members_of``) joined in a month of that name of an earlier year.

    Whoever was transferred in after the month belonged to another branch in it.
    """
    found = [
        Birthday(one, one.joined_on, anniversary(one.joined_on, month.year))
        for one in members
        if one.joined_on and one.joined_on.month == month.number and one.joined_on.year < month.year
        and not (one.came_on and one.came_on > month.last)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.on, one.person.staff_number))


def anniversary(joined_on: date, year: int) -> date:
    """The date of an anniversary; who joined on 29 February has it on the 28th in a year without one."""
    last = calendar.monthrange(year, joined_on.month)[1]
    return date(year, joined_on.month, min(joined_on.day, last))


def items_of(birthdays: list[Birthday]) -> list[dict]:
    """The item that celebrates them, as PlanItem fields; none for nobody."""
    what = {"kind": ItemKind.EDUCATION.value, "subtype": EducationKind.THOUGHT.value}
    said = {"form": EducationForm.BIRTHDAY.value, "content": words_of(birthdays), "minutes": MINUTES}
    return [what | said] if birthdays else []


def words_of(birthdays: list[Birthday]) -> str:
    """Who has a birthday, in one line, as many by name as an item has room for."""
    head = f"为 {len(birthdays)} 位党员过政治生日："
    names = [one.words for one in birthdays]
    for shown in range(len(names), 0, -1):
        text = head + "、".join(names[:shown]) + ("等" if shown < len(names) else "")
        if len(text) <= MOST_LETTERS:
            return text
    return head.rstrip("：")


def celebrates(item) -> bool:
    """Is an item (a row, a line of a form, or a dict of its fields) a political birthday?"""
    return (item.get("form", "") if isinstance(item, dict) else item.form) == EducationForm.BIRTHDAY


def for_another_month(run: Iterable[dict], birthdays) -> list[dict]:
    """A run taken from another month: a birthday names whose it is now, and is left out where nobody has one.

    ``birthdays`` gives those of the month; it is asked only where there is one in the run.
    """
    return [
        item | {"content": words_of(birthdays())} if celebrates(item) else item
        for item in run
        if not celebrates(item) or birthdays()
    ]
