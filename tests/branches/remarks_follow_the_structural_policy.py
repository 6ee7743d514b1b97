"""What the pages remark about an organization: a vacancy, its size, the end of its term. It is 23 November 2026."""

import datetime

import pytest

from branches.models import StructurePolicy
from branches.structure import months_later, remarks

TODAY = datetime.date(2026, 11, 23)
POLICY = StructurePolicy()


@pytest.mark.parametrize(
    "full, term, secretary, words",
    [
        (7, None, True, []),
        (6, None, True, ["不足 7 人，不设支委会"]),
        (3, None, True, ["不足 7 人，不设支委会"]),
        (2, None, True, ["正式党员不足 3 人", "不足 7 人，不设支委会"]),
        (50, None, True, []),
        (51, None, True, ["正式党员超过 50 人"]),
        (10, datetime.date(2027, 5, 23), True, ["6 个月内届满"]),
        (10, datetime.date(2027, 5, 24), True, []),
        (10, datetime.date(2026, 11, 23), True, ["6 个月内届满"]),
        (10, datetime.date(2026, 11, 22), True, ["已届满，请换届"]),
        (10, None, False, ["书记空缺"]),
    ],
)
def test_remarks_follow_the_structural_policy(full, term, secretary, words):
    found = remarks(
        POLICY, is_branch=True, full=full, committee=3, term_ends_on=term, has_secretary=secretary, today=TODAY
    )

    assert [remark.word for remark in found] == words


def test_every_warning_says_what_to_do():
    bad = {"is_branch": True, "committee": 2, "has_secretary": False, "today": TODAY}
    few = remarks(POLICY, full=2, term_ends_on=datetime.date(2026, 11, 22), **bad)
    many = remarks(POLICY, full=51, term_ends_on=datetime.date(2026, 12, 31), **bad)

    assert [remark.then for remark in few if remark.is_warning] == [
        "书记确定后，请上级党组织在这里任命，或登记换届选举。", "请与上级商量，同相邻单位成立联合党支部。",
        "本届已于 2026 年 11 月 22 日届满，请尽快报上级换届。",
    ]  # fmt: skip
    assert [remark.then for remark in many if remark.is_warning][1:] == [
        "请与上级商量，是否分设支部。", "现有委员 2 人，请选举或补选支部委员。",
        "本届 2026 年 12 月 31 日届满，请着手换届。",
    ]  # fmt: skip


def test_sizes_are_asked_of_branches_alone():
    for full in (0, 500):
        found = remarks(
            POLICY, is_branch=False, full=full, committee=0, term_ends_on=None, has_secretary=True, today=TODAY
        )
        assert found == ()


@pytest.mark.parametrize(
    "full, committee, words",
    [(7, 3, []), (7, 2, ["支委会不足 3 人"]), (50, 0, ["支委会不足 3 人"]), (6, 0, ["不足 7 人，不设支委会"])],
)
def test_a_branch_of_seven_has_a_committee_of_three_at_least(full, committee, words):
    found = remarks(
        POLICY, is_branch=True, full=full, committee=committee, term_ends_on=None, has_secretary=True, today=TODAY
    )

    assert [remark.word for remark in found] == words


def test_a_small_branch_is_told_quietly_that_it_has_no_committee():
    (found,) = remarks(POLICY, is_branch=True, full=5, committee=1, term_ends_on=None, has_secretary=True, today=TODAY)

    assert (found.style, found.is_warning) == ("none", False)


@pytest.mark.parametrize(
    "day, months, then",
    [
        (datetime.date(2026, 8, 31), 6, datetime.date(2027, 2, 28)),
        (datetime.date(2026, 11, 23), 6, datetime.date(2027, 5, 23)),
        (datetime.date(2027, 8, 31), 6, datetime.date(2028, 2, 29)),
    ],
)
def test_six_months_on_is_the_same_day_or_the_months_last(day, months, then):
    assert months_later(day, months) == then
