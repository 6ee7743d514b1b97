"""试算: what rules of dues would come to for everybody in the register, before they hold. Amounts are 元 a month.

The members are those whom the opening of the month would charge, by the same query and the same arithmetic. They are
read one by one and added up as they pass, so that a city takes no more memory than a branch; only the rows of one page
are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from django.db.models import OuterRef, Subquery

from branches.access import lineage
from branches.models import Organization, Person
from core.pages import PAGE_SIZE
from core.periods import Month
from dues import rates
from dues.models import RatePolicy
from dues.owing import without_charge

ZERO = Decimal("0.00")
CHUNK = 2000
LACKING = "未定标准"  # what rates.MissingRate says
ONLY = {  # what the list may be narrowed to, in words
    "": "有变化的",
    "more": "多交的",
    "less": "少交的",
    "uncharged": "不能计收的",
    "over": "超过提示上限的",
}
COLUMNS = ("home", "staff_number", "name", "category", "base")


@dataclass(frozen=True)
class Owed:
    """What one member owes under some rules: ``amount`` None where nothing can be charged, ``rate`` then says why."""

    amount: Decimal | None
    rate: str


@dataclass(frozen=True)
class Member:
    """One member under the rules as they are and under the new ones."""

    number: str
    name: str
    branch: str
    above: str
    category: str
    base: Decimal | None
    old: Owed
    new: Owed
    is_over: bool

    @property
    def difference(self) -> Decimal:
        return (self.new.amount or ZERO) - (self.old.amount or ZERO)

    def is_in(self, only: str) -> bool:
        """Does a list that is narrowed to ``only`` hold this member?"""
        charged = self.new.amount is not None
        return {
            "more": charged and self.difference > 0,
            "less": charged and self.difference < 0,
            "uncharged": not charged,
            "over": self.is_over,
        }.get(only, self.old.amount != self.new.amount)


@dataclass
class Tally:
    """Members added up: the sums of what they owe before and after, and how many a list narrowed to each word holds."""

    members: int = 0
    old: Decimal = ZERO
    new: Decimal = ZERO
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ONLY, 0))

    def add(self, member: Member) -> None:
        self.members += 1
        self.old += member.old.amount or ZERO
        self.new += member.new.amount or ZERO
        for only in ONLY:
            self.counts[only] += member.is_in(only)

    @property
    def difference(self) -> Decimal:
        return self.new - self.old

    @property
    def changed(self) -> int:
        return self.counts[""]


@dataclass
class Window:
    """A list of which only one page is held: the one that begins at ``start``, or the last one where that is beyond."""

    start: int
    size: int
    count: int = 0
    rows: list[Member] = field(default_factory=list)

    def add(self, member: Member) -> None:
        if self.count % self.size == 0 and self.count <= self.start:
            self.rows = []
        if self.count < self.start + self.size:
            self.rows.append(member)
        self.count += 1

    def __len__(self):
        return self.count

    def __getitem__(self, asked: slice):
        """The page for which the list was made: a paginator asks for no other."""
        return self.rows


@dataclass
class Trial:
    """New rules tried on the register of a month: the sums of all of ``place``, of each part of it, and a list.

    ``parts`` are the organizations directly below with their sums, in the order of codes; ``lacking`` counts members by
    the word for a category that the new rules have no line for, those without anybody too.
    """

    month: Month
    place: Organization | None
    only: str
    total: Tally
    parts: list[tuple[Organization, Tally]]
    offered: list[Organization]
    list: Window
    lacking: dict[str, int]


def try_rates(user, old: RatePolicy | None, new: RatePolicy, *, place=None, only="", start=0, size=PAGE_SIZE) -> Trial:
    """Try ``new`` (which may be unsaved) on the members of its first month, beside ``old``; nothing is written.

    ``place`` narrows everything to an organization and what is below it, ``only`` (a key of ONLY) the list, of which
    the rows from ``start`` on are kept. Three queries, or four.
    """
    branches, below = _asked(user, new.effective_from, place), _below(user, place)
    places = _places(branches, below)
    total, window = Tally(), Window(start, size)
    parts: dict[int, Tally] = {}
    covered = {band.category for band in new.bands}
    lacking = {str(label): 0 for category, label in Person.Category.choices if category not in covered}
    for part, member in _members(branches, places, old, new):
        total.add(member)
        parts.setdefault(part, Tally()).add(member)
        if member.new.rate == LACKING:
            lacking[member.category] += 1
        if member.is_in(only):
            window.add(member)
    found = [(one, parts[pk]) for pk, one in below.items() if pk in parts]
    offered = list(below.values()) if place is None else [*_below(user, None).values(), *below.values()]
    return Trial(new.effective_from, place, only, total, found, offered, window, lacking)


def _asked(user, month, place):
    """The branches that the month would be opened for."""
    branches = Organization.objects.visible_to(user).branches().open().exclude(founded_on__gt=month.last)
    return branches.under(place) if place else branches


def _below(user, place) -> dict[int, Organization]:
    """What stands directly below the place, or below the top, in the order of codes."""
    seen = Organization.objects.visible_to(user)
    rows = seen.filter(parent=place) if place else seen.filter(parent__parent=None, parent__isnull=False)
    return {row.pk: row for row in rows.order_by("code")}


def _places(branches, below) -> dict[int, tuple[int, str, str]]:
    """Of each branch the id of the part in which it is added up, its name, and under which heading it stands."""
    committee = Organization.Kind.COMMITTEE
    rows = branches.order_by().values_list("pk", "path", "short_name", "parent__short_name", "parent__kind")
    return {
        pk: (
            next((one for one in lineage(path) if one in below), 0),
            name,
            "直属党支部" if kind == committee else above,
        )
        for pk, path, name, above, kind in rows
    }


def _members(branches, places, old, new) -> Iterator[tuple[int, Member]]:
    """Those whom the opening would charge, in the order of branches and numbers, with the part that holds them."""
    owes_now, owes_then = _arithmetic(old), _arithmetic(new)
    code = Organization.objects.filter(pk=OuterRef("home")).values("code")
    people = without_charge(new.effective_from, branches).annotate(code=Subquery(code)).order_by("code", "staff_number")
    words = {value: str(label) for value, label in Person.Category.choices}
    for home, number, name, category, base in people.values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        part, branch, above = places[home]
        before, after = owes_now(category, base), owes_then(category, base)
        is_over = after.amount is not None and after.amount > new.soft_cap
        yield part, Member(number, name, branch, above, words[category], base, before, after, is_over)


def _arithmetic(policy: RatePolicy | None):
    """``owes(category, base) -> Owed`` under a policy; equal bases are computed once."""
    bands, unit = (policy.bands, Decimal(policy.rounding)) if policy else ([], rates.FEN)

    @lru_cache(maxsize=4096)
    def owes(category, base):
        try:
            due = rates.due(bands, category, base, unit)
        except rates.NotChargeable as error:
            return Owed(None, str(error))
        return Owed(due.amount, due.rate)

    return owes


def place_of(user, text: str) -> Organization | None:
    """The organization to which an address narrows the trial; the topmost is no narrowing."""
    pks = [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else []
    return Organization.objects.visible_to(user).filter(pk__in=pks).exclude(parent=None).first()
