"""Telling the treasurers that the rates change: the same officers hear of it as of any rule of the department."""

from django.urls import reverse

from activities.policy_telling import tell_of_version
from dues.models import RatePolicy


def tell_of_rates(job) -> int:
    """The work of a ``tell_of_rates`` job; gives how many were told."""
    return tell_of_version(job, RatePolicy.objects.all(), "rates_set", reverse("rates"))
