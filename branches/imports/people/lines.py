"""One row of the sheet, read on its own: its cells turned into values, or a fault at each that is wrong."""

from dataclasses import dataclass, field
from typing import Any

from branches import identity
from branches.imports.cells import (
    EXCEL_ERRORS,
    read_choice,
    read_code,
    read_name,
    read_past_date,
    read_phone,
    read_word,
    read_yes,
    refuse_error,
)
from branches.imports.offices import Seat
from branches.models import Appointment, Organization, Person
from branches.reports.people import masked_day
from core.workbooks import text

STANDINGS = {
    "正式党员": "FULL", "正式": "FULL", "预备党员": "PROBATIONARY", "预备": "PROBATIONARY", "发展对象": "PROSPECT",
    "入党积极分子": "ACTIVIST", "积极分子": "ACTIVIST",
}  # fmt: skip
# a standing is only ever gained; a sheet that says less is older than the register
STEPS = [Person.Standing.ACTIVIST, Person.Standing.PROSPECT, Person.Standing.PROBATIONARY, Person.Standing.FULL]
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
    "branch": ("所在党支部", "所在党支部全称", "所在党支部（全称）", "党支部"),
    "branch_code": ("党支部编码", "所在党支部编码"),
    "joined_on": ("加入党组织日期", "入党时间", "入党日期"),
    "confirmed_on": ("转为正式党员日期", "转正时间", "转正日期"),
    "category": ("工作岗位", "岗位"),
    "phone": ("联系电话", "手机号", "联系电话（手机号）", "手机号码"),
    "membership_state": ("党籍状态",),
    "is_floating": ("是否为流动党员", "是否流动党员", "流动党员"),
    "is_lost_contact": ("是否为失联党员", "是否失联党员", "失联党员"),
    "is_leading_cadre": ("是否为党员领导干部", "是否党员领导干部", "党员领导干部"),
    "offices": ("党内职务",),
    "group": ("党小组", "所在党小组"),
    "left_on": ("离开日期",),
    "identity": ("公民身份证号", "公民身份号码", "身份证号", "身份证号码"),
}
# columns of the usual sheets that are known and yet not read; the others that are not read are named to the sender
NOT_READ = {
    "党费缴至年月": "交到哪个月以系统里的党费收缴记录为准",
    "月应缴纳党费（元）": "应缴多少由系统按党费计算基数和标准算",
    "月应缴纳党费": "应缴多少由系统按党费计算基数和标准算",
}
SILENT = {"序号", "原因"}
REQUIRED = ("staff_number", "name", ("branch", "branch_code"))


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
    "phone": read_phone,
    "is_floating": read_yes,
    "is_lost_contact": read_yes,
    "is_leading_cadre": read_yes,
}


# what a blank cell clears where the sender says so: facts about somebody, never who, where and as what they are
CLEARED: dict[str, Any] = {
    "gender": "", "ethnicity": "", "born_on": None, "education": "", "joined_on": None, "confirmed_on": None,
    "phone": "", "membership_state": "", "is_floating": False, "is_lost_contact": False, "is_leading_cadre": False,
}  # fmt: skip


@dataclass
class Line:
    """One row of the sheet, read: fields of Person, offices, and values for the columns of higher floors.

    ``given`` are those of ``seats`` that are not held yet; ``ending`` are the offices at the old branch that a move to
    another one ends; ``account_id`` is the account that waits for this person already; ``identity`` is the identity
    number, where the site keeps those; ``group_name`` is what a group leader's row calls the group.
    """

    row: int
    values: dict
    branch: Organization
    seats: list[Seat] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    existing: Person | None = None
    given: list[Seat] = field(default_factory=list)
    ending: list[Appointment] = field(default_factory=list)
    account_id: int | None = None
    identity: str = ""
    group_name: str = ""

    @property
    def meant(self) -> list:
        """What the row says, for the plan's digest."""
        seats = [[seat.organization.pk, seat.office, seat.title] for seat in self.seats]
        seats += [[seat.group.pk] for seat in self.given if seat.group]
        return [self.values, self.branch.pk, seats, self.extras, self.account_id, self.identity]


def read_line(plan, number, cells, branches, offices, columns, *, home=None, blanks=False) -> Line | None:
    """Read a row; None when anything in it is wrong, which the plan then says.

    ``home`` is where the register has the person now; with ``blanks`` a blank cell clears.
    """
    faults = len(plan.faults)
    values: dict[str, Any] = {}
    values["staff_number"] = _read(plan, number, HEADINGS["staff_number"][0], _read_staff_number, cells["staff_number"])
    values["name"] = _read(plan, number, "姓名", read_name, cells.get("name"))
    branch = _read_branch(plan, number, cells, branches, home)
    _read_standing(plan, number, cells, values)
    for name, reader in READERS.items():
        if name in cells:
            value = _read(plan, number, HEADINGS[name][0], reader, cells[name])
            if value is not None and value != "":
                values[name] = value
            elif blanks and name in CLEARED and not text(cells[name]):
                values[name] = CLEARED[name]
    if blanks and "membership_state" in cells and not text(cells["membership_state"]):
        values["membership_state"] = ""
    extras = {}
    for name, column in columns.items():
        value = _read(plan, number, column.headings[0], column.parse, cells.get(name))
        if value is not None:
            extras[name] = value
    check_order(plan, number, values)
    seats: list[Seat] = []
    if branch is not None:
        seats = _read(plan, number, "党内职务", lambda cell: offices.read(cell, branch), cells.get("offices")) or []
    kept, group = _read_identity(plan, number, cells.get("identity")), text(cells.get("group"))
    if len(plan.faults) > faults:
        return None
    return Line(number, values, branch, seats, extras, identity=kept, group_name=group)


def _read_identity(plan, number, cell) -> str:
    """The identity number, where the site keeps those; one that an export has masked says nothing."""
    typed = text(cell)
    if not typed or "*" in typed or not identity.is_kept():
        return ""
    return _read(plan, number, HEADINGS["identity"][0], identity.check, cell) or ""


def check_order(plan, number, values, *, born_is_held=False):
    """Born, then joined, then confirmed. A birth date that only the register holds is not told whole."""
    born, joined, confirmed = values.get("born_on"), values.get("joined_on"), values.get("confirmed_on")
    if born and joined and joined <= born:
        plan.fault(number, "加入党组织日期", f"{joined} 早于出生日期 {masked_day(born) if born_is_held else born}")
    if joined and confirmed and confirmed < joined:
        plan.fault(number, "转为正式党员日期", f"{confirmed} 早于加入党组织日期 {joined}")


def _read(plan, number, column, reader, cell):
    try:
        refuse_error(cell)
        return reader(cell)
    except ValueError as error:
        plan.fault(number, column, str(error))
        return None


def _read_staff_number(cell):
    typed = read_code(40)(cell)
    if not typed:
        raise ValueError("没有填")
    return typed


def _read_branch(plan, number, cells, branches, home):
    """The branch that the row names: by the code where one is given, and then the name must mean the same one."""
    name, code = HEADINGS["branch"][0], HEADINGS["branch_code"][0]
    if not text(cells.get("branch_code")):
        column = name if "branch" in cells else code
        return _read(plan, number, column, lambda cell: branches.one(cell, home), cells.get("branch"))
    branch = _read(plan, number, code, branches.one, cells["branch_code"])
    typed = text(cells.get("branch"))
    if branch is not None and typed and branch.pk not in branches.named(typed):
        plan.fault(number, name, f"这里写的是“{typed}”，而编码 {branch.code} 是“{branch}”，请核对是哪一个党支部")
    return branch


def _read_standing(plan, number, cells, values):
    """人员类别; some systems head 正式/预备 with 党籍状态, so that is read when the former says nothing."""
    typed, state = text(cells.get("standing")), text(cells.get("membership_state"))
    if not typed and state in STANDINGS:
        typed, state = state, ""
    if EXCEL_ERRORS.fullmatch(typed):
        _read(plan, number, "人员类别", refuse_error, typed)
    elif typed not in STANDINGS:
        words = "正式党员、预备党员、发展对象、入党积极分子"
        plan.fault(number, "人员类别", f"“{typed}”不是人员类别，应为：{words}" if typed else "没有填")
    else:
        values["standing"] = STANDINGS[typed]
    if state and state not in STANDINGS:
        values["membership_state"] = _read(plan, number, HEADINGS["membership_state"][0], read_word(20), state)
