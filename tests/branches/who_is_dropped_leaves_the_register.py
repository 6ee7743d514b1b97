"""不再列为培养对象: the person leaves the register that day, and comes back by taking the step back alone.

Li leads First Branch, Zhao Second; Wang answers for both, Zhou is the department.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from branches import actions
from branches.models import Person
from tests.branches.standings import change, someone, state, typed

D = datetime.date


def test_who_is_no_longer_developed_leaves_the_register_that_day(world, client):
    person = change(someone(world.first, "ACTIVIST"), world.li, "DROPPED", changed_on=D(2026, 11, 20))
    assert (person.left_on, person.standing) == (D(2026, 11, 20), "ACTIVIST")
    assert [(row.kind, row.status, row.moved_on) for row in person.transfers.all()] == [
        ("DROPPED", "ACCEPTED", D(2026, 11, 20))
    ]
    homes = [Person.objects.with_home(day).get(pk=person.pk).home for day in (D(2026, 11, 19), D(2026, 11, 20))]
    assert homes == [world.first.pk, None]
    for kind in ("PROSPECT", "DROPPED"):
        with pytest.raises(PermissionDenied, match="已经离开名册"):
            change(person, world.zhou, kind)


def test_who_was_dropped_comes_back_by_the_standing_and_not_by_the_move(world, client):
    """One mistake has one way back: the move alone would leave the step, which could then be taken back once more."""
    person = change(someone(world.first, "ACTIVIST"), world.li, "DROPPED", changed_on=D(2026, 11, 20))
    move = person.transfers.get()
    before = state(person)
    client.force_login(world.wang)

    page = client.get(move.get_absolute_url())
    assert (bool(page.context["page"].undo), page.context["page"].undo.why) == (
        False, "这是随“不再列为培养对象”一起登记的，请在本人的“类别变动”里撤回，类别和名册一起恢复。",
    )  # fmt: skip
    assert f'href="{reverse("standing_change", args=[person.pk])}"' in page.content.decode()
    assert client.post(reverse("transfer_undo", args=[move.pk]), {"reason": "登记错了"}).status_code == 403
    assert state(person) == before

    assert client.post(reverse("standing_undo", args=[person.pk]), {"note": "登记错了"}).status_code == 302
    person.refresh_from_db()
    assert (person.left_on, [row.status for row in person.transfers.all()]) == (None, ["WITHDRAWN"])
    homes = [Person.objects.with_home(D(2026, 11, day)).get(pk=person.pk).home for day in (19, 21)]
    assert homes == [world.first.pk, world.first.pk]


def test_who_came_back_since_keeps_the_step_and_the_past(world):
    """Taking it back would leave a return from nowhere: the register would forget where the person was before."""
    person = change(someone(world.first, "ACTIVIST"), world.li, "DROPPED", changed_on=D(2026, 11, 10))
    actions.admit_person(
        world.second, by=world.zhou, staff_number=person.staff_number, name=person.name, moved_on=D(2026, 11, 20)
    )
    before = state(person)

    with pytest.raises(PermissionDenied, match="组织关系又有变动"):
        actions.undo_standing(person, by=world.zhou, note="登记错了")

    assert state(person) == before
    homes = [Person.objects.with_home(D(2026, 11, day)).get(pk=person.pk).home for day in (9, 10, 20)]
    assert homes == [world.first.pk, None, world.second.pk]


def test_nobody_is_dropped_before_they_came(world, client):
    """A leaving before the last move would lead the days before it to the branch that came after."""
    person = someone(world.first, "ACTIVIST")
    actions.move_many({person: world.second}, by=world.zhou, moved_on=D(2026, 11, 20))
    before = state(person)
    client.force_login(world.zhao)
    sent = typed("DROPPED", changed_on="2026-11-19")

    page = client.post(reverse("standing_change", args=[person.pk]), sent)

    (form,) = [form for offer, form in page.context["offers"] if offer.kind == "DROPPED"]
    assert form.errors == {"changed_on": ["最近一次组织关系变动是 2026 年 11 月 20 日，不能在那以前离开名册。"]}
    with pytest.raises(PermissionDenied, match="不能在那以前离开名册"):
        change(person, world.zhao, "DROPPED", changed_on=D(2026, 11, 19))
    assert state(person) == before
    assert change(person, world.zhao, "DROPPED", changed_on=D(2026, 11, 20)).left_on == D(2026, 11, 20)
