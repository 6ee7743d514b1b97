"""The sheet of organizations: 党组织基本信息表."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from branches.imports.cells import read_code, read_date, read_word
from branches.imports.plan import Change, Faulty, Plan
from branches.models import Organization, Person
from branches.structure import NOTHING, STANDS
from core.audit import AuditEntry, entry_of
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
}


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
    register = list(Organization.objects.select_related("parent"))
    by_code = {one.code: one for one in register}
    by_name = {one.name: one for one in register}
    for line in lines:
        line.existing = by_code.get(line.values["code"]) or by_name.get(line.values["name"])
    _check_doubles(plan, lines)
    _check_register(plan, lines, by_name)
    _check_parents(plan, lines, register)
    _check_kinds(plan, lines, register)
    sheet = {line.values["code"]: line for line in lines}
    for line in lines:
        above = sheet.get(line.parent_code)
        _compare(plan, line, above.existing if above else by_code.get(line.parent_code))
    return plan


def _line(plan, number, cells):
    values, good = {}, True
    word = text(cells.get("kind"))
    for name, reader in READERS.items():
        try:
            values[name] = reader(cells.get(name))
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
    return Line(number, word, values, text(cells.get("parent"))) if good else None


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
            if NOTHING not in above_it:
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
        plan.unchanged += 1


@transaction.atomic
def apply(plan: Plan, *, by) -> None:
    """Write what ``read`` found. Raises Faulty, with nothing written, when the plan has faults."""
    if plan.faults:
        raise Faulty
    Organization.objects.lock_tree()
    audit: list[AuditEntry] = []
    for line, changes in plan.changed:
        for change in changes:
            if change.field != "parent":
                setattr(line.existing, change.field, change.after)
        audit.append(_entry(line.existing, changes, by))
    rows = [line.existing for line, _ in plan.changed]
    # new codes first: the rows below name their parents by them
    Organization.objects.bulk_update(rows, [name for name in FIELDS if name != "kind"], batch_size=200)
    _create(plan.new, audit, by)
    known = {one.code: one for one in Organization.objects.all()}
    moving = [line for line, changes in plan.changed if any(change.field == "parent" for change in changes)]
    for line in moving:
        line.existing.parent = known[line.parent_code]
    Organization.objects.bulk_update(rows, ["kind", "parent"], batch_size=200)
    if plan.new or moving:
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
    """The audit row of an organization; the one above it is told by its code, as a new one has no id yet."""
    told = {change.field: [change.before, change.after] for change in changes}
    if "parent" in told:
        told["parent"][0] = one.parent.code if one.parent else ""
    return entry_of(one, "organization.imported", by=by, changes=told)
