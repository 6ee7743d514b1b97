"""冲正: one asks, another confirms, and neither of them about their own dues.

Li and Chen keep the dues of First Branch, Lu is its deputy secretary; Wang leads the general branch above, Zhou sits in
the department. Zheng has paid on the spot, as everybody else.
"""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from branches.models import Office
from core.audit import AuditEntry
from core.inbox import Notice
from core.workflow import StaleState
from dues import actions, reports
from dues.models import DuesMonth, Entry, ReversalRequest
from tests.builders import NOVEMBER, fresh, make_officer, make_seat
from tests.dues_builders import bring_on, make_dues
from tests.pages import press

EVERYBODY = ("li", "chen", "lu", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he")


@pytest.fixture
def row(world):
    world.lu = make_officer(world.first, Office.DEPUTY_SECRETARY, "陆副书记")
    return make_dues(world.first, verified=world.chen)


@pytest.fixture
def entry(world, row):
    return payment_of(world.zheng)


def payment_of(user):
    return Entry.objects.get(charge__person__user=user, reverses=None)


def ask(client, by, entry, reason="没有收到钱"):
    """Through the page, as the one who asks."""
    client.force_login(by)
    press(client, reverse("dues_reverse", args=[entry.pk]), reason=reason)
    return ReversalRequest.objects.latest("pk")


def answer(client, by, asked, act="confirm", **typed):
    """Through the page of the request, as the one who answers."""
    client.force_login(by)
    return press(client, asked.get_absolute_url(), act=act, **typed)


def notices(user):
    return list(Notice.objects.filter(recipient=user).values_list("kind", "title", "text"))


def test_one_asks_and_another_confirms(world, row, entry, client):
    asked = ask(client, world.li, entry)
    assert (Entry.objects.filter(reverses=entry).count(), asked.outcome) == (0, "")

    shown = client.get(answer(client, world.chen, asked).url).content.decode()

    negative = Entry.objects.get(reverses=entry)
    assert (negative.amount, negative.by, negative.second, negative.note, negative.is_as_sealed) == (
        Decimal("-15.00"), world.li, world.chen, "没有收到钱", True,
    )  # fmt: skip
    asked.refresh_from_db()
    assert (asked.outcome, asked.answered_by) == ("DONE", world.chen)
    assert "已冲正郑党员的 15.00 元，请重新登记。" in shown
    assert notices(world.zheng) == [
        ("dues_reversed", "您 2026 年 11 月的党费登记已冲正", "15.00 元，原因：没有收到钱。如有疑问请联系支部书记。")
    ]
    events = list(AuditEntry.objects.about(row).values_list("event", flat=True))
    assert events[-3:] == ["dues.reversal_asked", "dues.reversed", "dues.reopened"]


def test_who_does_not_agree_says_why_and_who_asked_is_told(world, row, entry, client):
    asked = ask(client, world.li, entry)

    form = answer(client, world.chen, asked, "decline").context["form"]
    assert form.errors == {"answer": ["请写明不同意冲正的原因。"]}
    answer(client, world.chen, asked, "decline", answer="钱已入账")

    asked.refresh_from_db()
    assert (asked.outcome, asked.answer) == ("DECLINED", "钱已入账")
    assert not Entry.objects.filter(reverses=entry).exists()
    assert notices(world.li) == [
        ("dues_reversal_declined", "郑党员 2026 年 11 月党费的冲正没有同意", "陈组织：钱已入账")
    ]
    row.refresh_from_db()
    assert row.status == "VERIFIED"


@pytest.mark.parametrize("who", ["li", "chen"])
def test_the_branch_that_asked_thinks_better_of_it(world, entry, client, who):
    asked = ask(client, world.li, entry)
    client.force_login(getattr(world, who))
    client.post(asked.get_absolute_url(), {"act": "withdraw"})
    asked.refresh_from_db()
    assert (asked.outcome, asked.answered_by.name) == ("WITHDRAWN", getattr(world, who).name)
    assert ask(client, world.li, entry).outcome == ""  # and may ask again


def who_may(world, act, *args, **kwargs):
    """Who of everybody succeeds with an act, each tried from the same state."""
    found = set()
    for name in EVERYBODY:
        try:
            with transaction.atomic():
                act(*args, by=fresh(getattr(world, name)), **kwargs)
                found.add(name)
                transaction.set_rollback(True)
        except (PermissionDenied, StaleState):
            pass
    return found


def test_who_may_ask_and_who_may_answer(world, entry):
    assert who_may(world, actions.ask_reversal, entry, reason="记错人") == {"li", "chen", "lu"}
    asked = actions.ask_reversal(entry, reason="记错人", by=world.li)
    assert who_may(world, actions.confirm_reversal, asked) == {"chen", "lu", "wang", "zhou"}
    assert who_may(world, actions.decline_reversal, asked, answer="不对") == {"chen", "lu", "wang", "zhou"}
    assert who_may(world, actions.withdraw_reversal, asked) == {"li", "chen", "lu"}


def test_nobody_asks_about_their_own_dues_nor_confirms_it(world, row):
    own = payment_of(world.chen)
    assert who_may(world, actions.ask_reversal, own, reason="记错人") == {"li", "lu"}
    asked = actions.ask_reversal(own, reason="记错人", by=world.li)
    assert who_may(world, actions.confirm_reversal, asked) == {"lu", "wang", "zhou"}


def test_nobody_is_both_people_by_two_offices(world, entry):
    make_seat(world.li, world.arts, Office.DEPUTY_SECRETARY)
    asked = actions.ask_reversal(entry, reason="记错人", by=fresh(world.li))
    with pytest.raises(PermissionDenied, match="两个人"):
        actions.confirm_reversal(asked, by=fresh(world.li))


@pytest.mark.parametrize("who", ["wang", "zhou"])
def test_the_second_person_may_stand_above(world, row, entry, client, who):
    asked = ask(client, world.li, entry)
    shown = client.get(answer(client, getattr(world, who), asked).url)
    assert shown.status_code == 200
    row.refresh_from_db()
    assert (Entry.objects.get(reverses=entry).second.name, row.status) == (getattr(world, who).name, "OPEN")


def test_who_asked_sees_why_they_cannot_confirm(world, entry, client):
    asked = ask(client, world.li, entry)
    shown = client.get(asked.get_absolute_url()).content.decode()
    assert "冲正要两个人办理：您提出的，请支部另一位书记、副书记、组织委员，或上级确认。" in shown
    assert ("确认冲正</button>" in shown, "撤回申请</button>" in shown) == (False, True)
    assert client.post(asked.get_absolute_url(), {"act": "confirm"}).status_code == 403


def test_a_payment_has_one_waiting_request(world, entry, client):
    asked = ask(client, world.li, entry)
    client.force_login(world.chen)

    shown = client.get(reverse("dues_reverse", args=[entry.pk])).content.decode()
    assert ("已经提出冲正，正等另一位确认" in shown, asked.get_absolute_url() in shown) == (True, True)
    client.post(reverse("dues_reverse", args=[entry.pk]), {"reason": "再来一次"})
    assert list(ReversalRequest.objects.all()) == [asked]


@pytest.mark.parametrize("act", ["confirm", "decline", "withdraw"])
def test_a_request_is_answered_once(world, entry, client, act):
    asked = ask(client, world.li, entry)
    actions.decline_reversal(asked, answer="钱已入账", by=world.lu)
    client.force_login(world.chen)

    said = client.post(asked.get_absolute_url(), {"act": act, "answer": "再答"}, follow=True)

    assert str(list(said.context["messages"])[-1]) == "这份冲正申请刚刚已经办过了，没有重复办理。请看最新情况。"
    assert not Entry.objects.filter(reverses=entry).exists()


def test_what_was_typed_is_not_lost(world, entry, client):
    asked = ask(client, world.li, entry)
    client.force_login(world.chen)
    said = client.post(asked.get_absolute_url(), {"act": "decline", "answer": "长" * 121})
    assert (said.status_code, "长" * 121 in said.content.decode()) == (422, True)


# where it is seen


def test_it_is_shown_on_the_month_in_the_list_and_on_the_workbench(world, row, entry, client):
    asked = ask(client, world.li, entry)
    month = client.get(row.get_absolute_url()).content.decode()
    assert f'href="{asked.get_absolute_url()}" aria-label="郑党员的冲正申请">冲正待确认</a>' in month

    waits = {}
    for name in ("li", "chen", "lu", "wang", "zhou", "he", "zhao"):
        client.force_login(getattr(world, name))
        mine = client.get(reverse("dues_reversals"), {"view": "mine"}).context["page"].object_list
        on_the_workbench = client.get("/").context["waiting"]
        waits[name] = (list(mine), [one.number for one in on_the_workbench if one.source.code == "dues_reversals"])
    yes, nothing = ([asked], [1]), ([], [])
    assert waits == {
        "li": nothing, "chen": yes, "lu": yes, "wang": yes, "zhou": yes, "he": nothing, "zhao": nothing,
    }  # fmt: skip


def test_the_list_shows_all_that_wait_and_all(world, row, entry, client):
    first = ask(client, world.li, entry)
    answer(client, world.chen, first, "decline", answer="钱已入账")
    second = ask(client, world.li, payment_of(world.xu))
    shown = {
        view: list(client.get(reverse("dues_reversals"), {"view": view}).context["page"].object_list)
        for view in ("", "waiting")
    }
    assert shown == {"": [second, first], "waiting": [second]}


# what becomes of the month


def test_a_signed_month_opens_again_and_one_that_went_up_does_not(world, row, entry, client):
    answer(client, world.chen, ask(client, world.li, entry))
    row.refresh_from_db()
    assert (row.status, row.verified_at) == ("OPEN", None)

    row = bring_on(row, verified=world.li, submitted=world.li)
    answer(client, world.chen, ask(client, world.li, payment_of(world.xu)))
    row.refresh_from_db()
    assert (row.status, reports.sums_of([row])[row.pk].unpaid.count) == ("SUBMITTED", 1)


# what the database itself holds


@pytest.mark.parametrize("people", ["nobody", "one", "the same"])
def test_the_database_refuses_a_sealed_reversal_by_fewer_than_two(world, entry, people):
    by, second = {"nobody": (None, None), "one": (world.li, None), "the same": (world.li, world.li)}[people]
    negative = Entry(
        charge=entry.charge, amount=-entry.amount, method="CASH", month_paid=NOVEMBER, reverses=entry,
        key="reverse:x", note="记错人", by=by, second=second, seal="x",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="a_reversal_takes_two_people"), transaction.atomic():
        negative.save()
    negative.by, negative.second = world.li, world.chen
    negative.save(force_insert=True)  # the control: two do


def test_the_database_refuses_a_request_that_its_author_confirmed(world, entry):
    asked = actions.ask_reversal(entry, reason="记错人", by=world.li)
    mine = ReversalRequest.objects.filter(pk=asked.pk)
    with pytest.raises(DatabaseError, match="nobody_confirms_their_own_request"), transaction.atomic():
        mine.update(outcome="DONE", answered_by=world.li)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReversalRequest.objects.create(entry=entry, reason="再来一次", by=world.chen)
    assert mine.update(outcome="DONE", answered_by=world.chen) == 1


def test_a_foreign_request_looks_like_a_missing_one(world, entry, client):
    asked = actions.ask_reversal(entry, reason="记错人", by=world.li)
    for name in ("zhao", "xu", "zheng", "sun"):
        client.force_login(getattr(world, name))
        assert (name, client.post(asked.get_absolute_url(), {"act": "confirm"}).status_code) == (name, 404)
    assert DuesMonth.objects.get(organization=world.first).status == "VERIFIED"
