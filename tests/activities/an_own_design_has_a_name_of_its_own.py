"""What a branch designs itself it names itself: the name is offered again to it and below, and counted by name."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.forms import ItemForm
from activities.models import PlanItem
from activities.own_kinds import offered_to
from tests.builders import NOVEMBER, OCTOBER, make_guide, make_plan, make_template
from tests.education_builders import READING, SPIRIT, make_bare_day, make_item

OWN = {"kind": "OWN_DESIGN"}
SEPTEMBER = OCTOBER.previous


def named(owner, word):
    return make_item(owner, OWN, own_kind=word)


def test_the_branch_is_offered_what_it_uses_and_what_those_above_it_use(world):
    named(make_plan(world.first), "读书分享")
    named(make_bare_day(world.first, OCTOBER), "校园骑行")
    named(make_plan(world.second), "邻居的事")
    named(make_template(world.arts), "走读校史")
    named(make_template(world.second), "邻居的模板")
    named(make_guide(world.committee, world.zhou), "红色观影")
    named(make_guide(world.arts, world.wang, is_issued=False), "还没有发布")
    named(make_guide(world.history, world.sun), "别处的提示")
    make_item(make_template(world.first, "无名"), OWN)

    assert sorted(offered_to(world.first)) == sorted(["读书分享", "校园骑行", "走读校史", "红色观影"])
    assert sorted(offered_to(world.committee)) == ["红色观影"]


def test_the_forms_read_the_offer_from_its_page(world, client):
    named(make_plan(world.first), "读书分享")
    client.force_login(world.li)
    page = client.get(reverse("own_kinds", args=[world.first.pk]))
    assert '<datalist id="own-kinds"><option value="读书分享"></option></datalist>' in page.text
    assert list(page.context["page"]) == ["读书分享"]
    form = client.get(reverse("plan_edit", args=[world.first.pk, NOVEMBER])).text
    assert f'hx-get="{reverse("own_kinds", args=[world.first.pk])}"' in form
    assert form.count('list="own-kinds"') == 5
    client.force_login(world.zhao)
    assert client.get(reverse("own_kinds", args=[world.first.pk])).status_code == 404


@pytest.mark.parametrize("text", ["读书 分享", "  读书   分享 ", "读书　分享"])
def test_the_same_word_with_other_spaces_is_the_same_kind(text):
    form = ItemForm({"what": "OWN_DESIGN", "content": "读书", "own_kind": text})
    assert form.is_valid()
    assert form.row["own_kind"] == "读书 分享"


def test_only_an_own_design_has_an_own_kind(world):
    plan = make_plan(world.first)
    make_item(plan, READING)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(plan, SPIRIT, own_kind="读书分享")
    assert PlanItem.objects.filter(own_kind="读书分享").count() == 1


def test_they_are_counted_by_name_where_they_took_place(world, client):
    make_bare_day(world.first, OCTOBER, READING, READING, OWN)
    make_bare_day(world.first, SEPTEMBER, READING, outcome="NOT_DONE")
    make_bare_day(world.second, OCTOBER, READING, {"kind": "OWN_DESIGN", "own_kind": "校园骑行"}, outcome="CHANGED")
    make_bare_day(world.other, OCTOBER, READING)

    def counted(user):
        client.force_login(user)
        own = client.get(reverse("education")).context["own"]
        return [(one.name, one.times, one.branches) for one in own]

    assert counted(world.li) == [("读书分享", 2, 1), ("没有写类别名称", 1, 1)]
    assert counted(world.wang) == [("读书分享", 3, 2), ("没有写类别名称", 1, 1), ("校园骑行", 1, 1)]
    assert counted(world.zhou)[0] == ("读书分享", 4, 3)


def test_the_years_page_has_a_line_of_them_where_there_are_any(world, client):
    client.force_login(world.li)
    address = reverse("year", args=[world.first.pk, 2026])
    assert client.get(address).context["lines"].own is None
    make_bare_day(world.first, OCTOBER, READING, READING, {"kind": "OWN_DESIGN", "own_kind": "校园骑行"})
    make_bare_day(world.first, SEPTEMBER, READING, outcome="NOT_DONE")
    line = client.get(address).context["lines"].own
    assert (line.note, line.total) == ("校园骑行 1 次、读书分享 2 次", "3 次")
    assert {cell.month.number: cell.word for cell in line.cells if cell.word} == {9: "未进行", 10: "已开展"}
