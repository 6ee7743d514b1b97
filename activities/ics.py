"""A feed's content as iCalendar text (RFC 5545); the library folds lines and escapes commas and line breaks."""

import datetime
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vDuration

from activities.feed_events import FeedContent, FeedEvent

ZONE = ZoneInfo("Asia/Shanghai")
REFRESH = datetime.timedelta(hours=6)
CONTENT_TYPE = "text/calendar; charset=utf-8"
A_DAY_BEFORE = datetime.timedelta(days=-1)
THE_MORNING_BEFORE = datetime.timedelta(hours=-15)  # nine o'clock: a whole day begins at midnight


def calendar_text(content: FeedContent, site: str) -> bytes:
    """The whole feed. ``site`` is the address of the site without a path: the events' pages and ids are made of it."""
    calendar = Calendar()
    calendar.add("prodid", "-//党员活动日//activity-day//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", content.name)
    calendar.add("x-wr-caldesc", content.about)
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add_component(_zone())
    for event in content.events:
        calendar.add_component(_event(event, content, site))
    return calendar.to_ical()


def _zone() -> Timezone:
    """China's one time: no summer time since 1991, and no feed goes back so far."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE.key)
    standard.add("dtstart", datetime.datetime(1992, 1, 1))  # noqa: DTZ001 - local by definition
    standard.add("tzname", "CST")
    standard.add("tzoffsetfrom", datetime.timedelta(hours=8))
    standard.add("tzoffsetto", datetime.timedelta(hours=8))
    zone.add_component(standard)
    return zone


def _event(event: FeedEvent, content: FeedContent, site: str) -> Event:
    component = Event()
    component.add("uid", f"activity-day-{event.day_id}@{site.partition('://')[2]}")
    component.add("dtstamp", event.changed_at.astimezone(datetime.UTC))
    component.add("last-modified", event.changed_at.astimezone(datetime.UTC))
    component.add("sequence", event.sequence)
    component.add("summary", event.title)
    component.add("location", event.place)
    component.add("description", "\n".join(event.lines))
    component.add("url", f"{site}{event.path}")
    component.add("status", event.status)
    if event.starts_at is None:
        component.add("dtstart", event.on)
        component.add("dtend", event.on + datetime.timedelta(days=1))
    else:
        start = datetime.datetime.combine(event.on, event.starts_at, ZONE)
        component.add("dtstart", start)
        component.add("dtend", start + datetime.timedelta(minutes=event.minutes))
    if content.reminds and event.status != "CANCELLED":
        component.add_component(_alarm(event))
    return component


def _alarm(event: FeedEvent) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event.title)
    alarm.add("trigger", THE_MORNING_BEFORE if event.starts_at is None else A_DAY_BEFORE)
    return alarm
