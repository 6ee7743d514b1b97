"""One person's time as a member, from everything the floors know of it, latest first and a page at a time."""

import datetime
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from django.db.models import CharField, F, Value
from django.urls import reverse

from branches.models import Appointment, Exclusion, StandingChange, Transfer
from core.contributions import registry

PAGE_LENGTH = 20
EXCLUDED = "EXCLUDED"
MOST_PAGES = 500


@dataclass(frozen=True)
class TimelineEntry:
    """Something in a person's time as a member; ``source`` names the part of the software that knows it."""

    day: datetime.date
    what: str
    url: str
    source: str


@dataclass(frozen=True)
class TimelinePage:
    """One page of it. ``sources`` are the parts that can be asked for alone, ``source`` the one that was."""

    entries: list[TimelineEntry]
    number: int
    has_next: bool
    source: str
    sources: list[str]

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


def timeline_of(person, user, *, source="", number=1) -> TimelinePage:
    """What every floor knows of a person, or one of them alone, as far as the user may see it.

    Every floor is read only as far as the page needs it, newest first.
    """
    names = [one.name for one in registry.timelines]
    source = source if source in names else ""
    number = min(max(number, 1), MOST_PAGES)
    read = (_entries(one, person, user) for one in registry.timelines if source in ("", one.name))
    newest_first = merge(*read, key=lambda entry: entry.day, reverse=True)
    start = (number - 1) * PAGE_LENGTH
    found = list(islice(newest_first, start, start + PAGE_LENGTH + 1))
    return TimelinePage(found[:PAGE_LENGTH], number, len(found) > PAGE_LENGTH, source, names)


def _entries(source, person, user):
    return (TimelineEntry(day, what, url, source.name) for day, what, url in source.rows(person, user))


def register_entries(person, user):
    """The register's own part: joining, steps of the standing, transfers, exclusions, offices, leaving.

    A few rows in all of a life: they are read at once.
    """
    entries = [
        *_standings_and_exclusions(person, user),
        *_transfers(person, user),
        *_offices(person, user),
    ]
    told = {entry[:2] for entry in entries}
    of_the_person = (
        ("ADMITTED", person.joined_on, "加入党组织", ""),
        ("CONFIRMED", person.confirmed_on, "转为正式党员", ""),
        ("GONE", person.left_on, "离开所在党支部名册", ""),
    )
    entries += [one for one in of_the_person if one[1] and one[:2] not in told]
    entries.sort(key=lambda entry: entry[1], reverse=True)
    return [entry[1:] for entry in entries]


def _standings_and_exclusions(person, user):
    """The steps of the standing and the approved exclusions, in one query."""
    steps = StandingChange.objects.visible_to(user).filter(person=person).order_by()
    away = Exclusion.objects.visible_to(user).filter(person=person, status=Exclusion.Status.APPROVED).order_by()
    rows = steps.values_list("kind", "changed_on", "until", "note", "pk").union(
        away.values_list(Value(EXCLUDED, CharField()), "starts_on", "last_on", "reason", "pk"), all=True
    )
    latest_first = sorted(rows, key=lambda row: (row[0] != EXCLUDED, row[1], row[4]), reverse=True)
    for kind, day, until, why, pk in latest_first:
        if kind == EXCLUDED:
            last = f"{until:%Y-%m-%d}" if until else "未定"
            yield kind, day, f"不计入应到（{day:%Y-%m-%d} 至 {last}）：{why}", reverse("exclusion", args=[pk])
        else:
            last = f"至 {until:%Y-%m-%d}" if until else ""
            yield kind, day, f"{StandingChange.Kind(kind).label}{last}{f'：{why}' if why else ''}", ""


def _transfers(person, user):
    rows = Transfer.objects.visible_to(user).accepted().filter(person=person).order_by("-moved_on", "-pk")
    for row in rows.select_related("from_organization", "to_organization"):
        way = " → ".join(str(place) for place in (row.from_organization, row.to_organization or row.place) if place)
        note = f"（{row.note}）" if row.note else ""
        kind = row.kind if row.to_organization else "GONE"
        yield kind, row.moved_on, f"{row.get_kind_display()}：{way}{note}", row.get_absolute_url()


def _offices(person, user):
    """Those that ran for a day at least: none did of an election that was taken back, or that was to begin later."""
    rows = Appointment.objects.visible_to(user).filter(person=person).exclude(ends_on=F("starts_on"))
    rows = rows.select_related("organization")
    for row in rows.order_by("-starts_on", "-pk"):
        office = f"{row.organization}{'代理' if row.is_acting else ''}{row.label}"
        until = f"{row.ends_on:%Y-%m-%d}" if row.ends_on else "今"
        yield "OFFICE", row.starts_on, f"任{office}（{row.starts_on:%Y-%m-%d} 至 {until}）", ""
        if row.ends_on:
            yield "OFFICE", row.ends_on, f"不再担任{office}", ""
