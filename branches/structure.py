"""Which organization may stand under which, and what the structural policy says of one: plain values alone.

The parents follow 支部工作条例 and the field's practice: a committee stands alone or under a committee, a general
branch under a committee, a branch under a general branch or, as 直属党支部, under the committee itself.
"""

import calendar
import datetime
from dataclasses import dataclass

from core.periods import Month

NOTHING = ""  # above the topmost committee
# the word that a sheet and a page use → the kind, and what may stand above it; import and acts read this table alone
STANDS = {
    "党委": ("COMMITTEE", (NOTHING, "COMMITTEE")),
    "党总支": ("GENERAL_BRANCH", ("COMMITTEE",)),
    "二级党委": ("GENERAL_BRANCH", ("COMMITTEE",)),
    "党支部": ("BRANCH", ("GENERAL_BRANCH",)),
    "直属党支部": ("BRANCH", ("COMMITTEE",)),
}
LONGEST_PATH = 180  # of 200: some twenty levels, and a few more characters for a new id
NAMES = {kind: word for word, (kind, _) in reversed(STANDS.items())}  # the first word of each kind


def kinds_under(parent_kind: str) -> dict[str, str]:
    """``{kind: word}`` of what may stand directly under an organization of this kind (or under NOTHING)."""
    found: dict[str, str] = {}
    for word, (kind, parents) in STANDS.items():
        if parent_kind in parents:
            found.setdefault(kind, word)
    return found


def why_not_under(kind: str, parent_kind: str) -> str:
    """Why an organization of this kind cannot stand there, in words; empty where it can."""
    if kind in kinds_under(parent_kind):
        return ""
    if parent_kind == NOTHING:
        return f"{NAMES[kind]}要有上级组织。"
    return f"{NAMES[kind]}的上级不能是{NAMES[parent_kind]}。"


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


def remarks(policy, *, is_branch, full, committee, term_ends_on, has_secretary, today) -> tuple[Remark, ...]:
    """What to look at: a vacancy, too few or many full members, no committee, the end of the term. Warns, never blocks.

    ``has_secretary`` is also True where the software keeps none (a committee's own secretary); ``committee`` is how
    many people hold an office of the branch committee. ``reports.lines.with_warnings`` says the same in SQL.
    """
    found = []
    if not has_secretary:
        found.append(Remark("late", "书记空缺", "书记确定后，请上级党组织在这里任命，或登记换届选举。"))
    if is_branch and full < policy.few_members:
        found.append(Remark("due", f"正式党员不足 {policy.few_members} 人", "请与上级商量，同相邻单位成立联合党支部。"))
    if is_branch and full > policy.many_members:
        found.append(Remark("due", f"正式党员超过 {policy.many_members} 人", "请与上级商量，是否分设支部。"))
    if is_branch and full >= policy.committee_from and committee < policy.least_committee:
        found.append(
            Remark("due", f"支委会不足 {policy.least_committee} 人", f"现有委员 {committee} 人，请选举或补选支部委员。")
        )
    if term_ends_on and term_ends_on < today:
        found.append(Remark("late", "已届满，请换届", f"本届已于 {_day(term_ends_on)}届满，请尽快报上级换届。"))
    elif term_ends_on and term_ends_on <= warned_from(policy, today):
        found.append(
            Remark("due", f"{policy.term_warning_months} 个月内届满", f"本届 {_day(term_ends_on)}届满，请着手换届。")
        )
    if is_branch and full < policy.committee_from:
        found.append(Remark("none", f"不足 {policy.committee_from} 人，不设支委会"))
    return tuple(found)


def warned_from(policy, today: datetime.date) -> datetime.date:
    """The last day of a term that is so near that its end is remarked."""
    return months_later(today, policy.term_warning_months)


def _day(day: datetime.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day some months on; the month's last day where it has no such day."""
    month = Month.of(day) + months
    return datetime.date(month.year, month.number, min(day.day, calendar.monthrange(month.year, month.number)[1]))


def latest_start(day: datetime.date, months: int) -> datetime.date:
    """The latest day from which so many months have passed by ``day``; looked for, as months are of unequal length."""
    start = months_later(day, -months)
    while months_later(start + datetime.timedelta(days=1), months) <= day:
        start += datetime.timedelta(days=1)
    return start
