"""A policy in the words of those who keep to it, and how two of them differ."""

from dataclasses import dataclass

from activities.models import Policy
from activities.required import word_of


@dataclass(frozen=True)
class Sentence:
    """One point of a policy: what it is about, and what holds."""

    about: str
    words: str


@dataclass(frozen=True)
class Difference:
    """One point in which two policies differ."""

    about: str
    old: str
    new: str


def sentences(policy: Policy) -> list[Sentence]:
    """The whole policy, point by point; two policies have the same points in the same order."""
    return [
        Sentence("固定活动日", _usual_day(policy)),
        Sentence("开始时间", f"通常 {policy.usual_start:%H:%M}，支部可以另定"),
        Sentence(
            "假期月份", f"{months_in_words(policy.months_off)}不要求开展" if policy.months_off else "没有，每月都要开展"
        ),
        Sentence(
            "报送计划", f"上个月 {policy.plan_due_day} 日前（含当天）报送{_shorter(policy.plan_due_day, '上个月')}"
        ),
        Sentence("退回再报", f"退回后 {policy.correction_days} 天内改好再报"),
        Sentence("备案生效", f"报到组织部后 {policy.lapse_working_days} 个工作日没有退回的，到期自动备案"),
        Sentence("活动记录", _record(policy)),
        Sentence("年度计划", f"当年 {policy.annual_due_month} 月 {policy.annual_due_day} 日前（含当天）报送"),
        Sentence("年终总结", f"次年 1 月 {policy.summary_due_day} 日前（含当天）报送"),
        Sentence("必备内容", f"每月计划都要有{required_in_words(policy)}" if policy.required_items else "没有统一要求"),
        Sentence("现场签到", _check_in(policy)),
    ]


def differences(old: Policy, new: Policy) -> list[Difference]:
    """The points in which ``new`` differs from ``old``."""
    pairs = zip(sentences(old), sentences(new), strict=True)
    return [Difference(one.about, one.words, other.words) for one, other in pairs if one != other]


def months_in_words(numbers) -> str:
    """2 月、8 月."""
    return "、".join(f"{number} 月" for number in sorted(numbers))


def required_in_words(policy: Policy) -> str:
    return "、".join(word_of(code) for code in policy.required_items)


def _usual_day(policy):
    if policy.pattern == Policy.Pattern.NTH_WEEKDAY:
        rest = "，没有第五个的月份为最后一个" if policy.pattern_nth == 5 else ""
        return f"{policy.pattern_label}{rest}"
    if policy.pattern == Policy.Pattern.DATE:
        return f"{policy.pattern_label}{_shorter(policy.pattern_day, '当月')}"
    return "不固定，由支部每月自己定"


def _shorter(day, where):
    """What holds in a month that has no such day."""
    return f"，{where}没有这一天的为最后一天" if day > 28 else ""


def _record(policy):
    return f"活动日后 {policy.record_due_days} 天内提交" if policy.record_due_days else "活动当天提交"


def _check_in(policy):
    return "可以扫码签到，只作参考，到会以支部确认的名单为准" if policy.self_check_in else "不签到，支部只登记没来的人"
