"""First's committee enters a make-up session for those who missed the 13th of November. 实到 is never changed by it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import actions, rosters
from activities.models import MakeUp
from branches.models import Office
from branches.reports.timeline import timeline_of
from core.audit import history_of
from core.documents import StoredFile
from tests.attendance_builders import make_make_up
from tests.builders import PDF, make_day, make_officer, make_person


@pytest.fixture
def day(world):
    return make_day(world.first, absent=1, on_leave=1)


@pytest.fixture
def missed(day):
    return list(day.attendance.filter(status__in=["ABSENT", "ON_LEAVE"]).order_by("pk"))


def typed(day, rows, **changes):
    facts = {"held_on": "2026-11-20", "place": "党员活动室", "minutes": 60, "content": "补学全会精神"}
    return facts | {"led_by": day.host_id, "attended": [row.pk for row in rows]} | changes


def add(client, day, rows, **changes):
    return client.post(reverse("make_up_add", args=[day.pk]), typed(day, rows, **changes))


def page(client, day):
    return client.get(reverse("day_attendance", args=[day.pk]))


def owing(client, day):
    return [row.person.name for row in page(client, day).context["owing"]]


def test_who_made_up_is_marked_and_the_others_are_named(world, client, day, missed):
    client.force_login(world.xu)
    assert owing(client, day) == [row.person.name for row in missed]
    assert add(client, day, missed[:1]).status_code == 302
    make_up = MakeUp.objects.get()
    assert (make_up.place, make_up.minutes, make_up.led_by) == ("党员活动室", 60, day.host)
    assert owing(client, day) == [missed[1].person.name]
    assert "已补课 11 月 20 日" in page(client, day).content.decode()
    assert [(step.event, step.note) for step in history_of(day)] == [
        ("make_up.arranged", f"11 月 20 日补课：{missed[0].person.name}")
    ]


@pytest.mark.parametrize("status", ["HELD", "RECORDED"])
def test_it_never_changes_who_was_there(world, client, day, missed, monday, status):
    type(day).objects.filter(pk=day.pk).update(status=status)
    before = rosters.roster(day)["counts"]
    monday.move_to("2027-03-01T10:00:00+08:00")  # also in later months
    client.force_login(world.li)
    add(client, day, missed, held_on="2027-02-26")
    assert MakeUp.objects.get().attended.count() == 2
    assert rosters.roster(day)["counts"] == before
    assert {row.status for row in day.attendance.filter(pk__in=[row.pk for row in missed])} == {"ABSENT", "ON_LEAVE"}


def test_only_for_who_was_expected_and_did_not_come(world, client, day, missed):
    present = day.attendance.filter(status="PRESENT").first()
    excluded = day.attendance.filter(status="PRESENT").last()
    actions.mark_attendance(excluded, by=world.li, status="NOT_COUNTED", reason="出国")
    theirs = make_day(world.second, absent=1).attendance.get(status="ABSENT")
    client.force_login(world.xu)
    for row in (present, excluded, theirs):
        assert add(client, day, [row]).status_code == 422
    assert not MakeUp.objects.exists()


def test_who_is_marked_as_present_meanwhile_is_left_out_by_the_lock(world, client, day, missed):
    stale = list(day.attendance.filter(pk=missed[0].pk))
    actions.mark_attendance(missed[0], by=world.li, status="PRESENT")
    values = {"held_on": day.held_on, "place": "会议室", "minutes": 30, "content": "补学", "led_by": day.host}
    with pytest.raises(PermissionDenied):
        actions.save_make_up(MakeUp(day=day), by=world.xu, values=values, attended=stale)
    assert not MakeUp.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("held_on", "2026-11-24", "补课日期还没有到，补完以后再登记。"),
        ("held_on", "2026-11-12", "补课在活动日之后，不早于 2026-11-13。"),
        ("minutes", 0, "时长在 1 到 600 分钟之间。"),
        ("attended", [], "请勾选参加补课的同志。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, client, day, missed, field, value, error):
    client.force_login(world.xu)
    answer = add(client, day, missed, **{field: value})
    assert (answer.status_code, answer.context["form"].errors) == (422, {field: [error]})
    assert not MakeUp.objects.exists()


def test_who_leads_it_is_a_member_of_the_branch(world, client, day, missed):
    stranger = make_person(world.second)
    client.force_login(world.xu)
    assert add(client, day, missed, led_by=stranger.pk).status_code == 422


def test_it_is_changed_and_deleted(world, client, day, missed):
    client.force_login(world.xu)
    add(client, day, missed)
    make_up = MakeUp.objects.get()
    changed = typed(day, missed[1:], place="201 室")
    assert client.post(reverse("make_up_edit", args=[make_up.pk]), changed).status_code == 302
    make_up.refresh_from_db()
    assert (make_up.place, [row.attendance for row in make_up.attended.all()]) == ("201 室", missed[1:])
    assert owing(client, day) == [missed[0].person.name]
    client.post(reverse("make_up_drop", args=[make_up.pk]))
    assert (MakeUp.objects.count(), len(owing(client, day))) == (0, 2)
    assert [step.event for step in history_of(day)] == ["make_up.arranged", "make_up.saved", "make_up.dropped"]


def test_its_documents_come_and_go_with_it(world, client, day, missed, django_capture_on_commit_callbacks):
    client.force_login(world.xu)
    files = [SimpleUploadedFile("签到表.pdf", PDF), SimpleUploadedFile("心得.txt", "体会".encode())]
    add(client, day, missed, attach=files)
    make_up = MakeUp.objects.get()
    first, second = make_up.files.select_related("file")
    answer = client.get(reverse("make_up_file", args=[make_up.pk, first.pk]))
    assert (b"".join(answer.streaming_content), answer["Content-Disposition"][:10]) == (PDF, "attachment")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("make_up_edit", args=[make_up.pk]), typed(day, missed, take_off=[first.pk]))
    assert ([str(row) for row in make_up.files.all()], default_storage.exists(first.file.path)) == (["心得.txt"], False)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("make_up_drop", args=[make_up.pk]))
    assert (StoredFile.objects.count(), default_storage.exists(second.file.path)) == (0, False)


def test_no_more_documents_than_are_kept(world, client, day, missed):
    client.force_login(world.xu)
    many = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(6)]
    assert add(client, day, missed, attach=many).status_code == 422
    assert add(client, day, missed, attach=[SimpleUploadedFile("a.exe", b"MZ")]).status_code == 422
    assert (MakeUp.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_documents_go_to_who_sees_the_day(world, client, day):
    make_up = make_make_up(day)
    codes = {}
    for who in ("li", "xu", "wang", "zhou", "he", "zhao", "zheng"):
        client.force_login(getattr(world, who))
        answer = client.get(reverse("make_up_file", args=[make_up.pk, make_up.files.get().pk]))
        codes[who] = answer.status_code
        if answer.streaming:
            answer.getvalue()  # read to its end, the file is closed
    assert codes == dict.fromkeys(("li", "xu", "wang", "zhou", "he"), 200) | {"zhao": 404, "zheng": 404}


@pytest.mark.parametrize(
    ("who", "code"), [("li", 302), ("chen", 302), ("xu", 302), ("ge", 403), ("wang", 403), ("zhao", 404)]
)
def test_whoever_records_arranges_it(world, client, day, missed, who, code):
    world.ge = make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    client.force_login(getattr(world, who))
    assert add(client, day, missed).status_code == code
    assert MakeUp.objects.count() == (code == 302)


def test_before_the_day_is_held_and_after_it_was_not_there_is_none(world, client, day, missed):
    client.force_login(world.li)
    for status, reason in (("PLANNED", ""), ("NOT_HELD", "实习")):
        type(day).objects.filter(pk=day.pk).update(status=status, not_held_reason=reason)
        assert add(client, day, missed).status_code == 403
    assert not MakeUp.objects.exists()


def test_it_stands_in_the_timeline_of_who_took_part(world, client, day, missed):
    make_make_up(day, missed[:1], content="补学全会精神")
    told = {}
    for row in missed:
        found = timeline_of(row.person, world.li, source="活动日")
        told[row.pk] = [entry.what for entry in found.entries]
    assert [["补课：补学全会精神" in what for what in told[row.pk]] for row in missed[:2]] == [[True], [False]]
