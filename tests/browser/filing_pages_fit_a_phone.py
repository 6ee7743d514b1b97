"""Every page of filing on a phone of 360 × 740: nothing beside the edge, no script error, every button for a finger.

Li, Wang and Zhou each walk through the pages of their office; the papers on them are of every kind and state.
"""

import pytest
from django.urls import reverse

from tests.builders import NOVEMBER, make_annual_plan, make_day, make_guide, make_plan, make_summary, make_template

pytestmark = pytest.mark.django_db(transaction=True)
DECEMBER, TAP = NOVEMBER.next, 40
LONG = "学习贯彻全会精神，联系岗位谈认识、谈打算，讨论支部下一年的工作安排并征求每位党员的意见" * 2
ITEMS = [("EDUCATION", "SPIRIT", LONG, True), ("SERVICE", "LEGAL_AID", LONG, False)]
# shown buttons that a finger cannot hit; a link in a sentence is no button
TOO_LOW = """least => [...document.querySelectorAll('main button, main .btn, main [type=submit], main summary')]
    .filter(one => one.checkVisibility() && !one.closest('[aria-hidden=true]'))
    .filter(one => one.getBoundingClientRect().height < least - 0.5)
    .map(one => `${one.textContent.trim() || one.getAttribute('aria-label')}: ${one.getBoundingClientRect().height}`)"""
TOO_WIDE = "document.documentElement.scrollWidth"


@pytest.fixture
def papers(world):
    """A paper of every kind, as long as they come: returned on parts, waiting, in force, amended, not held."""
    first, arts = world.first, world.arts
    make_guide(world.committee, world.zhou, DECEMBER, items=ITEMS, files=["方案.pdf"])
    make_guide(arts, world.wang, DECEMBER + 1, items=ITEMS, is_issued=False)
    for owner in (first, arts, world.committee):
        make_template(owner, LONG[:30], place=LONG[:60])
    day = make_day(first, NOVEMBER)
    returned = make_plan(
        first, DECEMBER, "RETURNED", theme=LONG[:120], return_note=f"地点：{LONG}", reopened=["place"],
        returned_at=day.held_at,
    )  # fmt: skip
    returned.tries.update(outcome="RETURNED", comments={"place": LONG}, note=LONG)
    submitted = make_plan(
        world.second, DECEMBER, "SUBMITTED", theme=LONG[:120], attempts=2, submitted_by=world.zhao, place=LONG[:60]
    )
    submitted.tries.create(
        number=1, submitted_at=submitted.submitted_at, outcome="RETURNED", comments={"place": LONG},
        content={"place": LONG, "items": LONG},
    )  # fmt: skip
    filed = make_plan(
        world.other, DECEMBER, "FILED", theme=LONG[:120], submitted_by=world.qian, lapses_on=NOVEMBER.last
    )
    kept = {"submitted_by": world.li}
    return {
        "day": day,
        "returned": returned,
        "submitted": submitted,
        "filed": filed,
        "annual": make_annual_plan(first, 2026, "SUBMITTED", goals=LONG, measures=LONG, **kept),
        "in force": make_annual_plan(first, 2025, goals=LONG, **kept),
        "arts": make_annual_plan(arts, 2026, "FILED", goals=LONG, submitted_by=world.wang),
        "summary": make_summary(first, 2025, "SUBMITTED", achieved=LONG, **kept),
        "of arts": make_summary(arts, 2025, "FILED", achieved=LONG, submitted_by=world.wang),
    }


def pages_of_li(world, papers):
    first = world.first.pk
    return [
        "/", reverse("plans"), reverse("plan_edit", args=[first, DECEMBER]),
        reverse("plan_edit", args=[first, DECEMBER.next]) + "?add=1",
        papers["day"].plan.get_absolute_url(), reverse("plan_print", args=[papers["returned"].pk]),
        reverse("year_edit", args=["annual", first, 2027]), reverse("year_edit", args=["summary", first, 2026]),
        papers["annual"].get_absolute_url(), papers["summary"].get_absolute_url(),
        reverse("year_print", args=["annual", papers["annual"].pk]), papers["in force"].get_absolute_url(),
        *common(world, world.first),
    ]  # fmt: skip


def pages_of_wang(world, papers):
    month = reverse("guide_edit", args=[world.arts.pk, DECEMBER + 1])
    return [
        "/", reverse("plans"), f"{reverse('plans')}?month={DECEMBER}", papers["submitted"].get_absolute_url(),
        *(f"{reverse('review')}?kind={kind}" for kind in ("month", "annual", "summary")),
        papers["arts"].get_absolute_url(), reverse("year_edit", args=["annual", world.arts.pk, 2027]), month,
        f"{reverse('plans_print')}?month={DECEMBER}", *common(world, world.arts),
    ]  # fmt: skip


def pages_of_zhou(world, papers):
    return [
        "/", reverse("plans"), papers["filed"].get_absolute_url(), papers["of arts"].get_absolute_url(),
        *(f"{reverse('review')}?kind={kind}" for kind in ("month", "annual", "summary")),
        reverse("policy_edit"), reverse("guide_edit", args=[world.committee.pk, DECEMBER]),
        reverse("guide_edit", args=[world.committee.pk, DECEMBER + 2]),
        reverse("calendar_day", args=[NOVEMBER.last]), reverse("calendar_range"), reverse("term_add"),
        *common(world, world.committee),
    ]  # fmt: skip


def common(world, owner):
    """What every office has, of its own organization or of all."""
    guide = world.committee.guides.get(month=DECEMBER)
    template = owner.plan_templates.get()
    return [
        reverse("plan_templates"), template.get_absolute_url(), reverse("year", args=[owner.pk, 2026]),
        reverse("annual_plans"),
        reverse("policies"), reverse("calendar"), reverse("days_calendar"), reverse("guides"),
        reverse("guide", args=[guide.pk]), reverse("guide_print", args=[guide.pk]),
    ]  # fmt: skip


PAGES = {"li": pages_of_li, "wang": pages_of_wang, "zhou": pages_of_zhou}


@pytest.fixture
def on_a_phone(world, sits_down):
    def sit(who):
        person = sits_down(getattr(world, who), 360)
        person.page.set_viewport_size({"width": 360, "height": 740})
        return person

    return sit


def faults_of(person):
    """What is wrong with the page that is shown, in words."""
    low, wide = person.page.evaluate(TOO_LOW, TAP), person.page.evaluate(TOO_WIDE)
    complaints, person.complaints = person.complaints, []
    return list(dict.fromkeys([*low, *complaints, *([f"{wide} px wide"] if wide > 360 else [])]))


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_fits_and_every_button_can_be_hit(world, papers, on_a_phone, who):
    person, faults = on_a_phone(who), []
    for address in PAGES[who](world, papers):
        answer = person.page.goto(person.base + address)
        assert answer.status == 200, address
        faults += [f"{address} {fault}" for fault in faults_of(person)]
    assert "\n".join(faults) == ""


def test_what_a_change_of_the_rules_does_fits_too(world, papers, on_a_phone):
    zhou = on_a_phone("zhou")
    zhou.open(reverse("policy_edit"))
    zhou.page.get_by_label("计划在上个月几日前报送").fill("20")
    zhou.press("下一步，核对")
    assert zhou.path == reverse("policy_preview")
    zhou.reads("20")
    assert faults_of(zhou) == []
