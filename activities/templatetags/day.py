"""The tabs of an activity day, contributed by every floor."""

from django import template
from django.urls import reverse

from core.contributions import registry

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
