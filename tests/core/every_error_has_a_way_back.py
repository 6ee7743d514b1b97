"""Pages for what goes wrong: in Chinese, with the way back, without what only a developer understands; and the
strictness that the browser is told of, on every answer."""

import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from config import urls
from core.workflow import StaleState
from tests.builders import make_plan

SECRET = "Traceback-or-table-name"


def broken(request):
    raise RuntimeError(SECRET)


def suspicious(request):
    raise SuspiciousOperation(SECRET)


def stale(request):
    raise StaleState("这件事已经有人办过了。")


def fine(request):
    return HttpResponse("好")


urlpatterns = [
    *urls.urlpatterns,
    path("test-broken/", broken),
    path("test-suspicious/", suspicious),
    path("test-stale/", stale),
    path("test-fine/", fine),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def site(world, settings):
    """The site with three views more, as a browser meets it: Li is logged in, an error is an answer."""
    settings.ROOT_URLCONF = __name__
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True  # static files without collectstatic
    client = Client(raise_request_exception=False)
    client.force_login(world.li)
    return client


def unexpected_token(world):
    """A post whose form stood open too long."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.li)
    return client.post(reverse("inbox_read_all"))


ANSWERS = {
    "400": lambda site, world: site.get("/test-suspicious/"),
    "403": lambda site, world: site.post(
        reverse("plan_accept", args=["month", make_plan(world.first, status="FILED").pk])
    ),
    "404": lambda site, world: site.get("/nowhere/"),
    "404 of a row": lambda site, world: site.get(reverse("plan", args=[987654])),
    "500": lambda site, world: site.get("/test-broken/"),
    "csrf": lambda site, world: unexpected_token(world),
    "405": lambda site, world: site.get(reverse("plan_save", args=[world.first.pk, "2026-12"])),
}
TITLES = {
    "400": "这个请求无法处理", "403": "现在不能办理这件事", "404": "没有找到这一页", "404 of a row": "没有找到这一页",
    "500": "系统出了差错", "csrf": "页面已过期，刚才的内容没有保存", "405": "请从页面上办理",
}  # fmt: skip
CODES = {"400": 400, "403": 403, "404": 404, "404 of a row": 404, "500": 500, "csrf": 403, "405": 405}
BACK = {"csrf": "/inbox/", "405": "/plans/{}/2026-12/"}  # the page of the form, where there is one


@pytest.mark.parametrize("case", ANSWERS)
def test_an_error_says_in_chinese_what_it_is_and_leads_back(site, world, case):
    answer = ANSWERS[case](site, world)
    page = answer.content.decode()
    assert answer.status_code == CODES[case]
    assert re.findall(r"<h1>(.*?)</h1>", page) == [TITLES[case]]
    form = BACK.get(case, "/").format(world.first.pk)
    assert links(answer) == [*([form] if form != "/" else []), reverse("workbench")]
    assert '<html lang="zh-Hans">' in page


def links(answer):
    return re.findall(r'<a [^>]*href="([^"]*)"', answer.content.decode())


BEFORE = "http://testserver/plans/"


@pytest.mark.parametrize(("case", "offers"), [("403", True), ("404", True), ("400", False), ("500", False)])
def test_the_page_before_is_offered_where_nothing_typed_is_lost(site, world, case, offers):
    site.defaults["HTTP_REFERER"] = BEFORE
    home = reverse("workbench")
    assert links(ANSWERS[case](site, world)) == ([BEFORE, home] if offers else [home])


@pytest.mark.parametrize("referer", ["https://evil.example/", "javascript:alert(1)", "http://testserver/nowhere/"])
def test_neither_another_site_nor_the_failing_page_itself_is_the_page_before(site, referer):
    assert links(site.get("/nowhere/", headers={"referer": referer})) == [reverse("workbench")]


def test_who_looked_is_not_told_of_saving_and_both_are_told_the_time(site):
    looked, saved = site.get("/test-broken/").content.decode(), site.post("/test-broken/").content.decode()
    assert ["没有保存" in page for page in (looked, saved)] == [False, True]
    assert ["时间：11 月 23 日 10:00" in page for page in (looked, saved)] == [True, True]


def test_the_error_page_comes_when_the_database_is_gone(site):
    """It is made without asking anything of it: for who is logged in, the frame of every page does."""

    def gone(*args):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(gone):
        answer = site.get(reverse("workbench"))
    assert (answer.status_code, re.findall(r"<h1>(.*?)</h1>", answer.content.decode())) == (500, ["系统出了差错"])


@pytest.mark.parametrize("case", ANSWERS)
def test_an_error_tells_nothing_of_the_inside(site, world, case):
    page = ANSWERS[case](site, world).content.decode()
    text = re.sub(r"<[^>]*>", " ", page.partition("<body")[2].partition(">")[2])
    assert SECRET not in page
    assert re.findall(r"[A-Za-z]{2,}", text) == []


def test_what_a_reader_meets_as_an_error_without_logging_in_is_no_page_of_the_inside(world, settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    assert [client.get(address).status_code for address in ("/nowhere/", "/test-broken/")] == [404, 302]


def test_the_reason_of_a_refusal_is_text_and_not_markup(site, world, rf):
    from core.pages import forbidden

    request = rf.get("/")
    page = forbidden(request, exception=PermissionError("<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ORDINARY = {
    "a page": lambda site, world: site.get(reverse("workbench")),
    "a fragment": lambda site, world: site.get(reverse("meetings"), headers={"hx-request": "true"}),
    "a download": lambda site, world: site.get(reverse("people_export")),
    "the log-in": lambda site, world: Client().get(reverse("login")),
    "the way to the log-in": lambda site, world: Client().get(reverse("plans")),
    "a stale page": lambda site, world: site.get("/test-stale/"),
    "a wrong method": lambda site, world: site.get(reverse("inbox_read_all")),
    "a missing slash": lambda site, world: site.get("/plans"),
    "a static file": lambda site, world: site.get("/static/site.css"),
    "a missing static file": lambda site, world: site.get("/static/nothing.css"),
}


@pytest.mark.parametrize("case", ANSWERS | ORDINARY)
def test_every_answer_tells_the_browser_to_be_strict(site, world, case):
    answer = (ANSWERS | ORDINARY)[case](site, world)
    if answer.streaming:
        answer.getvalue()
    assert set(answer.headers.get("Content-Security-Policy", "").split("; ")) == POLICY
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_these_answers_are_of_every_kind(site, world):
    found = {name: case(site, world) for name, case in (ANSWERS | ORDINARY).items()}
    for answer in found.values():
        if answer.streaming:
            answer.getvalue()
    assert {answer.status_code for answer in found.values()} >= {200, 301, 302, 400, 403, 404, 405, 500}
    assert found["a static file"].headers["Content-Type"].startswith("text/css")
    assert found["a download"].headers["Content-Disposition"].startswith("attachment; filename")


def test_cookies_are_out_of_the_reach_of_scripts_and_of_other_sites(world):
    world.li.set_password("correct horse battery")
    world.li.save(update_fields=["password"])
    client = Client()
    client.get(reverse("login"))
    client.post(reverse("login"), {"username": world.li.username, "password": "correct horse battery"})
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], token["samesite"]) == (True, "Lax", "Lax")


def test_who_is_led_back_to_an_address_that_only_takes_posts_comes_to_its_page(site, world):
    """By a second click on a page that such an address had answered, or by the log-in after a session that ended."""
    address = reverse("plan_save", args=[world.first.pk, "2026-12"])
    page = reverse("plan_edit", args=[world.first.pk, "2026-12"])
    after_log_in = site.get(address, headers={"referer": f"http://testserver{reverse('login')}?next={address}"})
    assert (after_log_in.status_code, after_log_in.url) == (302, page)

    told = site.post(reverse("inbox_read_all"))
    assert told.status_code == 302  # what it says waits for the next page
    with_a_word = site.get(address, headers={"referer": f"http://testserver{address}"})
    assert (with_a_word.status_code, with_a_word.url) == (302, page)
