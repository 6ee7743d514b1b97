"""转入 asks what 登记人员 asks: Li takes somebody in for First, and a slip of the pen stays out of the register."""

import datetime

import pytest
from django.urls import reverse

from branches.models import Person, Transfer
from tests.builders import World, make_person

TYPED = {
    "staff_number": "N900", "name": "江映雪", "standing": "FULL", "category": "STAFF", "joined_on": "2012-06-01",
    "confirmed_on": "2013-06-01", "phone": "13800000001", "place": "某大学党委", "moved_on": "2026-11-20",
}  # fmt: skip
NOT_A_PHONE = "请填电话号码：11 位手机号，或者带区号的固定电话；有几个的，中间用顿号。"
EARLY = "积极分子和发展对象还没有入党，请清空这一项。"


@pytest.fixture
def admit(world: World, client):
    client.force_login(world.li)

    def post(**changes):
        return client.post(reverse("person_admit", args=[world.first.pk]), TYPED | changes)

    return post


def test_the_control_what_is_right_goes_in(world: World, admit):
    assert admit(phone="13800000001、0371-67780000").status_code == 302
    person = Person.objects.get(staff_number="N900")
    assert (person.organization, person.phone) == (world.first, "13800000001、0371-67780000")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"confirmed_on": "2027-06-01"}, {"confirmed_on": ["这一天还没有到，请核对。"]}),
        ({"joined_on": "2027-06-01", "confirmed_on": ""}, {"joined_on": ["这一天还没有到，请核对。"]}),
        ({"joined_on": "1800-01-01", "confirmed_on": ""}, {"joined_on": ["年份不对，请核对。"]}),
        (
            {"confirmed_on": "2011-06-01"},
            {"confirmed_on": ["转正不能早于加入党组织（2012 年 6 月 1 日），请核对。"]},
        ),
        ({"standing": "ACTIVIST"}, {"joined_on": [EARLY], "confirmed_on": [EARLY]}),
        (
            {"standing": "PROBATIONARY"},
            {"confirmed_on": ["预备党员还没有转正，请清空这一项；已转正的请选“正式党员”。"]},
        ),
        (
            {"standing": "PROBATIONARY", "joined_on": "", "confirmed_on": ""},
            {"joined_on": ["预备党员要有加入党组织的日期，预备期从这天算。"]},
        ),
        ({"joined_on": "", "confirmed_on": ""}, {"joined_on": ["党员要填加入党组织日期。"]}),
        ({"staff_number": "N 900"}, {"staff_number": ["学工号中间不能有空格。"]}),
        ({"phone": "abc"}, {"phone": [NOT_A_PHONE]}),
        ({"phone": "138****0001"}, {"phone": [NOT_A_PHONE]}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(admit, changes, errors):
    before = (Person.objects.count(), Transfer.objects.count())
    answer = admit(**changes)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert (Person.objects.count(), Transfer.objects.count()) == before


def test_a_number_is_one_whoever_types_it_in_small_or_wide_letters(world: World, admit):
    make_person(world.second, "江映雪")
    Person.objects.filter(name="江映雪").update(staff_number="N900")
    for typed in ("n900", "Ｎ９００"):
        answer = admit(staff_number=typed)
        assert answer.context["form"].errors == {
            "staff_number": ["这位同志现在就在本校名册里，请由所在党支部提出校内转接。"]
        }
    assert Person.objects.filter(staff_number__iexact="n900").count() == 1


def test_who_was_here_comes_back_under_the_own_number_in_whatever_letters(world: World, admit):
    gone = make_person(world.first, "江映雪", left_on=datetime.date(2026, 3, 1), phone="13900000009")
    Person.objects.filter(pk=gone.pk).update(staff_number="N900")
    assert admit(staff_number="n900", joined_on="1800-01-01").status_code == 302  # days and facts stay as they were
    gone.refresh_from_db()
    assert (gone.staff_number, gone.left_on, gone.phone) == ("N900", None, "13900000009")
    assert gone.joined_on == datetime.date(2010, 7, 1)


def test_who_looks_like_somebody_known_goes_in_at_the_second_word(world: World, admit):
    known = make_person(world.other, "江映雪", phone="13800000001", left_on=datetime.date(2026, 3, 1))
    make_person(world.first, "江映雪", phone="13800000002")

    page = admit()

    assert (page.status_code, page.context["form"].alike) == (422, [known])
    assert "核对过了，是另一个人，转入" in page.content.decode()
    assert admit(sure="1").status_code == 302
    assert Person.objects.get(staff_number="N900").organization == world.first
