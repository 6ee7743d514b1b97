"""Which of the four kinds of education took place in a year: of one branch by months, of many as counts."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.kinds import EducationForm, EducationKind, ItemKind
from activities.metrics import TOOK_PLACE
from activities.models import ActivityDay, DayItem
from activities.orders import EDUCATION_COLUMNS, Order
from activities.reports import narrowed
from branches.models import Organization
from core.periods import Month

KINDS = list(EducationKind)
LACKING = [(kind.value, f"还没有{kind.label}的") for kind in KINDS]
FORM_WORDS = dict(EducationForm.choices)


def months_of(year: int) -> list[Month]:
    return list(Month(year, 1).until(Month(year, 12)))


def days_of(user, year: int) -> QuerySet[ActivityDay]:
    """The days of a year that were held, as far as the user sees them."""
    return ActivityDay.objects.visible_to(user).happened().filter(month__in=months_of(year))


def education_on(days) -> QuerySet[DayItem]:
    """The items of education that took place on these days: what the indicator 集中教育 counts by, item by item."""
    return DayItem.objects.filter(TOOK_PLACE, day__in=days.order_by(), kind=ItemKind.EDUCATION)


@dataclass(frozen=True)
class Cell:
    """How a month stands with one kind; ``word`` is empty where there was nothing of it. ``url`` opens the record."""

    month: Month
    style: str = ""
    word: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class KindLine:
    """One kind of education through a branch's year: twelve cells, how often in which form, how often, how long."""

    name: str
    forms: str
    cells: list[Cell]
    times: int
    minutes: int


def lines_of(days, year: int) -> list[KindLine]:
    """A branch's year, a line a kind: in one query, of the branch's days."""
    items = list(DayItem.objects.filter(day__in=days.order_by(), kind=ItemKind.EDUCATION).select_related("day"))
    return [_line(kind, [item for item in items if item.subtype == kind], year) for kind in KINDS]


def _line(kind, items, year) -> KindLine:
    done = [item for item in items if item.took_place]
    by_month = defaultdict(list)
    for item in items:
        by_month[item.day.month].append(item)
    cells = [_cell(month, by_month[month]) for month in months_of(year)]
    return KindLine(str(kind.label), _forms(done), cells, len(done), sum(item.minutes for item in done))


def _cell(month, items) -> Cell:
    """What took place comes before what still waits for its record, and both before what did not take place."""
    if not items:
        return Cell(month)
    url = reverse("day_record", args=[items[0].day_id])
    done = [item for item in items if item.took_place]
    if done:
        return Cell(month, "done", f"{len(done)} 次", _forms(done) or "没有注明形式", url)
    if any(not item.outcome for item in items):
        return Cell(month, "wait", "待记录", "活动日已开展，还没有写明完成情况", url)
    return Cell(month, "late", "未进行", "计划了，当天没有进行", url)


def _forms(items) -> str:
    """How often in which form: 思想汇报 1 次、重温入党誓词 2 次."""
    return form_words({form: sum(item.form == form for item in items) for form in FORM_WORDS})


def form_words(times) -> str:
    return "、".join(f"{word} {times[form]} 次" for form, word in FORM_WORDS.items() if times.get(form))


@dataclass(frozen=True)
class KindCount:
    """How often a branch had one kind in a year, and in which forms, in words."""

    kind: EducationKind
    times: int
    forms: str

    @property
    def word(self) -> str:
        return f"{self.times} 次" if self.times else "没有"

    @property
    def style(self) -> str:
        return "done" if self.times else "none"


@dataclass(frozen=True)
class Row:
    """A branch's year in four counts; ``minutes`` is how long its education took altogether."""

    branch: Organization
    counts: list[KindCount]
    minutes: int

    @property
    def covered(self) -> int:
        return sum(bool(one.times) for one in self.counts)

    @property
    def times(self) -> int:
        return sum(one.times for one in self.counts)


@dataclass(frozen=True)
class KindSum:
    """In how many branches of the list a kind took place, and how often altogether."""

    kind: EducationKind
    branches: int
    times: int


class Coverage:
    """The branches below an organization as rows of four counts, read when a page of them is asked for."""

    def __init__(self, user, organization: Organization, year: int, asked: dict):
        first, last = months_of(year)[0], months_of(year)[-1]
        lived = Q(founded_on=None) | Q(founded_on__lte=last.last)
        lived &= Q(closed_on=None) | Q(closed_on__gt=first.last)
        self.days = days_of(user, year)
        self.done = education_on(self.days)
        below = Organization.objects.visible_to(user).under(organization).branches().filter(lived)
        if asked["lacking"] in EducationKind.values:
            had = self.done.filter(subtype=asked["lacking"])
            below = below.exclude(pk__in=had.values("day__organization"))
        self.order = Order(EDUCATION_COLUMNS, asked["order"])
        by = {kind.value: _number(self.done.filter(subtype=kind), Count("pk")) for kind in KINDS}
        by["covered"] = _number(self.done, Count("subtype", distinct=True))
        by["minutes"] = _number(self.done, Sum("minutes"))
        self.branches = self.order.sort(narrowed(below, asked["q"], asked["above"]), by)

    def count(self) -> int:
        return self.branches.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, part) -> list[Row]:
        branches = list(self.branches[part])
        counts = self.done.filter(day__organization__in=[branch.pk for branch in branches]).order_by()
        found: dict = defaultdict(lambda: (0, 0))
        for branch, kind, form, *number in counts.values_list("day__organization", "subtype", "form").annotate(
            times=Count("pk"), long=Sum("minutes")
        ):
            found[branch, kind, form] = tuple(number)
        return [_row(branch, found) for branch in branches]

    def sums(self) -> list[KindSum]:
        """Of each kind, over all rows and not only those of the page; in one query."""
        done = self.done.filter(day__organization__in=self.branches.order_by().values("pk")).order_by()
        which = Count("day__organization", distinct=True)
        counts = done.values("subtype").annotate(branches=which, times=Count("pk"))
        found = {row["subtype"]: (row["branches"], row["times"]) for row in counts}
        return [KindSum(kind, *found.get(kind.value, (0, 0))) for kind in KINDS]

    def days_of_all(self):
        """The days of all rows."""
        return self.days.filter(organization__in=self.branches.order_by().values("pk"))


def _row(branch, found) -> Row:
    counts, minutes = [], 0
    for kind in KINDS:
        by_form = {form: found[branch.pk, kind.value, form] for form in ("", *FORM_WORDS)}
        times = sum(number for number, _ in by_form.values())
        minutes += sum(long for _, long in by_form.values())
        counts.append(KindCount(kind, times, form_words({form: number for form, (number, _) in by_form.items()})))
    return Row(branch, counts, minutes)


def _number(done, what) -> Coalesce:
    """A figure of each branch, to sort by."""
    rows = done.filter(day__organization=OuterRef("pk")).order_by().values("day__organization")
    return Coalesce(Subquery(rows.annotate(number=what).values("number")), 0)
