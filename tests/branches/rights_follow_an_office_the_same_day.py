"""An office opens its pages from its first day and closes them on its last, in every session, at the next click.

Li is secretary of First Branch, Zheng a plain member there; Wang of the general branch gives and takes its offices.
"""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from activities import filing
from branches import actions
from branches.access import RECORDERS, holds
from branches.models import Appointment, Group, Office, Organization, Person
from core.accounts import User
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.workflow import StaleState
from tests.builders import World, fresh, make_group, make_person, make_plan

TODAY = datetime.date(2026, 11, 23)
TOMORROW = datetime.date(2026, 11, 24)


def appoint(world, person, office=Office.DEPUTY_SECRETARY, starts_on=TODAY, **fields):
    return actions.appoint(
        world.first, by=world.wang, person=person, office=office, starts_on=starts_on, **fields
    )  # fmt: skip


def of(user):
    return Appointment.objects.get(person__user=user)


def test_an_ended_office_loses_its_pages_on_the_next_click_in_every_session(world: World, client):
    plan = make_plan(world.first, status="SUBMITTED")
    phone = Client()
    for one in (client, phone):
        one.force_login(world.li)
        assert one.get(plan.get_absolute_url()).status_code == 200

    page = Client()
    page.force_login(world.wang)
    end = reverse("appointment_end", args=[of(world.li).pk])
    assert "自今日起不再担任" in page.get(end).content.decode()
    answer = page.post(end, {"ends_on": "2026-11-23", "reason": "工作调动"})
    assert answer.url == reverse("offices_of", args=[world.first.pk])

    for one in (client, phone):
        assert one.get(plan.get_absolute_url()).status_code == 404
        assert one.get(world.first.get_absolute_url()).status_code == 404
        assert one.get(reverse("me")).status_code == 200
    assert [(row.title, row.url) for row in Notice.objects.visible_to(world.li)] == [
        ("您自 2026-11-23 起不再担任文学院第一党支部书记", reverse("me"))
    ]


def test_an_end_on_a_later_day_takes_nothing_before(world, client):
    plan = make_plan(world.first, status="SUBMITTED")
    actions.end_appointment(of(world.li), by=world.wang, ends_on=TOMORROW, reason="退休")
    client.force_login(world.li)
    assert client.get(plan.get_absolute_url()).status_code == 200
    with time_machine.travel("2026-11-24T00:00:01+08:00", tick=False):
        client.force_login(fresh(world.li))
        assert client.get(plan.get_absolute_url()).status_code == 404


def test_an_appointment_of_tomorrow_gives_nothing_today_and_everything_tomorrow(world, client):
    plan = make_plan(world.first, status="SUBMITTED")
    appoint(world, world.zheng.person, starts_on=TOMORROW)
    client.force_login(world.zheng)
    assert client.get(plan.get_absolute_url()).status_code == 404
    with time_machine.travel("2026-11-24T00:00:01+08:00", tick=False):
        client.force_login(fresh(world.zheng))
        assert client.get(plan.get_absolute_url()).status_code == 200
        assert holds(fresh(world.zheng), world.first, {"DEPUTY_SECRETARY"})


def test_an_office_opens_its_pages_in_a_session_that_was_open_before(world, client):
    plan = make_plan(world.first, status="SUBMITTED")
    client.force_login(world.zheng)
    assert client.get(plan.get_absolute_url()).status_code == 404
    appoint(world, world.zheng.person)
    assert client.get(plan.get_absolute_url()).status_code == 200


def test_who_acts_has_the_same_rights(world):
    actions.end_appointment(of(world.li), by=world.wang, ends_on=TODAY, reason="调离")
    appoint(world, world.zheng.person, Office.SECRETARY, is_acting=True)
    assert filing.submit_plan(make_plan(world.first), by=fresh(world.zheng)).status == "SUBMITTED"


def refused(error, act, *args, **kwargs):
    with pytest.raises(error) as caught:
        act(*args, **kwargs)
    return str(caught.value)


def test_there_is_one_secretary_at_a_time(world):
    heir, other = make_person(world.first, "新书记"), make_person(world.first, "另一位")
    sentence = "文学院第一党支部已有书记李书记（2024-01-01 起），请先免职，再任命新的书记。"
    assert refused(StaleState, appoint, world, heir, Office.SECRETARY) == sentence
    assert refused(StaleState, appoint, world, heir, Office.SECRETARY, is_acting=True) == sentence

    actions.end_appointment(of(world.li), by=world.wang, ends_on=TOMORROW, reason="退休")
    assert refused(StaleState, appoint, world, heir, Office.SECRETARY) == sentence
    appoint(world, heir, Office.SECRETARY, starts_on=TOMORROW)
    assert refused(StaleState, appoint, world, other, Office.SECRETARY, starts_on=TOMORROW).startswith(
        "文学院第一党支部已有书记新书记"
    )
    later = {"ends_on": datetime.date(2026, 12, 1), "reason": "推迟"}
    assert "已有书记新书记" in refused(StaleState, actions.end_appointment, of(world.li), by=world.wang, **later)


def test_a_secretary_who_left_the_register_leaves_the_seat_free(world):
    Person.objects.filter(user=world.li).update(left_on=TODAY)
    heir = make_person(world.first, "新书记")
    assert appoint(world, heir, Office.SECRETARY).office == "SECRETARY"


def test_deputies_are_as_many_as_are_needed_but_nobody_twice(world):
    one, two = make_person(world.first, "甲"), make_person(world.first, "乙")
    appoint(world, one)
    appoint(world, two)
    said = "甲已经是文学院第一党支部副书记（2026-11-23 起），不用再任命。"
    assert refused(StaleState, appoint, world, one) == said
    assert refused(StaleState, appoint, world, one, starts_on=TOMORROW) == said


def test_days_are_days_on_which_it_can_have_been(world):
    Organization.objects.filter(pk=world.first.pk).update(founded_on=datetime.date(2020, 1, 1))
    person = make_person(world.first, "甲")
    early = refused(PermissionDenied, appoint, world, person, starts_on=datetime.date(2019, 12, 31))
    assert early == "文学院第一党支部 2020-01-01 成立，任职日期不能早于这一天。"
    far = refused(PermissionDenied, appoint, world, person, starts_on=datetime.date(2062, 11, 23))
    assert far == "任职日期在一年以后，请核对年份。"
    row = appoint(world, person, starts_on=datetime.date(2020, 1, 1))
    end = {"by": world.wang, "reason": "调离"}
    before = refused(
        PermissionDenied, actions.end_appointment, row, ends_on=datetime.date(2019, 12, 31), **end
    )  # fmt: skip
    assert before == "免职日期不能早于任职日期 2020-01-01。"
    assert actions.end_appointment(row, ends_on=datetime.date(2026, 10, 1), **end).is_over
    again = refused(StaleState, actions.end_appointment, row, ends_on=TODAY, **end)
    assert again == "甲已于 2026-10-01 起不再担任文学院第一党支部副书记，不用再办。"


def test_a_branch_is_served_by_its_own_but_a_secretary_may_be_sent(world):
    own, near, far = (make_person(branch, "某某") for branch in (world.first, world.second, world.other))
    assert refused(PermissionDenied, appoint, world, near, Office.MEMBER) == (
        "某某不是文学院第一党支部的党员，委员要由本支部党员担任。"
    )
    assert refused(PermissionDenied, appoint, world, far) == "某某不在文学院党总支，不能在文学院第一党支部任职。"
    assert {appoint(world, near).person, appoint(world, own, Office.MEMBER).person} == {near, own}


@pytest.mark.parametrize("gone", ["left", "closed"])
def test_nobody_who_left_and_nothing_that_is_closed(world, gone):
    person = make_person(world.first, "甲")
    if gone == "left":
        Person.objects.filter(pk=person.pk).update(left_on=TODAY)
    else:
        Organization.objects.filter(pk=world.first.pk).update(closed_on=TODAY)
    words = {"left": "甲已经不在名册里，不能任职。", "closed": "这个党组织已经撤销，不再任命。"}
    assert refused(PermissionDenied, appoint, world, person) == words[gone]


def test_a_group_leader_leads_a_group_of_the_branch(world):
    person, foreign = make_person(world.first), make_group(world.second, "第一党小组")
    mine = make_group(world.first, "第一党小组")
    new = {"by": world.li, "person": person, "office": "GROUP_LEADER", "starts_on": TODAY}
    gone = make_group(world.first, "撤销的小组")
    Group.objects.filter(pk=gone.pk).update(closed_on=TODAY)
    gone.refresh_from_db()
    for group in (None, foreign, gone):
        assert "请选本支部的党小组" in refused(PermissionDenied, actions.appoint, world.first, group=group, **new)
    assert actions.appoint(world.first, group=mine, **new).group == mine
    assert (
        actions.appoint(world.first, by=world.wang, person=person, office="MEMBER", starts_on=TODAY, group=mine).group
        is None
    )


def test_an_officer_gets_an_account_that_is_still_to_be_activated(world, client):
    person = make_person(world.first, "新人")
    client.force_login(world.wang)
    data = {"office": "MEMBER", "person": person.pk, "starts_on": "2026-11-23"}
    answer = client.post(reverse("office_appoint", args=[world.first.pk]), data, follow=True)

    person.refresh_from_db()
    assert (person.user.username, person.user.has_usable_password()) == (person.staff_number, False)
    assert [str(message) for message in answer.context["messages"]] == [
        "新人自 2026-11-23 起任文学院第一党支部委员，现在就能办理这个职务的事。"
        "新人还没有登录密码：请打开新人的人员页面，按“账号”发激活码。"
    ]
    assert [row.title for row in Notice.objects.visible_to(person.user)] == ["您自 2026-11-23 起任文学院第一党支部委员"]


def test_an_account_that_may_be_somebody_elses_is_not_taken(world):
    person = make_person(world.first, "新人")
    User.objects.filter(pk=world.zheng.pk).update(username=person.staff_number)
    appoint(world, person)
    person.refresh_from_db()
    assert person.user is None


def test_what_an_office_changes_stands_in_the_log_with_its_place(world):
    row = actions.end_appointment(of(world.li), by=world.wang, ends_on=TODAY, reason="调离")
    entry = history_of(row).get()
    assert (entry.organization_id, entry.by, entry.note) == (
        world.first.pk, world.wang, "李书记 文学院第一党支部书记，2026-11-23 起：调离",
    )  # fmt: skip
    assert entry.data["changes"] == {"ends_on": [None, "2026-11-23"]}


def test_a_correction_mends_the_entry_and_keeps_its_trace(world):
    row = of(world.li)
    values = {"starts_on": datetime.date(2023, 9, 1), "title": "第一书记", "is_acting": True}
    row = actions.correct_appointment(row, by=world.wang, reason="导入时填错", **values)
    assert (row.starts_on, row.label, row.is_acting) == (datetime.date(2023, 9, 1), "第一书记", True)
    assert [(entry.word, entry.by, entry.note) for entry in history_of(row)] == [
        ("更正任职", world.wang, "李书记 文学院第一党支部第一书记：导入时填错")
    ]
    late = values | {"starts_on": TOMORROW}
    assert "不能改到今天以后" in refused(
        PermissionDenied, actions.correct_appointment, row, by=world.wang, reason="x", **late
    )


def test_a_correction_does_not_make_two_secretaries(world):
    row = of(world.li)
    former = Appointment.objects.create(
        person=make_person(world.first, "前任"), organization=world.first, office="SECRETARY",
        starts_on=datetime.date(2020, 1, 1), ends_on=datetime.date(2024, 1, 1),
    )  # fmt: skip
    values = {"starts_on": datetime.date(2023, 12, 31), "title": "", "is_acting": False, "reason": "x"}
    assert "已有书记前任" in refused(StaleState, actions.correct_appointment, row, by=world.wang, **values)
    assert former.ends_on == row.starts_on


def test_what_an_import_wrote_at_the_same_moment_is_said_not_thrown(world, monkeypatch):
    """Whoever slips past the check meets the database's own: a message, not an error 500."""
    person = make_person(world.first, "甲")
    appoint(world, person)
    monkeypatch.setattr("branches.rules.offices.is_free", lambda *args, **kwargs: True)
    before = AuditEntry.objects.count()
    assert refused(StaleState, appoint, world, person).startswith("刚刚有人登记了同样的任职")
    assert AuditEntry.objects.count() == before


def test_former_officers_are_told_nothing_more(world):
    actions.end_appointment(of(world.li), by=world.wang, ends_on=TODAY, reason="调离")
    assert not Appointment.objects.filling(RECORDERS, [world.first]).filter(person__user=world.li).exists()
