"""The background work of this floor: telling of rates that change."""

from core.jobs import job
from dues import policy_telling


@job("tell_of_rates")
def tell_of_rates(job):
    policy_telling.tell_of_rates(job)
