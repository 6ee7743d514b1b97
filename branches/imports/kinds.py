"""The kinds of sheets: what reads, compares and writes each, and how the pages of imports speak of it.

A higher floor adds its own with ``register``, at start-up. A source is a module with ``open_sheet``, ``compare``,
``lock``, ``apply``, and ``key_of``, ``title_of``, ``facts_of``, ``words_of``, ``named`` for the rows of the preview.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shown:
    """What the pages say of a kind: the ``head`` over the names of its rows; ``home`` is where such sheets are sent,
    in which ``section`` of the navigation.

    ``result`` is the address of what was written, with its name; ``says`` what an outcome means, where it is not what
    it means of people.
    """

    head: str
    result: tuple[str, str]
    home: str = "imports"
    section: str = "organizations"
    says: dict[Any, str] = field(default_factory=dict)


SOURCES: dict[str, Any] = {}
SHOWN: dict[str, Shown] = {}


def register(kind: str, source, shown: Shown) -> None:
    SOURCES[kind], SHOWN[kind] = source, shown
