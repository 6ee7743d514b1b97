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
    "annual_plan": BRANCH, "summary": BRANCH, "year_print": BRANCH, "year_document": BRANCH, "year_edit": BRANCH,
    "plan": BRANCH, "plan_edit": BRANCH, "plan_print": BRANCH, "plan_document": BRANCH, "plan_from": BRANCH,
    "guide": ALL - {"zheng"}, "guide_print": ALL - {"zheng"}, "guide_file": ALL - {"zheng"},  # the committee's
    "guide_edit": {"zhou"},
    "plan_template": {"li", "chen", "xu"},  # what a branch keeps is its own
    "year": BRANCH, "year_export": BRANCH,
    "education_year": BRANCH, "education_year_export": BRANCH, "education_people": BRANCH,
    "education_people_export": BRANCH, "education_person": BRANCH, "own_kinds": BRANCH,
    "day": BRANCH, "day_attendance": BRANCH, "day_record": BRANCH,
    "dues_month": TREASURY, "dues_month_export": TREASURY, "dues_sheet": TREASURY, "dues_day": TREASURY,
    "dues_pay": TREASURY, "dues_reverse": TREASURY, "dues_return": TREASURY, "dues_reversal": TREASURY,
    "dues_receipt": TREASURY, "dues_owing": TREASURY,
    "base_history": TREASURY, "base_set": TREASURY, "bases_year": TREASURY,
    "bases_import": ALL - {"xu", "zheng", "he"}, "bases_template": ALL - {"xu", "zheng", "he"},  # each of the own part
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
    # the calendar: whoever holds an office reads it, the department at the top keeps it
    "calendar_day": ALL - {"zheng"}, "calendar_range": {"zhou"}, "term_add": {"zhou"}, "term_edit": {"zhou"},
    "day_record_print": BRANCH, "day_record_document": BRANCH, "day_sign_in": BRANCH, "day_sign_in_document": BRANCH,
    "handbook": BRANCH, "handbook_print": BRANCH, "handbook_document": BRANCH,
    "policy_edit": {"zhou"}, "policy_preview": {"zhou"}, "policy_drop": {"zhou"},
    "rates_edit": {"zhou"}, "rates_trial": {"zhou"}, "rates_trial_export": {"zhou"}, "rates_drop": {"zhou"},
    "rates_trial_of": {"zhou"}, "rates_trial_of_export": {"zhou"},
    "day_file": BRANCH, "day_file_thumb": BRANCH,
    # attendance: the code is for whoever records, the page behind it for whoever stands on the roster
    "day_leaves": BRANCH, "day_check_in_code": {"li", "chen", "xu"}, "check_in": {"li", "chen", "xu", "zheng"},
    "make_up_add": {"li", "chen", "xu"}, "make_up_edit": {"li", "chen", "xu"}, "make_up_file": BRANCH,
    "publicity_item": BRANCH, "publicity_picture": BRANCH, "publicity_thumb": BRANCH,
    "publicity_add": {"li", "chen", "xu"}, "dimension": ALL - {"zheng"},
    # service: a wish is open to First here, whose member Zheng is
    "wish": BRANCH | {"zheng"}, "pairing": BRANCH, "pledge": BRANCH,
    "wish_post": {"li", "chen", "xu"}, "pairing_begin": {"li", "chen", "xu"}, "pledge_write": {"li", "chen", "xu"},
}  # fmt: skip
# everybody has these: what they hold differs, and other tests say what
OWN = {
    "workbench", "search", "assessments", "scheme", "plans", "plans_export", "review", "days", "days_export", "dues",
    "annual_plans", "annual_plans_export",
    "dues_export", "dues_waiting", "dues_reversals", "dues_receipts", "dues_receipts_export",
    "dues_arrears", "dues_arrears_export", "dues_mine",
    "meetings", "meetings_export", "meeting_coverage", "organizations", "organizations_export",
    "people", "people_export", "inbox", "year_so_far", "me", "more", "password_change", "login",
    "me_edit", "standings_due", "standings_due_export", "exclusions", "exclusions_export",  # a person's acts
    "accounts", "accounts_export", "activate", "guides",
    "transfers", "transfers_export",
    "audit", "audit_export", "plans_print", "plans_document",
    "terms", "terms_export",
    "calendar", "calendar_export",
    "days_calendar", "education",
    "settings_home", "policies", "rates",
    "plan_templates",
    "publicity", "publicity_export", "cadres", "cadres_export", "cadres_print", "cadre_days",
    "cadre_days_export", "dimensions",
    "service", "service_export", "pairings", "pairings_export", "visits", "visits_export", "pledges", "pledges_export",
    "service_figures", "service_figures_export", "service_items", "service_items_export",
    "days_print", "days_document", "handbook_home",
    "bases", "bases_export", "pay_items",
}  # fmt: skip
# whoever has the address needs no account: what it gives is decided by the office of the address's owner
BY_KEY = {"calendar_feed"}
# posts → who is let through to the rule that decides
ACTS = {
    "plan_save": BRANCH, "plan_submit": BRANCH, "plan_withdraw": BRANCH, "plan_forward": BRANCH,
    "plan_accept": BRANCH, "plan_return": BRANCH, "plan_amend": BRANCH, "plan_drop": BRANCH, "plan_cancel": BRANCH,
    "plan_discard": BRANCH,
    "plan_postpone": BRANCH, "plan_autosave": BRANCH, "year_save": BRANCH, "year_submit": BRANCH,
    "guide_save": {"zhou", "he"}, "guide_issue": {"zhou", "he"}, "guide_correct": {"zhou", "he"},
    "guide_withdraw": ALL - {"zheng"}, "guide_drop": ALL - {"zheng"},
    "template_keep": BRANCH, "template_save": {"li", "chen", "xu"}, "template_drop": {"li", "chen", "xu"},
    "day_hold": BRANCH, "day_skip": BRANCH, "day_resume": BRANCH, "day_item_add": BRANCH, "day_item_drop": BRANCH,
    "day_save": BRANCH, "day_submit": BRANCH, "day_reopen": BRANCH,
    "attendance_mark": BRANCH | {"zheng"},  # the member's own row is seen; the rule refuses to mark it
    "guest_invite": BRANCH, "guest_dismiss": BRANCH,
    "dues_verify": TREASURY, "dues_fill": TREASURY, "dues_pay": TREASURY, "dues_reverse": TREASURY,
    "dues_owing": TREASURY, "dues_pay_together": TREASURY,
    "dues_submit": TREASURY, "dues_withdraw": TREASURY, "dues_return": TREASURY, "dues_reversal": TREASURY,
    "base_set": TREASURY, "bases_year": TREASURY, "bases_upload": ALL, "pay_items": ALL,
    "pay_items_drop": ALL - {"zheng"},
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
    "calendar_day": ALL, "calendar_range": ALL, "calendar_seed": ALL, "term_add": ALL,
    "term_edit": ALL - {"zheng"}, "term_drop": ALL - {"zheng"},
    "feed_open": BRANCH, "feed_renew": {"li"}, "feed_revoke": {"li"},  # one's own link
    "policy_set": ALL, "policy_drop": ALL - {"zheng"},  # rules are read by every office
    "rates_set": ALL, "rates_drop": ALL - {"zheng"},
    "day_autosave": BRANCH, "day_return": BRANCH, "day_file_drop": BRANCH, "day_file_move": BRANCH,
    "attendance_correct": BRANCH | {"zheng"}, "leave_enter": BRANCH, "leave_withdraw": BRANCH, "make_up_add": BRANCH,
    "make_up_edit": BRANCH, "make_up_drop": BRANCH,
    "check_in": ALL,  # whoever holds a code that is shown is told why not
    "publicity_add": BRANCH, "publicity_save": BRANCH, "publicity_drop": BRANCH, "marks_save": BRANCH,
    "dimension_add": ALL, "dimension_save": ALL - {"zheng"}, "dimension_raise": ALL - {"zheng"},
    "dimension_end": ALL - {"zheng"}, "dimension_resume": ALL - {"zheng"}, "dimension_drop": ALL - {"zheng"},
    "wish_post": BRANCH, "wish_claim": BRANCH | {"zheng"}, "wish_give_back": BRANCH | {"zheng"},
    "wish_finish": BRANCH | {"zheng"}, "wish_confirm": BRANCH | {"zheng"}, "wish_send_back": BRANCH | {"zheng"},
    "wish_withdraw": BRANCH | {"zheng"},
    "pairing_begin": BRANCH, "pairing_visit": BRANCH, "pairing_end": BRANCH, "visit_drop": BRANCH,
    "pledge_check": BRANCH, "pledge_write": BRANCH,
}  # fmt: skip
# posts about the user alone, or about rows that are ticked and narrowed to the user's own
ACTS_ON_OWN = {
    "logout", "login", "password_change", "office_choose", "inbox_read_all", "plans_forward", "plans_accept",
    "people_export_full", "urge_chosen",
    "me_edit",
    "accounts_open", "activate",
    "transfers_accept",
    "template_begin",
    "leave_ask",
    "pledges_check",
    "dues_forward", "dues_settle",
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
    nothing = ("imports", "import_upload", "calendar_range", "term_add", "policy_edit", "policy_preview", "policy_set")
    nothing += ("dimension_add", "rates_edit", "rates_trial", "rates_trial_export", "rates_set")
    nothing += ("bases_import", "bases_template", "bases_upload", "pay_items")
    return objects | arguments(report) | {name: [] for name in nothing} | {
        "attendance_mark": [own.pk], "attendance_correct": [own.pk],
    }  # fmt: skip


def every_row():
    """A picture of all tables but the sessions and the log of attempts."""
    models = [model for model in apps.get_models() if model._meta.app_label not in ("sessions", "axes", "messages")]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_every_address_stands_in_the_table():
    assert sorted(names() - (set(PAGES) | OWN | BY_KEY | set(ACTS) | ACTS_ON_OWN)) == []
    assert sorted((set(PAGES) | OWN | BY_KEY | set(ACTS) | ACTS_ON_OWN) - names()) == []


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
    for name in names() - {"login", "logout", "office_choose", "activate"} - BY_KEY:
        address = reverse(name, args=things.get(name, []))
        for ask in (client.get, client.post):
            answer = ask(address)
            assert (name, answer.status_code, answer.url.split("?")[0]) == (name, 302, door)


def changing(asked, ask):
    """What of it changes a row: what was asked is halved and asked again until only that is left. All is undone."""
    with transaction.atomic():
        before = every_row()
        for one in asked:
            ask(one)
        is_changed = every_row() != before
        transaction.set_rollback(True)
    if not is_changed or len(asked) == 1:
        return asked if is_changed else []
    half = len(asked) // 2
    return changing(asked[:half], ask) + changing(asked[half:], ask)


@pytest.mark.usefixtures("refusals_unheard")
def test_an_act_on_what_one_may_not_see_is_a_404_and_changes_nothing(world, client, things):
    answers, passed = {}, {}

    def ask(act):
        _, name = act
        body = {"note": "x", "reason": "x", "status": "ABSENT"}
        answers[act] = client.post(reverse(name, args=things[name]), body).status_code

    for user in CAST:
        client.force_login(getattr(world, user))
        assert changing([(user, name) for name in ACTS if user not in ACTS[name]], ask) == []
        assert {act: status for act, status in answers.items() if status != 404} == {}
        answers.clear()
        for name in (name for name in ACTS if user in ACTS[name]):
            with transaction.atomic():
                ask((user, name))
                transaction.set_rollback(True)
            passed.setdefault(name, set()).update([user] if answers.pop((user, name)) != 404 else [])
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
