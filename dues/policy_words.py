"""The rules of dues in the words of those who pay and collect, and how two of them differ."""

from dataclasses import dataclass

from branches.models import Person
from dues.bands import of_category, plain
from dues.models import RatePolicy


@dataclass(frozen=True)
class Sentence:
    """One point of a policy: what it is about, and what holds, in one or more lines."""

    about: str
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        return "；".join(self.lines)


@dataclass(frozen=True)
class Difference:
    """One point in which two policies differ."""

    about: str
    old: str
    new: str


def sentences(policy: RatePolicy) -> list[Sentence]:
    """The whole policy, point by point; two policies have the same points in the same order."""
    return [
        *(Sentence(str(label), _rates(policy, category)) for category, label in Person.Category.choices),
        Sentence("怎么算", (f"全部基数乘所在一档的比例，四舍五入到{policy.get_rounding_display()}",)),
        Sentence("基数", (f"按上一年 {policy.base_month} 月的工资核定",)),
        Sentence("提示上限", (f"一个月应缴超过 {plain(policy.soft_cap)} 元的，提示核对，不限制",)),
        Sentence("欠缴提示", (_arrears(policy),)),
        Sentence("减免", (_reductions(policy),)),
    ]


def differences(old: RatePolicy | None, new: RatePolicy | None) -> list[Difference]:
    """The points in which ``new`` differs from ``old``; without one of them there is nothing to compare."""
    if old is None or new is None:
        return []
    pairs = zip(sentences(old), sentences(new), strict=True)
    return [Difference(one.about, one.words, other.words) for one, other in pairs if one != other]


def _rates(policy, category) -> tuple[str, ...]:
    bands = of_category(policy.bands, category)
    if not bands:
        return ("没有定标准，不能计收",)
    if bands[0].amount is not None:
        return (f"每月 {bands[0].amount:.2f} 元，不看基数",)
    if len(bands) == 1:
        return (f"不分基数高低，一律 {plain(bands[0].percent)}%",)
    below = [None, *(band.up_to for band in bands)]
    return tuple(_band(low, band) for low, band in zip(below, bands, strict=False))


def _band(low, band):
    percent = f"{plain(band.percent)}%"
    if low is None:
        return f"基数 {plain(band.up_to)} 元以下（含）{percent}"
    if band.up_to is None:
        return f"{plain(low)} 元以上 {percent}"
    return f"{plain(low)}—{plain(band.up_to)} 元（含）{percent}"


def _arrears(policy):
    if policy.remind_after == policy.alert_after:
        return f"连续 {policy.alert_after} 个月没有交的，重点提示；只作提示，由支部了解情况"
    return (
        f"连续 {policy.remind_after} 个月没有交的提醒，连续 {policy.alert_after} 个月的重点提示；"
        "只作提示，由支部了解情况"
    )


def _reductions(policy):
    if policy.reductions_by == RatePolicy.Approver.PARENT:
        return "支部提出，上一级党组织批准（党总支下面的支部由党总支，直属党支部由党委组织部）"
    return "支部提出，党委组织部批准"
