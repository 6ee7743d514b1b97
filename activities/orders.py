"""By which column a list of organizations is sorted: what an address asks for, the heads, the choice on a phone."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from activities.kinds import EducationKind
from core.pages import Head, head_of

# the heads of a list in their order, each with its key in an address; without one it does not sort
PLAN_COLUMNS = (("党支部", "code"), ("所属", "unit"), ("状态", "state"), ("日期", "on"), ("主题", ""))
DAY_COLUMNS = (("党支部", "code"), ("所属", "unit"), ("状态", "state"), ("日期", "on"), ("地点", ""), ("主题", ""))
PAPER_COLUMNS = (("党组织", "code"), ("所属", "unit"), ("状态", "state"), ("截止", ""), ("首次报送", "sent"))
EDUCATION_COLUMNS = (
    ("党支部", "code"), ("所属", "unit"), *((str(kind.label), kind.value) for kind in EducationKind),
    ("覆盖", "covered"), ("总时长", "minutes"),
)  # fmt: skip
HOURS_COLUMNS = (("姓名", "number"), ("到会／应到", "present"), ("集中教育时长", "minutes"))
WORDS = {"code": "组织编码", "unit": "所属", "state": "状态", "on": "日期", "sent": "首次报送"}
WORDS |= {"number": "学工号", "present": "到会天数", "minutes": "时长", "covered": "覆盖类数"}
WORDS |= {kind.value: f"{kind.label}次数" for kind in EducationKind}
OF_ORGANIZATIONS = {"code": "code", "unit": "parent__code"}


class Order:
    """What a list is sorted by: the key of a column, falling with a minus before it; by the ``first`` for nonsense."""

    def __init__(self, columns: Iterable[tuple[str, str]], asked: str, first: str = "code"):
        self.columns = columns
        keys = [key for _, key in columns if key]
        self.asked = asked if asked.removeprefix("-") in keys else first
        self.choices = [(key, f"按{WORDS[key]}排列") for key in keys]
        self.choices += [(f"-{key}", f"{word}，倒序") for key, word in self.choices]

    @property
    def heads(self) -> list[Head]:
        return [head_of(name, key, self.asked) for name, key in self.columns]

    @property
    def word(self) -> str:
        """How the list is sorted, for users."""
        return dict(self.choices)[self.asked]

    def sort(self, organizations: QuerySet, by: Mapping[str, Any]) -> QuerySet:
        """In this order, and by code where it says nothing; ``by`` adds what the rows of the organizations say.

        Whoever has nothing to sort by comes last, either way.
        """
        key, falls = self.asked.removeprefix("-"), self.asked.startswith("-")
        if key in OF_ORGANIZATIONS:
            return organizations.order_by(f"-{OF_ORGANIZATIONS[key]}" if falls else OF_ORGANIZATIONS[key], "code")
        value = by[key].desc(nulls_last=True) if falls else by[key].asc(nulls_last=True)
        return organizations.order_by(value, "code")


def value_of(rows: QuerySet, field: str) -> Subquery:
    """A field of an organization's row among ``rows``, to sort by."""
    return Subquery(rows.filter(organization=OuterRef("pk")).order_by().values(field)[:1])


def state_of(rows: QuerySet) -> Coalesce:
    """The place of a row's status among the statuses, to sort by; an organization without a row comes first."""
    cases = [When(status=value, then=Value(place)) for place, value in enumerate(rows.model.Status.values, start=1)]
    placed = rows.order_by().annotate(state_place=Case(*cases))
    return Coalesce(value_of(placed, "state_place"), 0)
