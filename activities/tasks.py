"""The background work of this floor: telling of a rule that changes, of days that become free, and of a guide."""

from activities import free_days, policy_telling
from activities.actions import guides as issuing
from core.jobs import job


@job("tell_of_policy")
def tell_of_policy(job):
    policy_telling.tell_of_policy(job)


@job("tell_of_free_days")
def tell_of_free_days(job):
    free_days.tell_of_free_days(job)


@job("guides.tell")
def tell_of_guide(job):
    issuing.tell_below(**job.payload, say=job.report_progress)
