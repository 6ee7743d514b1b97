"""The indicator of 三会一课: what was held of what fell due in a month. A period counts once, in its last month."""

from collections import defaultdict

from core.contributions import Evidence, Figure, Metric
from core.periods import Month
from meetings.duties import ending


def compute(branches, month: Month) -> dict[int, Figure]:
    """``{organization_id: Figure}``; where nothing is owed, the figure does not apply and says why."""
    rows = defaultdict(list)
    for one in ending(branches, [month]):
        rows[one.organization_id].append(one)
    return {pk: _figure(rows[pk]) for pk in branches.values_list("pk", flat=True)}


def _figure(rows) -> Figure:
    owed = sum(one.owed for one in rows)
    if owed:
        return Figure(sum(one.held for one in rows), owed)
    return Figure(0, 0, "；".join(dict.fromkeys(one.not_owed for one in rows)) or "本月没有到期的要求")


def evidence(branches, month: Month):
    """One row for each meeting that counts, one for each that is missing: together they are the denominator."""
    for one in ending(branches, [month]):
        for held in one.meetings:
            value = f"{held.on.month} 月 {held.on.day} 日《{held.topic}》，记录已确认"
            yield Evidence(one.organization_id, one.label, value, True, held.url)
        for place in range(one.left):
            value, url = _instead(one, place)
            yield Evidence(one.organization_id, one.label, value, False, url)


def _instead(one, place):
    """What stands in the place of a missing meeting: one whose minutes are not signed or not written, else nothing."""
    if place < len(one.drafts):
        draft = one.drafts[place]
        return f"{draft.on.month} 月 {draft.on.day} 日《{draft.topic}》，记录待确认", draft.url
    if place - len(one.drafts) < len(one.unwritten):
        item = one.unwritten[place - len(one.drafts)]
        return f"{item.on.month} 月 {item.on.day} 日“{item.content}”，没有写记录", item.url
    return "没有记录", one.url


METRICS = [
    Metric(
        "meetings", "三会一课", "次", "按要求召开且记录已确认的会议（同一要求不超过应开次数）",
        "考评当月到期的要求：支委会、党小组会按月，党员大会、党课按季",
        "假期月份、不设支委会、未划分党小组、当月没有到期的要求", compute, evidence,
    )
]  # fmt: skip
