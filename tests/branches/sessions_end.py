"""Li is logged in at two places. Sessions end by themselves, and with the account, its password, its person."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Person
from branches.reports import DEMO_PASSWORD
from core.accounts import User
from tests.branches.conftest import PASSWORD
from tests.builders import World


@pytest.fixture
def places(li):
    """Two browsers in which Li is logged in."""
    found = [Client(), Client()]
    for one in found:
        assert log_in(one, li).status_code == 302
        assert is_in(one)
    return found


def log_in(client, user, password=PASSWORD, **extra):
    return client.post(reverse("login"), {"username": user.username, "password": password}, **extra)


def is_in(client):
    return client.get(reverse("me")).status_code == 200


WAYS = {
    "disabled": lambda world, li: actions.disable_account(li, by=world.zhou, reason="借调"),
    "code": lambda world, li: actions.hand_out_code(li, by=world.zhou),
    "ended": lambda world, li: actions.end_sessions(li, by=world.zhou),
    "left": lambda world, li: Person.objects.filter(user=li).update(left_on=datetime.date(2026, 11, 23)),
    "password": lambda world, li: actions.change_password(User.objects.get(pk=li.pk), by=li, password="xin-mima-2026"),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_session_ends_at_the_next_click(world: World, li, places, way):
    WAYS[way](world, li)
    assert [is_in(one) for one in places] == [False, False]


def test_the_control_nothing_done_nothing_ends(places):
    assert [is_in(one) for one in places] == [True, True]


def test_a_disabled_account_comes_back_without_its_old_sessions(world: World, li, places):
    actions.disable_account(li, by=world.zhou, reason="借调")
    assert log_in(Client(), li).status_code == 200
    actions.enable_account(li, by=world.zhou)
    assert [is_in(one) for one in places] == [False, False]
    assert log_in(Client(), li).status_code == 302


def test_an_office_taken_away_loses_its_pages_and_keeps_the_session(world: World, li, places):
    here = places[0]
    assert here.get(reverse("account", args=[world.zheng.person.pk])).status_code == 200
    Appointment.objects.filter(person__user=li).update(ends_on=datetime.date(2026, 11, 23))
    assert here.get(reverse("account", args=[world.zheng.person.pk])).status_code == 404
    assert here.post(reverse("account_hand_out", args=[world.zheng.person.pk])).status_code == 404
    assert is_in(here)


def test_who_left_cannot_log_in_and_is_told_nothing_more(world: World, li, client):
    WAYS["left"](world, li)
    words = [log_in(client, li).context["form"].non_field_errors()]
    words.append(log_in(client, li, "falsch-falsch").context["form"].non_field_errors())
    assert words[0] == words[1] == ["学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。"]


def test_half_an_hour_without_a_click_logs_out_and_says_so(places, monday):
    here = places[0]
    monday.shift(datetime.timedelta(minutes=29))
    assert is_in(here)
    monday.shift(datetime.timedelta(minutes=30))

    answer = here.get(reverse("plans"))

    assert answer.url == f"{reverse('login')}?next={reverse('plans')}"
    page = here.get(answer.url)
    assert "因为 30 分钟没有操作，已退出登录。" in page.content.decode()
    assert "没有操作" not in here.get(answer.url).content.decode()  # said once


def test_who_never_logged_in_is_not_told_of_an_end(client, db):
    assert client.get(reverse("login")).context["ended"] == ""


def test_after_twelve_hours_even_the_busy_log_in_again(places, monday):
    here = places[0]
    for _ in range(24):
        monday.shift(datetime.timedelta(minutes=29))
        assert is_in(here)
    monday.shift(datetime.timedelta(minutes=24))  # 11 h 60 min
    answer = here.get(reverse("me"))
    assert "这次登录已满 12 小时" in here.get(answer.url).content.decode()


def test_logging_in_again_begins_new_hours(li, places, monday):
    here = places[0]
    monday.shift(datetime.timedelta(hours=13))
    assert not is_in(here)
    log_in(here, li)
    monday.shift(datetime.timedelta(minutes=29))
    assert is_in(here)


def test_a_session_is_written_at_most_once_a_minute(places, monday):
    def written():
        with CaptureQueriesContext(connection) as queries:
            assert is_in(places[0])
        return sum(query["sql"].startswith("UPDATE") and "django_session" in query["sql"] for query in queries)

    assert [written(), written()] == [0, 0]
    monday.shift(datetime.timedelta(seconds=59))
    assert written() == 0
    monday.shift(datetime.timedelta(seconds=1))
    assert [written(), written()] == [1, 0]


def guess(users, tries, address):
    return [
        log_in(Client(), user, f"falsch-{number}", REMOTE_ADDR=address).status_code
        for user in users
        for number in range(tries)
    ]


@pytest.fixture
def fifty(world: World):
    users = [User(username=f"G{number:03d}", name="被猜的人", password="!") for number in range(50)]
    return User.objects.bulk_create(users)


def test_five_hundred_guesses_on_fifty_accounts_shut_nobody_else_out(world: World, li, fifty):
    answers = guess(fifty, 10, "10.0.0.1")
    assert (len(answers), answers.count(200), answers.count(429)) == (500, 200, 300)
    assert log_in(Client(), li, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_the_control_by_address_alone_everybody_would_be_shut_out(li, fifty, settings):
    settings.AXES_LOCKOUT_PARAMETERS = ["ip_address"]
    guess(fifty[:2], 3, "10.0.0.1")
    assert log_in(Client(), li, REMOTE_ADDR="10.0.0.1").status_code == 429


def test_a_lock_is_of_account_and_network(li):
    guess([li], 5, "10.0.0.1")
    assert log_in(Client(), li, REMOTE_ADDR="10.0.0.1").status_code == 429
    assert log_in(Client(), li, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_an_unlocked_account_gets_in_at_once(world: World, li, client):
    guess([li], 5, "10.0.0.1")
    client.force_login(world.zhou)
    page = client.get(reverse("accounts"), {"state": "LOCKED"})
    assert [line.person for line in page.context["lines"]] == [li.person]
    assert client.post(reverse("account_unlock", args=[li.person.pk])).status_code == 302
    assert log_in(Client(), li, REMOTE_ADDR="10.0.0.1").status_code == 302


@pytest.mark.parametrize(("demo", "status"), [(False, 200), (True, 302)])
def test_the_demos_password_opens_nothing_outside_the_demo(li, client, settings, demo, status):
    settings.DEMO = demo
    li.set_password(DEMO_PASSWORD)
    li.save()
    assert log_in(client, li, DEMO_PASSWORD).status_code == status


MIXED = [{"NAME": "core.passwords.MixtureValidator"}]


@pytest.mark.parametrize(
    ("password", "errors"),
    [("xiaoxiezimu", 1), ("xiaoxie2026", 1), ("Xiaoxie2026", 0), ("xiaoxie-2026", 0), ("密码 X2", 0)],
)
def test_where_the_site_asks_for_it_three_kinds_of_letters_are_needed(settings, password, errors):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    settings.AUTH_PASSWORD_VALIDATORS = MIXED
    try:
        validate_password(password)
        found = 0
    except ValidationError as error:
        found = len(error.messages)
    assert found == errors


def test_an_old_password_is_changed_before_anything_else(li, places, monday, settings):
    settings.PASSWORD_EXPIRY_DAYS = 90
    monday.shift(datetime.timedelta(days=89))
    assert log_in(places[0], li).url == reverse("workbench")
    monday.shift(datetime.timedelta(days=1))
    assert log_in(places[1], li).url == reverse("password_change")
    assert places[1].get(reverse("me")).url == reverse("password_change")
    settings.PASSWORD_EXPIRY_DAYS = 0
    assert is_in(places[1])


def test_single_sign_on_does_not_ask_for_a_password_that_nobody_uses(li, places, settings):
    li.must_change_password = True
    li.save(update_fields=["must_change_password"])
    assert places[0].get(reverse("me")).status_code == 302
    session = places[0].session
    session["way"] = "cas"
    session.save()
    assert is_in(places[0])
