"""How a difference of money reads."""

from django import template

register = template.Library()


@register.filter
def signed(amount):
    """元 with its sign: +15.00, −3.20, 0.00."""
    return f"{amount:+,.2f}".replace("-", "−") if amount else "0.00"
