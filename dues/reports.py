"""What the pages and the workbooks of dues show: frozen rows, made in a fixed number of queries. All amounts are 元."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Sum

from branches.models import Person
from core.periods import Month
from dues import rates
from dues.actions import without_charge
from dues.models import Charge, Deferral, DuesMonth, Entry, RatePolicy

State = Charge.State
CENT, ZERO = Decimal("0.01"), Decimal("0.00")
# state → (style, icon); the word is the state's label
STYLES = {
    State.PAID: ("done", "check"),
    State.PAID_LATER: ("done", "check"),
    State.DEFERRED: ("due", "pause"),
    State.UNPAID: ("late", "alert"),
}
LIST_FILTERS = [*DuesMonth.Status.choices, ("DEFERRED", "有人缓交")]


@dataclass(frozen=True)
class Row:
    """One member's month. ``paid``: of its charge by its end; ``arrears``: received in it for earlier months.

    ``charge_id`` is None for somebody who owes nothing here this month and paid arrears all the same. ``entry_id`` is
    the payment that can be reversed.
    """

    number: int
    name: str
    person_id: int
    category: str
    is_probationary: bool
    charge_id: int | None = None
    base: Decimal | None = None
    rate: str = ""
    amount: Decimal | None = None
    state: str = ""
    paid: Decimal | None = None
    arrears: Decimal | None = None
    method: str = ""
    note: str = ""
    entry_id: int | None = None

    @property
    def word(self) -> str:
        if not self.state:
            return "补往月"
        return "无需交纳" if self.amount == 0 else State(self.state).label

    @property
    def style(self) -> tuple[str, str]:
        return STYLES[State(self.state)] if self.state else ("done", "check")

    @property
    def is_waiting(self) -> bool:
        """Neither paid nor put off."""
        return self.state == State.UNPAID

    @property
    def is_exception(self) -> bool:
        return self.state in (State.DEFERRED, State.UNPAID)


@dataclass(frozen=True)
class Part:
    """Money with the number of people (or payments) that it comes from."""

    money: Decimal = ZERO
    count: int = 0


@dataclass(frozen=True)
class Sums:
    """A month's figures: owed = paid + later + deferred + unpaid; arrears stand apart."""

    owed: Part = field(default_factory=Part)
    paid: Part = field(default_factory=Part)
    later: Part = field(default_factory=Part)
    deferred: Part = field(default_factory=Part)
    unpaid: Part = field(default_factory=Part)
    arrears: Part = field(default_factory=Part)

    @property
    def received(self) -> Decimal:
        """共收: what came in this month."""
        return self.paid.money + self.arrears.money


def _sums(by_state: dict[str, Part], arrears: Part) -> Sums:
    def part(state):
        return by_state.get(state, Part())

    return Sums(
        owed=Part(sum((one.money for one in by_state.values()), ZERO), sum(one.count for one in by_state.values())),
        paid=part(State.PAID),
        later=part(State.PAID_LATER),
        deferred=part(State.DEFERRED),
        unpaid=part(State.UNPAID),
        arrears=arrears,
    )


@dataclass(frozen=True)
class Lacking:
    """A member without a charge, and why: a base to be set, or a charge that only waits to be added."""

    person: Person
    why: str
    needs_base: bool


@dataclass(frozen=True)
class MonthPage:
    """A branch's month: every row, the figures, and the members who have no charge with the reason why not."""

    rows: list[Row]
    sums: Sums
    lacking: list["Lacking"]
    arrears_months: list[Month]

    @property
    def exceptions(self) -> list[Row]:
        return [row for row in self.rows if row.is_exception]

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if row.is_waiting]


def month_page(dues_month: DuesMonth) -> MonthPage:
    """Everything that the page of a branch's month, its workbook and its paper form show."""
    charges = list(dues_month.charges.with_state().select_related("person").order_by("person__staff_number"))
    ids = [charge.pk for charge in charges]
    payments, reversals = _ledger(ids)
    deferrals = dict(Deferral.objects.filter(charge__in=ids, lifted_at=None).values_list("charge", "reason"))
    arrears, late = defaultdict(list), list(_arrears(dues_month))
    for entry in late:
        arrears[entry.charge.person].append(entry)
    rows = [
        _row(
            number, charge, payments.get(charge.pk), reversals.get(charge.pk), deferrals.get(charge.pk),
            arrears.pop(charge.person, []),
        )
        for number, charge in enumerate(charges, start=1)
    ]  # fmt: skip
    rows += [_only_arrears(number, *one) for number, one in enumerate(arrears.items(), start=len(rows) + 1)]
    by_state = {str(state): _part(row.amount for row in rows if row.state == state) for state in State}
    sums = _sums(by_state, _part(row.arrears for row in rows))
    return MonthPage(rows, sums, _lacking(dues_month), sorted({entry.charge.month for entry in late}))


def _part(given: Iterable[Decimal | None]) -> Part:
    amounts = [amount for amount in given if amount is not None]
    return Part(sum(amounts, ZERO), len(amounts))


def _ledger(charge_ids):
    """The payment of each charge that stands, and its last reversal."""
    payments, reversals = {}, {}
    for entry in Entry.objects.filter(charge__in=charge_ids).order_by("pk"):
        if entry.reverses_id:
            reversals[entry.charge_id] = entry
            payments.pop(entry.charge_id, None)
        else:
            payments[entry.charge_id] = entry
    return payments, reversals


def _arrears(dues_month):
    """往月补缴: what the branch received in this month for earlier ones, reversals included."""
    branch, month = dues_month.organization_id, dues_month.month
    entries = Entry.objects.filter(charge__dues_month__organization=branch, month_paid=month, charge__month__lt=month)
    return entries.select_related("charge__person").order_by("charge__person__staff_number", "pk")


def _row(number, charge, payment, reversal, reason, late) -> Row:
    in_time = charge.state == State.PAID
    notes = [
        reason or "",
        f"{payment.month_paid.label}补交" if payment and charge.state == State.PAID_LATER else "",
        payment.note if payment else "",
        f"已冲正：{reversal.note}" if reversal and not payment else "",
        _paid_for(late),
    ]
    return Row(
        number=number, name=charge.person.name, person_id=charge.person_id, category=charge.get_category_display(),
        is_probationary=charge.standing == Person.Standing.PROBATIONARY, charge_id=charge.pk, base=charge.base,
        rate=charge.rate, amount=charge.amount, state=charge.state, paid=charge.amount if in_time else None,
        arrears=_received(late), method=payment.get_method_display() if payment else "",
        note="；".join(note for note in notes if note), entry_id=payment.pk if payment else None,
    )  # fmt: skip


def _only_arrears(number, person, late) -> Row:
    return Row(
        number=number, name=person.name, person_id=person.pk, category=person.get_category_display(),
        is_probationary=person.standing == Person.Standing.PROBATIONARY, arrears=_received(late),
        method=late[-1].get_method_display(), note=_paid_for(late),
    )  # fmt: skip


def _received(late) -> Decimal | None:
    return sum((entry.amount for entry in late), ZERO) if late else None


def _paid_for(late) -> str:
    words = [f"{'冲正' if entry.reverses_id else '补'} {entry.charge.month.short}" for entry in late]
    return "；".join(words)


def _lacking(dues_month) -> list[Lacking]:
    """Members without a charge and why: they are named as long as the month is open or runs.

    Who is registered here today is not asked about months that were settled before.
    """
    if dues_month.status == DuesMonth.Status.VERIFIED and dues_month.month != Month.current():
        return []
    people = list(without_charge(dues_month.month, [dues_month.organization_id]))
    if not people:
        return []
    bands = RatePolicy.in_force(dues_month.month).bands
    return [_why_lacking(bands, person) for person in people]


def _why_lacking(bands, person) -> Lacking:
    try:
        rates.due(bands, person.category, person.base)
    except rates.NotChargeable as error:
        return Lacking(person, str(error), isinstance(error, rates.MissingBase))
    return Lacking(person, "新加入名册", False)


def yearly(dues_month: DuesMonth) -> dict[int, tuple[Decimal, Decimal]]:
    """``{person_id: (全年应缴, 全年实缴)}``: the charges of the year up to this month, and what was paid of them."""
    month = dues_month.month
    people = dues_month.charges.values("person")
    charges = Charge.objects.filter(person__in=people, month__gte=Month(month.year, 1), month__lte=month)
    owed = charges.order_by().values("person").annotate(money=Sum("amount")).values_list("person", "money")
    entries = Entry.objects.filter(charge__in=charges).order_by().values("charge__person")
    paid = dict(entries.annotate(money=Sum("amount")).values_list("charge__person", "money"))
    return {pk: (money.quantize(CENT), paid.get(pk, ZERO).quantize(CENT)) for pk, money in owed}


def month_list(user, month: Month, *, status="", text=""):
    """The dues months that the user sees, in the order of codes, filtered."""
    rows = DuesMonth.objects.visible_to(user).for_month(month)
    if status in DuesMonth.Status.values:
        rows = rows.filter(status=status)
    elif status == State.DEFERRED:
        rows = rows.with_state(State.DEFERRED)
    if text:
        rows = rows.search(text)
    return rows.select_related("organization__parent", "verified_by").order_by("organization__code")


def sums_of(dues_months) -> dict[int, Sums]:
    """``{dues_month_id: Sums}`` of a list of dues months of one month, in two queries."""
    charges = Charge.objects.filter(dues_month__in=dues_months)
    arrears = _parts(_arrears_of(dues_months), "charge__dues_month__organization", people="charge__person")
    by_state: dict[int, dict[str, Part]] = defaultdict(dict)
    for (pk, state), part in _parts(charges.with_state(), "dues_month", "state").items():
        by_state[pk][state] = part
    return {row.pk: _sums(by_state[row.pk], arrears.get((row.organization_id,), Part())) for row in dues_months}


def total_of(dues_months) -> Sums:
    """The same figures over a QuerySet of dues months of one month, without reading them one by one."""
    charges = Charge.objects.filter(dues_month__in=dues_months.order_by().values("pk"))
    by_state = {state: part for (state,), part in _parts(charges.with_state(), "state").items()}
    arrears = _parts(_arrears_of(dues_months.order_by()), "month_paid", people="charge__person")
    return _sums(by_state, next(iter(arrears.values()), Part()))


def _arrears_of(dues_months):
    """往月补缴 of branches with their dues months of one month (a list or a QuerySet)."""
    if isinstance(dues_months, list):
        branches, months = [row.organization_id for row in dues_months], [row.month for row in dues_months[:1]]
    else:
        branches, months = dues_months.values("organization"), dues_months.values("month")[:1]
    received = Entry.objects.filter(month_paid__in=months, charge__month__lt=F("month_paid"))
    return received.filter(charge__dues_month__organization__in=branches)


def _parts(rows, *keys, people="pk") -> dict[tuple, Part]:
    """Money and people of charges or entries, grouped."""
    grouped = rows.order_by().values(*keys).annotate(money=Sum("amount"), people=Count(people, distinct=True))
    return {
        tuple(key): Part(money.quantize(CENT), count)
        for *key, money, count in grouped.values_list(*keys, "money", "people")
    }


def total(sums: Iterable[Sums]) -> Sums:
    """The sum over branches, part by part."""
    parts: dict[str, Part] = defaultdict(Part)
    for one in sums:
        for name in Sums.__dataclass_fields__:
            part, more = parts[name], getattr(one, name)
            parts[name] = Part(part.money + more.money, part.count + more.count)
    return Sums(**parts)
