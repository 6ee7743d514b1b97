"""The steps of a person's standing, as a table and arithmetic on plain values (党章 arts. 1, 7; 发展党员工作细则)."""

import datetime
from dataclasses import dataclass

from branches.structure import months_later

LEAST_EXTENSION, LONGEST_EXTENSION = 6, 12  # months: 细则 half a year at least, 党章 art. 7 one year at most
AGE_OF_JOINING = 18  # 党章 art. 1


@dataclass(frozen=True)
class Step:
    """Where a step may start and where it leads; ``above`` is True where the level above decides it.

    ``after`` is None where the standing stays as it is. ``needs_note`` asks for the reason or the document.
    """

    word: str
    before: tuple[str, ...]
    after: str | None
    above: bool
    needs_note: bool
    hint: str


STEPS = {
    "PROSPECT": Step("列为发展对象", ("ACTIVIST",), "PROSPECT", False, False, "支委会讨论同意并报上级备案的日期"),
    "ADMITTED": Step(
        "接收为预备党员", ("PROSPECT",), "PROBATIONARY", True, False, "支部大会通过的日期，预备期从这天起"
    ),
    "CONFIRMED": Step("转为正式党员", ("PROBATIONARY",), "FULL", True, False, "预备期满转正的日期，党龄从这天算"),
    "EXTENDED": Step("延长预备期", ("PROBATIONARY",), None, True, True, "支部大会通过延长的日期"),
    "CANCELLED": Step("取消预备党员资格", ("PROBATIONARY",), "ACTIVIST", True, True, "上级批准取消的日期"),
    "DROPPED": Step("不再列为培养对象", ("ACTIVIST", "PROSPECT"), None, False, True, "支委会讨论决定的日期"),
}


@dataclass(frozen=True)
class Facts:
    """What the register knows of somebody when a step is entered.

    ``last_on`` is the day of the step before, ``moved_on`` that of the last move between registers.
    """

    born_on: datetime.date | None
    joined_on: datetime.date | None
    probation_until: datetime.date | None
    last_on: datetime.date | None
    moved_on: datetime.date | None
    probation_months: int

    @property
    def probation_ends(self) -> datetime.date | None:
        """The day on which probation is over; None where the register does not know when it began."""
        return self.probation_until or (self.joined_on and months_later(self.joined_on, self.probation_months))


def steps_from(standing: str) -> list[str]:
    """The kinds of step that start from a standing."""
    return [kind for kind, step in STEPS.items() if standing in step.before]


def faults(kind, facts: Facts, *, changed_on, until, note, today) -> dict[str, str]:
    """What is wrong with a step as it was entered: a sentence for each field, none if it can be registered."""
    found = {}
    why_not = _day_fault(kind, facts, changed_on, today)
    if why_not:
        found["changed_on"] = why_not
    if STEPS[kind].needs_note and not note.strip():
        found["note"] = "请写明依据，如会议日期、批复文号或原因。"
    if kind == "CONFIRMED" and not note.strip() and facts.probation_ends and changed_on < facts.probation_ends:
        found["note"] = f"预备期到 {_day(facts.probation_ends)}才满。确实提前转正的，请在这里写明依据。"
    if kind == "EXTENDED" and (why_not := _extension_fault(facts, until)):
        found["until"] = why_not
    return found


def _day_fault(kind, facts, changed_on, today):
    if changed_on > today:
        return "这一天还没有到，到了再登记。"
    if facts.last_on and changed_on < facts.last_on:
        return f"上一次变动是 {_day(facts.last_on)}，这次不能早于那一天。"
    if kind == "DROPPED" and facts.moved_on and changed_on < facts.moved_on:
        return f"最近一次组织关系变动是 {_day(facts.moved_on)}，不能在那以前离开名册。"
    if facts.joined_on and changed_on < facts.joined_on:
        return f"加入党组织是 {_day(facts.joined_on)}，不能早于那一天。"
    if facts.born_on and kind == "ADMITTED" and not is_of_age(facts.born_on, changed_on):
        return f"入党要年满 {AGE_OF_JOINING} 岁，出生日期登记的是 {_day(facts.born_on)}，请核对。"
    return ""


def is_of_age(born_on, day) -> bool:
    """Old enough to join?"""
    return day >= months_later(born_on, AGE_OF_JOINING * 12)


def _extension_fault(facts, until):
    """Once, by half a year at least and a year at most, counted from the end of the year's probation."""
    if facts.probation_until:
        return f"预备期已经延长过一次，到 {_day(facts.probation_until)}；只能延长一次。"
    if until is None:
        return "请填延长到哪一天。"
    if facts.probation_ends is None:
        return "名册里没有加入党组织的日期，请先更正，才算得出预备期。"
    first, last = (months_later(facts.probation_ends, one) for one in (LEAST_EXTENSION, LONGEST_EXTENSION))
    if not first <= until <= last:
        return f"预备期到 {_day(facts.probation_ends)}满，延长要在半年到一年之间：{_day(first)}至 {_day(last)}。"
    return ""


def correction_faults(standing, *, born_on, joined_on, confirmed_on, today) -> dict[str, str]:
    """What is wrong with a standing and its days as they are put right."""
    found = order_faults(born_on, joined_on, confirmed_on, today)
    if standing == "PROBATIONARY" and not joined_on:
        found["joined_on"] = "预备党员要有加入党组织的日期，预备期从这天算。"
    if standing == "PROBATIONARY" and confirmed_on:
        found["confirmed_on"] = "预备党员还没有转正，请清空这一项；已转正的请选“正式党员”。"
    if standing in ("ACTIVIST", "PROSPECT"):
        found |= {
            name: "积极分子和发展对象还没有入党，请清空这一项。"
            for name, day in (("joined_on", joined_on), ("confirmed_on", confirmed_on))
            if day
        }
    return found


def order_faults(born_on, joined_on, confirmed_on, today) -> dict[str, str]:
    """Born before joining, joining not after confirmation, none of it in days to come or in another age."""
    found = {}
    for name, day in (("born_on", born_on), ("joined_on", joined_on), ("confirmed_on", confirmed_on)):
        if day and day > today:
            found[name] = "这一天还没有到，请核对。"
        elif day and day.year < 1900:
            found[name] = "年份不对，请核对。"
    first = joined_on or confirmed_on
    if born_on and first and born_on >= first:
        found.setdefault("born_on", f"出生日期要早于入党日期（{_day(first)}），请核对。")
    if joined_on and confirmed_on and confirmed_on < joined_on:
        found.setdefault("confirmed_on", f"转正不能早于加入党组织（{_day(joined_on)}），请核对。")
    return found


def _day(day: datetime.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
