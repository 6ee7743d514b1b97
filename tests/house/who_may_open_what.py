"""One table: who may open which address about First Branch's things. An address that no row names fails the build.

Seeing is decided by offices alone. Whoever may not see a thing gets the same 404 as for one that does not exist, by
GET and by POST, and nothing is changed.
"""

import re

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import get_resolver, reverse

from tests.builders import NOVEMBER
from tests.house.every_page_asks_few_queries import objects  # noqa: F401 - the same university
from tests.things import arguments, report_of

CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]
BRANCH = {"li", "chen", "xu", "wang", "zhou", "he"}  # First's officers, those above it, and the readers of everything
TREASURY = BRANCH - {"xu"}  # who drafts, reviews or settles dues
KEEPERS = {"li", "chen", "wang", "zhou"}  # of the register
ABOVE = {"wang", "zhou", "he"}
ALL = set(CAST)

# address → who sees the page; everybody else gets 404 (or 403, where only the act is not theirs)
PAGES = {
    "plan": BRANCH, "plan_edit": BRANCH, "plan_print": BRANCH,
    "day": BRANCH, "day_attendance": BRANCH, "day_record": BRANCH,
    "dues_month": TREASURY, "dues_month_export": TREASURY, "dues_sheet": TREASURY, "dues_day": TREASURY,
    "dues_pay": TREASURY, "dues_reverse": TREASURY,
    "meeting": BRANCH, "meeting_print": BRANCH, "meeting_of_item": BRANCH,
    "organization": BRANCH, "person": BRANCH,
    "assessment": ABOVE | {"sun"}, "assessment_progress": ABOVE | {"sun"}, "assessment_evidence": ABOVE,
    "assessment_download": {"zhou", "he"}, "assessment_publish": {"zhou"}, "scheme_edit": {"zhou"},
    "notice": {"li"},
    # a person's acts
    "person_new": KEEPERS, "person_edit": KEEPERS, "exclusion_propose": KEEPERS,
    "standing_change": BRANCH, "exclusion": BRANCH,
    # the tree: the department changes it, a branch's officers divide it into groups
    "organization_below": ABOVE, "organization_found": {"zhou"}, "organization_rename": {"zhou"},
    "organization_move": {"zhou"}, "organization_close": {"zhou"}, "groups": KEEPERS,
    "account": KEEPERS,
    # Zheng's own move from First to Second, which Zhao's branch sees too
    "transfer": BRANCH | {"zhao", "zheng"}, "transfer_print": BRANCH | {"zhao", "zheng"},
    "transfer_request": KEEPERS, "person_leave": KEEPERS, "person_admit": KEEPERS, "graduates": KEEPERS,
    "person_timeline": BRANCH,
    "imports": {"zhou"}, "import_template": {"zhou"}, "import": {"zhou"}, "import_progress": {"zhou"},
    "import_faulty": {"zhou"},
    "audit_of": BRANCH,  # whoever sees a day may read its history
    "offices_of": BRANCH, "offices_of_export": BRANCH, "office_appoint": BRANCH, "election_hold": BRANCH,
    "appointment_end": BRANCH, "appointment_correct": BRANCH, "election_undo": BRANCH,
}  # fmt: skip
# everybody has these: what they hold differs, and other tests say what
OWN = {
    "workbench", "search", "assessments", "scheme", "plans", "plans_export", "review", "days", "days_export", "dues",
    "dues_export", "meetings", "meetings_export", "meeting_coverage", "organizations", "organizations_export",
    "people", "people_export", "inbox", "year_so_far", "me", "more", "password_change", "login",
    "me_edit", "standings_due", "standings_due_export", "exclusions", "exclusions_export",  # a person's acts
    "accounts", "accounts_export", "activate",
    "transfers", "transfers_export",
    "audit", "audit_export",
    "terms", "terms_export",
}  # fmt: skip
# posts → who is let through to the rule that decides
ACTS = {
    "plan_save": BRANCH, "plan_submit": BRANCH, "plan_withdraw": BRANCH, "plan_forward": BRANCH,
    "plan_accept": BRANCH, "plan_return": BRANCH,
    "day_hold": BRANCH, "day_skip": BRANCH, "day_resume": BRANCH, "day_item_add": BRANCH, "day_item_drop": BRANCH,
    "day_save": BRANCH, "day_submit": BRANCH, "day_reopen": BRANCH,
    "attendance_mark": BRANCH | {"zheng"},  # the member's own row is seen; the rule refuses to mark it
    "guest_invite": BRANCH, "guest_dismiss": BRANCH,
    "dues_verify": TREASURY, "dues_fill": TREASURY, "dues_pay": TREASURY, "dues_reverse": TREASURY,
    "meeting_open": BRANCH, "meeting_save": BRANCH, "meeting_confirm": BRANCH, "meeting_correct": BRANCH,
    "meeting_drop": BRANCH,
    "assessment_publish": ABOVE | {"sun"}, "scheme_edit": ALL - {"zheng", "xu"}, "urge": BRANCH,
    "assessment_compute": ALL, "assessment_report": ABOVE | {"sun"},
    # a person's acts
    "person_new": BRANCH, "person_edit": BRANCH, "exclusion_propose": BRANCH,
    "standing_change": BRANCH, "standing_undo": BRANCH, "standing_correct": BRANCH,
    "exclusion_approve": BRANCH, "exclusion_decline": BRANCH, "exclusion_end": BRANCH,
    "exclusion_withdraw": BRANCH,
    "organization_found": ABOVE, "organization_rename": BRANCH, "organization_move": BRANCH,
    "organization_close": BRANCH, "organization_reopen": BRANCH, "group_found": BRANCH, "group_rename": BRANCH,
    "group_dissolve": BRANCH, "groups_arrange": BRANCH,
    "account_open": KEEPERS, "account_hand_out": KEEPERS, "account_disable": KEEPERS, "account_enable": KEEPERS,
    "account_unlock": KEEPERS, "account_end_sessions": KEEPERS,
    "transfer_accept": BRANCH | {"zhao", "zheng"}, "transfer_decline": BRANCH | {"zhao", "zheng"},
    "transfer_withdraw": BRANCH | {"zhao", "zheng"}, "transfer_undo": BRANCH | {"zhao", "zheng"},
    "transfer_request": BRANCH, "person_leave": BRANCH, "person_admit": BRANCH, "graduates": BRANCH,
    "person_reveal": BRANCH,
    "import_upload": ALL, "import_confirm": {"zhou"}, "import_drop": {"zhou"},
    "office_appoint": BRANCH, "election_hold": BRANCH, "appointment_end": BRANCH, "appointment_correct": BRANCH,
    "election_undo": BRANCH,
}  # fmt: skip
# posts about the user alone, or about rows that are ticked and narrowed to the user's own
ACTS_ON_OWN = {
    "logout", "login", "password_change", "office_choose", "inbox_read_all", "plans_forward", "plans_accept",
    "people_export_full", "urge_chosen",
    "me_edit",
    "accounts_open", "activate",
    "transfers_accept",
}  # fmt: skip


def names():
    found, patterns = set(), [*get_resolver().url_patterns]
    while patterns:
        one = patterns.pop()
        patterns += getattr(one, "url_patterns", [])
        found |= {getattr(one, "name", None)} - {None}
    return found


@pytest.fixture
def things(world, objects):  # noqa: F811
    """The arguments of every address that is about one thing; all of it is First Branch's, or of Zheng there."""
    own = world.first.days.get(month=NOVEMBER).attendance.get(person__user=world.zheng)
    report = report_of(world.committee, by=world.zhou)
    return objects | arguments(report) | {"attendance_mark": [own.pk], "imports": [], "import_upload": []}


def every_row():
    """A picture of all tables but the sessions and the log of attempts."""
    models = [model for model in apps.get_models() if model._meta.app_label not in ("sessions", "axes", "messages")]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_every_address_stands_in_the_table():
    assert sorted(names() - (set(PAGES) | OWN | set(ACTS) | ACTS_ON_OWN)) == []
    assert sorted((set(PAGES) | OWN | set(ACTS) | ACTS_ON_OWN) - names()) == []


def test_pages_open_for_exactly_those_who_are_named(world, client, things):
    seen = {}
    for user in CAST:
        client.force_login(getattr(world, user))
        for name in PAGES:
            answer = client.get(reverse(name, args=things[name]))
            if answer.streaming:
                answer.getvalue()  # read to its end, the file is closed
            assert answer.status_code in (200, 302, 403, 404), (user, name, answer.status_code)
            if answer.status_code in (200, 302):
                seen.setdefault(name, set()).add(user)
    assert seen == PAGES


def test_everybody_has_the_pages_that_gather_their_own(world, client):
    for user in CAST:
        client.force_login(getattr(world, user))
        answers = {name: client.get(reverse(name)).status_code for name in OWN}
        assert {name: status for name, status in answers.items() if status not in (200, 302)} == {}


def test_without_logging_in_there_is_only_the_door(world, client, things):
    door = reverse("login")
    for name in names() - {"login", "logout", "office_choose", "activate"}:
        address = reverse(name, args=things.get(name, []))
        for ask in (client.get, client.post):
            answer = ask(address)
            assert (name, answer.status_code, answer.url.split("?")[0]) == (name, 302, door)


def test_an_act_on_what_one_may_not_see_is_a_404_and_changes_nothing(world, client, things):
    before, passed = every_row(), {}
    for user in CAST:
        client.force_login(getattr(world, user))
        before["User"] = every_row()["User"]  # logging in notes its time
        for name in ACTS:
            address = reverse(name, args=things[name])
            outside = user not in ACTS[name]
            with transaction.atomic():
                status = client.post(address, {"note": "x", "reason": "x", "status": "ABSENT"}).status_code
                if outside:
                    assert (user, name, status) == (user, name, 404)
                    assert every_row() == before
                else:
                    passed.setdefault(name, set()).update([user] if status != 404 else [])
                transaction.set_rollback(True)
    assert passed == ACTS  # the others were let through to the rule: the 404 was theirs alone
    assert connection.in_atomic_block


def without_token(answer):
    """The page without the token that differs at every request."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def test_a_foreign_thing_looks_like_a_missing_one(world, client, things):
    client.force_login(world.zhao)
    one_number = [name for name, who in (PAGES | ACTS).items() if "zhao" not in who and len(things[name]) == 1]
    compared = 0
    for name in one_number:
        if not isinstance(things[name][0], int):
            continue
        ask = client.post if name in ACTS else client.get
        foreign, missing = ask(reverse(name, args=things[name])), ask(reverse(name, args=[987654]))
        assert (name, foreign.status_code) == (name, 404)
        assert without_token(foreign) == without_token(missing)
        compared += 1
    assert compared > 25
