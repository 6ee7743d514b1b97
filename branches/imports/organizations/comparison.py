"""The sheet of organizations: 党组织基本信息表."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count

from branches.access import is_department
from branches.imports.cells import read_code, read_date, read_word, refuse_error
from branches.imports.plan import Change, Missing, Plan
from branches.models import Organization, Person
from branches.rules import organizations as rules
from branches.structure import NOTHING, STANDS
from core.workbooks import Sheet, plain_heading, read_sheet, text

Kind = Organization.Kind
HEADINGS = {
    "code": ("组织编码", "党组织编码", "组织代码"),
    "name": ("党组织全称", "组织全称", "党组织名称"),
    "short_name": ("简称", "党组织简称"),
    "kind": ("组织类别", "党组织类别"),
    "parent": ("上级组织编码", "上级党组织编码"),
    "parent_name": ("上级组织", "上级党组织", "上级组织名称", "上级党组织名称", "上级组织全称", "上级党组织全称"),
    "founded_on": ("成立日期", "建立日期", "批准建立日期"),
    "term_ends_on": ("本届届满日期", "届满日期"),
}
REQUIRED = ("code", "name", "kind", ("parent", "parent_name"))
SILENT = {
    "序号", "原因", "备注", "书记", "正式党员", "预备党员", "发展对象和积极分子", "发展对象", "入党积极分子", "党员",
    "提醒", "撤销日期",
}  # fmt: skip
FIELDS = ("code", "name", "short_name", "kind", "founded_on", "term_ends_on")
SHORT = 60
NAMED = 3
NEVER_BLANKED = ("short_name", "founded_on", "term_ends_on")
READERS = {
    "code": read_code(40),
    "name": read_word(120),
    "short_name": read_word(SHORT),
    "founded_on": read_date,
    "term_ends_on": read_date,
    "parent": read_code(40),
    "parent_name": read_word(120),
}


@dataclass
class Line:
    """One row of the sheet, read. ``parent_name`` is what it calls the organization above, beside or without a code.

    ``is_lost`` says that nobody knows which one that is.
    """

    row: int
    word: str
    values: dict
    parent_code: str
    parent_name: str = ""
    is_lost: bool = False
    existing: Organization | None = None

    @property
    def meant(self) -> list:
        """What the row says, for the plan's digest."""
        return [self.word, self.values, self.parent_code]


def open_sheet(path, **limits) -> Sheet:
    """Read the file, in a process of its own. Raises SheetError."""
    return read_sheet(path, HEADINGS, REQUIRED, **limits)


def compare(sheet: Sheet, *, by=None, blanks=False, progress=lambda share: None) -> Plan:
    """Compare a sheet with the register: by code first, then by full name.

    A blank cell never overwrites, also with ``blanks``: those speak of facts about people. ``by`` is who sends it, and
    writes inside the own part of the tree only.
    """
    plan = Plan(sheet=sheet, faults=list(sheet.faults))
    if sheet.faults:
        return plan
    lines = [line for number, cells in sheet.rows if (line := _line(plan, number, cells))]
    register = list(Organization.objects.select_related("parent"))
    by_code = {one.code: one for one in register}
    by_name = {one.name: one for one in register}
    for line in lines:
        line.existing = by_code.get(line.values["code"]) or by_name.get(line.values["name"])
    _find_parents(plan, lines, register)
    _check_doubles(plan, lines)
    _check_register(plan, lines, by_name)
    _check_parents(plan, lines, register)
    _check_kinds(plan, lines, register)
    sent = {line.values["code"]: line for line in lines}
    for line in lines:
        above = sent.get(line.parent_code)
        parent = above.existing if above else by_code.get(line.parent_code)
        if by is not None:
            _check_sender(plan, line, parent, by)
        _check_place(plan, line, parent)
        _compare(plan, line, parent)
    plan.missing = _missing(lines, register)
    if others := [word for word in sheet.unknown if plain_heading(word) not in SILENT]:
        plan.warn(0, "", f"名册里没有这些列，没有读入：{'、'.join(others)}")
    return plan


def read(path, **options) -> Plan:
    """Read a sheet and compare it with the register."""
    return compare(open_sheet(path), **options)


def _line(plan, number, cells):
    values, good = {}, True
    word = text(cells.get("kind"))
    for name in ("code", "name", "short_name", "founded_on", "term_ends_on", "parent", "parent_name"):
        try:
            refuse_error(cells.get(name))
            values[name] = READERS[name](cells.get(name))
            if name in ("code", "name") and not values[name]:
                raise ValueError("没有填")
        except ValueError as error:
            plan.fault(number, HEADINGS[name][0], str(error))
            good = False
    if word not in STANDS:
        plan.fault(number, HEADINGS["kind"][0], f"“{word}”不是组织类别，应为：{'、'.join(STANDS)}")
        good = False
    else:
        values["kind"] = Kind(STANDS[word][0])
    if not good:
        return None
    parent_code, parent_name = values.pop("parent"), values.pop("parent_name")
    return Line(number, word, values, parent_code, parent_name)


def _find_parents(plan, lines, register):
    """Where the organization above is named: its code, from the register or the sheet. A name of several is refused."""
    named = defaultdict(set)
    for one in register:
        for word in (one.code, one.name, one.short_name):
            named[word].add(one.code)
    for line in lines:
        for word in (line.values["code"], line.values["name"], line.values["short_name"]):
            named[word].add(line.values["code"])
    for line in [one for one in lines if one.parent_name]:
        codes, column = named.get(line.parent_name, set()), HEADINGS["parent_name"][0]
        if line.parent_code and line.parent_code not in codes:
            plan.fault(line.row, column, f"编码 {line.parent_code} 不是“{line.parent_name}”，请核对是哪一个")
        elif not line.parent_code and len(codes) == 1:
            line.parent_code = next(iter(codes))
        elif not line.parent_code:
            line.is_lost = True
            many = f"有 {len(codes)} 个党组织叫“{line.parent_name}”，请写全称或编码"
            plan.fault(line.row, column, many if codes else f"没有“{line.parent_name}”这个党组织")


def _check_sender(plan, line, parent, by):
    """Who sends a sheet writes only below the own committee; a new top is for whoever runs the site."""
    column = HEADINGS["code"][0]
    if line.existing is not None and not is_department(by, line.existing):
        plan.fault(line.row, column, f"{line.existing}不在您的管理范围内，请由上级组织部导入")
    elif parent is not None and not is_department(by, parent):
        plan.fault(line.row, HEADINGS["parent"][0], f"{parent}不在您的管理范围内，请由上级组织部导入")
    elif line.existing is None and not line.parent_code and not line.is_lost:
        plan.fault(line.row, HEADINGS["parent"][0], "新的最上级党委请由系统管理员导入")


def _check_place(plan, line, parent):
    """What is new, or comes to stand elsewhere, needs an open organization above it; a founding has taken place."""
    one, founded_on = line.existing, line.values["founded_on"]
    if parent is not None and (one is None or one.parent_id != parent.pk):
        _ask(plan, line, "parent_name" if line.parent_name else "parent", rules.takes_more(parent))
    if founded_on and (one is None or one.founded_on != founded_on):
        _ask(plan, line, "founded_on", rules.is_a_day_of(founded_on))


def _ask(plan, line, name, verdict):
    if not verdict:
        plan.fault(line.row, HEADINGS[name][0], verdict.why.rstrip("。"))


def _missing(lines, register) -> list[Missing]:
    """Open organizations that the sheet passes over although it names their sisters."""
    sent = {line.existing.pk for line in lines if line.existing}
    families = {line.existing.parent_id for line in lines if line.existing and line.existing.parent_id}
    return [
        Missing(one.code, one.short_name, one.parent.short_name)
        for one in register
        if one.pk not in sent and one.parent_id in families and one.closed_on is None
    ]


def _check_doubles(plan, lines):
    for name in ("code", "name"):
        seen = {}
        for line in lines:
            value = line.values[name]
            if value in seen:
                plan.fault(line.row, HEADINGS[name][0], f"“{value}”与第 {seen[value]} 行重复")
            seen.setdefault(value, line.row)


def _check_register(plan, lines, by_name):
    """Each row means one organization of its own, and a full name that the register gives to another is not taken."""
    column, meant = HEADINGS["name"][0], {}
    for line in lines:
        one, named = line.existing, by_name.get(line.values["name"])
        if one is not None and one.pk in meant:
            plan.fault(line.row, column, f"与第 {meant[one.pk]} 行是名册里的同一个组织（{one.code}）")
        elif one is not None and named is not None and named.pk != one.pk:
            plan.fault(line.row, column, f"名册里“{named.name}”的编码是 {named.code}")
        if one is not None:
            meant.setdefault(one.pk, line.row)


def _check_parents(plan, lines, register):
    kinds = {one.code: one.kind for one in register} | {line.values["code"]: line.values["kind"] for line in lines}
    codes = {one.pk: one.code for one in register}
    above = {one.code: codes.get(one.parent_id) for one in register}
    above |= {line.values["code"]: line.parent_code for line in lines}
    for line in lines:
        column = HEADINGS["parent"][0]
        above_it = STANDS[line.word][1]
        if not line.parent_code:
            if NOTHING not in above_it and not line.is_lost:
                plan.fault(line.row, column, f"{line.word}要有上级组织")
            continue
        kind = kinds.get(line.parent_code)
        if kind is None:
            plan.fault(line.row, column, f"没有编码为“{line.parent_code}”的组织")
        elif kind not in above_it:
            plan.fault(line.row, column, f"{line.word}的上级不能是{Kind(kind).label}")
        elif _is_circular(line.values["code"], above):
            plan.fault(line.row, column, "上级关系绕成了圈")


def _check_kinds(plan, lines, register):
    """A kind changes only when nothing that rests on the old one stays: people of a branch, organizations below.

    Those below that stand in the sheet themselves are checked there, against the parent that the sheet gives them.
    """
    changing = [line for line in lines if line.existing and line.existing.kind != line.values["kind"]]
    moved = {line.existing.pk for line in lines if line.existing}
    people = dict(
        Person.objects.present()
        .filter(organization__in=[line.existing.pk for line in changing])
        .values_list("organization")
        .annotate(Count("pk"))
    )
    for line in changing:
        one, column = line.existing, HEADINGS["kind"][0]
        words = f"不能由{one.kind_label}改为{line.word}"
        if count := people.get(one.pk, 0):
            plan.fault(line.row, column, f"{one}现有 {count} 人，{words}；请先把他们转到别的党支部")
        below = [row for row in register if row.parent_id == one.pk and row.pk not in moved and not row.closed_on]
        if below:
            names = "、".join(map(str, below[:NAMED])) + (" 等" if len(below) > NAMED else "")
            plan.fault(line.row, column, f"{one}下面有{names} {len(below)} 个党组织，{words}；请在表中写明它们归谁管")


def _is_circular(code, above):
    seen = set()
    while code:
        if code in seen:
            return True
        seen.add(code)
        code = above.get(code)
    return False


def _compare(plan, line, parent):
    """``parent`` is the organization above as the register knows it, None where it is new or none is named."""
    if line.existing is None:
        line.values["short_name"] = line.values["short_name"] or line.values["name"]
        if len(line.values["short_name"]) > SHORT:
            plan.fault(line.row, HEADINGS["short_name"][0], f"没有填，而全称超过 {SHORT} 个字")
        plan.new.append(line)
        return
    for name in NEVER_BLANKED:
        line.values[name] = line.values[name] or getattr(line.existing, name)
    changes = [
        Change(name, getattr(line.existing, name), line.values[name])
        for name in FIELDS
        if getattr(line.existing, name) != line.values[name]
    ]
    if line.parent_code and (parent is None or parent.pk != line.existing.parent_id):
        changes.append(Change("parent", line.existing.parent_id, line.parent_code))
    if changes:
        plan.changed.append((line, changes))
    else:
        plan.unchanged.append(line)
