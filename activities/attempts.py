"""The attempts of a paper side by side: what each said, what was wanted changed, and what was changed."""

from dataclasses import dataclass
from itertools import pairwise

from activities.comparison import read_parts
from activities.models import Attempt, Filing
from activities.parts import content_of, words_of


@dataclass(frozen=True)
class Row:
    """One part in two attempts; ``comment`` is what the reviewer of the earlier one wanted."""

    word: str
    was: str
    now: str
    comment: str

    @property
    def changed(self) -> bool:
        return self.was != self.now


@dataclass(frozen=True)
class Pair:
    """An attempt beside the one after it, or beside the paper as it stands now."""

    earlier: Attempt
    later: Attempt | None
    rows: list[Row]

    @property
    def changes(self) -> int:
        return sum(row.changed for row in self.rows)


def side_by_side(paper) -> list[Pair]:
    """Each attempt beside its successor, the latest first; the last one beside the draft that corrects it."""
    if not paper.attempts:
        return []
    tries = list(paper.tries.select_related("submitted_by"))
    words = words_of(type(paper))
    pairs = [_pair(one, other, other.content, words) for one, other in pairwise(tries)]
    if tries and paper.is_open:
        read_parts(paper)
        pairs.append(_pair(tries[-1], None, content_of(paper), words))
    return pairs[::-1]


def _pair(earlier, later, content, words):
    comments = earlier.comments
    names = [name for name in words if earlier.content.get(name) or content.get(name) or name in comments]
    rows = [
        Row(words[name], earlier.content.get(name, ""), content.get(name, ""), comments.get(name, "")) for name in names
    ]
    return Pair(earlier, later, rows)


def wanted(paper) -> dict[str, str]:
    """``{part: comment}`` of the return that the paper is being corrected for; empty when it is not returned."""
    if paper.status != Filing.Status.RETURNED:
        return {}
    latest = paper.tries.filter(number=paper.attempts).first()
    return latest.comments if latest else {}


def before_amendment(paper) -> list[Row]:
    """A revision beside the paper in force that it amends, or that it has replaced: what changes; empty for a first."""
    if not paper.is_amendment:
        return []
    earlier = type(paper).objects.of([paper.organization_id]).same_period(paper).filter(revision__lt=paper.revision)
    was = earlier.exclude(status=Filing.Status.DROPPED).order_by("revision").last()
    if was is None:
        return []
    old, new, words = content_of(was), content_of(paper), words_of(type(paper))
    return [
        Row(words[name], old.get(name, ""), new.get(name, ""), "") for name in words if old.get(name) or new.get(name)
    ]
