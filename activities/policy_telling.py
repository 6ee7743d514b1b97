"""Telling the officers that a rule changes: some three accounts a branch, so it is work in the background."""

from django.urls import reverse

from activities.models import Policy
from branches import access
from branches.models import Appointment, Organization
from core.inbox import tell

BATCH = 2000


def tell_of_policy(job) -> int:
    """The work of a ``tell_of_policy`` job: one notice to whoever drafts or files plans, or reviews them for a general
    branch; gives how many. Done again it tells nobody twice. What was changed once more meanwhile has a job of its own.
    """
    payload = job.payload
    if "policy" in payload and not Policy.objects.filter(pk=payload["policy"], version=payload["version"]).exists():
        return 0
    below = Organization.objects.open().exclude(kind=Organization.Kind.COMMITTEE)
    accounts = Appointment.objects.filling(access.DRAFTERS, below).accounts().order_by("pk").only("email", "is_active")
    everybody = list(accounts)
    for start in range(0, len(everybody), BATCH):
        tell(
            everybody[start : start + BATCH], "policy_set", key=job.key, title=payload["title"], text=payload["text"],
            url=reverse("policies"), sender="党委组织部",
        )  # fmt: skip
        job.report_progress(100 * start // len(everybody))
    return len(everybody)
