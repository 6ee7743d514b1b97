"""The sheet of bases: 学工号, 姓名, 基数 or the items of pay, 起始月份, 依据. It is written whole or not at all.

Whoever is not among the members whom the sender keeps is a stranger, in the same words whether the register knows the
number or not. A row without an amount changes nothing.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from branches.imports.cells import read_code, read_date, read_name, read_word, refuse_error
from branches.imports.parts import parts as in_parts
from branches.imports.plan import Change, Faulty, Missing, Plan
from branches.models import Person
from core.periods import Month
from core.workbooks import Sheet, plain_heading, read_sheet, text
from dues.actions import lock_rates
from dues.bases import actions, rules
from dues.bases.column import parse
from dues.bases.models import PaySchemes
from dues.bases.pay import Part, computed, told
from dues.bases.reports import based_categories, due_of
from dues.bases.sheet_headings import HEADINGS, PREFIX, SILENT, headings_with
from dues.bases.standing import Bases
from dues.models import Base

NUMBER, NAME, AMOUNT, FROM, REASON = (HEADINGS[name][0] for name in HEADINGS)
STRANGER = "您管理的在册党员里没有这个学工号。请核对；不归您管理的，请删去这一行"
read_number, read_reason = read_code(32), read_word(120)


@dataclass
class Line:
    """One row of the sheet about somebody known; ``amount`` is None where the row asks for nothing."""

    row: int
    person: Person
    amount: Decimal | None = None
    from_month: Month | None = None
    reason: str = ""
    parts: tuple[Part, ...] = field(default_factory=tuple)

    @property
    def meant(self) -> list:
        """What the row says, for the plan's digest."""
        items = [[part.name, part.is_deducted, part.amount] for part in self.parts]
        return [self.person.staff_number, self.amount, self.from_month, self.reason, items]

    @property
    def new(self):
        """What is to be added, of a row that asks for something."""
        return actions.NewBase(self.person.pk, self.amount, self.from_month, self.reason, self.parts)


class Register:
    """The members whom the sender keeps, as far as the sheet names them, with their bases; and the schemes of pay."""

    def __init__(self, sheet, by):
        kept = Person.objects.all() if by is None else Person.objects.kept_by(by)
        self.kept = kept.present().members()
        numbers = {text(cells.get("staff_number")) for _, cells in sheet.rows} - {""}
        self.people = {
            person.staff_number: person
            for some in in_parts(numbers)
            for person in self.kept.filter(staff_number__in=some).select_related("organization")
        }
        self.bases = Bases([person.pk for person in self.people.values()])
        self.schemes = PaySchemes()
        self.categories = set(based_categories())

    def absent(self, numbers):
        """Who needs a base and is not in the sheet, of the branches that it names."""
        named = {person.organization_id for person in self.people.values()}
        rows = self.kept.filter(organization__in=named, category__in=self.categories).select_related("organization")
        for person in rows.order_by("organization__code", "staff_number"):
            if person.staff_number not in numbers:
                yield Missing(person.staff_number, person.name, str(person.organization))


def open_sheet(path, **limits) -> Sheet:
    """Read the file, in a process of its own. Raises SheetError."""
    names = PaySchemes().names
    wanted = ("staff_number", "name", ("amount", *(f"{PREFIX}{name}" for name in names)))
    return read_sheet(path, headings_with(names), wanted, **limits)


def compare(sheet: Sheet, *, by=None, blanks=False, progress=lambda share: None) -> Plan:
    """Compare a sheet with the bases that stand. ``by`` is who sends it: only the own part is known to it."""
    plan = Plan(sheet=sheet, faults=list(sheet.faults))
    if by is not None and not (verdict := rules.can_import_bases(by)):
        plan.fault(0, "", verdict.why.rstrip("。"))
    if plan.faults:
        return plan
    register = Register(sheet, by)
    seen: dict[str, int] = {}
    for place, (number, cells) in enumerate(sheet.rows):
        if place % 1000 == 0:
            progress(place / len(sheet.rows))
        key = text(cells.get("staff_number"))
        if key in seen and key:
            plan.fault(number, NUMBER, f"“{key}”与第 {seen[key]} 行重复")
            continue
        seen.setdefault(key, number)
        if line := _line(plan, number, cells, register):
            _compare(plan, line, register, by)
    plan.missing = list(register.absent(seen))
    if others := [word for word in sheet.unknown if plain_heading(word) not in SILENT]:
        plan.warn(0, "", f"党费基数没有这些列，没有读入：{'、'.join(others)}")
    plan.warnings.sort(key=lambda one: one.row)
    return plan


def _line(plan, number, cells, register) -> Line | None:
    """A row read; None, with its faults told, where something in it cannot be."""
    before = len(plan.faults)

    def read(name, heading, reader):
        try:
            refuse_error(cells.get(name))
            return reader(cells.get(name))
        except ValueError as error:
            plan.fault(number, heading, str(error).rstrip("。"))

    person = _person(plan, number, read("staff_number", NUMBER, read_number), read("name", NAME, read_name), register)
    amount = read("amount", AMOUNT, parse)
    month, reason = read("from_month", FROM, read_month), read("reason", REASON, read_reason) or ""
    items = [name.removeprefix(PREFIX) for name in cells if name.startswith(PREFIX)]
    amounts = {item: read(f"{PREFIX}{item}", item, partial(parse, what=item)) for item in items}
    if person is None or len(plan.faults) > before:
        return None
    month = month or register.bases.offered(person.pk)
    parts = _parts(plan, number, amounts, month, register)
    total = _total(plan, number, amount, parts)
    return Line(number, person, total, month, reason, parts) if len(plan.faults) == before else None


def _person(plan, number, key, name, register):
    if key is None or name is None:
        return None  # told already
    if not key:
        plan.fault(number, NUMBER, "没有填")
        return None
    person = register.people.get(key)
    if person is None:
        plan.fault(number, NUMBER, STRANGER)
    elif person.name != name:
        plan.fault(number, NAME, f"学工号 {key} 在名册里是“{person.name}”，请核对是否同一人")
        return None
    return person


def _parts(plan, number, amounts, month, register) -> tuple[Part, ...]:
    """The amounts as items of the scheme of the month; what is no item then is a fault."""
    items = {item.name: item for item in register.schemes.items_of(month)}
    for name, amount in amounts.items():
        if amount is not None and name not in items:
            plan.fault(number, name, f"从 {month.label}起的基数没有这一项，请空着，或者改起始月份")
    named = ((item, amounts.get(name)) for name, item in items.items())
    return tuple(Part(item.name, item.is_deducted, amount) for item, amount in named if amount is not None)


def _total(plan, number, amount, parts) -> Decimal | None:
    if not parts:
        return amount
    total = computed(parts)
    if total < 0:
        plan.fault(number, AMOUNT, f"按工资项目算出来是 {total:,.2f} 元，基数不能是负数")
    elif amount is not None and amount != total:
        plan.fault(number, AMOUNT, f"按工资项目算出来是 {total:,.2f} 元，和这里填的 {amount:,.2f} 元不一样")
    return total


def _compare(plan, line, register, by):
    person, bases = line.person, register.bases
    had = bases.at(person.pk, line.from_month)
    if line.amount is None:
        if bases.latest(person.pk) is None and person.category in register.categories:
            plan.warn(line.row, AMOUNT, "还没有基数，表里也没有填")
        plan.unchanged.append(line)
        return
    if bases.is_settled(person.pk, line.amount, line.from_month):
        plan.unchanged.append(line)
        return
    faults = len(plan.faults)
    first, last = bases.bounds(person.pk)
    if not first <= line.from_month <= last:
        plan.fault(line.row, FROM, f"只能在 {first.label}和 {last.label}之间")
    if by is not None and not rules.can_set_base(by, person):
        plan.fault(line.row, NUMBER, rules.can_set_base(by, person).why.rstrip("。"))
    if not line.reason and bases.needs_reason(person.pk, line.from_month):
        plan.fault(line.row, REASON, f"基数一年一定，从 {line.from_month.label}起改要写依据")
    if len(plan.faults) > faults:
        return
    line.reason = line.reason or (f"{line.from_month.year} 年度核定" if had else "首次核定")
    for warning in due_of(person.category, line.amount, line.from_month)[1]:
        plan.warn(line.row, AMOUNT, warning)
    if had is None:
        plan.new.append(line)
    else:
        plan.changed.append((line, _changes(line, had)))


def _changes(line, had: Base) -> list[Change]:
    pairs = (("amount", had.amount, line.amount), ("from_month", had.from_month, line.from_month))
    changes = [Change(name, before, after) for name, before, after in pairs if before != after]
    return [*changes, Change("reason", had.reason, line.reason)] if had.reason != line.reason else changes


def read_month(cell) -> Month | None:
    """2027-01, 2027年1月, 202701, an Excel date; None for a blank cell."""
    typed = text(cell).replace(" ", "")
    if match := re.fullmatch(r"((?:19|20)\d{2})(0[1-9]|1[0-2])", typed):
        return Month(int(match[1]), int(match[2]))
    try:
        day = read_date(cell)
    except ValueError as error:
        raise ValueError(f"“{typed}”不是月份，请写成 2027-01 这样") from error
    return Month.of(day) if day else None


def lock(sheet) -> None:
    """Hold the rates, then whom the sheet names, before it is compared: as every act on bases does."""
    lock_rates()
    numbers = {text(cells.get("staff_number")) for _, cells in sheet.rows} - {""}
    ids = [
        pk
        for some in in_parts(numbers)
        for pk in Person.objects.filter(staff_number__in=some).order_by().values_list("pk", flat=True)
    ]
    for some in in_parts(ids):
        list(Person.objects.filter(pk__in=some).order_by("pk").select_for_update().values_list("pk", flat=True))


def apply(plan: Plan, *, by) -> None:
    """Write what ``compare`` found. Raises Faulty, with nothing written, when the plan has faults."""
    if plan.faults:
        raise Faulty
    actions.add_sheet([line.new for line in (*plan.new, *(line for line, _ in plan.changed))], by=by)


def key_of(line) -> str:
    return line.person.staff_number


def title_of(line) -> str:
    return line.person.name


def facts_of(line) -> list[tuple[str, str]]:
    """What a new row brings, heading by heading."""
    found = [(AMOUNT, f"{line.amount:,.2f} 元"), (FROM, line.from_month.label), (REASON, line.reason)]
    return [*found, ("工资项目", told(line.parts))] if line.parts else found


def words_of(line, change: Change) -> tuple[str, str, str]:
    """A change as heading, before, after."""
    both = (change.before, change.after)
    if change.field == "amount":
        before, after = (f"{one:,.2f} 元" for one in both)
    elif change.field == "from_month":
        before, after = (one.label for one in both)
    else:
        before, after = both
    return HEADINGS[change.field][0], before, after


def named(cells) -> tuple[str, str]:
    """Whom a row is about as it stands in the sheet, readable or not."""
    return text(cells.get("staff_number")), text(cells.get("name"))
