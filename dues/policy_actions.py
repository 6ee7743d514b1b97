"""Changing the rules of dues: from a month on, or taking that back before it is in force. The only door to their rows.

No charge is altered: rules begin with a month to come, after every month that is opened, and what is opened keeps its
frozen amounts. Openings hold the same rows locked (``actions.lock_rates``), so that none runs between look and change.
"""

from copy import copy

from django.db import transaction

from core import jobs
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, lock_all, require
from dues import policy_rules
from dues.bands import faults_of, of_category
from dues.models import Bracket, RatePolicy
from dues.policies import RatePolicies
from dues.policy_words import differences
from dues.rates import Band

OVERTAKEN = "刚刚有人改过党费标准，您的改动没有保存。请看最新的标准后再决定。"


@transaction.atomic
def set_rates(month: Month, *, by, seen: str, bands: list[Band], **values) -> RatePolicy:
    """Let ``bands`` and ``values`` (fields of RatePolicy) hold from ``month`` on: a new row, or that of the month.

    ``seen`` is ``RatePolicies.stamp`` as the editor saw it; raises StaleState if anybody has changed a policy since,
    ValueError for brackets that make no sense.
    """
    policies = _locked(by, seen)
    require(policy_rules.can_set_rates(by, month, policies))
    if why := [one.why for category in {band.category for band in bands} for one in _faults(bands, category)]:
        raise ValueError(f"brackets that make no sense: {why}")
    old, policy = policies.of(month), policies.at(month) or RatePolicy(effective_from=month, version=0)
    old = copy(old) if old else None
    gone = list(policy.brackets.all()) if policy.pk else []
    for name, value in values.items():
        setattr(policy, name, value)
    policy.version += 1
    policy.save()
    Bracket.objects.filter(policy=policy).delete()
    rows = [Bracket(policy=policy, **vars(band)) for band in bands]
    Bracket.objects.bulk_create(rows)
    policy.bands = bands
    words = "；".join(f"{one.about}：{one.old} → {one.new}" for one in differences(old, policy))
    record(policy, "rates.set", by=by, note=words, also=rows, gone=gone)
    jobs.enqueue(
        "tell_of_rates", f"tell_of_rates:{policy.pk}:{policy.version}", by=by, policy=policy.pk,
        version=policy.version, title=f"党费标准从 {month.label}起有调整", text=words,
    )  # fmt: skip
    return policy


@transaction.atomic
def drop_rates(policy: RatePolicy, *, by, seen: str) -> RatePolicies:
    """Take a policy back that is not yet in force; what held before it goes on. Gives the policies that are left."""
    policies = _locked(by, seen)
    policy = next(row for row in policies.rows if row.pk == policy.pk)
    require(policy_rules.can_drop_rates(by, policy, policies))
    month, before = policy.effective_from, policies.before(policy.effective_from)
    words = "；".join(f"{one.about}：{one.new}" for one in differences(policy, before))
    record(policy, "rates.dropped", by=by, note=f"{policy}的标准取消", gone=[policy, *policy.brackets.all()])
    jobs.enqueue(
        "tell_of_rates", f"tell_of_rates:{policy.pk}:dropped", by=by,
        title=f"原定 {month.label}起的党费标准调整取消了", text=f"仍按原来的标准：{words}",
    )  # fmt: skip
    policy.delete()
    return RatePolicies([row for row in policies.rows if row is not policy])


def _faults(bands, category):
    return faults_of(of_category(bands, category))


def _locked(by, seen) -> RatePolicies:
    """Every policy under a lock, for whoever may set them, as long as they are still what the editor saw.

    They are read again once they are locked: a row that somebody else has just added is not among the first ones.
    """
    require(policy_rules.can_set_rates(by))
    lock_all(RatePolicy.objects.order_by("pk"))
    policies = RatePolicies(lock_all(RatePolicy.objects.order_by("pk")))
    if policies.stamp != seen:
        raise StaleState(OVERTAKEN)
    return policies
