"""The year's confirmed minutes in a branch's handbook."""

from collections.abc import Iterable

from django.db.models import Prefetch

from core.contributions import HandbookSection
from core.papers import Block, Heading, Note, facts
from core.templatetags.page import cn_day, md
from meetings.models import Correction, Meeting
from meetings.roster import Count, roster_of


def minutes(organization, year, user) -> list[Block]:
    """Each confirmed meeting of the year, the earliest first, with what was appended to its minutes."""
    rows = Meeting.objects.visible_to(user).confirmed().of([organization.pk]).filter(held_on__year=year)
    rows = rows.select_related("chair", "recorder", "confirmed_by", "day").order_by("held_on", "pk")
    corrections = Prefetch("corrections", Correction.objects.select_related("by"))
    found = [block for row in rows.prefetch_related("kinds", corrections) for block in _meeting(row)]
    return found or [Note("本年度还没有已确认的会议记录。")]


def _meeting(row) -> Iterable[Block]:
    roster = roster_of(row)
    group = f"（{row.group_name}）" if row.group_name else ""
    start = f"{row.starts_at:%H:%M}" if row.starts_at else ""
    yield Heading(f"{md(row.held_on)}　{row.types_label}{group}")
    yield facts(
        [("时间", f"{cn_day(row.held_on)}{start}"), ("地点", row.place)],
        [("主持人", row.chair or ""), ("记录人", row.recorder or "")],
        *([[("主讲人", row.lecturer)]] if row.lecturer else []),
        [("应到", _counted(roster.expected)), ("实到", _counted(roster.present))],
        [("未到人员\n及原因", "、".join(map(str, roster.away)) or "无")],
        [("列席", "、".join(roster.guests) or "无")],
        [("议题", row.topic)],
        [("会议内容", row.content)],
        [("形成决议", row.decisions or "无")],
        *([("更正", f"{one.text}（{one.by.name}，{cn_day(one.at)}）")] for one in row.corrections.all()),
    )
    yield Note(f"{row.confirmed_by.name}于 {cn_day(row.confirmed_at)}确认。")


def _counted(count: Count) -> str:
    return f"{count.total} 人（正式 {count.full}，预备 {count.probationary}）"


SECTION = HandbookSection("minutes", "会议记录", 40, minutes)
