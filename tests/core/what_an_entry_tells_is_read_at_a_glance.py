"""What an entry says on a page: in the order of the record's fields, without what came to nothing, long texts cut."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from core.audit import record
from core.audit.telling import LONGEST, Told, fold, tell
from core.workflow import lock
from tests.builders import make_day, make_meeting


@pytest.fixture
def in_one_transaction(db):
    with transaction.atomic():
        yield


def test_several_saves_as_one_leave_out_what_came_back_to_where_it_was():
    there = Told("", "主题", "学用结合", "红色教育")
    further = Told("", "主题", "红色教育", "廉政教育")
    back = Told("", "主题", "廉政教育", "学用结合")
    other = Told("议程 学习", "主题", "学用结合", "红色教育")  # another row's field of the same word

    assert fold([there, other, further]) == [Told("", "主题", "学用结合", "廉政教育"), other]
    assert fold([there, other, further, back]) == [other]


def test_fields_stand_in_the_order_of_the_record_whatever_the_database_makes_of_it():
    def entry(pk, *names):
        changes = {name: ["", "新"] for name in names}
        return SimpleNamespace(pk=pk, subject="branches.person", data={"changes": changes})

    shuffled = tell([entry(1, "education", "name", "ethnicity"), entry(2, "name", "ethnicity", "education")])

    words = [[one.field for one in shuffled[pk]] for pk in (1, 2)]
    assert words == [["姓名", "民族", "学历"]] * 2


def test_a_long_text_is_cut_and_says_how_long_it_is(world, in_one_transaction):
    meeting = make_meeting(make_day(world.first), by=world.li)
    row = lock(meeting)
    row.content = "学" * (LONGEST + 7)
    entry = record(row, "meeting.saved", by=world.li)

    (one,) = [one for one in tell([entry])[entry.pk] if one.field == "会议内容"]

    assert one.after == "学" * LONGEST + "……（共 307 字）"
    row.content = "习" * LONGEST
    entry = record(row, "meeting.saved", by=world.li)
    (one,) = tell([entry])[entry.pk]
    assert one.after == "习" * LONGEST
