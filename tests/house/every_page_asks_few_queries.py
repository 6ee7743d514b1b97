"""Every page of every office costs at most 15 queries, and the same number with few rows as with many.

The pages are taken from the addresses themselves, so a new page is measured from its first day.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from branches.actions import request_transfer
from supervision.actions import compute_assessment
from tests.builders import OCTOBER, make_branch, make_import
from tests.things import arguments, assess, fill, things_of, things_of_nobody

MOST = 15
OFFICES = ["li", "wang", "zhou", "he", "zheng"]
# Posts, and what is no page: a page's fragment, a file, a door to somewhere else.
NOT_PAGES = {
    "audit_export",  # a file, read five hundred entries at a time: two queries for each
    "import_confirm", "import_drop", "import_faulty", "import_progress", "import_template", "import_upload",
    "assessment_compute", "assessment_download", "assessment_progress", "assessment_report", "attendance_mark",
    "day_hold", "day_item_add", "day_item_drop", "day_reopen", "day_resume", "day_save", "day_skip", "day_submit",
    "dues_day", "dues_fill", "dues_verify", "guest_dismiss", "guest_invite", "inbox_read_all", "login", "logout",
    "meeting_confirm", "meeting_correct", "meeting_drop", "meeting_of_item", "meeting_open", "meeting_save", "notice",
    "office_choose", "people_export_full", "plan_accept", "plan_forward", "plan_return", "plan_save", "plan_submit",
    "plan_withdraw", "plans_accept", "plans_forward", "urge", "urge_chosen",
    "exclusion_approve", "exclusion_decline", "exclusion_end", "exclusion_withdraw",  # a person's acts
    "standing_correct", "standing_undo",
    "group_dissolve", "group_found", "group_rename", "groups_arrange", "organization_below", "organization_reopen",
    "account_open", "account_hand_out", "account_disable", "account_enable", "account_unlock",
    "account_end_sessions", "accounts_open",
    "transfer_accept", "transfer_decline", "transfer_undo", "transfer_withdraw", "transfers_accept",
    "person_reveal",
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
    return arguments(first | things_of_nobody()) | above


def costs(client, user, objects):
    """``{page: (status, queries)}`` of one user, each page after a warm-up."""
    client.force_login(user)
    found = {}
    for name in pages():
        address = reverse(name, args=objects.get(name, []))
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        found[name] = (status, len(queries))
    return found


def test_every_page_costs_the_same_with_few_rows_and_with_many(world, client, objects):
    few = {office: costs(client, getattr(world, office), objects) for office in OFFICES}
    fill(world, [make_branch(world.arts, f"第{number}党支部", members=4) for number in range(3, 9)])
    compute_assessment(OCTOBER)
    many = {office: costs(client, getattr(world, office), objects) for office in OFFICES}

    opened = {name for rows in many.values() for name, (status, _) in rows.items() if status == 200}
    assert opened == set(pages())  # each was really shown to somebody
    assert {(office, name): n for office, rows in many.items() for name, (_, n) in rows.items() if n > MOST} == {}
    assert many == few
