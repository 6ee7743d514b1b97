"""Search in Chinese: what was typed as words, the filter for rows that have them all, and where they were found.

One character is a word of meaning. ``%`` and ``_`` are characters like others. Full-width and half-width letters,
digits and signs are the same.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST_LETTERS = 60
MOST_WORDS = 6  # each is looked for in every field of every source
AROUND = 26  # letters of an excerpt on either side of the word
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_NARROW = {wide: code for code, wide in _WIDE.items()}
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Hit:
    """One thing that was found: ``detail`` says whose and when; ``texts`` are (where, a text) in which words may be."""

    title: str
    url: str
    detail: str
    texts: Sequence[tuple[str, str]] = ()


def words_of(text: str) -> list[str]:
    """What somebody typed, as words: apart by spaces of any width, each once."""
    return list(dict.fromkeys(text[:MOST_LETTERS].translate(_NARROW).split()))[:MOST_WORDS]


def ways_of(word: str) -> list[str]:
    """A word as it may have been written: with half-width signs, or with full-width ones as in Chinese text."""
    return list(dict.fromkeys((word, word.translate(_WIDE))))


def having(words: Iterable[str], fields: Sequence[str], also: Callable[[str], Q] = lambda word: NOTHING) -> Q:
    """The filter for rows that have each of the words in one of the fields, or where ``also(word)`` says."""
    return reduce(and_, (_in_one(word, fields) | also(word) for word in words), Q())


def in_rows(rows: QuerySet, key: str, fields: Sequence[str]) -> Callable[[str], Q]:
    """For ``having``: rows of another table, which lead here by ``key``, have the word."""
    return lambda word: Q(Exists(rows.filter(_in_one(word, fields), **{key: OuterRef("pk")})))


def with_found(found: QuerySet, words: Sequence[str], rows: QuerySet, key: str, fields: Sequence[str]) -> QuerySet:
    """Adds ``found_0`` …: for each word the first text of those other rows that has it, or None."""
    return found.annotate(
        **{f"found_{number}": _first_of(rows, key, word, fields) for number, word in enumerate(words)}
    )


def found_texts(row, words: Sequence[str], where: str) -> list[tuple[str, str]]:
    """What ``with_found`` added, for ``Hit.texts``."""
    texts = [getattr(row, f"found_{number}") for number in range(len(words))]
    return [(where, text) for text in dict.fromkeys(filter(None, texts))]


def _first_of(rows, key, word, fields) -> Subquery:
    which = Case(*(When(_in_one(word, [field]), then=F(field)) for field in fields), output_field=CharField())
    found = rows.filter(_in_one(word, fields), **{key: OuterRef("pk")})
    return Subquery(found.annotate(found_in=which).values("found_in")[:1])


def _in_one(word, fields) -> Q:
    return reduce(or_, (Q(**{f"{field}__icontains": way}) for field in fields for way in ways_of(word)), NOTHING)


def _pattern(words: Iterable[str]) -> re.Pattern:
    ways = sorted({way for word in words for way in ways_of(word)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ways)), re.IGNORECASE)


def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with the words in it marked."""
    plain, found = _pattern(words).split(text), _pattern(words).findall(text)
    pairs = zip(plain, [*(format_html("<mark>{}</mark>", one) for one in found), ""], strict=True)
    return format_html_join("", "{}{}", pairs)


def places_of(hit: Hit, words: Sequence[str]) -> SafeString:
    """Where the words stand that the title has not: each text that has one more of them, as far as it stands around."""
    left = _lacking(words, hit.title)
    shown = []
    for where, text in hit.texts:
        text = " ".join(text.split())
        lacking = _lacking(left, text)
        if len(lacking) < len(left):
            shown.append((where, _around(text, [word for word in left if word not in lacking], words)))
            left = lacking
    return format_html_join("　", "{}：{}", shown)


def _lacking(words, text) -> list[str]:
    return [word for word in words if not _pattern([word]).search(text)]


def _around(text, here, words) -> SafeString:
    """What stands around the first of the words that are ``here``."""
    found = next(_pattern(here).finditer(text))
    start, end = max(0, found.start() - AROUND), found.end() + AROUND
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return format_html("{}{}{}", before, marked(text[start:end], words), after)
