"""Telling the treasurers that the rates change: some three accounts a branch, so it is work in the background."""

from django.urls import reverse

from branches import access
from branches.models import Appointment, Organization
from core.inbox import tell
from dues.models import RatePolicy

BATCH = 2000


def tell_of_rates(job) -> int:
    """The work of a ``tell_of_rates`` job: one notice to whoever collects dues or stands above them in a general
    branch; gives how many. Done again it tells nobody twice. What was changed once more meanwhile has a job of its own.
    """
    asked = job.payload
    if "policy" in asked and not RatePolicy.objects.filter(pk=asked["policy"], version=asked["version"]).exists():
        return 0
    below = Organization.objects.open().exclude(kind=Organization.Kind.COMMITTEE)
    accounts = Appointment.objects.filling(access.DRAFTERS, below).accounts().order_by("pk").only("email", "is_active")
    everybody = list(accounts)
    for start in range(0, len(everybody), BATCH):
        tell(
            everybody[start : start + BATCH], "rates_set", key=job.key, title=asked["title"], text=asked["text"],
            url=reverse("rates"), sender="党委组织部",
        )  # fmt: skip
        job.report_progress(100 * start // len(everybody))
    return len(everybody)
