"""What the structural policy says about one organization, as arithmetic on plain values (支部工作条例)."""

import calendar
import datetime
from dataclasses import dataclass

from core.periods import Month


@dataclass(frozen=True)
class Remark:
    """One sentence about an organization; ``style`` is a state style, "none" for what is only good to know.

    ``then`` says what to do about it.
    """

    style: str
    word: str
    then: str = ""

    @property
    def is_warning(self) -> bool:
        return self.style != "none"


def remarks(policy, *, is_branch, full, term_ends_on, has_secretary, today) -> tuple[Remark, ...]:
    """What to look at: a vacancy, too few or many full members, the end of the term. Warns, never blocks.

    ``has_secretary`` is also True where the software keeps none (a committee's own secretary).
    """
    found = []
    if not has_secretary:
        found.append(Remark("late", "书记空缺", "书记确定后，请组织部导入任职。"))
    if is_branch and full < policy.few_members:
        found.append(Remark("due", f"正式党员不足 {policy.few_members} 人", "请与上级商量，同相邻单位成立联合党支部。"))
    if is_branch and full > policy.many_members:
        found.append(Remark("due", f"正式党员超过 {policy.many_members} 人", "请与上级商量，是否分设支部。"))
    if term_ends_on and term_ends_on < today:
        found.append(Remark("late", "已届满，请换届", f"本届已于 {_day(term_ends_on)}届满，请尽快报上级换届。"))
    elif term_ends_on and term_ends_on <= months_later(today, policy.term_warning_months):
        found.append(
            Remark("due", f"{policy.term_warning_months} 个月内届满", f"本届 {_day(term_ends_on)}届满，请着手换届。")
        )
    if is_branch and full < policy.committee_from:
        found.append(Remark("none", f"不足 {policy.committee_from} 人，不设支委会"))
    return tuple(found)


def _day(day: datetime.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day some months on; the month's last day where it has no such day."""
    month = Month.of(day) + months
    return datetime.date(month.year, month.number, min(day.day, calendar.monthrange(month.year, month.number)[1]))
