"""Who changes the policy, from which month on, and why not."""

from activities.models import Policies, Policy
from branches import access
from branches.access import rule
from core import clock
from core.workflow import YES, no

DEPARTMENT_ONLY = "规则由党委组织部制定，这里可以查看。"


@rule("policy.set")
def can_set_policy(user, policy=None, policies: Policies | None = None):
    """The department of the topmost committee. ``policy`` is what it would set, an unsaved row with its month."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    return YES if policy is None else is_open(policy, policies or Policies())


def is_open(policy: Policy, policies: Policies):
    """May a policy begin with its month? Not once its plans are due, by the rule as it stands or by the new."""
    month = policy.effective_from
    if month < (first := policies.first_open_month()):
        return no(f"{month.label}的计划已过报送期，或者这个月已经过去，规则不再改动。最早从 {first.label}起。")
    return _is_not_due(policy, month)


@rule("policy.drop")
def can_drop_policy(user, policy, policies: Policies | None = None):
    """Take back what is not yet in force; the first of all stays, with which the site came into use."""
    if not access.heads_department(user):
        return no(DEPARTMENT_ONLY)
    policies, month = policies or Policies(), policy.effective_from
    if policy.pk == policies.rows[0].pk:
        return no("这是系统启用时的规则，不能取消；可以从以后的月份起另定。")
    if month < policies.first_open_month():
        return no(f"{month.label}的计划已过报送期，这条规则已经用上了；要改，从以后的月份起另定。")
    return _is_not_due(policies.without(policy).of(month), month)


def _is_not_due(policy, month):
    due_on = policy.plan_due_on(month)
    if due_on < clock.today():
        return no(f"这样改，{month.label}的计划 {due_on.month} 月 {due_on.day} 日就该报了，已经过期。请从下个月起改。")
    return YES
