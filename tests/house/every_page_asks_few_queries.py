"""Every page of every office costs at most 15 queries, and the same number with few rows as with many.

The pages are taken from the addresses themselves, so a new page is measured from its first day.
"""

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from branches.actions import request_transfer
from supervision.actions import compute_assessment
from tests.builders import OCTOBER, make_branch, make_guide, make_import
from tests.things import arguments, assess, fill, guides_of, things_of, things_of_nobody

MOST = 15
OFFICES = ["li", "wang", "zhou", "he", "zheng"]
# Posts, and what is no page: a page's fragment, a file, a door to somewhere else.
NOT_PAGES = {
    "audit_export",  # a file, read five hundred entries at a time: two queries for each
    "import_confirm", "import_drop", "import_faulty", "import_progress", "import_template", "import_upload",
    "assessment_compute", "assessment_download", "assessment_progress", "assessment_report", "attendance_mark",
    "day_hold", "day_item_add", "day_item_drop", "day_reopen", "day_resume", "day_save", "day_skip", "day_submit",
    "bases_upload", "bases_template", "pay_items_drop",
    "dues_day", "dues_fill", "dues_pay_together", "dues_verify", "dues_submit", "dues_withdraw",
    "dues_forward", "dues_settle",
    "guest_dismiss", "guest_invite", "inbox_read_all", "login", "logout",
    "meeting_confirm", "meeting_correct", "meeting_drop", "meeting_of_item", "meeting_open", "meeting_save", "notice",
    "guide_correct", "guide_drop", "guide_file", "guide_issue", "guide_save", "guide_withdraw",
    "office_choose", "people_export_full", "plan_accept", "plan_forward", "plan_return", "plan_save", "plan_submit",
    "plan_withdraw", "plans_accept", "plans_forward", "urge", "urge_chosen", "plan_amend", "plan_drop", "plan_cancel",
    "plan_discard", "plan_postpone", "plan_autosave", "year_save", "year_submit",
    "template_begin", "template_drop", "template_keep", "template_save",
    "exclusion_approve", "exclusion_decline", "exclusion_end", "exclusion_withdraw",  # a person's acts
    "standing_correct", "standing_undo",
    "group_dissolve", "group_found", "group_rename", "groups_arrange", "organization_below", "organization_reopen",
    "account_open", "account_hand_out", "account_disable", "account_enable", "account_unlock",
    "account_end_sessions", "accounts_open",
    "transfer_accept", "transfer_decline", "transfer_undo", "transfer_withdraw", "transfers_accept",
    "person_reveal",
    "calendar_seed", "term_drop",
    "feed_open", "feed_renew", "feed_revoke",
    "attendance_correct", "leave_ask", "leave_enter", "leave_withdraw", "make_up_drop", "make_up_file",
    "policy_set",
    "day_autosave", "day_return", "day_file", "day_file_thumb", "day_file_drop", "day_file_move",
    "publicity_save", "publicity_drop", "publicity_picture", "publicity_thumb", "marks_save",
    "dimension_add", "dimension_save", "dimension_raise", "dimension_end", "dimension_resume", "dimension_drop",
    "wish_claim", "wish_give_back", "wish_finish", "wish_confirm", "wish_send_back", "wish_withdraw",
    "pairing_visit", "pairing_end", "visit_drop", "pledge_check", "pledges_check",
    "handbook_home", "handbook_print", "handbook_document",  # ways; a chosen section's cost stands with its own tests
    "rates_set", "rates_trial", "rates_trial_export",  # so do these
    "policy_preview",  # of nothing typed it leads to the form; what it costs stands with the other tests of rules
}  # fmt: skip


def pages():
    """Every named address that can be read."""
    found, patterns = set(), [*get_resolver().url_patterns]
    while patterns:
        one = patterns.pop()
        patterns += getattr(one, "url_patterns", [])
        found |= {getattr(one, "name", None)} - {None}
    return sorted(found - NOT_PAGES)


@pytest.fixture
def objects(world):
    """What stands in the address of each page that is about one thing; all of it is First Branch's."""
    fill(world, [world.first])
    assess(world)
    asked = request_transfer(world.zheng.person, by=world.chen, to=world.second)
    first = things_of(world, world.first) | {"transfer": [asked.pk], "import": [make_import(world.zhou).pk]}
    above = {"organization_found": [world.arts.pk], "organization_below": [world.arts.pk]}
    guides = guides_of(world.committee, by=world.zhou)
    guides_of(world.arts, by=world.wang)
    guides["month of a guide"] = [world.committee.pk, OCTOBER + 2]  # the issued one, to be corrected
    return arguments(first | things_of_nobody() | guides) | above


def cost(client, address):
    """``(status, queries)`` of one page."""
    reset_queries()  # the log of a connection is not endless
    with CaptureQueriesContext(connection) as queries:
        status = client.get(address).status_code
    return status, len(queries)


def costs(client, objects, known):
    """``{page: (status, queries)}`` of whoever is logged in; what is not as it was known is asked again, warmed up."""
    found = {}
    for name in pages():
        address = reverse(name, args=objects.get(name, []))
        found[name] = cost(client, address)
        if found[name] != known.get(name):
            found[name] = cost(client, address)
    return found


@pytest.mark.long
def test_every_page_costs_the_same_with_few_rows_and_with_many(world, objects):
    clients = {office: Client() for office in OFFICES}
    for office, client in clients.items():
        client.force_login(getattr(world, office))
    few = {office: costs(client, objects, known={}) for office, client in clients.items()}
    fill(world, [make_branch(world.arts, f"第{number}党支部", members=4) for number in range(3, 9)])
    compute_assessment(OCTOBER)
    for number in range(1, 8):
        make_guide(world.arts, world.wang, OCTOBER - number)
        make_guide(world.committee, world.zhou, OCTOBER - number, files=["一.pdf", "二.pdf"])
    many = {office: costs(client, objects, known=few[office]) for office, client in clients.items()}

    opened = {name for rows in many.values() for name, (status, _) in rows.items() if status == 200}
    assert opened == set(pages())  # each was really shown to somebody
    assert {(office, name): n for office, rows in many.items() for name, (_, n) in rows.items() if n > MOST} == {}
    assert many == few
