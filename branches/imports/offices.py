"""党内职务 as the sheets write it, turned into offices at organizations."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from branches.imports.parts import parts
from branches.models import Group, Office, Organization
from core.workbooks import text

OFFICES = {
    "书记": Office.SECRETARY,
    "副书记": Office.DEPUTY_SECRETARY,
    "组织委员": Office.ORGANIZATION_COMMISSIONER,
    "宣传委员": Office.PUBLICITY_COMMISSIONER,
    "纪检委员": Office.DISCIPLINE_COMMISSIONER,
    "统战委员": Office.UNITED_FRONT_COMMISSIONER,
    "委员": Office.MEMBER,
    "党小组长": Office.GROUP_LEADER,
    "小组长": Office.GROUP_LEADER,
}
DEPARTMENT, IN_DEPARTMENT = "党委组织部", "组织部"
LONGEST_NAME = 120  # of an organization


@dataclass(frozen=True)
class Seat:
    """An office at an organization, with its title where the office alone does not say it.

    ``group`` is the one that a group leader leads.
    """

    organization: Organization
    office: str
    title: str = ""
    group: Group | None = None

    def __str__(self):
        return f"{self.place}{self.title or Office(self.office).label}"

    @property
    def place(self) -> str:
        """Where the office is held: the organization, and the group of a leader."""
        return f"{self.organization}{self.group or ''}"


class Offices:
    """Reads 党内职务 against the register: every organization by its short or full name, the department by its own.

    ``cells`` are all that will be read: only organizations that they can name are known.
    """

    def __init__(self, cells):
        words = {word for cell in cells for word in _words(cell)}
        found: dict[int, Organization] = {}
        for names in parts({name for word in words for name in _names_in(word)}):
            rows = Organization.objects.open().filter(Q(short_name__in=names) | Q(name__in=names))
            found |= {one.pk: one for one in rows.select_related("parent")}
        self._named: dict[str, list[Organization]] = defaultdict(list)
        for one in sorted(found.values(), key=lambda one: one.code):
            for name in {one.short_name, one.name}:
                self._named[name].append(one)
        self._names = sorted(self._named, key=len, reverse=True)
        tops = Organization.objects.open().filter(kind=Organization.Kind.COMMITTEE, parent=None)
        self._committee = tops.order_by("pk").first()
        self._names_department = any(word.startswith(DEPARTMENT) for word in words)
        self._read: dict[str, tuple[Organization, str, str] | None] = {}

    @property
    def ids(self) -> set[int]:
        """The organizations that the cells name: an office may be given there, or at the branch of its row."""
        named = [one for some in self._named.values() for one in some]
        return {one.pk for one in [*named, self._committee if self._names_department else None] if one}

    def read(self, cell, branch: Organization) -> list[Seat]:
        """Every office that a cell names, each once. Raises ValueError for a word that is no office."""
        seats: dict[tuple[int, str], Seat] = {}
        for word in _words(text(cell)):
            seat = self._one(word, branch)
            seats.setdefault((seat.organization.pk, seat.office), seat)
        return list(seats.values())

    def _one(self, word, branch):
        if word.startswith(DEPARTMENT):
            if self._committee is None:
                raise ValueError("名册里还没有党委，请先导入党组织")
            return Seat(self._committee, Office.ORGANIZATION_DEPARTMENT, word.removeprefix("党委"))
        if word not in self._read:
            self._read[word] = self._elsewhere(word)
        if found := self._read[word]:
            return Seat(*found)
        office = word.removeprefix("党支部").removeprefix("支部")
        if office not in OFFICES:
            raise ValueError(f"“{word}”不是系统里的党内职务")
        return Seat(branch, OFFICES[office])

    def _elsewhere(self, word):
        """An office that names its organization (文学院党总支书记), as sheets and our own exports write it."""
        for name in self._names:
            if not word.startswith(name) or not (office := _office(word.removeprefix(name), self._named[name][0])):
                continue
            if len(self._named[name]) > 1:
                kind = self._named[name][0].get_kind_display()
                raise ValueError(f"有 {len(self._named[name])} 个{kind}叫“{name}”，分不清是哪一个")
            return self._named[name][0], *office
        return None


def _words(cell) -> list[str]:
    return [word for word in re.split(r"[、,，;；/\s]+", cell) if word]


def _names_in(word) -> set[str]:
    """What an organization may be called that a word names before the office: all that ``_office`` can leave of it."""
    found = {word.removesuffix(office) for office in (*OFFICES, Office.LEADER.label) if word.endswith(office)}
    found |= {word[: place.start()] for place in re.finditer(IN_DEPARTMENT, word[: LONGEST_NAME + len(IN_DEPARTMENT)])}
    return {name for name in found if 0 < len(name) <= LONGEST_NAME}


def _office(word, organization) -> tuple[str, str] | None:
    """The office and its title at an organization that was named before."""
    if word in OFFICES:
        return OFFICES[word], ""
    if organization.kind != Organization.Kind.COMMITTEE:
        return None
    if word.startswith(IN_DEPARTMENT):
        return Office.ORGANIZATION_DEPARTMENT, "" if word == IN_DEPARTMENT else word
    return (Office.LEADER, "") if word == Office.LEADER.label else None
