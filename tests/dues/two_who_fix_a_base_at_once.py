"""Two who fix the same person's base at the same moment: one is kept, the other is told. The control has no guard."""

from decimal import Decimal

import pytest

from core.accounts import User
from core.workflow import StaleState
from dues.bases import actions
from dues.bases.actions import NewBase
from dues.bases.standing import stamp_of
from dues.models import Base
from tests.builders import World, make_person
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def shared(db, tmp_path):
    World()
    back = move_to_a_file(tmp_path)
    yield
    back()


def fixed_together():
    """Li and Chen fix the same base; gives what each got: the base, or the exception."""
    li, chen = User.objects.get(name="李书记"), User.objects.get(name="陈组织")
    person = make_person(li.person.organization)
    month, seen = person_month(), stamp_of([person.pk])

    def by(user, amount):
        new = NewBase(person.pk, Decimal(amount), month, "首次核定")
        return lambda: actions.set_base(person, new, by=user, seen=seen)

    return person, together(by(li, 5000), by(chen, 6000))


def person_month():
    from dues.bases.standing import first_month

    return first_month()


def test_one_is_kept_and_the_other_is_told(shared):
    for _ in range(ROUNDS):
        person, results = fixed_together()
        (kept,) = [one for one in results if isinstance(one, Base)]
        (told,) = [one for one in results if isinstance(one, StaleState)]
        assert (str(told), list(Base.objects.filter(person=person))) == (actions.OVERTAKEN, [kept])


def test_the_control_without_the_guard_keeps_both(shared, monkeypatch):
    monkeypatch.setattr(actions, "stamp_of", lambda people: "0.0")
    person, results = fixed_together()
    assert [type(one) for one in results] == [Base, Base]
    assert Base.objects.filter(person=person).count() == 2
