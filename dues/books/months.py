"""Months: the figures on the pages against sums of the rows made in another way, statements, states and stamps."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from core.periods import Month
from dues.books.findings import Finding, Summary, batches, of_charge
from dues.models import Charge, Deferral, DuesMonth, Entry, Statement
from dues.reports import Part, Sums, sums_of, total, total_of

FEW = 100  # months of as many branches at a time: their charges and entries are held in memory
ZERO = Decimal("0.00")
Status, Act = DuesMonth.Status, Statement.Act
WORDS = {
    "owed": "应缴", "paid": "本月实缴", "undone": "后来冲正", "later": "后来补交", "deferred": "缓交",
    "unpaid": "未登记", "arrears": "往月补缴",
}  # fmt: skip
STATED = {Act.VERIFIED: ("owed",), Act.SUBMITTED: ("owed", "paid", "arrears")}  # of each act, what stays from then on


def check_months(summary: Summary) -> Iterator[Finding]:
    """Each branch's figures, their sums at every general branch and in all; what went up is as it was stated."""
    for month in list(DuesMonth.objects.order_by("month").values_list("month", flat=True).distinct()):
        of_month, everywhere = DuesMonth.objects.for_month(month), Sums()
        above = of_month.order_by("organization__parent").values_list(
            "organization__parent", "organization__parent__short_name"
        )
        for parent, name in list(above.distinct()):
            below, of_parent = Sums(), of_month.filter(organization__parent=parent)
            for rows in batches(of_parent.select_related("organization"), FEW):
                figures = count(rows, month)
                below = total([below, *figures.values()])
                yield from _of_rows(rows, figures, summary)
            yield from _differing(f"{name}各支部", month, below, total_of(of_parent))
            everywhere = total([everywhere, below])
        yield from _differing("全部支部", month, everywhere, total_of(of_month))
        yield from _nowhere(month, everywhere)


def _of_rows(rows, figures, summary) -> Iterator[Finding]:
    shown, said = sums_of(rows), _statements(rows, summary)
    for row in rows:
        summary.months += 1
        wrong = [f"月表和总表上的{why}" for why in _unlike(shown[row.pk], figures[row.pk])]
        wrong += [*_of_stamps(row), *_of_statements(row, said, figures[row.pk])]
        if row.status == Status.VERIFIED and figures[row.pk].unpaid.count:
            wrong.append(f"已查验，还有 {figures[row.pk].unpaid.count} 人既没有交纳，也没有缓交")
        for what in wrong:
            yield Finding("dues_duesmonth", row.pk, str(row.organization), row.month.label, "", what)


def count(rows, month: Month) -> dict[int, Sums]:
    """``{dues_month_id: Sums}`` of dues months of one month, counted row by row: no query adds anything up."""
    mine = {row.organization_id: row.pk for row in rows}
    put_off = set(Deferral.objects.filter(charge__dues_month__in=rows, lifted_at=None).values_list("charge", flat=True))
    in_time: dict[int, Decimal] = defaultdict(Decimal)
    paid: dict[int, Decimal] = defaultdict(Decimal)
    entries = Entry.objects.filter(charge__dues_month__in=rows).order_by()
    for charge, money, booked in entries.values_list("charge", "amount", "month_paid"):
        paid[charge] += money
        in_time[charge] += money if booked <= month else 0
    found: dict[int, dict[str, list]] = {row.pk: defaultdict(list) for row in rows}
    charges = Charge.objects.filter(dues_month__in=rows).order_by()
    for charge, dues_month, amount in charges.values_list("pk", "dues_month", "amount"):
        parts, is_settled = found[dues_month], paid[charge] >= amount
        parts["owed"].append((charge, amount))
        if in_time[charge] or (is_settled and in_time[charge] >= amount):
            parts["paid"].append((charge, in_time[charge]))
        if in_time[charge] and not is_settled:
            parts["undone"].append((charge, in_time[charge]))
        if is_settled and in_time[charge] < amount:
            parts["later"].append((charge, amount))
        if not is_settled:
            parts["deferred" if charge in put_off else "unpaid"].append((charge, amount))
    late = Entry.objects.filter(month_paid=month, charge__month__lt=month, charge__dues_month__organization__in=mine)
    arrears = late.order_by().values_list("charge__dues_month__organization", "charge__person", "amount")
    for branch, person, money in arrears:
        found[mine[branch]]["arrears"].append((person, money))
    return {pk: Sums(**{name: _part(one) for name, one in parts.items()}) for pk, parts in found.items()}


def _part(found) -> Part:
    return Part(sum((money for _, money in found), ZERO), len({who for who, _ in found}))


def _unlike(said: Sums, counted: Sums, names=tuple(WORDS)) -> Iterator[str]:
    """Each figure that is not what the rows say, in words."""
    for name in names:
        one, other = getattr(said, name), getattr(counted, name)
        if one != other:
            yield f"{WORDS[name]}是 {_told(one)}，按流水是 {_told(other)}"


def _told(part: Part) -> str:
    return f"{part.money:.2f} 元 {part.count} 人"


def _differing(whose, month, counted, shown) -> Iterator[Finding]:
    for why in _unlike(shown, counted):
        yield Finding("dues_duesmonth", None, whose, month.label, "", f"合计的{why}")


def _nowhere(month, everywhere) -> Iterator[Finding]:
    """Money of a month that is over, of branches without a dues month in it: no page shows it."""
    booked = Entry.objects.filter(month_paid=month)
    money = booked.aggregate(money=Sum("amount"))["money"] or ZERO
    if month >= Month.current() or money == everywhere.received:
        return
    pages = DuesMonth.objects.filter(month=month, organization=OuterRef("charge__dues_month__organization"))
    lost = booked.filter(~Exists(pages)).select_related("charge__dues_month__organization", "charge__person")
    for rows in batches(lost):
        for entry in rows:
            what = f"实缴月份 {month.label}，支部没有这个月的党费月份，哪张月表上都没有这笔钱"
            yield of_charge("dues_entry", entry.pk, entry.charge, what)


def _statements(rows, summary) -> dict[int, list[Statement]]:
    said = defaultdict(list)
    for one in Statement.objects.filter(dues_month__in=rows).order_by("pk"):
        summary.statements += 1
        said[one.dues_month_id].append(one)
    return said


def _of_statements(row, said, counted) -> Iterator[str]:
    """What may not change any more since a month was signed or went up is as the last statement has it."""
    mine = said.get(row.pk, [])
    if row.is_handed_in:
        mine = [one for one in mine if one.act == Act.SUBMITTED]
        if not mine:
            yield f"{row.get_status_display()}，没有上报时的签认单"
    if row.status == Status.OPEN or not mine:
        return
    one = mine[-1]
    stated = Sums(**{name: Part(getattr(one, name), getattr(one, f"{name}_people")) for name in STATED[Act.SUBMITTED]})
    for why in _unlike(stated, counted, STATED[Act(one.act) if row.is_handed_in else Act.VERIFIED]):
        yield f"{one.get_act_display()}时（签认单 {one.pk}）{why}"


def _of_stamps(row) -> Iterator[str]:
    """A state has the stamps of the acts that led to it, and none of those to come."""
    word = row.get_status_display()
    if row.status == Status.OPEN:
        if row.verified_at or row.verified_by_id:
            yield f"{word}，却有查验人或查验时间"
    elif not (row.verified_at and row.first_verified_at):
        yield f"{word}，没有查验时间"
    elif row.verified_by_id is None:
        yield f"{word}，没有查验人"
    if row.is_handed_in:
        if not (row.submitted_at and row.first_submitted_at and row.submitted_by_id):
            yield f"{word}，没有上报人或上报时间"
    elif row.submitted_at or row.submitted_by_id:
        yield f"{word}，却有上报人或上报时间"
    if (row.status == Status.SETTLED) != bool(row.settled_at and row.settled_by_id):
        yield f"{word}，结清人和结清时间不符"
