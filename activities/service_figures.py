"""为民服务 in figures: per organization and span of time, each a number that opens its rows.

Every figure of a page of organizations comes from one query, their sum from a second, the ten kinds from a third.
"""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from activities.kinds import ItemKind, ServiceKind
from activities.models import ActivityDay, DayItem, PairingVisit, Pledge, Wish
from activities.service_lists import Cell, Column, Listing, hours_of
from activities.service_spans import Span
from branches import access

TOOK_PLACE = (DayItem.Outcome.DONE, DayItem.Outcome.CHANGED)
HAPPENED = (ActivityDay.Status.HELD, ActivityDay.Status.RECORDED)
HELPER_MINUTES = F("helpers") * F("minutes")
NAMES = (
    "items", "beneficiaries", "helper_minutes", "posted", "claimed", "confirmed", "visits", "made", "kept",
)  # fmt: skip
COLUMNS = (
    Column("党支部", "place", 28, "wide"), Column("服务项目", "", 10, "num"), Column("服务人数", "", 10, "num"),
    Column("服务小时", "", 10, "num"), Column("发布心愿", "", 10, "num"), Column("认领心愿", "", 10, "num"),
    Column("实现心愿", "", 10, "num"), Column("走访", "", 8, "num"), Column("承诺", "", 8, "num"),
    Column("已兑现", "", 8, "num"),
)  # fmt: skip


def done_items() -> QuerySet[DayItem]:
    """The service items of days that were held, as far as they took place."""
    rows = DayItem.objects.filter(kind=ItemKind.SERVICE, outcome__in=TOOK_PLACE, day__status__in=HAPPENED)
    return rows.select_related("day__organization")


def items_seen_by(user) -> QuerySet[DayItem]:
    """Those of the user's part of the tree."""
    return done_items().filter(access.reads(user, prefix="day__organization__"))


def with_figures(organizations, span: Span):
    """Adds each of ``NAMES`` to organizations: what is theirs in the span."""
    items = done_items().filter(span.of_days("day__held_on"))
    wishes, visits = Wish.objects.all(), PairingVisit.objects.filter(span.of_days("visited_on"))
    pledges = Pledge.objects.filter(span.of_days("made_on"))
    confirmed = wishes.filter(span.of_moments("confirmed_at"))
    return organizations.annotate(
        items=_of_each(items, "day__organization"),
        beneficiaries=_of_each(items, "day__organization", Sum("beneficiaries")),
        helper_minutes=_of_each(items, "day__organization", Sum(HELPER_MINUTES)),
        posted=_of_each(wishes.filter(span.of_moments("posted_at")), "organization"),
        claimed=_of_each(wishes.filter(span.of_moments("claimed_at")), "claiming_branch"),
        confirmed=_of_each(confirmed, "claiming_branch"),
        visits=_of_each(visits, "pairing__organization"),
        made=_of_each(pledges, "organization"),
        kept=_of_each(pledges.filter(result=Pledge.Result.KEPT), "organization"),
    )


def _of_each(rows, to, what=None):
    """Of the rows that point by ``to`` to each organization: how many, or ``what``."""
    of_one = rows.filter(**{to: OuterRef("pk")}).order_by().values(to)
    return Coalesce(Subquery(of_one.annotate(figure=what or Count("pk")).values("figure")), Value(0))


@dataclass(frozen=True)
class Figures:
    """The figures of one organization, or of all that are listed: ``place`` narrows the rows that they open."""

    name: str
    place: int | None
    values: dict[str, int]


def figures_of(organization) -> Figures:
    return Figures(str(organization), organization.pk, {name: getattr(organization, name) for name in NAMES})


def sum_of(organizations, place: int | None) -> Figures:
    """The sum of what ``with_figures`` gives for all of them, in one query."""
    found = organizations.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in NAMES})
    return Figures("合计", place, {name: found[f"sum_{name}"] or 0 for name in NAMES})


def listing(span: Span) -> Listing:
    """The table of a span: every number leads to its rows."""

    def cells(figures: Figures) -> list[Cell]:
        values, opens = figures.values, _addresses(span, figures.place)
        shown = values | {"hours": hours_of(values["helper_minutes"])}
        names = ("items", "beneficiaries", "hours", "posted", "claimed", "confirmed", "visits", "made", "kept")
        found = [Cell(shown[name], opens[name] if shown[name] else "") for name in names]
        if not span.is_year:  # a pledge is of a year, and no term's
            found[-2:] = [Cell(None), Cell(None)]
        return [Cell(figures.name), *found]

    return Listing(f"{span.word}为民服务统计", "个党支部", COLUMNS, cells)


def _addresses(span, place, **more):
    asked = {"period": span.key} | ({"organization": place} if place else {}) | more
    wishes = {word: _address("service", counted=word, **asked) for word in ("posted", "claimed", "confirmed")}
    items, pledges = _address("service_items", **asked), _address("pledges", **asked)
    return wishes | {
        "items": items, "beneficiaries": items, "hours": items, "visits": _address("visits", **asked),
        "made": pledges, "kept": _address("pledges", status=Pledge.Result.KEPT.value, **asked),
    }  # fmt: skip


def _address(name, **asked) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"


@dataclass(frozen=True)
class KindLine:
    """One of the ten kinds: how many items, for how many people, hours; ``width`` of its bar, of 100."""

    word: str
    items: int
    beneficiaries: int
    hours: Decimal
    width: int
    url: str


def kind_lines(organizations, span: Span, place: int | None) -> list[KindLine]:
    """The ten kinds over all of the organizations, in the order of the scheme; one query."""
    rows = done_items().filter(
        span.of_days("day__held_on"), day__organization__in=organizations.order_by().values("pk")
    )
    counted = rows.order_by().values("subtype").annotate(
        items=Count("pk"), people=Sum("beneficiaries"), helper_minutes=Sum(HELPER_MINUTES)
    )  # fmt: skip
    found = {row["subtype"]: row for row in counted}
    most = max((row["items"] for row in found.values()), default=0)
    return [_kind_line(kind, found.get(kind.value, {}), most, span, place) for kind in ServiceKind]


def _kind_line(kind, row, most, span, place):
    items = row.get("items", 0)
    url = _addresses(span, place, kind=kind.value)["items"] if items else ""
    return KindLine(
        kind.label, items, row.get("people") or 0, hours_of(row.get("helper_minutes")),
        round(100 * items / most) if most else 0, url,
    )  # fmt: skip
