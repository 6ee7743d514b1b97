"""One notice a person and key; its e-mail leaves from the rows, once."""

import pytest
from django.core import mail

from core import inbox
from core.inbox import Notice, deliver, read, tell


@pytest.fixture
def li(world):
    world.li.email = "li@example.edu.cn"
    world.li.save(update_fields=["email"])
    return world.li


def test_telling_twice_is_telling_once(world):
    for _ in range(2):
        tell([world.li, world.li, world.chen, None], "plan_due", key="plan:1", title="计划还没有报送")
    assert list(Notice.objects.order_by("pk").values_list("recipient", "title")) == [
        (world.li.pk, "计划还没有报送"), (world.chen.pk, "计划还没有报送"),
    ]  # fmt: skip


def test_who_is_disabled_is_not_told(world):
    world.li.is_active = False
    tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")
    assert not Notice.objects.exists()


def test_mail_leaves_once_and_only_where_there_is_an_address(world, li):
    tell([li, world.chen], "plan_due", key="plan:1", title="计划还没有报送")
    assert mail.outbox == []
    assert [deliver(), deliver()] == [1, 0]
    assert [(one.to, one.subject) for one in mail.outbox] == [(["li@example.edu.cn"], "【党员活动日】计划还没有报送")]


def test_another_worker_does_not_send_what_one_is_sending(li, monkeypatch):
    """The second worker looks while the first one is still talking to the mail server."""
    others = []
    monkeypatch.setattr(inbox, "_send", lambda notice: others.append(deliver()))
    tell([li], "plan_due", key="plan:1", title="计划还没有报送")
    assert (deliver(), others) == (1, [0])


def test_reading_counts_what_was_unread_and_the_bell_agrees(world):
    for number in range(6):
        tell([world.li], "plan_due", key=f"plan:{number}", title=f"第 {number} 条")
    mine = Notice.objects.visible_to(world.li)
    assert read(mine.filter(key__in=["plan:0", "plan:1"])) == 2
    latest = mine.latest_with_unread(4)
    assert [(one.title, one.unread_count) for one in latest] == [(f"第 {n} 条", 4) for n in (5, 4, 3, 2)]
    assert (read(mine), read(mine)) == (4, 0)
