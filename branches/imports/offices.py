"""党内职务 as the sheets write it, turned into offices at organizations."""

import re
from collections import defaultdict
from dataclasses import dataclass

from branches.models import Office, Organization
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
DEPARTMENT = "党委组织部"


@dataclass(frozen=True)
class Seat:
    """An office at an organization, with its title where the office alone does not say it."""

    organization: Organization
    office: str
    title: str = ""

    def __str__(self):
        return f"{self.organization}{self.title or Office(self.office).label}"


class Offices:
    """Reads 党内职务 against the register: the committee and the general branches by their short names."""

    def __init__(self):
        kind = Organization.Kind
        rows = list(Organization.objects.open().exclude(kind=kind.BRANCH))
        self._general = defaultdict(list)
        for one in rows:
            if one.kind == kind.GENERAL_BRANCH:
                self._general[one.short_name].append(one)
        self._committee = next((one for one in rows if one.kind == kind.COMMITTEE and one.parent_id is None), None)

    def read(self, cell, branch: Organization) -> list[Seat]:
        """Every office that a cell names, each once. Raises ValueError for a word that is no office."""
        seats: dict[tuple[int, str], Seat] = {}
        for word in re.split(r"[、,，;；/\s]+", text(cell)):
            if word:
                seat = self._one(word, branch)
                seats.setdefault((seat.organization.pk, seat.office), seat)
        return list(seats.values())

    def _one(self, word, branch):
        if word.startswith(DEPARTMENT):
            if self._committee is None:
                raise ValueError("名册里还没有党委，请先导入党组织")
            return Seat(self._committee, Office.ORGANIZATION_DEPARTMENT, word.removeprefix("党委"))
        for name in sorted(self._general, key=len, reverse=True):
            if word.startswith(name) and word.removeprefix(name) in OFFICES:
                if len(self._general[name]) > 1:
                    raise ValueError(f"有 {len(self._general[name])} 个党总支叫“{name}”，分不清是哪一个")
                return Seat(self._general[name][0], OFFICES[word.removeprefix(name)])
        office = word.removeprefix("党支部").removeprefix("支部")
        if office not in OFFICES:
            raise ValueError(f"“{word}”不是系统里的党内职务")
        return Seat(branch, OFFICES[office])
