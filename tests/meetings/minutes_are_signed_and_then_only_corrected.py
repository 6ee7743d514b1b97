"""Minutes from a day's item to the signature.

Li is secretary of First Branch, Chen and Xu sit on its committee, Zheng is a plain member. Zhao leads Second Branch
next door, Wang reviews for the general branch, Zhou sits in the department, He reads. Feng leads a group of First.
"""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from activities.actions import hold_day
from activities.kinds import ItemKind, MeetingType
from activities.models import DayItem
from branches.models import Appointment, Office
from core.audit import AuditEntry
from core.workflow import StaleState
from meetings import actions
from meetings.models import Correction, Meeting, MeetingKind
from tests.builders import NOVEMBER, fresh, make_day, make_group, make_meeting, make_officer, make_plan

pytestmark = pytest.mark.django_db
GENERAL, COMMITTEE, GROUP, LESSON = MeetingType.values


@pytest.fixture
def day(world):
    return make_day(world.first, place="报告厅")


@pytest.fixture
def item(day):
    return day.items.get(kind=ItemKind.MEETING)


@pytest.fixture
def draft(world, item):
    return actions.open_meeting(item, by=world.li)


def written(meeting, **changes):
    """What the page of these minutes would post, complete."""
    return {
        "version": meeting.version, "types": list(meeting.types), "starts_at": "15:00", "place": "报告厅",
        "chair": meeting.chair_id, "recorder": meeting.recorder_id, "lecturer": "", "topic": "讨论第四季度工作",
        "content": "书记通报，党员讨论。", "decisions": "", "group": "",
    } | changes  # fmt: skip


def make_leader(world, group):
    """Feng, who leads a group of First Branch and holds no other office."""
    user = make_officer(world.first, Office.GROUP_LEADER, "冯组长")
    Appointment.objects.filter(person=user.person).update(group=group)
    return user


def test_minutes_begin_with_what_the_day_knows(world, day, item):
    meeting = actions.open_meeting(item, by=world.xu, types=[LESSON])

    assert (meeting.held_on, meeting.starts_at, meeting.place) == (day.held_on, day.starts_at, "报告厅")
    assert (meeting.chair, meeting.recorder, meeting.topic) == (day.host, day.recorder, item.content)
    assert meeting.types == {GENERAL, LESSON}
    assert (meeting.status, meeting.version) == ("DRAFT", 1)


def test_a_second_click_gives_the_same_minutes(world, client, item):
    client.force_login(world.xu)
    first = client.post(reverse("meeting_open", args=[item.pk]))
    second = client.post(reverse("meeting_open", args=[item.pk]))

    assert first.url == second.url == Meeting.objects.get().get_absolute_url()
    assert AuditEntry.objects.filter(event="meeting.opened").count() == 1


def test_only_an_item_of_this_kind_that_took_place_has_minutes(world, day, item):
    education = day.items.get(kind=ItemKind.EDUCATION)
    with pytest.raises(PermissionDenied):
        actions.open_meeting(education, by=world.li)
    item.outcome = DayItem.Outcome.NOT_DONE
    item.save(update_fields=["outcome"])
    with pytest.raises(PermissionDenied):
        actions.open_meeting(item, by=world.li)
    assert not Meeting.objects.exists()


def test_what_is_missing_is_named_before_and_refused_by_name(world, client, draft):
    draft.refresh_from_db()
    draft.chair = None
    draft.save(update_fields=["chair"])
    actions.set_types(draft, by=world.li, types={GROUP, LESSON})
    draft.refresh_from_db()
    words = ["党小组", "主持人", "主讲人", "会议内容"]
    assert [one.word for one in actions.missing(draft)] == words

    client.force_login(world.li)
    page = client.get(draft.get_absolute_url())
    assert [one.word for one in page.context["missing"]] == words
    with pytest.raises(actions.Incomplete, match=r"^党小组、主持人、主讲人、会议内容$"):
        actions.confirm_minutes(draft, by=world.li)

    posted = written(draft, types=[], topic="", content="", chair="", recorder="")
    answer = client.post(reverse("meeting_confirm", args=[draft.pk]), posted, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        "还不能确认，缺：会议类型、主持人、记录人、议题、会议内容。已填的都存好了。"
    ]
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


def button(page):
    """The start tag of 确认记录."""
    return re.search(r"<button[^>]*>确认记录", page.content.decode())[0]


def shown(page):
    """The fields that stand beside the button as missing."""
    bar = page.content.decode().split('id="why"')[1].split("</p>")[0]
    return re.findall(r'<span data-need="(\w+)"[^>]*(?<!hidden)><a href="#id_\1">', bar)


def test_the_button_waits_for_what_is_missing_and_then_says_what_confirming_does(world, client, draft):
    client.force_login(world.li)
    page = client.get(draft.get_absolute_url())
    assert (" disabled" in button(page), shown(page)) == (True, ["content"])

    actions.save_minutes(draft, by=world.li, version=1, content="原文")
    page = client.get(draft.get_absolute_url())
    assert (" disabled" in button(page), shown(page)) == (False, [])
    assert "确认就是签字：到会名单照现在的定下来，这次会计入三会一课；以后不能再改，有出入只能追加更正。" in button(
        page
    )

    client.force_login(world.chen)
    page = client.get(draft.get_absolute_url())
    assert " disabled" in button(page)
    assert "由支部书记或副书记确认；您可以先保存，请书记确认。" in page.content.decode()


def test_one_click_keeps_what_is_typed_and_signs_it(world, client, draft):
    client.force_login(world.li)
    posted = written(draft, types=[GENERAL, LESSON], lecturer="陈思远", decisions="通过工作安排。")
    assert client.post(reverse("meeting_confirm", args=[draft.pk]), posted).status_code == 302

    draft.refresh_from_db()
    assert (draft.status, draft.confirmed_by, draft.topic, draft.lecturer, draft.decisions) == (
        "CONFIRMED", world.li, "讨论第四季度工作", "陈思远", "通过工作安排。",
    )  # fmt: skip
    assert draft.types == {GENERAL, LESSON}


def test_confirmed_minutes_are_never_edited(world, client, draft):
    draft = actions.save_minutes(draft, by=world.li, version=1, content="原文")
    signed = actions.confirm_minutes(draft, by=world.li)
    kept = Meeting.objects.values().get()
    for edit in (
        lambda: actions.save_minutes(signed, by=world.li, version=signed.version, content="改"),
        lambda: actions.set_types(signed, by=world.li, types={LESSON}),
        lambda: actions.confirm_minutes(signed, by=world.li),
        lambda: actions.drop_draft(signed, by=world.li),
    ):
        with pytest.raises(StaleState):
            edit()
    client.force_login(world.li)
    for name in ("meeting_save", "meeting_confirm", "meeting_drop"):
        answer = client.post(reverse(name, args=[signed.pk]), written(signed, content="改", types=[LESSON]))
        assert answer.status_code == {"meeting_drop": 302}.get(name, 409)
    assert Meeting.objects.values().get() == kept
    assert [one.type for one in MeetingKind.objects.all()] == [GENERAL]


@pytest.mark.parametrize("change", ["update", "delete", "kinds"])
def test_the_database_itself_refuses_to_change_confirmed_minutes(world, day, change):
    draft, signed = make_meeting(day, status="DRAFT"), make_meeting(day)
    act = {
        "update": lambda meeting: Meeting.objects.filter(pk=meeting.pk).update(content="改"),
        "delete": lambda meeting: Meeting.objects.filter(pk=meeting.pk)._raw_delete("default"),
        "kinds": lambda meeting: meeting.kinds.all()._raw_delete("default"),
    }[change]
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        act(signed)
    if change == "delete":
        draft.kinds.all().delete()
    act(draft)


def test_corrections_are_appended_and_stay(world, client, draft):
    with pytest.raises(StaleState):
        actions.append_correction(draft, by=world.li, text="太早")
    draft = actions.save_minutes(draft, by=world.li, version=1, content="原文")
    signed = actions.confirm_minutes(draft, by=world.li)
    client.force_login(world.li)
    for text in ("地点应为 202 会议室。", "记录人应为许宣传。"):
        client.post(reverse("meeting_correct", args=[signed.pk]), {"text": text})
    assert client.post(reverse("meeting_correct", args=[signed.pk]), {"text": " "}).status_code == 422

    assert list(signed.corrections.values_list("text", "by")) == [
        ("地点应为 202 会议室。", world.li.pk), ("记录人应为许宣传。", world.li.pk),
    ]  # fmt: skip
    signed.refresh_from_db()
    assert signed.content == "原文"
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Correction.objects.update(text="抹去")


def test_a_stale_page_overwrites_nothing_and_loses_nothing(world, client, draft):
    client.force_login(world.xu)
    stale = written(draft, content="许宣传写的")
    actions.save_minutes(draft, by=world.li, version=1, content="李书记写的", topic="讨论第四季度工作")
    answer = client.post(reverse("meeting_save", args=[draft.pk]), stale)

    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.content == "李书记写的"
    assert [(one.name, one.typed, one.now) for one in answer.context["unsaved"]] == [
        ("会议内容", "许宣传写的", "李书记写的")
    ]
    form = answer.context["form"]
    assert (form["content"].value(), form["version"].value()) == ("许宣传写的", "2")
    assert client.post(reverse("meeting_save", args=[draft.pk]), stale | {"version": 2}).status_code == 302
    draft.refresh_from_db()
    assert (draft.content, draft.version) == ("许宣传写的", 3)


def test_what_was_typed_while_another_signed_is_shown(world, client, draft):
    client.force_login(world.xu)
    stale = written(draft, content="许宣传写的")
    draft = actions.save_minutes(draft, by=world.li, version=1, content="李书记写的", topic="讨论第四季度工作")
    actions.confirm_minutes(draft, by=world.li)
    answer = client.post(reverse("meeting_save", args=[draft.pk]), stale)

    assert answer.status_code == 409
    assert [(one.typed, one.now) for one in answer.context["unsaved"]] == [("许宣传写的", "李书记写的")]
    assert "许宣传写的" in answer.content.decode()


def test_a_dropped_draft_can_be_opened_again(world, client, item, draft):
    client.force_login(world.xu)
    client.post(reverse("meeting_drop", args=[draft.pk]))
    assert not Meeting.objects.exists()
    row, *_ = AuditEntry.objects.get(event="meeting.dropped").data["also"]
    assert (row["id"], row["changes"]["topic"]) == (draft.pk, [item.content, None])
    assert actions.open_meeting(item, by=world.xu).pk != draft.pk


def test_a_group_leader_writes_the_own_groups_meeting_only(world, client, day, item):
    group, other = make_group(world.first, "第一党小组"), make_group(world.first, "第二党小组")
    feng = make_leader(world, group)
    with pytest.raises(PermissionDenied):
        actions.open_meeting(item, by=feng)
    DayItem.objects.filter(pk=item.pk).update(subtype=GROUP)
    mine = actions.open_meeting(DayItem.objects.get(pk=item.pk), by=feng)
    assert (mine.types, mine.group, mine.group_name) == ({GROUP}, group, "第一党小组")

    client.force_login(feng)
    post = written(mine, types=[GROUP], group=group.pk, content="本组讨论")
    assert client.post(reverse("meeting_save", args=[mine.pk]), post).status_code == 302
    with pytest.raises(PermissionDenied):
        actions.set_types(mine, by=fresh(feng), types={GROUP, GENERAL}, group=group)
    for types, whose in (([GENERAL], ""), ([GROUP], other.pk)):
        post = written(mine, version=2, types=types, group=whose)
        assert client.post(reverse("meeting_save", args=[mine.pk]), post).status_code == 422
    theirs = make_meeting(day, GROUP, group=other, status="DRAFT")
    assert client.post(reverse("meeting_save", args=[theirs.pk]), written(theirs)).status_code == 403
    mine.refresh_from_db()
    assert (mine.types, mine.group, mine.version) == ({GROUP}, group, 2)


def test_a_group_of_another_branch_is_no_choice(world, client, draft):
    foreign = make_group(world.second, "第一党小组")
    client.force_login(world.li)
    post = written(draft, types=[GROUP], group=foreign.pk)
    assert client.post(reverse("meeting_save", args=[draft.pk]), post).status_code == 422
    with pytest.raises(PermissionDenied):
        actions.set_types(draft, by=world.li, types={GROUP}, group=foreign)


# who may do what from which state: everything that is not written here must fail
ALLOWED = {
    ("open", "NONE"): {"li", "chen", "xu"},
    ("save", "DRAFT"): {"li", "chen", "xu"},
    ("drop", "DRAFT"): {"li", "chen", "xu"},
    ("confirm", "DRAFT"): {"li"},
    ("correct", "CONFIRMED"): {"li"},
}
CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "sun", "qian", "wu", "zhou", "he")


@pytest.mark.parametrize("state", ["NONE", "DRAFT", "CONFIRMED"])
@pytest.mark.parametrize("action", ["open", "save", "confirm", "correct", "drop"])
def test_exactly_the_written_cells_succeed(world, client, day, state, action):
    succeeded = set()
    for name in CAST:
        with transaction.atomic():
            meeting = make_meeting(day, status=state) if state != "NONE" else None
            target = meeting.item if meeting else day.items.get(kind=ItemKind.MEETING)
            before = _everything()
            client.force_login(fresh(getattr(world, name)))
            if action == "open":
                client.post(reverse("meeting_open", args=[target.pk]))
            else:
                post = written(meeting, content="新写的", text="更正") if meeting else {"version": 1, "text": "更正"}
                client.post(reverse(f"meeting_{action}", args=[meeting.pk if meeting else 999_999]), post)
            if _everything() != before:
                succeeded.add(name)
            transaction.set_rollback(True)
    assert succeeded == ALLOWED.get((action, state), set())


def _everything():
    tables = (Meeting, MeetingKind, Correction)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_neighbours_do_not_learn_that_minutes_exist(world, client, day):
    theirs, mine = make_meeting(day), make_meeting(make_day(world.second))
    client.force_login(world.zhao)

    assert list(client.get(reverse("meetings")).context["page"]) == [mine]
    for name in ("meeting", "meeting_print"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
    for name in ("meeting_save", "meeting_confirm", "meeting_correct", "meeting_drop"):
        assert client.post(reverse(name, args=[theirs.pk]), written(theirs)).status_code == 404
    assert client.get(reverse("meeting_of_item", args=[theirs.item_id])).status_code == 404
    assert client.post(reverse("meeting_open", args=[theirs.item_id])).status_code == 404
    assert client.get(reverse("meetings"), {"day": day.pk}).status_code == 404
    assert list(client.get(reverse("meetings"), {"organization": world.first.pk}).context["page"]) == []


def test_an_event_planned_as_several_things_opens_as_all_of_them(world):
    """The plan says 党员大会 and 党课 in one line, and says so again nowhere else."""
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", planned_on=datetime.date(2026, 11, 20))
    plan.items.filter(kind="MEETING").update(also=["LESSON"])
    hold_day(plan.day, by=world.li, held_on=datetime.date(2026, 11, 20), starts_at=plan.starts_at, place=plan.place)
    item = plan.day.items.get(kind="MEETING")
    assert item.label == "三会一课 · 党员大会 · 党课"
    meeting = actions.open_meeting(item, by=world.li)
    assert sorted(meeting.kinds.values_list("type", flat=True)) == ["GENERAL", "LESSON"]
