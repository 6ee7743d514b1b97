"""In which form education or service is held is said once, in the plan; the day, the record and the figures have it."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.urls import reverse

from activities.actions import hold_day, record_day, save_record
from activities.comparison import compare, read_parts
from activities.filing.attempts import keep_attempt
from activities.forms import ItemForm
from activities.guides import lacking_items, with_guides
from activities.kinds import EDUCATION_FORMS, EducationForm, EducationKind, ItemKind, ServiceForm, ServiceKind
from activities.metrics import METRICS
from activities.models import MonthlyPlan, PlanItem
from activities.paper import filing_forms
from activities.policy_reports import _items
from activities.required import in_order, lacking, word_of
from branches.models import Organization
from tests.builders import NOVEMBER, OCTOBER, make_guide, make_plan, make_template
from tests.education_builders import ABILITY, OATH, READING, REPORT, SPIRIT, THOUGHT, WISH, make_item

DECEMBER = NOVEMBER.next
OATH_WORDS = "集中教育 · 思想政治教育 · 重温入党誓词"


def typed(**fields):
    """A line of the run as it is posted."""
    form = ItemForm({"content": "按计划开展", "minutes": "20", **fields})
    assert form.is_valid(), form.errors
    return form.row


def test_a_form_is_chosen_with_its_kind_and_goes_to_the_day_the_record_and_the_evidence(world, client):
    client.force_login(world.li)
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", items=[])
    for what in (OATH, WISH, READING):
        make_item(plan, what)
    host = world.li.person

    day = hold_day(
        plan.day, by=world.li, held_on=plan.planned_on, starts_at=plan.starts_at, place="201", host=host, recorder=host
    )  # fmt: skip

    said = [OATH_WORDS, "为民服务 · 扶贫帮困 · 认领微心愿", "自主设计 · 读书分享"]
    assert [item.label for item in day.items.all()] == said
    for page in ("day", "day_record"):
        shown = client.get(reverse(page, args=[day.pk])).text
        assert [word for word in ("重温入党誓词", "认领微心愿", "读书分享") if f"{word}<" in shown] == [
            "重温入党誓词", "认领微心愿", "读书分享",
        ]  # fmt: skip
    outcomes = {item.pk: ("DONE", "") for item in day.items.all()}
    day = save_record(day, by=world.li, version=day.version, summary="顺利完成", outcomes=outcomes)
    record_day(day, by=world.li)
    metric = next(one for one in METRICS if one.code == "education")
    evidence = list(metric.evidence(Organization.objects.filter(pk=world.first.pk), NOVEMBER))
    assert [(one.what, one.counts) for one in evidence] == [("思想政治教育 · 重温入党誓词", True)]
    cell = client.get(reverse("education")).context["lines"][1].cells[10]
    assert (cell.word, cell.detail, cell.url) == ("1 次", "重温入党誓词 1 次", reverse("day_record", args=[day.pk]))


def test_the_paper_the_attempt_and_the_comparison_say_it(world):
    before = make_plan(world.first, OCTOBER, "ACCEPTED", items=[])
    make_item(before, REPORT, "学习交流")
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", items=[])
    make_item(plan, OATH, "学习交流", minutes=30)

    words = f"1．{OATH_WORDS}：学习交流（30 分钟）"
    rows = filing_forms([plan])[0].rows
    assert [row[0].lines for row in rows if row[0].label == "主要内容"] == [(f"{words}。",)]
    plan.attempts = 2
    keep_attempt(plan)
    assert plan.tries.get(number=2).content["items"] == words
    read_parts(plan, before)
    found = compare(plan, before)  # another form is another thing, whatever its words
    assert ([row.new for row in found.items], [item.label for item in found.gone]) == (
        [True], ["集中教育 · 思想政治教育 · 思想汇报"],
    )  # fmt: skip


def test_the_select_offers_each_kind_and_its_forms_once(world):
    choices = dict(ItemForm().fields["what"].choices)["集中教育"]
    words = [word for _, word in choices]
    assert words == [
        "党性观念教育", "思想政治教育", "· 思想汇报", "· 政治生日", "· 重温入党誓词", "能力素质教育", "· 电教片",
        "· 讲座", "· 技能培训", "廉政文化教育", "· 廉政教育基地", "· 红色教育基地",
    ]  # fmt: skip


def test_a_line_keeps_what_belongs_to_what_it_is_now():
    whole = {"service_form": "WISH", "own_kind": "读书分享"}  # what was typed for what it was before
    assert [
        (row["kind"], row["subtype"], row["form"], row["own_kind"])
        for row in (
            typed(what="EDUCATION.THOUGHT.OATH", **whole), typed(what="EDUCATION.THOUGHT", **whole),
            typed(what="SERVICE.POVERTY", **whole), typed(what="OWN_DESIGN", **whole), typed(what="DUES", **whole),
        )
    ] == [
        ("EDUCATION", "THOUGHT", "OATH", ""), ("EDUCATION", "THOUGHT", "", ""), ("SERVICE", "POVERTY", "WISH", ""),
        ("OWN_DESIGN", "", "", "读书分享"), ("DUES", "", "", ""),
    ]  # fmt: skip


def test_a_stored_line_is_shown_as_it_is_stored(world):
    plan, template = make_plan(world.first), make_template(world.first)
    rows = [make_item(owner, what).copied for owner, what in ((plan, OATH), (template, WISH), (plan, READING))]
    shown = [ItemForm(initial=row) for row in rows]
    assert [(one["what"].value(), one["service_form"].value(), one["own_kind"].value()) for one in shown] == [
        ("EDUCATION.THOUGHT.OATH", "", ""), ("SERVICE.POVERTY", "WISH", ""), ("OWN_DESIGN", "", "读书分享"),
    ]  # fmt: skip


@pytest.mark.parametrize("place", ["plan", "day", "template", "guide"])
def test_the_database_refuses_a_form_of_another_kind(world, place):
    owner = {
        "plan": lambda: make_plan(world.first), "day": lambda: make_plan(world.first, status="ACCEPTED").day,
        "template": lambda: make_template(world.first), "guide": lambda: make_guide(world.committee, world.zhou),
    }[place]()  # fmt: skip
    fits = [({"kind": "EDUCATION", "subtype": kind}, form) for kind, forms in EDUCATION_FORMS.items() for form in forms]
    fits += [({"kind": "SERVICE", "subtype": kind}, form) for kind in ServiceKind for form in ServiceForm]
    for what, form in fits:
        make_item(owner, what, form=form)
    for what, form in [
        (SPIRIT, "OATH"), (ABILITY, "OATH"), (THOUGHT, "FILM"), (THOUGHT, "WISH"), (SPIRIT, "FORM"),
        ({"kind": "SERVICE", "subtype": "POVERTY"}, "OATH"), ({"kind": "DUES"}, "WISH"),
        ({"kind": "MEETING", "subtype": "LESSON"}, "LECTURE"),
    ]:  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            make_item(owner, what, form=form)


def test_a_rule_asks_for_a_kind_or_for_a_form_of_it():
    oath, plain = PlanItem(**OATH), PlanItem(**THOUGHT)
    for code, items, missing in [
        ("EDUCATION", [oath], False), ("EDUCATION.THOUGHT", [oath], False), ("EDUCATION.THOUGHT.OATH", [oath], False),
        ("EDUCATION.THOUGHT.OATH", [plain], True), ("EDUCATION.THOUGHT.REPORT", [oath], True),
        ("EDUCATION.THOUGHT", [plain], False),
    ]:  # fmt: skip
        assert lacking([code], items) == ([word_of(code)] if missing else []), (code, items)
    assert word_of("EDUCATION.THOUGHT.OATH") == "集中教育（思想政治教育 · 重温入党誓词）"
    asked = ["EDUCATION", "EDUCATION.THOUGHT", "EDUCATION.THOUGHT.OATH", "DUES"]
    assert in_order(asked) == ["DUES", "EDUCATION.THOUGHT.OATH"]  # the wider go without saying


def test_what_a_coming_rule_finds_lacking_is_what_the_plan_form_will(world):
    plan = make_plan(world.first, items=[])
    make_item(plan, OATH)
    for code in ("EDUCATION", "EDUCATION.THOUGHT", "EDUCATION.THOUGHT.OATH", "EDUCATION.THOUGHT.REPORT", "SERVICE"):
        found = MonthlyPlan.objects.filter(Exists(_items(code)), pk=plan.pk).exists()
        assert found == (lacking([code], plan.items.all()) == []), code


ANY, OF_FORM = ("EDUCATION", "THOUGHT", "谈思想", True), ("EDUCATION", "THOUGHT", "重温誓词", True)


def test_a_guide_that_asks_for_a_kind_takes_any_form_one_that_asks_for_a_form_takes_that(world):
    guide = make_guide(world.committee, world.zhou, items=[ANY, OF_FORM])
    guide.items.filter(content="重温誓词").update(form="OATH")
    of_kind, of_form = "集中教育 · 思想政治教育：谈思想", f"{OATH_WORDS}：重温誓词"
    for items, missing in [
        ([], [of_kind, of_form]), ([REPORT], [of_form]), ([THOUGHT], [of_form]),
        ([OATH], [of_kind]),  # one item answers once: for what only it can answer for
        ([OATH, REPORT], []), ([OATH, OATH], []), ([SPIRIT], [of_kind, of_form]),
    ]:  # fmt: skip
        assert lacking_items([guide], [PlanItem(**what) for what in items]) == missing, items
        assert lacking_items([guide], [{"subtype": "", **what} for what in items]) == missing, items


def test_what_a_guide_asks_for_comes_into_the_plan_with_its_form(world):
    guide = make_guide(world.committee, world.zhou, items=[OF_FORM])
    guide.items.update(form="OATH")
    make_item(guide, READING, is_required=True)
    filled = with_guides([{"subtype": "", **REPORT}], [guide])
    assert [(one["kind"], one.get("form"), one.get("own_kind", "")) for one in filled] == [
        ("EDUCATION", "REPORT", ""), ("EDUCATION", "OATH", ""), ("OWN_DESIGN", "", "读书分享"),
    ]  # fmt: skip


def test_every_form_of_the_scheme_stands_under_its_kind():
    assert {str(kind.label): [form.label for form in forms] for kind, forms in EDUCATION_FORMS.items()} == {
        "党性观念教育": [], "思想政治教育": ["思想汇报", "政治生日", "重温入党誓词"],
        "能力素质教育": ["电教片", "讲座", "技能培训"], "廉政文化教育": ["廉政教育基地", "红色教育基地"],
    }  # fmt: skip
    assert sorted(form for forms in EDUCATION_FORMS.values() for form in forms) == sorted(EducationForm)
    assert (set(EDUCATION_FORMS), ItemKind.EDUCATION.label) == (set(EducationKind), "集中教育")


def test_what_was_done_besides_is_added_with_its_form(world, client):
    day = make_plan(world.first, NOVEMBER, "ACCEPTED").day
    client.force_login(world.li)
    host = world.li.person
    day = hold_day(day, by=world.li, held_on=day.plan.planned_on, starts_at=None, place="", host=host, recorder=host)
    asked = {
        "version": day.version, "summary": "", "new-what": "SERVICE.POVERTY", "new-content": "认领两个微心愿",
        "new-minutes": "30", "new-service_form": "WISH",
    }  # fmt: skip
    assert client.post(reverse("day_item_add", args=[day.pk]), asked).status_code == 302
    assert day.items.last().label == "为民服务 · 扶贫帮困 · 认领微心愿"
