"""The road ahead of a paper, for its timeline."""

from activities.models import Filing

Status = Filing.Status


def steps_to_come(paper) -> list[tuple[str, str]]:
    """(step, by whom or by when) that a paper still has before it, for the timeline."""
    if paper.status in Filing.GONE:
        return []
    steps = []
    if paper.is_open:
        due = "" if paper.is_amendment else f"应于 {paper.due_on.month} 月 {paper.due_on.day} 日前"
        steps.append(("再次报送" if paper.attempts else "报送", due))
    if paper.has_middle and (paper.is_open or paper.status == Status.SUBMITTED):
        steps.append(("党总支转报", paper.organization.parent.short_name))
    if paper.status != Status.ACCEPTED and paper.organization.parent_id:
        steps.append(("组织部备案", _until(paper)))
    return steps


def _until(paper) -> str:
    """How long the department has; a month without a day it answers itself, however long that takes."""
    if getattr(paper, "cancels", False):
        return "由组织部明确备案或退回"
    until = paper.lapses_on if paper.status == Status.FILED else None
    return f"{until.month} 月 {until.day} 日前没有退回即自动备案" if until else ""
