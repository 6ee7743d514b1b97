"""A branch's dues of a year in its handbook, for those who may see dues."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Q, Sum

from branches.access import can
from core.contributions import HandbookSection
from core.papers import Block, Cell, Note, Table, heads
from core.periods import Month
from dues.models import Charge, DuesMonth

ZERO = Decimal(0)
NUMBER, NAME, MONTH, YEAR = 7, 17, 10, 15  # millimetres
WIDTHS = (NUMBER, NAME, *[MONTH] * 12, YEAR, YEAR)


def dues_of_the_year(organization, year, user) -> list[Block]:
    """Every member's charges month by month, what they come to, and what was paid of them by the year's end."""
    may = can(user, "dues.see", DuesMonth(organization=organization))
    if not may:
        return [Note(f"{may.why}您的职务不查看党费，本册略去党费收缴表。")]
    owed, paid = _read(organization, year, user)
    if not owed:
        return [Note("本年度还没有应缴党费。")]
    names = [str(number) for number in range(1, 13)]
    rows = [_row(str(place), name, *one) for place, (name, one) in enumerate(_lines(owed, paid), start=1)]
    total = _row("", "合计", _added(owed.values()), sum(paid.values(), ZERO))
    head = heads("序号", "姓名", *(f"{name}月" for name in names), "全年应缴", "全年实缴")
    return [
        Table(WIDTHS, (head, *rows, total), has_head=True, is_small=True),
        Note("金额单位：元。各月为月应缴；全年实缴为本年度应缴中到年底（或到今天）实收的，不含往年补缴。"),
    ]


def _read(organization, year, user):
    """By (number, name) of each member: ``{month: owed}``, and what was paid of it in the year; in one query."""
    of_the_year = Charge.objects.visible_to(user).filter(
        dues_month__organization=organization, month__gte=Month(year, 1), month__lte=Month(year, 12)
    )
    in_time = Sum("entries__amount", filter=Q(entries__month_paid__lte=Month(year, 12)))
    charges = of_the_year.annotate(received=in_time).order_by("person__staff_number")
    owed: dict[tuple, dict[int, Decimal]] = defaultdict(dict)
    paid: dict[tuple, Decimal] = defaultdict(Decimal)
    for number, name, month, amount, received in charges.values_list(
        "person__staff_number", "person__name", "month", "amount", "received"
    ):
        of_month = owed[number, name]
        of_month[month.number] = of_month.get(month.number, ZERO) + amount
        paid[number, name] += received or ZERO
    return owed, paid


def _lines(owed, paid):
    return [(name, (months, paid[number, name])) for (number, name), months in owed.items()]


def _added(every) -> dict[int, Decimal]:
    total: dict[int, Decimal] = defaultdict(Decimal)
    for months in every:
        for month, amount in months.items():
            total[month] += amount
    return total


def _row(place, name, months, paid) -> tuple[Cell, ...]:
    amounts = [_plain(months[number]) if number in months else "" for number in range(1, 13)]
    figures = [*amounts, f"{sum(months.values(), ZERO):.2f}", f"{paid:.2f}"]
    first = (Cell((place,), align="center"), Cell((name,), align="center"))
    return (*first, *(Cell((text,), align="right") for text in figures))


def _plain(amount) -> str:
    """Without needless zeros: sixteen columns stand on one page."""
    return f"{amount:.2f}".removesuffix("00").removesuffix(".") if amount == amount.to_integral() else f"{amount:.2f}"


SECTION = HandbookSection("dues", "党费收缴", 50, dues_of_the_year)
