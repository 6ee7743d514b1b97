"""The campus vouches for a number; the register lets in. Li has an account, Gu is in the register without one."""

import datetime
import os
import subprocess
import sys

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import NoReverseMatch, reverse

from branches.models import Person
from config.single_sign_on import single_sign_on
from core.accounts import User
from core.audit import AuditEntry
from tests.branches import addresses_with_single_sign_on
from tests.branches.providers import Cas, Oidc
from tests.builders import World, make_person
from tests.house.the_code_keeps_the_house_rules import ROOT
from tests.house.who_may_open_what import names

UNKNOWN = "您的身份已经确认，但这个学工号不在名册里，或者账号已停用。请联系所在党支部的组织委员或党委组织部。"
NOT_PROVEN = "统一身份认证没有确认您的身份，请再登录一次。"
NO_ANSWER = "统一身份认证暂时没有答复，请稍后再试，或者用学工号和密码登录。"


def open_door(settings, monkeypatch, variables):
    """The settings that the environment would give, with the two addresses."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name, value in single_sign_on(environ.Env()).items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = addresses_with_single_sign_on.__name__


def oidc_variables(provider):
    return {
        "OIDC_OP_AUTHORIZATION_ENDPOINT": f"{provider.url}/authorize",
        "OIDC_OP_TOKEN_ENDPOINT": f"{provider.url}/token",
        "OIDC_OP_USER_ENDPOINT": f"{provider.url}/userinfo",
        "OIDC_OP_JWKS_ENDPOINT": f"{provider.url}/jwks",
        "OIDC_OP_ISSUER": provider.url,
        "OIDC_RP_CLIENT_ID": provider.client_id,
        "OIDC_RP_CLIENT_SECRET": provider.secret,
    }


@pytest.fixture
def cas(settings, monkeypatch):
    server = Cas()
    open_door(settings, monkeypatch, {"CAS_SERVER_URL": f"{server.url}/cas"})
    yield server
    server.stop()


@pytest.fixture
def oidc(settings, monkeypatch):
    server = Oidc()
    open_door(settings, monkeypatch, oidc_variables(server))
    yield server
    server.stop()


@pytest.fixture(params=["cas", "oidc"])
def campus(request):
    """Either door, as ``enter(client, number)``: the whole way out and back, giving the last answer."""
    server = request.getfixturevalue(request.param)

    def enter(client, number, **asked):
        out = client.get(reverse("sso_start"), asked)
        if request.param == "cas":
            return client.get(reverse("sso_back"), {"ticket": server.log_in(out.url, number)})
        return client.get(reverse("sso_back"), server.log_in(out.url, preferred_username=number))

    return enter


def words(client, answer):
    """What the log-in page says to whom it is shown again."""
    assert (answer.status_code, answer.url) == (302, reverse("login"))
    return [str(message) for message in client.get(answer.url).context["messages"]]


def is_in(client):
    return client.get(reverse("me")).status_code == 200


def test_who_is_in_the_register_gets_in_and_it_is_logged(world: World, campus, client):
    answer = campus(client, world.li.username, next=reverse("inbox"))

    assert (answer.status_code, answer.url) == (302, reverse("inbox"))
    assert client.get(reverse("me")).context["user"] == world.li
    entry = AuditEntry.objects.about(world.li).get()
    assert (entry.event, entry.by, entry.note) == ("account.entered", world.li, "统一身份认证")


def test_nobody_is_led_to_another_site(world: World, campus, client):
    assert campus(client, world.li.username, next="https://elsewhere.example/").url == reverse("workbench")


def test_the_first_time_opens_the_account_of_somebody_in_the_register(world: World, campus, client):
    gu = make_person(world.first, "顾新人")

    assert campus(client, gu.staff_number).status_code == 302

    gu.refresh_from_db()
    assert (is_in(client), gu.user.username, gu.user.has_usable_password()) == (True, gu.staff_number, False)
    events = list(AuditEntry.objects.about(gu.user).values_list("event", flat=True))
    assert events == ["account.opened", "account.entered"]


WAYS = {
    "left": lambda li: Person.objects.filter(user=li).update(left_on=datetime.date(2026, 11, 1)),
    "disabled": lambda li: User.objects.filter(pk=li.pk).update(is_active=False),
    "an account without a person": lambda li: Person.objects.filter(user=li).update(user=None, staff_number="moved"),
    "almost a number": lambda li: User.objects.filter(pk=li.pk).update(name="李"),
}


@pytest.mark.parametrize("way", WAYS)
def test_nobody_else_gets_in_and_no_account_is_made(world: World, campus, client, way):
    WAYS[way](world.li)
    number = f"{world.li.username}0" if way == "almost a number" else world.li.username
    before = list(User.objects.order_by("pk").values())

    assert words(client, campus(client, number)) == [UNKNOWN]

    assert not is_in(client)
    assert list(User.objects.order_by("pk").values()) == before


def test_the_session_of_single_sign_on_ends_like_any_other(world: World, campus, client, monday):
    campus(client, world.li.username)
    assert is_in(client)
    monday.shift(datetime.timedelta(minutes=31))
    assert not is_in(client)
    campus(client, world.li.username)
    User.objects.filter(pk=world.li.pk).update(is_active=False)
    assert not is_in(client)


def test_many_refusals_lock_nobody_out(world: World, campus, client):
    for number in range(8):
        words(client, campus(client, f"no-such-{number}"))
    assert campus(client, world.li.username).url == reverse("workbench")


def test_the_log_in_page_has_the_button_and_keeps_the_way(campus, client, db):
    page = client.get(reverse("login"), {"next": reverse("plans")}).content.decode()
    assert f'href="{reverse("sso_start")}?next={reverse("plans")}"' in page
    assert "统一身份认证登录" in page


def test_without_it_there_is_neither_button_nor_address(client, db):
    assert "统一身份认证" not in client.get(reverse("login")).content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("sso_start")
    assert client.get("/sso/").status_code == 404


def test_a_ticket_works_once_for_who_asked_and_at_this_site_alone(world: World, cas, client):
    here, number = reverse("sso_back"), world.li.username
    out = client.get(reverse("sso_start"))
    used = cas.log_in(out.url, number)
    assert client.get(here, {"ticket": used}).url == reverse("workbench")
    client.logout()
    unasked = cas.log_in(out.url, number)
    assert words(client, client.get(here, {"ticket": unasked})) == [NOT_PROVEN]  # nobody here set out: a planted link
    client.get(reverse("sso_start"))
    assert words(client, client.get(here, {"ticket": used})) == [NOT_PROVEN]
    elsewhere = cas.log_in(f"{cas.url}/cas/login?service=http://other.example/", number)
    client.get(reverse("sso_start"))
    assert words(client, client.get(here, {"ticket": elsewhere})) == [NOT_PROVEN]
    client.get(reverse("sso_start"))
    assert words(client, client.get(here)) == [NOT_PROVEN]
    assert not is_in(client)


def test_cas_may_name_the_number_in_an_attribute(world: World, cas, client, settings):
    settings.SINGLE_SIGN_ON_NUMBER = "employeeNumber"
    cas.attributes = f"<cas:employeeNumber>{world.li.username}</cas:employeeNumber>"
    out = client.get(reverse("sso_start"))
    assert client.get(reverse("sso_back"), {"ticket": cas.log_in(out.url, "li.hong")}).url == reverse("workbench")
    cas.attributes = ""
    out = client.get(reverse("sso_start"))
    assert client.get(reverse("sso_back"), {"ticket": cas.log_in(out.url, world.zhou.username)}).url == reverse("login")


@pytest.mark.parametrize("garbage", ["<html>maintenance</html>", "<a/>", "not xml", "<html><body/></html>"])
def test_a_cas_server_that_talks_nonsense_is_told_in_plain_words(world: World, cas, client, garbage):
    out = client.get(reverse("sso_start"))
    ticket = cas.log_in(out.url, world.li.username)
    cas.garbage = garbage
    said = words(client, client.get(reverse("sso_back"), {"ticket": ticket}))
    assert said in ([NO_ANSWER], [NOT_PROVEN])
    assert not is_in(client)


def test_a_server_that_is_down_is_no_error_of_ours(world: World, campus, client, request):
    server = request.getfixturevalue(request.node.callspec.params["campus"])
    out = client.get(reverse("sso_start"))
    back = {"ticket": "ST-1"} if isinstance(server, Cas) else server.log_in(out.url, preferred_username="x")
    server.stop()
    assert words(client, client.get(reverse("sso_back"), back)) == [NO_ANSWER]


SPOILT = {
    "another site": {"aud": "another-site"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "an old log-in": {"nonce": "of-another-log-in"},
    "ran out": {"exp": 1},
    "never runs out": {"exp": None},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_token_that_is_not_for_this_log_in_is_not_believed(world: World, oidc, client, spoilt):
    oidc.spoil = SPOILT[spoilt]
    back = oidc.log_in(client.get(reverse("sso_start")).url, preferred_username=world.li.username)
    assert words(client, client.get(reverse("sso_back"), back))[0] in (NOT_PROVEN, NO_ANSWER)
    assert not is_in(client)


@pytest.mark.parametrize("way", ["forged", "unsigned", "somebody else's claims"])
def test_a_token_is_signed_by_the_provider_and_its_claims_are_the_same_persons(world: World, oidc, client, way):
    oidc.forge = way == "forged"
    oidc.algorithm = "none" if way == "unsigned" else "RS256"
    oidc.subject_elsewhere = "subject-2" if way == "somebody else's claims" else ""
    back = oidc.log_in(client.get(reverse("sso_start")).url, preferred_username=world.li.username)
    assert words(client, client.get(reverse("sso_back"), back)) == [NOT_PROVEN]
    assert not is_in(client)


def test_a_state_is_used_once_and_by_the_browser_that_set_out(world: World, oidc, client):
    back = oidc.log_in(client.get(reverse("sso_start")).url, preferred_username=world.li.username)
    victim = Client()
    assert words(victim, victim.get(reverse("sso_back"), back)) == [NOT_PROVEN]
    assert client.get(reverse("sso_back"), back).url == reverse("workbench")
    client.logout()
    assert words(client, client.get(reverse("sso_back"), back)) == [NOT_PROVEN]


@pytest.mark.parametrize(
    "claims", [{}, {"preferred_username": ""}, {"preferred_username": 100001}, {"preferred_username": None}]
)
def test_claims_without_a_number_let_nobody_in(world: World, oidc, client, claims):
    back = oidc.log_in(client.get(reverse("sso_start")).url, **claims)
    assert words(client, client.get(reverse("sso_back"), back)) == [NOT_PROVEN]


def test_behind_a_proxy_the_way_back_is_the_public_address(campus, client, settings, db):
    settings.SITE_ADDRESS = "https://activity-day.example.edu.cn/"
    address = client.get(reverse("sso_start")).url
    assert "https%3A%2F%2Factivity-day.example.edu.cn%2Fsso%2Fback%2F" in address


def test_only_one_door_can_be_configured(monkeypatch):
    monkeypatch.setenv("CAS_SERVER_URL", "https://cas.example.edu.cn/cas")
    monkeypatch.setenv("OIDC_OP_AUTHORIZATION_ENDPOINT", "https://id.example.edu.cn/authorize")
    with pytest.raises(ImproperlyConfigured):
        single_sign_on(environ.Env())


OIDC = [
    "OIDC_OP_AUTHORIZATION_ENDPOINT", "OIDC_OP_TOKEN_ENDPOINT", "OIDC_OP_USER_ENDPOINT", "OIDC_OP_JWKS_ENDPOINT",
    "OIDC_OP_ISSUER", "OIDC_RP_CLIENT_ID", "OIDC_RP_CLIENT_SECRET",
]  # fmt: skip
ASK = (
    "import django; django.setup(); from tests.house.who_may_open_what import names; "
    "from branches.single_sign_on import door; print(door().__name__, *sorted(names()))"
)


@pytest.mark.parametrize(("kind", "variables"), [("cas", ["CAS_SERVER_URL"]), ("oidc", OIDC)])
def test_the_environment_adds_exactly_two_addresses(tmp_path, kind, variables):
    """A whole process with the variables set: what is there besides the table of addresses."""
    mine = {"DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(tmp_path)}
    env = os.environ | mine | dict.fromkeys(variables, "https://id.example.edu.cn/x")

    answer = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    module, *found = answer.stdout.split()
    assert module == f"branches.single_sign_on.{kind}"
    assert (set(found) - names(), names() - set(found)) == ({"sso_start", "sso_back"}, set())
