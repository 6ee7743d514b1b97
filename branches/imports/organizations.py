"""The sheet of organizations: 党组织基本信息表."""

from dataclasses import dataclass

from django.db import transaction

from branches.imports.cells import read_date
from branches.imports.plan import Change, Faulty, Plan
from branches.models import Organization
from core.audit import AuditEntry
from core.workbooks import read_rows, text

Kind = Organization.Kind
HEADINGS = {
    "code": ("组织编码", "党组织编码", "组织代码"),
    "name": ("党组织全称", "组织全称", "党组织名称"),
    "short_name": ("简称", "党组织简称"),
    "kind": ("组织类别", "党组织类别"),
    "parent": ("上级组织编码", "上级党组织编码"),
    "founded_on": ("成立日期", "建立日期", "批准建立日期"),
    "term_ends_on": ("本届届满日期", "届满日期"),
}
REQUIRED = ("code", "name", "kind", "parent")
KINDS = {
    "党委": Kind.COMMITTEE,
    "党总支": Kind.GENERAL_BRANCH,
    "二级党委": Kind.GENERAL_BRANCH,
    "党支部": Kind.BRANCH,
    "直属党支部": Kind.BRANCH,
}
# which kind may stand under which; a 党支部 directly under a committee must say that it is 直属
ABOVE = {
    "党委": (Kind.COMMITTEE,),
    "党总支": (Kind.COMMITTEE,),
    "二级党委": (Kind.COMMITTEE,),
    "党支部": (Kind.GENERAL_BRANCH,),
    "直属党支部": (Kind.COMMITTEE,),
}
FIELDS = ("code", "name", "short_name", "kind", "founded_on", "term_ends_on")


@dataclass
class Line:
    """One row of the sheet, read."""

    row: int
    word: str
    values: dict
    parent_code: str
    existing: Organization | None = None


def read(path) -> Plan:
    """Read a sheet and compare it with the register: by code first, then by full name. Raises SheetError."""
    rows, faults = read_rows(path, HEADINGS, REQUIRED)
    plan = Plan(faults=list(faults))
    if faults:
        return plan
    lines = [line for number, cells in rows if (line := _line(plan, number, cells))]
    register = list(Organization.objects.all())
    by_code = {one.code: one for one in register}
    by_name = {one.name: one for one in register}
    for line in lines:
        line.existing = by_code.get(line.values["code"]) or by_name.get(line.values["name"])
    _check_doubles(plan, lines)
    _check_parents(plan, lines, by_code)
    for line in lines:
        _compare(plan, line, by_code)
    return plan


def _line(plan, number, cells):
    values, good = {}, True
    word = text(cells.get("kind"))
    for name in ("code", "name", "short_name"):
        values[name] = text(cells.get(name))
    values["short_name"] = values["short_name"] or values["name"]
    for name in ("code", "name"):
        if not values[name]:
            plan.fault(number, HEADINGS[name][0], "没有填")
            good = False
    if word not in KINDS:
        plan.fault(number, HEADINGS["kind"][0], f"“{word}”不是组织类别，应为：{'、'.join(KINDS)}")
        good = False
    for name in ("founded_on", "term_ends_on"):
        try:
            values[name] = read_date(cells.get(name))
        except ValueError as error:
            plan.fault(number, HEADINGS[name][0], str(error))
            good = False
    values["kind"] = KINDS.get(word)
    return Line(number, word, values, text(cells.get("parent"))) if good else None


def _check_doubles(plan, lines):
    for name in ("code", "name"):
        seen = {}
        for line in lines:
            value = line.values[name]
            if value in seen:
                plan.fault(line.row, HEADINGS[name][0], f"“{value}”与第 {seen[value]} 行重复")
            seen.setdefault(value, line.row)


def _check_parents(plan, lines, by_code):
    sheet = {line.values["code"]: line for line in lines}
    for line in lines:
        column = HEADINGS["parent"][0]
        if not line.parent_code:
            if line.word != "党委":
                plan.fault(line.row, column, f"{line.word}要有上级组织")
            continue
        above = sheet.get(line.parent_code)
        kind = above.values["kind"] if above else getattr(by_code.get(line.parent_code), "kind", None)
        if kind is None:
            plan.fault(line.row, column, f"没有编码为“{line.parent_code}”的组织")
        elif kind not in ABOVE[line.word]:
            plan.fault(line.row, column, f"{line.word}的上级不能是{Kind(kind).label}")
        elif _is_circular(line, sheet):
            plan.fault(line.row, column, "上级关系绕成了圈")


def _is_circular(line, sheet):
    seen, code = {line.values["code"]}, line.parent_code
    while code in sheet:
        if code in seen:
            return True
        seen.add(code)
        code = sheet[code].parent_code
    return False


def _compare(plan, line, by_code):
    if line.existing is None:
        plan.new.append(line)
        return
    blank = {name for name in ("founded_on", "term_ends_on") if line.values[name] is None}
    changes = [
        Change(name, getattr(line.existing, name), line.values[name])
        for name in FIELDS
        if name not in blank and getattr(line.existing, name) != line.values[name]
    ]
    parent = by_code.get(line.parent_code)
    if (parent.pk if parent else None) != line.existing.parent_id and (parent or line.parent_code):
        changes.append(Change("parent", line.existing.parent_id, line.parent_code))
    if changes:
        plan.changed.append((line, changes))
    else:
        plan.unchanged += 1


@transaction.atomic
def apply(plan: Plan, *, by) -> None:
    """Write what ``read`` found. Raises Faulty, with nothing written, when the plan has faults."""
    if plan.faults:
        raise Faulty
    audit: list[AuditEntry] = []
    _create(plan.new, audit, by)
    known = {one.code: one for one in Organization.objects.all()}
    moved = False
    for line, changes in plan.changed:
        for change in changes:
            if change.field == "parent":
                line.existing.parent, moved = known[line.parent_code], True
            else:
                setattr(line.existing, change.field, change.after)
        audit.append(_entry(line.existing, changes, by))
    Organization.objects.bulk_update([line.existing for line, _ in plan.changed], [*FIELDS, "parent"], batch_size=200)
    if plan.new or moved:
        _write_paths()
    AuditEntry.objects.bulk_create(audit, batch_size=500)


def _create(lines, audit, by):
    """Insert level by level, so that every parent has its id."""
    known = {one.code: one for one in Organization.objects.all()}
    waiting = list(lines)
    while waiting:
        ready = [line for line in waiting if not line.parent_code or line.parent_code in known]
        made = Organization.objects.bulk_create(
            [
                Organization(**line.values, parent=known.get(line.parent_code), path=f"new/{line.values['code']}/")
                for line in ready
            ],
            batch_size=500,
        )
        known |= {one.code: one for one in made}
        audit += [_entry(one, [], by) for one in made]
        waiting = [line for line in waiting if line.values["code"] not in known]


def _write_paths():
    """Recompute every path from the parents; only those that differ are written."""
    rows = {one.pk: one for one in Organization.objects.all()}
    paths: dict[int, str] = {}

    def path_of(one):
        if one.pk not in paths:
            above = path_of(rows[one.parent_id]) if one.parent_id else "/"
            paths[one.pk] = f"{above}{one.pk}/"
        return paths[one.pk]

    changed = [one for one in rows.values() if one.path != path_of(one)]
    for one in changed:
        one.path = f"moving/{one.pk}/"  # paths are unique: two that change places would collide
    Organization.objects.bulk_update(changed, ["path"], batch_size=500)
    for one in changed:
        one.path = paths[one.pk]
    Organization.objects.bulk_update(changed, ["path"], batch_size=500)


def _entry(one, changes, by):
    return AuditEntry(
        by=by, event="organization.imported", subject=one._meta.label_lower, subject_id=one.pk,
        data={change.field: [str(change.before), str(change.after)] for change in changes},
    )  # fmt: skip
