"""Eight pages of First Branch's December are saved at once: one is kept, the others are told and keep their text.

The controls take the guards away: then all eight are told that they were saved.
"""

import threading

import pytest
from django.test import Client
from django.urls import reverse

from activities import filing
from activities.models import MonthlyPlan
from branches.models import Organization
from core.accounts import User
from core.audit import AuditEntry
from core.periods import Month
from tests.builders import World, make_plan
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, EDITORS = 5, 8
DECEMBER = Month(2026, 12)


@pytest.fixture
def first(db, tmp_path):
    """First Branch, in a database that threads can share."""
    World()
    back = move_to_a_file(tmp_path)
    yield Organization.objects.get(code="0201001")
    back()


def typed(version, theme):
    """A draft with one item; both carry the theme."""
    return {
        "version": version, "planned_on": "2026-12-11", "starts_at": "15:00", "place": "201 会议室", "theme": theme,
        "host": "", "recorder": "", "guests": "", "i-TOTAL_FORMS": 1, "i-INITIAL_FORMS": 0, "i-0-what": "OWN_DESIGN",
        "i-0-content": f"{theme}的议程", "i-0-minutes": 20,
    }  # fmt: skip


def save_at_once(first, version, word):
    """Each editor saves a theme of their own: ``word`` and a number. Gives the answers in that order."""
    login = Client()
    login.force_login(User.objects.get(name="李书记"))
    cookies = {key: morsel.value for key, morsel in login.cookies.items()}
    address = reverse("plan_save", args=[first.pk, DECEMBER])

    def editor(number):
        mine = Client()
        mine.cookies.load(cookies)
        return lambda: mine.post(address, typed(version, f"{word}{number}"))

    return together(*(editor(number) for number in range(EDITORS)))


def who_was_kept(answers):
    """The number of the one that was saved, after a look at what the others got."""
    kept = [number for number, answer in enumerate(answers) if answer.status_code == 302]
    others = [answer for answer in answers if answer.status_code == 409]
    assert (len(kept), len(others)) == (1, EDITORS - 1)
    assert ["您的改动还没有保存" in answer.content.decode() for answer in others] == [True] * (EDITORS - 1)
    return kept[0]


def test_one_edit_is_kept_and_the_others_have_their_text_before_them(first):
    plan = make_plan(first, DECEMBER)
    for round_ in range(ROUNDS):
        word = f"第{round_}轮"
        answers = save_at_once(first, round_ + 1, word)

        kept = who_was_kept(answers)
        plan.refresh_from_db()
        assert (plan.version, plan.theme) == (round_ + 2, f"{word}{kept}")
        assert [item.content for item in plan.items.all()] == [f"{word}{kept}的议程"]
        for number, answer in enumerate(answers):
            if number != kept:
                page = answer.content.decode()  # answer.context would hold what the other threads rendered, too
                words = (f'value="{word}{number}"', f"{word}{number}的议程")
                version = f'name="version" value="{round_ + 2}"'  # sent once more, it is a choice: what stands is shown
                shown = f"已存的：{word}{kept}<"
                assert [one in page for one in (*words, version, shown)] == [True] * 4
    assert AuditEntry.objects.about(plan).filter(event="plan.saved").count() == ROUNDS


def test_of_many_who_begin_a_plan_one_begins_it(first):
    for round_ in range(ROUNDS):
        answers = save_at_once(first, 0, f"初稿{round_}-")

        kept, plan = who_was_kept(answers), MonthlyPlan.objects.get()
        assert (plan.theme, plan.version, plan.items.count()) == (f"初稿{round_}-{kept}", 1, 1)
        plan.delete()


def test_the_control_without_the_lock_tells_everybody_that_it_was_saved(first, monkeypatch):
    plan = make_plan(first, DECEMBER)
    looked = threading.Barrier(EDITORS)

    def look(row, *states):
        looked.wait(timeout=20)
        return row

    monkeypatch.setattr(filing.drafts, "lock", look)
    monkeypatch.setattr(filing.drafts, "lock_all", list)
    monkeypatch.setattr(filing, "save_draft", filing.save_draft.__wrapped__)

    answers = save_at_once(first, 1, "改")

    plan.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302] * EDITORS
    assert (plan.version, AuditEntry.objects.about(plan).filter(event="plan.saved").count()) == (2, EDITORS)
