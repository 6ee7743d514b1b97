"""Li looks after the accounts of First Branch, Wang after those of both: filters, what a row says, the export."""

import datetime
import io

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from openpyxl import load_workbook

from branches import actions
from branches.models import Person
from core import clock
from core.accounts import User
from core.audit import AuditEntry
from tests.builders import World, make_person


@pytest.fixture
def states(world: World):
    """One person of First Branch in every state; Li and the others of the cast wait for their first code."""
    people = {name: make_person(world.first, name) for name in ("启用", "锁定", "停用", "离开", "过期")}
    for person in people.values():
        actions.open_account(person, by=world.zhou)
        person.refresh_from_db()
    for name in ("启用", "锁定", "停用", "离开"):
        user = people[name].user
        user.set_password("ziji-shezhi-2026")
        user.last_login = clock.now()
        user.save()
    AccessAttempt.objects.create(
        username=people["锁定"].staff_number, ip_address="10.0.0.1", failures_since_start=5, attempt_time=clock.now()
    )
    actions.disable_account(people["停用"].user, by=world.zhou, reason="借调")
    Person.objects.filter(pk=people["离开"].pk).update(left_on=datetime.date(2026, 11, 1))
    people["过期"].user.activations.update(expires_at=clock.now())
    return people


def shown(client, **asked):
    return {line.person.name: line for line in client.get(reverse("accounts"), asked).context["lines"]}


def test_every_state_has_its_filter_and_its_word(world: World, states, client):
    client.force_login(world.li)
    found = {state: shown(client, state=state) for state in ("ACTIVE", "LOCKED", "DISABLED", "LEFT")}
    assert {state: [*lines] for state, lines in found.items()} == {
        "ACTIVE": ["启用"], "LOCKED": ["锁定"], "DISABLED": ["停用"], "LEFT": ["离开"],
    }  # fmt: skip
    assert [line.word for lines in found.values() for line in lines.values()] == [
        "已启用",
        "已锁定",
        "已停用",
        "已离开",
    ]
    waiting = shown(client, state="WAITING")
    assert {name: line.code_word for name, line in waiting.items()} == {
        "李书记": "还没有发激活码", "陈组织": "还没有发激活码", "许宣传": "还没有发激活码", "郑党员": "还没有发激活码",
        "过期": "激活码已过期",
    }  # fmt: skip
    assert len(shown(client, state="NONE")) == 5
    assert set(shown(client)) & {"离开", "启用"} == {"启用"}  # who left is shown only when asked for


def test_one_sees_the_own_part_and_readers_see_none(world: World, states, client):
    counts = {}
    for name in ("li", "wang", "zhao", "zhou", "xu", "he", "zheng"):
        client.force_login(getattr(world, name))
        counts[name] = client.get(reverse("accounts")).context["page"].paginator.count
    first = Person.objects.of(world.first).present().count()
    second = Person.objects.of(world.second).count()
    everybody = Person.objects.present().count()
    assert counts == {
        "li": first, "wang": first + second, "zhao": second, "zhou": everybody, "xu": 0, "he": 0, "zheng": 0,
    }  # fmt: skip


def test_the_tab_stands_where_accounts_are_kept(world: World, client):
    tabs = {}
    for name in ("li", "wang", "zhou", "xu", "he"):
        client.force_login(getattr(world, name))
        tabs[name] = f'href="{reverse("accounts")}"' in client.get(reverse("people")).content.decode()
    assert tabs == {"li": True, "wang": True, "zhou": True, "xu": False, "he": False}


def test_rows_sort_by_name_number_and_last_log_in(world: World, states, client):
    client.force_login(world.li)
    late = states["启用"].user
    User.objects.filter(pk=late.pk).update(last_login=clock.now() + datetime.timedelta(hours=1))
    assert next(iter(shown(client, order="seen"))) == "启用"
    numbers = [line.person.staff_number for line in shown(client, order="number").values()]
    assert numbers == sorted(numbers)


def test_the_workbook_holds_the_rows_of_the_page_and_no_secret(world: World, states, client):
    client.force_login(world.li)
    answer = client.get(reverse("accounts_export"), {"state": "WAITING"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [(row[0], row[4], row[5]) for row in rows] == [
        (name, line.word, line.code_word) for name, line in shown(client, state="WAITING").items()
    ]
    assert [cell.value for cell in sheet[3]] == [
        "姓名",
        "学工号",
        "所在党支部",
        "党内职务",
        "账号情况",
        "激活码",
        "最近登录",
    ]
    assert AuditEntry.objects.get(event="accounts.exported").data["filters"] == {"账号情况": "待激活"}


def test_what_was_done_stands_on_the_account_without_its_log_ins(world: World, states, client):
    user = states["停用"].user
    actions.note_log_in(user, way="密码")
    client.force_login(world.wang)
    page = client.get(reverse("account", args=[states["停用"].pk]))
    assert [(step.word, step.note) for step in page.context["history"]] == [
        ("建立账号", ""), ("发出激活码", ""), ("停用账号", "借调"),
    ]  # fmt: skip


def test_disabling_needs_its_reason_beside_the_field(world: World, states, client):
    client.force_login(world.li)
    answer = client.post(reverse("account_disable", args=[states["启用"].pk]), {"reason": " "})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"reason": ["停用账号要写明原因，原因会留在记录里。"]}
    assert User.objects.get(pk=states["启用"].user_id).is_active


def test_an_act_that_was_done_already_says_so(world: World, states, client):
    client.force_login(world.li)
    again = client.post(reverse("account_disable", args=[states["停用"].pk]), {"reason": "再停"}, follow=True)
    assert [str(one) for one in again.context["messages"]] == ["这个账号已经停用了。"]
    client.post(reverse("account_enable", args=[states["停用"].pk]), follow=True)
    again = client.post(reverse("account_enable", args=[states["停用"].pk]), follow=True)
    assert [str(one) for one in again.context["messages"]] == ["这个账号正在使用，不用恢复。"]


def test_who_left_is_not_let_back_in_by_an_act(world: World, states, client):
    client.force_login(world.zhou)
    gone = states["离开"]
    for act in ("account_hand_out", "account_enable"):
        assert client.post(reverse(act, args=[gone.pk])).status_code == 403


@pytest.mark.parametrize("act", ["account_disable", "account_unlock", "account_end_sessions"])
def test_nothing_is_done_to_the_account_of_who_left(world: World, states, client, act):
    client.force_login(world.zhou)
    before = User.objects.values().get(pk=states["离开"].user_id), AuditEntry.objects.count()
    assert client.post(reverse(act, args=[states["离开"].pk]), {"reason": "离校"}).status_code == 403
    assert (User.objects.values().get(pk=states["离开"].user_id), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("act", ["account_unlock", "account_end_sessions"])
def test_a_disabled_account_is_first_brought_back_into_use(world: World, states, client, act):
    client.force_login(world.zhou)
    answer = client.post(reverse(act, args=[states["停用"].pk]))
    assert (answer.status_code, "账号已停用。请先恢复使用，再办理。" in answer.content.decode()) == (403, True)


def test_only_what_is_locked_is_unlocked(world: World, states, client):
    client.force_login(world.zhou)
    before = AuditEntry.objects.count()
    answer = client.post(reverse("account_unlock", args=[states["启用"].pk]), follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["这个账号没有锁定，不用解除。"]
    assert AuditEntry.objects.count() == before


def test_a_lock_that_ran_out_is_none_any_more(world: World, states, client, monday):
    monday.shift(datetime.timedelta(minutes=31))
    client.force_login(world.li)
    assert [*shown(client, state="LOCKED")] == []


def test_the_way_to_an_account_stands_on_the_persons_page(world: World, states, client):
    client.force_login(world.li)
    page = client.get(states["启用"].get_absolute_url())
    assert ("账号", "key", reverse("account", args=[states["启用"].pk])) in page.context["acts"]
    client.force_login(world.xu)
    words = [word for word, *_ in client.get(states["启用"].get_absolute_url()).context["acts"]]
    assert "账号" not in words
