"""One branch's month, row by row: what its page, its workbook and its paper form show."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from activities.models import Attendance
from branches.models import Person
from core.periods import Month
from dues import rates, rules
from dues.models import Charge, Deferral, DuesMonth, Entry, RatePolicy, ReversalRequest
from dues.owing import lacking
from dues.reports.sums import CENT, ZERO, Sums, Tally, add_up, summed

State = Charge.State
# state → (style, icon); the word is the state's label
STYLES = {
    State.PAID: ("done", "check"),
    State.PAID_LATER: ("done", "check"),
    State.DEFERRED: ("due", "pause"),
    State.UNPAID: ("late", "alert"),
}


@dataclass(frozen=True)
class Row:
    """One member's month. ``paid``: of its charge by its end; ``arrears``: received in it for earlier months.

    Neither is changed by what is paid or reversed later; ``state`` is how the charge stands today. ``charge_id`` is
    None for somebody who owes nothing here this month and paid arrears all the same. ``entry_id`` is the payment that
    can be reversed, ``request_id`` the request to do so that waits for a second person.
    ``warning`` asks to check the charge and stops nothing.
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
    receipt_id: int | None = None
    request_id: int | None = None
    warning: str = ""

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
    lacking: list[Lacking]
    arrears_months: list[Month]

    @property
    def why_incomplete(self) -> str:
        """Why the month cannot be signed off yet: members who owe have no charge."""
        return rules.why_incomplete([one.person for one in self.lacking])

    @property
    def exceptions(self) -> list[Row]:
        return [row for row in self.rows if row.is_exception]

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if row.is_waiting]


def away_on(dues_month: DuesMonth) -> dict[int, str]:
    """``{person_id: 请假, 缺席 or 不计}`` of who was not there on the month's activity day; empty until it was held."""
    roster = Attendance.objects.filter(day__organization=dues_month.organization_id, day__month=dues_month.month)
    words = dict(Attendance.Status.choices)
    rows = roster.exclude(status=Attendance.Status.PRESENT).values_list("person", "status")
    return {person: words[status] for person, status in rows}


def month_page(dues_month: DuesMonth) -> MonthPage:
    """Everything that the page of a branch's month, its workbook and its paper form show."""
    running = Deferral.objects.filter(charge=OuterRef("pk"), lifted_at=None).values("reason")
    waiting = ReversalRequest.objects.waiting().filter(entry__charge=OuterRef("pk")).values("pk")
    charges = list(
        dues_month.charges.with_state()
        .annotate(deferred_because=Subquery(running[:1]), request_id=Subquery(waiting[:1]))
        .select_related("person")
        .order_by("person__staff_number")
    )
    ids = [charge.pk for charge in charges]
    payments, reversals = _ledger(ids)
    people = lacking(dues_month)
    policy = RatePolicy.in_force(dues_month.month)
    arrears, late = defaultdict(list), list(_arrears(dues_month))
    for entry in late:
        arrears[entry.charge.person].append(entry)
    rows = [
        _row(
            number, charge, payments.get(charge.pk), reversals.get(charge.pk), charge.deferred_because,
            arrears.pop(charge.person, []), policy.soft_cap,
        )
        for number, charge in enumerate(charges, start=1)
    ]  # fmt: skip
    rows += [_only_arrears(number, *one) for number, one in enumerate(arrears.items(), start=len(rows) + 1)]
    tallies = [Tally(charge.state, charge.amount, charge.paid_by_end, 1) for charge in charges]
    sums = summed(tallies, add_up((row.arrears, 1) for row in rows if row.arrears is not None))
    why = [_why_lacking(policy.bands, person) for person in people]  # nobody lacking, no bands are read
    return MonthPage(rows, sums, why, sorted({entry.charge.month for entry in late}))


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


def _row(number, charge, payment, reversal, reason, late, cap) -> Row:
    in_time = charge.paid_by_end or charge.state == State.PAID
    notes = [reason or "", *_told(charge, payment, reversal), _paid_for(late)]
    return Row(
        number=number, name=charge.person.name, person_id=charge.person_id, category=charge.get_category_display(),
        is_probationary=charge.standing == Person.Standing.PROBATIONARY, charge_id=charge.pk, base=charge.base,
        rate=charge.rate, amount=charge.amount, state=charge.state, paid=charge.paid_by_end if in_time else None,
        arrears=_received(late), method=payment.get_method_display() if payment else "",
        note="；".join(note for note in notes if note), entry_id=payment.pk if payment else None,
        receipt_id=payment.receipt_id if payment else None, request_id=charge.request_id,
        warning=f"超过 {cap.normalize():f} 元，请核对基数" if charge.amount > cap else "",
    )  # fmt: skip


def _told(charge, payment, reversal):
    """What the ledger says of a charge after its month, and of a payment that was taken back."""
    if reversal and (not payment or reversal.month_paid > charge.month):
        when = _name(reversal.month_paid, charge.month) if reversal.month_paid > charge.month else "已"
        yield f"{when}冲正：{reversal.note}"
    if payment and payment.month_paid > charge.month:
        yield f"{_name(payment.month_paid, charge.month)}补交"
    if payment:
        yield payment.note


def _only_arrears(number, person, late) -> Row:
    return Row(
        number=number, name=person.name, person_id=person.pk, category=person.get_category_display(),
        is_probationary=person.standing == Person.Standing.PROBATIONARY, arrears=_received(late),
        method=late[-1].get_method_display(), note=_paid_for(late),
    )  # fmt: skip


def _received(late) -> Decimal | None:
    return sum((entry.amount for entry in late), ZERO) if late else None


def _paid_for(late) -> str:
    return "；".join(
        f"{'冲正' if entry.reverses_id else '补'} {_name(entry.charge.month, entry.month_paid)} {abs(entry.amount)} 元"
        for entry in late
    )


def _name(month, page) -> str:
    """A month on the page of another: with its year where that differs."""
    return month.short if month.year == page.year else month.label


def _why_lacking(bands, person) -> Lacking:
    try:
        rates.due(bands, person.category, person.base)
    except rates.MissingBase as error:
        return Lacking(person, str(error), True)
    except rates.MissingRate as error:
        return Lacking(person, f"{error}，请联系组织部", False)
    return Lacking(person, "新加入名册", False)


def yearly(month: Month, people) -> dict[int, tuple[Decimal, Decimal]]:
    """``{person_id: (全年应缴, 全年实缴)}``: the year's charges up to a month, and what was paid of them by its end."""
    charges = Charge.objects.filter(person__in=people, month__gte=Month(month.year, 1), month__lte=month)
    owed = charges.order_by().values("person").annotate(money=Sum("amount")).values_list("person", "money")
    entries = Entry.objects.filter(charge__in=charges, month_paid__lte=month).order_by().values("charge__person")
    paid = dict(entries.annotate(money=Sum("amount")).values_list("charge__person", "money"))
    return {pk: (money.quantize(CENT), paid.get(pk, ZERO).quantize(CENT)) for pk, money in owed}
