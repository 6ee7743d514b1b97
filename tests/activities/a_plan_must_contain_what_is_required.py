"""A rule may require that every plan has something: a kind, whichever its subtype, or one subtype."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from activities.kinds import ItemKind
from activities.models import PlanItem, Policy
from activities.models.policies import RANGES
from activities.required import WORDS, in_order, lacking
from core.periods import Month

DUES = PlanItem(kind="DUES")
SPIRIT = PlanItem(kind="EDUCATION", subtype="SPIRIT")
LESSON = PlanItem(kind="MEETING", subtype="LESSON")
GENERAL_AND_LESSON = PlanItem(kind="MEETING", subtype="GENERAL", also=["LESSON"])
SPIRIT_AND_LESSON = PlanItem(kind="EDUCATION", subtype="SPIRIT", also=["LESSON"])


@pytest.mark.parametrize(
    ("required", "items", "words"),
    [
        ([], [], []),
        (["DUES"], [DUES, LESSON], []),
        (["DUES"], [LESSON], ["党费"]),
        (["EDUCATION"], [SPIRIT], []),  # any subtype will do
        (["EDUCATION.SPIRIT"], [SPIRIT], []),
        (["EDUCATION.THOUGHT"], [SPIRIT], ["集中教育（思想政治教育）"]),
        (["DUES", "EDUCATION", "MEETING.GENERAL"], [LESSON], ["党费", "集中教育", "三会一课（党员大会）"]),
        (["MEETING.GENERAL", "MEETING.LESSON", "MEETING"], [GENERAL_AND_LESSON], []),  # one event can be both
        (["MEETING", "MEETING.LESSON", "MEETING.GROUP"], [SPIRIT_AND_LESSON], ["三会一课（党小组会）"]),
    ],
)
def test_what_is_lacking_is_said_in_words_in_the_order_of_the_rule(required, items, words):
    assert lacking(required, items) == words


def test_everything_that_an_item_can_be_can_be_required():
    assert list(WORDS)[:3] == ["DUES", "EDUCATION", "EDUCATION.SPIRIT"]
    assert {code.partition(".")[0] for code in WORDS} == set(ItemKind.values)
    assert [code for code in WORDS if lacking([code], [])[0] != WORDS[code]] == []


def test_a_kind_goes_without_saying_where_one_of_its_subtypes_is_required():
    assert in_order(["MEETING.LESSON", "EDUCATION", "EDUCATION.SPIRIT", "DUES"]) == [
        "DUES", "EDUCATION.SPIRIT", "MEETING.LESSON",
    ]  # fmt: skip


@pytest.mark.parametrize("field", RANGES)
def test_the_database_takes_the_numbers_of_a_rule_within_reason_alone(db, field):
    low, high = RANGES[field]
    for number in (low, high):
        Policy.objects.create(effective_from=Month(2030, 1) + number, **{field: number})
    for number in {low - 1, high + 1} - {-1}:  # the column itself takes no negative number
        with pytest.raises(IntegrityError), transaction.atomic():
            Policy.objects.create(effective_from=Month(2040, 1), **{field: number})


def test_a_new_rule_requires_nothing_by_itself(db):
    policy = Policy.objects.create(effective_from=Month(2030, 1))
    assert (policy.required_items, policy.version, policy.usual_start) == ([], 1, datetime.time(15))
