"""备案的路: which office may take which step from which state, written once.

``CELLS`` is the table: ``(state, step) → Cell``. The buttons of the pages, the checks inside the actions, the tests and
``docs/filing.md`` all read it. What a cell asks beside the office are its ``conditions``, by name; ``rules.py`` knows
how to ask them.
"""

from dataclasses import dataclass
from enum import StrEnum

from activities.models import Filing
from branches import access

Status = Filing.Status


class Side(StrEnum):
    """From where an office looks at a paper."""

    OWN = "填报单位"
    MIDDLE = "上级党总支"
    TOP = "上级党委组织部"
    SYSTEM = "系统"


@dataclass(frozen=True)
class Step:
    """A step of the road: its name in code, its word on the button, and why it cannot be taken from another state."""

    name: str
    word: str
    too_early_or_late: str


@dataclass(frozen=True)
class Cell:
    """Who may take a step from a state: the side, its offices, what else must hold, and the words of a refusal."""

    side: Side
    offices: frozenset[str]
    refusal: str
    leads_to: tuple[str, ...]
    conditions: tuple[str, ...] = ()


STEPS = {
    step.name: step
    for step in (
        Step("save", "存草稿", "{noun}已经报送，撤回后才能修改。"),
        Step("submit", "报送", "{noun}已经报送。"),
        Step("withdraw", "撤回", "现在没有可撤回的报送。"),
        Step("forward", "转报", "这份{noun}不在待总支审核的状态。"),
        Step("accept", "备案", "这份{noun}还没有报到组织部，或已经办结。"),
        Step("return", "退回", "这份{noun}还没有报到组织部，或已经办结。"),
        Step("amend", "修订", "只有已备案的才能修订；还没有备案的，撤回或被退回后直接修改。"),
        Step("drop", "放弃修订", "只有还没有报送（或被退回）的修订才能放弃。"),
        Step("discard", "删去草稿", "只有从来没有报送过的草稿才能删去。"),
        Step("lapse", "到期自动备案", "只有报到组织部、还没有答复的才会到期自动备案。"),
    )
}
WRITERS = access.DRAFTERS | access.DEPARTMENT  # the department writes its committee's own papers
SENDERS = access.SECRETARIES | access.DEPARTMENT
BY_WRITERS = "由本组织的书记、副书记或组织委员填写。"
BY_SENDERS = "由书记或副书记报送；您可以先存草稿，请书记报送。"

CONDITIONS = {
    "not_own": "不是自己报送的",
    "nobody_between": "中间没有党总支（直属党支部、党总支和下级党委自己的计划）",
    "not_held": "活动日还没有按它开展",
    "date_to_come": "计划的活动日期还没有过",
    "is_amendment": "是对已备案计划的修订",
    "never_sent": "从来没有报送过，也不是修订",
    "no_amendment_yet": "没有另一份修订正在办理",
    "time_is_up": "办理期限已过，而且不是“本月不开展”",
}

_write = Cell(Side.OWN, WRITERS, BY_WRITERS, ())
_send = Cell(
    Side.OWN, SENDERS, BY_SENDERS, (Status.SUBMITTED, Status.FILED, Status.ACCEPTED)
)  # one level up: to the general branch, the department, or (at the top) in force at once
_withdraw = Cell(
    Side.OWN, SENDERS, "由报送的书记或副书记撤回。", (Status.DRAFT,), ("not_held", "date_to_come")
)  # fmt: skip
_drop = Cell(Side.OWN, SENDERS, "由书记或副书记放弃修订。", (Status.DROPPED,), ("is_amendment",))
CELLS: dict[tuple[str, str], Cell] = {
    (Status.DRAFT, "save"): _write,
    (Status.DRAFT, "submit"): _send,
    (Status.DRAFT, "drop"): _drop,
    (Status.DRAFT, "discard"): Cell(Side.OWN, WRITERS, BY_WRITERS, (), ("never_sent",)),
    (Status.RETURNED, "save"): _write,
    (Status.RETURNED, "submit"): _send,
    (Status.RETURNED, "drop"): _drop,
    (Status.SUBMITTED, "withdraw"): _withdraw,
    (Status.SUBMITTED, "forward"): Cell(
        Side.MIDDLE, access.DRAFTERS, "由党总支书记、副书记或组织委员转报。", (Status.FILED,), ("not_own",)
    ),
    (Status.SUBMITTED, "return"): Cell(
        Side.MIDDLE, access.DRAFTERS, "由党总支书记、副书记或组织委员退回。", (Status.RETURNED,),
        ("not_held", "not_own"),
    ),
    (Status.FILED, "withdraw"): Cell(
        Side.OWN, SENDERS, "由报送的书记或副书记撤回。", (Status.DRAFT,),
        ("nobody_between", "not_held", "date_to_come"),
    ),
    (Status.FILED, "accept"): Cell(
        Side.TOP, access.DEPARTMENT, "由党委组织部备案。", (Status.ACCEPTED,), ("not_own",)
    ),
    (Status.FILED, "return"): Cell(
        Side.TOP, access.DEPARTMENT, "由党委组织部退回。", (Status.RETURNED,), ("not_held", "not_own")
    ),
    (Status.FILED, "lapse"): Cell(Side.SYSTEM, frozenset(), "", (Status.ACCEPTED,), ("time_is_up",)),
    (Status.ACCEPTED, "amend"): Cell(
        Side.OWN, SENDERS, "由书记或副书记修订。", (), ("not_held", "no_amendment_yet")
    ),
}  # fmt: skip


def starts(step: str) -> tuple[str, ...]:
    """The states from which a step begins."""
    return tuple(state for state, name in CELLS if name == step)
