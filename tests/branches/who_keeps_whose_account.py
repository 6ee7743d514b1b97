"""One table: whose account somebody may touch. Resetting the account of somebody above would be a way up.

The cast, and: Feng of the department, a member of First; Hua of First, who becomes secretary of the general branch on
1 December; Jin, a plain member of the direct branch, where Zhou and He are members too; Kong, whose office at the
general branch has ended.
"""

import datetime

import pytest
from django.urls import reverse

from branches import rules
from branches.models import Appointment, Office, Organization, Person
from core.accounts import Activation, User
from tests.builders import World, make_officer

ARTS = {"li", "chen", "xu", "zheng", "zhao", "kong"}  # below the general branch, none of its own officers
ALL = ARTS | {"wang", "qian", "sun", "wu", "jin", "he", "hua"}
# who → whose accounts; nobody keeps the own
TABLE = {
    "li": {"zheng", "kong"}, "chen": {"zheng", "kong"}, "xu": set(), "zheng": set(), "zhao": set(),
    "wang": ARTS, "qian": set(), "sun": {"qian"}, "wu": {"jin"}, "he": set(), "jin": set(), "hua": set(),
    "kong": set(),
    "zhou": ALL | {"feng"}, "feng": ALL | {"zhou"},
}  # fmt: skip


@pytest.fixture
def cast(world: World):
    feng = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "冯干事", branch=world.first)
    hua = make_officer(world.arts, Office.SECRETARY, "华新任", branch=world.first)
    kong = make_officer(world.arts, Office.SECRETARY, "孔离任", branch=world.first)
    jin = make_officer(world.direct, Office.MEMBER, "金党员")
    Appointment.objects.filter(person__user=hua).update(starts_on=datetime.date(2026, 12, 1))
    Appointment.objects.filter(person__user=kong).update(ends_on=datetime.date(2026, 11, 23))
    Appointment.objects.filter(person__user=jin).delete()
    names = [name for name in TABLE if hasattr(world, name)]
    return {name: getattr(world, name) for name in names} | {"feng": feng, "hua": hua, "kong": kong, "jin": jin}


def test_the_table_names_everybody(cast):
    assert set(cast) == set(TABLE)
    assert len(cast) ** 2 == 225


def test_the_rule_gives_exactly_the_table(cast):
    found = {
        actor: {name for name, user in cast.items() if rules.can_keep_account(cast[actor], user.person)}
        for actor in cast
    }
    assert found == TABLE


def test_the_rule_for_many_gives_the_same(cast):
    people = {user.person.pk: name for name, user in cast.items()}
    everybody = Person.objects.filter(pk__in=people)
    found = {actor: {people[person.pk] for person in rules.keepable_by(everybody, cast[actor])} for actor in cast}
    assert found == TABLE


RULES = {
    "account_disable": rules.can_disable_account,
    "account_unlock": rules.can_unlock_account,
    "account_end_sessions": rules.can_end_sessions,
}


@pytest.mark.parametrize("act", ["account_hand_out", *RULES])
def test_a_post_does_exactly_what_the_table_allows(cast, client, act):
    done = {}
    for actor, user in cast.items():
        client.force_login(User.objects.get(pk=user.pk))
        for name, target in cast.items():
            before = User.objects.values().get(pk=target.pk)
            answer = client.post(reverse(act, args=[target.person.pk]), {"reason": "试"})
            if answer.status_code in (200, 302):
                done.setdefault(actor, set()).add(name)
            else:
                assert (actor, name, answer.status_code in (403, 404)) == (actor, name, True)
                assert User.objects.values().get(pk=target.pk) == before
            User.objects.filter(pk=target.pk).update(is_active=True)
    assert done == {actor: whose for actor, whose in TABLE.items() if whose}


@pytest.mark.parametrize("act", RULES)
def test_the_other_acts_ask_the_same_table(cast, act):
    allowed = {
        actor: {name for name, target in cast.items() if RULES[act](user, target.person)}
        for actor, user in cast.items()
    }
    assert allowed == TABLE


def test_an_office_at_a_closed_organization_raises_nobody(cast, world: World):
    Organization.objects.filter(pk=world.arts.pk).update(closed_on=datetime.date(2026, 11, 1))
    assert rules.can_keep_account(cast["li"], cast["hua"].person)


def test_a_refusal_says_who_helps(cast):
    words = {name: rules.can_keep_account(cast["li"], cast[name].person).why for name in ("li", "wu", "feng")}
    assert words == {
        "li": "这是您自己的账号：密码请用“修改密码”，别的事请上级办理。",
        "wu": "这个账号由本人所在党支部的书记、副书记、组织委员或上级办理。",
        "feng": "账号主人担任着党内职务，要由任职组织的上级或党委组织部办理。",
    }


def test_in_bulk_nobody_above_gets_a_new_code(cast, client, world: World):
    """All accounts wait for their first code; Li prints slips for those whom Li keeps, and for nobody else."""
    keeps = {cast["zheng"].person, cast["kong"].person} | set(Person.objects.of(world.first).filter(user=None))
    client.force_login(cast["li"])

    page = client.post(reverse("accounts_open"))

    assert {person for person, _ in page.context["slips"]} == keeps
    assert set(Activation.objects.values_list("user__person", flat=True)) == {person.pk for person in keeps}
    assert len(keeps) == 7
