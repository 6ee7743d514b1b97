"""Every submission is kept as it was, with its answer: what was said, and what was wanted changed, part by part."""

from activities.models import Attempt
from activities.parts import content_of
from core.audit import remember

Outcome = Attempt.Outcome


def keep_attempt(paper) -> Attempt:
    """Write down what was just submitted."""
    return paper.tries.create(
        number=paper.attempts, content=content_of(paper), submitted_at=paper.submitted_at,
        submitted_by=paper.submitted_by,
    )  # fmt: skip


def answer_attempt(paper, outcome: str, note="", comments=None) -> Attempt:
    """Write the answer to the latest submission: ``comments`` are texts by the name of the part.

    The row is a part of the paper, which the caller holds locked, and records it with the act.
    """
    attempt = paper.tries.filter(number=paper.attempts).first() or keep_attempt(paper)
    remember(attempt)
    attempt.outcome, attempt.note, attempt.comments = outcome, note, comments or {}
    attempt.save(update_fields=["outcome", "note", "comments"])
    return attempt
