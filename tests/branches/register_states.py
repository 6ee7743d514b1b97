"""The table: in which state of its subject each act of the register is whose. What is not named is nobody's.

The things are First Branch's, unless a state says otherwise. Of the offices of the design each has somebody in it; the
neighbour leads Second Branch next door, where people of First are moved to. A state builds its subject.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from branches import actions
from branches.models import Appointment, Exclusion, Office
from core import clock
from tests.branches import register_acts as acts
from tests.branches.register_acts import TODAY, YESTERDAY
from tests.builders import make_branch, make_group, make_officer, make_organization, make_person, make_seat

D = datetime.date
BRANCH = {"secretary", "deputy", "organization"}
GENERAL = {"gb_secretary", "gb_deputy", "gb_organization"}
DEPARTMENT = {"department", "colleague"}
ABOVE = GENERAL | DEPARTMENT
KEEPERS = BRANCH | ABOVE  # of First Branch's register
READERS = {"publicity", "commissioner", "group_leader", "gb_leader", "leader"}
OTHERS = {"member", "neighbour", "elsewhere", "gb_elsewhere", "direct"}
OFFICES = sorted(KEEPERS | READERS | OTHERS)
RECEIVERS = {"neighbour"} | ABOVE


def cast_of(world) -> dict:
    """``{office: user}``: somebody in every office of the table."""
    first, arts, second, committee = world.first, world.arts, world.second, world.committee
    leader = make_officer(first, Office.GROUP_LEADER, "林组长")
    Appointment.objects.filter(person__user=leader).update(group=make_group(first, "第一党小组", [leader.person]))
    return {
        "secretary": world.li, "deputy": make_officer(first, Office.DEPUTY_SECRETARY, "杜副书记"),
        "organization": world.chen, "publicity": world.xu, "commissioner": make_officer(first, Office.MEMBER, "莫委员"),
        "group_leader": leader, "member": world.zheng, "neighbour": world.zhao, "elsewhere": world.qian,
        "gb_elsewhere": world.sun, "direct": world.wu, "department": world.zhou, "leader": world.he,
        "colleague": make_officer(committee, Office.ORGANIZATION_DEPARTMENT, "唐干事", branch=world.direct),
        "gb_secretary": world.wang, "gb_deputy": make_officer(arts, Office.DEPUTY_SECRETARY, "冯副书记", branch=second),
        "gb_organization": make_officer(arts, Office.ORGANIZATION_COMMISSIONER, "郭组织", branch=second),
        "gb_leader": make_officer(arts, Office.LEADER, "葛领导", branch=second),
    }  # fmt: skip


@dataclass(frozen=True)
class State:
    """A state of a subject: how it comes to be, the acts that are tried, and which of them are whose.

    ``shown`` names acts whose form stands on a page that says why it cannot be sent as it is.
    """

    build: Callable
    acts: dict
    may: dict[str, set] = field(default_factory=dict)
    shown: dict[str, set] = field(default_factory=dict)


def changed(row, **fields):
    """The row, put straight into a state."""
    type(row).objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row


# ── organizations ──


def open_branch(world, cast):
    make_person(world.first, "毕业生", category="STUDENT")
    make_person(world.first, "支部党员")
    make_group(world.first, "还没有组长的党小组")
    return world.first


def branch_of(*, people=0, closed_on=None, parent="arts"):
    def build(world, cast):
        return changed(make_branch(getattr(world, parent), "空支部", people), closed_on=closed_on)

    return build


def closed_under_closed(world, cast):
    above = make_organization("GENERAL_BRANCH", "已撤总支", world.committee)
    return changed(make_branch(changed(above, closed_on=YESTERDAY), "已撤支部"), closed_on=YESTERDAY)


def general_branch(world, cast):
    make_organization("COMMITTEE", "二级党委", world.committee, code="02")
    make_person(world.first, "毕业生", category="STUDENT")
    make_person(world.second, "总支党员")
    return world.arts


def root(world, cast):
    make_organization("COMMITTEE", "二级党委", world.committee, code="02")
    make_person(world.direct, "机关党员")
    return world.committee


TREE = dict.fromkeys(["organization_rename", "organization_move", "organization_close"], DEPARTMENT)
REGISTER = dict.fromkeys(["group_found", "person_new", "person_admit"], KEEPERS)
SEATS = dict.fromkeys(["office_appoint, a member", "election_hold"], ABOVE)
ORGANIZATIONS = {
    "a branch with people": State(open_branch, acts.ORGANIZATION, TREE | REGISTER | SEATS | {
        "groups_arrange": KEEPERS, "graduates": KEEPERS, "office_appoint, a group leader": KEEPERS,
        "person_new, admitted already": ABOVE,
    }, shown={"organization_close, people to nowhere": DEPARTMENT}),
    "a branch without people": State(branch_of(), acts.ORGANIZATION, {
        **TREE, "organization_close, people to nowhere": DEPARTMENT, "group_found": ABOVE, "person_new": ABOVE,
        "person_admit": ABOVE, "person_new, admitted already": ABOVE,
    }, shown=dict.fromkeys(  # with nobody in it to be chosen
        ["election_hold", "office_appoint, a member", "office_appoint, a group leader"], ABOVE)),
    "a closed branch": State(branch_of(closed_on=YESTERDAY), acts.ORGANIZATION, {"organization_reopen": DEPARTMENT}),
    "a closed branch under a closed general branch": State(closed_under_closed, {
        "organization_reopen": acts.ALL["organization_reopen"]}),
    "a direct branch": State(branch_of(people=3, parent="committee"), acts.ORGANIZATION, {
        **dict.fromkeys([*TREE, *REGISTER, *SEATS, "person_new, admitted already"], DEPARTMENT),
    }, shown=dict.fromkeys(
        ["organization_close, people to nowhere", "office_appoint, a group leader"], DEPARTMENT)),
    "a general branch": State(general_branch, acts.ORGANIZATION, {
        "organization_found": DEPARTMENT, "organization_rename": DEPARTMENT, "organization_move": DEPARTMENT,
        "graduates": ABOVE, "office_appoint, a member": DEPARTMENT, "office_appoint, a reader": DEPARTMENT,
        "election_hold": DEPARTMENT,
    }, shown=dict.fromkeys(["organization_close", "organization_close, people to nowhere"], DEPARTMENT)),
    "the committee above all": State(root, acts.ORGANIZATION, {
        "organization_found": DEPARTMENT, "organization_rename": DEPARTMENT, "office_appoint, a reader": DEPARTMENT,
        "election_hold": DEPARTMENT,
    }),
}  # fmt: skip


# ── groups ──


def group(*, led_by="", **fields):
    def build(world, cast):
        row = changed(make_group(world.first, "第二党小组"), **fields)
        if led_by:
            changed(make_seat(cast[led_by], world.first, Office.GROUP_LEADER), group=row)
        return row

    return build


GROUPS = {
    "a group": State(group(), acts.GROUP, {"group_rename": KEEPERS, "group_dissolve": KEEPERS}),
    "a group led by a keeper": State(group(led_by="organization"), acts.GROUP, {
        "group_rename": KEEPERS, "group_dissolve": KEEPERS - {"organization"},
    }, shown={"group_dissolve": {"organization"}}),
    "a dissolved group": State(group(closed_on=YESTERDAY), acts.GROUP),
}  # fmt: skip


# ── people ──


def person(standing="FULL", **fields):
    days = {"joined_on": D(2025, 10, 8) if standing == "PROBATIONARY" else None}
    days |= {"joined_on": D(2010, 7, 1), "confirmed_on": D(2011, 7, 1)} if standing == "FULL" else {}
    return lambda world, cast: make_person(world.first, "当事人", standing=standing, **(days | fields))


def stepped(kind, standing):
    def build(world, cast):
        row = person(standing)(world, cast)
        day = {"changed_on": TODAY, "note": "支部大会决议"}
        return actions.change_standing(row, by=world.zhou, kind=kind, **day)

    return build


def on_the_way(world, cast):
    row = person()(world, cast)
    actions.request_transfer(row, by=world.li, to=world.second)
    return row


FACTS = dict.fromkeys(["person_edit", "person_reveal"], KEEPERS)
MOVES = {"person_leave": KEEPERS, "person_leave, suspended": ABOVE, "transfer_request": KEEPERS}
CORRECTED = {"standing_correct": ABOVE}
FULL = FACTS | MOVES | CORRECTED | {"exclusion_propose": KEEPERS}
DEVELOPED = {"standing_change, DROPPED": KEEPERS}
ADMITTED = dict.fromkeys([f"standing_change, {kind}" for kind in ("CONFIRMED", "EXTENDED", "CANCELLED")], ABOVE)
STEPS = {name: act for name, act in acts.PERSON.items() if name.startswith("standing_")}
PEOPLE = {
    "an activist": State(person("ACTIVIST"), acts.PERSON,
                         FACTS | MOVES | CORRECTED | DEVELOPED | {"standing_change, PROSPECT": KEEPERS}),
    "a prospect": State(person("PROSPECT"), acts.PERSON,
                        FACTS | MOVES | CORRECTED | DEVELOPED | {"standing_change, ADMITTED": ABOVE}),
    "a probationary member": State(person("PROBATIONARY"), acts.PERSON, FULL | ADMITTED),
    "a full member": State(person(), acts.PERSON, FULL),
    "a full member on the way elsewhere": State(
        on_the_way, {name: acts.ALL[name] for name in MOVES}, {
            "person_leave": KEEPERS, "person_leave, suspended": ABOVE}),
    "who became a prospect": State(stepped("PROSPECT", "ACTIVIST"), STEPS, DEVELOPED | {
        "standing_change, ADMITTED": ABOVE, "standing_undo": KEEPERS}),
    "who was confirmed": State(stepped("CONFIRMED", "PROBATIONARY"), STEPS, {"standing_undo": ABOVE}),
    "who is developed no more": State(stepped("DROPPED", "ACTIVIST"), STEPS, {"standing_undo": KEEPERS}),
    "who left": State(person(left_on=YESTERDAY), acts.PERSON, {"person_reveal": KEEPERS}),
    "a keeper's own": State(lambda world, cast: cast["organization"].person, acts.PERSON, FULL | {
        "person_leave": KEEPERS - {"organization"},
    }),
    "an own of the general branch": State(
        lambda world, cast: changed(
            cast["gb_deputy"].person, organization=world.first, standing="PROBATIONARY", joined_on=D(2025, 10, 8)),
        acts.PERSON, {name: who - ({"gb_deputy"} if "standing" in name or "leave" in name else set())
                      for name, who in (FULL | ADMITTED).items() if "CANCELLED" not in name},
        shown={"standing_change, CANCELLED": ABOVE - {"gb_deputy"}},  # the office is given up first
    ),
}  # fmt: skip


# ── not counted in 应到 ──


def exclusion(*, of=None, by="secretary", place="first", left=None, **fields):
    fields = {"starts_on": D(2026, 11, 1), "reason": "因病"} | fields
    fields |= {"decided_at": clock.at(TODAY)} if fields.get("status", "PROPOSED") != "PROPOSED" else {}

    def build(world, cast):
        who = cast[of].person if of else make_person(getattr(world, place), "当事人", left_on=left)
        return Exclusion.objects.create(person=who, proposed_by=cast[by], **fields)

    return build


def deciding(who, withdraw):
    return {"exclusion_approve": who, "exclusion_decline": who, "exclusion_withdraw": withdraw}


EXCLUSIONS = {
    "proposed": State(exclusion(), acts.EXCLUSION, deciding(ABOVE, BRANCH)),
    "proposed from above": State(
        exclusion(by="gb_secretary"), acts.EXCLUSION, deciding(ABOVE - {"gb_secretary"}, BRANCH | {"gb_secretary"})),
    "proposed of somebody above": State(
        exclusion(of="gb_deputy", by="neighbour"), acts.EXCLUSION, deciding(ABOVE - {"gb_deputy"}, {"neighbour"})),
    "proposed at a direct branch": State(
        exclusion(place="direct", by="direct"), acts.EXCLUSION, deciding(DEPARTMENT, {"direct"})),
    "proposed of who left": State(exclusion(left=YESTERDAY), acts.EXCLUSION, {"exclusion_withdraw": BRANCH}),
    "approved": State(exclusion(status="APPROVED"), acts.EXCLUSION, {"exclusion_end": KEEPERS}),
    "approved of a keeper": State(exclusion(of="organization", status="APPROVED"), acts.EXCLUSION,
                                  {"exclusion_end": KEEPERS - {"organization"}}),
    "approved and over": State(exclusion(status="APPROVED", last_on=D(2026, 11, 22)), acts.EXCLUSION),
    "declined": State(exclusion(status="DECLINED"), acts.EXCLUSION),
    "withdrawn": State(exclusion(status="WITHDRAWN"), acts.EXCLUSION),
}  # fmt: skip


# ── moves ──


def asked(*, of=None, by="secretary", way=("first", "second"), then=None, **fields):
    def build(world, cast):
        origin, goal = (getattr(world, one) for one in way)
        who = cast[of].person if of else make_person(origin, "当事人")
        row = actions.request_transfer(who, by=cast[by], to=goal)
        if then:
            then(row, cast)
        return changed(row, **fields)

    return build


def left(kind, by="gb_secretary", **fields):
    def build(world, cast):
        day = {"left_on": TODAY, "place": "兄弟院校", "note": "决定"}
        return changed(
            actions.release_person(make_person(world.first, "走了的"), by=cast[by], kind=kind, **day), **fields
        )

    return build


def came(world, cast):
    facts = {"standing": "FULL", "category": "STAFF", "joined_on": D(2012, 7, 1)}
    return actions.admit_person(world.first, by=world.li, staff_number="N9", name="来了的", moved_on=TODAY, **facts)


def accepted(row, cast):
    actions.accept_transfer(row, by=cast["neighbour"])


def undone(row, cast):
    accepted(row, cast)
    actions.undo_transfer(row, by=cast["department"], reason="转错了")


def closes(row, cast):
    changed(row.to_organization, closed_on=YESTERDAY)


def answering(who, senders=KEEPERS):
    return {"transfer_accept": who, "transfer_decline": who, "transfer_withdraw": senders}


TRANSFERS = {
    "requested": State(asked(), acts.TRANSFER, answering(RECEIVERS)),
    "requested from above": State(asked(by="gb_secretary"), acts.TRANSFER, answering(RECEIVERS - {"gb_secretary"})),
    "requested of somebody above": State(
        asked(of="gb_deputy", by="neighbour", way=("second", "first")), acts.TRANSFER,
        answering(KEEPERS - {"gb_deputy"}, senders=RECEIVERS)),
    "requested to another general branch": State(
        asked(way=("first", "other")), acts.TRANSFER, answering({"elsewhere", "gb_elsewhere"} | DEPARTMENT)),
    "requested to a branch that closed": State(
        asked(then=closes), acts.TRANSFER, {"transfer_decline": ABOVE, "transfer_withdraw": KEEPERS}),
    "accepted": State(asked(then=accepted), acts.TRANSFER, {"transfer_undo": ABOVE}),
    "accepted of somebody above": State(
        asked(of="gb_deputy", by="neighbour", way=("second", "first"),
              then=lambda row, cast: actions.accept_transfer(row, by=cast["secretary"])),
        acts.TRANSFER, {"transfer_undo": ABOVE - {"gb_deputy"}}),
    "accepted last month": State(asked(then=accepted, moved_on=D(2026, 10, 31)), acts.TRANSFER),
    "declined": State(asked(status="DECLINED"), acts.TRANSFER),
    "withdrawn": State(asked(status="WITHDRAWN"), acts.TRANSFER),
    "undone": State(asked(then=undone), acts.TRANSFER),
    "left": State(left("OUT"), acts.TRANSFER, {"transfer_undo": KEEPERS}),
    "suspended": State(left("SUSPENDED"), acts.TRANSFER, {"transfer_undo": ABOVE}),
    "come": State(came, acts.TRANSFER, {"transfer_undo": KEEPERS}),
}  # fmt: skip
