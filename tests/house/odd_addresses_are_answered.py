"""What nobody types but somebody sends: months at the end of time, endless numbers, NUL, odd digits. Never a 500."""

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from tests.builders import make_plan
from tests.house.every_page_asks_few_queries import objects  # noqa: F401 - the same university
from tests.house.who_may_open_what import ACTS, OWN, PAGES, things  # noqa: F401

ENDLESS = "9" * 30
ODD = [
    "9998-12", "-1", "1900-01", "2150-12", "1950-01", ENDLESS, "9223372036854775808", "²", "１２", "a\v\ud7ffb", "\0",
]  # fmt: skip
KEYS = [
    "month", "year", "q", "status", "plan", "open", "page", "organization", "day", "only", "type", "period", "order",
    "standing", "category", "mark", "metric", "grade", "next",
    "under", "kind", "on", "above",
    "since", "until", "channel", "term", "person",
    "counted", "place", "away", "like", "rounding", "add", "drop", "STAFF-TOTAL_FORMS",
    "branch", "view", "level", "state",
]  # fmt: skip


@pytest.fixture
def site(client):
    """A client that answers an error with its page, as the site does."""
    client.raise_request_exception = False
    return client


def status_of(answer):
    """A download is read to its end, so that its file is closed."""
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


@pytest.fixture
def looked_at(monkeypatch):
    """The names that the code asks a request's query (or form) for, noted while it runs."""
    found = set()

    def noting(method):
        def noted(data, key, *args, **kwargs):
            found.add(key)
            return method(data, key, *args, **kwargs)

        return noted

    def noting_all(method):
        def noted(data, *args, **kwargs):
            found.update(data)
            return method(data, *args, **kwargs)

        return noted

    for name in ("__getitem__", "__contains__", "get", "getlist"):
        monkeypatch.setattr(QueryDict, name, noting(getattr(QueryDict, name)))
    for name in ("items", "lists", "values", "dict", "urlencode"):
        monkeypatch.setattr(QueryDict, name, noting_all(getattr(QueryDict, name)))
    return found


@pytest.mark.long
@pytest.mark.parametrize("who", ["li", "zhou"])
def test_no_value_behind_the_question_mark_breaks_a_page(world, site, things, looked_at, who):  # noqa: F811
    """A page that looks at none of the names answers the same whatever they say: it is asked with the first two."""
    site.force_login(getattr(world, who))
    addresses = {name: reverse(name, args=things.get(name, [])) for name in OWN | set(PAGES)}
    answers = []
    for name, address in addresses.items():
        looked_at.clear()
        for turn, odd in enumerate(ODD):
            if turn < 2 or looked_at.intersection(KEYS):
                answers.append((name, odd, status_of(site.get(address, dict.fromkeys(KEYS, odd)))))
        if name in OWN:
            answers += [(name, "q", odd, status_of(site.get(address, {"q": odd}))) for odd in ODD]
    assert [answer for answer in answers if answer[-1] >= 500] == []


def test_no_number_in_an_address_breaks_it(world, site, things):  # noqa: F811
    site.force_login(world.zhou)
    answers = {}
    for name in set(PAGES) | set(ACTS):
        for place, value in enumerate(things[name]):
            if isinstance(value, int):
                args = [*things[name][:place], int(ENDLESS), *things[name][place + 1 :]]
                for ask in (site.get, site.post):
                    answers.setdefault(ask(reverse(name, args=args)).status_code, set()).add(name)
    assert set(answers) == {404, 405}
    assert len(answers[404]) > 40


@pytest.mark.parametrize(
    "month", ["1900-01", "1949-12", "2151-01", "9998-12", "9999-12", "0000-01", "2026-00", "２０２６-11"]
)
def test_a_month_at_the_end_of_time_is_not_found(world, site, month):
    site.force_login(world.zhou)
    for address in (f"/plans/{world.first.pk}/{month}/", f"/assessments/{month}/", f"/assessments/{month}/publish/"):
        assert (address, site.get(address).status_code) == (address, 404)


@pytest.mark.parametrize("month", ["1950-01", "2150-12"])
def test_the_first_and_the_last_month_have_neighbours(world, site, month):
    for who in ("li", "zhou"):
        site.force_login(getattr(world, who))
        assert site.get(f"/plans/{world.first.pk}/{month}/").status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_no_odd_tick_or_drop_breaks_an_act(world, site, odd):
    plan = make_plan(world.first, status="SUBMITTED")
    draft = make_plan(world.first, plan.month.next)
    site.force_login(world.wang)
    assert site.post(reverse("plans_forward"), {"plan": [odd, odd]}).status_code in (302, 400)
    assert site.post(reverse("plans_accept"), {"plan": [odd]}).status_code in (302, 400)
    site.force_login(world.li)
    data = {
        "theme": "主题", "place": "201", "version": draft.version, "drop": odd, "i-TOTAL_FORMS": "1",
        "i-INITIAL_FORMS": "0", "i-0-what": "DUES", "i-0-content": "党费", "i-0-minutes": "10",
    }  # fmt: skip
    with transaction.atomic():
        answer = site.post(reverse("plan_save", args=[world.first.pk, draft.month]), data)
    assert answer.status_code in (302, 400, 422)


def test_an_address_with_a_nul_is_a_bad_request_with_a_way_back(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.li)
    answer = client.get(f"{reverse('search')}?q=%00")
    assert answer.status_code == 400
    assert "这个请求无法处理" in answer.content.decode()
    assert client.get(f"{reverse('search')}?q=%2500").status_code == 200  # the text “%00”
