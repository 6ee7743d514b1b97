"""The register of people as lists and workbooks show it: the same table, with the columns that were chosen.

Phone, birth date and identity number are masked, but for those whom the caller names: their own page, or somebody who
keeps the register and gave a reason.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from branches import identity
from branches.models import Appointment, Exclusion, Person, Transfer
from core import clock
from core.pages import Head, head_of

UNREADABLE = "打不开：密钥不对，请告诉管理员"


def masked_phone(phone: str) -> str:
    """139****0001: enough to recognise, too little to call. What is shorter shows its last two figures at most."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 4 else ("****" if phone else "")


def masked_day(day: datetime.date | None) -> str:
    """1987 年 **: how old somebody is, and no more."""
    return f"{day.year} 年 **" if day else ""


@dataclass(frozen=True)
class PersonLine:
    """A row of the register: ``offices`` are held today, named with their place if elsewhere.

    ``is_full`` says that phone, birth date and identity number are shown whole. ``leaving`` is why somebody left.
    """

    person: Person
    offices: str
    leaving: str = ""
    is_full: bool = False

    @property
    def phone(self) -> str:
        return self.person.phone if self.is_full else masked_phone(self.person.phone)

    @property
    def born(self) -> datetime.date | str | None:
        return self.person.born_on if self.is_full else masked_day(self.person.born_on)

    @property
    def identity(self) -> str:
        """Opened only where it is asked for; a wrong key is told, not an error."""
        try:
            number = identity.unseal(self.person.identity_sealed)
        except identity.IdentityKeyError:
            return UNREADABLE
        return number if self.is_full else identity.masked(number)

    @property
    def shows_identity(self) -> bool:
        return identity.is_kept()

    @property
    def secrets(self) -> dict[str, str | datetime.date | None]:
        """What is masked for everybody else, by its word: for the page, and for the log of who saw it."""
        held = {"联系电话": self.phone, "出生日期": self.born}
        if identity.is_kept():
            held["公民身份证号"] = self.identity
        return held


def person_lines(people, *, full: Iterable[int] = ()) -> list[PersonLine]:
    """Lines for a scoped queryset or a page of one; masked but for the ids in ``full``.

    Two queries, and one more where somebody has left.
    """
    people = list(people)
    offices: dict[int, list[str]] = {}
    running = Appointment.objects.active().filter(person__in=[one.pk for one in people if one.left_on is None])
    homes = {person.pk: person.organization_id for person in people}
    for row in running.select_related("organization"):
        word = row.label if row.organization_id == homes[row.person_id] else str(row)
        offices.setdefault(row.person_id, []).append(word)
    leaving = _why_they_left([one.pk for one in people if one.left_on])
    return [
        PersonLine(
            person,
            "、".join(offices.get(person.pk, [])),
            leaving.get(person.pk, "未登记原因") if person.left_on else "",
            person.pk in full,
        )
        for person in people
    ]


def _why_they_left(ids):
    """What the last transfer out of the register says, by person."""
    if not ids:
        return {}
    rows = Transfer.objects.accepted().filter(person__in=ids, to_organization=None).order_by("moved_on", "pk")
    return {row.person_id: "，".join(filter(None, (row.get_kind_display(), row.place, row.note))) for row in rows}


def kept_lines(people, user) -> list[PersonLine]:
    """Whole lines of those of ``people`` whose register the user keeps; only with a reason that is kept."""
    rows = list(people.kept_by(user))
    return person_lines(rows, full={row.pk for row in rows})


def exclusion_of(person) -> Exclusion | None:
    """Why the person does not count for 应到 today."""
    return person.exclusions.running_on(clock.today()).first()


@dataclass(frozen=True)
class Column:
    """A column of page and workbook. ``key`` stands in the address; ``order`` is what its head sorts by.

    ``short`` stands before the value on a phone, where there are no heads. ``is_masked`` marks personal data.
    """

    key: str
    name: str
    width: int
    value: Callable[[PersonLine], str | datetime.date | None]
    short: str = ""
    order: str = ""
    is_wide: bool = False
    is_masked: bool = False


def _yes(value) -> str:
    return "是" if value else ""


FIXED = (
    Column("name", "姓名", 12, lambda line: line.person.name, order="name"),
    Column("number", "学工号", 14, lambda line: line.person.staff_number, order="number"),
)
COLUMNS = (
    Column(
        "organization", "所在党支部", 28, lambda line: line.person.organization.short_name, "", "organization", True
    ),
    Column("group", "党小组", 16, lambda line: line.person.group.name if line.person.group else "", "小组"),
    Column("standing", "人员类别", 14, lambda line: line.person.get_standing_display(), "", "standing"),
    Column("category", "工作岗位", 14, lambda line: line.person.get_category_display(), "", "category"),
    Column("joined", "加入党组织日期", 16, lambda line: line.person.joined_on, "入党", "joined"),
    Column("confirmed", "转为正式党员日期", 16, lambda line: line.person.confirmed_on, "转正", "confirmed"),
    Column("probation", "预备期延长至", 16, lambda line: line.person.probation_until, "预备期至"),
    Column("offices", "党内职务", 32, lambda line: line.offices, "职务", is_wide=True),
    Column("gender", "性别", 8, lambda line: line.person.get_gender_display()),
    Column("ethnicity", "民族", 10, lambda line: line.person.ethnicity),
    Column("education", "学历", 12, lambda line: line.person.education),
    Column("membership", "党籍状态", 12, lambda line: line.person.membership_state, "党籍"),
    Column("floating", "是否为流动党员", 10, lambda line: _yes(line.person.is_floating), "流动"),
    Column("lost", "是否为失联党员", 10, lambda line: _yes(line.person.is_lost_contact), "失联"),
    Column("cadre", "是否为党员领导干部", 10, lambda line: _yes(line.person.is_leading_cadre), "领导干部"),
    Column("phone", "联系电话", 16, lambda line: line.phone, is_masked=True),
    Column("born", "出生日期", 14, lambda line: line.born, "出生", is_masked=True),
    Column("identity", "公民身份证号", 24, lambda line: line.identity, "身份证", is_wide=True, is_masked=True),
    Column("left", "离开日期", 14, lambda line: line.person.left_on, "离开", "left"),
    Column("leaving", "离开原因", 36, lambda line: line.leaving, "原因", is_wide=True),
)
USUAL = ("organization", "standing", "category", "joined", "offices", "phone")
OF_THE_DEPARTED = ("left", "leaving")


def columns_offered() -> list[Column]:
    """Those that may be chosen: the identity number only where numbers are kept."""
    return [column for column in COLUMNS if column.key != "identity" or identity.is_kept()]


def columns_chosen(keys: Iterable[str], *, with_departed: bool) -> list[Column]:
    """The chosen columns in the order of the table; without a choice the usual ones."""
    wanted = set(keys) or {*USUAL, *(OF_THE_DEPARTED if with_departed else ())}
    return [column for column in columns_offered() if column.key in wanted]


@dataclass(frozen=True)
class PeopleTable:
    """What page and workbook both show: name and number, and the columns that were chosen."""

    columns: list[Column]
    lines: list[PersonLine]
    order: str = "organization"

    @property
    def heads(self) -> list[Head]:
        """Of the page, where the number stands beside the name."""
        return [head_of(column.name, column.order, self.order) for column in (FIXED[0], *self.columns)]

    @property
    def rows(self) -> list[tuple[PersonLine, list[tuple[Column, str]]]]:
        """Each line with its cells as words."""
        return [(line, [(column, _word(column.value(line))) for column in self.columns]) for line in self.lines]

    @property
    def sheet_columns(self) -> list[tuple[str, int]]:
        """Heads of the workbook. A masked column is named so that no import takes it for the whole."""
        is_full = any(line.is_full for line in self.lines)
        return [
            (f"{column.name}（部分隐藏）" if column.is_masked and not is_full else column.name, column.width)
            for column in (*FIXED, *self.columns)
        ]

    @property
    def sheet_rows(self):
        """Cells of the workbook, dates as dates."""
        return ([column.value(line) for column in (*FIXED, *self.columns)] for line in self.lines)

    @property
    def masked(self) -> list[str]:
        """The names of the chosen columns that hold personal data."""
        return [column.name for column in self.columns if column.is_masked]


def _word(value) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else value or ""
