"""What each kind of paper says, part by part: one list for the form, the return, the attempts and the comparison.

A part is one thing that a reviewer can comment on and a branch can change: a field of the form, or the whole run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.models import AnnualPlan, Filing, MonthlyPlan, YearSummary
from core.periods import WEEKDAYS


@dataclass(frozen=True)
class Part:
    """One part: its name in code, its word, its text in a paper, and the fields of the form that write it.

    ``needed`` parts must be there before submission; what ``always_differs`` is not marked beside the last paper's.
    """

    name: str
    word: str
    text: Callable[[Any], str]
    fields: tuple[str, ...] = ()
    needed: bool = True
    always_differs: bool = False

    @property
    def writes(self) -> tuple[str, ...]:
        return self.fields or (self.name,)


@dataclass(frozen=True)
class Missing:
    """One thing that a paper lacks before it can be submitted: the form field and its word."""

    field: str
    word: str


def _day(plan) -> str:
    day = plan.planned_on
    return f"{day.year} 年 {day.month} 月 {day.day} 日（周{WEEKDAYS[day.weekday()]}）" if day else ""


def item_words(item) -> str:
    """An item in one line: 集中教育 · 党课：学习讨论（40 分钟，张书记负责）."""
    led = f"，{item.leader.name}负责" if item.leader else ""
    return f"{item.label}：{item.content}（{item.minutes} 分钟{led}）"


def run_words(items) -> str:
    """A run, a line for each item in its place."""
    return "\n".join(f"{number}．{item_words(item)}" for number, item in enumerate(items, start=1))


def names_of(people) -> str:
    return "、".join(person.name for person in people)


def _run(plan) -> str:
    return run_words(plan.items.all()) if plan.pk else ""


def _cadres(plan) -> str:
    return names_of(one.person for one in plan.cadres.all()) if plan.pk else ""


PARTS: dict[type[Filing], tuple[Part, ...]] = {
    MonthlyPlan: (
        Part("planned_on", "活动日期", _day, always_differs=True),
        Part("starts_at", "开始时间", lambda plan: f"{plan.starts_at:%H:%M}" if plan.starts_at else ""),
        Part("place", "地点", lambda plan: plan.place),
        Part("host", "主持人", lambda plan: str(plan.host or "")),
        Part("recorder", "记录人", lambda plan: str(plan.recorder or "")),
        Part("theme", "主题", lambda plan: plan.theme, always_differs=True),
        Part("items", "议程", _run),
        Part("cadres", "参加的党员领导干部", _cadres, needed=False),
        Part("guests", "列席", lambda plan: plan.guest_words, ("guest_groups", "guests"), needed=False),
    ),
    AnnualPlan: (
        Part("goals", "工作目标", lambda plan: plan.goals),
        Part("measures", "主要措施", lambda plan: plan.measures),
        Part("theme_1", "第一季度主题", lambda plan: plan.theme_1),
        Part("theme_2", "第二季度主题", lambda plan: plan.theme_2),
        Part("theme_3", "第三季度主题", lambda plan: plan.theme_3),
        Part("theme_4", "第四季度主题", lambda plan: plan.theme_4),
    ),
    YearSummary: (
        Part("achieved", "完成情况", lambda summary: summary.achieved),
        Part("shortcomings", "存在问题", lambda summary: summary.shortcomings),
        Part("next_steps", "下一步打算", lambda summary: summary.next_steps),
    ),
}  # fmt: skip


def parts_of(paper) -> tuple[Part, ...]:
    return PARTS[type(paper)]


def content_of(paper) -> dict[str, str]:
    """What a paper says now, as words by the name of the part: what an attempt keeps."""
    if isinstance(paper, MonthlyPlan) and paper.cancels:
        return {"cancels": paper.reason}
    return {part.name: part.text(paper) for part in parts_of(paper)}


def words_of(model) -> dict[str, str]:
    """``{name: word}`` of the parts of a kind of paper, and of what only some of them have."""
    return {"cancels": "本月不开展，原因"} | {part.name: part.word for part in PARTS[model]}
