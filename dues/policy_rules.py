"""Who changes the rules of dues, from which month on, and why not."""

from branches import access
from branches.access import rule
from core.workflow import YES, no
from dues.policies import RatePolicies

DEPARTMENT_ONLY = "党费标准由党委组织部制定，这里可以查看。"


@rule("rates.set")
def can_set_rates(user, month=None, policies: RatePolicies | None = None):
    """The department of the topmost committee; from ``month`` on, if one is given."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    return YES if month is None else is_open(month, policies or RatePolicies())


@rule("rates.drop")
def can_drop_rates(user, policy, policies: RatePolicies | None = None):
    """Take back what is not yet in force; the first of all stays, with which the site came into use."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    policies = policies or RatePolicies()
    if policies.before(policy.effective_from) is None:
        return no("这是最早的一版标准，不能取消；可以从以后的月份起另定。")
    return is_open(policy.effective_from, policies)


def is_open(month, policies: RatePolicies):
    """May rules still begin, change or end with a month? Not once it has begun, or it or a later one is opened."""
    first = policies.first_open_month
    if month >= first:
        return YES
    if policies.opened and month <= policies.opened[1]:
        return no(f"{policies.opened[1].label}已经开账，{month.label}起的标准不再改动。最早从 {first.label}起另定。")
    return no(f"{month.label}已经开始，标准不再改动。最早从 {first.label}起另定。")
