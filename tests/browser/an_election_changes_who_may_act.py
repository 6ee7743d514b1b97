"""Wang enters First Branch's election on a phone: at the next click Li's pages are closed, Chen's are a secretary's.

Then Chen's office is ended, and Chen, still logged in, loses it at the next click too.
"""

import pytest
from playwright.sync_api import expect

from branches.models import Election, Organization
from tests.builders import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(sits_down):
    """Everybody of the cast who is asked for, logged in; Wang on a phone."""
    world = World()
    Organization.objects.filter(pk=world.first.pk).update(short_name="第一党支部")
    return world, sits_down(world.wang, 360), sits_down(world.li), sits_down(world.chen)


def submit(person):
    return person.page.get_by_role("button", name="报送文学院党总支")


def test_who_comes_and_who_goes_at_the_next_click(at_work):
    world, wang, li, chen = at_work
    plan = f"/plans/{world.first.pk}/2026-12/"
    li.open(plan)
    expect(submit(li)).to_be_enabled()
    chen.open(plan)
    expect(submit(chen)).to_be_disabled()

    wang.open(world.first.get_absolute_url())
    wang.press("换届选举")
    wang.page.get_by_label("书记", exact=True).select_option(str(world.chen.person.pk))
    wang.page.get_by_label("组织委员").select_option(str(world.zheng.person.pk))
    wang.press("下一步，核对")
    wang.reads("还没有登记，请核对后按“确认登记”")
    wang.press("返回修改")
    wang.page.get_by_label("批复文号或说明（可不填）").fill("批复 12 号")
    wang.press("下一步，核对")
    rows = wang.page.locator("tbody tr").all_inner_texts()
    numbers = {user.name: user.username for user in (world.li, world.chen, world.zheng, world.xu)}
    assert [" ".join(row.split()) for row in rows] == [
        f"书记 陈组织 {numbers['陈组织']} 新任", f"书记 李书记 {numbers['李书记']} 不再担任",
        f"组织委员 郑党员 {numbers['郑党员']} 新任", f"组织委员 陈组织 {numbers['陈组织']} 不再担任",
        f"宣传委员 许宣传 {numbers['许宣传']} 连任",
    ]  # fmt: skip
    wang.press("确认登记")
    wang.reads("换届已登记：任期 2026-11-23 至 2029-11-23")
    assert Election.objects.get().note == "批复 12 号"
    wang.press("换届选举")
    assert wang.page.locator(".notice.said").count() == 0  # what was entered does not lie there as unsaved

    li.page.reload()
    li.reads("没有找到这一页")
    chen.page.reload()
    expect(submit(chen)).to_be_enabled()

    wang.open(f"/organizations/{world.first.pk}/offices/?office=SECRETARY&state=running")
    wang.press("免职")
    wang.page.get_by_label("原因").fill("工作调动")
    wang.press("免职")
    wang.reads("陈组织自 2026-11-23 起不再担任第一党支部书记")
    chen.page.reload()
    chen.reads("没有找到这一页")
