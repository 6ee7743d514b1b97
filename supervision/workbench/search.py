"""Search over everything that the floors contribute: a look at all of it, and a page of one source."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from core.contributions import SearchSource, registry
from core.periods import Month
from core.search import Hit, marked, places_of

FIRST = 10  # of each source are shown at first
YEARS_BACK = 5


@dataclass(frozen=True)
class Found:
    """One thing as the page shows it, with the words marked; ``places`` say where they stand."""

    title: SafeString
    places: SafeString
    detail: SafeString
    url: str


@dataclass(frozen=True)
class Group:
    """What one source found at first, and whether there is more."""

    source: SearchSource
    found: list[Found]
    has_more: bool


def years() -> list[int]:
    """The years that can be asked for: next year has plans already."""
    this = Month.current().year
    return list(range(this + 1, this - YEARS_BACK, -1))


def source_named(code: str) -> SearchSource | None:
    return next((source for source in registry.searches if source.code == code), None)


def find(words: list[str], user, year: int | None = None) -> list[Group]:
    """The first of what each source finds, one query each; nothing without a word."""
    sources = [source for source in registry.searches if words and (source.in_year or not year)]
    groups = [_first(source, words, rows_of(source, words, user, year)) for source in sources]
    return [group for group in groups if group.found]


def rows_of(source: SearchSource, words: list[str], user, year: int | None = None):
    """Everything that one source finds, for paging."""
    rows = source.rows(words, user)
    return source.in_year(rows, year) if source.in_year and year else rows


def _first(source, words, rows) -> Group:
    some = list(rows[: FIRST + 1])
    return Group(source, shown(source, some[:FIRST], words), len(some) > FIRST)


def shown(source: SearchSource, rows: Iterable, words: list[str]) -> list[Found]:
    """Rows of a source as the page shows them."""
    return [_found(source.hit(row, words), words) for row in rows]


def _found(hit: Hit, words) -> Found:
    return Found(marked(hit.title, words), places_of(hit, words), marked(hit.detail, words), hit.url)
