"""Within the university somebody moves when the receiving branch accepts, and not before.

The cast: Zheng is a member of First Branch, which Li leads and whose register Chen keeps. Zhao leads Second Branch,
Wang the general branch above both. Zhou sits in the organization department, He only reads.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.urls import reverse
from psycopg.errors import LockNotAvailable

from branches import actions
from branches.actions import transfers
from branches.models import Appointment, Exclusion, Office, Organization, Person, Transfer
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from tests.builders import fresh, make_group, make_person, make_seat

TODAY = datetime.date(2026, 11, 23)
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
ACCEPTERS, ASKERS = {"zhao", "wang", "zhou"}, {"li", "chen", "wang", "zhou"}
# act → state → who may; in every other state nobody
TABLE = {
    "accept": {"REQUESTED": ACCEPTERS},
    "decline": {"REQUESTED": ACCEPTERS},
    "withdraw": {"REQUESTED": ASKERS},
    "undo": {"ACCEPTED": {"wang", "zhou"}},  # who keeps both sides
}
TYPED = {"moved_on": "2026-11-23", "answer": "人数已满", "reason": "转错了"}
DIRECT = {
    "accept": lambda row, by: actions.accept_transfer(row, by=by),
    "decline": lambda row, by: actions.decline_transfer(row, by=by, answer="人数已满"),
    "withdraw": lambda row, by: actions.withdraw_transfer(row, by=by),
    "undo": lambda row, by: actions.undo_transfer(row, by=by, reason="转错了"),
}


@pytest.fixture
def asked(world):
    return actions.request_transfer(world.zheng.person, by=world.chen, to=world.second, note="换了院系")


def in_state(world, asked, state):
    """The transfer in one of its four states."""
    if state == "ACCEPTED":
        actions.accept_transfer(asked, by=world.zhao)
    elif state == "DECLINED":
        actions.decline_transfer(asked, by=world.zhao, answer="人数已满")
    elif state == "WITHDRAWN":
        actions.withdraw_transfer(asked, by=world.li)


def picture():
    people = Person.objects.order_by("pk").values_list("pk", "organization", "left_on")
    return list(Transfer.objects.order_by("pk").values()), list(people)


@pytest.mark.parametrize("state", ["REQUESTED", "ACCEPTED", "DECLINED", "WITHDRAWN"])
@pytest.mark.parametrize("act", TABLE)
def test_exactly_the_written_cells_succeed_by_page_and_directly(world, client, asked, act, state):
    in_state(world, asked, state)
    before, by_page, directly = picture(), set(), set()
    for name in CAST:
        client.force_login(getattr(world, name))
        with transaction.atomic():
            client.post(reverse(f"transfer_{act}", args=[asked.pk]), TYPED)
            by_page |= {name} if picture() != before else set()
            transaction.set_rollback(True)
        with transaction.atomic():
            try:
                DIRECT[act](asked, fresh(getattr(world, name)))
                directly.add(name)
            except (PermissionDenied, StaleState):
                assert picture() == before
            transaction.set_rollback(True)
    allowed = TABLE[act].get(state, set())
    assert (by_page, directly) == (allowed, allowed)


def test_only_who_keeps_the_register_asks(world, client):
    asked = set()
    for name in CAST:
        client.force_login(getattr(world, name))
        with transaction.atomic():
            client.post(reverse("transfer_request", args=[world.zheng.person.pk]), {"to": world.second.pk})
            asked |= {name} if Transfer.objects.exists() else set()
            transaction.set_rollback(True)
    assert asked == ASKERS


def test_nobody_moves_before_the_acceptance(world, asked):
    zheng = Person.objects.get(pk=world.zheng.person.pk)
    assert (asked.status, asked.moved_on, zheng.organization) == ("REQUESTED", None, world.first)
    assert list(Person.objects.at(world.first, TODAY).filter(pk=zheng.pk)) == [zheng]


def test_on_acceptance_the_person_is_the_other_branchs_from_that_day(world):
    li = world.li.person
    make_group(world.first, "第一党小组", [li])
    make_seat(world.li, world.arts, Office.MEMBER)
    Exclusion.objects.create(
        person=li, status="APPROVED", reason="在外挂职", starts_on=TODAY, decided_at=datetime.datetime.now(datetime.UTC)
    )
    asked = actions.request_transfer(li, by=world.li, to=world.second)

    actions.accept_transfer(asked, by=world.zhao, moved_on=datetime.date(2026, 11, 10))

    li = Person.objects.get(pk=li.pk)
    assert (li.organization, li.group, li.left_on) == (world.second, None, None)
    assert [Person.objects.with_home(datetime.date(2026, 11, day)).get(pk=li.pk).home for day in (9, 10)] == [
        world.first.pk, world.second.pk,
    ]  # fmt: skip
    assert list(Appointment.objects.filter(person=li).order_by("pk").values_list("office", "ends_on")) == [
        ("SECRETARY", datetime.date(2026, 11, 10)), ("MEMBER", None),
    ]  # fmt: skip
    assert list(Exclusion.objects.running_on(TODAY)) == [Exclusion.objects.get()]
    events = [(one.subject, one.event) for one in AuditEntry.objects.order_by("pk")][-3:]
    assert events == [
        ("branches.appointment", "appointment.ended"), ("branches.transfer", "transfer.accepted"),
        ("branches.person", "person.moved"),
    ]  # fmt: skip


def test_nobody_accepts_themselves_nor_what_they_asked_for(world):
    own = actions.request_transfer(world.wang.person, by=world.zhao, to=world.first)  # Wang is above First
    mine = actions.request_transfer(world.zheng.person, by=world.wang, to=world.second)
    for row in (own, mine):
        with pytest.raises(PermissionDenied):
            actions.accept_transfer(row, by=world.wang)
        with pytest.raises(PermissionDenied):
            actions.decline_transfer(row, by=world.wang, answer="不收")
    assert list(Transfer.objects.awaiting(world.wang)) == []
    actions.accept_transfer(own, by=world.li)
    actions.accept_transfer(mine, by=world.zhao)


def test_who_left_the_university_goes_to_no_branch_that_could_accept(world, client):
    gone = actions.release_person(world.zheng.person, by=world.chen, kind="OUT", left_on=TODAY, place="兄弟院校")
    client.force_login(world.chen)
    before = picture()
    answer = client.post(reverse("transfer_accept", args=[gone.pk]), TYPED, follow=True)
    [said] = answer.context["messages"]
    assert str(said).startswith("这件事已经有人办过了：现在是“已办结”")
    assert picture() == before


def test_waiting_are_exactly_those_that_one_may_accept(world, asked):
    waiting = {name for name in CAST if Transfer.objects.awaiting(getattr(world, name)).exists()}
    assert waiting == ACCEPTERS


def test_who_is_told(world, asked):
    def told(kind):
        return set(Notice.objects.filter(kind=kind).values_list("recipient__name", flat=True))

    assert told("transfer_requested") == {"赵书记"}
    actions.accept_transfer(asked, by=world.zhou)
    assert told("transfer_accepted") == {"赵书记", "李书记", "陈组织", "郑党员"}


def test_the_asking_branch_is_told_of_a_refusal(world, asked):
    actions.decline_transfer(asked, by=world.zhao, answer="人数已满")
    assert set(Notice.objects.filter(kind="transfer_declined").values_list("recipient__name", "text")) == {
        ("李书记", "说明：人数已满"), ("陈组织", "说明：人数已满"),
    }  # fmt: skip


def test_the_branch_is_found_and_asked_once(world, client):
    client.force_login(world.chen)
    address = reverse("transfer_request", args=[world.zheng.person.pk])

    page = client.get(address, {"q": "图书馆"})
    assert list(page.context["found"]) == [world.direct]
    assert client.post(address, {"to": world.first.pk}).status_code == 422  # already there
    assert client.post(address, {"to": world.direct.pk}).status_code == 302
    running = client.get(address)
    assert running.url == Transfer.objects.get().get_absolute_url()
    assert client.post(address, {"to": world.second.pk}).url == running.url
    with pytest.raises(StaleState):
        actions.request_transfer(world.zheng.person, by=world.chen, to=world.second)


def test_a_stale_page_and_a_closed_branch_are_told(world, client, asked):
    Organization.objects.filter(pk=world.second.pk).update(closed_on=TODAY)
    with pytest.raises(StaleState, match="已撤销"):
        actions.accept_transfer(asked, by=world.wang)
    Organization.objects.filter(pk=world.second.pk).update(closed_on=None)
    actions.decline_transfer(asked, by=world.zhao, answer="人数已满")
    client.force_login(world.zhao)
    page = client.post(reverse("transfer_accept", args=[asked.pk]), TYPED, follow=True)
    assert [str(one) for one in page.context["messages"]] == [
        "这件事已经有人办过了：现在是“已退回”（最近办理：赵书记，退回转接）。请看最新情况后再决定。"
    ]


def test_what_was_overtaken_by_a_sheet_is_not_accepted(world, asked):
    actions.move_many({world.zheng.person: world.direct}, by=world.zhou, moved_on=TODAY)
    with pytest.raises(StaleState):
        actions.accept_transfer(asked, by=world.zhao)


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-11-24", "日期还没有到，请填今天或以前的日期。"),
        ("2026-10-31", "请填本月的日期（2026-11-01 起）：以前月份的名单和党费已经定了。"),
        ("2026-11-04", "不能早于上一次变动（2026-11-05）。"),
        ("", "请填日期。"),
    ],
)
def test_the_day_lies_between_the_last_move_and_today_in_this_month(world, client, day, error):
    zheng = world.zheng.person
    if "上一次" in error:
        actions.move_many({zheng: world.direct}, by=world.zhou, moved_on=datetime.date(2026, 11, 5))
    asked = actions.request_transfer(zheng, by=world.wu if "上一次" in error else world.chen, to=world.second)
    client.force_login(world.zhao)
    page = client.post(reverse("transfer_accept", args=[asked.pk]), {"moved_on": day})
    assert (page.status_code, page.context["accept_form"].errors) == (422, {"moved_on": [error]})
    assert Transfer.objects.get(pk=asked.pk).status == "REQUESTED"


def test_a_move_of_last_month_is_not_undone_any_more(world, client, monday):
    monday.shift(-datetime.timedelta(days=30))  # 24 October
    moved = actions.move_many({world.zheng.person: world.second}, by=world.zhou, moved_on=datetime.date(2026, 10, 23))
    monday.shift(datetime.timedelta(days=30))
    client.force_login(world.zhou)
    words = client.get(reverse("transfer", args=[moved[0].pk])).context["page"].undo.why
    assert words == "本月以前的变动不再撤销，过去的名单和党费已经定了。确有错误的，请再办一次转接。"


def test_many_are_accepted_at_once_and_who_cannot_be_is_named(world, client, asked):
    other = make_person(world.other, "林同志")
    second = actions.request_transfer(other, by=world.qian, to=world.second)
    third = actions.request_transfer(make_person(world.other), by=world.qian, to=world.direct)
    client.force_login(world.zhao)

    page = client.post(
        reverse("transfers_accept"), {"transfer": [asked.pk, second.pk, third.pk, "x", 10**30]}, follow=True
    )

    assert [str(one) for one in page.context["messages"]] == ["已接收 2 人，从今天起在册。"]
    assert dict(Transfer.objects.values_list("pk", "status")) == {
        asked.pk: "ACCEPTED", second.pk: "ACCEPTED", third.pk: "REQUESTED",
    }  # fmt: skip
    again = client.post(reverse("transfers_accept"), {"transfer": [asked.pk]}, follow=True)
    assert [one.level_tag for one in again.context["messages"]] == ["warning"]


def test_of_many_one_that_is_held_elsewhere_does_not_hide_that_the_others_are_done(world, client, asked, monkeypatch):
    second = actions.request_transfer(make_person(world.other, "林同志"), by=world.qian, to=world.second)
    accept = transfers.accept_transfer

    def held(transfer, **kwargs):
        if transfer.pk == second.pk:
            raise OperationalError from LockNotAvailable()
        return accept(transfer, **kwargs)

    monkeypatch.setattr(transfers, "accept_transfer", held)
    client.force_login(world.zhao)

    page = client.post(reverse("transfers_accept"), {"transfer": [asked.pk, second.pk]}, follow=True)

    assert [str(one) for one in page.context["messages"]] == [
        "已接收 1 人，从今天起在册。", "林同志没有接收：有人正在办理同一个人或同一个支部的事，请稍后再接收一次。",
    ]  # fmt: skip
    assert dict(Transfer.objects.values_list("pk", "status")) == {asked.pk: "ACCEPTED", second.pk: "REQUESTED"}


def test_the_receiving_side_sees_name_number_standing_and_a_masked_phone(world, client, asked):
    zheng = world.zheng.person
    client.force_login(world.zhao)
    text = client.get(asked.get_absolute_url()).content.decode()
    assert all(word in text for word in ("郑党员", zheng.staff_number, "正式党员", "文学院第一党支部"))
    assert zheng.phone not in text
    assert client.get(zheng.get_absolute_url()).status_code == 404
    client.force_login(world.qian)
    assert client.get(asked.get_absolute_url()).status_code == 404


def test_the_list_narrows_sorts_and_goes_out_as_it_is_shown(world, client, asked):
    done = actions.request_transfer(world.zhao.person, by=world.zhao, to=world.first)
    actions.accept_transfer(done, by=world.li, moved_on=datetime.date(2026, 11, 2))
    client.force_login(world.wang)

    def shown(**filters):
        return [line.transfer for line in client.get(reverse("transfers"), filters).context["lines"]]

    assert shown() == [done, asked]
    assert (shown(view="incoming"), shown(view="outgoing"), shown(view="settled")) == ([asked], [asked], [done])
    assert (shown(q="郑"), shown(q=world.zhao.person.staff_number), shown(kind="OUT")) == ([asked], [done], [])
    assert (shown(month="2026-11"), shown(month="2026-10")) == ([done, asked], [])
    assert shown(order="requested") == [asked, done]
    assert (shown(organization=world.first.pk), shown(view="nonsense", month="x")) == ([done, asked], [done, asked])
    client.get(reverse("transfers_export"), {"view": "settled"}).getvalue()
    entry = AuditEntry.objects.get(event="transfers.exported")
    assert entry.data == {"count": 1, "filters": {"范围": "已办结"}}
