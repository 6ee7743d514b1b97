"""三定一创 on a day's record: by its own button, while the record is open; the record goes in without it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import record_day
from activities.actions.marks import Overtaken, save_marks
from activities.marks import lines_of, stamp_of
from activities.models import DayMark, Dimension
from core.audit import AuditEntry
from core.workflow import StaleState
from supervision.models import Scheme
from tests.builders import NOVEMBER, make_day
from tests.pages import press
from tests.publicity_builders import make_mark


def number(name):
    return Dimension.objects.get(name=name).pk


def said(day):
    return [(row.dimension.name, row.mark, row.note) for row in day.marks.select_related("dimension")]


def seen(day):
    return stamp_of(day.marks.all())


def pages(day):
    return reverse("day_record", args=[day.pk]), reverse("marks_save", args=[day.pk])


@pytest.fixture
def day(world):
    return make_day(world.first, NOVEMBER)


@pytest.mark.parametrize("who", ["li", "xu"])
def test_whoever_writes_the_record_marks_what_there_is_to_say(world, client, day, who):
    client.force_login(getattr(world, who))
    first, third = number("定①"), number("定③")
    press(client, *pages(day), **{f"mark-{first}": "MET", f"mark-{third}": "PARTLY", f"note-{third}": "还差一次"})
    assert said(day) == [("定①", "MET", ""), ("定③", "PARTLY", "还差一次")]
    press(client, *pages(day), **{f"mark-{first}": "NONE", f"mark-{third}": "NOT_MET"})
    assert said(day) == [("定③", "NOT_MET", "还差一次")]
    assert [entry.by for entry in AuditEntry.objects.filter(event="day.marked")] == [getattr(world, who)] * 2


@pytest.mark.parametrize("who", ["wang", "zhou", "he", "zhao", "zheng"])
def test_nobody_else_does(world, day, who):
    with pytest.raises(PermissionDenied):
        save_marks(day, by=getattr(world, who), seen=seen(day), marks={number("创"): ("MET", "")})
    assert said(day) == []


def test_those_above_read_the_marks_and_neighbours_do_not(world, day):
    mark, theirs = make_mark(day), make_mark(make_day(world.second))
    cast = ["li", "wang", "zhou", "he", "zhao", "sun", "zheng"]
    found = {who for who in cast if mark in DayMark.objects.visible_to(getattr(world, who))}
    assert found == {"li", "wang", "zhou", "he"}
    assert theirs not in DayMark.objects.visible_to(world.li)


def test_once_the_record_is_in_the_marks_are_read_only(world, client, day):
    make_mark(day, "定②", "PARTLY", "差一点")
    day.items.update(outcome="DONE")
    type(day).objects.filter(pk=day.pk).update(summary="顺利完成")
    record_day(day, by=world.li)  # three dimensions are not marked: that keeps nobody from submitting

    with pytest.raises(StaleState):
        save_marks(day, by=world.li, seen=seen(day), marks={number("创"): ("MET", "")})

    client.force_login(world.li)
    shown = client.get(pages(day)[0])
    assert shown.context["marks"].form is None
    assert "差一点" in shown.content.decode()
    assert client.post(pages(day)[1], {"seen": seen(day)}).status_code == 403


def test_of_two_editors_the_second_is_told_and_keeps_what_was_chosen(world, client, day):
    stamp, one = seen(day), number("定①")
    save_marks(day, by=world.xu, seen=stamp, marks={one: ("MET", "许评的")})
    with pytest.raises(Overtaken):
        save_marks(day, by=world.li, seen=stamp, marks={one: ("NOT_MET", "")})

    client.force_login(world.li)
    answer = client.post(pages(day)[1], {"seen": stamp, f"mark-{one}": "NOT_MET", f"note-{one}": "李评的"})
    page = answer.content.decode()

    assert (answer.status_code, "李评的" in page, "许评的" in page) == (409, True, True)
    assert said(day) == [("定①", "MET", "许评的")]
    renewed = answer.context["marks"].form.data["seen"]
    assert client.post(pages(day)[1], {"seen": renewed, f"mark-{one}": "NOT_MET"}).status_code == 302
    assert said(day) == [("定①", "NOT_MET", "")]


def test_a_note_without_a_mark_is_asked_about(world, client, day):
    client.force_login(world.li)
    answer = client.post(pages(day)[1], {"seen": seen(day), f"note-{number('创')}": "只写了说明"})
    assert (answer.status_code, list(answer.context["marks"].form.errors)) == (422, [f"note-{number('创')}"])
    assert said(day) == []


def test_no_field_of_the_marks_has_the_id_of_one_of_the_record(world, client, day):
    client.force_login(world.li)
    page = client.get(pages(day)[0]).context
    ids = [[field.auto_id for field in form] for form in (page["form"], page["marks"].form)]
    assert (len(ids[1]), set(ids[0]) & set(ids[1])) == (1 + 2 * 4, set())


def test_htmx_gets_the_part_with_a_word_that_it_is_kept(world, client, day):
    client.force_login(world.li)
    answer = client.post(
        pages(day)[1], {"seen": seen(day), f"mark-{number('创')}": "MET"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, "评价已保存" in answer.content.decode()) == (200, True)


def test_without_dimensions_there_is_nothing_to_mark(world, client, day):
    Dimension.objects.all().delete()
    client.force_login(world.li)
    assert lines_of(day) == []
    assert 'id="marks"' not in client.get(pages(day)[0]).content.decode()


def test_a_dimension_is_marked_once_a_day_and_by_one_of_three_words(day):
    make_mark(day)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_mark(day)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_mark(day, "定②", "GOOD")


def test_a_scheme_can_take_it_as_an_indicator_and_the_shipped_one_does_not(world, client):
    scheme = Scheme.objects.get()
    client.force_login(world.zhou)
    form = client.get(reverse("scheme_edit", args=[scheme.pk])).content.decode()
    assert 'name="responsibility-used"' in form
    assert not scheme.lines.filter(metric="responsibility").exists()
