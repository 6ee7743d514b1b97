"""Facts of a person: who writes them, which they are, and two who write at once.

Li and Chen keep First Branch, Wang and Zhou keep it from above; Zheng is a member there.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from branches import actions
from branches.actions.persons import FACTS, FactsOvertaken, version_of
from branches.models import Person
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import make_group, make_person

D = datetime.date
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
KEEPERS = {"li", "chen", "wang", "zhou"}


@pytest.fixture
def someone(world):
    group = make_group(world.first, "第一党小组")
    return make_person(world.first, "方远", gender="MALE", born_on=D(1980, 5, 1), group=group, phone="13900000001")


def values_of(person, **changes):
    """What the form posts of a person."""
    typed = {name: getattr(person, Person._meta.get_field(name).attname) for name in FACTS}
    flags = ("is_floating", "is_lost_contact", "is_leading_cadre")
    typed = {name: "on" if name in flags and value else value for name, value in typed.items() if value}
    return typed | {"version": version_of(person)} | changes


def edit(client, by, person, **changes):
    client.force_login(by)
    return client.post(reverse("person_edit", args=[person.pk]), values_of(person, **changes))


def row(person):
    return Person.objects.filter(pk=person.pk).values().get()


def test_keepers_of_the_persons_branch_edit_and_nobody_else(world, client, someone):
    answers = {name: edit(client, getattr(world, name), someone, ethnicity=f"{name}族").status_code for name in ["xu"]}
    for name in CAST:
        person = make_person(world.first, phone="13900000002")
        answers[name] = edit(client, getattr(world, name), person, education="博士").status_code
        assert (row(person)["education"] == "博士") == (name in KEEPERS)
    assert answers == {name: 302 if name in KEEPERS else 403 if name in {"xu", "he"} else 404 for name in CAST}


def test_only_the_shown_facts_are_written_whatever_is_posted(world, client, someone):
    before = row(someone)
    foreign = {
        "standing": "ACTIVIST", "joined_on": "2001-01-01", "confirmed_on": "2001-01-01",
        "probation_until": "2030-01-01", "left_on": "2026-11-01", "organization": world.second.pk,
        "user": world.zheng.pk, "staff_number": "X1", "identity_sealed": "x", "id": 1, "pk": 1,
    }  # fmt: skip
    assert set(foreign) | set(FACTS) >= {field.name for field in Person._meta.fields}

    answer = edit(client, world.li, someone, **foreign, name="方远山", is_leading_cadre="on")

    assert answer.status_code == 302
    assert row(someone) == before | {"name": "方远山", "is_leading_cadre": True}
    assert AuditEntry.objects.about(someone).get().note == "姓名、党员领导干部"


def test_a_group_of_another_branch_is_no_choice(world, client, someone):
    other = make_group(world.second, "二支部小组")
    answer = edit(client, world.li, someone, group=other.pk)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["group"])


def test_born_before_joining_and_no_letters_for_a_phone(world, client, someone):
    answer = edit(client, world.li, someone, born_on="2010-07-01", phone="没有")
    assert answer.context["form"].errors == {
        "phone": ["请填电话号码：11 位手机号，或者带区号的固定电话；有几个的，中间用顿号。"],
        "born_on": ["出生日期要早于入党日期（2010 年 7 月 1 日），请核对。"],
    }
    assert (answer.status_code, answer.context["form"]["name"].value()) == (422, "方远")


def test_who_is_slower_keeps_the_text_and_sees_what_the_other_wrote(world, client, someone):
    opened = values_of(someone)
    assert edit(client, world.chen, someone, phone="13911111111").status_code == 302

    client.force_login(world.li)
    address = reverse("person_edit", args=[someone.pk])
    mine = opened | {"phone": "13922222222", "education": "博士"}
    answer = client.post(address, mine)

    assert answer.status_code == 409
    assert [(one.name, one.typed, one.now) for one in answer.context["differences"]] == [
        ("学历", "博士", "未填"), ("联系电话", "13922222222", "139****1111"),
    ]  # fmt: skip
    form = answer.context["form"]
    assert (form["phone"].value(), form["education"].value()) == ("13922222222", "博士")
    assert row(someone)["phone"] == "13911111111"
    again = client.post(address, mine | {"version": form["version"].value()})
    assert (again.status_code, row(someone)["phone"], row(someone)["education"]) == (302, "13922222222", "博士")


def test_a_phone_or_birth_date_goes_by_a_tick_and_the_log_keeps_that_it_went(world, client, someone):
    client.force_login(world.li)
    address = reverse("person_edit", args=[someone.pk])
    form = client.get(address).context["form"]
    kept = {"phone": "", "born_on": ""}
    assert [form[f"{name}_cleared"].label for name in kept] == ["清除现有的电话", "清除现有的出生日期"]

    both = edit(client, world.li, someone, phone="13922222222", phone_cleared="on", born_on="")
    assert both.context["form"].errors == {"phone": ["填了新的，又勾了清除，请只选一样。"]}
    assert edit(client, world.li, someone, **kept).status_code == 302  # empty alone changes nothing
    assert (row(someone)["phone"], row(someone)["born_on"]) == ("13900000001", D(1980, 5, 1))

    assert edit(client, world.li, someone, **kept, phone_cleared="on", born_on_cleared="on").status_code == 302

    assert (row(someone)["phone"], row(someone)["born_on"]) == ("", None)
    entry = AuditEntry.objects.about(someone).get()
    assert (entry.note, entry.data["changes"]) == (
        "出生日期、联系电话", {"born_on": ["1980-05-01", None], "phone": ["13900000001", ""]},
    )  # fmt: skip
    assert [name for name in client.get(address).context["form"].fields if name.endswith("_cleared")] == []


def test_who_clears_what_another_changed_meanwhile_sees_it_first(world, client, someone):
    opened = values_of(someone, phone="", phone_cleared="on")
    edit(client, world.chen, someone, phone="13911111111")
    client.force_login(world.li)
    answer = client.post(reverse("person_edit", args=[someone.pk]), opened)
    assert [(one.name, one.typed, one.now) for one in answer.context["differences"]] == [
        ("联系电话", "未填", "139****1111")
    ]
    assert (answer.status_code, row(someone)["phone"]) == (409, "13911111111")


def test_what_hangs_on_a_person_elsewhere_overtakes_nobody(world, someone):
    """A transfer or a step of the standing meanwhile does not make the typed facts stale."""
    version = version_of(someone)
    Person.objects.filter(pk=someone.pk).update(standing="PROBATIONARY", confirmed_on=None)
    actions.edit_person(someone, by=world.li, version=version, education="博士")
    with pytest.raises(FactsOvertaken):
        actions.edit_person(someone, by=world.li, version=version, education="硕士")


def test_a_new_name_is_the_accounts_too_and_who_left_stays_as_they_were(world, client):
    edit(client, world.li, world.zheng.person, name="郑更名")
    world.zheng.refresh_from_db()
    assert world.zheng.name == "郑更名"
    gone = make_person(world.first, left_on=D(2026, 11, 1))
    assert edit(client, world.li, gone, education="博士").status_code == 403


def test_a_member_edits_the_own_phone_and_mail_alone(world, client):
    client.force_login(world.zheng)
    person = world.zheng.person
    before = row(person)
    typed = {"phone": "13933333333", "email": "zheng@example.edu.cn", "name": "别名", "standing": "ACTIVIST"}
    assert client.post(reverse("me_edit"), typed | {"phone": "电话"}).status_code == 422
    assert client.post(reverse("me_edit"), typed).status_code == 302
    world.zheng.refresh_from_db()
    assert (row(person), world.zheng.email) == (before | {"phone": "13933333333"}, "zheng@example.edu.cn")
    with pytest.raises(PermissionDenied):
        actions.edit_own(world.li.person, by=world.zheng, phone="1", email="")


def test_the_own_mail_changes_beside_whatever_phone_the_register_holds(world, client):
    """A sheet brings two numbers in one cell; of before that was checked there may be a short one."""
    client.force_login(world.zheng)
    person = world.zheng.person
    for number, held in enumerate(["13800000001、0371-67780000", "6778"]):
        Person.objects.filter(pk=person.pk).update(phone=held)
        shown = client.get(reverse("me_edit")).context["form"]["phone"].value()
        mail = f"zheng{number}@example.edu.cn"
        assert client.post(reverse("me_edit"), {"phone": shown, "email": mail}).status_code == 302
        world.zheng.refresh_from_db()
        assert (row(person)["phone"], world.zheng.email) == (held, mail)
    assert client.post(reverse("me_edit"), {"phone": "6779", "email": ""}).status_code == 422


# a first entry


def new(client, user, branch, **changes):
    client.force_login(user)
    typed = {"staff_number": "N1", "name": "江映雪", "standing": "ACTIVIST", "category": "STUDENT"} | changes
    return client.post(reverse("person_new", args=[branch.pk]), typed)


def test_keepers_enter_somebody_into_their_branch(world, client):
    answers = {name: new(client, getattr(world, name), world.first, staff_number=f"N-{name}") for name in CAST}
    made = Person.objects.filter(staff_number__startswith="N-")
    assert sorted(person.staff_number[2:] for person in made) == sorted(KEEPERS)
    assert {person.organization for person in made} == {world.first}
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: 302 if name in KEEPERS else 403 if name in {"xu", "he"} else 404 for name in CAST
    }
    assert not made.filter(transfers__isnull=False) and not made.filter(standing_changes__isnull=False)


def test_who_is_admitted_already_is_entered_from_above(world, client):
    admitted = {"standing": "PROBATIONARY", "joined_on": "2026-11-02"}
    assert list(new(client, world.li, world.first, **admitted).context["form"].errors) == ["standing"]
    assert list(new(client, world.wang, world.first, standing="FULL").context["form"].errors) == ["standing"]
    assert list(new(client, world.wang, world.first, standing="PROBATIONARY").context["form"].errors) == ["joined_on"]
    assert new(client, world.wang, world.first, **admitted).status_code == 302
    made = Person.objects.get(staff_number="N1")
    assert (made.standing, made.joined_on) == ("PROBATIONARY", D(2026, 11, 2))
    with pytest.raises(PermissionDenied):
        actions.add_person(
            world.first, by=world.li, standing="PROBATIONARY", joined_on=D(2026, 1, 1), staff_number="N2", name="x"
        )
    with pytest.raises(PermissionDenied):
        actions.add_person(world.first, by=world.wang, standing="FULL", staff_number="N3", name="x")


def test_a_number_that_exists_is_told_with_its_place_and_without_a_name(world, client):
    Person.objects.filter(pk=make_person(world.other, "别处的人").pk).update(staff_number="N1")
    form = new(client, world.li, world.first, staff_number="Ｎ1 ").context["form"]
    assert form.errors["staff_number"] == [
        "这个学工号已经在历史学院党支部的名册里。请核对号码；同一个人请办理转接，不要重复登记。"
    ]
    with pytest.raises(StaleState):  # somebody was faster between look and write
        actions.add_person(world.first, by=world.li, standing="ACTIVIST", staff_number="N1", name="x")


@pytest.mark.parametrize("same", [{"born_on": D(2004, 2, 3)}, {"phone": "13800000000"}])
def test_who_looks_like_somebody_is_entered_after_a_second_look(world, client, same):
    like = make_person(world.other, "江映雪", **same)
    make_person(world.other, "江映雪", born_on=D(1999, 1, 1), phone="13700000000")
    typed = {name: str(value) for name, value in same.items()}

    first = new(client, world.li, world.first, **typed)

    assert (first.status_code, first.context["form"].alike) == (422, [like])
    assert not Person.objects.filter(staff_number="N1").exists()
    assert new(client, world.li, world.first, **typed, sure="1").status_code == 302
    assert Person.objects.get(staff_number="N1").name == "江映雪"


def test_nobody_is_entered_into_a_general_branch_or_a_closed_branch(world, client):
    assert new(client, world.wang, world.arts).status_code == 403
    world.second.closed_on = D(2026, 11, 1)
    world.second.save()
    assert new(client, world.wang, world.second).status_code == 403
