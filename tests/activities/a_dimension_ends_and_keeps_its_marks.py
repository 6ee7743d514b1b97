"""三定一创: the department names its dimensions, from a month on, until a month; whatever was marked stays.

It is 23 November 2026. The four of the installation hold since January 2017.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from activities.actions.dimensions import (
    NameTaken,
    add_dimension,
    drop_dimension,
    end_dimension,
    raise_dimension,
    resume_dimension,
    save_dimension,
)
from activities.marks import lines_of
from activities.models import Dimension
from activities.rules.dimensions import first_end
from core.audit import AuditEntry
from core.periods import Month
from core.workflow import StaleState
from tests.builders import NOVEMBER, OCTOBER, make_day
from tests.pages import press
from tests.publicity_builders import make_mark

DECEMBER, JANUARY = NOVEMBER + 1, NOVEMBER + 2


def named(name):
    return Dimension.objects.get(name=name)


def names(**which):
    return [row.name for row in Dimension.objects.filter(**which)]


def test_the_four_come_with_the_site_and_nobody_explains_them(world):
    assert [(row.name, row.text, row.ended_from) for row in Dimension.objects.all()] == [
        ("定①", "", None), ("定②", "", None), ("定③", "", None), ("创", "", None),
    ]  # fmt: skip


def test_every_office_reads_them_and_the_department_alone_sets_them(world):
    seen = {who for who in ("li", "wang", "zhou", "he", "zheng") if names_seen(getattr(world, who))}
    assert seen == {"li", "wang", "zhou", "he"}
    row, acts = named("创"), (raise_dimension, drop_dimension, resume_dimension)
    for who in (world.li, world.wang, world.he, world.zheng):
        for act in acts:
            with pytest.raises(PermissionDenied):
                act(row, by=who)
        with pytest.raises(PermissionDenied):
            add_dimension(by=who, name="新", effective_from=DECEMBER)
        with pytest.raises(PermissionDenied):
            save_dimension(row, by=who, version=1, name="新", text="")
        with pytest.raises(PermissionDenied):
            end_dimension(row, by=who, ended_from=DECEMBER)
    assert names() == ["定①", "定②", "定③", "创"]


def names_seen(user):
    return list(Dimension.objects.visible_to(user))


def test_one_is_added_last_from_a_month_that_is_not_over(world):
    with pytest.raises(PermissionDenied):
        add_dimension(by=world.zhou, name="新", effective_from=OCTOBER)
    add_dimension(by=world.zhou, name="新", effective_from=NOVEMBER, text="组织部的说明")
    assert names() == ["定①", "定②", "定③", "创", "新"]
    assert [row.name for row in Dimension.objects.in_force(OCTOBER)] == ["定①", "定②", "定③", "创"]
    assert named("新") in Dimension.objects.in_force(NOVEMBER)


def test_no_two_that_run_have_one_name(world):
    with pytest.raises(NameTaken):
        add_dimension(by=world.zhou, name="创", effective_from=DECEMBER)
    with pytest.raises(NameTaken):
        save_dimension(named("定①"), by=world.zhou, version=1, name="创", text="")
    end_dimension(named("创"), by=world.zhou, ended_from=DECEMBER)
    again = add_dimension(by=world.zhou, name="创", effective_from=DECEMBER)
    with pytest.raises(NameTaken):
        resume_dimension(Dimension.objects.exclude(pk=again.pk).get(name="创"), by=world.zhou)


def test_no_two_of_one_name_share_a_month(world, client):
    end_dimension(named("创"), by=world.zhou, ended_from=JANUARY)
    client.force_login(world.zhou)
    answer = client.post(reverse("dimension_add"), {"name": "创", "effective_from": "2026-12"})
    assert (answer.status_code, answer.context["form"].errors["name"]) == (
        422, [f"已有名为“创”的维度（{JANUARY.label}起停用），同一个月里不能有两个同名的，请换一个名称。"],
    )  # fmt: skip
    with pytest.raises(NameTaken):
        save_dimension(named("定①"), by=world.zhou, version=1, name="创", text="")
    end_dimension(named("定②"), by=world.zhou, ended_from=DECEMBER)
    with pytest.raises(NameTaken):  # both end, and both held until November
        save_dimension(named("定②"), by=world.zhou, version=1, name="创", text="")
    again = add_dimension(by=world.zhou, name="创", effective_from=JANUARY)
    save_dimension(again, by=world.zhou, version=1, name="创", text="从一月起的说明")
    end_dimension(again, by=world.zhou, ended_from=JANUARY.next)
    assert names(name="创") == ["创", "创"]


def test_the_one_who_was_overtaken_writes_nothing(world):
    save_dimension(named("定①"), by=world.zhou, version=1, name="定甲", text="说明")
    with pytest.raises(StaleState):
        save_dimension(named("定甲"), by=world.zhou, version=1, name="定乙", text="")
    assert (named("定甲").text, named("定甲").version) == ("说明", 2)


def test_they_are_moved_up_one_by_one(world):
    raise_dimension(named("创"), by=world.zhou)
    assert names() == ["定①", "定②", "创", "定③"]
    raise_dimension(named("定①"), by=world.zhou)
    assert names() == ["定①", "定②", "创", "定③"]


def test_an_ended_one_keeps_its_marks_and_takes_no_more(world, client):
    october, november = make_day(world.first, OCTOBER), make_day(world.first, NOVEMBER)
    mark = make_mark(october, "创", note="十月")
    end_dimension(named("创"), by=world.zhou, ended_from=NOVEMBER)

    client.force_login(world.li)
    lines = {
        day.month: [(line.dimension.name, line.mark) for line in client.get(address(day)).context["marks"].lines]
        for day in (october, november)
    }

    assert lines[OCTOBER][-1] == ("创", mark)
    assert [name for name, _ in lines[NOVEMBER]] == ["定①", "定②", "定③"]


def test_what_was_marked_while_it_ended_stays_to_be_read(world):
    october = make_day(world.first, OCTOBER)
    mark = make_mark(october, "创")
    Dimension.objects.filter(name="创").update(ended_from=OCTOBER)
    assert [line.mark for line in lines_of(october)] == [None, None, None, mark]


def address(day):
    return reverse("day_record", args=[day.pk])


def test_it_ends_with_a_month_that_is_not_over_and_in_which_nobody_marked_it(world):
    row = named("定①")
    assert first_end(row) == NOVEMBER
    make_mark(make_day(world.first, NOVEMBER), "定①")
    assert first_end(row) == DECEMBER
    for month in (OCTOBER, NOVEMBER):
        with pytest.raises(PermissionDenied):
            end_dimension(row, by=world.zhou, ended_from=month)
    assert end_dimension(row, by=world.zhou, ended_from=DECEMBER).ended_from == DECEMBER
    with pytest.raises(PermissionDenied):
        end_dimension(row, by=world.zhou, ended_from=JANUARY)
    assert first_end(add_dimension(by=world.zhou, name="新", effective_from=JANUARY)) == JANUARY.next


def test_an_ending_is_taken_back_until_its_month_has_come(world, monday):
    row = end_dimension(named("定①"), by=world.zhou, ended_from=DECEMBER)
    resume_dimension(row, by=world.zhou)
    assert named("定①").ended_from is None
    end_dimension(named("定①"), by=world.zhou, ended_from=DECEMBER)
    monday.move_to(datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC))
    with pytest.raises(PermissionDenied):
        resume_dimension(named("定①"), by=world.zhou)


def test_what_was_marked_is_never_deleted(world):
    make_mark(make_day(world.first, OCTOBER), "定①")
    with pytest.raises(PermissionDenied):
        drop_dimension(named("定①"), by=world.zhou)
    with pytest.raises(ProtectedError):
        named("定①").delete()
    drop_dimension(named("定②"), by=world.zhou)
    assert names() == ["定①", "定③", "创"]


@pytest.mark.parametrize("fields", [{"ended_from": Month(2017, 1)}, {"name": ""}, {"name": "定②"}])
def test_the_database_keeps_what_must_never_be_false(world, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Dimension.objects.filter(name="定①").update(**fields)


def test_the_page_does_all_of_it_and_keeps_who_did(world, client):
    client.force_login(world.zhou)
    page = reverse("dimensions")
    press(client, page, reverse("dimension_add"), name="新", effective_from="2026-12", text="")
    one = named("新")
    press(client, page, reverse("dimension_raise", args=[one.pk]))
    press(client, one.get_absolute_url(), reverse("dimension_save", args=[one.pk]), text="组织部写的说明")
    press(client, one.get_absolute_url(), reverse("dimension_end", args=[one.pk]), ended_from="2027-01")
    press(client, one.get_absolute_url(), reverse("dimension_resume", args=[one.pk]))
    assert (names(), named("新").text) == (["定①", "定②", "定③", "新", "创"], "组织部写的说明")
    words = [entry.word for entry in client.get(one.get_absolute_url()).context["history"]]
    assert words == [f"{act}三定一创维度" for act in ("增加", "上移", "修改", "停用", "撤销停用")]
    press(client, one.get_absolute_url(), reverse("dimension_drop", args=[one.pk]))
    assert names() == ["定①", "定②", "定③", "创"]
    assert AuditEntry.objects.filter(event="dimension.dropped", by=world.zhou).count() == 1


def test_a_refused_name_leads_on_from_the_same_page(world, client):
    client.force_login(world.zhou)
    answer = client.post(reverse("dimension_add"), {"name": "创", "effective_from": "2026-12"})
    assert (answer.status_code, "已有名为“创”的维度" in answer.content.decode()) == (422, True)
    assert f'href="{reverse("settings_home")}"' in answer.content.decode()
