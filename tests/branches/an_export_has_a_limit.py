"""Whoever asks for more rows than one workbook takes is told how many there are, and keeps the filters.

Every list that goes out as a workbook stands here, but the log: of that the newest go out, and its button says so.
"""

import datetime
from decimal import Decimal

import pytest
from django.urls import get_resolver, reverse

from branches.actions import propose_exclusion, request_transfer
from core import pages
from core.audit import AuditEntry
from dues.actions import open_month, set_bases
from dues.models import Receipt
from tests.builders import OCTOBER, World, make_branch, make_day, make_meeting, make_person
from tests.publicity_builders import make_publicity
from tests.service_builders import make_pairing, make_pledge, make_service_item, make_wish

LISTS = {  # the export's address → its list, what one row is called, and filters that find two
    "organizations_export": ("organizations", "个", {"q": "文学院"}),
    "people_export": ("people", "人", {"q": "甲"}),
    "standings_due_export": ("standings_due", "人", {"q": "甲", "when": "all"}),
    "exclusions_export": ("exclusions", "条", {"q": "甲"}),
    "transfers_export": ("transfers", "条", {"q": "甲"}),
    "accounts_export": ("accounts", "人", {"q": "甲"}),
    "terms_export": ("terms", "个", {"q": "缺"}),
    "plans_export": ("plans", "条", {"month": "2026-10", "q": "文学院"}),
    "days_export": ("days", "条", {"month": "2026-10", "q": "文学院"}),
    "meetings_export": ("meetings", "条", {"q": "季度"}),
    "annual_plans_export": ("annual_plans", "个党组织", {"year": "2026", "q": "文学院"}),
    "publicity_export": ("publicity", "条", {"q": "甲"}),
    "cadres_export": ("cadres", "条", {"q": "甲"}),
    "cadre_days_export": ("cadre_days", "条", {"q": "甲"}),
    "dues_export": ("dues", "条", {"month": "2026-10", "q": "文学院"}),
    "dues_arrears_export": ("dues_arrears", "人", {"q": "甲"}),
    "dues_receipts_export": ("dues_receipts", "张", {"year": "2026", "q": "甲"}),
    "bases_export": ("bases", "人", {"q": "甲"}),
    "service_export": ("service", "条", {"only": "all", "q": "复查"}),
    "pairings_export": ("pairings", "条", {"q": "周"}),
    "visits_export": ("visits", "条", {"q": "周"}),
    "pledges_export": ("pledges", "条", {"q": "丁"}),
    "service_items_export": ("service_items", "条", {"q": "志愿"}),
    "service_figures_export": ("service_figures", "个党支部", {"place": "文学院"}),
}
ELSEWHERE = {
    "audit_export",  # the newest go out
    "people_export_full",  # with people_export, in an_export_of_people_is_what_is_shown
    "offices_of_export",  # below: of one organization
    "calendar_export",  # the special days of a year: 366 at most
    "year_export",  # below: the branches of one organization
    "education_year_export",  # the same
    "education_people_export",  # the people of one branch
    "dues_month_export",  # the people of one branch
    "rates_trial_export",  # in the_new_rates_are_tried_on_the_register: of rules that are typed
    "rates_trial_of_export",
}


@pytest.fixture
def zhou(world: World, client):
    """Of each kind of row there are two for the filters, and one beside them."""
    joined = datetime.date(2025, 9, 1)
    for number, name in enumerate(("甲一", "甲二", "丙"), start=1):
        one = make_person(world.first, name, standing="PROBATIONARY", joined_on=joined, is_leading_cadre=True)
        propose_exclusion(one, by=world.li, reason="因病", starts_on=datetime.date(2026, 11, 1))
        request_transfer(one, by=world.li, to=world.second)
        Receipt.objects.create(branch=world.first, year=2026, number=number, person=one, by=world.li)
        set_bases({one.pk: Decimal(3000)}, OCTOBER, "核定", None)
    for name in ("缺甲支部", "缺乙支部", "空支部"):
        make_branch(world.history, name)
    meetings = [(world.first, world.li, "季度"), (world.second, world.zhao, "季度"), (world.other, world.qian, "年度")]
    for branch, by, topic in meetings:
        make_meeting(make_day(branch, OCTOBER), by=by, topic=topic)
    for title in ("甲报", "甲刊", "丙报"):
        make_publicity(world.first, world.li, title=title)
    for number, branch in enumerate((world.first, world.second, world.other)):
        is_other = branch == world.other
        make_wish(branch, title="修灯" if is_other else "陪同复查", text="一件事")
        make_pairing(branch, partner_name="小吴" if is_other else "小周", visits=[datetime.date(2026, 10, 9)])
        make_pledge(make_person(branch, "戊" if is_other else f"丁{number}"))
        make_service_item(branch.days.get(), content="另一件" if is_other else "校园志愿服务")
    open_month(OCTOBER)
    client.force_login(world.zhou)
    return client


def test_every_export_is_looked_at():
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str) and "export" in name}
    assert named == {*LISTS, *ELSEWHERE}


@pytest.mark.parametrize("export", LISTS)
def test_more_than_the_limit_stay_on_the_page_and_its_number_goes_out(zhou, monkeypatch, export):
    shown, unit, filters = LISTS[export]
    monkeypatch.setattr(pages, "MOST_ROWS", 1)
    before = AuditEntry.objects.count()

    answer = zhou.get(reverse(export), filters, follow=True)

    found = {"organizations": 3, "annual_plans": 3}.get(shown, 2)  # the general branch and its two branches
    assert [address.split("?")[0] for address, _ in answer.redirect_chain] == [reverse(shown)]
    assert answer.wsgi_request.GET.dict() == filters
    assert [str(one) for one in answer.context["messages"]] == [
        f"一次最多导出 1 {unit}，这里有 {found} {unit}。请先选党组织或别的条件，分几次导出。"
    ]
    assert AuditEntry.objects.count() == before
    monkeypatch.setattr(pages, "MOST_ROWS", found)
    assert zhou.get(reverse(export), filters)["Content-Disposition"].startswith("attachment")


def test_of_one_organizations_offices_too(zhou, world, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 2)
    answer = zhou.get(reverse("offices_of_export", args=[world.first.pk]))
    assert answer.url.split("?")[0] == reverse("offices_of", args=[world.first.pk])
    monkeypatch.setattr(pages, "MOST_ROWS", 3)
    assert zhou.get(reverse("offices_of_export", args=[world.first.pk])).status_code == 200


@pytest.mark.parametrize("shown", ["year", "education_year"])
def test_of_a_years_branches_too(zhou, world, monkeypatch, shown):
    """The four branches of the cast and the three that stand beside: one less than they are is too few."""
    year = [world.committee.pk, 2026]
    number = len(zhou.get(reverse(shown, args=year)).context["page"].paginator.object_list)
    monkeypatch.setattr(pages, "MOST_ROWS", number - 1)
    answer = zhou.get(reverse(f"{shown}_export", args=year))
    assert (number, answer.status_code, answer.url.split("?")[0]) == (7, 302, reverse(shown, args=year))
    monkeypatch.setattr(pages, "MOST_ROWS", number)
    assert zhou.get(reverse(f"{shown}_export", args=year))["Content-Disposition"].startswith("attachment")


def test_of_a_branchs_people_too(zhou, world, monkeypatch):
    year = [world.first.pk, 2026]
    monkeypatch.setattr(pages, "MOST_ROWS", 11)
    answer = zhou.get(reverse("education_people_export", args=year))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("education_people", args=year))
    monkeypatch.setattr(pages, "MOST_ROWS", 12)  # the nine of the cast, and the three who were made before the day
    assert zhou.get(reverse("education_people_export", args=year)).status_code == 200
