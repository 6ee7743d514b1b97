"""Twenty people press 登记 at once, twenty times over. The control takes the guards away and must pay too often."""

import threading
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from dues import actions
from dues.actions import paying
from dues.models import Charge, DuesMonth, Entry
from tests.builders import NOVEMBER, World, make_person
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 20
ROUNDS = 20


@pytest.fixture
def shared(db, tmp_path):
    """A database that threads can share."""
    World()
    back = move_to_a_file(tmp_path)
    yield
    back()


def click_together(client, charge):
    """CLICKS posts of the same payment at once; gives the status codes, or the error where one was raised."""
    cookies = {key: morsel.value for key, morsel in client.cookies.items()}

    def click():
        mine = Client()
        mine.cookies.load(cookies)
        return mine.post(reverse("dues_pay", args=[charge.pk]), {"method": "CASH"}).status_code

    return together(*[click] * CLICKS)


@pytest.fixture
def li(shared):
    from core.accounts import User

    return User.objects.get(name="李书记")


@pytest.fixture
def charges(li):
    branch = li.person.organization
    for number in range(ROUNDS):
        make_person(branch, f"学生{number}", category="STUDENT")
    actions.open_month(NOVEMBER)
    return list(Charge.objects.filter(dues_month=DuesMonth.objects.get(organization=branch)))


@pytest.fixture
def client_of_li(li):
    client = Client()
    client.force_login(li)
    return client


def test_twenty_clicks_in_twenty_rounds_pay_twenty_times(charges, client_of_li):
    answers = [code for charge in charges for code in click_together(client_of_li, charge)]

    assert answers == [302] * (CLICKS * ROUNDS)
    assert Entry.objects.count() == ROUNDS
    assert all(charge.state == "PAID" for charge in Charge.objects.with_state())


def _without_locks(monkeypatch, key):
    """Take the lock and the transaction away: every click has looked before the first one writes.

    Nor are there receipts: their numbers would stop the second click too.
    """
    looked = threading.Barrier(CLICKS)

    def key_after_all_have_looked(charge_id, reversals):
        looked.wait(timeout=20)
        return key(charge_id, reversals)

    monkeypatch.setattr(paying, "lock_all", list)
    monkeypatch.setattr(paying, "new_receipts", lambda branch, people, by: [None for _ in people])
    monkeypatch.setattr(actions, "pay", actions.pay.__wrapped__)
    monkeypatch.setattr(paying, "payment_key", key_after_all_have_looked)


def test_the_key_alone_pays_once(charges, client_of_li, monkeypatch):
    _without_locks(monkeypatch, actions.payment_key)

    answers = click_together(client_of_li, charges[0])

    assert answers == [302] * CLICKS
    assert Entry.objects.count() == 1


def test_the_control_without_lock_and_key_pays_twenty_times(charges, client_of_li, monkeypatch):
    _without_locks(monkeypatch, lambda charge_id, reversals: uuid.uuid4().hex)

    click_together(client_of_li, charges[0])

    assert Entry.objects.count() == CLICKS
