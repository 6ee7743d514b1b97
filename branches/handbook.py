"""A branch in its handbook: who held which office in the year, its groups, its members by standing."""

import datetime
from itertools import groupby

from branches.models import Appointment, Office, Organization, Person
from core import clock
from core.contributions import HandbookSection
from core.papers import Block, Cell, Heading, Note, Table, facts, heads, label
from core.periods import Month
from core.templatetags.page import cn_day

RANK = {office: place for place, office in enumerate(Office.values)}
OFFICES, GROUPS = (36, 36, 102), (42, 30, 20, 82)


def the_branch(organization: Organization, year: int, user) -> list[Block]:
    """The branch as it stood at the year's end, or stands today; names and numbers, nothing personal."""
    on = min(Month(year, 12).last, clock.today())
    offices = _offices(organization, year, user)
    people = list(
        Person.objects.at(organization, on).with_standing_on(on).select_related("group").order_by("staff_number")
    )
    return [
        facts(
            [("党支部", organization.name)],
            [("上级组织", organization.parent or ""), ("书记", _in_office(offices, on, Office.SECRETARY))],
            *_standings(people),
        ),
        Note(f"按 {cn_day(on)}的名册。"),
        Heading("任职"),
        _table(OFFICES, heads("职务", "姓名", "任职起止"), [_tenure(one) for one in offices], "本年度没有任职记录。"),
        Heading("党小组"),
        _table(GROUPS, heads("党小组", "组长", "人数", "成员"), _groups(people, offices, on), "没有划分党小组。"),
    ]


def _offices(organization, year, user):
    rows = Appointment.objects.visible_to(user).filter(organization=organization)
    rows = rows.during(datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)).select_related("person", "group")
    return sorted(rows, key=lambda row: (RANK[row.office], row.starts_on, row.pk))


def _runs(one, on) -> bool:
    return one.starts_on <= on and (one.ends_on is None or one.ends_on > on)


def _in_office(offices, on, office) -> str:
    return "、".join(one.person.name for one in offices if one.office == office and _runs(one, on))


def _standings(people):
    """Each standing that somebody has, with how many and who."""
    for standing in Person.Standing:
        names = [person.name for person in people if person.standing_then == standing]
        if names:
            yield [(standing.label, f"{len(names)} 人：{'、'.join(names)}")]


def _tenure(one) -> tuple[str, ...]:
    end = f"{cn_day(one.ends_on - datetime.timedelta(days=1))}止" if one.ends_on else "现任"
    name = f"{one.group.name}组长" if one.group else one.get_office_display()
    return name, one.person.name, f"{cn_day(one.starts_on)}起，{end}"


def _groups(people, offices, on):
    members = [
        one for one in people if one.group and one.standing_then in (Person.Standing.FULL, Person.Standing.PROBATIONARY)
    ]
    for group, some in groupby(sorted(members, key=lambda one: (one.group.order, one.group_id)), lambda one: one.group):
        names = [one.name for one in some]
        leaders = [one.person.name for one in offices if one.group_id == group.pk and _runs(one, on)]
        yield group.name, "、".join(leaders), f"{len(names)} 人", "、".join(names)


def _table(widths, head, rows, nothing) -> Block:
    cells = [(label(first), *(Cell((text,)) for text in others)) for first, *others in rows]
    return Table(widths, (head, *cells), has_head=True) if cells else Note(nothing)


SECTION = HandbookSection("branch", "支部概况", 10, the_branch)
