"""不计入应到: the branch proposes, the level above decides; nobody their own proposal, nobody about themselves.

Li and Chen keep First Branch, Wang the general branch above; Guo is organization commissioner there, Tang sits in the
department beside Zhou.
"""

import datetime
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from activities import actions as days
from activities import rosters
from activities.models import ActivityDay
from branches import access, actions
from branches.models import Exclusion, Office, Person
from core.audit import history_of
from core.inbox import Notice
from core.workflow import StaleState
from dues.actions import open_month
from dues.models import Charge
from meetings.roster import count_roster
from tests.builders import NOVEMBER, OCTOBER, fresh, make_meeting, make_officer, make_person, make_plan, make_seat

D = datetime.date
TODAY, FIRST = D(2026, 11, 23), D(2026, 11, 1)
CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he", "guo", "tang"]
KEEPERS, ABOVE = {"li", "chen", "wang", "guo", "zhou", "tang"}, {"wang", "guo", "zhou", "tang"}


@pytest.fixture
def cast(world):
    world.guo = make_officer(world.arts, Office.ORGANIZATION_COMMISSIONER, "郭组织", branch=world.second)
    world.tang = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "唐组织部", branch=world.direct)
    return world


def propose(person, by, starts_on=FIRST, last_on=None, reason="因病"):
    return actions.propose_exclusion(person, by=by, reason=reason, starts_on=starts_on, last_on=last_on)


def excluded(person, proposer, decider, **fields):
    return actions.approve_exclusion(propose(person, proposer, **fields), by=decider)


def who(cast, act):
    """Who of the cast may do something; each try is taken back."""
    passed = set()
    for user in CAST:
        with transaction.atomic():
            try:
                act(getattr(cast, user))
                passed.add(user)
            except PermissionDenied:
                pass
            transaction.set_rollback(True)
    return passed


def test_who_proposes_who_decides_and_who_ends(cast):
    person = cast.zheng.person
    assert who(cast, lambda user: propose(person, user)) == KEEPERS
    row = propose(person, cast.li)
    assert who(cast, lambda user: actions.approve_exclusion(row, by=user)) == ABOVE
    assert who(cast, lambda user: actions.decline_exclusion(row, by=user, answer="x")) == ABOVE
    actions.approve_exclusion(row, by=cast.wang)
    assert who(cast, lambda user: actions.end_exclusion(row, by=user, last_on=TODAY)) == KEEPERS


def test_who_asked_or_a_colleague_of_the_branch_takes_a_proposal_back_until_it_is_decided(cast, client):
    person = cast.zheng.person
    assert who(cast, lambda user: actions.withdraw_exclusion(propose(person, cast.li), by=user)) == {"li", "chen"}
    assert who(cast, lambda user: actions.withdraw_exclusion(propose(person, cast.wang), by=user)) == {
        "li", "chen", "wang",
    }  # fmt: skip
    row = propose(person, cast.li)
    client.force_login(cast.li)
    withdraw = reverse("exclusion_withdraw", args=[row.pk])
    assert withdraw in client.get(row.get_absolute_url()).content.decode()

    client.post(withdraw)

    row.refresh_from_db()
    page = client.get(row.get_absolute_url()).content.decode()
    assert (row.status, withdraw in page, "还没有批复" in page) == ("WITHDRAWN", False, False)
    assert [entry.event for entry in history_of(row)] == ["exclusion.proposed", "exclusion.withdrawn"]
    told = Notice.objects.filter(kind="exclusion_withdrawn")
    assert set(told.values_list("recipient__name", "title")) == {
        (name, "文学院第一党支部撤回了申请：郑党员不计入应到") for name in ("王总支", "郭组织")
    }
    with pytest.raises(StaleState):
        actions.approve_exclusion(row, by=cast.wang)
    approved = excluded(person, cast.li, cast.wang)  # the same days may be asked for again
    with pytest.raises(StaleState):
        actions.withdraw_exclusion(approved, by=cast.li)


def test_nobody_decides_the_own_proposal_or_about_themselves(cast):
    assert who(cast, lambda user: actions.approve_exclusion(propose(cast.zheng.person, user), by=user)) == set()
    about_wang = propose(cast.wang.person, cast.zhao)
    assert who(cast, lambda user: actions.approve_exclusion(about_wang, by=user)) == ABOVE - {"wang"}
    own = propose(cast.li.person, cast.li)  # one may ask for oneself
    make_seat(cast.li, cast.arts, Office.DEPUTY_SECRETARY)
    with pytest.raises(PermissionDenied):
        actions.approve_exclusion(own, by=fresh(cast.li))
    actions.approve_exclusion(own, by=cast.guo)
    with pytest.raises(PermissionDenied):
        actions.end_exclusion(own, by=fresh(cast.li), last_on=TODAY)


def test_a_direct_branch_and_the_top_have_the_department(cast):
    row = propose(cast.wu.person, cast.zhou)
    assert who(cast, lambda user: actions.approve_exclusion(row, by=user)) == {"tang"}
    at_the_top = make_person(cast.committee)
    row = propose(at_the_top, cast.zhou)
    assert who(cast, lambda user: actions.approve_exclusion(row, by=user)) == {"tang"}


def test_the_list_of_what_waits_holds_exactly_what_may_be_decided(cast):
    make_seat(cast.wang, cast.second, Office.SECRETARY)
    cast.wang = fresh(cast.wang)
    people = [cast.zheng.person, cast.wang.person, cast.wu.person, cast.qian.person, make_person(cast.committee)]
    people += [make_person(branch) for branch in (cast.first, cast.second, cast.direct, cast.other)]
    for person in people:
        for proposer in (cast.zhou, cast.wang, cast.zhao, cast.li):
            Exclusion.objects.create(person=person, reason="因病", starts_on=TODAY, proposed_by=proposer)
    gone = make_person(cast.first, left_on=TODAY)
    Exclusion.objects.create(person=gone, reason="因病", starts_on=TODAY, proposed_by=cast.li)
    actions.decline_exclusion(Exclusion.objects.filter(person=people[0]).last(), by=cast.guo, answer="x")
    waiting = {}
    for user in (getattr(cast, name) for name in CAST):
        may = {row.pk for row in Exclusion.objects.all() if access.can(user, "exclusion.decide", row)}
        assert set(Exclusion.objects.awaiting(user).values_list("pk", flat=True)) == may
        waiting[user.name] = len(may)
    assert (waiting["唐组织部"], waiting["郭组织"], waiting["李书记"]) == (35, 15, 0)


def test_spans_that_share_a_day_are_refused(world, client):
    person = world.zheng.person
    excluded(person, world.li, world.wang, starts_on=D(2026, 3, 1), last_on=D(2026, 5, 31))
    propose(person, world.li, starts_on=D(2026, 9, 1))
    client.force_login(world.li)
    address = reverse("exclusion_propose", args=[person.pk])

    def ask(starts_on, last_on=""):
        with transaction.atomic():
            answer = client.post(address, {"reason": "因病", "starts_on": starts_on, "last_on": last_on})
            transaction.set_rollback(True)
        return answer.status_code

    assert [ask("2026-05-31", "2026-06-30"), ask("2026-06-01", "2026-09-01"), ask("2025-01-01"), ask("2027-01-01")] == [
        422
    ] * 4
    assert [ask("2026-06-01", "2026-08-31"), ask("2026-01-01", "2026-02-28")] == [302, 302]
    with pytest.raises(StaleState, match="时间重叠"):
        propose(person, world.chen, starts_on=D(2026, 10, 1))
    actions.decline_exclusion(person.exclusions.get(status="PROPOSED"), by=world.wang, answer="不合条件")
    assert ask("2026-09-01") == 302


def test_what_the_form_asks_for(world, client):
    client.force_login(world.li)
    address = reverse("exclusion_propose", args=[world.zheng.person.pk])
    errors = [
        client.post(address, typed).context["form"].errors
        for typed in (
            {"starts_on": "2026-11-01"},
            {"reason": "other", "other_reason": " ", "starts_on": "2026-11-01"},
            {"reason": "因病", "starts_on": "2026-11-02", "last_on": "2026-11-01"},
        )
    ]
    assert errors == [
        {"reason": ["请选一个原因。"]}, {"other_reason": ["请写明是什么原因。"]}, {"last_on": ["不能早于起始的日期。"]},
    ]  # fmt: skip
    client.post(address, {"reason": "other", "other_reason": "援疆", "starts_on": "2026-11-01"})
    assert list(Exclusion.objects.values_list("reason", "last_on")) == [("援疆", None)]
    activist = make_person(world.first, standing="ACTIVIST", joined_on=None)
    assert client.get(reverse("exclusion_propose", args=[activist.pk])).status_code == 403


def test_those_above_are_told_and_the_proposer_hears_back(cast):
    row = propose(cast.zheng.person, cast.li)
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"王总支", "郭组织"}
    actions.decline_exclusion(row, by=cast.guo, answer="请补病历")
    told = Notice.objects.get(recipient=cast.li)
    assert (told.title, told.text) == ("郑党员不计入应到的申请没有批准", "2026-11-01 起，批复：请补病历")
    with pytest.raises(StaleState):
        actions.approve_exclusion(row, by=cast.wang)


def test_where_nobody_above_could_decide_the_department_is_told(world):
    propose(world.zheng.person, world.wang)  # the general branch's only officer
    propose(world.wu.person, world.wu)
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"周组织部"}


def test_an_end_is_put_forward_and_never_back(world, client):
    row = excluded(world.zheng.person, world.li, world.wang, last_on=D(2026, 12, 31))
    client.force_login(world.chen)
    address = reverse("exclusion_end", args=[row.pk])
    answers = [client.post(address, {"last_on": day}) for day in ("2026-10-31", "2027-01-01")]
    assert [answer.context["end_form"].errors["last_on"] for answer in answers] == [
        ["2026-11-01 才开始，不能早于这一天结束。"], ["批准到 2026-12-31，只能提前；要延长，请到期后另行申请。"],
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.end_exclusion(row, by=world.chen, last_on=D(2027, 1, 1))
    assert client.post(address, {"last_on": "2026-11-20"}).status_code == 302
    days_ = [D(2026, 10, 31), D(2026, 11, 1), D(2026, 11, 20), D(2026, 11, 21)]
    assert [Exclusion.objects.running_on(day).exists() for day in days_] == [False, True, True, False]
    assert client.post(address, {"last_on": "2026-11-10"}).status_code == 403  # it is over


def test_the_branch_learns_that_somebody_counts_again(world):
    row = excluded(world.zheng.person, world.li, world.wang, last_on=D(2026, 12, 31))
    actions.end_exclusion(row, by=world.chen, last_on=D(2026, 11, 20))
    told = {user: list(Notice.objects.visible_to(user).filter(kind="exclusion_ended").values_list("title", flat=True))
            for user in (world.li, world.chen, world.zhao)}  # fmt: skip
    assert told == {world.li: [f"{world.zheng.person}自 2026-11-21 起计入应到"], world.chen: [], world.zhao: []}


def test_the_list_shows_filters_and_exports_the_same_rows(cast, client):
    made = {
        "proposed": propose(make_person(cast.first), cast.li),
        "running": excluded(make_person(cast.first), cast.li, cast.wang),
        "coming": excluded(make_person(cast.second), cast.zhao, cast.wang, starts_on=D(2026, 12, 1)),
        "over": excluded(make_person(cast.second), cast.zhao, cast.wang, last_on=D(2026, 11, 22)),
        "declined": actions.decline_exclusion(propose(make_person(cast.first), cast.li), by=cast.wang, answer="不合"),
        "withdrawn": actions.withdraw_exclusion(propose(make_person(cast.first), cast.li), by=cast.chen),
    }
    foreign = propose(make_person(cast.other), cast.qian)
    client.force_login(cast.guo)

    def shown(**asked):
        return [line.row for line in client.get(reverse("exclusions"), asked).context["lines"]]

    assert {state: shown(state=state) for state in made} == {state: [row] for state, row in made.items()}
    assert shown(state="awaiting") == [made["proposed"]]
    assert set(shown(organization=cast.second.pk)) == {made["coming"], made["over"]}
    assert shown(q=made["over"].person.staff_number) == [made["over"]]
    assert foreign not in shown() and len(shown()) == 6
    export = client.get(reverse("exclusions_export"), {"organization": cast.second.pk})
    sheet = load_workbook(BytesIO(b"".join(export.streaming_content))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [(row[0], row[6], row[8]) for row in cells] == [
        (line.person.name, word, "王总支") for line, word in ((made["coming"], "未开始"), (made["over"], "已结束"))
    ]


# the roster


def hold(world, held_on, month=NOVEMBER, branch=None):
    plan = make_plan(branch or world.first, month, "ACCEPTED")
    facts = {name: getattr(plan, name) for name in ("starts_at", "place", "host", "recorder")}
    return days.hold_day(plan.day, by=world.li, held_on=held_on, **facts)


def test_who_is_excluded_that_day_stands_outside_the_count_with_reason_and_approver(world, client):
    zheng, chen = world.zheng.person, world.chen.person
    excluded(zheng, world.li, world.wang, reason="出国（境）", starts_on=D(2026, 11, 13), last_on=D(2026, 11, 13))
    excluded(chen, world.li, world.wang, starts_on=D(2026, 11, 14))
    propose(world.xu.person, world.li)
    size = Person.objects.of(world.first).present().members().count()

    day = hold(world, D(2026, 11, 13))

    apart = day.attendance.filter(status="NOT_COUNTED")
    assert list(apart.values_list("person", "reason")) == [(zheng.pk, "出国（境）（王总支批准）")]
    days.mark_attendance(day.attendance.get(person=chen), by=world.li, status="ON_LEAVE", reason="出差")
    days.mark_attendance(day.attendance.get(person=world.xu.person), by=world.li, status="ABSENT")
    counted = vars(ActivityDay.objects.with_counts().get(pk=day.pk))
    for one in (counted, rosters.roster(day)["counts"]):
        assert [one[name] for name in ("expected", "present", "on_leave", "absent")] == [size - 1, size - 3, 1, 1]
    meeting = count_roster(make_meeting(day, status="DRAFT"))
    assert meeting.expected.total == size - 1
    assert sum(part.total for part in (meeting.present, meeting.on_leave, meeting.absent)) == size - 1
    client.force_login(world.li)
    page = client.get(reverse("day_attendance", args=[day.pk]))
    assert [row.person for row in page.context["apart"]] == [zheng]
    assert zheng not in [row.person for row in page.context["away"]]
    assert f"1 人，在应到 {size - 1} 人之外" in page.content.decode()


def test_what_is_approved_ended_or_changed_later_touches_no_frozen_roster_and_no_charge(world):
    person = make_person(world.first, standing="PROBATIONARY", joined_on=D(2025, 10, 8))
    day = hold(world, D(2026, 10, 9), OCTOBER)
    open_month(OCTOBER)
    frozen = list(day.attendance.order_by("pk").values()), list(Charge.objects.order_by("pk").values())

    row = excluded(world.zheng.person, world.li, world.wang, starts_on=D(2026, 10, 1))
    actions.change_standing(person, by=world.wang, kind="CONFIRMED", changed_on=D(2026, 10, 8))
    actions.end_exclusion(row, by=world.li, last_on=D(2026, 10, 31))
    cancelled = make_person(world.first, standing="PROBATIONARY", joined_on=D(2026, 11, 1))
    actions.change_standing(cancelled, by=world.wang, kind="CANCELLED", changed_on=TODAY, note="党委批复")

    assert (list(day.attendance.order_by("pk").values()), list(Charge.objects.order_by("pk").values())) == frozen
    assert rosters.roster(day)["counts"]["expected"] == len(frozen[0])


def test_a_roster_entered_late_takes_the_standing_of_its_day(world):
    """Held on the 13th, confirmed in the software on the 23rd, after the steps of the 20th were registered."""
    make = {
        name: make_person(world.first, name, standing=standing, joined_on=joined)
        for name, standing, joined in (
            ("接收", "PROSPECT", None), ("转正", "PROBATIONARY", D(2025, 11, 1)),
            ("取消", "PROBATIONARY", D(2025, 9, 1)), ("早接收", "PROSPECT", None),
        )
    }  # fmt: skip
    for name, kind, day in (
        ("接收", "ADMITTED", 20), ("转正", "CONFIRMED", 20), ("取消", "CANCELLED", 20), ("早接收", "ADMITTED", 13),
    ):  # fmt: skip
        actions.change_standing(make[name], by=world.wang, kind=kind, changed_on=D(2026, 11, day), note="决议")

    roster = dict(hold(world, D(2026, 11, 13)).attendance.values_list("person__name", "standing"))

    assert {name: roster.get(name) for name in make} == {
        "接收": None, "转正": "PROBATIONARY", "取消": "PROBATIONARY", "早接收": "PROBATIONARY",
    }  # fmt: skip
