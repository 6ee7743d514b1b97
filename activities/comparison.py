"""A plan beside the branch's last one, and what deserves a look before it goes on: what a reviewer reads first."""

from dataclasses import dataclass, replace

from activities.models import MonthlyPlan, PlanItem, Policy
from branches.calendar import holiday_name
from core import clock
from core.periods import WEEKDAYS


@dataclass(frozen=True)
class Difference:
    """One field of a plan beside the last one's. ``was`` is empty when they agree."""

    name: str
    now: str
    was: str

    @property
    def changed(self) -> bool:
        return bool(self.was)


@dataclass(frozen=True)
class ComparedItem:
    """One item of a plan: ``new`` when the last plan had nothing like it, ``was`` what it was worded like there."""

    item: PlanItem
    new: bool = False
    was: str = ""


@dataclass(frozen=True)
class Comparison:
    """A plan beside the branch's last one; ``gone`` are the items that only the last one had."""

    fields: list[Difference]
    items: list[ComparedItem]
    gone: list[PlanItem]

    @property
    def count(self) -> int:
        changed = sum(row.changed for row in self.fields) + sum(row.new or bool(row.was) for row in self.items)
        return changed + len(self.gone)


def compare(plan: MonthlyPlan, before: MonthlyPlan | None) -> Comparison:
    """Field by field and item by item, what differs from the branch's last plan."""
    fields = []
    for name, read in (
        ("日期", _moment),
        ("地点", lambda row: row.place),
        ("主题", lambda row: row.theme),
        ("主持人", lambda row: str(row.host or "")),
        ("记录人", lambda row: str(row.recorder or "")),
        ("列席", lambda row: row.guests or "不邀请"),
    ):  # fmt: skip
        now = read(plan)
        was = read(before) if before and before.planned_on and before.starts_at else ""
        expected = name in ("日期", "主题")  # differs every month by its nature: shown, not marked
        fields.append(Difference(name, now, "" if was == now or expected else was))
    if before is None:
        return Comparison(fields, [ComparedItem(item) for item in plan.items.all()], [])
    return Comparison(fields, *_compare_items(plan, before))


def _moment(plan):
    day = plan.planned_on
    return f"{day.month} 月 {day.day} 日 周{WEEKDAYS[day.weekday()]} {plan.starts_at:%H:%M}"


def _compare_items(plan, before):
    """Each item finds its like in the last plan: by its words (but for the month), else by what it is."""
    left = list(before.items.all())
    found = [ComparedItem(item, new=True) for item in plan.items.all()]
    for alike in (_same_words, _same_subtype):
        for place, row in enumerate(found):
            match = next((old for old in left if row.new and alike(row.item, old, plan, before)), None)
            if match:
                left.remove(match)
                was = "" if alike is _same_words else match.content
                found[place] = replace(row, new=False, was=was)
    return found, left


def _same_subtype(item, old, plan, before):
    return (item.kind, item.subtype) == (old.kind, old.subtype)


def _same_words(item, old, plan, before):
    content = old.content.replace(f"{before.month.number} 月", f"{plan.month.number} 月")
    return _same_subtype(item, old, plan, before) and item.content in (old.content, content)


@dataclass(frozen=True)
class Caution:
    """Something to look at that does not hold a plan up."""

    title: str
    detail: str


def cautions(plan, policy: Policy) -> list[Caution]:
    """What a plan's date gives to think about; ``plan`` needs ``month`` and ``planned_on`` alone, which may be None."""
    day = plan.planned_on
    if day is None:
        return []
    found = []
    usual = policy.usual_day(plan.month)
    if usual and day != usual:
        found.append(
            Caution(
                "日期不是固定活动日", f"{policy.pattern_label}，{plan.month.short}应为 {usual.day} 日。不影响报送。"
            )
        )
    if free := holiday_name(day):
        found.append(Caution(f"这一天是{free}", "请确认党员能到会；按惯例可在一周内顺延。"))
    if day < clock.today():
        found.append(Caution("日期已经过了", "如还没有开展，请改成以后的日期。"))
    return found
