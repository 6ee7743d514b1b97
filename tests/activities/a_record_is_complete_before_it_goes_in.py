"""The record of a day: what lacks is named, what was typed is kept; a day that was not held says why."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions
from activities.models import ActivityDay, DayItem
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from meetings.actions import confirm_minutes
from tests.builders import NOVEMBER, make_day, make_meeting, make_plan


def typed(day, **changes):
    data = {"summary": "走访了三位离退休教师", "version": day.version}
    for item in day.items.all():
        data |= {f"outcome-{item.pk}": "DONE", f"note-{item.pk}": ""}
    return data | changes


def test_a_whole_record_goes_in_and_is_closed(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    client.post(reverse("day_submit", args=[day.pk]), typed(day))
    day.refresh_from_db()
    assert (day.status, day.summary, day.record_is_late) == ("RECORDED", "走访了三位离退休教师", True)
    assert {item.outcome for item in day.items.all()} == {"DONE"}


def test_what_lacks_is_named_at_its_place_and_the_rest_is_kept(world, client):
    day = make_day(world.first)
    first = day.items.first()
    client.force_login(world.li)
    answer = client.post(reverse("day_submit", args=[day.pk]), typed(day, summary=" ", **{f"outcome-{first.pk}": ""}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        f"outcome-{first.pk}": [f"还缺“{first.content}”的完成情况。"], "summary": ["还缺主要内容及特色。"],
    }  # fmt: skip
    day.refresh_from_db()
    assert day.status == "HELD"
    assert [item.outcome for item in day.items.all()] == ["", "DONE", "DONE", "DONE"]


def test_what_was_changed_or_left_out_is_explained(world, client):
    day = make_day(world.first)
    first, second = day.items.all()[:2]
    client.force_login(world.li)
    outcomes = {f"outcome-{first.pk}": "CHANGED", f"outcome-{second.pk}": "NOT_DONE", f"note-{second.pk}": "讲师生病"}
    answer = client.post(reverse("day_submit", args=[day.pk]), typed(day, **outcomes))
    assert answer.context["form"].errors == {
        f"note-{first.pk}": [f"还缺“{first.content}”的情况（有调整或未进行的要写明）。"]
    }  # fmt: skip


def test_a_commissioner_keeps_it_and_the_secretary_hands_it_in(world, client):
    day = make_day(world.first)
    client.force_login(world.chen)
    assert client.post(reverse("day_save", args=[day.pk]), typed(day)).status_code == 302
    day.refresh_from_db()
    assert client.post(reverse("day_submit", args=[day.pk]), typed(day)).status_code == 403
    assert ActivityDay.objects.get().status == "HELD"


@pytest.mark.parametrize(("day_of_month", "late"), [(18, False), (19, True)])
def test_five_days_are_given(world, monday, day_of_month, late):
    day = make_day(world.first, status="HELD", held_on=datetime.date(2026, 11, 13))
    day.items.update(outcome="DONE")
    ActivityDay.objects.update(summary="顺利")
    monday.move_to(datetime.datetime(2026, 11, day_of_month, 15, 59, tzinfo=datetime.UTC))  # 23:59 in China
    assert actions.record_day(day, by=world.li).record_is_late is late


def test_a_record_taken_back_counts_from_its_new_day(world, monday):
    day = make_day(world.first, status="RECORDED", held_on=datetime.date(2026, 11, 20))
    day = actions.reopen_record(day, by=world.li, reason="人数不对")
    assert (day.status, day.recorded_at) == ("HELD", None)
    assert actions.record_day(day, by=world.li).recorded_at is not None


def test_a_day_not_held_says_why(world, client):
    day = make_plan(world.first, NOVEMBER, "ACCEPTED").day
    client.force_login(world.li)
    address = reverse("day_skip", args=[day.pk])
    assert client.post(address, {"reason": " "}).context["skip_form"].errors == {"reason": ["请写明原因。"]}
    client.post(address, {"reason": "全院实习"})
    day.refresh_from_db()
    assert (day.status, day.not_held_reason) == ("NOT_HELD", "全院实习")
    with pytest.raises(DatabaseError), transaction.atomic():
        ActivityDay.objects.update(not_held_reason="")


def test_a_slip_is_taken_back_and_those_above_were_told(world, client):
    day = make_plan(world.first, NOVEMBER, "ACCEPTED").day
    client.force_login(world.li)
    client.post(reverse("day_skip", args=[day.pk]), {"reason": "全院实习"})
    assert [(one.recipient, one.title, one.text) for one in Notice.objects.all()] == [
        (world.wang, "文学院第一党支部 2026 年 11 月未开展活动日", "原因：全院实习"),
    ]

    client.post(reverse("day_resume", args=[day.pk]))
    day.refresh_from_db()
    assert (day.status, day.not_held_reason) == ("PLANNED", "")
    assert AuditEntry.objects.get(event="day.resumed").data["changes"]["not_held_reason"] == ["全院实习", ""]


def test_a_month_that_has_not_come_cannot_be_given_up(world, client):
    day = make_plan(world.first, NOVEMBER.next, "ACCEPTED").day
    client.force_login(world.li)
    answer = client.post(reverse("day_skip", args=[day.pk]), {"reason": "全院实习"})
    assert (answer.status_code, ActivityDay.objects.get().status) == (403, "PLANNED")


def test_of_two_pages_the_second_is_told_and_keeps_its_text(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    old = typed(day, summary="李写的")
    client.post(reverse("day_save", args=[day.pk]), old)
    client.force_login(world.xu)
    answer = client.post(reverse("day_save", args=[day.pk]), typed(day, summary="许写的"))
    assert answer.status_code == 409
    assert [(one.name, one.typed, one.now) for one in answer.context["differences"]] == [
        ("主要内容及特色", "许写的", "李写的")
    ]
    assert ActivityDay.objects.get().summary == "李写的"

    again = typed(day, summary="许写的", version=answer.context["form"]["version"].value())
    assert client.post(reverse("day_save", args=[day.pk]), again).status_code == 302
    assert ActivityDay.objects.get().summary == "许写的"
    assert AuditEntry.objects.filter(event="day.saved").last().data["changes"]["summary"] == ["李写的", "许写的"]


def test_what_was_not_planned_is_added_with_the_rest_and_can_be_dropped(world, client):
    day = make_day(world.first)
    planned = day.items.first()
    client.force_login(world.li)
    new = {"new-what": "MEETING.COMMITTEE", "new-content": "临时支委会", "new-minutes": "15"}
    client.post(reverse("day_item_add", args=[day.pk]), typed(day, summary="写了一半") | new)
    day.refresh_from_db()
    item = day.items.last()
    assert (item.kind, item.subtype, item.content, item.outcome, item.was_planned) == (
        "MEETING", "COMMITTEE", "临时支委会", "DONE", False,
    )  # fmt: skip
    assert day.summary == "写了一半"

    assert client.post(reverse("day_item_drop", args=[day.pk, planned.pk])).status_code == 403
    client.post(reverse("day_item_drop", args=[day.pk, item.pk]))
    assert "临时支委会" not in [one.content for one in day.items.all()]
    with pytest.raises(StaleState, match="已经删去"):
        actions.drop_item(item, by=world.li)


def test_an_item_without_words_is_named_and_nothing_is_lost(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    answer = client.post(reverse("day_item_add", args=[day.pk]), typed(day, summary="写了一半") | {"new-what": "DUES"})
    assert (answer.status_code, answer.context["item_form"].errors) == (422, {"content": ["请写这一项做什么。"]})
    assert "写了一半" in answer.content.decode()


def test_an_item_with_minutes_stays_until_they_are_dropped(world, client):
    day = make_day(world.first)
    meeting = make_meeting(day, status="DRAFT")
    client.force_login(world.li)
    answer = client.post(reverse("day_item_drop", args=[day.pk, meeting.item_id]), follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        "这一项已有会议记录；先删去会议记录的草稿，再删这一项。"
    ]
    assert day.items.filter(pk=meeting.item_id).exists()


def test_what_signed_minutes_say_took_place_is_not_put_down_as_left_out(world, client):
    day = make_day(world.first)
    meeting = make_meeting(day, status="DRAFT")
    confirm_minutes(meeting, by=world.li)
    item = DayItem.objects.get(pk=meeting.item_id)
    assert (item.outcome, item.is_signed) == ("DONE", True)

    client.force_login(world.li)
    answer = client.post(reverse("day_save", args=[day.pk]), typed(day, **{f"outcome-{item.pk}": "NOT_DONE"}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [f"outcome-{item.pk}"])
    outcomes = {item.pk: ("NOT_DONE", "")}
    with pytest.raises(PermissionDenied):
        actions.save_record(day, by=world.li, version=day.version, summary="", outcomes=outcomes)
    with pytest.raises(DatabaseError), transaction.atomic():
        DayItem.objects.filter(pk=item.pk).update(outcome="NOT_DONE")


@pytest.mark.parametrize("button", ["day_save", "day_submit"])
def test_what_was_done_besides_is_kept_whichever_button_is_pressed(world, client, button):
    day = make_day(world.first)
    client.force_login(world.li)
    new = {"new-what": "SERVICE.CULTURE", "new-content": "社区演出", "new-minutes": "20"}

    refused = client.post(reverse(button, args=[day.pk]), typed(day, summary="学了新篇") | {"new-content": "没选类别"})
    assert (refused.status_code, "没选类别" in refused.content.decode()) == (422, True)

    assert client.post(reverse(button, args=[day.pk]), typed(day, summary="学了新篇") | new).status_code == 302
    assert day.items.filter(content="社区演出", was_planned=False, outcome="DONE").count() == 1


def test_what_still_lacks_is_told_with_the_item_that_was_added(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    new = {"new-what": "SERVICE.CULTURE", "new-content": "社区演出", "new-minutes": "20"}
    page = client.post(reverse("day_submit", args=[day.pk]), typed(day, summary="") | new, follow=True)
    day.refresh_from_db()
    assert (day.status, day.items.filter(content="社区演出").count()) == ("HELD", 1)
    assert "还不能提交，缺" in page.content.decode()


def test_a_late_record_says_so_wherever_it_is_listed(world, client, monday):
    day = make_day(world.first, status="RECORDED")
    ActivityDay.objects.filter(pk=day.pk).update(record_due_on=day.held_on - datetime.timedelta(days=1))
    for user, pages in (
        (world.li, [reverse("day_record", args=[day.pk]), reverse("day", args=[day.pk])]),
        (world.wang, [reverse("days")]),
    ):
        client.force_login(user)
        for page in pages:
            assert (page, "逾期提交" in client.get(page).content.decode()) == (page, True)
