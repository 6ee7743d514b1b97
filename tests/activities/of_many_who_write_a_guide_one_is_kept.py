"""Eight pages of one guide are sent at once: one is kept, or issues it; the others are told. So too for a new guide.

The control takes the guard of versions away: then all eight are told that they were saved.
"""

import pytest
from django.test import Client
from django.urls import reverse

from activities.actions import guides as issuing
from activities.models import MonthGuide
from branches.models import Organization
from core.accounts import User
from core.audit import AuditEntry
from core.jobs import Job
from core.periods import Month
from tests.builders import World, make_guide
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
DECEMBER = Month(2026, 12)
EDITORS = 8


@pytest.fixture
def committee(db, tmp_path):
    """The committee, in a database that threads can share."""
    World()
    back = move_to_a_file(tmp_path)
    yield Organization.objects.get(code="01")
    back()


def sent_at_once(committee, name, version):
    """Each editor sends a title of their own; gives the statuses, sorted."""
    login = Client()
    login.force_login(User.objects.get(name="周组织部"))
    cookies = {key: morsel.value for key, morsel in login.cookies.items()}
    address = reverse(name, args=[committee.pk, DECEMBER])

    def editor(number):
        mine = Client()
        mine.cookies.load(cookies)
        fields = {"version": version, "title": f"第 {number} 稿", "text": f"第 {number} 稿的正文",
                  "i-TOTAL_FORMS": 0, "i-INITIAL_FORMS": 0}  # fmt: skip
        return lambda: mine.post(address, fields)

    return sorted(answer.status_code for answer in together(*(editor(number) for number in range(EDITORS))))


@pytest.mark.parametrize("exists", [True, False])
def test_one_is_kept_and_the_others_are_told(committee, exists):
    if exists:
        make_guide(committee, User.objects.get(name="周组织部"), is_issued=False)
    assert sent_at_once(committee, "guide_save", int(exists)) == [302] + [409] * 7
    guide = MonthGuide.objects.get()
    assert guide.version == int(exists) + 1
    assert guide.text == f"{guide.title}的正文"


def test_one_issues_it_and_it_is_told_once(committee):
    make_guide(committee, User.objects.get(name="周组织部"), is_issued=False)
    sent_at_once(committee, "guide_issue", 1)
    assert (MonthGuide.objects.get().issues, Job.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(event="guide.issued").count() == 1


def test_control_without_the_version_all_are_told_that_they_were_saved(committee, monkeypatch):
    make_guide(committee, User.objects.get(name="周组织部"), is_issued=False)
    save = issuing.save_guide

    def blindly(organization, month, *, version, **rest):
        while True:
            try:
                return save(organization, month, version=MonthGuide.objects.get().version, **rest)
            except ZeroDivisionError:
                continue  # somebody was faster: written over, whatever it was

    monkeypatch.setattr("activities.actions.guides.save_guide", blindly)
    monkeypatch.setattr("activities.actions.guides.Overtaken", ZeroDivisionError)
    assert sent_at_once(committee, "guide_save", 1).count(302) > 1
