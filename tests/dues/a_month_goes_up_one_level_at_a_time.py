"""OPEN → VERIFIED → SUBMITTED → FORWARDED → SETTLED: one written table says who does what when, and nothing else goes.

First Branch stands under the general branch of Arts, the library's branch directly under the committee. Every office at
the branch, above it and elsewhere tries every act in every state, by direct post; the pages offer the same acts.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches.models import Office
from core.audit import AuditEntry
from core.clock import at
from core.inbox import Notice
from core.workflow import StaleState
from dues import actions
from dues.models import Charge, Deferral, DuesMonth, Entry, Receipt, Statement
from tests.builders import NOVEMBER, OCTOBER, fresh, make_officer, make_person, make_seat
from tests.dues_builders import bring_on, choices, make_dues, table
from tests.dues_builders import reverse as take_back
from tests.pages import FormReader, press

SECRETARIES = {Office.SECRETARY, Office.DEPUTY_SECRETARY}
DRAFTERS = SECRETARIES | {Office.ORGANIZATION_COMMISSIONER}
DEPARTMENT = {Office.ORGANIZATION_DEPARTMENT}
# state → act → (whose office, which offices)
ALLOWED = {
    "OPEN": {
        "fill": ("own", DRAFTERS), "verify": ("own", DRAFTERS), "verify_and_submit": ("own", SECRETARIES),
    },
    "VERIFIED": {"fill": ("own", DRAFTERS), "submit": ("own", SECRETARIES)},
    "SUBMITTED": {"withdraw": ("own", SECRETARIES), "return": ("middle", DRAFTERS), "forward": ("middle", DRAFTERS)},
    "FORWARDED": {"return": ("top", DEPARTMENT), "settle": ("top", DEPARTMENT)},
    "SETTLED": {},
}  # fmt: skip
# a branch without a general branch above it skips the middle, and takes back what the department has not settled
DIRECT = ALLOWED | {"FORWARDED": ALLOWED["FORWARDED"] | {"withdraw": ("own", SECRETARIES)}}
ROADS = {"first": ALLOWED, "direct": {state: DIRECT[state] for state in DIRECT if state != "SUBMITTED"}}
HOW_MANY = {"first": 3 + 3 + 2 + 3 + 2 + 2 + 3 + 3 + 1 + 1, "direct": 3 + 3 + 2 + 3 + 2 + 2 + 1 + 1}
ACTS = ("fill", "verify", "verify_and_submit", "submit", "withdraw", "return", "forward", "settle")
WITH_SOMEBODY_ELSE = [*DRAFTERS, Office.PUBLICITY_COMMISSIONER]


def address(act, row):
    if act in ("forward", "settle"):
        return reverse(f"dues_{act}")
    return reverse(f"dues_{'verify' if act == 'verify_and_submit' else act}", args=[row.pk])


def typed(act, row):
    """What the form of an act sends; the base of who lacks one belongs to filling in."""
    match act:
        case "verify":
            return table(row)
        case "verify_and_submit":
            return table(row) | {"then": "submit"}
        case "return":
            return {"reason": "请核对"}
        case "forward" | "settle":
            return {"month": row.pk}
    return {}


def rows():
    """All that an act could change."""
    models = (DuesMonth, Charge, Deferral, Statement, Entry, Receipt)
    return [list(model.objects.order_by("pk").values()) for model in models], AuditEntry.objects.count()


def cast_of(world, branch):
    """``(side, office, user)``: every office at the branch, above it, at the top and where it is not; and a member."""
    places = [
        ("own", branch, WITH_SOMEBODY_ELSE),
        ("top", world.committee, [*DEPARTMENT, Office.LEADER, Office.SECRETARY]),
        ("elsewhere", world.second, [Office.SECRETARY]),
        ("elsewhere", world.history, [Office.SECRETARY]),
    ]
    places += [("middle", branch.parent, WITH_SOMEBODY_ELSE)] if branch == world.first else []
    for side, organization, offices in places:
        for office in sorted(offices):
            user = make_officer(organization, office, f"{side}{organization}{office.label}", branch=world.other)
            yield side, office, user
    yield "own", None, world.zheng


def offered(client, row):
    """The acts that have a button, on the page of the month or on the one for its return."""
    answer = client.get(row.get_absolute_url())
    if answer.status_code == 404:
        return set()
    page = answer.content.decode()
    targets = FormReader(page, row.get_absolute_url()).targets
    found = {act for act in ACTS if act not in ("return", "verify_and_submit") and address(act, row) in targets}
    found |= {"verify_and_submit"} if 'name="then" value="submit"' in page else set()
    if f'href="{address("return", row)}"' in page:
        found |= {"return"} if "退回支部</button>" in client.get(address("return", row)).content.decode() else set()
    return found


@pytest.fixture
def states(world):
    """A branch's month, and its states one after the other, each reached by the acts before it."""

    def reach(branch):
        people = {
            "verified": make_officer(branch, Office.SECRETARY, "报送人"),
            "forwarded": make_officer(world.arts, Office.SECRETARY, "转报人", branch=world.second),
            "settled": world.zhou,
        }
        row = make_dues(branch, members=2)
        yield row
        yield bring_on(row, verified=people["verified"])
        yield bring_on(row, submitted=people["verified"])
        if branch == world.first:
            yield bring_on(row, forwarded=people["forwarded"])
        yield bring_on(row, settled=people["settled"])

    return reach


@pytest.mark.parametrize("name", ROADS)
def test_exactly_the_cells_succeed_and_are_offered(world, client, states, name):
    branch, road, allowed = getattr(world, name), ROADS[name], 0
    cast = list(cast_of(world, branch))
    for expected, row in zip(road, states(branch), strict=True):
        assert row.status == expected
        for side, office, user in cast:
            client.force_login(user)
            may = {act for act, (where, who) in road[row.status].items() if (where, office in who) == (side, True)}
            assert (user.name, row.status, offered(client, row)) == (user.name, row.status, may - {"fill"})
            before = rows()
            for act in ACTS:
                if act not in may and act != "fill":
                    client.post(address(act, row), typed(act, row))
            assert (user.name, row.status, rows()) == (user.name, row.status, before)
            for act in [*may, *({"fill"} - may)]:
                with transaction.atomic():
                    succeeded = does(client, row, act)
                    assert (user.name, row.status, act, succeeded) == (user.name, row.status, act, act in may)
                    allowed += succeeded
                    transaction.set_rollback(True)
    assert allowed == HOW_MANY[name]


LEADS_TO = {
    "fill": "OPEN", "verify": "VERIFIED", "submit": "SUBMITTED", "verify_and_submit": "SUBMITTED",
    "withdraw": "VERIFIED", "return": "VERIFIED", "forward": "FORWARDED", "settle": "SETTLED",
}  # fmt: skip


def does(client, row, act):
    """Did the act succeed, and lead where it should?"""
    if act == "fill":
        make_person(row.organization, "新来的学生", category="STUDENT")
    before = rows()
    answer = client.post(address(act, row), typed(act, row))
    if rows() == before:
        return False
    leads_to = "FORWARDED" if LEADS_TO[act] == "SUBMITTED" and row.organization.is_direct else LEADS_TO[act]
    assert (act, answer.status_code, DuesMonth.objects.get(pk=row.pk).status) == (act, 302, leads_to)
    return True


# what each step asks for, and says


def test_a_direct_branch_hands_in_to_the_department_at_once(world, client):
    row = make_dues(world.direct, verified=world.wu)
    client.force_login(world.wu)

    answer = press(client, row.get_absolute_url(), reverse("dues_submit", args=[row.pk]))

    row.refresh_from_db()
    assert row.status == "FORWARDED"
    shown = client.get(answer.url).content.decode()
    assert "11 月党费已报组织部。还没有办理前可以撤回。" in shown
    assert "11 月已转报，等组织部结清" in shown
    assert {name: waits(world, name) for name in ("wang", "sun", "zhou", "he")} == {
        "wang": [], "sun": [], "zhou": [row], "he": [],
    }  # fmt: skip


def waits(world, name):
    user = fresh(getattr(world, name))
    return list(DuesMonth.objects.visible_to(user).waiting_for(user))


def refused(act, rows, by):
    with pytest.raises(PermissionDenied, match="本人上报"):
        act(rows, by=fresh(by))


def test_nobody_forwards_what_they_handed_in_themselves(world, client):
    """Wang leads the general branch, and handed First's month in as its deputy secretary."""
    make_seat(world.wang, world.first, Office.DEPUTY_SECRETARY)
    fu = make_officer(world.arts, Office.DEPUTY_SECRETARY, "傅副书记", branch=world.second)
    row = make_dues(world.first, verified=world.li, submitted=fresh(world.wang))
    itself = DuesMonth.objects.filter(pk=row.pk)

    assert (waits(world, "wang"), list(itself.waiting_for(fu))) == ([], [row])
    refused(actions.forward_months, itself, world.wang)
    with pytest.raises(PermissionDenied):
        actions.return_month(row, reason="试试", by=fresh(world.wang))
    client.force_login(world.wang)
    assert client.post(reverse("dues_forward"), {"month": row.pk}).status_code == 403
    assert bring_on(row, forwarded=fu).status == "FORWARDED"


def test_nor_after_changing_offices(world):
    """Li hands in, becomes secretary of the general branch, and then officer of the department."""
    row = make_dues(world.first, verified=world.li, submitted=world.li)
    itself = DuesMonth.objects.filter(pk=row.pk)
    make_seat(world.li, world.arts, Office.DEPUTY_SECRETARY)
    refused(actions.forward_months, itself, world.li)

    row = bring_on(row, forwarded=world.wang)
    make_seat(world.li, world.committee, Office.ORGANIZATION_DEPARTMENT)
    refused(actions.settle_months, itself, world.li)
    assert (waits(world, "li"), waits(world, "zhou")) == ([], [row])
    assert bring_on(row, settled=world.zhou).settled_by == world.zhou


def test_a_month_with_a_member_without_a_charge_is_not_handed_in(world, client):
    row = make_dues(world.first, verified=world.li)
    make_person(world.first, "新党员")
    client.force_login(world.li)

    answer = client.post(reverse("dues_submit", args=[row.pk]), follow=True)

    assert ["新党员" in str(one) for one in answer.context["messages"]] == [True]
    row.refresh_from_db()
    assert (row.status, row.first_submitted_at) == ("VERIFIED", None)


def test_a_month_with_a_member_who_is_neither_paid_nor_put_off_is_not_handed_in(world, client):
    row = make_dues(world.first, verified=world.li)
    for number in range(4):
        person = make_person(world.first, f"后补{number}", category="STUDENT")
        Charge.objects.create(
            dues_month=row, person=person, month=NOVEMBER, rate="0.20", amount="0.20", category="STUDENT",
            standing="FULL",
        )  # fmt: skip
    client.force_login(world.li)

    answer = client.post(reverse("dues_submit", args=[row.pk]), follow=True)

    assert [str(one) for one in answer.context["messages"]] == [
        "后补0、后补1、后补2等还没有登记，不能上报。请先登记交纳或写明缓交原因，再上报。"
    ]
    row.refresh_from_db()
    assert (row.status, row.statements.count()) == ("VERIFIED", 1)


def test_who_handed_it_in_is_told_why_it_came_back(world, client):
    row = make_dues(world.first, verified=world.chen, submitted=world.li)
    client.force_login(world.wang)
    page = reverse("dues_return", args=[row.pk])

    assert press(client, page, reason=" ").context["form"].errors == {"reason": ["请写明原因。"]}
    answer = client.get(press(client, page, reason="学生0的方式应是转账").url)

    assert "文学院第一党支部 2026 年 11 月党费已退回，已告诉上报人。" in answer.content.decode()
    told = list(Notice.objects.values_list("recipient", "title", "text", "url"))
    assert told == [(world.li.pk, "2026 年 11 月党费被退回", "王总支：学生0的方式应是转账", row.get_absolute_url())]
    row.refresh_from_db()
    assert (row.status, row.submitted_at, row.submitted_by) == ("VERIFIED", None, None)
    last = AuditEntry.objects.about(row).last()
    assert (last.event, last.note) == ("dues.returned", "学生0的方式应是转账")


@pytest.mark.parametrize(("act", "who", "state"), [("forward", "wang", "SUBMITTED"), ("settle", "zhou", "FORWARDED")])
def test_many_at_once_are_all_of_them_or_none(world, client, act, who, state):
    forwarded = {"forwarded": world.wang} if act == "settle" else {}
    mine = make_dues(world.first, members=1, verified=world.li, submitted=world.li, **forwarded)
    moved = make_dues(world.second, members=1, verified=world.zhao, submitted=world.zhao, **forwarded)
    client.force_login(getattr(world, who))
    page = client.get(reverse("dues_waiting"))
    assert [row for row, _ in page.context["lines"]] == [mine, moved]
    actions.return_month(moved, reason="请核对", by=getattr(world, who))

    answer = client.post(reverse(f"dues_{act}"), {"month": [mine.pk, moved.pk]}, follow=True)

    assert [str(one) for one in answer.context["messages"]] == [
        "文学院第二党支部 2026 年 11 月党费刚刚已经办过或撤回了，没有办理。请看最新情况后再选。"
    ]
    assert set(DuesMonth.objects.values_list("organization", "status")) >= {
        (world.first.pk, state), (world.second.pk, "VERIFIED"),
    }  # fmt: skip
    answer = client.post(reverse(f"dues_{act}"), {"month": [mine.pk]}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        f"已{'转报组织部' if act == 'forward' else '结清'} 1 个党支部的党费。"
    ]


def test_who_ticks_nothing_is_told_so(world, client):
    client.force_login(world.wang)
    answer = client.post(reverse("dues_forward"), follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["还没有勾选党支部，没有转报组织部。"]


def test_what_was_handed_in_gains_no_charge_until_it_is_taken_back(world, client):
    row = make_dues(world.first, verified=world.li, submitted=world.li)
    make_person(world.first, "新来的学生", category="STUDENT")
    before = row.charges.count()

    assert (actions.open_month(NOVEMBER), row.charges.count()) == (0, before)

    client.force_login(world.li)
    press(client, row.get_absolute_url(), reverse("dues_withdraw", args=[row.pk]))
    assert (actions.open_month(NOVEMBER), row.charges.count()) == (1, before + 1)
    row.refresh_from_db()
    assert row.status == "OPEN"


def test_what_was_said_stays_said(world, monday):
    """Later payments and reversals change no statement: neither of the signature nor of the handing-in."""
    row = make_dues(world.first, OCTOBER, verified=world.li, put_off=["学生0"], submitted=world.li)
    row = bring_on(row, forwarded=world.wang, settled=world.zhou)
    said = list(row.statements.order_by("pk").values())
    number = row.charges.count()
    assert [(one["act"], one["owed_people"], one["deferred_people"]) for one in said] == [
        ("VERIFIED", number, 1), ("SUBMITTED", number, 1),
    ]  # fmt: skip

    monday.move_to(at(NOVEMBER.first, 9))
    actions.pay(row.charges.get(person__name="学生0"), method="CASH", by=world.chen)
    take_back(Entry.objects.filter(charge__person__name="学生1").get(), reason="记错人", by=world.li)

    assert list(row.statements.order_by("pk").values()) == said
    row.refresh_from_db()
    assert row.status == "SETTLED"


def test_handed_in_again_it_keeps_the_moment_of_the_first_time(world, monday):
    row = make_dues(world.first, verified=world.li, submitted=world.li)
    first = row.submitted_at
    monday.move_to(at(NOVEMBER.last, 9))
    actions.withdraw_month(row, by=world.li)
    row = bring_on(row, submitted=world.li)

    assert (row.first_submitted_at, row.submitted_at) == (first, at(NOVEMBER.last, 9))
    assert [one.act for one in row.statements.all()] == ["VERIFIED", "SUBMITTED", "SUBMITTED"]


def test_signing_and_handing_in_are_both_or_neither(world, client):
    row = make_dues(world.first)
    before = rows()
    client.force_login(world.chen)  # may sign, and not hand in

    answer = client.post(address("verify_and_submit", row), typed("verify_and_submit", row))

    assert (answer.status_code, rows()) == (403, before)
    client.force_login(world.li)
    press(client, row.get_absolute_url(), reverse("dues_verify", args=[row.pk]))
    row.refresh_from_db()
    assert (row.status, row.verified_by, row.submitted_by) == ("SUBMITTED", world.li, world.li)
    assert [one.act for one in row.statements.all()] == ["VERIFIED", "SUBMITTED"]


def test_what_is_handed_in_meanwhile_is_not_handed_in_twice(world):
    row = make_dues(world.first, verified=world.li)
    bring_on(row, submitted=world.li)

    with pytest.raises(StaleState, match="已上报"):
        actions.submit_month(row, by=world.li)
    with pytest.raises(StaleState):
        actions.verify_and_submit(row, choices=choices(row), by=world.li)
