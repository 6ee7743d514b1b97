"""A rule as those read it who keep to it: every pattern, every deadline, and what differs between two rules."""

import pytest

from activities.models import Policy
from activities.policy_words import Difference, differences, sentences
from core.periods import Month


def rule(**fields):
    return Policy(**{"effective_from": Month(2027, 1), "months_off": [2, 8]} | fields)


def said(about, **fields):
    return next(one.words for one in sentences(rule(**fields)) if one.about == about)


def test_the_shipped_rule_in_full():
    assert [(one.about, one.words) for one in sentences(rule())] == [
        ("固定活动日", "每月第二个星期五"),
        ("开始时间", "通常 15:00，支部可以另定"),
        ("假期月份", "2 月、8 月不要求开展"),
        ("报送计划", "上个月 25 日前（含当天）报送"),
        ("退回再报", "退回后 3 天内改好再报"),
        ("备案生效", "报到组织部后 3 个工作日没有退回的，到期自动备案"),
        ("活动记录", "活动日后 5 天内提交"),
        ("年度计划", "当年 3 月 15 日前（含当天）报送"),
        ("年终总结", "次年 1 月 10 日前（含当天）报送"),
        ("必备内容", "没有统一要求"),
        ("现场签到", "不签到，支部只登记没来的人"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"pattern": "NTH_WEEKDAY", "pattern_nth": 1, "pattern_weekday": 0}, "每月第一个星期一"),
        (
            {"pattern": "NTH_WEEKDAY", "pattern_nth": 5, "pattern_weekday": 6},
            "每月第五个星期日，没有第五个的月份为最后一个",
        ),
        ({"pattern": "DATE", "pattern_day": 10}, "每月 10 日"),
        ({"pattern": "DATE", "pattern_day": 31}, "每月 31 日，当月没有这一天的为最后一天"),
        ({"pattern": "FREE"}, "不固定，由支部每月自己定"),
    ],
)  # fmt: skip
def test_every_pattern_has_its_words(fields, words):
    assert said("固定活动日", **fields) == words


def test_what_is_at_an_edge_is_said_plainly():
    assert said("假期月份", months_off=[]) == "没有，每月都要开展"
    assert said("假期月份", months_off=[8, 1]) == "1 月、8 月不要求开展"
    assert said("报送计划", plan_due_day=31) == "上个月 31 日前（含当天）报送，上个月没有这一天的为最后一天"
    assert said("活动记录", record_due_days=0) == "活动当天提交"
    assert said("必备内容", required_items=["DUES", "SERVICE.LEGAL_AID"]) == "每月计划都要有党费、为民服务（法律援助）"


def test_two_rules_differ_in_exactly_what_was_changed():
    assert differences(rule(), rule(version=7)) == []
    assert differences(rule(), rule(plan_due_day=20, months_off=[8])) == [
        Difference("假期月份", "2 月、8 月不要求开展", "8 月不要求开展"),
        Difference("报送计划", "上个月 25 日前（含当天）报送", "上个月 20 日前（含当天）报送"),
    ]
    assert differences(rule(pattern_day=10), rule(pattern_day=11)) == []  # which the pattern does not read
