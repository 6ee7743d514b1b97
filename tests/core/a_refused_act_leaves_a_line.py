"""Who is refused leaves a line in the site's log: who, what, which answer, and the reason that was given.

Li leads First Branch, Zhao Second Branch next door.
"""

import logging

import pytest
from django.urls import reverse

from tests.builders import make_plan


@pytest.fixture
def said(caplog):
    """The lines of the log since then: (level, sentence)."""
    return lambda: [(one.levelno, one.getMessage()) for one in caplog.records if one.name == "core.refusals"]


def test_a_rules_refusal_is_logged_with_its_reason(world, client, said):
    plan = make_plan(world.first, status="SUBMITTED", submitted_by=world.li)
    client.force_login(world.li)
    address = reverse("plan_forward", args=["month", plan.pk])
    page = client.post(address).content.decode()
    [(level, sentence)] = said()
    start, _, why = sentence.partition(": ")
    assert (level, start) == (logging.WARNING, f"user {world.li.pk} was refused POST {address} with 403")
    assert why and why in page


def test_so_is_a_foreign_number_and_a_form_that_was_not_taken(world, client, said):
    client.force_login(world.zhao)
    foreign, edit = reverse("person_edit", args=[world.zheng.person.pk]), reverse("me_edit")
    client.post(foreign, {"name": "改名"})
    client.post(edit, {"phone": "十三亿"})
    assert said() == [
        (logging.WARNING, f"user {world.zhao.pk} was refused POST {foreign} with 404"),
        (logging.INFO, f"user {world.zhao.pk} was refused POST {edit} with 422"),
    ]


def test_what_is_read_or_done_or_tried_by_nobody_leaves_none(world, client, said):
    client.post(reverse("me_edit"), {"phone": "1"})
    client.force_login(world.zheng)
    client.get(reverse("plan", args=[987654]))
    client.post(reverse("me_edit"), {"phone": "13800000000", "email": ""})
    assert said() == []
