"""The sheet of people: 党员信息采集表 in the forms that offices send. A blank cell never overwrites."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from branches.imports.cells import read_choice, read_code, read_name, read_past_date, read_word, read_yes
from branches.imports.offices import Offices, Seat
from branches.imports.plan import Change, Faulty, Plan
from branches.models import Appointment, Organization, Person
from core import clock
from core.accounts import User
from core.audit import AuditEntry
from core.contributions import registry
from core.workbooks import read_rows, text

STANDINGS = {
    "正式党员": "FULL", "正式": "FULL", "预备党员": "PROBATIONARY", "预备": "PROBATIONARY", "发展对象": "PROSPECT",
    "入党积极分子": "ACTIVIST", "积极分子": "ACTIVIST",
}  # fmt: skip
CATEGORIES = {
    "在岗职工": "STAFF", "在职": "STAFF", "教师": "STAFF", "教职工": "STAFF", "干部": "STAFF", "专任教师": "STAFF",
    "管理人员": "STAFF", "离退休人员": "RETIRED", "离退休": "RETIRED", "退休": "RETIRED", "离休": "RETIRED",
    "退休人员": "RETIRED", "学生": "STUDENT", "本科生": "STUDENT", "研究生": "STUDENT", "硕士生": "STUDENT",
    "博士生": "STUDENT", "其他": "OTHER",
}  # fmt: skip
HEADINGS = {
    "staff_number": ("学工号", "工号", "学号", "职工号", "人员编号"),
    "name": ("姓名",),
    "gender": ("性别",),
    "ethnicity": ("民族",),
    "born_on": ("出生日期", "出生年月"),
    "education": ("学历",),
    "standing": ("人员类别", "党员类别"),
    "branch": ("所在党支部", "所在党支部全称", "所在党支部（全称）", "党支部编码", "所在党支部编码", "党支部"),
    "joined_on": ("加入党组织日期", "入党时间", "入党日期"),
    "confirmed_on": ("转为正式党员日期", "转正时间", "转正日期"),
    "category": ("工作岗位", "岗位"),
    "phone": ("联系电话", "手机号", "联系电话（手机号）", "手机号码"),
    "membership_state": ("党籍状态",),
    "is_floating": ("是否为流动党员", "是否流动党员"),
    "is_lost_contact": ("是否为失联党员", "是否失联党员"),
    "is_leading_cadre": ("是否为党员领导干部", "是否党员领导干部", "党员领导干部"),
    "offices": ("党内职务",),
}
DATES = ("born_on", "joined_on", "confirmed_on")
REQUIRED = ("staff_number", "name", "branch")


def read_category(cell):
    """工作岗位, on which the dues rate hangs: an unknown word is refused, never taken for 其他."""
    typed = text(cell)
    if typed and typed not in CATEGORIES:
        raise ValueError(f"“{typed}”不是工作岗位，应为：在岗职工、离退休人员、学生、其他")
    return CATEGORIES.get(typed)


READERS = {
    "gender": read_choice({"男": "MALE", "女": "FEMALE"}, "性别"),
    "ethnicity": read_word(20),
    "born_on": read_past_date,
    "education": read_word(20),
    "joined_on": read_past_date,
    "confirmed_on": read_past_date,
    "category": read_category,
    "phone": read_code(30),
    "is_floating": read_yes,
    "is_lost_contact": read_yes,
    "is_leading_cadre": read_yes,
}


@dataclass
class Line:
    """One row of the sheet, read: fields of Person, offices, and values for the columns of higher floors."""

    row: int
    values: dict
    branch: Organization
    seats: list[Seat] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    existing: Person | None = None


@dataclass
class Register:
    """What the register knows, read once."""

    branches: dict[str, dict[int, Organization]]
    people: dict[str, Person]
    seats: set[tuple[int, int, str]]
    extras: dict[str, dict[int, Any]]


def read(path) -> Plan:
    """Read a sheet and compare it with the register by staff or student number. Raises SheetError."""
    columns = {column.name: column for column in registry.sheet_columns}
    headings = HEADINGS | {name: column.headings for name, column in columns.items()}
    rows, faults = read_rows(path, headings, REQUIRED)
    plan = Plan(faults=list(faults))
    if faults:
        return plan
    register, offices = _register(columns), Offices()
    seen: dict[str, int] = {}
    for number, cells in rows:
        line = _line(plan, number, cells, register, offices, columns)
        if line is None:
            continue
        key = line.values["staff_number"]
        if key in seen:
            plan.fault(number, "学工号", f"“{key}”与第 {seen[key]} 行重复")
            continue
        seen[key] = number
        _compare(plan, line, register)
    return plan


def _register(columns):
    branches = defaultdict(dict)
    for one in Organization.objects.branches().open().select_related("parent"):
        for word in (one.code, one.name, one.short_name):
            branches[word][one.pk] = one
    people = {person.staff_number: person for person in Person.objects.all()}
    ids = [person.pk for person in people.values()]
    running = Appointment.objects.active().values_list("person_id", "organization_id", "office")
    return Register(branches, people, set(running), {name: one.current(ids) for name, one in columns.items()})


def _line(plan, number, cells, register, offices, columns):
    faults = len(plan.faults)
    values: dict[str, Any] = {}
    values["staff_number"] = _read(plan, number, HEADINGS["staff_number"][0], _read_staff_number, cells["staff_number"])
    values["name"] = _read(plan, number, "姓名", read_name, cells.get("name"))
    branch = _read(plan, number, HEADINGS["branch"][0], lambda cell: _read_branch(cell, register), cells["branch"])
    _read_standing(plan, number, cells, values)
    for name, reader in READERS.items():
        if name in cells:
            value = _read(plan, number, HEADINGS[name][0], reader, cells[name])
            if value is not None and value != "":
                values[name] = value
    extras = {}
    for name, column in columns.items():
        value = _read(plan, number, column.headings[0], column.parse, cells.get(name))
        if value is not None:
            extras[name] = value
    _check_order(plan, number, values)
    seats = []
    if branch is not None:
        seats = _read(plan, number, "党内职务", lambda cell: offices.read(cell, branch), cells.get("offices")) or []
    return None if len(plan.faults) > faults else Line(number, values, branch, seats, extras)


def _read_staff_number(cell):
    typed = read_code(40)(cell)
    if not typed:
        raise ValueError("没有填")
    return typed


def _read_branch(cell, register):
    """A branch by its code, its full or its short name; a short name that several bear is refused."""
    typed = text(cell)
    found = list(register.branches.get(typed, {}).values())
    if not typed:
        raise ValueError("没有填")
    if not found:
        raise ValueError(f"没有“{typed}”这个党支部")
    if len(found) > 1:
        raise ValueError(f"有 {len(found)} 个党支部叫“{typed}”，请写全称或编码")
    return found[0]


def _read(plan, number, column, reader, cell):
    try:
        return reader(cell)
    except ValueError as error:
        plan.fault(number, column, str(error))
        return None


def _read_standing(plan, number, cells, values):
    """人员类别; some systems head 正式/预备 with 党籍状态, so that is read when the former says nothing."""
    typed, state = text(cells.get("standing")), text(cells.get("membership_state"))
    if not typed and state in STANDINGS:
        typed, state = state, ""
    if typed not in STANDINGS:
        words = "正式党员、预备党员、发展对象、入党积极分子"
        plan.fault(number, "人员类别", f"“{typed}”不是人员类别，应为：{words}" if typed else "没有填")
    else:
        values["standing"] = STANDINGS[typed]
    if state and state not in STANDINGS:
        values["membership_state"] = _read(plan, number, HEADINGS["membership_state"][0], read_word(20), state)


def _check_order(plan, number, values):
    born, joined, confirmed = values.get("born_on"), values.get("joined_on"), values.get("confirmed_on")
    if born and joined and joined <= born:
        plan.fault(number, "加入党组织日期", f"{joined} 早于出生日期 {born}")
    if joined and confirmed and confirmed < joined:
        plan.fault(number, "转为正式党员日期", f"{confirmed} 早于加入党组织日期 {joined}")


def _compare(plan, line, register):
    person = line.existing = register.people.get(line.values["staff_number"])
    if person is None:
        if "category" not in line.values and Person(standing=line.values["standing"]).is_member:
            plan.fault(line.row, "工作岗位", "没有填；党员的党费标准按它定，应为：在岗职工、离退休人员、学生、其他")
        else:
            plan.new.append(line)
        return
    if person.name != line.values["name"]:
        plan.fault(line.row, "姓名", f"学工号 {person.staff_number} 在名册里是“{person.name}”，请核对是否同一人")
        return
    faults = len(plan.faults)
    _check_order(plan, line.row, {name: getattr(person, name) for name in DATES} | line.values)
    if len(plan.faults) > faults:
        return
    changes = [
        Change(name, getattr(person, name), value)
        for name, value in line.values.items()
        if getattr(person, name) != value
    ]
    if person.organization_id != line.branch.pk:
        changes.append(Change("organization", person.organization_id, line.branch.pk))
    changes += [
        Change("offices", "", f"{seat.organization}{seat.title or seat.office}")
        for seat in line.seats
        if (person.pk, seat.organization.pk, seat.office) not in register.seats
    ]
    changes += [
        Change(name, register.extras[name].get(person.pk), value)
        for name, value in line.extras.items()
        if register.extras[name].get(person.pk) != value
    ]
    if changes:
        plan.changed.append((line, changes))
    else:
        plan.unchanged += 1


@transaction.atomic
def apply(plan: Plan, *, by, offices_since: datetime.date | None = None) -> None:
    """Write what ``read`` found. New appointments run from ``offices_since`` (by default today).

    Raises Faulty, with nothing written, when the plan has faults.
    """
    if plan.faults:
        raise Faulty
    made = Person.objects.bulk_create(
        [Person(organization=line.branch, **line.values) for line in plan.new], batch_size=500
    )
    for line, person in zip(plan.new, made, strict=True):
        line.existing = person
    for line, _ in plan.changed:
        for name, value in line.values.items():
            setattr(line.existing, name, value)
        if line.existing.organization_id != line.branch.pk:
            line.existing.organization, line.existing.group = line.branch, None
    fields = ["name", "standing", "membership_state", "organization", "group", *READERS]
    Person.objects.bulk_update([line.existing for line, _ in plan.changed], fields, batch_size=200)
    lines = [*plan.new, *(line for line, _ in plan.changed)]
    _appoint(lines, offices_since or clock.today())
    for column in registry.sheet_columns:
        column.write({line.existing.pk: line.extras[column.name] for line in lines if column.name in line.extras}, by)
    changes = {id(line): found for line, found in plan.changed}
    AuditEntry.objects.bulk_create(
        [_entry(line.existing, changes.get(id(line), []), by) for line in lines], batch_size=500
    )


def _appoint(lines, since):
    """Appointments that do not run yet, and an account (without a password) for every office holder."""
    officers = [line for line in lines if line.seats]
    running = set(Appointment.objects.active().values_list("person_id", "organization_id", "office"))
    Appointment.objects.bulk_create(
        [
            Appointment(
                person=line.existing, organization=seat.organization, office=seat.office, title=seat.title,
                starts_on=since,
            )
            for line in officers
            for seat in line.seats
            if (line.existing.pk, seat.organization.pk, seat.office) not in running
        ],
        batch_size=500,
    )  # fmt: skip
    people = [line.existing for line in officers if line.existing.user_id is None]
    unusable = User()
    unusable.set_unusable_password()
    users = User.objects.bulk_create(
        [User(username=one.staff_number, name=one.name, password=unusable.password) for one in people], batch_size=500
    )
    for person, user in zip(people, users, strict=True):
        person.user = user
    Person.objects.bulk_update(people, ["user"], batch_size=500)


def _entry(person, changes, by):
    return AuditEntry(
        by=by, event="person.imported", subject=person._meta.label_lower, subject_id=person.pk,
        data={change.field: [str(change.before), str(change.after)] for change in changes},
    )  # fmt: skip
