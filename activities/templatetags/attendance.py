"""What a day's run sheet shows of the leave that members asked for."""

from django import template

from branches.access import can

register = template.Library()


@register.simple_tag(takes_context=True)
def leaves_of(context, day):
    """The running leaves of a day (``rows``), and whether the reader may enter one for a member (``enter``)."""
    rows = list(day.leaves.running().select_related("person"))
    return {"rows": rows, "enter": can(context["request"].user, "day.enter_leave", day)}
