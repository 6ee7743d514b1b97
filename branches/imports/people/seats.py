"""The offices that a row gives and ends, asked of the rules that the pages ask; one seat for one has one holder."""

from dataclasses import replace

from branches import access
from branches.imports.people.lines import HEADINGS, Line
from branches.models import Office, Person
from branches.rules import offices as rules
from core import clock

OFFICES, GROUP = HEADINGS["offices"][0], HEADINGS["group"][0]
SINGLE = {Office.SECRETARY: "党组织只有一位书记", Office.GROUP_LEADER: "党小组只有一位组长"}


def find_seats(line, register) -> None:
    """Which offices a row gives that are not held yet, and which of the old branch end with a move to another one."""
    person, held = line.existing, []
    if person is not None:
        held = register.offices.get(person.pk, [])
        if person.organization_id != line.branch.pk:
            line.ending = [row for row in held if row.organization_id == person.organization_id]
    lasting = {(row.organization_id, row.office) for row in held if row not in line.ending}
    line.given = [seat for seat in line.seats if (seat.organization.pk, seat.office) not in lasting]


def check_seats(plan, line, register, by) -> None:
    """Who sends a sheet must be who gives the office; a command (``by`` is None) asks only who may hold what where.

    What ends with a move is asked with the move: whoever keeps the old branch from a department also ends its offices.
    """
    person = Person(name=line.values["name"], standing=line.values["standing"], organization=line.branch)
    for seat in line.given:
        if why_not := _why_not_given(seat, person, by):
            plan.fault(line.row, OFFICES, why_not)
        elif seat.office == Office.GROUP_LEADER:
            _find_group(plan, line, seat, register)


def _why_not_given(seat, person, by) -> str:
    organization, office = seat.organization, seat.office
    if not (verdict := rules.exists_at(organization, office)):
        return f"{verdict.why.rstrip('。')}，系统里没有的职务请从这一格删去"
    if by is not None and not access.is_department(by, organization):
        return f"{organization}不在您的管理范围内，请由上级组织部导入"
    asked = rules.can_give(by, organization, office) if by is not None else verdict
    verdict = asked and rules.can_hold(person, organization, office) and rules.can_start(organization, clock.today())
    return verdict.why.rstrip("。")


def _find_group(plan, line, seat, register) -> None:
    """A leader leads a group of the branch: the one that the row names beside the office."""
    group = register.groups.get((seat.organization.pk, line.group_name))
    if not line.group_name:
        plan.fault(line.row, GROUP, "党小组长要写明党小组：请在“党小组”这一列写上所带小组的名称")
    elif group is None:
        plan.fault(
            line.row,
            GROUP,
            f"{seat.organization}没有“{line.group_name}”这个党小组，请核对名称，或者先在系统里设立这个小组",
        )
    else:
        line.given = [replace(one, group=group) if one == seat else one for one in line.given]


def check_single_seats(plan, register) -> None:
    """A second secretary of an organization, or leader of a group, is a fault while the first is in office, by name.

    Who moves away by the same sheet, or has left, is in nobody's way.
    """
    lines = [*plan.new, *(line for line, _ in plan.changed)]
    given = [(line, seat) for line in lines for seat in line.given if seat.office in SINGLE]
    ending = {row.pk for line in lines for row in line.ending}
    taken = {
        _place(row.organization_id, row.office, row.group_id): row
        for row in register.holders([seat.organization.pk for _, seat in given], SINGLE)
        if row.pk not in ending
    }
    first: dict[tuple, Line] = {}
    for line, seat in given:
        place = _place(seat.organization.pk, seat.office, seat.group and seat.group.pk)
        if holder := taken.get(place):
            acting = "代理" if holder.is_acting else ""
            plan.fault(
                line.row, OFFICES,
                f"{seat.place}已有{acting}{holder.label}{holder.person}（{holder.starts_on} 起），"
                f"{SINGLE[seat.office]}；已经换人的，请先为前一位办理免职",
            )  # fmt: skip
        elif other := first.get(place):
            plan.fault(
                line.row, OFFICES,
                f"第 {other.row} 行的{other.values['name']}也是{seat.place}{Office(seat.office).label}，"
                f"{SINGLE[seat.office]}；请核对，只留一位",
            )  # fmt: skip
        first.setdefault(place, line)
    plan.drop({fault.row for fault in plan.faults})


def _place(organization_id, office, group_id):
    return organization_id, office, group_id if office == Office.GROUP_LEADER else None
