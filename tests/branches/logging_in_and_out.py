"""Li leads First Branch and Zheng is a plain member; passwords are guessed, changed and forgotten."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Appointment, Office, Person
from branches.reports import DEMO_PASSWORD, demo_accounts
from core.accounts import User
from core.audit import AuditEntry
from core.inbox import Notice, tell
from tests.builders import World, make_person

RIGHT, NEW = "zhengque-mima-1", "xin-mima-2026"


@pytest.fixture
def li(world: World):
    return with_password(world.li)


def with_password(user, **fields):
    user.set_password(RIGHT)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    return user


def log_in(client, user, password=RIGHT, **data):
    return client.post(reverse("login"), {"username": user.username, "password": password, **data})


def test_the_right_password_leads_to_the_workbench(li, client):
    answer = log_in(client, li)

    assert (answer.status_code, answer.url) == (302, reverse("workbench"))
    assert client.get(reverse("me")).status_code == 200


def test_after_logging_in_one_goes_on_where_one_wanted_but_never_to_another_site(li, client):
    assert log_in(client, li, next=reverse("inbox")).url == reverse("inbox")
    client.logout()
    assert log_in(client, li, next="https://elsewhere.example/").url == reverse("workbench")


def test_a_wrong_password_and_an_unknown_number_get_the_same_words(li, client):
    wrong = log_in(client, li, "falsch-falsch")
    unknown = client.post(reverse("login"), {"username": "no-such-number", "password": RIGHT})

    errors = [answer.context["form"].non_field_errors() for answer in (wrong, unknown)]
    assert errors[0] == errors[1] == ["学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。"]


def test_a_disabled_account_gets_the_same_words_too(li, client):
    with_password(li, is_active=False)

    assert log_in(client, li).context["form"].non_field_errors() == [
        "学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。"
    ]


def test_five_wrong_passwords_lock_the_account_also_for_the_right_one(li, client):
    answers = [log_in(client, li, "falsch-falsch") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "暂时锁定" in answers[-1].content.decode()

    assert log_in(client, li).status_code == 429
    assert client.get(reverse("me")).status_code == 302


def test_four_wrong_passwords_do_not_lock(li, client):
    for _ in range(4):
        log_in(client, li, "falsch-falsch")

    assert log_in(client, li).status_code == 302


def test_a_locked_account_does_not_lock_others_at_the_same_address(li, world: World, client):
    zhao = with_password(world.zhao)
    for _ in range(5):
        log_in(client, li, "falsch-falsch")

    assert log_in(Client(), li).status_code == 429
    assert log_in(Client(), zhao).status_code == 302


def test_the_lock_opens_after_half_an_hour(li, client, monday):
    for _ in range(5):
        log_in(client, li, "falsch-falsch")
    monday.shift(datetime.timedelta(minutes=29))
    assert log_in(client, li).status_code == 429
    monday.shift(datetime.timedelta(minutes=2))  # what was tried meanwhile makes it no longer
    assert log_in(client, li).status_code == 302


def test_logging_out_is_a_post_and_ends_the_session(li, client):
    client.force_login(li)

    assert client.get(reverse("logout")).status_code == 405
    answer = client.post(reverse("logout"))
    assert (answer.status_code, answer.url) == (302, reverse("login"))
    assert client.get(reverse("me")).url == f"{reverse('login')}?next={reverse('me')}"


def test_logging_out_twice_is_no_error(client, db):
    assert client.post(reverse("logout")).url == reverse("login")


def test_who_is_logged_in_is_not_asked_again(li, client):
    client.force_login(li)

    assert client.get(reverse("login")).url == reverse("workbench")


def change(client, old=RIGHT, new=NEW, again=None):
    again = new if again is None else again
    return client.post(reverse("password_change"), {"old_password": old, "new_password1": new, "new_password2": again})


def test_a_new_password_keeps_this_session_and_ends_the_others(li, client):
    elsewhere = Client()
    for one in (client, elsewhere):
        log_in(one, li)

    assert change(client).url == reverse("workbench")

    assert client.get(reverse("me")).status_code == 200
    assert elsewhere.get(reverse("me")).status_code == 302
    assert log_in(Client(), li, NEW).status_code == 302
    assert log_in(Client(), li, RIGHT).status_code == 200
    steps = AuditEntry.objects.about(li).exclude(event="account.entered").values_list("event", "by")
    assert list(steps) == [("password.changed", li.pk)]


@pytest.mark.parametrize(
    "old, new, again", [("falsch", NEW, NEW), (RIGHT, NEW, "etwas-anderes-1"), (RIGHT, "kurz", "kurz"),
                        (RIGHT, "83649274028", "83649274028")],
)  # fmt: skip
def test_a_bad_password_changes_nothing_and_says_why(li, client, old, new, again):
    client.force_login(li)

    answer = change(client, old, new, again)

    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)
    assert User.objects.get(pk=li.pk).check_password(RIGHT)
    assert not AuditEntry.objects.about(li).exists()


def test_the_first_log_in_leads_to_the_password_page_until_it_is_changed(li, client):
    with_password(li, must_change_password=True)

    assert log_in(client, li).url == reverse("password_change")
    assert change(client).url == reverse("workbench")
    client.logout()
    assert log_in(client, li, NEW).url == reverse("workbench")


PLACES = ["workbench", "me", "people", "plans", "people_export", "inbox", "search", "more"]
FORMS = ["inbox_read_all", "people_export_full", "plans_forward", "assessment_compute"]


def test_until_the_first_password_is_changed_every_page_and_form_leads_to_it(li, client, world: World):
    tell([li], "test", key="one", title="消息")
    with_password(li, must_change_password=True)
    client.force_login(li)
    there = reverse("password_change")
    arguments = {"assessment_compute": ["2026-10"]}

    assert {client.get(reverse(name)).url for name in PLACES} == {there}
    assert client.get(world.first.get_absolute_url()).url == there
    assert {client.post(reverse(name, args=arguments.get(name, []))).url for name in FORMS} == {there}
    assert Notice.objects.filter(read_at=None).count() == 1
    fragment = client.get(reverse("people"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (200, there)

    page = client.get(there)
    assert (page.status_code, "不改了" in page.content.decode()) == (200, False)
    assert change(client).url == reverse("workbench")
    assert client.get(reverse("me")).status_code == 200


def test_one_may_log_out_instead_of_changing_the_password(li, client):
    client.force_login(with_password(li, must_change_password=True))

    assert client.get(reverse("login")).url == reverse("password_change")
    assert client.post(reverse("logout")).url == reverse("login")
    assert client.get(reverse("me")).url == f"{reverse('login')}?next={reverse('me')}"


def test_the_password_that_was_handed_out_is_no_new_one(li, client):
    client.force_login(with_password(li, must_change_password=True))

    answer = change(client, new=RIGHT)

    assert answer.context["form"].errors["new_password1"] == ["新密码不能和原密码一样，请换一个。"]
    assert User.objects.get(pk=li.pk).must_change_password


def test_one_chooses_among_the_own_running_offices(world: World, client):
    here = Appointment.objects.get(person=world.li.person)
    there = Appointment.objects.create(
        person=world.li.person, organization=world.second, office=Office.MEMBER, starts_on=datetime.date(2025, 1, 1)
    )
    client.force_login(world.li)
    assert client.get(reverse("me")).context["office"].id == here.pk

    assert client.post(reverse("office_choose", args=[there.pk])).url == reverse("workbench")
    assert client.get(reverse("me")).context["office"].id == there.pk


def test_foreign_ended_and_missing_offices_cannot_be_chosen(world: World, client):
    foreign = Appointment.objects.get(person=world.zhao.person)
    ended = Appointment.objects.create(
        person=world.li.person, organization=world.second, office=Office.MEMBER,
        starts_on=datetime.date(2025, 1, 1), ends_on=datetime.date(2026, 11, 23),
    )  # fmt: skip
    client.force_login(world.li)

    for pk in (foreign.pk, ended.pk, 10**6):
        assert client.post(reverse("office_choose", args=[pk])).status_code == 404
    assert "office" not in client.session
    own = Appointment.objects.get(person=world.li.person, ends_on=None)
    assert client.get(reverse("office_choose", args=[own.pk])).status_code == 405


def test_more_holds_the_whole_navigation(world: World, client):
    client.force_login(world.li)
    page = client.get(reverse("more"))
    body = page.content.decode().split('id="main"')[1]

    addresses = [reverse(entry["name"]) for entry in page.context["navigation"]]
    assert [address for address in addresses if f'href="{address}"' not in body] == []
    assert f'action="{reverse("logout")}"' in body
    assert f'href="{reverse("password_change")}"' in body


def test_the_demo_panel_stands_only_in_a_demonstration(world: World, client, settings):
    assert "accounts" not in client.get(reverse("login")).context
    settings.DEMO = True
    page = client.get(reverse("login"))

    assert page.content.decode().count(DEMO_PASSWORD) == 1
    assert [account.number for account in page.context["accounts"]] == [one.number for one in demo_accounts()]


def test_the_demo_accounts_are_one_of_each_part(world: World):
    accounts = demo_accounts()

    assert [(one.name, one.office, one.organization) for one in accounts] == [
        ("李书记", "书记", "文学院第一党支部"),
        ("陈组织", "组织委员", "文学院第一党支部"),
        ("王总支", "书记", "文学院党总支"),
        ("周组织部", "组织部", "校党委"),
        ("吴书记", "书记", "图书馆直属党支部"),
        ("郑党员", "党员", "文学院第一党支部"),
    ]
    assert accounts[0].number == world.li.username


def test_ended_offices_and_people_who_left_are_no_demo_accounts(world: World):
    Appointment.objects.filter(person=world.chen.person).update(ends_on=datetime.date(2026, 11, 23))
    Person.objects.filter(user=world.wu).update(left_on=datetime.date(2026, 11, 1))
    make_person(world.first, "无账号")

    assert [one.name for one in demo_accounts()] == ["周组织部"]
