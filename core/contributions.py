"""What the apps contribute to pages that gather from several floors. A gathering page knows only these interfaces.

Each app registers in its ``contributions.py``, which ``core.apps`` imports at start-up. Ten kinds: duties, metrics,
day panels, timeline entries, search, what waits for a decision, the columns of the people sheet that a higher floor
keeps, what goes by the working days, the parts of a person's own page, and the sections of a branch's handbook.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.papers import Block
from core.periods import Month
from core.search import Hit


@dataclass(frozen=True)
class Duty:
    """What an organization owes for a month, by a day.

    ``done_on`` is the day on which it was done, ``not_owed`` the reason why nothing is owed, ``not_yet`` the earlier
    step that must come first. ``detail`` tells the officer what is still missing, ``act`` is the word on the button
    and ``url`` where it leads. ``missed`` is the reason why it will not be done any more: it stays owed and counts, but
    nobody is asked for it. ``fraction`` is how many took part of how many (实到, 应到), where people do. Where one kind
    has several things, ``what`` names which, and ``times`` how often it was done of how often it is owed.
    """

    kind: str
    organization_id: int
    month: Month
    due_on: datetime.date
    title: str
    url: str
    done_on: datetime.date | None = None
    not_owed: str = ""
    not_yet: str = ""
    missed: str = ""
    detail: str = ""
    act: str = "去办理"
    fraction: tuple[int, int] | None = None
    what: str = ""
    times: tuple[int, int] | None = None

    @property
    def is_owed(self) -> bool:
        return not (self.not_owed or self.not_yet)

    @property
    def is_open(self) -> bool:
        return self.done_on is None and self.is_owed and not self.missed

    @property
    def is_late(self) -> bool:
        """Done after its day."""
        return self.done_on is not None and self.done_on > self.due_on


@dataclass(frozen=True)
class Scope:
    """What is asked about: ``branches``, a scoped QuerySet of Organization, in ``months``.

    What several floors need to know of them is read once: ``scope.once(policies)`` is ``policies(scope)``, kept.
    """

    branches: Any
    months: list[Month]
    _read: dict[Callable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, read: Callable[["Scope"], Any]) -> Any:
        """The result of ``read`` for this scope; later callers get the same."""
        if read not in self._read:
            self._read[read] = read(self)
        return self._read[read]

    def keep(self, read: Callable[["Scope"], Any], found: Any) -> None:
        """What ``read`` would find is known already, from a reading that had more to find."""
        self._read.setdefault(read, found)

    def beside(self, branches, months, *kept: Callable[["Scope"], Any]) -> "Scope":
        """A scope of other organizations, for which what ``kept`` read holds too: it was of none in particular."""
        return Scope(branches, months, {read: self._read[read] for read in kept if read in self._read})


@dataclass(frozen=True)
class DutySource:
    """One floor's duties. ``rows(scope)`` is set-based: the same queries for any number of branches.

    ``also`` names further kinds that the same rows tell (the plan, the day and its record come from one reading).
    What is owed once a year is not ``is_monthly``: nothing that counts months has it.
    """

    kind: str
    name: str
    rows: Callable[[Scope], Iterable[Duty]]
    also: dict[str, str] = field(default_factory=dict)
    is_monthly: bool = True

    @property
    def kinds(self) -> dict[str, str]:
        """Every kind of duty in these rows, with its name."""
        return {self.kind: self.name, **self.also}


@dataclass(frozen=True)
class Figure:
    """A metric's value for one branch and month: a fraction. With ``denominator`` 0 it does not apply, see ``why``."""

    numerator: Decimal | int
    denominator: Decimal | int
    why: str = ""

    @property
    def applies(self) -> bool:
        return self.denominator > 0

    @property
    def missed(self) -> Decimal | int:
        return self.denominator - self.numerator


@dataclass(frozen=True)
class Evidence:
    """One row behind a figure: what it is, whether it counts for the branch, and where it can be seen."""

    organization_id: int
    what: str
    value: str
    counts: bool
    url: str = ""


@dataclass(frozen=True)
class Metric:
    """A closed, documented indicator over all branches at once.

    ``compute(branches, month)`` gives ``{organization_id: Figure}`` and ``evidence(branches, month)`` the rows behind
    those figures, both in a fixed number of queries. ``unit`` is what the fraction counts (次, 人次, 人 …).
    """

    code: str
    name: str
    unit: str
    numerator: str
    denominator: str
    not_applicable: str
    compute: Callable[[Any, Month], dict[int, Figure]]
    evidence: Callable[[Any, Month], Iterable[Evidence]]


@dataclass(frozen=True)
class DayPanel:
    """A tab of the activity day's page: ``summary(day, user)`` gives (word, style, detail) for the run sheet.

    ``url(day)`` leads to the part; ``item_kind`` names the kind of item whose line links to it, by ``item_url(item)``
    to what belongs to that item alone. A post to ``start_url(item id)`` begins that, or leads to it once begun.
    """

    code: str
    name: str
    order: int
    url: Callable[[Any], str]
    summary: Callable[[Any, Any], tuple[str, str, str]]
    item_kind: str = ""
    item_url: Callable[[Any], str] | None = None
    start_url: Callable[[int], str] | None = None


@dataclass(frozen=True)
class TimelineSource:
    """Entries of a person's page: ``rows(person, user)`` gives (day, what, url), the latest first.

    It is read only as far as a page needs it: what may grow for years comes ``in_batches``.
    """

    name: str
    rows: Callable[[Any, Any], Iterable[tuple[datetime.date, str, str]]]


def in_batches(rows, size: int = 60) -> Iterator[Any]:
    """The rows of an ordered queryset, read so many at a time and no further than somebody asks."""
    start = 0
    while batch := list(rows[start : start + size]):
        yield from batch
        if len(batch) < size:
            return
        start += size


@dataclass(frozen=True)
class SearchSource:
    """``rows(words, user)`` is the QuerySet of what has all the words and the user may see, in the order to show it.

    ``hit(row, words)`` is what is shown of one row, without a further query. ``in_year(rows, year)`` narrows to a year;
    what belongs to none has no such function, and is not asked when somebody looks for a year.
    """

    code: str
    name: str
    order: int
    rows: Callable[[list[str], Any], Any]
    hit: Callable[[Any, list[str]], Hit]
    in_year: Callable[[Any, int], Any] | None = None


@dataclass(frozen=True)
class WaitingSource:
    """What waits for a user's decision: ``rows(user)`` is the scoped QuerySet of it, ``url`` the list of the same rows.

    ``words`` follow the number ("人转入待接收"), ``act`` is the word on the button. A source whose rows are a state of
    affairs rather than papers to answer is not ``is_paper``: it stays in the list until the state has changed.
    """

    code: str
    words: str
    act: str
    order: int
    rows: Callable[[Any], Any]
    url: Callable[[], str]
    is_paper: bool = True


@dataclass(frozen=True)
class SheetColumn:
    """A column of the people sheet that a higher floor keeps (the dues base, say).

    ``parse(cell)`` gives the value or raises ValueError with a Chinese sentence; ``current(person_ids)`` gives
    ``{person_id: value}``; ``write(values, by)`` stores ``{person_id: value}`` in the import's transaction, which
    begins with ``lock()``: what ``write`` will lock is held before people are, in the order of all who lock both.
    """

    name: str
    headings: tuple[str, ...]
    parse: Callable[[Any], Any]
    current: Callable[[Iterable[int]], dict[int, Any]]
    write: Callable[[dict[int, Any], Any], None]
    lock: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class CalendarReader:
    """What goes by the working days: ``became_free(days, by)`` hears, in the transaction of the change, which days are
    free that were worked before. ``by`` is None for a command.
    """

    became_free: Callable[[list[datetime.date], Any], None]


@dataclass(frozen=True)
class OwnPart:
    """A part of a person's own page (我的): ``template``, shown with ``context(person, user)``; left out where None.

    A few queries each, however much there is: what is long has a page of its own.
    """

    code: str
    order: int
    template: str
    context: Callable[[Any, Any], dict | None]


@dataclass(frozen=True)
class HandbookSection:
    """A section of a branch's handbook of a year: ``blocks(organization, year, user)``, each a ``core.papers`` block.

    It asks as many queries for a year full of rows as for an empty one. What the user may not see is left out, with a
    word on it; the organization is one that the user sees.
    """

    code: str
    name: str
    order: int
    blocks: Callable[[Any, int, Any], Iterable[Block]]


@dataclass
class Registry:
    """Everything contributed, in the order of the floors."""

    duties: list[DutySource] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    day_panels: list[DayPanel] = field(default_factory=list)
    timelines: list[TimelineSource] = field(default_factory=list)
    searches: list[SearchSource] = field(default_factory=list)
    waiting: list[WaitingSource] = field(default_factory=list)
    sheet_columns: list[SheetColumn] = field(default_factory=list)
    calendar_readers: list[CalendarReader] = field(default_factory=list)
    own_parts: list[OwnPart] = field(default_factory=list)
    handbook: list[HandbookSection] = field(default_factory=list)

    @property
    def monthly_kinds(self) -> set[str]:
        """The kinds of duties that are owed month by month."""
        return {kind for source in self.duties if source.is_monthly for kind in source.kinds}

    def duties_of(self, branches, months: list[Month], kinds=None) -> list[Duty]:
        """The duties of ``branches`` for ``months``: of all kinds, or of the named ones."""
        return self.duties_in(Scope(branches, months), kinds)

    def duties_in(self, scope: Scope, kinds=None) -> list[Duty]:
        """The same of a scope, which keeps what others need too."""
        return [
            duty
            for source in self.duties
            if kinds is None or not kinds.isdisjoint(source.kinds)
            for duty in source.rows(scope)
            if kinds is None or duty.kind in kinds
        ]

    def add(self, *contributions):
        """Register contributions of any kind; a metric's code is unique."""
        for one in contributions:
            match one:
                case DutySource():
                    self.duties.append(one)
                case Metric():
                    if one.code in self.metrics:
                        raise ValueError(f"two metrics are called {one.code}")
                    self.metrics[one.code] = one
                case DayPanel():
                    self.day_panels.append(one)
                    self.day_panels.sort(key=lambda panel: panel.order)
                case TimelineSource():
                    self.timelines.append(one)
                case SearchSource():
                    self.searches.append(one)
                    self.searches.sort(key=lambda source: source.order)
                case WaitingSource():
                    self.waiting.append(one)
                    self.waiting.sort(key=lambda source: source.order)
                case SheetColumn():
                    self.sheet_columns.append(one)
                case CalendarReader():
                    self.calendar_readers.append(one)
                case OwnPart():
                    self.own_parts.append(one)
                    self.own_parts.sort(key=lambda part: part.order)
                case HandbookSection():
                    self.handbook.append(one)
                    self.handbook.sort(key=lambda section: section.order)
                case _:
                    raise TypeError(f"not a contribution: {one!r}")


registry = Registry()
