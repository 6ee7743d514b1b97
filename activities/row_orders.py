"""By which column a list is sorted whose rows are no organizations: what an address asks for, heads, the choice."""

from collections.abc import Iterable

from activities.orders import Order


class RowOrder(Order):
    """Like ``Order``; ``columns`` are (name, key), the names say by what, and ``default`` holds for nonsense."""

    def __init__(self, columns: Iterable[tuple[str, str]], asked: str, default: str):
        self.columns = columns
        words = [(key, name) for name, key in columns if key]
        self.asked = asked if asked.removeprefix("-") in dict(words) else default
        self.choices = [(key, f"按{word}排列") for key, word in words]
        self.choices += [(f"-{key}", f"{word}，倒序") for key, word in self.choices]

    def rows(self, queryset, by, *then: str):
        """The rows in this order, and by ``then`` where it says nothing; ``by`` has an expression for each key."""
        value = by[self.asked.removeprefix("-")]
        falls = self.asked.startswith("-")
        return queryset.order_by(value.desc(nulls_last=True) if falls else value.asc(nulls_last=True), *then)
