"""Li hands out a code for Zheng while Zhou appoints Zheng: whichever is first, no code of Li's opens the account.

Li has looked already and found no office when Zhou begins. The control lacks the lock on the account.
"""

import datetime
import threading

import pytest
from django.db import connection

from branches import actions, rules
from branches.models import Appointment, Organization, Person
from core.accounts import Activation, User
from tests.builders import World
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
HALF_A_SECOND = 0.5  # as long as Li's act stays open after its look, unless Zhou's is done before


@pytest.fixture
def cast(db, tmp_path):
    World()
    back = move_to_a_file(tmp_path)
    yield {name: User.objects.get(name=name) for name in ("李书记", "周组织部", "郑党员")}
    back()


@pytest.fixture
def at_once(cast, monkeypatch):
    """Both acts; Zhou's begins when Li's has looked."""
    looked, appointed = threading.Event(), threading.Event()
    ask = rules.can_hand_out_code

    def look(user, person):
        verdict = ask(user, person)
        looked.set()
        appointed.wait(HALF_A_SECOND)
        return verdict

    def appoint():
        looked.wait()
        arts, zheng = Organization.objects.get(code="0201"), Person.objects.get(name="郑党员")
        day = datetime.date(2026, 11, 23)
        row = actions.appoint(arts, by=cast["周组织部"], person=zheng, office="DEPUTY_SECRETARY", starts_on=day)
        appointed.set()
        return row

    monkeypatch.setattr(rules, "can_hand_out_code", look)
    return lambda: together(lambda: actions.hand_out_code(cast["郑党员"], by=cast["李书记"]), appoint)


def test_the_code_is_void_once_both_are_done(cast, at_once):
    code, office = at_once()
    assert (type(code), type(office)) == (str, Appointment)
    assert (Activation.objects.count(), Activation.objects.open().count()) == (1, 0)


def test_the_control_without_the_lock_it_would_open_the_account(cast, at_once, monkeypatch):
    """SQLite's own lock around each transaction is not taken away by this: there the code is void all the same."""
    monkeypatch.setattr("branches.actions.accounts.lock", lambda row: type(row).objects.get(pk=row.pk))
    at_once()
    assert Activation.objects.open().count() == (1 if connection.vendor == "postgresql" else 0)
