"""What the pages and workbooks of bases show: the list, one person's history, a branch's year, what a change does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, Value, When

from branches import access
from branches.models import Person
from core.periods import Month
from dues import rates
from dues.bases import rules
from dues.bases.models import PaySchemes
from dues.bases.pay import Part, told
from dues.bases.standing import Bases, charged_months, stamp_of
from dues.models import Base, DuesMonth, RatePolicy


def based_categories() -> list[str]:
    """The kinds of members whose dues are a share of a base; the others owe a fixed amount and need none."""
    policy = RatePolicy.in_force(Month.current())
    return sorted({band.category for band in policy.bands if band.percent is not None})


def seen_by(user):
    """People whose bases the user may see: the dues of their branch are the user's matter, or it is the user."""
    return Person.objects.filter(access.reads(user, offices=access.TREASURY) | Q(user=user))


def payers_of(user):
    """The members of the user's part with ``base_id``, ``base_from`` and ``needs_base``; who lacks one comes first."""
    people = Person.objects.filter(access.reads(user, offices=access.TREASURY)).present().members()
    standing = Base.objects.filter(person=OuterRef("pk"), from_month__lte=Month.current())
    latest = standing.order_by("-from_month", "-pk")
    needs = Case(
        When(category__in=based_categories(), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    rows = people.annotate(
        base_id=Subquery(latest.values("pk")[:1]), base_from=Subquery(latest.values("from_month")[:1]), needs_base=needs
    )
    lacking = Case(When(LACKING, then=Value(0)), default=Value(1))
    return rows.annotate(place=lacking).order_by("place", "organization__code", "staff_number")


def kept_payers(user):
    """The members who need a base, of the part of the register that the user keeps, branch by branch."""
    people = Person.objects.kept_by(user).present().members().filter(category__in=based_categories())
    return people.select_related("organization").order_by("organization__code", "staff_number")


def branches_of(user, organizations):
    """The branches among ``organizations`` whose dues are the user's matter."""
    return organizations.branches().filter(access.reads(user, offices=access.TREASURY, prefix=""))


LACKING = Q(base_id=None, needs_base=True)
# filter → (word, which of the payers)
STATES = {
    "none": ("没有基数", lambda rows: rows.filter(LACKING)),
    "open": ("今年还没有核定", lambda rows: rows.filter(LACKING | Q(needs_base=True, base_from__lt=_january()))),
}


def _january() -> Month:
    return Month(Month.current().year, 1)


@dataclass(frozen=True)
class Line:
    """A member in the list: the base in force, and the one to come if there is one."""

    person: Person
    base: Base | None
    coming: Base | None
    needs_base: bool
    may: bool

    @property
    def word(self) -> str:
        """What stands in place of a base."""
        return "没有基数" if self.needs_base else "按定额交纳，不用基数"

    @property
    def is_old(self) -> bool:
        return self.base is not None and self.needs_base and self.base.from_month < _january()


def lines_of(people, user) -> list[Line]:
    """Lines of a page of payers, in two queries more."""
    people = list(people)
    rows = Base.objects.filter(person__in=[one.pk for one in people]).select_related("by").order_by("from_month", "pk")
    ids, standing, coming = {one.base_id for one in people}, {}, {}
    for row in rows:
        if row.pk in ids:
            standing[row.person_id] = row
        elif row.from_month > Month.current():
            coming[row.person_id] = row
    return [
        Line(one, standing.get(one.pk), coming.get(one.pk), one.needs_base, bool(rules.can_set_base(user, one)))
        for one in people
    ]


@dataclass(frozen=True)
class Step:
    """One base of somebody's history, with the sum that it came out of; ``is_now`` holds this month."""

    base: Base
    sum: str
    is_now: bool


def history_of(person) -> list[Step]:
    """Every base of a person, the latest first."""
    rows = list(person.dues_bases.select_related("by").prefetch_related("parts").order_by("-from_month", "-pk"))
    now = next((row for row in rows if row.from_month <= Month.current()), None)
    return [Step(row, told(_parts(row)), row is now) for row in rows]


def _parts(base) -> list[Part]:
    return [Part(part.name, part.is_deducted, part.amount) for part in base.parts.all()]


@dataclass(frozen=True)
class Outlook:
    """What a new base does, before it is saved: what is owed a month then and now, what stays, what to look at."""

    amount: Decimal
    sum: str
    had: Base | None
    due: str
    due_now: str
    stays: str
    warnings: list[str] = field(default_factory=list)


def outlook_of(person, amount: Decimal, month: Month, parts: Iterable[Part]) -> Outlook:
    """The consequences of a base from a month on, by the rates in force in it."""
    had = Bases([person.pk]).at(person.pk, month)
    due, warnings = due_of(person.category, amount, month)
    due_now = due_of(person.category, had.amount, month)[0] if had else ""
    return Outlook(amount, told(parts), had, due, due_now, _what_stays(person, month, had), warnings)


def due_of(category: str, amount: Decimal, month: Month) -> tuple[str, list[str]]:
    """What a base owes a month in words, and what to look at: the soft cap stops nothing."""
    try:
        policy = RatePolicy.in_force(month)
        due = rates.due(policy.bands, category, amount, Decimal(policy.rounding))
    except (RatePolicy.DoesNotExist, rates.NotChargeable) as error:
        return "", [str(error).rstrip("。") + "，现在算不出应缴"]
    if due.base is None:
        return f"{due.amount:,.2f} 元（定额）", ["这类党员按定额交纳党费，基数不影响应缴"]
    over = [f"按这个基数每月应缴 {due.amount:,.2f} 元，超过 {policy.soft_cap.normalize():f} 元，请核对基数"]
    return f"{due.amount:,.2f} 元（{due.rate}）", over if due.amount > policy.soft_cap else []


def _what_stays(person, month, had) -> str:
    """Which months are charged already and keep their charge, and from which one the new base counts."""
    charged = charged_months(person, month)
    if charged:
        months = _in_words(charged)
        was = "按原基数开账" if had else "开账"
        return f"{months}已{was}，不变；从 {charged[-1].next.label}起按新基数。"
    here = DuesMonth.objects.for_month(Month.current()).of([person.organization_id])
    if had is None and month <= Month.current() and here.exists():
        return f"{Month.current().short}已开账，保存后补出应缴；已经签认的，要再查验签认一次。"
    return f"从 {month.label}起按新基数，之前的月份不变。"


def _in_words(months: list[Month]) -> str:
    """1 月至 11 月, with the year where it is not the present one."""
    first, last = (one.short if one.year == Month.current().year else one.label for one in (months[0], months[-1]))
    return first if len(months) == 1 else f"{first}至 {last}"


@dataclass(frozen=True)
class YearRow:
    """A member in the table of a year: the base that would go on, and why it is not to be changed here."""

    person: Person
    had: Base | None
    is_fixed: bool
    why_not: str


@dataclass(frozen=True)
class YearTable:
    """A branch's bases of a year: every member who needs one. ``stays`` says which months are charged already."""

    rows: list[YearRow]
    stamp: str
    stays: str


def year_table(branch, year: int, user) -> YearTable:
    """The members of a branch with the bases that go on in January of the year, in four queries."""
    people = list(Person.objects.of(branch).present().members().order_by("staff_number"))
    needing = set(based_categories())
    stamp, bases = stamp_of([one.pk for one in people]), Bases([one.pk for one in people])
    january, rows, last = Month(year, 1), [], None
    for person in (one for one in people if one.category in needing):
        had, latest = bases.at(person.pk, january), bases.latest(person.pk)
        why = rules.OWN if person.user_id == user.pk else ""
        if latest is not None and latest.from_month > january:
            why = why or f"{latest.from_month.label}起已另有基数 {latest.amount:,.2f} 元，要改请点姓名"
        rows.append(YearRow(person, had, had is not None and had.from_month == january, why))
        charged = bases.charged_until(person.pk)
        last = max(filter(None, (last, charged)), default=None)
    stays = ""
    if last is not None and last >= january:
        stays = f"{_in_words([january, last])}已按原基数开账的不变，从 {last.next.label}起按新基数。"
    return YearTable(rows, stamp, stays)


@dataclass(frozen=True)
class SchemeLine:
    """A scheme with its items, whether it holds now or is to come, and whether it can be taken back."""

    scheme: object
    items: list
    word: str
    style: str
    is_coming: bool


def scheme_lines(schemes: PaySchemes) -> list[SchemeLine]:
    """All schemes, the latest first."""
    now = schemes.of(Month.current())
    lines = []
    for one in reversed(schemes.rows):
        is_coming = one.effective_from > Month.current()
        word, style = ("将要执行", "wait") if is_coming else ("现在执行", "done") if one is now else ("以前", "none")
        lines.append(SchemeLine(one, list(one.items.all()), word, style, is_coming))
    return lines


def places_shown(user) -> bool:
    """Does the list hold more than one branch, so that it names them?"""
    return any(seat.kind != "BRANCH" and seat.office in access.TREASURY for seat in access.seats(user))
