"""What the register knows of those whom a sheet concerns, read once before the rows of a sheet are compared with it."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from branches.imports.cells import read_code
from branches.imports.offices import LONGEST_NAME
from branches.imports.parts import parts
from branches.models import Appointment, Group, Organization, Person, StandingChange, StructurePolicy
from core.accounts import User
from core.workbooks import text


def words_of(sheet, *names) -> set[str]:
    """What stands in some columns of a sheet, each once."""
    return {typed for _, cells in sheet.rows for name in names if (typed := text(cells.get(name)))}


class Branches:
    """The open branches that a sheet names, by what it calls them: the code, the full or the short name."""

    def __init__(self, sheet):
        self._by_code: dict[str, Organization] = {}
        self._by_word: dict[str, dict[int, Organization]] = defaultdict(dict)
        for words in parts(words_of(sheet, "branch", "branch_code")):
            called = Q(code__in=words) | Q(name__in=words) | Q(short_name__in=words)
            for one in Organization.objects.branches().open().filter(called).select_related("parent"):
                self._by_code[one.code] = one
                for word in (one.code, one.name, one.short_name):
                    self._by_word[word][one.pk] = one

    @property
    def ids(self) -> set[int]:
        return {one.pk for one in self._by_code.values()}

    def named(self, word: str) -> dict[int, Organization]:
        """Every branch that a word may mean, by its id."""
        return self._by_word.get(word, {})

    def one(self, cell, home: Organization | None = None) -> Organization:
        """The branch that a cell names, a code before a name; a short name that several bear is refused.

        Who is at ``home`` in one of those several stays there: a list of names brings nobody to another branch.
        """
        typed = read_code(LONGEST_NAME)(cell)
        if not typed:
            raise ValueError("没有填")
        if typed in self._by_code:
            return self._by_code[typed]
        found = list(self.named(typed).values())
        if not found:
            raise ValueError(f"没有“{typed}”这个党支部")
        if home in found:
            return home
        if len(found) > 1:
            raise ValueError(f"有 {len(found)} 个党支部叫“{typed}”，请写全称或编码")
        return found[0]


@dataclass(frozen=True)
class Account:
    """An account as the register finds it by its log-in name."""

    id: int
    name: str
    is_active: bool
    has_person: bool


@dataclass
class Register:
    """The people whom a sheet names by number, their offices and accounts, and what higher floors keep of them.

    ``groups`` are the open groups of the sheet's branches that it names, by branch and name; ``last_steps`` are the day
    and kind of the last step of everybody's standing. Nothing is read of anybody else.
    """

    people: dict[str, Person]
    offices: dict[int, list[Appointment]]
    accounts: dict[str, Account]
    extras: dict[str, dict[int, Any]]
    groups: dict[tuple[int, str], Group]
    last_steps: dict[int, tuple[datetime.date, str]]
    probation_months: int

    @classmethod
    def load(cls, sheet, columns, branches) -> "Register":
        people = _people(words_of(sheet, "staff_number"))
        by_id = {person.pk: person for person in people.values()}
        offices: dict[int, list[Appointment]] = defaultdict(list)
        last: dict[int, tuple[datetime.date, str]] = {}
        extras: dict[str, dict[int, Any]] = {name: {} for name in columns}
        for ids in parts(by_id):
            for row in Appointment.objects.lasting().filter(person__in=ids).select_related("organization"):
                row.person = by_id[row.person_id]
                offices[row.person_id].append(row)
            steps = StandingChange.objects.steps().filter(person__in=ids).order_by("changed_on", "pk")
            last |= {pk: (day, kind) for pk, day, kind in steps.values_list("person", "changed_on", "kind")}
            for name, column in columns.items():
                extras[name] |= column.current(ids)
        numbers = {text(cells["staff_number"]) for _, cells in sheet.rows if text(cells.get("offices"))}
        groups = _groups(branches, words_of(sheet, "group"))
        months = StructurePolicy.in_force().probation_months
        return cls(people, offices, _accounts(numbers), extras, groups, last, months)

    def holders(self, organizations, offices) -> list[Appointment]:
        """Who holds, or will from a day that is set, one of these offices at one of these organizations."""
        held = Appointment.objects.lasting().held().filter(office__in=offices).select_related("person", "group")
        return [row for ids in parts(set(organizations)) for row in held.filter(organization__in=ids).order_by("pk")]

    def absent(self, organizations, numbers) -> list[tuple[str, str, str]]:
        """Who is present in one of these organizations under none of these numbers: number, name, where."""
        fields = ("organization__code", "staff_number", "name", "organization__short_name")
        rows = Person.objects.present().order_by().values_list(*fields)
        found = [row for ids in parts(organizations) for row in rows.filter(organization__in=ids).iterator()]
        return [row[1:] for row in sorted(found) if row[1] not in numbers]

    def namesakes(self, names) -> Iterator[Person]:
        """Everybody in the register, also who left, who bears one of these names."""
        for some in parts(names):
            yield from Person.objects.filter(name__in=some).select_related("organization").iterator()


def _people(numbers) -> dict[str, Person]:
    rows = [row for some in parts(numbers) for row in Person.objects.filter(staff_number__in=some).order_by("pk")]
    homes = Organization.objects.in_bulk({row.organization_id for row in rows})
    groups = Group.objects.in_bulk({row.group_id for row in rows if row.group_id})
    for row in rows:  # one object a branch, not one a person
        row.organization, row.group = homes[row.organization_id], groups.get(row.group_id)
    return {row.staff_number: row for row in rows}


def _accounts(numbers) -> dict[str, Account]:
    rows = User.objects.values_list("username", "id", "name", "is_active", "person")
    return {
        username: Account(pk, name, is_active, person is not None)
        for some in parts(numbers)
        for username, pk, name, is_active, person in rows.filter(username__in=some)
    }


def _groups(branches, names) -> dict[tuple[int, str], Group]:
    rows = Group.objects.open()
    return {
        (one.organization_id, one.name): one
        for ids in (parts(branches.ids) if names else ())
        for one in rows.filter(organization__in=ids)
    }
