"""Li keeps the accounts of First Branch and opens one for Gu, a member. The code is shown once; Gu sets a password."""

import datetime

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from branches import actions
from branches.models import Person
from branches.reports.accounts import in_need_of_code, register_of_accounts
from core.accounts import ALPHABET, Activation, User, make_code
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import World, make_person

PASSWORD = "ziji-shezhi-2026"


@pytest.fixture
def gu(world: World):
    return make_person(world.first, "顾新人")


def open_for(person, by):
    code = actions.open_account(person, by=by)
    person.refresh_from_db()
    return code


def activate(client, number, code, password=PASSWORD, again=None):
    data = {"number": number, "code": code, "new_password1": password, "new_password2": again or password}
    return client.post(reverse("activate"), data)


def test_a_code_is_twelve_plain_letters_in_groups():
    codes = {make_code() for _ in range(200)}
    assert (len(codes), {len(code) for code in codes}) == (200, {14})
    assert set("".join(codes)) - {"-"} <= set(ALPHABET)
    assert set("01ILO") & set(ALPHABET) == set()


def test_opened_from_the_register_then_activated_by_its_owner(world: World, gu, client):
    client.force_login(world.li)
    slip = client.post(reverse("account_open", args=[gu.pk]))
    [(person, code)] = slip.context["slips"]
    gu.refresh_from_db()
    assert (person, gu.user.username, gu.user.has_usable_password()) == (gu, gu.staff_number, False)
    assert slip.content.decode().count(code) == 1
    assert slip["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    client.logout()

    answer = activate(client, gu.staff_number, code)

    assert (answer.status_code, answer.url) == (302, reverse("workbench"))
    assert client.get(reverse("me")).context["user"] == gu.user
    gu.user.refresh_from_db()
    assert (gu.user.check_password(PASSWORD), gu.user.must_change_password) == (True, False)
    steps = AuditEntry.objects.about(gu.user).values_list("event", "by", "note")
    assert list(steps) == [
        ("account.opened", world.li.pk, ""), ("account.code_handed_out", world.li.pk, ""),
        ("account.activated", gu.user.pk, ""), ("account.entered", gu.user.pk, "激活码"),
    ]  # fmt: skip


def test_the_code_may_be_typed_in_small_letters_without_dashes(world: World, gu, client):
    code = open_for(gu, world.li)
    assert activate(client, f" {gu.staff_number} ", code.lower().replace("-", " ")).status_code == 302


def everything():
    """Every row of every table as text: log of attempts and sessions too."""
    return "\n".join(str(row) for model in apps.get_models() for row in model.objects.values())


def test_a_code_stands_in_no_table_and_in_no_log(world: World, gu, client, caplog):
    client.force_login(world.li)
    [(_, code)] = client.post(reverse("account_open", args=[gu.pk])).context["slips"]
    activate(client, gu.staff_number, f"{code[:-1]}?")
    activate(client, "no-such-number", code)
    activate(client, gu.staff_number, code)
    assert AccessAttempt.objects.exists()
    assert [one in everything() + caplog.text for one in (code, code.replace("-", ""), PASSWORD)] == [False] * 3


def test_slips_have_no_address_at_which_they_could_be_read_again(world: World, gu, client):
    client.force_login(world.li)
    addresses = [reverse("account_open", args=[gu.pk]), reverse("accounts_open")]
    [(_, code)] = client.post(addresses[0]).context["slips"]
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, code in answer.content.decode()) == (405, False)
    assert code not in client.get(reverse("account", args=[gu.pk])).content.decode()


def test_opening_twice_makes_one_account_and_leaves_its_code(world: World, gu, client):
    code = open_for(gu, world.li)
    with pytest.raises(StaleState):
        actions.open_account(gu, by=world.chen)
    assert activate(client, gu.staff_number, code).status_code == 302


def test_a_page_sent_twice_does_not_end_the_code_that_was_just_printed(world: World, gu, client):
    open_for(gu, world.li)
    client.force_login(world.li)
    seen = client.get(reverse("account", args=[gu.pk])).context["seen"]
    there = reverse("account_hand_out", args=[gu.pk])
    [(_, code)] = client.post(there, {"seen": seen}).context["slips"]

    again = client.post(there, {"seen": seen}, follow=True)

    assert [str(one)[:12] for one in again.context["messages"]] == ["这个账号刚刚发过激活码，"]
    client.logout()
    assert activate(client, gu.staff_number, code).status_code == 302


WRONG = "学工号或激活码不对，或者激活码已经用过、过期、作废。请对照纸条再看一看；连错 5 次要请发给您纸条的人再发一张。"


def refused(answer):
    return answer.status_code == 422 and answer.context["form"].errors == {"code": [WRONG]}


def test_whatever_is_wrong_gets_the_same_answer(world: World, gu, client, monday):
    code = open_for(gu, world.li)
    other = make_person(world.first, "无账号")
    left = make_person(world.first, "已离开")
    code_of_left = open_for(left, world.li)
    Person.objects.filter(pk=left.pk).update(left_on=datetime.date(2026, 11, 20))
    answers = [
        activate(client, gu.staff_number, "AAAA-BBBB-CCCC"),  # wrong
        activate(client, "no-such-number", code),  # unknown number
        activate(client, other.staff_number, code),  # no account
        activate(client, world.chen.username, code),  # somebody else's code
        activate(client, left.staff_number, code_of_left),  # not in the register any more
    ]
    assert [refused(answer) for answer in answers] == [True] * 5
    monday.shift(datetime.timedelta(days=14))
    assert refused(activate(client, gu.staff_number, code))  # expired
    assert not Person.objects.get(pk=gu.pk).user.has_usable_password()


def test_a_code_works_until_its_last_minute_and_once(world: World, gu, client, monday):
    code = open_for(gu, world.li)
    monday.shift(datetime.timedelta(days=14) - datetime.timedelta(minutes=1))
    assert activate(client, gu.staff_number, code).status_code == 302
    client.logout()
    assert refused(activate(client, gu.staff_number, code, "lingwai-yige-2026"))
    assert Person.objects.get(pk=gu.pk).user.check_password(PASSWORD)


def test_the_fifth_wrong_try_ends_the_code_and_is_kept(world: World, gu, client):
    code = open_for(gu, world.li)
    for _ in range(4):
        activate(client, gu.staff_number, "AAAA-BBBB-CCCC")
    assert Activation.objects.get().revoked_at is None
    activate(client, gu.staff_number, "AAAA-BBBB-CCCC")

    assert refused(activate(client, gu.staff_number, code))
    assert AuditEntry.objects.about(gu.user).last().event == "account.code_spoiled"


def test_four_wrong_tries_do_not(world: World, gu, client):
    code = open_for(gu, world.li)
    for _ in range(4):
        activate(client, gu.staff_number, "AAAA-BBBB-CCCC")
    assert activate(client, gu.staff_number, code).status_code == 302


def test_a_weak_password_is_said_beside_its_field_and_counts_as_no_try(world: World, gu, client):
    code = open_for(gu, world.li)
    for password, again in (
        ("kurz", None),
        ("83649274028", None),
        (PASSWORD, "etwas-anderes"),
        ("huodongri-2026", None),
    ):
        answer = activate(client, gu.staff_number, code, password, again)
        assert (answer.status_code, set(answer.context["form"].errors) <= {"new_password1", "new_password2"}) == (
            422,
            True,
        )
    assert Activation.objects.get().tries == 0
    assert activate(client, gu.staff_number, code).status_code == 302


def test_thirty_wrong_codes_close_the_door_to_that_network_alone(world: World, gu, client, monday):
    code = open_for(gu, world.li)
    for number in range(30):
        assert refused(activate(client, f"X{number}", "AAAA-BBBB-CCCC"))
    closed = activate(client, gu.staff_number, code)
    assert closed.context["form"].non_field_errors() == ["这里试错的次数太多，请 30 分钟后再试。"]
    world.zhao.set_password(PASSWORD)
    world.zhao.save()
    entered = client.post(reverse("login"), {"username": world.zhao.username, "password": PASSWORD})
    assert entered.status_code == 302  # logging in is another door
    client.logout()
    elsewhere = {"number": gu.staff_number, "code": code, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(reverse("activate"), elsewhere, REMOTE_ADDR="10.9.8.7").status_code == 302
    monday.shift(datetime.timedelta(minutes=31))
    assert refused(activate(client, "X", "AAAA-BBBB-CCCC"))
    assert AccessFailureLog.objects.count() == 0


def test_a_new_code_ends_the_one_before_and_the_old_password(world: World, gu, client):
    first = open_for(gu, world.li)
    second = actions.hand_out_code(gu.user, by=world.li)
    assert refused(activate(client, gu.staff_number, first))
    assert activate(client, gu.staff_number, second).status_code == 302
    actions.hand_out_code(gu.user, by=world.li)
    client.logout()
    answer = client.post(reverse("login"), {"username": gu.staff_number, "password": PASSWORD})
    assert answer.status_code == 200


def test_a_number_that_is_anothers_log_in_name_is_refused(world: World, gu, client):
    User.objects.filter(pk=world.zhao.pk).update(username=gu.staff_number)
    client.force_login(world.li)
    answer = client.post(reverse("account_open", args=[gu.pk]))
    assert (answer.status_code, Person.objects.get(pk=gu.pk).user) == (403, None)
    assert "已是别人的登录名" in answer.content.decode()


def test_an_account_that_was_nobodys_is_taken_over_without_its_old_password(world: World, gu, client):
    orphan = User.objects.create_user(gu.staff_number, PASSWORD, name="从前的人")
    code = open_for(gu, world.li)
    assert (gu.user, gu.user.name, gu.user.has_usable_password()) == (orphan, gu.name, False)
    assert activate(client, gu.staff_number, code).status_code == 302


def test_in_bulk_everybody_without_one_gets_a_slip_and_a_second_time_nobody(world: World, client):
    client.force_login(world.li)
    lacking = set(Person.objects.of(world.first).filter(user=None)) | {
        world.zheng.person
    }  # Zheng's was never activated

    page = client.post(reverse("accounts_open"))

    assert {person for person, _ in page.context["slips"]} == lacking
    assert Person.objects.of(world.first).filter(user=None).count() == 0
    again = client.post(reverse("accounts_open"), follow=True)
    assert [str(one)[:12] for one in again.context["messages"]] == ["没有需要发激活码的人：要"]
    person, code = page.context["slips"][0]
    client.logout()
    assert activate(client, person.staff_number, code).status_code == 302


def test_in_bulk_offices_are_asked_of_those_alone_whose_turn_it_is(world: World, monkeypatch):
    asked = []
    monkeypatch.setattr("branches.actions.accounts.MOST_AT_ONCE", 2)
    monkeypatch.setattr("branches.rules.offices_at", lambda people: asked.append(len(people)) or {})
    people = in_need_of_code(register_of_accounts(world.li), world.li)
    assert (people.count(), len(actions.open_accounts(people, by=world.li)), asked) == (6, 2, [2])


def test_the_list_says_how_many_wait_for_a_slip_as_far_as_one_print_goes(world: World, client, monkeypatch):
    client.force_login(world.li)
    page = client.get(reverse("accounts"))
    assert (page.context["in_need"], "<strong>6 人还不能登录" in page.content.decode()) == (6, True)
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 5)
    page = client.get(reverse("accounts"))
    assert (page.context["in_need"], "<strong>5 人以上还不能登录" in page.content.decode()) == (6, True)
    for _ in range(3):
        make_person(world.first)
    assert client.get(reverse("accounts")).context["in_need"] == 6  # it was not counted on


def test_the_command_opens_the_first_account_of_a_site(world: World, gu, client, capsys):
    call_command("open_account", gu.staff_number)
    code = capsys.readouterr().out.split("激活码 ")[1].split()[0]
    assert activate(client, gu.staff_number, code).status_code == 302
    call_command("open_account", gu.staff_number)  # lost: another one, and the password is gone
    assert not User.objects.get(username=gu.staff_number).has_usable_password()


def test_the_command_knows_the_register_alone(world: World, gu):
    with pytest.raises(CommandError, match="名册里没有学工号 nobody"):
        call_command("open_account", "nobody")
    Person.objects.filter(pk=gu.pk).update(left_on=datetime.date(2026, 11, 1))
    with pytest.raises(CommandError, match="已离开名册"):
        call_command("open_account", gu.staff_number)
