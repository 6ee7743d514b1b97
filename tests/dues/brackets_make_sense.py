"""No base falls between two brackets or lies above them all; what is wrong is said at its line and field, in words."""

import random
from decimal import Decimal

import pytest

from dues.bands import faults_of
from dues.models import RatePolicy
from dues.policy_words import differences, sentences
from dues.rates import MissingRate, due
from tests.rates_builders import SHIPPED, bands_of

TOP = "最后一行的上限要空着，再高的基数都按这一行。"


def wrong(*lines):
    """(line, field, words) of what is wrong with these lines of one category."""
    return [(one.line, one.field, one.why) for one in faults_of(bands_of({"STAFF": lines}))]


@pytest.mark.parametrize("category", SHIPPED)
def test_what_is_shipped_makes_sense(category):
    assert wrong(*SHIPPED[category]) == []


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([("3000", "1", "")], [(0, "up_to", TOP)]),
        ([("3000", "1", ""), ("5000", "2", "")], [(1, "up_to", TOP)]),
        ([("", "1", ""), ("", "2", "")], [(0, "up_to", "只有最后一行的上限可以空着，请填上限。")]),
        (
            [("3000", "1", ""), ("3000", "2", ""), ("", "3", "")],
            [(1, "up_to", "要比上一行的 3000 元高：各行从低到高，不能重复。")],
        ),
        (
            [("5000", "1", ""), ("3000.50", "2", ""), ("", "3", "")],
            [(1, "up_to", "要比上一行的 5000 元高：各行从低到高，不能重复。")],
        ),
        ([("", "0", "")], [(0, "percent", "比例要大于 0，最大是 5。")]),
        ([("", "5.01", "")], [(0, "percent", "比例要大于 0，最大是 5。")]),
        ([("", "5", "")], []),
        ([("0", "1", ""), ("", "2", "")], [(0, "up_to", "上限要大于 0。")]),
        ([("", "", "0")], [(0, "amount", "固定金额要大于 0。")]),
        ([("3000", "", "1")], [(0, "up_to", "固定金额不看基数，上限要空着。")]),
        ([("3000", "", "")], [(0, "percent", "请填比例，或填固定金额。")]),
        ([("", "1", "0.2")], [(0, "amount", "比例和固定金额只能填一样。")]),
        (
            [("3000", "1", ""), ("", "", "0.2")],
            [(1, "amount", "有固定金额的，这类人员只能有这一行：删去其余各行，或改填比例。")],
        ),
        ([], []),
    ],
)
def test_what_is_wrong_is_said_where_it_is(lines, faults):
    assert wrong(*lines) == faults


def test_brackets_without_a_fault_charge_every_base_and_only_those(seed=20261123):
    """Random lines: those without a fault have a rate for any base, the others leave one without or are ambiguous."""
    draw, good = random.Random(seed), 0
    for _ in range(500):
        limits = [draw.choice(["1000", "2000", "3000", ""]) for _ in range(draw.randint(1, 3))]
        bands = bands_of({"STAFF": [(limit, "1", "") for limit in limits]})
        ascending = [int(limit) for limit in limits if limit]
        is_sound = limits[-1] == "" and limits.count("") == 1 and ascending == sorted(set(ascending))
        assert (not faults_of(bands)) == is_sound
        if is_sound:
            good += 1
            assert due(bands, "STAFF", Decimal("999999")).amount == Decimal("9999.99")
        elif "" not in limits:
            with pytest.raises(MissingRate):
                due(bands, "STAFF", Decimal("3000.01"))
    assert good > 50


def policy(lines=None, **fields):
    made = RatePolicy(**{"effective_from": None} | fields)
    made.bands = bands_of(**(lines or {}))
    return made


def test_the_rules_in_plain_words():
    assert [(one.about, one.lines) for one in sentences(policy())] == [
        (
            "在岗职工",
            ("基数 3000 元以下（含）0.5%", "3000—5000 元（含）1%", "5000—10000 元（含）1.5%", "10000 元以上 2%"),
        ),
        ("离退休人员", ("基数 5000 元以下（含）0.5%", "5000 元以上 1%")),
        ("学生", ("每月 0.20 元，不看基数",)),
        ("其他", ("每月 0.20 元，不看基数",)),
        ("怎么算", ("全部基数乘所在一档的比例，四舍五入到分",)),
        ("基数", ("按上一年 12 月的工资核定",)),
        ("提示上限", ("一个月应缴超过 1000 元的，提示核对，不限制",)),
        ("欠缴提示", ("连续 3 个月没有交的提醒，连续 6 个月的重点提示；只作提示，由支部了解情况",)),
        ("减免", ("支部提出，上一级党组织批准（党总支下面的支部由党总支，直属党支部由党委组织部）",)),
    ]


def test_two_versions_differ_in_exactly_what_was_changed():
    new = policy(
        {"STAFF": [("", "1", "")], "OTHER": []},
        rounding="1", soft_cap=Decimal("800.50"), base_month=6, remind_after=6, reductions_by="DEPARTMENT",
    )  # fmt: skip
    assert [(one.about, one.new) for one in differences(policy(), new)] == [
        ("在岗职工", "不分基数高低，一律 1%"),
        ("其他", "没有定标准，不能计收"),
        ("怎么算", "全部基数乘所在一档的比例，四舍五入到元"),
        ("基数", "按上一年 6 月的工资核定"),
        ("提示上限", "一个月应缴超过 800.5 元的，提示核对，不限制"),
        ("欠缴提示", "连续 6 个月没有交的，重点提示；只作提示，由支部了解情况"),
        ("减免", "支部提出，党委组织部批准"),
    ]
    assert differences(policy(), policy(version=7)) == []
