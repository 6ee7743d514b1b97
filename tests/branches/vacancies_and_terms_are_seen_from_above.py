"""任职与换届: what is vacant, over or soon over, the most urgent first; and the history of one organization's offices.

Wang leads the general branch with First and Second Branch, Zhou sits in the department. It is 23 November 2026.
"""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from branches import actions
from branches.models import Appointment, Organization, Person
from branches.reports.terms import CONDITIONS, term_rows
from core.audit import AuditEntry
from tests.builders import World, fresh, make_branch, make_person

TODAY = datetime.date(2026, 11, 23)
FAR = datetime.date(2028, 1, 1)
MATTERS = ("vacant", "lacking", "ended", "ending", "unset")


@pytest.fixture
def settled(world: World):
    """Every term runs on, every branch of seven and more has its three; then each test spoils something."""
    Organization.objects.update(term_ends_on=FAR)
    actions.appoint(
        world.history, by=world.zhou, person=make_person(world.other), office="SECRETARY", starts_on=TODAY
    )  # fmt: skip
    return world


def vacate(user):
    Appointment.objects.filter(person__user=user, office="SECRETARY").update(ends_on=TODAY)


def counted(user, *matters):
    """How many organizations of the user's part each matter finds."""
    return tuple(term_rows(user).filter(CONDITIONS[one]).count() for one in matters)


def shown(client, **data):
    page = client.get(reverse("terms"), data)
    return {line.organization.short_name: [word for _, word in line.states] for line in page.context["lines"]}


def test_nothing_to_do_is_said_so(settled, client):
    client.force_login(settled.zhou)
    assert shown(client) == {}
    assert "没有空缺，也没有要换届的" in client.get(reverse("terms")).content.decode()


def test_the_most_urgent_stand_first(settled, client):
    vacate(settled.zhao)
    terms = {
        settled.history: datetime.date(2026, 11, 22), settled.direct: datetime.date(2027, 5, 23), settled.other: None
    }  # fmt: skip
    for organization, day in terms.items():
        Organization.objects.filter(pk=organization.pk).update(term_ends_on=day)
    Appointment.objects.filter(person__user=settled.xu).update(ends_on=TODAY)
    client.force_login(settled.zhou)

    assert list(shown(client).items()) == [
        ("文学院第二党支部", ["书记空缺"]), ("历史学院党总支", ["已届满"]),
        ("文学院第一党支部", ["应设支委会，现有 2 人"]), ("图书馆直属党支部", ["6 个月内届满"]),
        ("历史学院党支部", ["没有登记任期"]),
    ]  # fmt: skip
    assert counted(settled.zhou, *MATTERS) == (1, 1, 1, 1, 1)
    assert counted(settled.wang, *MATTERS) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"matter": "vacant"}, ["文学院第二党支部"]),
        ({"matter": "lacking"}, ["文学院第一党支部"]),
        ({"matter": "ended"}, ["历史学院党总支"]),
        ({"kind": "GENERAL_BRANCH"}, ["历史学院党总支"]),
        ({"q": "文学院"}, ["文学院第二党支部", "文学院第一党支部"]),
        ({"matter": "all", "q": "0201"}, ["文学院第二党支部", "文学院第一党支部", "文学院党总支"]),
        ({"matter": "nonsense"}, ["文学院第二党支部", "历史学院党总支", "文学院第一党支部"]),
    ],
)
def test_the_list_is_narrowed_and_goes_out_as_it_is_shown(settled, client, asked, found):
    vacate(settled.zhao)
    Organization.objects.filter(pk=settled.history.pk).update(term_ends_on=TODAY - datetime.timedelta(1))
    Appointment.objects.filter(person__user=settled.xu).update(ends_on=TODAY)
    client.force_login(settled.zhou)
    assert list(shown(client, **asked)) == found

    answer = client.get(reverse("terms_export"), asked)
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == found
    assert AuditEntry.objects.get(event="terms.exported").data["count"] == len(found)


def test_each_row_leads_to_what_the_user_may_do_about_it(settled, client):
    vacate(settled.zhao)
    for user, words in (
        (settled.zhou, ["换届选举", "任命书记"]),
        (settled.wang, ["换届选举", "任命书记"]),
        (settled.he, []),
    ):
        client.force_login(user)
        line = client.get(reverse("terms")).context["lines"][0]
        assert ([word for word, _ in line.acts], line.organization) == (words, settled.second)
    client.force_login(settled.wang)
    _, address = client.get(reverse("terms")).context["lines"][0].acts[1]
    assert client.get(address).context["form"]["office"].initial == "SECRETARY"


def test_nobody_sees_vacancies_of_others(settled, client):
    vacate(settled.zhao)
    vacate(settled.qian)
    for user, names in ((settled.wang, {"文学院第二党支部"}), (settled.sun, {"历史学院党支部"}), (settled.li, set())):
        client.force_login(user)
        assert set(shown(client)) == names


@pytest.mark.parametrize("way", ["never", "ended", "left", "coming"])
def test_a_seat_is_vacant_while_nobody_sits_in_it_today(settled, way):
    branch = make_branch(settled.arts, "新支部", members=1)
    Organization.objects.filter(pk=branch.pk).update(term_ends_on=FAR)
    assert counted(settled.wang, "vacant") == (1,)
    if way != "never":
        start = TODAY if way != "coming" else datetime.date(2026, 11, 24)
        row = actions.appoint(
            branch, by=settled.wang, person=branch.people.get(), office="SECRETARY", starts_on=start, is_acting=True
        )
        assert counted(settled.wang, "vacant") == (1 if way == "coming" else 0,)
        if way == "ended":
            actions.end_appointment(row, by=settled.wang, ends_on=TODAY, reason="辞职")
        if way == "left":
            Person.objects.filter(pk=row.person_id).update(left_on=TODAY)
    assert counted(settled.wang, "vacant") == (1,)


def test_a_closed_organization_owes_nothing(settled):
    vacate(settled.zhao)
    Organization.objects.filter(pk=settled.second.pk).update(closed_on=TODAY, term_ends_on=None)
    assert counted(settled.zhou, *MATTERS) == (0, 0, 0, 0, 0)


def history(client, organization, **data):
    page = client.get(reverse("offices_of", args=[organization.pk]), data)
    return [(line.appointment.person.name, line.state[1]) for line in page.context["lines"]]


def test_the_history_holds_everybody_who_ever_was_in_office(world, client):
    old = make_person(world.first, "前任")
    Appointment.objects.create(
        person=old, organization=world.first, office="SECRETARY", starts_on=datetime.date(2020, 1, 1),
        ends_on=datetime.date(2024, 1, 1),
    )  # fmt: skip
    coming = make_person(world.first, "下任")
    actions.appoint(
        world.first, by=world.wang, person=coming, office="MEMBER", starts_on=datetime.date(2026, 12, 1)
    )  # fmt: skip
    client.force_login(world.li)
    everybody = [
        ("下任", "还没有到任"), ("李书记", "现任"), ("陈组织", "现任"), ("许宣传", "现任"), ("前任", "已卸任"),
    ]  # fmt: skip

    assert history(client, world.first) == everybody
    assert history(client, world.first, state="past") == everybody[4:]
    assert history(client, world.first, state="running") == everybody[1:4]
    assert history(client, world.first, state="coming") == everybody[:1]
    assert history(client, world.first, office="SECRETARY") == [everybody[1], everybody[4]]
    assert history(client, world.first, q="前") == everybody[4:]
    answer = client.get(reverse("offices_of_export", args=[world.first.pk]), {"office": "SECRETARY"})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))
    assert [(row[3], row[8]) for row in rows] == [everybody[1], everybody[4]]


def test_the_history_offers_what_the_user_may_do(world, client):
    offered = {}
    for user in (world.li, world.wang, world.zhou, world.he):
        client.force_login(user)
        lines = client.get(reverse("offices_of", args=[world.first.pk])).context["lines"]
        offered[user.name] = {(line.can_end, line.can_correct) for line in lines}
    both, none = {(True, True)}, {(False, False)}
    assert offered == {"李书记": none, "王总支": both, "周组织部": both, "何领导": none}


def test_pages_say_why_an_act_is_not_the_users(world, client):
    client.force_login(world.li)
    row = Appointment.objects.get(person__user=world.chen)
    above = "书记、副书记和委员由上级党组织任命，党小组长由本支部书记、副书记、组织委员任命。"
    for name, pk in (("appointment_end", row.pk), ("appointment_correct", row.pk), ("election_hold", world.first.pk)):
        assert above in client.get(reverse(name, args=[pk])).content.decode()
    assert (
        client.post(reverse("appointment_end", args=[row.pk]), {"ends_on": "2026-11-23", "reason": "x"}).status_code
        == 403
    )
    client.force_login(world.zhou)
    own = Appointment.objects.get(person__user=world.zhou)
    assert "自己的职务不能自己办理" in client.get(reverse("appointment_end", args=[own.pk])).content.decode()


def test_the_list_of_whom_to_choose_does_not_hold_oneself(world, client):
    client.force_login(world.wang)
    form = client.get(reverse("office_appoint", args=[world.second.pk])).context["form"]
    people = {str(pk) for pk, _ in form.fields["person"].choices}
    assert str(world.zhao.person.pk) in people
    assert str(world.wang.person.pk) not in people
    data = {"office": "MEMBER", "person": world.wang.person.pk, "starts_on": "2026-11-23"}
    answer = client.post(reverse("office_appoint", args=[world.second.pk]), data)
    assert (answer.status_code, answer.context["form"].errors["person"]) == (422, ["请从列出的选项里选。"])


def test_a_secretary_may_be_sent_from_another_branch(world, client):
    vacate(world.zhao)
    client.force_login(world.wang)
    address = reverse("office_appoint", args=[world.second.pk])
    data = {"office": "SECRETARY", "person": world.chen.person.pk, "starts_on": "2026-11-23"}
    assert client.post(address, data).status_code == 422
    assert client.post(f"{address}?from=above", data).status_code == 302
    assert [seat.office for seat in fresh(world.chen).person.appointments.order_by("pk")] == [
        "ORGANIZATION_COMMISSIONER", "SECRETARY",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        (
            {"office": "SECRETARY"},
            "office",
            "文学院第一党支部已有书记李书记（2024-01-01 起），请先免职，再任命新的书记。",
        ),
        ({"starts_on": "2062-01-01"}, "starts_on", "任职日期在一年以后，请核对年份。"),
        ({"starts_on": "昨天"}, "starts_on", "请填写日期，如 2026-11-13。"),
        ({"office": "GROUP_LEADER"}, "office", "本支部没有分党小组，先分小组再任命组长。"),
        ({"person": ""}, "person", "请选任命谁。"),
        ({"office": "LEADER"}, "office", "请从列出的选项里选。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(world, client, data, field, sentence):
    client.force_login(world.wang)
    good = {"office": "MEMBER", "person": world.zheng.person.pk, "starts_on": "2026-11-23", "title": "写过的"}
    answer = client.post(reverse("office_appoint", args=[world.first.pk]), good | data)
    form = answer.context["form"]
    assert (answer.status_code, form.errors, form["title"].value()) == (422, {field: [sentence]}, "写过的")
