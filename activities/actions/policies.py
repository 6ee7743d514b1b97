"""Changing the policy: from a month on, or taking that back before it is in force. The only door to its rows.

Nothing that was owed or filed is altered: a policy begins with a month whose plans are not yet due, and what is begun
keeps its own days (a plan its due day, a day that was held the due day of its record).
"""

from copy import copy

from django.db import transaction

from activities.models import Policies, Policy
from activities.policy_words import differences
from activities.rules import policies as policy_rules
from core import jobs
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, lock_all, require

OVERTAKEN = "刚刚有人改过规则，您的改动没有保存。请看最新的规则后再决定。"


@transaction.atomic
def set_policy(month: Month, *, by, seen: str, **values) -> Policy:
    """Let ``values`` (fields of Policy) hold from ``month`` on: a new row, or that of the month while not in force.

    ``seen`` is ``Policies.stamp`` as the editor saw it; raises StaleState if anybody has changed a policy since.
    """
    policies = _locked(by, seen)
    require(policy_rules.can_set_policy(by, Policy(effective_from=month, **values), policies))
    old = copy(policies.of(month))
    policy = policies.at(month) or Policy(effective_from=month, version=0)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.version += 1
    policy.save()
    words = "；".join(f"{one.about}：{one.old} → {one.new}" for one in differences(old, policy))
    record(policy, "policy.set", by=by, note=words)
    jobs.enqueue(
        "tell_of_policy", f"tell_of_policy:{policy.pk}:{policy.version}", by=by, policy=policy.pk,
        version=policy.version, title=f"活动日规则从 {month.label}起有调整", text=words,
    )  # fmt: skip
    return policy


@transaction.atomic
def drop_policy(policy: Policy, *, by, seen: str) -> Policies:
    """Take a policy back that is not yet in force; what held before it goes on. Gives the policies that are left."""
    policies = _locked(by, seen)
    policy = next(row for row in policies.rows if row.pk == policy.pk)
    require(policy_rules.can_drop_policy(by, policy, policies))
    left, month = policies.without(policy), policy.effective_from
    words = "；".join(f"{one.about}：{one.new}" for one in differences(policy, left.of(month)))
    record(policy, "policy.dropped", by=by, note=f"{policy}的规则取消", gone=[policy])
    jobs.enqueue(
        "tell_of_policy", f"tell_of_policy:{policy.pk}:dropped", by=by,
        title=f"原定 {month.label}起的规则调整取消了", text=f"仍按原来的规则：{words}",
    )  # fmt: skip
    policy.delete()
    return left


def _locked(by, seen) -> Policies:
    """Every policy under a lock, for whoever may set them, as long as they are still what the editor saw.

    They are read again once they are locked: a row that somebody else has just added is not among the first ones.
    """
    require(policy_rules.can_set_policy(by))
    lock_all(Policy.objects.order_by("pk"))
    policies = Policies(lock_all(Policy.objects.order_by("pk")))
    if policies.stamp != seen:
        raise StaleState(OVERTAKEN)
    return policies
