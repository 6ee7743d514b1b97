"""The tabs of an activity day, contributed by every floor."""

from django import template
from django.urls import reverse

from activities.models import ActivityDay
from core.contributions import registry
from core.templatetags.page import state, status

register = template.Library()


@register.inclusion_tag("activities/day_tabs.html")
def day_tabs(day, active):
    """Tabs of a day's parts; ``active`` is the code of the open one (run, attendance, dues, meetings, record)."""
    own = [
        (0, "run", "议程", reverse("day", args=[day.pk])),
        (10, "attendance", "到会", reverse("day_attendance", args=[day.pk])),
        (90, "record", "记录", reverse("day_record", args=[day.pk])),
    ]
    contributed = [(panel.order, panel.code, panel.name, panel.url(day)) for panel in registry.day_panels]
    tabs = [{"code": code, "name": name, "url": url} for _, code, name, url in sorted(own + contributed)]
    return {"tabs": tabs if day.happened else tabs[:1], "active": active}


@register.filter
def hours(minutes):
    """How long something took, as users read it: 45 分钟, 3 小时, 3 小时 20 分."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} 分钟"
    return f"{whole} 小时 {rest} 分" if rest else f"{whole} 小时"


@register.simple_tag
def day_state(day, today):
    """The chip of a day in a calendar: one that has passed unheld is late; one to come shows a plan that came back."""
    if day.status == ActivityDay.Status.PLANNED:
        if day.on and day.on < today:
            return state("late", "过期未开展")
        if day.plan.is_open:
            return status(day.plan)
    return status(day)
