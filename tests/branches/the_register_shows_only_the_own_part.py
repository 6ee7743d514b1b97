"""The cast. Li leads First Branch, Zheng is a plain member there; Zhao leads Second Branch next door. Wang reviews for
the general branch above both; Qian is of another one. Zhou sits in the organization department.
"""

import datetime

import pytest
from django.urls import reverse

from branches.access import can
from branches.models import Appointment, Office, Organization, Person
from core.audit import AuditEntry
from core.contributions import registry
from core.inbox import Notice, tell
from tests.builders import World, fresh, make_officer, make_person, make_seat

MODELS = [(Organization, "organization.see"), (Person, "person.see"), (Appointment, "appointment.see")]
CAST = ["li", "chen", "xu", "zhao", "qian", "wu", "wang", "sun", "zhou", "he", "zheng"]


def shown(response):
    return [line.person for line in response.context["lines"]]


def organizations_shown(client, **data):
    page = client.get(reverse("organizations"), data).context
    return [line.organization for line in (page["level"].rows if "level" in page else page["lines"])]


def test_neighbours_do_not_see_each_others_organization_or_people(world: World, client):
    theirs, mine = make_person(world.first, "方邻居"), make_person(world.second, "方自己")
    client.force_login(world.zhao)

    assert client.get(world.first.get_absolute_url()).status_code == 404
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.get(world.second.get_absolute_url()).status_code == 200
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert shown(client.get(reverse("people"), {"q": "方"})) == [mine]
    assert organizations_shown(client) == [world.second]


def test_a_foreign_organization_in_the_address_filters_nothing_in(world: World, client):
    """A filter by somebody else's organization is ignored: it neither shows its people nor tells that it exists."""
    client.force_login(world.zhao)
    everything = shown(client.get(reverse("people")))

    assert shown(client.get(reverse("people"), {"organization": world.first.pk})) == everything
    assert shown(client.get(reverse("people"), {"organization": 10**6})) == everything
    assert {person.organization_id for person in everything} == {world.second.pk}


def test_the_general_branch_sees_its_branches_and_the_department_everything(world: World, client):
    client.force_login(world.wang)
    assert organizations_shown(client) == [world.arts, world.first, world.second]
    for foreign in (world.history, world.committee):
        assert client.get(reverse("organization_below", args=[foreign.pk])).status_code == 404

    client.force_login(world.zhou)
    assert organizations_shown(client) == [world.committee, world.arts, world.history, world.direct]
    assert organizations_shown(client, only="closed") == [
        world.committee, world.arts, world.first, world.second, world.history, world.other, world.direct,
    ]  # fmt: skip


def test_who_holds_offices_in_two_parts_sees_both_tops_and_a_foreign_one_filters_nothing(world: World, client):
    make_seat(world.wang, world.history, Office.LEADER)
    client.force_login(world.wang)

    assert organizations_shown(client) == [world.arts, world.history]
    client.force_login(world.zhao)
    assert organizations_shown(client, under=world.arts.pk) == [world.second]
    assert organizations_shown(client, q="文学院") == [world.second]
    assert organizations_shown(client, q="历史") == []


def test_a_member_without_an_office_sees_the_own_page_and_nothing_else(world: World, client):
    client.force_login(world.zheng)
    comrade = world.li.person

    page = client.get(reverse("me"))
    assert page.context["person"] == world.zheng.person
    assert client.get(reverse("workbench"), follow=True).redirect_chain == [(reverse("me"), 302)]
    assert client.get(comrade.get_absolute_url()).status_code == 404
    assert client.get(world.first.get_absolute_url()).status_code == 404
    assert client.get(reverse("more")).status_code == 200
    assert client.get(reverse("inbox")).status_code == 200


@pytest.mark.parametrize("name", ["people", "people_export", "organizations", "plans", "days", "dues", "meetings"])
def test_a_list_for_officers_leads_a_member_to_the_own_page_and_says_so(world: World, client, name):
    client.force_login(world.zheng)
    page = client.get(reverse(name), follow=True)

    assert page.redirect_chain == [(reverse("me"), 302)]
    assert "刚才那一页给担任党内职务的同志使用" in page.content.decode()
    client.force_login(world.li)
    assert client.get(reverse(name)).status_code == 200


def test_an_account_without_a_person_opens_nothing(world: World, client):
    from core.accounts import User

    client.force_login(User.objects.create(username="nobody", name="无名", password="!"))

    assert client.get(reverse("me")).url == f"{reverse('login')}?next={reverse('me')}"


def test_an_ended_appointment_loses_its_rights_on_the_next_request_of_the_same_day(world: World, client, monday):
    client.force_login(world.li)
    comrade = world.zheng.person
    assert client.get(comrade.get_absolute_url()).status_code == 200

    Appointment.objects.filter(person=world.li.person).update(ends_on=datetime.date(2026, 11, 23))

    assert client.get(comrade.get_absolute_url()).status_code == 404
    assert client.get(world.first.get_absolute_url()).status_code == 404
    assert client.get(reverse("people")).url == reverse("me")


@pytest.mark.parametrize("model, action", MODELS)
@pytest.mark.parametrize("name", CAST)
def test_seeing_many_and_seeing_one_agree(world: World, name, model, action):
    user = fresh(getattr(world, name))
    visible = set(model.objects.visible_to(user))

    assert {row for row in model.objects.all() if can(user, action, row)} == visible
    assert set(model.objects.all()) > visible or name in ("zhou", "he")


def test_ended_offices_and_closed_organizations_give_no_sight_either_way(world: World):
    """The same agreement where it could break: an office that ended today, a person who left, a closed branch."""
    Appointment.objects.filter(person=world.li.person).update(ends_on=datetime.date(2026, 11, 23))
    Person.objects.filter(user=world.chen).update(left_on=datetime.date(2026, 11, 1))
    Organization.objects.filter(pk=world.other.pk).update(closed_on=datetime.date(2026, 11, 1))

    for user in map(fresh, (world.li, world.chen, world.qian)):
        for model, action in MODELS:
            rows = {row for row in model.objects.all() if can(user, action, row)}
            assert rows == set(model.objects.visible_to(user))
        assert set(Organization.objects.visible_to(user)) == set()
        assert set(Person.objects.visible_to(user)) == {user.person}


def test_notices_are_the_recipients_alone(world: World, client):
    for user in (world.li, world.zhao):
        tell([user], "test", key="one", title=f"给{user.name}")
    mine, theirs = Notice.objects.get(recipient=world.li), Notice.objects.get(recipient=world.zhao)
    client.force_login(world.li)

    assert list(client.get(reverse("inbox")).context["page"]) == [mine]
    assert client.get(reverse("notice", args=[theirs.pk])).status_code == 404
    client.post(reverse("inbox_read_all"))
    theirs.refresh_from_db()
    assert theirs.read_at is None
    assert {bool(can(world.li, "notice.see", row)) for row in (mine,)} == {True}
    assert not can(world.li, "notice.see", theirs)


def test_search_finds_by_name_number_and_code_within_the_own_part(world: World):
    sources = {source.name: source for source in registry.searches}
    mine, theirs = make_person(world.second, "欧阳海"), make_person(world.first, "欧阳山")

    def people(text, user):
        return [row.get_absolute_url() for row in sources["人员"].rows([text], fresh(user))]

    def organizations(text, user):
        return [row.short_name for row in sources["党组织"].rows([text], fresh(user))]

    assert people("欧阳", world.zhao) == [mine.get_absolute_url()]
    assert people(mine.staff_number, world.zhao) == [mine.get_absolute_url()]
    assert people("欧阳", world.wang) == [theirs.get_absolute_url(), mine.get_absolute_url()]
    assert people("欧阳", world.zheng) == []
    assert organizations("文学院", world.zhao) == ["文学院第二党支部"]
    assert organizations("0201", world.wang) == ["文学院党总支", "文学院第一党支部", "文学院第二党支部"]


def test_office_holders_phones_are_shown_to_the_own_chain_only(world: World, client):
    """Wang is registered in Second Branch: Sun, of another general branch, is registered elsewhere and stays unseen."""
    outsider = make_officer(world.arts, Office.DEPUTY_SECRETARY, "外来副书记", branch=world.other).person
    client.force_login(world.wang)

    page = client.get(world.arts.get_absolute_url())

    seen = {holder.appointment.person: holder.is_seen for holder in page.context["holders"]}
    assert seen == {world.wang.person: True, outsider: False}
    assert page.content.decode().count(outsider.phone) == 0
    assert page.content.decode().count(f"tel:{world.wang.person.phone}") == 1


def test_the_history_of_an_organization_is_its_own(world: World, client):
    from core.audit import record

    record(world.second, "organization.tested", by=world.zhou)
    record(world.first, "organization.tested", by=world.zhou)
    client.force_login(world.zhao)

    history = client.get(world.second.get_absolute_url()).context["history"]
    assert list(history) == list(AuditEntry.objects.filter(subject_id=world.second.pk, subject="branches.organization"))
    assert len(history) == 1
