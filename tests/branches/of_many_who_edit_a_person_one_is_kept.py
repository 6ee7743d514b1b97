"""Eight pages of one person's facts are saved at once: one is kept, the others are told and keep their text.

The control takes the guard away: then all eight are told that they were saved.
"""

import pytest
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.actions import persons
from branches.actions.persons import FACTS, version_of
from branches.models import Organization, Person
from core.accounts import User
from core.audit import AuditEntry
from tests.builders import World, make_person
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, EDITORS = 5, 8


@pytest.fixture
def someone(db, tmp_path):
    """A member of First Branch, in a database that threads can share."""
    World()
    back = move_to_a_file(tmp_path)
    yield make_person(Organization.objects.get(code="0201001"), "方远", gender="MALE", born_on="1980-05-01")
    back()


def save_at_once(person, word):
    """Each editor saves an education of their own, from a page that all opened before: the answers in that order."""
    person.refresh_from_db()
    login = Client()
    login.force_login(User.objects.get(name="李书记"))
    cookies = {key: morsel.value for key, morsel in login.cookies.items()}
    shown = {name: getattr(person, Person._meta.get_field(name).attname) for name in FACTS}
    shown = {name: value for name, value in shown.items() if value} | {"version": version_of(person)}
    address = reverse("person_edit", args=[person.pk])

    def editor(number):
        mine = Client()
        mine.cookies.load(cookies)
        return lambda: mine.post(address, shown | {"education": f"{word}{number}"})

    return together(*(editor(number) for number in range(EDITORS)))


def saved(person):
    return AuditEntry.objects.about(person).filter(event="person.edited").count()


def test_one_edit_is_kept_and_the_others_have_their_text_before_them(someone):
    for round_ in range(ROUNDS):
        word = f"第{round_}轮"
        answers = save_at_once(someone, word)

        kept = [number for number, answer in enumerate(answers) if answer.status_code == 302]
        assert sorted(answer.status_code for answer in answers) == [302] + [409] * (EDITORS - 1)
        someone.refresh_from_db()
        assert someone.education == f"{word}{kept[0]}"
        for number, answer in enumerate(answers):
            if number != kept[0]:
                page = answer.content.decode()
                assert [one in page for one in (f'value="{word}{number}"', someone.education)] == [True, True]
        assert saved(someone) == round_ + 1


def test_who_left_the_phone_empty_is_not_told_that_it_was_typed(someone, monkeypatch):
    """Found before, saved after somebody wrote another phone: the page names what was typed, and is saved again."""
    client, act = Client(), persons.edit_person
    client.force_login(User.objects.get(name="李书记"))
    shown = {"name": "方远", "gender": "MALE", "category": "STAFF", "education": "博士", "version": version_of(someone)}

    def overtaken(person, **values):
        Person.objects.filter(pk=someone.pk).update(phone="13911111111")
        return act(person, **values)

    monkeypatch.setattr(actions, "edit_person", overtaken)
    answer = client.post(reverse("person_edit", args=[someone.pk]), shown)

    assert [(one.name, one.typed, one.now) for one in answer.context["differences"]] == [("学历", "博士", "未填")]
    again = shown | {"version": answer.context["form"]["version"].value()}
    assert client.post(reverse("person_edit", args=[someone.pk]), again).status_code == 302
    someone.refresh_from_db()
    assert (someone.education, someone.phone) == ("博士", "13911111111")


def test_the_control_without_the_look_tells_everybody_that_it_was_saved(someone, monkeypatch):
    same = version_of(Person.objects.get(pk=someone.pk))
    monkeypatch.setattr(persons, "version_of", lambda row, names=FACTS: same)
    answers = save_at_once(someone, "改")
    assert [answer.status_code for answer in answers] == [302] * EDITORS
    assert saved(someone) == EDITORS
