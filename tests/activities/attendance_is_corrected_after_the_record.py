"""Li corrects who was there after the record went in, with a reason that everybody above reads in the day's history."""

import pytest
from django.urls import reverse

from activities import rosters
from branches.models import Office
from core.audit import history_of
from meetings.roster import roster_of
from supervision.actions import compute_assessment, publish_assessment
from supervision.models import Result, ResultLine
from tests.attendance_builders import make_make_up
from tests.builders import OCTOBER, make_day, make_meeting, make_officer


@pytest.fixture
def row(world):
    """Somebody whom October's record has as absent."""
    return make_day(world.first, OCTOBER, status="RECORDED", absent=1).attendance.get(status="ABSENT")


def correct(client, row, **typed):
    typed = {"mark": "ON_LEAVE:病假", "why": "假条补交"} | typed
    return client.post(reverse("attendance_correct", args=[row.pk]), typed)


def now(row):
    row.refresh_from_db()
    return row.status, row.reason


def test_the_correction_stands_in_the_days_history_with_before_after_and_why(world, client, row):
    client.force_login(world.li)
    for _ in range(2):  # the second changes nothing, and leaves no line
        assert correct(client, row).status_code == 302
    assert now(row) == ("ON_LEAVE", "病假")
    step = history_of(row.day).get()
    assert (step.event, step.by, step.note) == (
        "attendance.corrected", world.li, f"{row.person}由缺席改为请假（病假），假条补交",
    )  # fmt: skip
    assert (step.data["before"], step.data["after"], step.data["why"]) == ("ABSENT", "ON_LEAVE", "假条补交")
    counts = rosters.roster(row.day)["counts"]
    assert (counts["expected"], counts["present"], counts["on_leave"], counts["absent"]) == (9, 8, 1, 0)
    for above in (world.wang, world.zhou):
        client.force_login(above)
        page = client.get(row.day.get_absolute_url()).content.decode()
        assert ("更正到会" in page, "由缺席改为请假（病假），假条补交" in page) == (True, True)


@pytest.mark.parametrize(
    ("why", "typed"), [("更正要写明原因。", {"why": " "}), ("请选到会、缺席、请假或不计。", {"mark": ""})]
)
def test_without_a_reason_or_a_case_nothing_is_corrected(world, client, row, why, typed):
    client.force_login(world.li)
    answer = correct(client, row, opened=row.pk, **typed)
    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert (now(row), history_of(row.day).count()) == (("ABSENT", ""), 0)


def test_it_is_the_secretarys_and_the_deputys(world, client, row):
    world.deng = make_officer(world.first, Office.DEPUTY_SECRETARY, "邓副书记")
    codes = {}
    for who in ("li", "deng", "chen", "xu", "wang", "zhou", "he", "zhao", "zheng"):
        client.force_login(getattr(world, who))
        codes[who] = correct(client, row).status_code
    assert codes == {"li": 302, "deng": 302} | dict.fromkeys(("chen", "xu", "wang", "zhou", "he"), 403) | {
        "zhao": 404, "zheng": 404,
    }  # fmt: skip


@pytest.mark.parametrize("status", ["HELD", "NOT_HELD"])
def test_only_what_was_recorded_is_corrected(world, client, row, status):
    reason = "全院实习" if status == "NOT_HELD" else ""
    type(row.day).objects.filter(pk=row.day_id).update(status=status, not_held_reason=reason)
    client.force_login(world.li)
    correct(client, row)
    assert (now(row), history_of(row.day).count()) == (("ABSENT", ""), 0)


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("RECORDED", {"li": (True, False), "chen": (False, False), "wang": (False, False)}),
        ("HELD", {"li": (False, True), "chen": (False, True), "wang": (False, False)}),
    ],
)
def test_the_page_asks_why_of_the_secretary_alone_once_it_is_recorded(world, client, row, status, offered):
    type(row.day).objects.filter(pk=row.day_id).update(status=status)
    shown = {}
    for who in offered:
        client.force_login(getattr(world, who))
        page = client.get(reverse("day_attendance", args=[row.day_id]), {"edit": row.pk}).content.decode()
        shown[who] = ("更正原因" in page, reverse("attendance_mark", args=[row.pk]) in page)
    assert shown == offered


def test_what_was_published_and_what_was_signed_stay_as_they_were(world, client, row):
    meeting = make_meeting(row.day, by=world.li)
    publish_assessment(compute_assessment(OCTOBER), by=world.zhou)
    signed = roster_of(meeting)
    kept = [list(model.objects.order_by("pk").values()) for model in (Result, ResultLine)]
    client.force_login(world.li)
    correct(client, row)

    meeting.refresh_from_db()
    assert now(row) == ("ON_LEAVE", "病假")
    assert roster_of(meeting) == signed
    assert [list(model.objects.order_by("pk").values()) for model in (Result, ResultLine)] == kept
    assert (signed.absent.total, rosters.roster(row.day)["counts"]["absent"]) == (1, 0)


def test_who_has_made_up_for_the_day_is_not_corrected_to_present_by_the_way(world, client, row):
    make_up = make_make_up(row.day)
    client.force_login(world.li)
    answer = client.post(
        reverse("attendance_correct", args=[row.pk]), {"mark": "PRESENT", "why": "记错了"}, follow=True
    )
    assert "已登记补课，没有改" in answer.content.decode()
    assert now(row) == ("ABSENT", "")
    correct(client, row)
    assert now(row) == ("ON_LEAVE", "病假")
    make_up.attended.all().delete()
    correct(client, row, mark="PRESENT", why="记错了")
    assert now(row) == ("PRESENT", "")
