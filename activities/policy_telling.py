"""Telling the officers that a rule changes: some three accounts a branch, so it is work in the background."""

from django.urls import reverse

from activities.models import Policy
from branches import access
from branches.models import Appointment, Organization
from core.inbox import tell

BATCH = 2000


def tell_of_policy(job) -> int:
    """The work of a ``tell_of_policy`` job."""
    return tell_of_version(job, Policy.objects.all(), "policy_set", reverse("policies"))


def tell_of_version(job, versions, kind: str, url: str) -> int:
    """One notice to whoever drafts or files for a branch, or reviews it for a general branch; gives how many.

    ``versions`` is the QuerySet of the rules in which the job's is looked for. Done again it tells nobody twice. What
    was changed once more meanwhile has a job of its own.
    """
    asked = job.payload
    if "policy" in asked and not versions.filter(pk=asked["policy"], version=asked["version"]).exists():
        return 0
    below = Organization.objects.open().exclude(kind=Organization.Kind.COMMITTEE)
    accounts = Appointment.objects.filling(access.DRAFTERS, below).accounts().order_by("pk").only("email", "is_active")
    everybody = list(accounts)
    for start in range(0, len(everybody), BATCH):
        tell(
            everybody[start : start + BATCH], kind, key=job.key, title=asked["title"], text=asked["text"], url=url,
            sender="党委组织部",
        )  # fmt: skip
        job.report_progress(100 * start // len(everybody))
    return len(everybody)
