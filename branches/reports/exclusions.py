"""不计入应到 as its list shows it: each row with its state today in words."""

from dataclasses import dataclass

from branches.models import Exclusion
from core import clock

Status = Exclusion.Status


@dataclass(frozen=True)
class ExclusionLine:
    """One row; ``style`` and ``word`` are its state today."""

    row: Exclusion
    style: str
    word: str


def exclusion_lines(rows) -> list[ExclusionLine]:
    """Lines for a scoped queryset or a page of one."""
    return [ExclusionLine(row, *state_on(row, clock.today())) for row in rows]


def state_on(row, day) -> tuple[str, str]:
    """(style, word): what was decided, and whether it has begun or is over by a day."""
    if row.status == Status.PROPOSED:
        return "wait", "待批准"
    if row.status == Status.DECLINED:
        return "late", "未批准"
    if row.status == Status.WITHDRAWN:
        return "none", "已撤回"
    if row.starts_on > day:
        return "none", "未开始"
    if row.last_on and row.last_on < day:
        return "none", "已结束"
    return "done", "执行中"


def in_state(rows, state, user):
    """Those of ``rows`` that are in one of the list's states today."""
    today = clock.today()
    approved = rows.filter(status=Status.APPROVED)
    match state:
        case "awaiting":
            return rows.awaiting(user)
        case "proposed":
            return rows.proposed()
        case "running":
            return rows.running_on(today)
        case "coming":
            return approved.filter(starts_on__gt=today)
        case "over":
            return approved.filter(last_on__lt=today)
        case "declined":
            return rows.filter(status=Status.DECLINED)
        case "withdrawn":
            return rows.filter(status=Status.WITHDRAWN)
    return rows


def counts_for(user) -> tuple[int, int]:
    """How many of the user's part are not counted today, and how many wait for the user's word."""
    seen = Exclusion.objects.visible_to(user)
    return seen.running_on(clock.today()).count(), seen.awaiting(user).count()
