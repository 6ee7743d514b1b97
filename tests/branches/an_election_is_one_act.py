"""换届选举: the old committee goes and the new one comes on one day. It is 23 November 2026.

First Branch has eight full members: Li (secretary), Chen, Xu (commissioners), Zheng and five more. Wang of the general
branch above enters its election; Zhou of the department that of the general branch.
"""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.access import can, holds
from branches.models import Appointment, Election, Organization, Transfer
from branches.reports.offices import changes_of
from branches.rules.elections import faults_of, warnings_of
from core import clock
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.workflow import StaleState
from tests.builders import World, fresh, make_group, make_officer, make_person, make_seat

TODAY = datetime.date(2026, 11, 23)
TOMORROW = datetime.date(2026, 11, 24)
END = datetime.date(2029, 11, 23)
DAYS = {"held_on": TODAY, "term_starts_on": TODAY, "term_ends_on": END}


@pytest.fixture
def seats(world: World):
    """Chen becomes secretary, Zheng deputy and organization commissioner, Xu stays what he is; Li goes."""
    return [
        (world.chen.person, "SECRETARY"), (world.zheng.person, "DEPUTY_SECRETARY"),
        (world.zheng.person, "ORGANIZATION_COMMISSIONER"), (world.xu.person, "PUBLICITY_COMMISSIONER"),
    ]  # fmt: skip


def hold(world, seats, organization=None, by=None, **days):
    return actions.hold_election(
        organization or world.first, by=by or world.wang, seats=seats, note="批复 12 号", **DAYS | days
    )  # fmt: skip


def running(organization, day=TODAY):
    rows = Appointment.objects.active(day).filter(organization=organization)
    return {(row.person.name, row.office, row.starts_on) for row in rows.select_related("person")}


def test_the_old_committee_goes_and_the_new_one_comes(world, seats):
    group = make_group(world.first, "第一党小组")
    leader = make_person(world.first, "组长")
    Appointment.objects.create(
        person=leader, organization=world.first, office="GROUP_LEADER", group=group, starts_on=TODAY
    )

    election = hold(world, seats)

    assert running(world.first) == {
        ("陈组织", "SECRETARY", TODAY), ("郑党员", "DEPUTY_SECRETARY", TODAY),
        ("郑党员", "ORGANIZATION_COMMISSIONER", TODAY), ("许宣传", "PUBLICITY_COMMISSIONER", TODAY),
        ("组长", "GROUP_LEADER", TODAY),
    }  # fmt: skip
    ended = Appointment.objects.filter(organization=world.first, ends_on=TODAY)
    assert {(row.person.name, row.office) for row in ended} == {
        ("李书记", "SECRETARY"), ("陈组织", "ORGANIZATION_COMMISSIONER"), ("许宣传", "PUBLICITY_COMMISSIONER"),
    }  # fmt: skip
    assert Organization.objects.get(pk=world.first.pk).term_ends_on == END
    assert set(election.appointments.values_list("ends_on", flat=True)) == {None}
    assert [(entry.word, entry.note) for entry in history_of(world.first)] == [("换届选举", "批复 12 号")]
    assert AuditEntry.objects.filter(event="appointment.ended").count() == 3
    assert AuditEntry.objects.filter(event="appointment.started").count() == 4


def told(world):
    people = (world.li, world.chen, world.zheng, world.xu)
    return {user.name: {row.title for row in Notice.objects.visible_to(user)} for user in people}


def test_each_learns_what_changes_for_them(world, seats):
    hold(world, seats)
    assert told(world) == {
        "李书记": {"您自 2026-11-23 起不再担任文学院第一党支部书记"},
        "陈组织": {"您自 2026-11-23 起任文学院第一党支部书记", "您自 2026-11-23 起不再担任文学院第一党支部组织委员"},
        "郑党员": {"您自 2026-11-23 起任文学院第一党支部副书记", "您自 2026-11-23 起任文学院第一党支部组织委员"},
        "许宣传": {"您自 2026-11-23 起任文学院第一党支部宣传委员"},
    }


def test_each_learns_that_a_wrong_entry_does_not_count(world, seats):
    """Chen, who is secretary by the entry alone, goes back; Li goes on; Xu had the same seat before and after."""
    election = hold(world, seats)
    Notice.objects.all().delete()

    actions.undo_election(election, by=world.wang, reason="人选录错")

    assert told(world) == {
        "李书记": {"您仍担任文学院第一党支部书记"},
        "陈组织": {"您自 2026-11-23 起不再担任文学院第一党支部书记", "您仍担任文学院第一党支部组织委员"},
        "郑党员": {f"您自 2026-11-23 起不再担任文学院第一党支部{seat}" for seat in ("副书记", "组织委员")},
        "许宣传": set(),
    }


def test_a_term_that_starts_tomorrow_changes_nothing_today(world, seats, client):
    before = running(world.first)
    client.force_login(world.li)
    hold(world, seats, term_starts_on=TOMORROW)
    assert running(world.first) == before
    assert client.get(world.first.get_absolute_url()).status_code == 200
    with time_machine.travel("2026-11-24T00:00:01+08:00", tick=False):
        client.force_login(fresh(world.li))
        assert client.get(world.first.get_absolute_url()).status_code == 404
        assert holds(fresh(world.chen), world.first, {"SECRETARY"})
        assert {name for name, _, _ in running(world.first, TOMORROW)} == {"陈组织", "郑党员", "许宣传"}


def test_an_office_that_was_to_begin_later_never_begins(world, seats):
    later = Appointment.objects.create(
        person=make_person(world.first), organization=world.first, office="MEMBER", starts_on=datetime.date(2027, 1, 1)
    )
    hold(world, seats)
    later.refresh_from_db()
    assert later.ends_on == later.starts_on


def sentences(world, seats, organization=None, by=None, **days):
    rows = faults_of(organization or world.first, by=by or world.wang, seats=seats, **DAYS | days)
    return [(fault.field, fault.sentence) for fault in rows]


def refused(error, world, seats, **kwargs):
    before = AuditEntry.objects.count()
    with pytest.raises(error) as caught:
        hold(world, seats, **kwargs)
    assert (AuditEntry.objects.count(), Election.objects.count()) == (before, 0)
    return str(caught.value)


def test_what_does_not_hold_of_an_election_is_said_and_nothing_is_written(world, seats):
    new = [make_person(world.first, f"新{number}") for number in range(5)]
    others = [(person, "MEMBER") for person in new]
    foreign, probation = make_person(world.second, "邻居"), make_person(world.first, "小预", standing="PROBATIONARY")
    chen, zheng = world.chen.person, world.zheng.person
    cases = [
        (seats[1:], "请选出书记，而且只选一位。"),
        ([*seats, (new[0], "SECRETARY")], "请选出书记，而且只选一位。"),
        ([*seats, (new[0], "PUBLICITY_COMMISSIONER")], "宣传委员只能选一位。"),
        ([*seats, (chen, "DEPUTY_SECRETARY")], "陈组织选了书记、副书记，这几项不能由一个人担任，请改选。"),
        ([*seats, (zheng, "MEMBER")], "郑党员选了副书记、组织委员、委员，这几项不能由一个人担任，请改选。"),
        ([*seats, (chen, "SECRETARY")], "请选出书记，而且只选一位。"),
        ([*seats, (foreign, "MEMBER")], "邻居不是文学院第一党支部的党员，委员要由本支部党员担任。"),
        ([*seats[1:], (foreign, "SECRETARY")], "邻居不是文学院第一党支部的党员，支部选举在本支部党员中产生。"),
        ([*seats, (probation, "MEMBER")], "小预是预备党员，委员要由正式党员担任。"),
        (seats[:1], "支委会由 3 至 7 人组成，现在选了 1 人，请核对。"),
        ([*seats, *others], "支委会由 3 至 7 人组成，现在选了 8 人，请核对。"),
        ([*seats, (new[0], "GROUP_LEADER")], "“党小组长”不由换届选举产生，请另行任命。"),
    ]
    for wrong, sentence in cases:
        assert ("", sentence) in sentences(world, wrong), sentence
        assert sentence in refused(StaleState, world, wrong)
    assert sentences(world, seats) == sentences(world, [*seats, *others[:4]]) == []


def test_the_days_of_an_election_can_have_been(world, seats):
    Organization.objects.filter(pk=world.first.pk).update(founded_on=datetime.date(2024, 1, 1))
    world.first.refresh_from_db()
    day = datetime.date
    cases = [
        ({"held_on": TOMORROW, "term_starts_on": TOMORROW}, "held_on", "选举日期还没有到，选举以后再登记。"),
        ({"held_on": day(2023, 1, 1)}, "held_on", "文学院第一党支部 2024-01-01 才成立，请核对日期。"),
        ({"term_starts_on": day(2026, 11, 22)}, "term_starts_on", "任期从选举当天或以后开始，请核对。"),
        ({"term_starts_on": day(2028, 1, 1)}, "term_starts_on", "任期起始在一年以后，请核对年份。"),
        ({"term_ends_on": TODAY}, "term_ends_on", "届满日期要晚于任期起始。"),
        ({"term_ends_on": day(2062, 11, 23)}, "term_ends_on", "党支部一届 3 年，请核对届满日期。"),
    ]
    for days, field, sentence in cases:
        assert (field, sentence) in sentences(world, seats, **days)
        assert sentence in refused(StaleState, world, seats, **days)


def test_a_term_does_not_start_before_the_offices_that_it_ends(world, seats):
    early = {"held_on": datetime.date(2023, 12, 1), "term_starts_on": datetime.date(2023, 12, 1)}
    assert ("term_starts_on", "李书记的书记 2024-01-01 才开始，任期起始不能早于这一天。") in sentences(
        world, seats, **early
    )
    Appointment.objects.filter(person__user=world.li).update(ends_on=datetime.date(2026, 11, 20))
    late = {"held_on": datetime.date(2026, 11, 19), "term_starts_on": datetime.date(2026, 11, 19)}
    assert sentences(world, seats, **late) == [
        ("term_starts_on", "李书记的书记 2026-11-20 才结束，任期起始不能早于这一天。")
    ]


def test_one_election_a_term(world, seats):
    hold(world, seats)
    with pytest.raises(StaleState, match="2026-11-23 起的一届已经登记过"):
        hold(world, seats)
    assert Election.objects.count() == 1


def test_few_members_elect_a_secretary_and_no_committee(world):
    """Second Branch has four full members: a committee is warned of, not refused."""
    zhao, plain = world.zhao.person, world.second.people.last()
    assert sentences(world, [(zhao, "SECRETARY")], world.second) == []
    assert warnings_of(world.second, [(zhao, "SECRETARY"), (plain, "DEPUTY_SECRETARY")]) == []
    assert warnings_of(world.second, [(zhao, "SECRETARY"), (plain, "MEMBER")]) == [
        "本支部正式党员 4 人，不足 7 人，一般只设书记（和副书记），不设支委会。"
    ]
    hold(world, [(zhao, "SECRETARY")], world.second)
    assert running(world.second) == {("赵书记", "SECRETARY", TODAY)}


def test_a_general_branch_is_elected_from_below_it_and_a_committee_has_a_term_alone(world):
    member = make_person(world.first, "委员甲")
    seats = [(world.zhao.person, "SECRETARY"), (member, "MEMBER")]
    hold(world, seats, world.arts, by=world.zhou)
    assert {name for name, _, _ in running(world.arts)} == {"赵书记", "委员甲"}
    far = [(make_person(world.other, "外人"), "SECRETARY")]
    assert ("", "外人不在文学院党总支，不能在文学院党总支任职。") in sentences(world, far, world.arts, world.zhou)

    five = {"term_ends_on": datetime.date(2031, 11, 23)}
    hold(world, [], world.committee, by=world.zhou, **five)
    assert Organization.objects.get(pk=world.committee.pk).term_ends_on == five["term_ends_on"]
    assert [fault for fault in sentences(world, seats, world.committee, world.zhou, **five) if not fault[0]] == [
        ("", "党委成员的职务不在这里登记，只登记届次。")
    ]


@pytest.mark.parametrize("who", ["li", "chen", "xu", "zheng", "zhao", "qian", "sun", "wu", "he"])
def test_an_election_is_entered_from_above_alone(world, seats, who):
    refused(PermissionDenied, world, seats, by=getattr(world, who))


def test_nobody_enters_an_election_that_gives_or_takes_an_office_of_their_own(world, seats):
    """Wang is registered in Second Branch; Zhou in the direct branch, where he holds a second office."""
    elected = [(world.wang.person, "SECRETARY")]
    assert "自己的职务不能自己办理" in refused(StaleState, world, elected, organization=world.second)

    plain = [(world.wu.person, "SECRETARY")]
    make_seat(world.zhou, world.direct, "MEMBER")
    assert "您自己在这里的职务" in refused(
        PermissionDenied, world, plain, organization=world.direct, by=fresh(world.zhou)
    )
    Appointment.objects.filter(organization=world.direct, person__user=world.zhou).update(
        starts_on=datetime.date(2026, 12, 1)
    )
    assert "您自己的职务" in refused(StaleState, world, plain, organization=world.direct, by=fresh(world.zhou))


def test_a_wrong_entry_is_taken_back_the_same_day(world, seats):
    Organization.objects.filter(pk=world.first.pk).update(term_ends_on=datetime.date(2027, 1, 1))
    Appointment.objects.filter(person__user=world.xu).update(ends_on=datetime.date(2027, 2, 1))
    before = running(world.first)
    election = hold(world, seats)

    actions.undo_election(election, by=world.wang, reason="人选录错")

    assert running(world.first) == before
    assert Appointment.objects.get(person__user=world.xu, election=None).ends_on == datetime.date(2027, 2, 1)
    assert Organization.objects.get(pk=world.first.pk).term_ends_on == datetime.date(2027, 1, 1)
    assert not Appointment.objects.during(TODAY).filter(election=election).exists()
    assert [entry.word for entry in history_of(election)] == ["登记换届选举", "撤销换届登记"]
    assert not can(world.wang, "appointment.correct", election.appointments.first())  # it never began
    again = hold(world, seats)
    assert Election.objects.standing().get() == again


def undo(election, by):
    actions.undo_election(election, by=by, reason="录错")


def changed(world, what):
    """Each of the things after which an election cannot be taken back as a whole."""
    if what == "ended":
        row = Appointment.objects.get(person__user=world.chen, ends_on=None)
        actions.end_appointment(row, by=world.wang, ends_on=TODAY, reason="辞职")
    elif what == "appointed":
        new = make_person(world.first)
        actions.appoint(world.first, by=world.wang, person=new, office="MEMBER", starts_on=TODAY)
    elif what == "moved":
        Transfer.objects.create(
            person=world.li.person, kind="WITHIN", status="ACCEPTED", from_organization=world.first,
            to_organization=world.second, moved_on=TODAY, decided_at=clock.now(),
        )  # fmt: skip
    elif what == "term":
        Organization.objects.filter(pk=world.first.pk).update(term_ends_on=datetime.date(2028, 1, 1))


@pytest.mark.parametrize("what", ["ended", "appointed", "moved", "term"])
def test_not_when_something_has_changed_since(world, seats, what):
    election = hold(world, seats)
    changed(world, what)
    before = running(world.first)
    with pytest.raises(StaleState, match="又有变动"):
        undo(election, world.wang)
    assert running(world.first) == before


def test_not_the_next_day_not_twice_and_not_in_ones_own_matter(world, seats):
    election = hold(world, seats)
    for who in (world.li, world.chen, world.zhao, world.sun, world.he):
        with pytest.raises(PermissionDenied):
            undo(election, fresh(who))
    make_seat(world.chen, world.arts, "DEPUTY_SECRETARY")
    with pytest.raises(PermissionDenied, match="涉及您自己的职务"):
        undo(election, fresh(world.chen))
    with time_machine.travel("2026-11-24T00:00:01+08:00", tick=False), pytest.raises(PermissionDenied, match="当天"):
        undo(election, fresh(world.wang))
    undo(election, world.wang)
    with pytest.raises(PermissionDenied, match="已经撤销"):
        undo(election, world.wang)


def entry(seats, **fields):
    """What the form posts."""
    rows, count = {}, {}
    for person, office in seats:
        count[office] = count.get(office, 0) + 1
        rows[f"{office.lower()}_{count[office]}"] = person.pk
    days = {name: day.isoformat() for name, day in DAYS.items()}
    return {**days, **rows, "note": "", **fields}


def test_the_page_says_who_comes_and_who_goes_before_anything_is_written(world, seats, client):
    client.force_login(world.wang)
    address = reverse("election_hold", args=[world.first.pk])
    form = client.get(address).context["form"]
    assert [form[name].initial for name in ("secretary_1", "organization_commissioner_1", "deputy_secretary_1")] == [
        str(world.li.person.pk), str(world.chen.person.pk), None,
    ]  # fmt: skip
    assert (form["term_starts_on"].initial, form["term_ends_on"].initial) == (TODAY, END)

    page = client.post(address, entry(seats))
    assert Election.objects.count() == 0
    assert [(change.person.name, change.label, change.word) for change in page.context["changes"]] == [
        ("陈组织", "书记", "新任"), ("李书记", "书记", "不再担任"), ("郑党员", "副书记", "新任"),
        ("郑党员", "组织委员", "新任"), ("陈组织", "组织委员", "不再担任"), ("许宣传", "宣传委员", "连任"),
    ]  # fmt: skip
    seen = page.context["seen"]

    back = client.post(address, entry(seats, seen=seen, step="edit"))
    assert (back.status_code, back.context["form"]["secretary_1"].value()) == (200, str(world.chen.person.pk))
    done = client.post(address, entry(seats, seen=seen, step="confirm"))
    assert done.url == reverse("offices_of", args=[world.first.pk])
    assert Election.objects.get().appointments.count() == 4


def test_what_the_page_showed_is_what_is_done(world, seats, client):
    """Somebody is appointed while the page is open: the election is not entered over it."""
    client.force_login(world.wang)
    address = reverse("election_hold", args=[world.first.pk])
    seen = client.post(address, entry(seats)).context["seen"]
    make_officer(world.first, "MEMBER", "刚任命")
    answer = client.post(address, entry(seats, seen=seen, step="confirm"), HTTP_REFERER=f"http://testserver{address}")
    assert (answer.status_code, Election.objects.count()) == (302, 0)
    assert "刚任命" in {change.person.name for change in changes_of(world.first, seats, TODAY)}


def test_a_wrong_entry_is_said_beside_its_field_and_nothing_typed_is_lost(world, seats, client):
    client.force_login(world.wang)
    address = reverse("election_hold", args=[world.first.pk])
    page = client.post(address, entry(seats, term_ends_on="2026-11-23", note="批复"))
    form = page.context["form"]
    assert (page.status_code, form.errors["term_ends_on"]) == (422, ["届满日期要晚于任期起始。"])
    assert (form["note"].value(), form["secretary_1"].value()) == ("批复", str(world.chen.person.pk))
    lone = client.post(address, entry(seats[1:]))
    assert (lone.status_code, lone.context["form"].errors["secretary_1"]) == (422, ["请选书记。"])


def test_of_many_people_one_is_typed_by_name_or_number(world, client):
    for number in range(60):
        make_person(world.first, f"党员甲{number:02d}")
    twin = [make_person(world.first, "同名") for _ in range(2)]
    client.force_login(world.wang)
    address = reverse("election_hold", args=[world.first.pk])
    page = client.get(address)
    assert page.context["form"]["secretary_1"].initial == f"李书记（{world.li.person.staff_number}）"
    typed = entry([]) | {
        "secretary_1": f"同名（{twin[1].staff_number}）", "deputy_secretary_1": twin[0].staff_number,
        "member_1": "党员甲07",
    }  # fmt: skip
    seats = client.post(address, typed).context["form"].seats
    assert [(person, office) for person, office in seats][:2] == [
        (twin[1], "SECRETARY"), (twin[0], "DEPUTY_SECRETARY"),
    ]  # fmt: skip
    unclear = client.post(address, typed | {"member_1": "同名", "member_2": "没有这人"}).context["form"].errors
    assert unclear["member_1"][0].startswith("有几位相近：同名（")
    assert unclear["member_2"] == ["没有找到“没有这人”。请填可选人员的姓名或学工号；自己的职务由别人办理。"]


def test_an_election_closes_the_pages_of_who_goes_at_the_next_click(world, seats):
    li = Client()
    li.force_login(world.li)
    assert li.get(world.first.get_absolute_url()).status_code == 200
    hold(world, seats)
    assert li.get(world.first.get_absolute_url()).status_code == 404
