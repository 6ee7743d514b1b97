"""Components: each is told all it needs on its line. A state is always a word, an icon and a colour together."""

import datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core import clock
from core.audit import fold, tell
from core.periods import WEEKDAYS, Month
from core.shares import percent

register = template.Library()

# status value → (style, icon); the word is the model's own
STATES = {
    "DRAFT": ("none", "pen"),
    "ISSUED": ("done", "check"),
    "SUBMITTED": ("wait", "clock"),
    "FILED": ("wait", "clock"),
    "ACCEPTED": ("done", "check"),
    "SUPERSEDED": ("none", "back"),
    "RETURNED": ("late", "back"),
    "PLANNED": ("none", "day"),
    "HELD": ("wait", "clock"),
    "RECORDED": ("done", "check"),
    "NOT_HELD": ("none", "minus"),
    "OPEN": ("due", "clock"),
    "VERIFIED": ("done", "check"),
    "FORWARDED": ("wait", "clock"),
    "SETTLED": ("done", "check"),
    "CONFIRMED": ("done", "check"),
    "COMPUTED": ("wait", "clock"),
    "PUBLISHED": ("done", "check"),
    "PRESENT": ("done", "check"),
    "ON_LEAVE": ("due", "leave"),
    "ABSENT": ("late", "x"),
    "NOT_COUNTED": ("none", "minus"),
    "DONE": ("done", "check"),
    "CHANGED": ("due", "pen"),
    "NOT_DONE": ("late", "x"),
    "EXCELLENT": ("done", "check"),
    "GOOD": ("wait", "check"),
    "FAIR": ("due", "minus"),
    "POOR": ("late", "alert"),
    "NONE": ("none", "minus"),
    "PENDING": ("wait", "clock"),
    "RUNNING": ("wait", "clock"),
    "FAILED": ("late", "alert"),
    "PROPOSED": ("wait", "clock"),
    "APPROVED": ("done", "check"),
    "DECLINED": ("late", "x"),
    "READING": ("wait", "clock"),
    "READY": ("due", "check"),
    "FAULTY": ("late", "alert"),
    "REFUSED": ("late", "x"),
    "WRITING": ("wait", "clock"),
    "DROPPED": ("none", "minus"),
    "MET": ("done", "check"),
    "PARTLY": ("due", "minus"),
    "NOT_MET": ("late", "x"),
    "CLAIMED": ("wait", "clock"),
    "WITHDRAWN": ("none", "minus"),
    "KEPT": ("done", "check"),
    "NOT_KEPT": ("late", "x"),
}
ICONS = {"done": "check", "wait": "clock", "due": "clock", "late": "alert", "none": "minus"}


@register.simple_tag
def icon(name, label=""):
    """An icon of the sprite; decoration unless it has a label."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" {}><use href="{}#i-{}"/></svg>', hidden, static("icons.svg"), name
    )


@register.simple_tag
def state(style, word, symbol="", *, bare=False):
    """A state chip: style is done, wait, due, late or none."""
    return format_html(
        '<span class="state s-{}{}">{}{}</span>', style, " bare" if bare else "", icon(symbol or ICONS[style]), word
    )


@register.simple_tag
def status(row, *, bare=False):
    """The state chip of a row's ``status``."""
    style, symbol = STATES[row.status]
    return state(style, row.get_status_display(), symbol, bare=bare)


@register.simple_tag
def state_of(value, word, *, bare=False):
    """The state chip of a status value with its word (a grade, an outcome)."""
    style, symbol = STATES[value]
    return state(style, word, symbol, bare=bare)


@register.simple_block_tag
def panel(content, title, note="", *, id="", link="", link_word=""):
    """A panel with its heading, an optional note beside it and a link at the right."""
    return format_html(
        '<section class="panel"{}><header><h2>{}</h2>{}{}</header>{}</section>',
        format_html(' id="{}"', id) if id else "",
        title,
        format_html("<p>{}</p>", note) if note else "",
        format_html('<a class="push" href="{}">{}</a>', link, link_word) if link else "",
        content,
    )


@register.simple_block_tag
def empty(content, title):
    """What stands where a list would be: what is not there, and what to do next."""
    return format_html('<div class="empty"><strong>{}</strong><p>{}</p></div>', title, content)


@register.simple_tag
def rate(numerator, denominator, unit="", url=""):
    """A rate over its fraction; the fraction opens its rows. Without a denominator: 不适用."""
    if not denominator:
        return mark_safe('<div class="rate"><small>不适用</small></div>')
    fraction = f"{plain(numerator)}／{plain(denominator)} {unit}".strip()
    return format_html(
        '<div class="rate">{}<small>%</small></div><div class="of">{}</div>',
        "100" if numerator == denominator else percent(numerator, denominator),
        format_html('<a href="{}">{}</a>', url, fraction) if url else fraction,
    )


@register.filter
def plain(number):
    """A count or amount with grouping and without needless zeros: 1,890.98, 23."""
    if number is None or number == "":
        return "—"
    value = Decimal(number)
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


@register.filter
def money(amount):
    """元 with two decimals; a dash for nothing."""
    return "—" if amount is None else f"{Decimal(amount):,.2f}"


@register.filter
def cn_day(day):
    """2026 年 11 月 23 日（周一）."""
    if not day:
        return "—"
    day = clock.day_of(day) if isinstance(day, datetime.datetime) else day
    return f"{day.year} 年 {day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）"


@register.filter
def md(day):
    """11 月 23 日; with the clock for a moment."""
    if not day:
        return "—"
    if isinstance(day, datetime.datetime):
        from django.utils import timezone

        local = timezone.localtime(day)
        return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
    return f"{day.month} 月 {day.day} 日"


@register.filter
def weekday(day):
    return f"周{WEEKDAYS[day.weekday()]}" if day else ""


@register.filter
def month_label(month):
    return month.label if isinstance(month, Month) else ""


@register.filter
def get(mapping, key):
    """A value of a dictionary by a key from the context."""
    return mapping.get(key) if mapping else None


@register.inclusion_tag("core/pager.html", takes_context=True)
def pager(context, page, unit="条", at=""):
    """Links to the other pages, keeping the filters in the address.

    ``at`` is the list's own address, where the page may also be the answer to a form that was sent elsewhere.
    """
    return {"page": page, "unit": unit, "at": at, "request": context["request"]}


@register.inclusion_tag("core/timeline.html")
def timeline(history, coming=()):
    """The steps so far (audit entries, the last one marked) and, in words, the steps to come.

    A run of saves by one person is one step, at its last moment.
    """
    steps, told = [], tell(history, quiet=True)
    for entry in history:
        entry.told = told[entry.pk]
        if entry.is_edit and steps and (steps[-1].event, steps[-1].by_id) == (entry.event, entry.by_id):
            entry.times = getattr(steps[-1], "times", 1) + 1
            entry.told = fold([*steps[-1].told, *entry.told])
            steps.pop()
        steps.append(entry)
    return {"history": steps, "coming": coming}
