"""What is posted: every act of the register with the page on which its form stands and what is typed there.

``subject`` is the row that the act is about. What is chosen from a list of the form is named, so that the page can be
asked whether it offers that choice.
"""

import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from branches.actions.calendar import version_of as version_of_day
from branches.actions.persons import FACTS, version_of
from branches.actions.school_terms import span_words
from branches.models import Organization, Person, SheetImport
from branches.rules.elections import running
from tests.branches.sheets import HEADINGS, person_row, write_sheet

TODAY, YESTERDAY = datetime.date(2026, 11, 23), datetime.date(2026, 11, 22)
WHY = {"reason": "党委会议决定"}


@dataclass(frozen=True)
class Act:
    """``data(subject)`` is what is typed; of ``chosen`` the page must offer the very value. ``sent`` goes along unseen.

    ``page`` is the address of the form where it is not the act's own; ``is_about`` gives the ids in both addresses.
    """

    address: str
    data: Callable
    page: str = ""
    chosen: tuple[str, ...] = ()
    sent: tuple[tuple[str, str], ...] = ()

    def way(self, ids) -> str:
        return reverse(self.address, args=ids)

    def form(self, ids) -> str:
        """The page on which the form stands: it is about the first of the ids."""
        if not self.page or self.page == self.address:
            return self.way(ids)
        return reverse(self.page, args=ids[: 0 if self.page in LISTS else 1])

    def typed(self, subject) -> dict:
        return {name: value for name, value in (self.data(subject) | dict(self.sent)).items() if value is not None}

    def choices(self, subject) -> dict:
        return {name: value for name, value in self.data(subject).items() if name in self.chosen}


LISTS = {"imports", "accounts", "transfers", "people", "inbox", "calendar"}


def just(**data):
    return lambda subject: data


def someone(organization):
    """Somebody of the part who holds no office, not always the same one: the last entered."""
    below = Person.objects.filter(organization__path__startswith=organization.path, appointments=None, user=None)
    return below.filter(standing="FULL", left_on=None).order_by("-pk").first()


def founding(parent):
    kind = "BRANCH" if parent.kind == "GENERAL_BRANCH" else "GENERAL_BRANCH"
    return {"kind": kind, "name": "中共测试学院新设组织", "short_name": "新设组织", "code": "N01",
            "founded_on": YESTERDAY, "term_ends_on": ""}  # fmt: skip


def moving(organization):
    code = {"BRANCH": "0301", "GENERAL_BRANCH": "02", "COMMITTEE": "02"}[organization.kind]
    return {"parent": code, "on": YESTERDAY, "was": organization.parent_id or 0} | WHY


def closing(organization):
    holds = Person.objects.of(organization).present().exists()
    return {"people_to": "0201002" if holds else None, "on": TODAY} | WHY


def arranging(branch):
    person, group = someone(branch), branch.groups.open().first()
    if person is None or group is None:
        return {}
    return {f"p{person.pk}": group.pk, f"initial-p{person.pk}": ""}


def appointing(office):
    def data(organization):
        group, holder = organization.groups.open().filter(appointments=None).first(), someone(organization)
        return {
            "office": office, "person": holder.pk if holder else "", "starts_on": TODAY, "title": "", "is_acting": None,
            "group": group.pk if group and office == "GROUP_LEADER" else None,
        }  # fmt: skip

    return data


def electing(organization):
    days = {"held_on": YESTERDAY, "term_starts_on": TODAY, "term_ends_on": "2029-11-22", "note": "校党组〔2026〕9 号"}
    seen = {"seen": ",".join(str(row.pk) for row in running(organization, TODAY))}
    people = Person.objects.filter(organization__path__startswith=organization.path, user=None, standing="FULL")
    if organization.kind == "COMMITTEE":
        return days | seen
    chosen = people.filter(left_on=None).order_by("pk").values_list("pk", flat=True)
    return days | seen | dict(zip(("secretary_1", "deputy_secretary_1", "member_1"), chosen, strict=False))


def graduating(organization):
    rows = Person.objects.filter(organization__path__startswith=organization.path, category="STUDENT", left_on=None)
    student = rows.order_by("pk").first()
    return {"person": student.pk if student else "", "left_on": TODAY, "place": "中共某街道工委", "note": ""}


def facts(person):
    kept = {name: getattr(person, Person._meta.get_field(name).attname) for name in FACTS}
    typed = {name: "" if value is None else value for name, value in kept.items() if value is not False}
    return typed | {"ethnicity": "满族", "phone": "", "born_on": "", "version": version_of(person)}


def step(kind, **more):
    return lambda person: {"kind": kind, "changed_on": TODAY, "note": "支部大会决议"} | more


def sheet_of_people(subject):
    content = write_sheet(io.BytesIO(), HEADINGS, [person_row()]).getvalue()
    return {"kind": "PEOPLE", "file": SimpleUploadedFile("党员.xlsx", content)}


CONFIRMED = (("step", "confirmed"),)
ORGANIZATION = {
    "organization_found": Act("organization_found", founding, chosen=("kind",)),
    "organization_rename": Act("organization_rename", lambda row: {
        "name": f"{row.name}（更名）", "short_name": "更名组织", "code": row.code, "on": YESTERDAY} | WHY),
    "organization_move": Act("organization_move", moving, sent=CONFIRMED),
    "organization_close": Act("organization_close", closing, sent=CONFIRMED),
    "organization_close, people to nowhere": Act("organization_close", just(on=TODAY, **WHY), sent=CONFIRMED),
    "organization_reopen": Act("organization_reopen", just(**WHY), page="organization"),
    "group_found": Act("group_found", just(name="新的党小组"), page="groups"),
    "groups_arrange": Act("groups_arrange", arranging, page="groups"),
    "person_new": Act("person_new", just(
        staff_number="N1", name="新来的人", standing="ACTIVIST", category="STAFF", gender="", ethnicity="", born_on="",
        education="", phone="", group=""), chosen=("standing",)),
    "person_new, admitted already": Act("person_new", just(
        staff_number="N1", name="新来的人", standing="PROBATIONARY", joined_on=YESTERDAY, category="STAFF"),
        chosen=("standing",)),
    "person_admit": Act("person_admit", just(
        staff_number="N2", name="转来的人", gender="", standing="FULL", category="STAFF", joined_on="2012-07-01",
        confirmed_on="2013-07-01", phone="", place="兄弟院校党委", moved_on=TODAY, note="")),
    "graduates": Act("graduates", graduating, chosen=("person",), sent=(("confirmed", "1"),)),
    "office_appoint, a group leader": Act("office_appoint", appointing("GROUP_LEADER"), chosen=("office", "person")),
    "office_appoint, a member": Act("office_appoint", appointing("MEMBER"), chosen=("office", "person")),
    "office_appoint, a reader": Act("office_appoint", appointing("LEADER"), chosen=("office", "person")),
    "election_hold": Act("election_hold", electing, sent=(("step", "confirm"),)),
}  # fmt: skip
GROUP = {
    "group_rename": Act("group_rename", just(name="改了名的党小组"), page="groups"),
    "group_dissolve": Act("group_dissolve", just(), page="groups"),
}
PERSON = {
    "person_edit": Act("person_edit", facts),
    "standing_undo": Act("standing_undo", just(note="登记错了"), page="standing_change"),
    "standing_correct": Act("standing_correct", just(
        standing="FULL", joined_on="2011-07-01", confirmed_on="2012-07-01", note="档案核对"), page="standing_change"),
    "exclusion_propose": Act("exclusion_propose", just(
        reason="因病", other_reason="", starts_on=TODAY, last_on=""), chosen=("reason",)),
    "transfer_request": Act("transfer_request", lambda person: {
        "to": Organization.objects.get(code="0201002").pk, "note": "工作调动"}, chosen=("to",)),
    "person_leave": Act("person_leave", just(kind="OUT", left_on=TODAY, place="兄弟院校", note=""), chosen=("kind",)),
    "person_leave, suspended": Act("person_leave", just(
        kind="SUSPENDED", left_on=TODAY, place="", note="校党组〔2026〕3 号"), chosen=("kind",)),
    "person_reveal": Act("person_reveal", just(why="核对信息", words=""), page="person", chosen=("why",)),
} | {
    f"standing_change, {kind}": Act("standing_change", step(kind, **more), chosen=("kind",))
    for kind, more in {
        "PROSPECT": {}, "ADMITTED": {}, "CONFIRMED": {}, "EXTENDED": {"until": datetime.date(2027, 6, 8)},
        "CANCELLED": {}, "DROPPED": {},
    }.items()
}  # fmt: skip
EXCLUSION = {
    "exclusion_approve": Act("exclusion_approve", just(answer=""), page="exclusion"),
    "exclusion_decline": Act("exclusion_decline", just(answer="还能参加活动"), page="exclusion"),
    "exclusion_end": Act("exclusion_end", just(last_on="2026-11-25"), page="exclusion"),
    "exclusion_withdraw": Act("exclusion_withdraw", just(), page="exclusion"),
}
TRANSFER = {
    "transfer_accept": Act("transfer_accept", just(moved_on=TODAY), page="transfer"),
    "transfer_decline": Act("transfer_decline", just(answer="名册核对不上"), page="transfer"),
    "transfer_withdraw": Act("transfer_withdraw", just(), page="transfer"),
    "transfer_undo": Act("transfer_undo", just(reason="转错了支部"), page="transfer"),
}
APPOINTMENT = {
    "appointment_end": Act("appointment_end", just(ends_on="2026-11-24", reason="工作调动")),
    "appointment_correct": Act("appointment_correct", just(
        starts_on="2023-09-01", title="（兼）", is_acting="on", reason="写错了")),
}  # fmt: skip
ELECTION = {"election_undo": Act("election_undo", just(reason="选票要重新清点"))}
ACCOUNT = {
    f"account_{name}": Act(f"account_{name}", just(**data), page="account")
    for name, data in {
        "open": {}, "hand_out": {}, "disable": {"reason": "借调"}, "enable": {}, "unlock": {}, "end_sessions": {}
    }.items()
}  # fmt: skip
IMPORT = {
    "import_confirm": Act("import_confirm", lambda row: {"digest": SheetImport.objects.get(pk=row.pk).digest},
                          page="import"),
    "import_drop": Act("import_drop", just(), page="import"),
}  # fmt: skip
CALENDAR_DAY = {
    "calendar_day": Act("calendar_day", lambda row: {
        "kind": "free", "name": "运动会", "was": version_of_day(row)}, chosen=("kind",)),
    "calendar_day, an ordinary day": Act("calendar_day", lambda row: {
        "kind": "usual", "name": "", "was": version_of_day(row)}, chosen=("kind",)),
}  # fmt: skip
CALENDAR_YEAR = {"calendar_seed": Act("calendar_seed", just(), page="calendar")}
TERM = {
    "term_edit": Act("term_edit", lambda row: {
        "name": "改了名的学期", "starts_on": row.starts_on, "ends_on": row.ends_on, "was": span_words(row)}),
    "term_drop": Act("term_drop", just(), page="term_edit"),
}  # fmt: skip
# acts on what is ticked or filtered in a list, or on what is one's own
GATHERED = {
    "transfers_accept": Act("transfers_accept", lambda row: {"transfer": row.pk}, page="transfers",
                            chosen=("transfer",)),
    "accounts_open": Act("accounts_open", just(), page="accounts"),
    "people_export_full": Act("people_export_full", just(reason="通知开会"), page="people"),
    "import_upload": Act("import_upload", sheet_of_people, page="imports", chosen=("kind",)),
    "inbox_read_all": Act("inbox_read_all", just(), page="inbox"),
    "me_edit": Act("me_edit", just(phone="13811112222", email="someone@example.edu.cn")),
    "calendar_range": Act("calendar_range", just(
        first="2026-12-07", last="2026-12-09", kind="free", name="校庆放假"), chosen=("kind",)),
    "term_add": Act("term_add", just(name="2026—2027 学年第一学期", starts_on="2026-09-01", ends_on="2027-01-17")),
}  # fmt: skip
ALL = ORGANIZATION | GROUP | PERSON | EXCLUSION | TRANSFER | APPOINTMENT | ELECTION | ACCOUNT | IMPORT | GATHERED
ALL |= CALENDAR_DAY | CALENDAR_YEAR | TERM
