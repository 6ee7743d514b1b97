"""结对帮带: begun by the branch, visited by the helper or the branch, marked when quiet for long, ended with a reason.

Zheng is the helper of a pairing of First; Li, Chen and Xu sit on its committee; Zhao leads Second, Wang sits above.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.actions import pairings
from activities.models import Pairing, PairingVisit
from activities.models.pairings import DAYS_WITHOUT_VISIT
from core.audit import AuditEntry
from core.clock import today
from core.inbox import Notice
from tests.builders import make_person
from tests.service_builders import make_pairing

D = datetime.date
CAST = ("li", "chen", "xu", "zheng", "zhao", "wang", "zhou", "he")
VISIT = {"visited_on": "2026-11-20", "minutes": "45", "note": "谈心"}
END = {"ended_on": "2026-11-23", "reason": "对象毕业"}


def let_through(world, client, name, args, body):
    """Who changes something with an act; all is undone."""
    found = set()
    for who in CAST:
        client.force_login(getattr(world, who))
        before = AuditEntry.objects.count()
        with transaction.atomic():
            client.post(reverse(name, args=args), body)
            found |= {who} if AuditEntry.objects.count() > before else set()
            transaction.set_rollback(True)
    return found


def test_who_may_do_what(world, client):
    pairing = make_pairing(world.first, world.zheng.person, [D(2026, 11, 1)], by=world.li)
    written = pairing.visits.create(visited_on=D(2026, 11, 8), minutes=30, note="辅导", by=world.zheng)
    helper = {"helper": world.zheng.person.pk, "starts_on": "2026-11-01", "partner_name": "小吴", "partner_is": "新生",
              "purpose": "适应大学"}  # fmt: skip
    officers = {"li", "chen", "xu"}
    assert let_through(world, client, "pairing_begin", [world.first.pk], helper) == officers
    assert let_through(world, client, "pairing_visit", [pairing.pk], VISIT) == officers | {"zheng"}
    assert let_through(world, client, "pairing_end", [pairing.pk], END) == officers
    assert let_through(world, client, "visit_drop", [written.pk], {}) == officers | {"zheng"}
    by_li = pairing.visits.exclude(pk=written.pk).get()
    assert let_through(world, client, "visit_drop", [by_li.pk], {}) == officers
    Pairing.objects.update(ended_on=today(), end_reason="毕业")
    for name, args, body in (
        ("pairing_visit", [pairing.pk], VISIT), ("pairing_end", [pairing.pk], END), ("visit_drop", [by_li.pk], {}),
    ):  # fmt: skip
        assert let_through(world, client, name, args, body) == set()


def test_it_is_seen_in_the_own_part_and_by_its_helper(world, client):
    pairing = make_pairing(world.first, world.zheng.person, [D(2026, 11, 1)])
    make_pairing(world.second)
    seen = {}
    for who in (*CAST, "qian"):
        client.force_login(getattr(world, who))
        listed = set(client.get(reverse("pairings")).context["page"])
        assert (client.get(pairing.get_absolute_url()).status_code == 200) == (pairing in listed)
        visits = client.get(reverse("visits")).context["page"].paginator.count
        seen[who] = (len(listed), visits)
    assert seen == {
        "li": (1, 1), "chen": (1, 1), "xu": (1, 1), "zheng": (1, 1), "zhao": (1, 0), "wang": (2, 1), "zhou": (2, 1),
        "he": (2, 1), "qian": (0, 0),
    }  # fmt: skip


def test_what_nobody_visited_for_sixty_days_is_marked(world, client):
    edge = today() - datetime.timedelta(days=DAYS_WITHOUT_VISIT)
    before = edge - datetime.timedelta(days=1)
    helpers = {name: make_person(world.first, name) for name in ("刚好", "太久", "从未", "新结", "已结束")}
    make_pairing(world.first, helpers["刚好"], [D(2026, 3, 1), edge], starts_on=D(2026, 1, 1))
    make_pairing(world.first, helpers["太久"], [before], starts_on=D(2026, 1, 1))
    make_pairing(world.first, helpers["从未"], starts_on=before)
    make_pairing(world.first, helpers["新结"], starts_on=edge)
    make_pairing(world.first, helpers["已结束"], starts_on=before, ended_on=today(), end_reason="毕业")
    client.force_login(world.li)
    page = client.get(reverse("pairings"), {"status": "quiet"}).context["page"]
    assert {row.helper.name for row in page} == {"太久", "从未"}
    shown = client.get(reverse("pairings")).context["lines"]
    assert {line[0][1].text: line[8][1].text for line in shown} == {
        "刚好": "进行中", "新结": "进行中", "已结束": "已结束",
        "太久": "超过 60 天没有走访", "从未": "超过 60 天没有走访",
    }  # fmt: skip


def test_a_helper_stands_in_the_branchs_register_and_is_told(world):
    values = {"partner_name": "小吴", "partner_is": "新生", "purpose": "适应大学", "starts_on": today()}
    with pytest.raises(PermissionDenied):
        pairings.begin_pairing(world.first, by=world.li, helper=world.zhao.person, **values)
    pairing = pairings.begin_pairing(world.first, by=world.li, helper=world.zheng.person, **values)
    pairings.end_pairing(pairing, by=world.li, ended_on=today(), reason="转学")
    assert list(Notice.objects.order_by("pk").values_list("recipient", "kind")) == [
        (world.zheng.pk, "pairing_begun"), (world.zheng.pk, "pairing_ended"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("visit", VISIT | {"visited_on": "2026-11-24"}), ("visit", VISIT | {"visited_on": "2026-08-31"}),
        ("visit", VISIT | {"minutes": "0"}), ("visit", VISIT | {"note": ""}), ("end", END | {"reason": ""}),
        ("end", END | {"ended_on": "2026-08-31"}), ("end", END | {"ended_on": "2026-10-31"}),
    ],
)  # fmt: skip
def test_days_lie_inside_and_nothing_is_left_unsaid(world, client, act, body):
    pairing = make_pairing(world.first, visits=[D(2026, 11, 1)], starts_on=D(2026, 9, 1))
    client.force_login(world.li)
    assert client.post(reverse(f"pairing_{act}", args=[pairing.pk]), body).status_code == 422
    assert (Pairing.objects.get().is_running, PairingVisit.objects.count()) == (True, 1)


def test_a_visit_taken_back_stays_in_the_log(world):
    visit = make_pairing(world.first, visits=[D(2026, 11, 1)]).visits.get()
    pairings.drop_visit(visit, by=world.li)
    entry = AuditEntry.objects.get(event="pairing.visit_dropped")
    assert (PairingVisit.objects.count(), entry.data["also"][0]["changes"]["note"]) == (0, ["辅导一次", None])


@pytest.mark.parametrize("broken", [{"ended_on": D(2026, 11, 1)}, {"end_reason": "x"},
                                    {"ended_on": D(2026, 8, 1), "end_reason": "x"}])  # fmt: skip
def test_the_database_keeps_an_end_with_its_reason(world, broken):
    pairing = make_pairing(world.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.filter(pk=pairing.pk).update(**broken)
