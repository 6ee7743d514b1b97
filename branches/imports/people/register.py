"""What the register knows, read once before the rows of a sheet are compared with it."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from branches.imports.cells import read_code
from branches.models import Appointment, Group, Organization, Person, StandingChange, StructurePolicy
from core.accounts import User

LONGEST_NAME = 120


class Branches:
    """The open branches by what sheets call them: the code, the full or the short name."""

    def __init__(self):
        self._by_code: dict[str, Organization] = {}
        self._by_word: dict[str, dict[int, Organization]] = defaultdict(dict)
        for one in Organization.objects.branches().open().select_related("parent"):
            self._by_code[one.code] = one
            for word in (one.code, one.name, one.short_name):
                self._by_word[word][one.pk] = one

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
    """People by number, their offices and accounts, and what higher floors keep of them.

    ``groups`` are the open groups of branches, by branch and name; ``last_steps`` are the day and kind of the last step
    of everybody's standing.
    """

    people: dict[str, Person]
    offices: dict[int, list[Appointment]]
    accounts: dict[str, Account]
    extras: dict[str, dict[int, Any]]
    groups: dict[tuple[int, str], Group]
    last_steps: dict[int, tuple[datetime.date, str]]
    probation_months: int

    @classmethod
    def load(cls, columns) -> "Register":
        people = {person.staff_number: person for person in Person.objects.all()}
        homes, groups = Organization.objects.in_bulk(), Group.objects.in_bulk()
        for person in people.values():  # one object a branch, not one a person
            person.organization, person.group = homes[person.organization_id], groups.get(person.group_id)
        by_id = {person.pk: person for person in people.values()}
        ids = list(by_id)
        offices = defaultdict(list)
        for row in Appointment.objects.lasting().select_related("organization"):
            row.person = by_id[row.person_id]
            offices[row.person_id].append(row)
        users = User.objects.values_list("username", "id", "name", "is_active", "person")
        accounts = {
            username: Account(pk, name, is_active, person is not None)
            for username, pk, name, is_active, person in users
        }
        extras = {name: one.current(ids) for name, one in columns.items()}
        steps = StandingChange.objects.steps().order_by("changed_on", "pk")
        last = {pk: (day, kind) for pk, day, kind in steps.values_list("person", "changed_on", "kind")}
        named = {(one.organization_id, one.name): one for one in groups.values() if one.closed_on is None}
        return cls(people, offices, accounts, extras, named, last, StructurePolicy.in_force().probation_months)

    def holders(self, organizations, offices) -> list[Appointment]:
        """Who holds, or will from a day that is set, one of these offices at one of these organizations."""
        rows = Appointment.objects.lasting().held().filter(organization__in=set(organizations), office__in=offices)
        return list(rows.select_related("person", "group").order_by("pk"))
