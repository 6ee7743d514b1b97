"""One requirement of one branch in one period: what is owed, what there is of it, and what can still be done."""

import datetime
from dataclasses import dataclass

from django.urls import reverse

from core import clock
from meetings.models import MeetingType
from meetings.periods import Period


@dataclass(frozen=True)
class Held:
    """A meeting that is counted, or would be once confirmed."""

    id: int
    on: datetime.date
    topic: str
    group: str

    @property
    def url(self) -> str:
        return reverse("meeting", args=[self.id])


@dataclass(frozen=True)
class Unwritten:
    """An item of a day that was held, not put down as 未进行, without minutes: they can be written still."""

    id: int
    on: datetime.date
    content: str

    @property
    def url(self) -> str:
        return reverse("meeting_of_item", args=[self.id])


@dataclass(frozen=True)
class Coverage:
    """One branch, one requirement, one period: how many meetings are owed and how many of them were held.

    ``meetings`` are the confirmed ones that count (never more than are owed), ``beyond`` the confirmed ones besides,
    ``drafts`` those whose minutes are not confirmed, ``unwritten`` the day's items that have none. ``open_records``
    are days of the period whose record is not handed in: what took place on them can still be added. ``lacking`` names
    the groups that have not met.
    """

    organization_id: int
    type: str
    period: Period
    owed: int
    not_owed: str
    meetings: tuple[Held, ...]
    beyond: tuple[Held, ...]
    drafts: tuple[Held, ...]
    unwritten: tuple[Unwritten, ...]
    open_records: tuple[datetime.date, ...]
    lacking: tuple[str, ...] = ()

    @property
    def held(self) -> int:
        return len(self.meetings)

    @property
    def left(self) -> int:
        return self.owed - self.held

    @property
    def due_on(self) -> datetime.date:
        return self.period.last.last

    @property
    def is_over(self) -> bool:
        return self.due_on < clock.today()

    @property
    def done_on(self) -> datetime.date | None:
        """The day of the last needed meeting."""
        return max(one.on for one in self.meetings) if self.owed and not self.left else None

    @property
    def missed(self) -> str:
        """That it will not be done any more: the period is over and nothing is left to be written. Else empty."""
        if not self.left or not self.is_over or self.drafts or self.unwritten or self.open_records:
            return ""
        what = f"{self.name}少开 {self.left} 次" if self.held else f"没有开{self.name}"
        return f"{self.period.label}{what}"

    @property
    def is_open(self) -> bool:
        return bool(self.left) and not self.missed

    @property
    def name(self) -> str:
        return MeetingType(self.type).label

    @property
    def label(self) -> str:
        return f"{self.period.label}{self.name}"

    @property
    def url(self) -> str:
        """The meetings behind the figure."""
        return f"{reverse('meetings')}?organization={self.organization_id}&type={self.type}&period={self.period}"

    @property
    def anchor(self) -> str:
        """Where the branch's page says how it can be done; see ``ways``."""
        return f"owed-{self.type}-{self.period}"

    @property
    def word(self) -> str:
        if self.not_owed:
            return "不要求"
        return f"还差 {self.left} 次" if self.left else "按要求"

    @property
    def style(self) -> str:
        if self.not_owed or not self.left:
            return "none" if self.not_owed else "done"
        return "late" if self.is_over else "due"

    @property
    def detail(self) -> str:
        """What is still missing, or why nothing is owed."""
        if self.not_owed or not self.left:
            return self.not_owed
        parts = []
        if self.drafts:
            parts.append(f"{len(self.drafts)} 次记录待确认" if len(self.drafts) > 1 else "记录待确认")
        if self.unwritten:
            parts.append(f"{len(self.unwritten)} 次没写记录" if len(self.unwritten) > 1 else "还没有写记录")
        if self.lacking:
            parts.append(f"还没有开的：{'、'.join(self.lacking)}")
        return "；".join(parts)
