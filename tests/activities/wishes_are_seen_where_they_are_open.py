"""Who sees which wish, on the board, on its page, in a search and a workbook; and who reads who asked.

First posts three: one open to itself, one to its general branch, one to the whole committee; Second one of its own.
Zheng is a plain member of First; Zhao leads Second, Qian a branch of another general branch, Sun reviews there.
"""

import io
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from activities.actions import wishes
from activities.models import Wish
from branches.models import Person
from core.audit import AuditEntry
from tests.builders import World, make_officer, make_person
from tests.service_builders import make_wish
from tests.things import with_account

ASKER, PHONE = "秘密老人", "13612345678"
SEEN = {  # open to → who of First's cast and of others sees it
    "own": {"li", "chen", "xu", "zheng", "wang", "zhou", "he"},
    "unit": {"li", "chen", "xu", "zheng", "wang", "zhou", "he", "zhao"},
    "all": {"li", "chen", "xu", "zheng", "wang", "zhou", "he", "zhao", "qian", "sun", "wu"},
}
CAST = sorted(SEEN["all"])


@pytest.fixture
def posted(world: World):
    reach = {"own": world.first, "unit": world.arts, "all": world.committee}
    return {
        name: make_wish(world.first, open_to=place, title=f"心愿 {name}", asker_name=ASKER, contact=PHONE)
        for name, place in reach.items()
    }


def test_a_wish_is_seen_in_its_part_of_the_tree_and_where_it_is_open(world, posted, client):
    make_wish(world.second, title="邻居的")
    found = {name: set() for name in posted}
    for who in CAST:
        client.force_login(getattr(world, who))
        shown = {wish.title for wish in client.get(reverse("service"), {"only": "all"}).context["page"]}
        for name, wish in posted.items():
            opens = client.get(wish.get_absolute_url()).status_code == 200
            found_by_search = client.get(reverse("search"), {"q": wish.title}).content.decode()
            seen = {opens, wish.title in shown, wish.get_absolute_url() in found_by_search}
            assert len(seen) == 1, (who, name, seen)
            found[name] |= {who} if opens else set()
        assert ("邻居的" in shown) == (who in {"zhao", "wang", "zhou", "he"}), who
    assert found == SEEN


def test_a_member_who_left_or_whose_branch_was_closed_sees_none_any_more(world, posted, client):
    Wish.objects.filter(pk=posted["own"].pk).update(status="CLAIMED", claimant=world.zheng.person,
        claiming_branch=world.first, claimed_at="2026-11-20T09:00+08:00", claimed_by=world.zheng)  # fmt: skip
    world.first.closed_on = "2026-11-20"
    world.first.save(update_fields=["closed_on"])
    assert set(Wish.objects.visible_to(type(world.zheng).objects.get(pk=world.zheng.pk))) == {posted["own"]}


def test_the_board_asks_whom_it_may_and_keeps_the_rest_apart(world, posted, client):
    own = make_wish(world.first, asker=world.zheng.person, asker_name="郑党员", title="我提的")
    mine = make_wish(world.first, "CLAIMED", claimant=world.zheng.person, title="我认领的")
    make_wish(world.first, "WITHDRAWN", title="撤回的")
    views = {
        "zheng": {"claimable": {"own", "unit", "all"}, "mine": {"我认领的"}, "posted": {"我提的"}},
        "qian": {"claimable": {"all"}, "mine": set(), "posted": set()},
        "zhou": {"claimable": {"all"}, "mine": set(), "posted": set()},
    }
    for who, expected in views.items():
        client.force_login(getattr(world, who))
        for view, titles in expected.items():
            page = client.get(reverse("service"), {"only": view}).context["page"]
            assert {wish.title.removeprefix("心愿 ") for wish in page} == titles, (who, view)
    client.force_login(world.zheng)
    own_part = client.get(reverse("me")).context["parts"]
    part = next(one["context"] for one in own_part if one["template"] == "activities/own_service.html")
    assert (part["claimable"], [wish for wish, _ in part["wishes"]]) == (3, [mine])
    assert own in Wish.objects.visible_to(world.zheng)


def test_a_state_is_chosen_from_what_waits_and_finds_its_wishes(world, posted, client):
    make_wish(world.first, "CLAIMED", claimant=world.zheng.person, title="认领了的")
    client.force_login(world.zheng)
    form = {"only": "claimable", "q": "", "kind": ""}  # as the board's form is sent when only the state was touched
    titles = {
        status: {wish.title for wish in client.get(reverse("service"), form | {"status": status}).context["page"]}
        for status in ("CLAIMED", "OPEN", "")
    }
    waiting = {wish.title for wish in posted.values()}
    assert titles == {"CLAIMED": {"认领了的"}, "OPEN": waiting, "": waiting}
    shown = client.get(reverse("service"), form | {"status": "CLAIMED"}).context["filter"]
    assert (shown.view, shown.words) == ("all", {"范围": "全部", "状态": "已认领"})


@pytest.mark.parametrize("who", CAST)
def test_who_asked_is_read_by_the_posting_branchs_chain_alone(world, posted, client, who):
    client.force_login(getattr(world, who))
    knows = {"li", "chen", "xu", "wang", "zhou", "he"}
    text = "".join(
        unescape(client.get(address).content.decode())
        for address in (posted["all"].get_absolute_url(), reverse("service"), f"{reverse('service')}?only=all")
    )
    assert (ASKER in text, PHONE in text) == (who in knows, who in knows)


def test_and_by_whoever_claimed_it_while_they_hold_it(world, posted, client):
    qian, wish = world.qian, posted["all"]
    client.force_login(qian)

    def reads():
        return ASKER in client.get(wish.get_absolute_url()).content.decode()

    assert not reads()
    wishes.claim_wish(wish, by=qian, branch=world.other)
    colleague = make_officer(world.other, "MEMBER", "高委员")
    member = with_account(make_person(world.other, "普通党员"))
    assert reads()
    for user, may in ((colleague, True), (member.user, False)):
        client.force_login(user)
        assert reads() == may
    wishes.give_back_wish(wish, by=qian, reason="太远")
    client.force_login(qian)
    assert not reads()


def test_the_log_and_the_workbook_do_not_say_who_asked(world, posted, client):
    wish = make_wish(
        world.first, "DONE", claimant=world.zheng.person, open_to=world.committee, asker_name=ASKER, contact=PHONE
    )  # fmt: skip
    wishes.confirm_wish(wish, by=world.li, confirmed_for=ASKER)
    client.force_login(world.zhou)
    history = client.get(reverse("audit_of", args=["activities.wish", wish.pk])).content.decode()
    assert ("确认实现" in history, ASKER in history, "秘**" in history) == (True, False, True)
    answer = client.get(reverse("service_export"), {"only": "all"})
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    text = "".join(str(cell) for row in rows for cell in row)
    assert (len(rows), ASKER in text, PHONE in text) == (3 + Wish.objects.count(), False, False)


def test_the_workbook_is_what_the_page_shows_sorted_and_narrowed_alike(world, posted, client):
    other = {"title": "修窗", "kind": "CONVENIENCE"}
    make_wish(world.second, "CONFIRMED", claiming_branch=world.first, open_to=world.arts, **other)
    client.force_login(world.zhou)
    for asked in ({"only": "all"}, {"only": "all", "order": "-place"}, {"kind": "CONVENIENCE", "only": "all"},
                  {"organization": world.second.pk}, {"only": "all", "q": "修"}, {"status": "CONFIRMED"}):  # fmt: skip
        page = client.get(reverse("service"), asked).context
        book = load_workbook(io.BytesIO(client.get(reverse("service_export"), asked).getvalue())).active
        rows = list(book.iter_rows(values_only=True))[2:]
        assert rows[0] == tuple(column.name for column in page["listing"].columns)
        assert [row[0] for row in rows[1:]] == [line[0][1].value for line in page["lines"]], asked
        assert rows[1:] and len(rows) - 1 == page["page"].paginator.count
    exported = AuditEntry.objects.filter(event="wishes.exported").last()
    assert exported.data["filters"] == {"状态": "已实现"}


def test_a_wish_claimed_elsewhere_stays_with_whoever_claimed_it(world, posted):
    """Zheng moves on: what is claimed stays in sight, and the branch's figure where it was."""
    wishes.claim_wish(posted["own"], by=world.zheng)
    Person.objects.filter(pk=world.zheng.person.pk).update(organization=world.other)
    zheng = type(world.zheng).objects.get(pk=world.zheng.pk)
    seen = Wish.objects.visible_to(zheng)
    assert set(seen) == {posted["own"], posted["all"]}
    assert Wish.objects.get(pk=posted["own"].pk).claiming_branch == world.first
