"""The components of pages: text stays text, a state is said in words, and links to other pages keep the filters."""

import datetime
import re
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.urls import reverse
from django.utils.html import escape

from activities.models import ActivityDay, Attendance, MonthlyPlan
from branches.reports.acts import ORGANIZATION_ACTS, PERSON_ACTS
from core.audit import history_of, record
from core.periods import Month
from core.templatetags.page import ICONS, STATES, cn_day, get, md, money, month_label, plain, weekday
from dues.models import DuesMonth
from meetings.models import Meeting
from tests.builders import make_person, make_plan

ATTACK = "<script>alert(1)</script>\"'&"


def shown(source, **context):
    return Template(source).render(Context(context))


def words(page):
    """What is read aloud: the text outside tags."""
    return re.sub(r"<[^>]*>", "", page)


ATTACKED = [
    "{% icon 'pen' text %}", "{% icon text %}", "{% state 'done' text %}", "{% state 'done' 'x' text %}",
    "{% state text 'x' 'pen' %}", "{% state_of 'GOOD' text %}", "{% panel text %}x{% endpanel %}",
    "{% panel 'x' text %}x{% endpanel %}", "{% panel 'x' id=text %}x{% endpanel %}",
    "{% panel 'x' link=text link_word='x' %}x{% endpanel %}", "{% panel 'x' link='/' link_word=text %}x{% endpanel %}",
    "{% panel 'x' %}{{ text }}{% endpanel %}", "{% empty text %}x{% endempty %}",
    "{% empty 'x' %}{{ text }}{% endempty %}",
    "{% rate 1 2 text %}", "{% rate 1 2 '人' text %}", "{% timeline empty coming %}",
]  # fmt: skip


@pytest.mark.parametrize("source", ATTACKED)
def test_no_argument_of_a_component_becomes_markup(source):
    page = shown(source, text=ATTACK, empty=[], coming=[(ATTACK, ATTACK)])
    assert escape(ATTACK) in page
    assert ATTACK not in page and "<script" not in page


def test_a_note_in_a_timeline_stays_text(world):
    record(world.first, "plan.returned", by=world.wang, note=ATTACK)
    page = shown("{% timeline history %}", history=history_of(world.first))
    assert words(page).split("：")[1].strip() == escape(ATTACK)
    assert '<li class="now"><b>退回</b>' in page


def test_an_icon_is_decoration_or_has_a_name():
    assert 'aria-hidden="true"' in shown("{% icon 'bell' %}")
    named = shown("{% icon 'bell' '消息' %}")
    assert re.findall(r'(?:role|aria-[a-z]+)="[^"]*"', named) == ['role="img"', 'aria-label="消息"']


@pytest.mark.parametrize("style", ICONS)
def test_a_state_is_a_word_beside_its_colour_and_icon(style):
    page = shown("{% state style '已备案' %}", style=style)
    assert words(page) == "已备案"
    assert re.findall(r'class="state s-(\w+)"|aria-hidden="(\w+)"|#i-(\w+)', page) == [
        (style, "", ""), ("", "true", ""), ("", "", ICONS[style]),
    ]  # fmt: skip


@pytest.mark.parametrize("model", [MonthlyPlan, ActivityDay, Attendance, Meeting, DuesMonth])
def test_every_status_has_its_chip(model):
    assert [value for value in model.Status.values if value not in STATES] == []


def test_a_rows_chip_carries_the_models_own_word(world):
    plan = make_plan(world.first, status=MonthlyPlan.Status.ACCEPTED)
    assert words(shown("{% status plan %}", plan=plan)) == "已备案"


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    from tests.house.the_code_keeps_the_house_rules import ROOT, TEMPLATES

    sprite = set(re.findall(r'id="i-([a-z-]+)"', (ROOT / "static/icons.svg").read_text(encoding="utf-8")))
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES]
    asked = {name for text in texts for name in re.findall(r"""{% icon ["'](\w+)["'][ %]""", text)}
    asked |= {symbol for _, symbol in STATES.values()} | set(ICONS.values())
    asked |= {act.icon for act in (*PERSON_ACTS, *ORGANIZATION_ACTS)}
    assert len(asked) > 15
    assert sorted(asked - sprite) == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (9, 10, "90.0%9／10 人"), (10, 10, "100%10／10 人"), (0, 10, "0.0%0／10 人"), (2, 3, "66.7%2／3 人"),
        (1999, 2000, "99.95%1,999／2,000 人"), (1, 16, "6.3%1／16 人"), (Decimal("1.50"), 3, "50.0%1.50／3 人"),
        (0, 0, "不适用"), (0, None, "不适用"),
    ],
)  # fmt: skip
def test_a_rate_stands_over_its_fraction(numerator, denominator, text):
    assert words(shown("{% rate n d '人' %}", n=numerator, d=denominator)) == text


def test_a_fraction_opens_its_rows():
    assert '<a href="/days/?q=1">1／2</a>' in shown("{% rate 1 2 '' '/days/?q=1' %}")


def test_numbers_and_days_as_users_read_them():
    assert [plain(one) for one in (23, Decimal("1890.98"), Decimal("15.00"), 0, None, "")] == [
        "23", "1,890.98", "15", "0", "—", "—",
    ]  # fmt: skip
    assert [money(one) for one in (Decimal("15"), Decimal("1234.5"), 0, None)] == ["15.00", "1,234.50", "0.00", "—"]
    day, midnight = datetime.date(2026, 11, 23), datetime.datetime.fromisoformat("2026-11-22T16:05:00+00:00")
    assert [cn_day(one) for one in (day, midnight, None)] == ["2026 年 11 月 23 日（周一）"] * 2 + ["—"]
    assert [md(one) for one in (day, midnight, None)] == ["11 月 23 日", "11 月 23 日 00:05", "—"]
    assert [weekday(day), weekday(None)] == ["周一", ""]
    assert [month_label(Month(2026, 11)), month_label(None), get({"一": 1}, "一"), get(None, "一")] == [
        "2026 年 11 月", "", 1, None,
    ]  # fmt: skip


def links(page):
    return {rel: href.replace("&amp;", "&") for rel, href in re.findall(r'rel="(prev|next)" href="([^"]*)"', page)}


def pager(rf, number, address):
    page = Paginator(range(90), 30).get_page(number)
    request = rf.get(address)
    return Template("{% pager page '人' %}").render(RequestContext(request, {"page": page}))


def test_the_pager_keeps_the_filters_and_replaces_the_page(rf):
    page = pager(rf, 2, "/people/?q=%E5%BC%A0&standing=FULL&mark=a&mark=b&page=2")
    kept = "?q=%E5%BC%A0&standing=FULL&mark=a&mark=b&page="
    assert links(page) == {"prev": f"{kept}1", "next": f"{kept}3"}
    assert re.findall(r'<nav class="pager" aria-label="(.*?)">', page) == ["翻页"]
    assert "共 90 人，第 2／3 页" in words(page)


@pytest.mark.parametrize(("number", "ways"), [(1, {"next"}), (2, {"prev", "next"}), (3, {"prev"})])
def test_the_pager_leads_only_to_pages_that_exist(rf, number, ways):
    assert set(links(pager(rf, number, "/people/"))) == ways


def test_a_filter_in_the_address_stays_text_in_the_pager(rf):
    page = pager(rf, 1, "/people/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in page and links(page) == {"next": "?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E&page=2"}


def test_the_second_page_of_a_sorted_and_filtered_register_goes_on_where_the_first_ends(world, client):
    for number in range(65):
        make_person(world.first, f"张{number:02d}")
    make_person(world.first, "李不在内")
    client.force_login(world.li)
    names, address = [], f"{reverse('people')}?q=张&order=-joined&standing=FULL"
    while address:
        answer = client.get(address)
        names += [person.name for person in answer.context["page"].object_list]
        follows = links(answer.content.decode()).get("next")
        address = urljoin(address, follows) if follows else None
    assert names == [f"张{number:02d}" for number in range(65)]


def test_a_page_that_is_no_page_is_the_nearest_one(world, client):
    for _ in range(40):
        make_person(world.first)
    client.force_login(world.li)
    asked = {"": 1, "0": 2, "-1": 2, "99": 2, "x": 1, "²": 1, "9" * 40: 2}
    found = {page: client.get(reverse("people"), {"page": page}).context["page"].number for page in asked}
    assert found == asked


def test_names_on_real_pages_stay_text(world, client):
    person = make_person(world.first, ATTACK[:25])
    client.force_login(world.li)
    for address in (reverse("people"), reverse("person", args=[person.pk]), f"{reverse('search')}?q={ATTACK[:8]}"):
        page = client.get(address).content.decode()
        assert (address, "<script>alert" in page, "&lt;script&gt;" in page) == (address, False, True)
