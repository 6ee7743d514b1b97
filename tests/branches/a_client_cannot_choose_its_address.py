"""Behind a proxy every request comes from the proxy: whom a lock shuts out is told by what trusted proxies wrote.

A proxy adds the address that it saw on the right of X-Forwarded-For; whatever stands further left a client may have
sent itself. Here one proxy, 127.0.0.1, stands before the site; the campus is 10.1.*, the stranger 203.0.113.7.
"""

import environ
import pytest
from django.test import Client
from django.urls import reverse

from branches import actions
from config.outside import outside
from core.network import client_address
from tests.branches.conftest import PASSWORD
from tests.builders import World, make_person

STRANGER, DESK = "203.0.113.7", "10.1.0.5"


@pytest.fixture
def one_proxy(settings):
    settings.TRUSTED_PROXIES = 1


def via_proxy(address, sent_along=""):
    """The header as the proxy leaves it: what the client sent, and on the right where it came from."""
    return {"HTTP_X_FORWARDED_FOR": f"{sent_along}, {address}" if sent_along else address, "REMOTE_ADDR": "127.0.0.1"}


def log_in(user, password=PASSWORD, **extra):
    return Client().post(reverse("login"), {"username": user.username, "password": password}, **extra).status_code


def test_wrong_passwords_from_outside_leave_the_owner_at_the_own_desk_in(one_proxy, li):
    assert [log_in(li, f"falsch-{n}", **via_proxy(STRANGER)) for n in range(6)] == [200] * 4 + [429] * 2
    assert log_in(li, **via_proxy(DESK)) == 302
    assert log_in(li, **via_proxy(STRANGER)) == 429


def test_nobody_gets_new_tries_by_addresses_of_their_own_making(one_proxy, li):
    tries = [log_in(li, f"falsch-{n}", **via_proxy(STRANGER, f"10.9.9.{n}, 10.8.8.{n}")) for n in range(6)]
    assert tries == [200] * 4 + [429] * 2


def test_nobody_shuts_another_desk_out_by_naming_it(one_proxy, li):
    for number in range(6):
        log_in(li, f"falsch-{number}", **via_proxy(STRANGER, DESK))
    assert log_in(li, **via_proxy(DESK)) == 302


def test_wrong_codes_from_outside_close_the_activation_page_to_the_outside_alone(one_proxy, world: World):
    gu = make_person(world.first, "顾新人")
    code = actions.open_account(gu, by=world.li)
    data = {"number": gu.staff_number, "code": code, "new_password1": PASSWORD, "new_password2": PASSWORD}
    for number in range(30):
        Client().post(reverse("activate"), data | {"number": f"X{number}"}, **via_proxy(STRANGER, f"10.9.9.{number}"))
    answers = [Client().post(reverse("activate"), data, **via_proxy(one)).status_code for one in (STRANGER, DESK)]
    assert answers == [422, 302]


def test_without_a_trusted_proxy_the_header_is_not_read(settings, li):
    settings.TRUSTED_PROXIES = 0
    tries = [log_in(li, f"falsch-{n}", **via_proxy(f"10.9.9.{n}")) for n in range(6)]
    assert tries == [200] * 4 + [429] * 2


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "10.1.0.5", "127.0.0.1"),
        (1, "10.1.0.5", "10.1.0.5"),
        (1, " 1.1.1.1 ,10.1.0.5 ", "10.1.0.5"),
        (2, "1.1.1.1, 10.1.0.5, 10.0.0.1", "10.1.0.5"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (2, "10.1.0.5", "127.0.0.1"),  # came past one of the proxies: the only address that nobody chose
        (1, "", "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (1, "10.1.0.5, ", "127.0.0.1"),
    ],
)
def test_the_address_is_the_nth_from_the_right(settings, rf, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    assert client_address(rf.get("/", REMOTE_ADDR="127.0.0.1", **headers)) == address


@pytest.fixture
def given(monkeypatch):
    def read(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return outside(environ.Env())

    return read


def test_a_site_at_an_https_address_sends_its_cookies_over_https_alone(given):
    found = given(SITE_ADDRESS="https://activity-day.example.edu.cn", TRUSTED_PROXIES="1")
    assert found == {
        "SITE_ADDRESS": "https://activity-day.example.edu.cn",
        "TRUSTED_PROXIES": 1,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 30 * 24 * 3600,
    }


def test_the_site_on_ones_own_machine_keeps_plain_http_and_believes_no_header(given):
    assert given() == {
        "SITE_ADDRESS": "",
        "TRUSTED_PROXIES": 0,
        "SECURE_PROXY_SSL_HEADER": None,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SECURE_HSTS_SECONDS": 0,
    }


def test_pages_over_https_say_so_to_the_browser_and_mark_the_cookies(given, settings, li):
    for name, value in given(SITE_ADDRESS="https://testserver", TRUSTED_PROXIES="1").items():
        setattr(settings, name, value)
    outcomes = []
    for protocol in ("https", "http"):
        client = Client()
        said = via_proxy(DESK) | {"HTTP_X_FORWARDED_PROTO": protocol}
        answer = client.post(reverse("login"), {"username": li.username, "password": PASSWORD}, **said)
        cookies = {name: bool(one["secure"]) for name, one in client.cookies.items()}
        outcomes.append((answer.get("Strict-Transport-Security"), cookies))
    marked = {"sessionid": True, "csrftoken": True}
    assert outcomes == [("max-age=2592000", marked), (None, marked)]
