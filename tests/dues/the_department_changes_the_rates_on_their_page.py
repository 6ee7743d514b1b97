"""党费标准 on the page: everybody in office reads it, the department changes it once it has been tried."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.inbox import Notice
from core.periods import Month
from dues.actions import open_month
from dues.models import RatePolicy
from dues.policies import RatePolicies
from dues.policy_actions import set_rates
from tests.builders import NOVEMBER, OCTOBER
from tests.house.who_may_open_what import every_row
from tests.pages import press
from tests.rates_builders import bands_of, typed_rates

DECEMBER, JANUARY = NOVEMBER + 1, NOVEMBER + 2
DEARER = {"STAFF": [("4000", "0.5", ""), ("", "3", "")]}


def rule(month, world, **changes):
    return set_rates(month, by=world.zhou, seen=RatePolicies().stamp, bands=bands_of(**changes), soft_cap=Decimal(1000))


@pytest.fixture
def zhou(world, client):
    client.force_login(world.zhou)
    return client


def look(client, lines=None, month=JANUARY, **fields):
    return client.get(reverse("rates_trial"), typed_rates(month, lines, **fields))


def faults(answer):
    """``{field: words}`` of a refused page."""
    table, found = answer.context["table"], {}
    for form in (table.head, *(form for lines in table.lines for form in lines)):
        found |= {form.add_prefix(name): [*words] for name, words in form.errors.items() if words}
    return found


def cells(answer, category="STAFF"):
    """The lines of a category as they stand on the page."""
    (lines,) = [one for one in answer.context["table"].lines if one.prefix == category]
    return [tuple(str(field.value() or "") for field in form) for form in lines]


def test_what_was_tried_is_what_is_saved_and_only_then(world, zhou):
    before = every_row()
    page = look(
        zhou, DEARER, rounding="1", base_month="6", remind_after="2", alert_after="5", reductions_by="DEPARTMENT"
    )
    assert (page.status_code, every_row()) == (200, before)

    assert press(zhou, page.wsgi_request.get_full_path(), reverse("rates_set")).url == reverse("rates")
    saved = RatePolicies().rows[-1]
    assert (str(saved.effective_from), saved.bands) == ("2027-01", sorted(bands_of(**DEARER), key=in_order))
    assert [saved.rounding, saved.base_month, saved.remind_after, saved.alert_after, saved.reductions_by] == [
        "1", 6, 2, 5, "DEPARTMENT",
    ]  # fmt: skip


def in_order(band):
    return band.category, band.up_to is None, band.up_to or 0


def test_the_form_leads_to_the_trial_with_what_holds_in_the_month(world, zhou):
    rule(Month(2027, 3), world, **DEARER)
    page = zhou.get(reverse("rates_edit"), {"month": "2027-03"})
    assert cells(page) == [("4000", "0.5", ""), ("", "3", "")]
    assert cells(page, "STUDENT") == [("", "", "0.2")]
    months = page.context["table"].head.fields["effective_from"].choices
    assert (months[0][0], len(months)) == ("2026-12", 24)
    assert [label for _, label in months if "替换" in label] == ["2027 年 3 月（已另定，会被替换）"]
    for odd in ("2026-11", "1999-01", "x"):
        table = zhou.get(reverse("rates_edit"), {"month": odd}).context["table"]
        assert table.head["effective_from"].value() == "2026-12"


def test_a_line_is_added_and_taken_away_and_nothing_that_was_typed_is_lost(world, zhou):
    typed = typed_rates(JANUARY, {"STAFF": [("30x0", "0.5", ""), ("", "3", "")]}, soft_cap="多", remind_after="")
    more = zhou.get(reverse("rates_edit"), typed | {"add": "STAFF"})
    assert cells(more) == [("30x0", "0.5", ""), ("", "3", ""), ("", "", "")]
    head = more.context["table"].head
    assert (head["soft_cap"].value(), head["remind_after"].value(), head["effective_from"].value()) == (
        "多", "", "2027-01",
    )  # fmt: skip
    assert (more.status_code, faults(more)) == (200, {})
    less = zhou.get(reverse("rates_edit"), typed | {"drop": "STAFF-0"})
    assert cells(less) == [("", "3", "")]
    full = typed_rates(JANUARY, {"STAFF": [("1", "1", "")] * 10}) | {"add": "STAFF"}
    assert len(cells(zhou.get(reverse("rates_edit"), full))) <= 11


def test_on_the_way_back_what_was_typed_is_still_there(world, zhou):
    page = look(zhou, DEARER, organization=str(world.arts.pk), only="more")
    (back,) = [part for part in page.content.decode().split('"') if part.startswith(reverse("rates_edit") + "?")]
    assert cells(zhou.get(back.replace("&amp;", "&"))) == [("4000", "0.5", ""), ("", "3", "")]


@pytest.mark.parametrize(
    ("lines", "fields", "said"),
    [
        ({"STAFF": [("", "x", "")]}, {}, {"STAFF-0-percent": ["请填写数字，如 12.5。"]}),
        ({"STAFF": [("3000", "1", "")]}, {}, {"STAFF-0-up_to": ["最后一行的上限要空着，再高的基数都按这一行。"]}),
        (
            {"RETIRED": [("5000", "1", ""), ("5000", "2", ""), ("", "3", "")]}, {},
            {"RETIRED-1-up_to": ["要比上一行的 5000 元高：各行从低到高，不能重复。"]},
        ),
        ({"STUDENT": [("", "6", "")]}, {}, {"STUDENT-0-percent": ["比例要大于 0，最大是 5。"]}),
        (
            {"OTHER": [("", "1", ""), ("", "", "0.2")]}, {},
            {"OTHER-1-amount": ["有固定金额的，这类人员只能有这一行：删去其余各行，或改填比例。"]},
        ),
        ({}, {"alert_after": "2"}, {"alert_after": ["不能早于提醒的 3 个月。"]}),
        ({}, {"remind_after": "0"}, {"remind_after": ["最小是 1，请改大。"]}),
        ({}, {"alert_after": "25"}, {"alert_after": ["最大是 24，请改小。"]}),
        ({}, {"base_month": "13"}, {"base_month": ["请从列出的选项里选。"]}),
        ({}, {"reductions_by": "ME"}, {"reductions_by": ["请从列出的选项里选。"]}),
        ({}, {"effective_from": "2026-11"}, {"effective_from": ["请从列出的选项里选。"]}),
        ({}, {}, {"__all__": ["和 2027 年 1 月现定的标准一样，没有改动。"]}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(world, zhou, lines, fields, said):
    for answer in (look(zhou, lines, **fields), zhou.post(reverse("rates_set"), typed_rates(JANUARY, lines, **fields))):
        assert (answer.status_code, faults(answer)) == (422, said)
        for category, rows in lines.items():
            assert cells(answer, category) == rows
    assert RatePolicy.objects.count() == 1


def test_blank_lines_are_passed_over(world, zhou):
    page = look(zhou, {"STAFF": [("", "", ""), ("4000", "0.5", ""), ("", "", ""), ("", "3", "")]})
    assert [band for band in page.context["policy"].bands if band.category == "STAFF"] == bands_of(DEARER)


def test_the_second_of_two_editors_sees_what_he_typed_and_that_somebody_was_faster(world, zhou):
    typed = typed_rates(JANUARY, DEARER)
    rule(JANUARY, world, STAFF=[("", "1", "")])
    for answer in (zhou.get(reverse("rates_trial"), typed), zhou.post(reverse("rates_set"), typed)):
        assert (answer.status_code, cells(answer)) == (409, DEARER["STAFF"])
        assert "刚刚有人改过党费标准" in answer.context["table"].head.non_field_errors()[0]
        assert f'name="seen" value="{RatePolicies().stamp}"' in answer.content.decode()
    assert [band.percent for band in RatePolicies().at(JANUARY).bands if band.category == "STAFF"] == [Decimal(1)]
    assert look(zhou, DEARER).status_code == 200


def test_the_page_says_from_which_month_on_and_which_months_are_opened(world, zhou):
    for month in (OCTOBER, NOVEMBER):
        open_month(month)
    words = "2026 年 10 月至 2026 年 11 月已经开账"
    for address in (reverse("rates"), reverse("rates_edit")):
        page = zhou.get(address).content.decode()
        assert (words in page, "最早是 2026 年 12 月" in page) == (True, True)
    assert words in look(zhou, DEARER).content.decode()


def test_everybody_in_office_reads_what_holds_what_comes_and_what_held(world, client):
    rule(JANUARY, world, **DEARER)
    RatePolicy.objects.create(effective_from=Month(2025, 1), base_month=6)
    for user in (world.li, world.xu, world.wang, world.he):
        client.force_login(user)
        page = client.get(reverse("rates"))
        lines = [*page.context["now"], *page.context["coming"], *page.context["page"]]
        assert [(str(line.policy.effective_from), line.last and str(line.last)) for line in lines] == [
            ("2025-01", "2026-12"), ("2027-01", None), ("2017-01", "2024-12"),
        ]  # fmt: skip
        assert [line.set_ and line.set_.by for line in lines] == [None, world.zhou, None]
        assert {one.about: was for one, was in lines[1].points}["基数"] == "按上一年 6 月的工资核定"
        html = page.content.decode()
        assert "基数 3000 元以下（含）0.5%" in html
        assert [html.count(reverse("rates_edit")), html.count("/drop/"), html.count("/trial/")] == [0, 0, 0]


def test_the_pages_of_dues_lead_there(world, client):
    open_month(NOVEMBER)
    for user in (world.li, world.wang):
        client.force_login(user)
        assert f'href="{reverse("rates")}"' in client.get(reverse("dues"), follow=True).content.decode()


def test_the_department_alone_finds_the_buttons_and_passes_the_door(world, client):
    policy = rule(JANUARY, world, **DEARER)
    acts = [
        ("get", "rates_edit", []), ("get", "rates_trial", []), ("get", "rates_trial_export", []),
        ("get", "rates_trial_of", [policy.effective_from]), ("get", "rates_trial_of_export", [policy.effective_from]),
        ("post", "rates_set", []), ("get", "rates_drop", [policy.pk]), ("post", "rates_drop", [policy.pk]),
    ]  # fmt: skip
    client.force_login(world.zhou)
    html = client.get(reverse("rates")).content.decode()
    assert [html.count(reverse(name, args=args)) for _, name, args in (acts[0], acts[3], acts[6])] == [2, 1, 1]
    for user in (world.li, world.wang, world.he):
        client.force_login(user)
        for method, name, args in acts:
            answer = getattr(client, method)(reverse(name, args=args), typed_rates(JANUARY, DEARER))
            assert (name, answer.status_code) == (name, 403)
    assert [(row.pk, row.version) for row in RatePolicies().rows][-1] == (policy.pk, 1)


def test_coming_rates_are_taken_back_from_the_page(world, zhou):
    policy = rule(JANUARY, world, STUDENT=[("", "", "0.5")])
    drop = reverse("rates_drop", args=[policy.pk])
    assert [(one.about, one.old, one.new) for one in zhou.get(drop).context["points"]] == [
        ("学生", "每月 0.50 元，不看基数", "每月 0.20 元，不看基数")
    ]
    assert press(zhou, drop, drop).url == reverse("rates")
    first = RatePolicy.objects.get()
    page = zhou.get(reverse("rates_drop", args=[first.pk]))
    assert (page.context["points"], "不能取消" in page.content.decode()) == ([], True)
    assert not Notice.objects.filter(kind="rates_set").exists()  # that is the work of a job
