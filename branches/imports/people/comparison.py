"""The rows of a sheet against the register: who is new, what changes, what cannot be, what to look at."""

from branches import identity
from branches.access import is_department
from branches.imports.cells import is_masked
from branches.imports.offices import Offices
from branches.imports.people.alike import find_alike
from branches.imports.people.lines import HEADINGS, NOT_READ, REQUIRED, SILENT, STEPS, Line, check_order, read_line
from branches.imports.people.register import Branches, Register, words_of
from branches.imports.people.seats import OFFICES, check_seats, check_single_seats, find_seats
from branches.imports.people.steps import check_steps
from branches.imports.plan import Change, Missing, Plan
from branches.models import Person
from core.contributions import registry
from core.workbooks import Sheet, plain_heading, read_sheet, text

STRIDE = 1000
# what nobody changes about themselves: the change, and the heading under which a sheet asks for it
NOT_ONES_OWN = {
    "standing": "standing", "joined_on": "joined_on", "confirmed_on": "confirmed_on", "organization": "branch",
    "offices": "offices", "offices_ended": "offices",
}  # fmt: skip

DATES = ("born_on", "joined_on", "confirmed_on")
NUMBER, STANDING = HEADINGS["staff_number"][0], HEADINGS["standing"][0]


def open_sheet(path, **limits) -> Sheet:
    """Read the file, in a process of its own. Raises SheetError."""
    return read_sheet(path, HEADINGS | {one.name: one.headings for one in registry.sheet_columns}, REQUIRED, **limits)


def compare(sheet: Sheet, *, by=None, blanks=False, progress=lambda share: None) -> Plan:
    """Compare a sheet with the register by staff or student number. With ``blanks`` a blank cell clears a fact.

    ``by`` is who sends it: nobody gives offices to themselves, or writes outside the own part of the register.
    ``progress`` is told now and then which share of the rows is done.
    """
    plan = Plan(sheet=sheet, faults=list(sheet.faults))
    if sheet.faults:
        return plan
    columns = {column.name: column for column in registry.sheet_columns}
    branches, offices = Branches(sheet), Offices(words_of(sheet, "offices"))
    register = Register.load(sheet, columns, branches)
    seen: dict[str, int] = {}
    masked = 0
    for place, (number, cells) in enumerate(sheet.rows):
        if place % STRIDE == 0:
            progress(place / len(sheet.rows))
        masked += any(is_masked(cells.get(name)) for name in ("phone", "born_on", "identity"))
        key = text(cells["staff_number"])
        person = register.people.get(key)
        if text(cells.get("left_on")):
            _compare_departed(plan, number, cells, person)
            seen.setdefault(key, number)
            continue
        home = person.organization if person else None
        line = read_line(plan, number, cells, branches, offices, columns, home=home, blanks=blanks)
        if key in seen and key:
            plan.fault(number, NUMBER, f"“{key}”与第 {seen[key]} 行重复")
            continue
        seen.setdefault(key, number)
        if line is not None:
            _compare(plan, line, register, by)
    _look_further(plan, register, seen)
    _warn_of_columns(plan, masked)
    check_single_seats(plan, register)
    plan.warnings.sort(key=lambda one: one.row)
    return plan


def read(path, **options) -> Plan:
    """Read a sheet and compare it with the register."""
    return compare(open_sheet(path), **options)


def _compare_departed(plan, number, cells, person):
    """A row of somebody who has left, as our own lists of them have it: it changes nothing, and brings nobody in."""
    day = text(cells["left_on"])
    if person is None or person.left_on is None:
        plan.fault(number, "离开日期", "离开名册的请办理组织关系变动，不能用表导入；没有离开的，请空着这一格")
    elif day.removesuffix(" 00:00:00") != str(person.left_on):
        plan.fault(number, "离开日期", f"名册里是 {person.left_on}，这里写的是 {day}；请删去这一行")
    else:
        values = {"staff_number": person.staff_number, "name": person.name}
        plan.unchanged.append(Line(number, values, person.organization, existing=person))


def _look_further(plan, register, numbers):
    """Who is missing from the sheet, of the branches that it names; and which new rows look like somebody known."""
    lines = [*plan.new, *(line for line, _ in plan.changed), *plan.unchanged]
    named = {line.branch.pk for line in lines}
    plan.missing = [Missing(*row) for row in register.absent(named, numbers)]
    plan.alike = find_alike(plan.new, register.namesakes({line.values["name"] for line in plan.new}))


def _warn_of_columns(plan, masked):
    """What the sheet holds and nobody has read: said once for the sheet, not once a row."""
    if masked:
        plan.warn(0, "", f"有 {masked} 行的电话、出生日期或身份证号带星号（导出时隐去的），没有读入，名册里原来的不变")
    if any(text(cells.get("identity")) for _, cells in plan.sheet.rows) and not identity.is_kept():
        plan.warn(0, HEADINGS["identity"][0], "本系统没有开启身份证号保存，这一列没有读入")
    if any(text(cells.get("group")) for _, cells in plan.sheet.rows):
        plan.warn(0, HEADINGS["group"][0], "这一列只用来认党小组长所带的小组；谁在哪个小组，请在党支部的“党小组”里分")
    others = []
    for word in plan.sheet.unknown:
        if reason := NOT_READ.get(plain_heading(word)):
            plan.warn(0, word, f"这一列没有读入：{reason}")
        elif plain_heading(word) not in SILENT:
            others.append(word)
    if others:
        plan.warn(0, "", f"名册里没有这些列，没有读入：{'、'.join(others)}")


def _compare(plan, line, register, by):
    person = line.existing = register.people.get(line.values["staff_number"])
    faults = len(plan.faults)
    if person is None:
        if "category" not in line.values and Person(standing=line.values["standing"]).is_member:
            plan.fault(line.row, "工作岗位", "没有填；党员的党费标准按它定，应为：在岗职工、离退休人员、学生、其他")
    else:
        _check_person(plan, line, person, register)
    find_seats(line, register)
    if by is not None:
        _check_sender(plan, line, person, by)
    check_seats(plan, line, register, by)
    if line.seats and (person is None or person.user_id is None):
        _find_account(plan, line, register, by)
    if len(plan.faults) > faults:
        return
    if person is None:
        plan.new.append(line)
        return
    changes = _changes(plan, line, register)
    if by is not None and person.user_id == by.pk:
        _check_own(plan, line, changes)
    if len(plan.faults) > faults:
        return
    if changes:
        plan.changed.append((line, changes))
    else:
        plan.unchanged.append(line)


def _check_sender(plan, line, person, by):
    """Who sends a sheet writes only into the own part of the register."""
    if not is_department(by, line.branch):
        plan.fault(line.row, HEADINGS["branch"][0], f"{line.branch}不在您的管理范围内，请由上级组织部导入")
    if person is not None and not is_department(by, person.organization):
        plan.fault(line.row, NUMBER, f"学工号 {person.staff_number} 登记在您管理范围以外的党支部，请联系上级组织部")


def _check_own(plan, line, changes):
    """Standing, its days, branch and offices of the sender are for somebody else to write."""
    asked = [HEADINGS[NOT_ONES_OWN[one.field]][0] for one in changes if one.field in NOT_ONES_OWN]
    for heading in dict.fromkeys(asked):
        plan.fault(line.row, heading, f"本人的{heading}不能由本人导入，请由组织部的其他同志办理")


def _check_person(plan, line, person, register):
    """What the sheet cannot say of somebody whom the register knows."""
    if person.name != line.values["name"]:
        plan.fault(line.row, "姓名", f"学工号 {person.staff_number} 在名册里是“{person.name}”，请核对是否同一人")
        return
    if person.left_on:
        plan.fault(
            line.row, NUMBER, f"{person.name}在名册里已于 {person.left_on} 离开，请先办理转入；没有回来的，请删去这一行"
        )
        return
    standing = Person.Standing(line.values["standing"])
    if STEPS.index(standing) < STEPS.index(Person.Standing(person.standing)):
        plan.fault(
            line.row, STANDING,
            f"名册里已是{person.get_standing_display()}，这里写的是{standing.label}；表可能是旧的，请核对后改为现在的类别",
        )  # fmt: skip
    check_steps(plan, line, register)
    held = {name: getattr(person, name) for name in DATES}
    check_order(plan, line.row, held | line.values, born_is_held="born_on" not in line.values)


def _find_account(plan, line, register, by):
    """An office holder gets an account under the own number. What to do with one that is there already.

    It is taken if it is plain whose it is: the same number and name, in use, and nobody's yet. An account is only ever
    made by whoever runs the site, so that this gives the office to nobody else; anything less is not guessed.
    """
    number, name = line.values["staff_number"], line.values["name"]
    account = register.accounts.get(number)
    if account is None:
        return
    if by is not None and account.id == by.pk:
        plan.fault(line.row, OFFICES, "本人的党内职务不能由本人导入，请由组织部的其他同志办理")
        return
    if account.has_person:
        plan.fault(line.row, NUMBER, f"登录名“{number}”已是别人的账号（{account.name}），请先核对学工号")
    elif account.name != name:
        plan.fault(line.row, NUMBER, f"登录名“{number}”已有账号，姓名是“{account.name}”，请核对是否同一人")
    elif not account.is_active:
        plan.fault(line.row, NUMBER, f"登录名“{number}”的账号已停用，请先启用账号，或者删去这一行的党内职务")
    else:
        line.account_id = account.id
        plan.warn(line.row, NUMBER, f"{name}已有同学工号、同姓名的账号，导入后就用这个账号，原来的密码不变")


def _change_of_identity(plan, line) -> list[Change]:
    """Never what the number was or is; a stored one that no key opens is a fault of its row."""
    sealed = line.existing.identity_sealed
    try:
        if not line.identity or identity.unseal(sealed) == line.identity:
            return []
    except identity.IdentityKeyError as error:
        plan.fault(line.row, HEADINGS["identity"][0], str(error))
        return []
    return [Change("identity", "登记过的号码" if sealed else "", "表中的号码")]


def _changes(plan, line, register) -> list[Change]:
    person = line.existing
    changes = [
        Change(name, getattr(person, name), value)
        for name, value in line.values.items()
        if getattr(person, name) != value
    ]
    changes += _change_of_identity(plan, line)
    if person.organization_id != line.branch.pk:
        changes += _move(plan, line)
    if line.given:
        changes.append(Change("offices", "", "、".join(map(str, line.given))))
    changes += [
        Change(name, register.extras[name].get(person.pk), value)
        for name, value in line.extras.items()
        if register.extras[name].get(person.pk) != value
    ]
    return changes


def _move(plan, line) -> list[Change]:
    """Who goes to another branch leaves the group and the offices of the old one behind; those above it go on."""
    person = line.existing
    changes = [Change("organization", person.organization_id, line.branch.pk)]
    if person.group_id:
        changes.append(Change("group", person.group_id, None))
    if line.ending:
        words = "、".join(map(str, line.ending))
        changes.append(Change("offices_ended", words, ""))
        plan.warn(line.row, OFFICES, f"{person.name}转到{line.branch}，从今天起不再担任{words}")
    return changes
