"""The record beyond outcomes: figures of service and education, results, problems, captions; all are typed once.

What nobody has saved yet is shown as done as planned, by all who came.
"""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from activities import actions
from activities.forms import RecordForm
from activities.models import ActivityDay, DayItem
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import make_day, make_meeting
from tests.record_builders import make_paper, make_photo

SERVICE, EDUCATION = "SERVICE", "EDUCATION"


def typed(day, **changes):
    """What the page would send of an untouched form."""
    form = RecordForm(day)
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in data.items() if value is not None} | changes


def item_of(day, kind):
    return day.items.get(kind=kind)


def test_an_untouched_record_needs_one_text(world, client):
    day = make_day(world.first, absent=1, on_leave=1)
    client.force_login(world.li)
    page = client.get(reverse("day_record", args=[day.pk]))
    assert [str(one.word) for one in page.context["missing"]] == ["主要内容及特色"]
    service = item_of(day, SERVICE)
    assert page.context["form"][f"helpers-{service.pk}"].value() == day.attendance.filter(status="PRESENT").count() == 7

    client.post(reverse("day_submit", args=[day.pk]), typed(day, summary="走访了三位离退休教师"))
    day.refresh_from_db()
    assert day.status == "RECORDED"
    assert [item.outcome for item in day.items.all()] == ["DONE"] * 4
    service.refresh_from_db()
    assert (service.helpers, service.beneficiaries, service.minutes, service.hours) == (7, None, 30, Decimal("3.5"))


def test_what_is_shown_is_stored_only_when_somebody_saves_it(world, client):
    day = make_day(world.first)
    client.force_login(world.wang)
    page = client.get(reverse("day_record", args=[day.pk])).content.decode()
    assert "已完成" not in page  # to a reader nothing is done yet
    assert {item.outcome for item in day.items.all()} == {""}


def test_what_was_saved_empty_stays_empty(world):
    day = make_day(world.first)
    service = item_of(day, SERVICE)
    outcomes = {service.pk: ("", "")}
    day = actions.save_record(
        day, by=world.li, version=1, summary="", outcomes=outcomes, figures={service.pk: {"helpers": None}}
    )
    form = RecordForm(day)
    assert (form[f"outcome-{service.pk}"].value(), form[f"helpers-{service.pk}"].value()) == ("", None)


def test_figures_and_texts_are_kept_and_told(world, client):
    day = make_day(world.first)
    service, education = item_of(day, SERVICE), item_of(day, EDUCATION)
    photo = make_photo(day, world.li)
    client.force_login(world.chen)
    client.post(
        reverse("day_save", args=[day.pk]),
        typed(day, summary="走访", results="解决两件事", problems="人手不够", **{
            f"helpers-{service.pk}": 6, f"beneficiaries-{service.pk}": 12, f"minutes-{service.pk}": 45,
            f"minutes-{education.pk}": 50, f"caption-{photo.pk}": "在社区",
        }),
    )  # fmt: skip
    for row in (day, service, education, photo):
        row.refresh_from_db()
    assert (day.results, day.problems, photo.caption, education.minutes) == ("解决两件事", "人手不够", "在社区", 50)
    assert (service.helpers, service.beneficiaries, service.hours) == (6, 12, Decimal("4.5"))
    changes = AuditEntry.objects.get(event="day.saved").data
    assert changes["changes"]["results"] == ["", "解决两件事"]
    assert "在社区" in str(changes) and "12" in str(changes)


@pytest.mark.parametrize(
    ("name", "value"), [("helpers", "-1"), ("beneficiaries", "100001"), ("minutes", "0"), ("minutes", "601")]
)
def test_a_figure_that_cannot_be_is_named(world, client, name, value):
    day = make_day(world.first)
    field = f"{name}-{item_of(day, SERVICE).pk}"
    client.force_login(world.li)
    answer = client.post(reverse("day_save", args=[day.pk]), typed(day, **{field: value}))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_a_length_that_was_cleared_stays_what_it_was(world, client):
    day = make_day(world.first)
    service = item_of(day, SERVICE)
    client.force_login(world.li)
    client.post(reverse("day_save", args=[day.pk]), typed(day, **{f"minutes-{service.pk}": ""}))
    assert item_of(day, SERVICE).minutes == 30


def test_only_the_figures_of_a_kind_are_asked(world):
    day = make_day(world.first)
    asked = {
        item.kind: [field.name.split("-")[0] for field in figures] for item, _, _, figures in RecordForm(day).lines
    }
    assert asked == {
        "DUES": [], "EDUCATION": ["minutes"], "MEETING": [], "SERVICE": ["beneficiaries", "helpers", "minutes"],
    }  # fmt: skip


def test_of_two_pages_the_second_sees_every_field_that_differs(world, client):
    day = make_day(world.first)
    service, photo = item_of(day, SERVICE), make_photo(day, world.li)
    mine = typed(day, results="许写的", **{f"helpers-{service.pk}": 3, f"caption-{photo.pk}": "许的说明"})
    client.force_login(world.li)
    client.post(reverse("day_save", args=[day.pk]), typed(day, results="李写的", **{f"caption-{photo.pk}": "李的说明"}))
    client.force_login(world.xu)
    answer = client.post(reverse("day_save", args=[day.pk]), mine)
    assert answer.status_code == 409
    assert [(one.name, one.typed, one.now) for one in answer.context["differences"]] == [
        ("成效", "许写的", "李写的"),
        ("校园志愿服务", "已完成 参加党员（人） 3 实际时长（分钟） 30", "已完成 参加党员（人） 9 实际时长（分钟） 30"),
        ("合影.jpg", "许的说明", "李的说明"),
    ]  # fmt: skip
    assert ActivityDay.objects.get().results == "李写的"
    again = mine | {"version": answer.context["form"]["version"].value()}
    assert client.post(reverse("day_save", args=[day.pk]), again).status_code == 302
    assert ActivityDay.objects.get().results == "许写的"


def test_what_is_not_whole_can_be_submitted_again_from_the_same_page(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    answer = client.post(reverse("day_submit", args=[day.pk]), typed(day))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["summary"])
    again = typed(day, summary="走访") | {"version": answer.context["form"]["version"].value()}
    assert client.post(reverse("day_submit", args=[day.pk]), again).status_code == 302
    assert ActivityDay.objects.get().status == "RECORDED"


def test_the_form_keeps_itself(world, client):
    day = make_day(world.first)
    address = reverse("day_autosave", args=[day.pk])
    client.force_login(world.li)
    old = typed(day, summary="写了一半")
    answer = client.post(address, old)
    assert (ActivityDay.objects.get().summary, answer.context["day"].version) == ("写了一半", 2)
    assert 'name="version" value="2"' in answer.content.decode()
    assert "别人刚保存过这份记录" in client.post(address, old).content.decode()
    service = item_of(day, SERVICE)
    assert "有 1 处要改" in client.post(address, old | {f"helpers-{service.pk}": "x"}).content.decode()
    client.force_login(world.wang)
    assert client.post(address, old | {"version": 2}).status_code == 403
    assert ActivityDay.objects.get().version == 2


def test_an_item_that_is_dropped_leaves_its_materials_to_the_day(world, client):
    day = make_day(world.first)
    item = actions.add_item(day, by=world.li, kind="EDUCATION", subtype="SPIRIT", content="临时学习", minutes=20)
    material = make_paper(day, world.li, "讲稿.pdf", item=item)
    photo = make_photo(day, world.li, item=item)
    actions.drop_item(item, by=world.li)
    for row in (material, photo):
        row.refresh_from_db()
    assert [(row.sort, row.item_id) for row in (material, photo)] == [("DOCUMENT", None), ("PHOTO", None)]


def test_an_item_with_minutes_keeps_its_materials(world):
    day = make_day(world.first)
    meeting = make_meeting(day, status="DRAFT")
    material = make_paper(day, world.li, item=meeting.item)
    with pytest.raises(StaleState), transaction.atomic():
        actions.drop_item(meeting.item, by=world.li)
    material.refresh_from_db()
    assert material.sort == "MATERIAL"


def test_the_database_keeps_the_rules_of_a_days_files(world):
    day = make_day(world.first)
    photo, paper = make_photo(day, world.li), make_paper(day, world.li)
    for row, changes in ((photo, {"thumb": None}), (paper, {"sort": "MATERIAL"}), (paper, {"sort": "PHOTO"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**changes)


def test_hours_are_helpers_times_minutes():
    assert DayItem(helpers=3, minutes=50).hours == Decimal("2.5")
    assert DayItem(helpers=0, minutes=50).hours == Decimal("0.0")
    assert DayItem(minutes=50).hours is None


def test_a_group_leader_cannot_write_the_record(world):
    day = make_day(world.first, held_on=datetime.date(2026, 11, 20))
    with pytest.raises(PermissionDenied):
        actions.save_record(day, by=world.zheng, version=1, summary="x", outcomes={})
