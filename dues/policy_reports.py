"""What the page of the rules of dues shows: every policy in words, from when to when, and who set it."""

from dataclasses import dataclass

from core.audit import AuditEntry
from core.periods import Month
from core.workflow import Verdict
from dues import policy_rules
from dues.models import RatePolicy
from dues.policies import RatePolicies
from dues.policy_words import Sentence, differences, sentences


@dataclass(frozen=True)
class RateLine:
    """A policy as the page shows it: from when to when (``last`` None is open), who set it, what can be done with it.

    ``points`` are its sentences, each with what it said in the policy before where that was something else. ``set_`` is
    the last audit entry that set it; None for the one that the site came with. ``may`` answers for changing it and for
    taking it back alike.
    """

    policy: RatePolicy
    last: Month | None
    points: list[tuple[Sentence, str]]
    set_: AuditEntry | None
    may: Verdict


def rate_lines(user, policies: RatePolicies) -> dict[str, list[RateLine]]:
    """``now`` (one at most), ``coming`` (the next first), ``past`` (the last first)."""
    steps = AuditEntry.objects.filter(
        subject=RatePolicy._meta.label_lower, subject_id__in=[row.pk for row in policies.rows], event="rates.set"
    )
    entries = {entry.subject_id: entry for entry in steps.select_related("by").order_by("pk")}
    current = Month.current()
    found: dict[str, list[RateLine]] = {"now": [], "coming": [], "past": []}
    for row in policies.rows:
        following = policies.after(row.effective_from)
        last = following.effective_from.previous if following else None
        when = "coming" if row.effective_from > current else "past" if last and last < current else "now"
        may = policy_rules.can_drop_rates(user, row, policies)
        found[when].append(RateLine(row, last, _points(row, policies), entries.get(row.pk), may))
    return found | {"past": found["past"][::-1]}


def _points(policy, policies):
    was = {one.about: one.old for one in differences(policies.before(policy.effective_from), policy)}
    return [(one, was.get(one.about, "")) for one in sentences(policy)]
