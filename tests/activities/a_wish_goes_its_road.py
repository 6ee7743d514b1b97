"""The road of a wish as a table: in which state who may do what; nobody else changes a row.

First Branch posts; the wish is open to the whole committee. Zheng, a member of First, may claim; Zhao's Second Branch
next door may too. Wang sits above both. Zhou sits in the department.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import wishes
from activities.models import Wish
from branches.models import Office, Organization, Person
from core.accounts import User
from core.audit import AuditEntry
from core.clock import at
from core.inbox import Notice
from core.workflow import StaleState
from tests.builders import fresh, make_day, make_officer, make_person
from tests.pages import press
from tests.service_builders import STATES, make_service_item, make_wish

D = datetime.date
CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "qian", "wu", "zhou", "he")
DEED = {"done_on": "2026-11-23", "deed": "陪同复查", "minutes": "90", "helpers": "2"}
BODIES = {
    "withdraw": {}, "claim": {}, "give_back": {"reason": "出差"}, "finish": DEED,
    "confirm": {"confirmed_for": "孙奶奶"}, "send_back": {"note": "还差一次"},
}  # fmt: skip
RECORDERS = {"li", "chen", "xu"}
# state × act → who, of a wish that Zheng of First claimed
OF_A_MEMBER = {
    ("OPEN", "claim"): set(CAST),
    ("OPEN", "withdraw"): RECORDERS,
    ("CLAIMED", "give_back"): {"zheng"},
    ("CLAIMED", "finish"): {"zheng"},
    ("DONE", "confirm"): RECORDERS | {"wang", "zhou"},
    ("DONE", "send_back"): RECORDERS | {"wang", "zhou"},
}
# and of one that Second claimed: its officers do it, and have no word on whether it is done
OF_A_BRANCH = OF_A_MEMBER | {("CLAIMED", "give_back"): {"zhao"}, ("CLAIMED", "finish"): {"zhao"}}

# of a claimer who cannot act any more, the posting branch's officers take it back
OF_ONE_WHO_IS_GONE = OF_A_MEMBER | {
    ("OPEN", "claim"): set(CAST) - {"zheng"}, ("CLAIMED", "give_back"): RECORDERS, ("CLAIMED", "finish"): set(),
}  # fmt: skip
OF_A_CLOSED_BRANCH = OF_ONE_WHO_IS_GONE | {("OPEN", "claim"): set(CAST) - {"zhao", "wang"}}


def tried(client, user, act, wish):
    """Did it change the wish? All is undone."""
    client.force_login(user)
    with transaction.atomic():
        answer = client.post(reverse(f"wish_{act}", args=[wish.pk]), BODIES[act])
        assert answer.status_code in (302, 403, 404, 422), (act, answer.status_code)
        changed = Wish.objects.filter(pk=wish.pk).values().get() != WAS[wish.pk]
        transaction.set_rollback(True)
    return changed


WAS = {}


@pytest.mark.parametrize(("whose", "table"), [("member", OF_A_MEMBER), ("branch", OF_A_BRANCH)])
def test_in_each_state_exactly_those_of_the_table_may_act(world, client, whose, table):
    assert acted(world, client, whose) == table


def acted(world, client, whose, gone=None):
    """State × act → who changed a wish that Zheng or Second claimed, before they were ``gone``."""
    claimer = {"claimant": world.zheng.person} if whose == "member" else {"claiming_branch": world.second}
    made = {state: make_wish(world.first, state, open_to=world.committee, **claimer) for state in STATES}
    if gone:
        gone(world)
    found = {}
    for state, wish in made.items():
        WAS[wish.pk] = Wish.objects.filter(pk=wish.pk).values().get()
        for act in BODIES:
            who = {name for name in CAST if tried(client, getattr(world, name), act, wish)}
            found |= {(state, act): who} if who else {}
    return found


def log_in_ends(world):
    User.objects.filter(pk=world.zheng.pk).update(is_active=False)


def account_goes(world):
    Person.objects.filter(pk=world.zheng.person.pk).update(user=None)


def zheng_leaves(world):
    Person.objects.filter(pk=world.zheng.person.pk).update(left_on=D(2026, 11, 20))


def second_closes(world):
    Organization.objects.filter(pk=world.second.pk).update(closed_on=D(2026, 11, 20))


@pytest.mark.parametrize(
    ("gone", "whose", "table"),
    [
        (log_in_ends, "member", OF_ONE_WHO_IS_GONE), (account_goes, "member", OF_ONE_WHO_IS_GONE),
        (zheng_leaves, "member", OF_ONE_WHO_IS_GONE), (second_closes, "branch", OF_A_CLOSED_BRANCH),
    ],
)  # fmt: skip
def test_of_a_claimer_who_is_gone_the_posting_branch_takes_it_back(world, client, gone, whose, table):
    assert acted(world, client, whose, gone) == {cell: who for cell, who in table.items() if who}


def test_that_its_claimer_is_gone_is_told_as_it_is(world):
    wish = make_wish(world.first, "CLAIMED", claimant=world.zheng.person)
    zheng_leaves(world)
    wishes.give_back_wish(wish, by=world.chen, reason="已调离")
    told = {notice.title for notice in Notice.objects.filter(recipient=world.li)}
    assert told == {"微心愿“陪同复查”：郑党员（文学院第一党支部）已不能办，由发布的支部退回"}


def test_a_wish_goes_from_who_asked_to_who_confirms(world, client):
    client.force_login(world.xu)
    asked = {
        "title": "修台灯", "kind": "CONVENIENCE", "text": "宿舍台灯坏了", "open_to": world.arts.pk,
        "asker_name": "小刘", "contact": "13900000001",
    }  # fmt: skip
    client.post(reverse("wish_post", args=[world.first.pk]), asked)
    wish = Wish.objects.get()
    for user, act in (
        (world.zheng, "claim"), (world.zheng, "give_back"), (world.zheng, "claim"), (world.zheng, "finish"),
        (world.li, "send_back"), (world.zheng, "finish"), (world.li, "confirm"),
    ):  # fmt: skip
        client.force_login(user)
        assert client.post(reverse(f"wish_{act}", args=[wish.pk]), BODIES[act]).url in (
            wish.get_absolute_url(), reverse("service"),
        )  # fmt: skip
    wish.refresh_from_db()
    assert (wish.status, wish.claimant, wish.minutes, wish.helpers) == ("CONFIRMED", world.zheng.person, 90, 2)
    assert (wish.confirmed_by, wish.confirmed_for, wish.sent_back_note) == (world.li, "孙奶奶", "")
    events = AuditEntry.objects.about(wish).values_list("event", flat=True)
    assert [event.removeprefix("wish.") for event in events] == [
        "posted", "claimed", "given_back", "claimed", "finished", "sent_back", "finished", "confirmed",
    ]  # fmt: skip


def test_each_step_is_told_to_everybody_concerned_but_whoever_took_it(world):
    asker = world.chen.person
    wish = make_wish(world.first, by=world.xu, open_to=world.arts, asker=asker, asker_name=asker.name)
    steps = [
        (wishes.claim_wish, world.zheng, {}, {"li", "xu", "chen"}),
        (wishes.give_back_wish, world.zheng, {"reason": "出差"}, {"li", "xu", "chen"}),
        (wishes.claim_wish, world.zhao, {"branch": world.second}, {"li", "xu", "chen"}),
        (wishes.finish_wish, world.zhao, DEED, {"chen"}),
        (wishes.send_back_wish, world.chen, {"note": "差一次"}, {"zhao"}),
        (wishes.finish_wish, world.zhao, DEED, {"chen"}),
        (wishes.confirm_wish, world.chen, {}, {"zhao", "li", "xu"}),
    ]
    for act, by, values, told in steps:
        Notice.objects.all().delete()
        act(wish, by=by, **values)
        assert {notice.recipient for notice in Notice.objects.all()} == {getattr(world, name) for name in told}, act


def test_an_asker_with_an_account_confirms_alone(world):
    wish = make_wish(
        world.first, "DONE", claimant=world.zheng.person, asker=world.chen.person, asker_name="陈组织"
    )  # fmt: skip
    for other in (world.li, world.xu, world.wang, world.zheng):
        with pytest.raises(PermissionDenied):
            wishes.confirm_wish(wish, by=other, confirmed_for="陈组织")
    wishes.confirm_wish(wish, by=world.chen, confirmed_for="不算数")
    wish.refresh_from_db()
    assert (wish.confirmed_by, wish.confirmed_for) == (world.chen, "陈组织")


def test_an_asker_who_cannot_log_in_is_spoken_for_by_the_branch(world):
    wish = make_wish(
        world.first, "DONE", claimant=world.zheng.person, asker=world.chen.person, asker_name="陈组织"
    )  # fmt: skip
    world.chen.is_active = False
    world.chen.save(update_fields=["is_active"])
    wishes.confirm_wish(wish, by=world.li, confirmed_for="陈组织")
    assert Wish.objects.get().status == "CONFIRMED"


def test_in_the_own_branch_another_officer_confirms_what_the_branch_did(world):
    wish = make_wish(world.first, "DONE", claiming_branch=world.first)
    assert wish.claimed_by == world.li
    with pytest.raises(PermissionDenied):
        wishes.confirm_wish(wish, by=world.li, confirmed_for="孙奶奶")
    wishes.confirm_wish(wish, by=world.chen, confirmed_for="孙奶奶")


def test_who_sits_on_the_committees_of_both_branches_has_no_word_on_it(world):
    both = make_officer(world.first, Office.MEMBER, "兼委员")
    both.person.appointments.create(organization=world.second, office=Office.MEMBER, starts_on=D(2024, 1, 1))
    wish = make_wish(world.first, "DONE", claiming_branch=world.second, open_to=world.arts)
    with pytest.raises(PermissionDenied):
        wishes.confirm_wish(wish, by=both, confirmed_for="孙奶奶")


def test_nobody_claims_the_own_wish_and_nobody_from_elsewhere_one_that_is_not_open_there(world):
    own = make_wish(world.first, asker=world.zheng.person, asker_name="郑党员")
    here = make_wish(world.first, open_to=world.arts)
    for wish, by, branch in (
        (own, world.zheng, None), (own, world.zhao, None), (own, world.zhao, world.second),
        (here, world.qian, None), (here, world.qian, world.other), (here, world.li, world.second),
        (here, world.wang, world.arts),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            wishes.claim_wish(wish, by=by, branch=branch)
    assert wishes.claim_wish(here, by=world.wang).claiming_branch == world.second  # where Wang stands in the register


def test_a_wish_is_open_to_a_level_of_the_own_line_alone(world, client):
    client.force_login(world.li)
    asked = {"title": "修灯", "kind": "CONVENIENCE", "text": "灯坏了", "asker_name": "小刘"}
    post = reverse("wish_post", args=[world.first.pk])
    assert client.post(post, asked | {"open_to": world.history.pk}).status_code == 422
    assert client.post(post, asked | {"open_to": world.committee.pk}).status_code == 302
    with pytest.raises(ValueError, match="open_to"):
        wishes.post_wish(world.first, by=world.li, open_to=world.second, title="x", text="x", asker_name="x")


def test_what_was_posted_wrongly_is_taken_back_and_posted_again_with_its_words(world, client):
    wish = make_wish(world.first, title="修台灯", text="宿舍台灯坏了", asker_name="小刘", open_to=world.arts)
    client.force_login(world.li)
    again = f"{reverse('wish_post', args=[world.first.pk])}?like={wish.pk}"
    assert "宿舍台灯坏了" not in client.get(again).content.decode()  # it still waits for somebody

    taken_back = client.post(reverse("wish_withdraw", args=[wish.pk]), follow=True)
    assert again in taken_back.content.decode()
    form = client.get(again).context["form"]
    assert (form["title"].value(), form["text"].value(), form["open_to"].value()) == (
        "修台灯", "宿舍台灯坏了", world.arts.pk,
    )  # fmt: skip

    client.force_login(world.zhao)
    theirs = reverse("wish_post", args=[world.second.pk])
    assert "宿舍台灯坏了" not in client.get(f"{theirs}?like={wish.pk}").content.decode()


def test_a_second_click_and_a_slow_page_are_told_who_was_faster(world, client):
    wish = make_wish(world.first, open_to=world.committee)
    wishes.claim_wish(wish, by=world.zheng)
    client.force_login(world.qian)
    answer = client.post(reverse("wish_claim", args=[wish.pk]), HTTP_REFERER=f"http://testserver{reverse('service')}")
    shown = client.get(answer.url)
    assert "现在是“已认领”（最近办理：郑党员，认领微心愿）" in shown.content.decode()
    with pytest.raises(StaleState):
        wishes.withdraw_wish(wish, by=world.li)


def test_a_branch_that_the_button_names_wrongly_is_no_claim_of_ones_own(world, client):
    wish = make_wish(world.first, open_to=world.committee)
    client.force_login(world.zhao)
    for branch in (world.other.pk, 987654, "x", "²", "9" * 30):
        assert client.post(reverse("wish_claim", args=[wish.pk]), {"branch": branch}).status_code == 404
    assert client.post(reverse("wish_claim", args=[wish.pk]), {"branch": world.second.pk}).status_code == 302
    wish.refresh_from_db()
    assert (wish.claimant, wish.claiming_branch) == (None, world.second)


def test_what_was_done_on_an_activity_day_is_tied_to_one_of_the_own_branchs_service_items(world, client):
    mine, theirs = make_service_item(make_day(world.first)), make_service_item(make_day(world.second))
    wish = make_wish(world.first, "CLAIMED", claimant=world.zheng.person)
    client.force_login(world.zheng)
    finish = reverse("wish_finish", args=[wish.pk])
    offered = client.get(wish.get_absolute_url()).context["finish_form"].fields["day_item"].queryset
    assert set(offered) == set(mine.day.items.filter(kind="SERVICE"))
    assert client.post(finish, DEED | {"day_item": theirs.pk}).status_code == 422
    with pytest.raises(ValueError, match="another branch"):
        wishes.finish_wish(wish, by=fresh(world.zheng), **DEED | {"day_item": theirs})
    another_day = client.post(finish, DEED | {"day_item": mine.pk})
    assert another_day.context["finish_form"].errors == {
        "done_on": [f"选的活动日是 {mine.day.held_on}，办好日期请填这一天。"]
    }  # fmt: skip
    on_that_day = DEED | {"day_item": mine.pk, "done_on": str(mine.day.held_on)}
    assert client.post(finish, on_that_day).status_code == 302
    wish.refresh_from_db()
    assert wish.day_item == mine


def test_nothing_is_done_before_it_was_wished(world, client):
    evening = datetime.datetime(2026, 11, 19, 17, tzinfo=datetime.UTC)  # in China it is the 20th
    wish = make_wish(world.first, "CLAIMED", claimant=world.zheng.person, posted_at=evening)
    client.force_login(world.zheng)
    finish = reverse("wish_finish", args=[wish.pk])
    too_early = client.post(finish, DEED | {"done_on": "2026-11-19"})
    assert (too_early.status_code, too_early.context["finish_form"].errors) == (
        422, {"done_on": ["心愿是 2026-11-20 发布的，办好日期不能早于这一天。"]},
    )  # fmt: skip
    assert client.post(finish, DEED | {"done_on": "2026-11-20"}).status_code == 302


def test_what_is_finished_again_stays_with_its_activity_day_however_long_ago_that_was(world, client):
    long_ago = make_service_item(make_day(world.first, held_on=D(2026, 7, 10)))
    wish = make_wish(
        world.first, "DONE", claimant=world.zheng.person, done_on=D(2026, 7, 10), day_item=long_ago,
        posted_at=at(D(2026, 7, 1)),
    )  # fmt: skip
    wishes.send_back_wish(wish, by=world.li, note="还差一次")
    client.force_login(world.zheng)
    press(client, wish.get_absolute_url(), reverse("wish_finish", args=[wish.pk]), deed="又去了一次")
    wish.refresh_from_db()
    assert (wish.status, wish.deed, wish.day_item) == ("DONE", "又去了一次", long_ago)


def test_who_takes_a_wish_that_was_given_back_finds_nothing_of_what_another_did(world, client):
    item = make_service_item(make_day(world.first))
    wish = make_wish(world.first, "DONE", claimant=world.zheng.person, day_item=item, helpers=7, open_to=world.arts)
    wishes.send_back_wish(wish, by=world.li, note="还差一次")
    wishes.give_back_wish(wish, by=world.zheng, reason="出差")
    wish.refresh_from_db()
    assert (wish.done_on, wish.deed, wish.minutes, wish.helpers) == (None, "", None, None)
    assert (wish.day_item, wish.finished_by, wish.sent_back_note) == (None, None, "")
    wishes.claim_wish(wish, by=world.zhao)
    client.force_login(world.zhao)
    form = client.get(wish.get_absolute_url()).context["finish_form"]
    began_with = [form[name].value() for name in ("deed", "minutes", "helpers", "day_item")]
    assert began_with == ["", None, 1, None]


@pytest.mark.parametrize(("state", "shown"), [("CLAIMED", "—"), ("DONE", "2026-11-20"), ("CONFIRMED", "2026-11-20")])
def test_the_list_says_when_it_was_done_once_it_is(world, client, state, shown):
    make_wish(world.first, state, claimant=world.zheng.person, done_on=D(2026, 11, 20))
    client.force_login(world.li)
    [line] = client.get(reverse("service"), {"only": "all"}).context["lines"]
    assert {column.key: cell.text for column, cell in line}["done"] == shown


@pytest.mark.parametrize("lacking", ["deed", "minutes", "helpers", "done_on"])
def test_what_was_done_is_said_in_full_or_not_at_all(world, client, lacking):
    wish = make_wish(world.first, "CLAIMED", claimant=world.zheng.person)
    client.force_login(world.zheng)
    assert client.post(reverse("wish_finish", args=[wish.pk]), DEED | {lacking: ""}).status_code == 422
    assert client.post(reverse("wish_finish", args=[wish.pk]), DEED | {"done_on": "2026-11-24"}).status_code == 422
    assert client.post(reverse("wish_finish", args=[wish.pk]), DEED | {"minutes": "0"}).status_code == 422
    assert Wish.objects.get().status == "CLAIMED"


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "CLAIMED", "claimed_at": None, "claiming_branch": None, "claimed_by": None, "claimant": None},
        {"status": "OPEN"}, {"deed": ""}, {"minutes": 0}, {"done_on": None}, {"confirmed_for": ""},
        {"confirmed_by": None}, {"status": "DONE"}, {"confirmed_by": "zheng"},
    ],
)  # fmt: skip
def test_the_database_keeps_what_a_state_means(world, broken):
    wish = make_wish(world.first, "CONFIRMED", claimant=world.zheng.person)
    if broken.get("confirmed_by") == "zheng":
        broken = {"confirmed_by": world.zheng}
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(pk=wish.pk).update(**broken)


def test_who_left_or_has_no_account_is_not_asked(world):
    gone = make_person(world.first, "离开的", left_on=D(2026, 11, 1))
    wish = make_wish(world.first, "DONE", claimant=world.zheng.person, asker=gone, asker_name="离开的")
    wishes.confirm_wish(wish, by=world.chen, confirmed_for="家属")
    assert Wish.objects.get().confirmed_for == "家属"
