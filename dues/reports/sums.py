"""A month's figures: of one branch from its rows, of many from grouped queries, and added up. One definition."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from activities.reports import numbers
from core.periods import Month
from dues.models import Charge, DuesMonth, Entry

State = Charge.State
CENT, ZERO = Decimal("0.01"), Decimal("0.00")
LIST_FILTERS = [*DuesMonth.Status.choices, ("DEFERRED", "有人缓交"), ("OWED", "应查验的")]


@dataclass(frozen=True)
class Part:
    """Money with the number of people (or payments) that it comes from."""

    money: Decimal = ZERO
    count: int = 0


@dataclass(frozen=True)
class Sums:
    """A month's figures: owed = paid − undone + later + deferred + unpaid; arrears stand apart.

    ``paid`` and ``arrears`` are what the ledger received in the month: of its own charges by its end, and for earlier
    months, reversals included. They stay as they are; summed over all months they are the ledger. The other parts are
    how the charges stand today: ``undone`` was paid in time and reversed later.
    """

    owed: Part = field(default_factory=Part)
    paid: Part = field(default_factory=Part)
    undone: Part = field(default_factory=Part)
    later: Part = field(default_factory=Part)
    deferred: Part = field(default_factory=Part)
    unpaid: Part = field(default_factory=Part)
    arrears: Part = field(default_factory=Part)

    @property
    def received(self) -> Decimal:
        """共收: what came in this month."""
        return self.paid.money + self.arrears.money

    @property
    def settled(self) -> int:
        """已交: how many have nothing left to pay, in time or later."""
        return self.paid.count - self.undone.count + self.later.count


@dataclass(frozen=True)
class Tally:
    """Charges alike in state and in whether they were paid by the end of their month, added up."""

    state: str
    owed: Decimal
    paid: Decimal
    count: int


def summed(charges: list[Tally], arrears: Part) -> Sums:
    def owed(*states):
        return add_up((one.owed, one.count) for one in charges if one.state in (states or State))

    def paid(*states):
        in_time = [one for one in charges if one.paid or one.state == State.PAID]
        return add_up((one.paid, one.count) for one in in_time if one.state in (states or State))

    return Sums(
        owed=owed(),
        paid=paid(),
        undone=paid(State.DEFERRED, State.UNPAID),
        later=owed(State.PAID_LATER),
        deferred=owed(State.DEFERRED),
        unpaid=owed(State.UNPAID),
        arrears=arrears,
    )


def add_up(given: Iterable[tuple[Decimal, int]]) -> Part:
    money, count = ZERO, 0
    for more, people in given:
        money, count = money + more, count + people
    return Part(money, count)


def month_list(user, month: Month, *, status="", text="", above=""):
    """The dues months that the user sees, in the order of codes, filtered.

    What waits to be verified, or was, are months in which somebody owes: they add up to the duties.
    """
    rows = DuesMonth.objects.visible_to(user).for_month(month)
    if status in DuesMonth.Status.values:
        rows = rows.owed(month).filter(status=status)
    elif status == "OWED":
        rows = rows.owed(month)
    elif status == State.DEFERRED:
        rows = rows.with_state(State.DEFERRED)
    if text:
        rows = rows.search(text)
    if numbers(above):
        rows = rows.filter(organization__parent__in=numbers(above))
    return rows.select_related("organization__parent", "verified_by").order_by("organization__code")


def sums_of(dues_months) -> dict[int, Sums]:
    """``{dues_month_id: Sums}`` of a list of dues months of one month, in two queries."""
    charges = Charge.objects.filter(dues_month__in=dues_months)
    arrears = _arrears_by_branch(dues_months)
    tallies = _tallies(charges, "dues_month")
    return {row.pk: summed(tallies[row.pk], arrears.get(row.organization_id, Part())) for row in dues_months}


def total_of(dues_months) -> Sums:
    """The same figures over a QuerySet of dues months of one month, without reading them one by one.

    It is the sum over the branches (``total``), also where somebody paid arrears at two of them.
    """
    charges = Charge.objects.filter(dues_month__in=dues_months.order_by().values("pk"))
    tallies = [one for of_month in _tallies(charges, "month").values() for one in of_month]
    arrears = _arrears_by_branch(dues_months.order_by()).values()
    return summed(tallies, add_up((one.money, one.count) for one in arrears))


def _arrears_by_branch(dues_months) -> dict[int, Part]:
    """往月补缴 of branches with their dues months of one month (a list or a QuerySet), with the people who paid."""
    if isinstance(dues_months, list):
        branches, months = [row.organization_id for row in dues_months], [row.month for row in dues_months[:1]]
    else:
        branches, months = dues_months.values("organization"), dues_months.values("month")[:1]
    received = Entry.objects.filter(month_paid__in=months, charge__month__lt=F("month_paid"))
    branch = "charge__dues_month__organization"
    grouped = received.filter(**{f"{branch}__in": branches}).order_by().values(branch)
    figures = grouped.annotate(money=Sum("amount"), people=Count("charge__person", distinct=True))
    rows = figures.values_list(branch, "money", "people")
    return {pk: Part(money.quantize(CENT), people) for pk, money, people in rows}


def _tallies(charges, key) -> dict[int, list[Tally]]:
    """Charges added up by a key, by their state and by whether they were paid in their month."""
    found = defaultdict(list)
    grouped = charges.with_state().order_by().values(key, "state", in_time=Q(paid_by_end__gt=0))
    sums = grouped.annotate(owed=Sum("amount"), received=Sum("paid_by_end"), number=Count("pk"))
    for one, state, owed, paid, number in sums.values_list(key, "state", "owed", "received", "number"):
        found[one].append(Tally(state, owed.quantize(CENT), paid.quantize(CENT), number))
    return found


def total(sums: Iterable[Sums]) -> Sums:
    """The sum over branches, part by part."""
    parts: dict[str, Part] = defaultdict(Part)
    for one in sums:
        for name in Sums.__dataclass_fields__:
            part, more = parts[name], getattr(one, name)
            parts[name] = Part(part.money + more.money, part.count + more.count)
    return Sums(**parts)
