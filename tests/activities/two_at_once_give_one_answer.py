"""Two reviewers decide at once, two officers edit at once: one of them is first, the other is told so.

Zhou accepts and Tang, of the same department, returns First Branch's plans in the same moment. Li and Chen write at
First's December. The controls take the lock away and must show both decisions, and lost text.
"""

import threading

import pytest
from django.contrib.messages import get_messages
from django.db import connections
from django.test import Client
from django.urls import reverse

from activities import filing
from activities.models import MonthlyPlan, PlanItem
from branches.models import Office, Organization
from core.accounts import User
from core.audit import AuditEntry
from core.periods import Month
from tests.builders import make_officer, make_plan
from tests.dues.a_double_click_pays_once import shared  # noqa: F401 - a database that threads can share

# a flush empties every table, so what the migrations ship is brought back for these tests
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROUNDS, EDITORS = 20, 8
DECEMBER = Month(2026, 12)
DRAFT, SUBMITTED, FILED, ACCEPTED, RETURNED = MonthlyPlan.Status.values


@pytest.fixture
def first(shared):  # noqa: F811
    return Organization.objects.get(code="0201001")


@pytest.fixture
def department(first):
    """The sessions of Zhou and Tang."""
    committee = Organization.objects.get(code="01")
    make_officer(committee, Office.ORGANIZATION_DEPARTMENT, "唐组织部", branch=Organization.objects.get(code="9901001"))
    return {"accept": session("周组织部"), "return": session("唐组织部")}


def session(name):
    client = Client()
    client.force_login(User.objects.get(name=name))
    return client


def at_once(*posts):
    """Send (client, address, data) all in the same moment; gives their answers in order."""
    barrier, answers = threading.Barrier(len(posts)), [None] * len(posts)

    def send(place, client, address, data):
        mine = Client()
        mine.cookies.load({key: morsel.value for key, morsel in client.cookies.items()})
        barrier.wait()
        try:
            answers[place] = mine.post(address, data)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(place, *post)) for place, post in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def decide_at_once(department, plan):
    posts = [
        (client, reverse(f"plan_{act}", args=[plan.pk]), {"note": "请补充议程。"}) for act, client in department.items()
    ]
    return at_once(*posts)


def decisions(plan):
    rows = AuditEntry.objects.about(plan).filter(event__in=["plan.accepted", "plan.returned"])
    return list(rows.values_list("event", flat=True))


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_accepting_and_returning_at_once_gives_one_decision_and_the_other_is_told(first, department):
    outcomes = {
        ACCEPTED: (["plan.accepted"], ["已备案：文学院第一党支部"], ["这件事已经有人办过了：现在是“已备案”"]),
        RETURNED: (["plan.returned"], ["已退回文学院第一党支部"], ["这件事已经有人办过了：现在是“已退回”"]),
    }
    for month in DECEMBER.until(DECEMBER + (ROUNDS - 1)):
        plan = make_plan(first, month, FILED)
        accepted, returned = decide_at_once(department, plan)
        plan.refresh_from_db()
        winner, loser = (accepted, returned) if plan.status == ACCEPTED else (returned, accepted)
        texts = [[text[: len(wanted)] for text, wanted in zip(said(answer), words, strict=True)]
                 for answer, words in zip((winner, loser), outcomes[plan.status][1:], strict=True)]  # fmt: skip
        assert (decisions(plan), *texts) == outcomes[plan.status]
        assert {accepted.status_code, returned.status_code} == {302}
        assert bool(plan.accepted_at) != bool(plan.return_note)


def test_whoever_comes_second_reads_who_was_first_and_what_was_done(first, department):
    plan = make_plan(first, DECEMBER, FILED)
    department["accept"].post(reverse("plan_accept", args=[plan.pk]))

    answer = department["return"].post(reverse("plan_return", args=[plan.pk]), {"note": "请补充议程。"})

    assert said(answer) == [
        "这件事已经有人办过了：现在是“已备案”（最近办理：周组织部，组织部备案）。请看最新情况后再决定。"
    ]


def test_the_control_without_the_lock_decides_twice(first, department, monkeypatch):
    plan = make_plan(first, DECEMBER, FILED)
    without_locks(monkeypatch, 2, "accept_plan", "return_plan")

    decide_at_once(department, plan)

    assert sorted(decisions(plan)) == ["plan.accepted", "plan.returned"]


def without_locks(monkeypatch, count, *actions):
    """Take lock and transaction away: all ``count`` have looked before the first one writes."""
    looked = threading.Barrier(count)

    def look(row, *states):
        looked.wait(timeout=20)
        return row

    monkeypatch.setattr(filing, "lock", look)
    for name in actions:
        monkeypatch.setattr(filing, name, getattr(filing, name).__wrapped__)


def typed(version, theme):
    return {
        "version": version, "planned_on": "2026-12-11", "starts_at": "15:00", "place": "201 会议室", "theme": theme,
        "host": "", "recorder": "", "guests": "", "i-TOTAL_FORMS": 1, "i-INITIAL_FORMS": 0, "i-0-kind": "OWN_DESIGN",
        "i-0-content": f"{theme}的议程", "i-0-minutes": 20,
    }  # fmt: skip


def edit_at_once(first, version, word):
    """EDITORS save the same draft, each with a theme of their own."""
    li, address = session("李书记"), reverse("plan_save", args=[first.pk, DECEMBER])
    return at_once(*((li, address, typed(version, f"{word}{number}")) for number in range(EDITORS)))


def test_of_many_edits_at_once_one_is_kept_and_the_others_keep_their_text(first):
    plan = make_plan(first, DECEMBER)
    for round_ in range(5):
        answers = edit_at_once(first, 1 + round_, f"第{round_}轮")

        kept = [number for number, answer in enumerate(answers) if answer.status_code == 302]
        plan.refresh_from_db()
        assert (len(kept), plan.version, plan.theme) == (1, 2 + round_, f"第{round_}轮{kept[0]}")
        assert [item.content for item in plan.items.all()] == [f"第{round_}轮{kept[0]}的议程"]
        for number, answer in enumerate(answers):
            if number in kept:
                continue
            page = answer.content.decode()
            assert (answer.status_code, "您的改动还没有保存" in page) == (409, True)
            assert (f'value="第{round_}轮{number}"' in page, f"第{round_}轮{number}的议程" in page) == (True, True)


def test_of_many_who_begin_a_plan_at_once_one_begins_it(first):
    for _ in range(5):
        answers = edit_at_once(first, 0, "初稿")

        plan = MonthlyPlan.objects.get(organization=first)
        assert sorted(answer.status_code for answer in answers) == [302] + [409] * (EDITORS - 1)
        assert all("您的改动还没有保存" in answer.content.decode() for answer in answers if answer.status_code == 409)
        assert (plan.version, plan.items.count()) == (1, 1)
        plan.delete()


def test_the_control_without_the_lock_loses_all_texts_but_the_last(first, monkeypatch):
    plan = make_plan(first, DECEMBER)
    without_locks(monkeypatch, EDITORS, "save_draft")

    answers = edit_at_once(first, 1, "改")

    plan.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302] * EDITORS  # each was told that it was saved
    assert plan.version == 2
    assert AuditEntry.objects.about(plan).filter(event="plan.saved").count() == EDITORS


def test_a_stale_page_is_refused_with_what_was_typed_and_writes_nothing(first):
    plan = make_plan(first, DECEMBER)
    li, chen = session("李书记"), session("陈组织")
    address = reverse("plan_save", args=[first.pk, DECEMBER])
    chen.post(address, typed(1, "陈的主题"))
    rows = list(PlanItem.objects.values()), list(MonthlyPlan.objects.values()), AuditEntry.objects.count()

    for act in ("plan_save", "plan_submit"):
        answer = li.post(reverse(act, args=[first.pk, DECEMBER]), typed(1, "李的主题"))

        assert answer.status_code == 409
        assert answer.context["form"]["theme"].value() == "李的主题"
        assert [form["content"].value() for form in answer.context["formset"]] == ["李的主题的议程"]
        assert 'name="version" value="1"' in answer.content.decode()  # sending it once more is refused once more
        assert (list(PlanItem.objects.values()), list(MonthlyPlan.objects.values()), AuditEntry.objects.count()) == rows
    plan.refresh_from_db()
    assert (plan.theme, plan.version, plan.status) == ("陈的主题", 2, DRAFT)
