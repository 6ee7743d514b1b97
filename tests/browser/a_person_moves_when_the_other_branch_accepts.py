"""Li asks on a phone that Second Branch takes Zheng over; Zheng is First's until Zhao, at a desk, accepts."""

import pytest
from playwright.sync_api import expect

from branches.models import Organization, Transfer
from tests.builders import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(sits_down):
    """The world, Li on a phone, Zhao at a desk."""
    world = World()
    Organization.objects.filter(pk=world.second.pk).update(short_name="第二党支部")
    return world, sits_down(world.li, 360), sits_down(world.zhao)


def test_from_the_question_to_the_answer(at_work):
    world, li, zhao = at_work
    page = world.zheng.person.get_absolute_url()

    li.open(page)
    li.press("校内转接")
    li.page.get_by_label("对方党支部的名称或编码").fill("第二")
    li.press("查找党支部")
    li.page.get_by_label("第二党支部（文学院党总支）").check()
    li.page.get_by_label("说明（可不填）").fill("调到第二党支部")
    li.press("请对方接收")
    li.reads("待接收")
    li.open(page)
    li.reads("文学院第一党支部")
    zhao.page.goto(zhao.base + page)
    zhao.reads("没有找到这一页")

    zhao.open("/transfers/")
    zhao.page.get_by_role("link", name="郑党员").first.click()
    zhao.reads("调到第二党支部")
    zhao.press("接收")
    zhao.reads("已办结")
    expect(zhao.page.get_by_role("button", name="接收", exact=True)).to_have_count(0)
    zhao.open(page)
    zhao.reads("第二党支部")
    li.page.goto(li.base + page)
    li.reads("没有找到这一页")

    world.zheng.person.refresh_from_db()
    moved = Transfer.objects.accepted().values_list("from_organization", "to_organization", "decided_by")
    assert world.zheng.person.organization_id == world.second.pk
    assert list(moved) == [(world.first.pk, world.second.pk, world.zhao.pk)]
