"""Many values in parts, as many at a time as one query should name."""

from collections.abc import Iterable, Iterator

PART = 1000


def parts(values: Iterable) -> Iterator[list]:
    """The values in ascending order, so that rows are locked in that order whatever the part."""
    ordered = sorted(values)
    for place in range(0, len(ordered), PART):
        yield ordered[place : place + PART]
