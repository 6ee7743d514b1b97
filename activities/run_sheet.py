"""The run sheet of a day: its items by the clock, what each needs and where it is done; and what comes after a part."""

import datetime
from dataclasses import dataclass

from django.urls import reverse

from activities import reports
from activities.kinds import ItemKind
from activities.models import ActivityDay, DayFile, DayItem, PlanItem
from core.contributions import DayPanel, registry

# what must lie on the table for an item of a kind
NEEDS: dict[str, str] = {ItemKind.DUES: "党费名单", ItemKind.MEETING: "会议记录"}


@dataclass(frozen=True)
class RunPart:
    """A part of the day given by an app (dues, a meeting …), with how far it is: (word, style, detail)."""

    panel: DayPanel
    url: str
    summary: tuple[str, str, str]


@dataclass(frozen=True)
class RunLine:
    """An item in its place, from when till when by the clock (empty where nobody has set the hour).

    ``link`` is (name, address) of the part where it is done, or None; ``needs`` what must be there for it.
    """

    item: DayItem | PlanItem
    hours: str
    link: tuple[str, str] | None
    needs: str
    materials: list[DayFile]


@dataclass(frozen=True)
class RunSheet:
    """The day in order; ``counts`` of the roster are None until it is held."""

    rows: list[RunLine]
    panels: list[RunPart]
    counts: dict | None
    photos: int = 0
    papers: int = 0

    @property
    def minutes(self) -> int:
        return sum(row.item.minutes for row in self.rows)


@dataclass(frozen=True)
class NextPart:
    """What is done next: its name and address. One that ``begins`` something is posted to."""

    name: str
    url: str
    begins: bool = False


def run_sheet(day: ActivityDay, user) -> RunSheet:
    """The items in order, each with one link to its part, and the parts with how far they are."""
    panels = registry.day_panels if day.happened else []
    parts = [RunPart(panel, panel.url(day), panel.summary(day, user)) for panel in panels]
    items = (day.items if day.happened else day.plan.items).select_related("leader")
    files = list(day.files.select_related("file")) if day.happened else []
    clock = _Clock(day.starts_at or day.plan.starts_at)
    lines = [
        RunLine(
            item, clock.takes(item.minutes), _link(day, item, parts), NEEDS.get(item.kind, ""),
            [file for file in files if not file.is_photo and file.item_id == item.pk],
        )
        for item in items
    ]  # fmt: skip
    photos = sum(file.is_photo for file in files)
    counts = reports.counts_of(day) if day.happened else None
    return RunSheet(lines, parts, counts, photos, len(files) - photos)


class _Clock:
    """Goes on with each item; without a beginning it says nothing."""

    def __init__(self, starts_at):
        self.at = datetime.datetime.combine(datetime.date.min, starts_at) if starts_at else None

    def takes(self, minutes) -> str:
        if self.at is None:
            return ""
        begun, self.at = self.at, self.at + datetime.timedelta(minutes=minutes)
        return f"{begun:%H:%M}–{self.at:%H:%M}"


def _link(day, item, parts):
    """Where an item is done: in the part of its kind, else in its line of the record; None before the day is held."""
    if not day.happened:
        return None
    for part in parts:
        if part.panel.item_kind == item.kind:
            return part.panel.name, part.panel.item_url(item) if part.panel.item_url else part.url
    return "记录", f"{reverse('day_record', args=[day.pk])}#item-{item.pk}"


def next_part(day: ActivityDay, after="attendance") -> NextPart:
    """What is done after a part (a panel's code), in the order of the tabs; the record is last.

    A part of a kind of which the day has no item is left out. One that begins something for each item (minutes) leads
    to the first item that is neither signed nor left out, and comes again until none is left.
    """
    done = {panel.code: panel.order for panel in registry.day_panels}.get(after, 0)
    open_items: dict[str, int] = {}
    kinds = set()
    for item in day.items.order_by("order", "pk"):
        kinds.add(item.kind)
        if not item.is_signed and item.outcome != DayItem.Outcome.NOT_DONE:
            open_items.setdefault(item.kind, item.pk)
    for panel in registry.day_panels:
        if panel.start_url is not None:
            if panel.order >= done and panel.item_kind in open_items:
                return NextPart(panel.name, panel.start_url(open_items[panel.item_kind]), begins=True)
        elif panel.order > done and (not panel.item_kind or panel.item_kind in kinds):
            return NextPart(panel.name, panel.url(day))
    return NextPart("记录", reverse("day_record", args=[day.pk]))
