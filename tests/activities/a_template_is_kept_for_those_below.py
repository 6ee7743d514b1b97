"""计划模板: kept from a plan or begun empty, for an organization and all below it; changed by its own officers alone.

Li and Chen write First Branch's papers, Xu does not; Wang writes the general branch's, Zhou the committee's.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities.actions import templates
from activities.kinds import ItemKind
from activities.models import PlanTemplate, TemplateItem
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_plan, make_template

CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]


def posted(template, **changed):
    """The template's form as a browser sends it."""
    items = list(template.items.all())
    data = {
        "version": template.version, "name": template.name, "theme": template.theme, "starts_at": "15:30",
        "place": template.place, "i-TOTAL_FORMS": len(items), "i-INITIAL_FORMS": len(items),
    }  # fmt: skip
    for place, item in enumerate(items):
        what = f"{item.kind}.{item.subtype}" if item.subtype else item.kind
        data |= {f"i-{place}-what": what, f"i-{place}-content": item.content, f"i-{place}-minutes": item.minutes}
    return data | changed


def contents(template):
    return [(item.order, item.content) for item in template.items.all()]


def test_a_plan_is_kept_without_its_month_its_date_and_its_people(world, client):
    plan = make_plan(
        world.first, items=[(ItemKind.DUES, "", "交 11 月党费", 10)], theme="11 月学习", starts_at=datetime.time(9, 0)
    )
    plan.items.update(leader=world.xu.person, also=["LESSON"])
    client.force_login(world.li)
    answer = client.post(reverse("template_keep", args=[plan.pk]), {"name": "每月学习"})
    template = PlanTemplate.objects.get()
    assert answer.url == template.get_absolute_url()
    assert (template.organization, template.name, template.created_by) == (world.first, "每月学习", world.li)
    assert (template.theme, template.starts_at, template.place) == ("本月学习", datetime.time(9, 0), "201 会议室")
    item = template.items.get()
    assert (item.order, item.kind, item.content, item.minutes) == (1, "DUES", "交本月党费", 10)
    assert (item.also, item.leader) == (["LESSON"], None)
    assert AuditEntry.objects.about(template).get().event == "template.kept"


@pytest.mark.parametrize(
    ("who", "keeps_for", "place"),
    [("chen", "first", "201 会议室"), ("wang", "arts", ""), ("zhou", "committee", "")],
)
def test_whoever_reads_a_plan_keeps_it_for_the_own_organization(world, client, who, keeps_for, place):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED")
    client.force_login(getattr(world, who))
    client.post(reverse("template_keep", args=[plan.pk]), {"name": "好安排"})
    template = PlanTemplate.objects.get()
    assert (template.organization, template.place) == (getattr(world, keeps_for), place)  # a room is a branch's own


@pytest.mark.parametrize(("who", "status"), [("xu", 403), ("he", 403), ("zhao", 404), ("zheng", 404)])
def test_others_keep_nothing(world, client, who, status):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED")
    client.force_login(getattr(world, who))
    assert client.post(reverse("template_keep", args=[plan.pk]), {"name": "好安排"}).status_code == status
    assert not PlanTemplate.objects.exists()


def test_everybody_sees_the_own_and_those_from_above_and_changes_the_own_alone(world):
    first, second, arts, committee = (
        make_template(one) for one in (world.first, world.second, world.arts, world.committee)
    )
    seen = {who: set(PlanTemplate.objects.visible_to(getattr(world, who))) for who in CAST}
    at_first, elsewhere = {first, arts, committee}, {committee}
    assert seen == {
        "li": at_first, "chen": at_first, "xu": at_first, "zhao": {second, arts, committee}, "wang": {arts, committee},
        "qian": elsewhere, "sun": elsewhere, "wu": elsewhere, "zhou": elsewhere, "he": elsewhere, "zheng": set(),
    }  # fmt: skip
    assert list(PlanTemplate.objects.offered_to(world.first)) == [first, arts, committee]
    allowed = set()
    for who in CAST:
        for template in (first, arts, committee):
            try:
                templates.save_template(
                    template, by=getattr(world, who), version=PlanTemplate.objects.get(pk=template.pk).version,
                    values={}, items=[],
                )  # fmt: skip
                allowed.add((who, template.organization))
            except PermissionDenied:
                pass
    assert allowed == {("li", world.first), ("chen", world.first), ("wang", world.arts), ("zhou", world.committee)}


def test_an_empty_one_is_begun_and_its_lines_are_added_moved_and_dropped(world, client):
    client.force_login(world.wang)
    address = client.post(reverse("template_begin"), {"name": "志愿服务月"}).url
    template = PlanTemplate.objects.get()
    assert (address, template.organization) == (template.get_absolute_url(), world.arts)
    new = {"i-TOTAL_FORMS": 2, "i-0-what": "DUES", "i-0-content": "党费", "i-0-minutes": 10,
           "i-1-what": "SERVICE.CULTURE", "i-1-content": "演出", "i-1-minutes": 60}  # fmt: skip
    page = client.post(reverse("template_save", args=[template.pk]), posted(template) | new | {"add": "1"}, follow=True)
    assert [line.content for line in page.context["shown"].lines] == ["党费", "演出", ""]
    template.refresh_from_db()
    answer = client.post(reverse("template_save", args=[template.pk]), posted(template, up="1"))
    assert answer.url == f"{template.get_absolute_url()}#items"
    assert contents(template) == [(1, "演出"), (2, "党费")]
    template.refresh_from_db()
    client.post(reverse("template_save", args=[template.pk]), posted(template, drop="0", theme="服务"))
    template.refresh_from_db()
    assert (contents(template), template.theme, template.version) == ([(1, "党费")], "服务", 4)


def test_two_editors_do_not_overwrite_each_other(world, client):
    template = make_template(world.first)
    old = posted(template)
    client.force_login(world.li)
    client.post(reverse("template_save", args=[template.pk]), old | {"theme": "李的主题", "drop": "1"})
    client.force_login(world.chen)
    answer = client.post(reverse("template_save", args=[template.pk]), old | {"theme": "陈的主题"})
    page = answer.content.decode()
    assert (answer.status_code, "这份模板刚刚在李书记那里保存过" in page) == (409, True)
    assert 'value="陈的主题"' in page
    theme, run = answer.context["differences"]
    assert (theme.name, theme.typed, theme.now) == ("主题", "陈的主题", "李的主题")
    assert (run.name, len(run.typed.splitlines()), len(run.now.splitlines())) == ("议程", 4, 3)
    assert run.now in page.replace("<br>", "\n")
    template.refresh_from_db()
    assert template.theme == "李的主题"
    client.post(
        reverse("template_save", args=[template.pk]),
        old | {"version": answer.context["form"]["version"].value(), "theme": "陈的主题"},
    )
    template.refresh_from_db()
    assert (template.theme, template.version) == ("陈的主题", 3)


def test_a_name_stands_once_in_an_organization(world, client):
    make_template(world.first, "党课")
    other = make_template(world.first, "服务")
    make_template(world.arts, "党课")  # another organization's does not hinder
    plan = make_plan(world.first)
    client.force_login(world.li)
    answer = client.post(reverse("template_begin"), {"name": "党课"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["已有名为“党课”的模板，请换一个名称。"]}
    answer = client.post(reverse("template_save", args=[other.pk]), posted(other, name="党课", theme="打好的字"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert 'value="打好的字"' in answer.content.decode()
    page = client.post(reverse("template_keep", args=[plan.pk]), {"name": "党课"}, follow=True)
    assert "已有名为“党课”的模板" in page.content.decode()
    assert PlanTemplate.objects.filter(organization=world.first).count() == 2


@pytest.mark.parametrize("name", ["", " ", "长" * 61])
def test_a_template_has_a_name(world, client, name):
    client.force_login(world.li)
    assert client.post(reverse("template_begin"), {"name": name}).status_code == 422
    assert client.post(reverse("template_keep", args=[make_plan(world.first).pk]), {"name": name}).status_code == 302
    assert not PlanTemplate.objects.exists()


def test_dropping_it_leaves_what_it_was_in_the_log(world, client):
    template = make_template(world.first)
    client.force_login(world.li)
    assert client.post(reverse("template_drop", args=[template.pk])).url == reverse("plan_templates")
    assert (PlanTemplate.objects.count(), TemplateItem.objects.count()) == (0, 0)
    entry = AuditEntry.objects.get(event="template.dropped")
    assert (entry.note, entry.by, len(entry.data["also"])) == ("主题党课", world.li, 4)
    with pytest.raises(StaleState):
        templates.drop_template(template, by=world.li)
    with pytest.raises(StaleState):
        templates.save_template(template, by=world.li, version=1, values={}, items=[])


def test_those_below_read_a_template_and_are_told_whose_it_is(world, client):
    template = templates.keep_template(make_plan(world.second), world.arts, by=world.wang, name="党课")
    client.force_login(world.li)
    page = client.get(template.get_absolute_url()).content.decode()
    assert "文学院第二党支部" not in page  # whose plan it was is told to those who keep it
    assert "这个模板由文学院党总支维护" in page
    assert f"{world.wang.name}建立" in page
    assert reverse("template_save", args=[template.pk]) not in page
    assert "校园志愿服务" in page


def test_the_list_says_how_to_begin_where_there_is_nothing(world, client):
    client.force_login(world.li)
    page = client.get(reverse("plan_templates"))
    assert "打开一份写得好的月计划，按“存为模板”" in page.content.decode()
    make_template(world.second)
    own = make_template(world.first)
    assert list(client.get(reverse("plan_templates")).context["page"]) == [own]


def test_the_list_is_searched_and_says_what_comes_from_above(world, client):
    """Li works in the office of another general branch at present: First's template is not one of a level above it."""
    world.history.appointments.create(person=world.li.person, office="DEPUTY_SECRETARY", starts_on="2026-11-01")
    for one in (world.first, world.arts, world.committee):
        make_template(one)
    make_template(world.history, "支部大会", by=world.li)
    client.force_login(world.li)

    def found(**asked):
        return {row.organization: row.is_above for row in client.get(reverse("plan_templates"), asked).context["page"]}

    assert (found(), found(q="大会"), found(q="文学院第一"), found(q="没有")) == (
        {world.first: False, world.arts: False, world.committee: True, world.history: False}, {world.history: False},
        {world.first: False}, {},
    )  # fmt: skip
    client.force_login(world.zhou)
    assert found() == {world.committee: False}


def test_a_template_is_taken_for_next_month_by_whoever_writes_the_plan(world, client):
    template = make_template(world.arts)
    address = reverse("plan_edit", args=[world.first.pk, NOVEMBER.next]) + f"?template={template.pk}"
    offered = {}
    for who in ("li", "xu", "wang"):
        client.force_login(getattr(world, who))
        offered[who] = f'href="{address}"' in client.get(template.get_absolute_url()).content.decode()
    assert offered == {"li": True, "xu": False, "wang": False}
