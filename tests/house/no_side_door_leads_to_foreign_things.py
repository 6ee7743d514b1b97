"""What the table of addresses does not ask: other methods, two numbers in one address, filters, ticks, ended offices.

The things are First Branch's. Zhao leads Second Branch next door, Qian a branch of another general branch, where Sun
reviews; Wu leads a direct branch; Zheng is a plain member at First.
"""

import datetime
import io
import zipfile
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from openpyxl import load_workbook

from activities.models import MonthlyPlan
from branches.models import Appointment, Organization, Person
from core.accounts import User
from tests.builders import NOVEMBER, OCTOBER, fresh, make_day, make_person, make_plan
from tests.house.every_page_asks_few_queries import objects  # noqa: F401 - the same university
from tests.house.who_may_open_what import ACTS, ACTS_ON_OWN, CAST, OWN, PAGES, every_row, things, without_token  # noqa: F401
from tests.pages import keys_read

OUTSIDE = ["zhao", "qian", "sun", "wu"]
MARK = "藏着的"  # stands in every text of First's things, and in nothing else
POST_ONLY = (set(ACTS) | ACTS_ON_OWN) - set(PAGES) - OWN


def patterns():
    """Every pattern of the project, with or without a name."""
    found, waiting = [], [*get_resolver().url_patterns]
    while waiting:
        one = waiting.pop()
        waiting += getattr(one, "url_patterns", [])
        found += [one] if isinstance(one, URLPattern) else []
    return found


def test_every_pattern_has_a_name_of_its_own():
    """The table asks by name: a nameless pattern, or a second one of the same name, would slip past it."""
    found = [pattern.name for pattern in patterns()]
    assert len(found) > 70
    assert sorted(str(pattern.pattern) for pattern in patterns() if not pattern.name) == []
    assert sorted({name for name in found if found.count(name) > 1}) == []


def test_an_act_is_never_done_by_reading(world, client, things):  # noqa: F811
    """An address that only takes posts answers 405 to a link, a picture or a prefetch, and changes nothing."""
    things = things | {"office_choose": [Appointment.objects.get(person__user=world.li).pk]}
    for user in ("li", "zhao"):
        client.force_login(getattr(world, user))
        before = every_row()
        for name in sorted(POST_ONLY):
            for ask in (client.get, client.head):
                assert (user, name, ask(reverse(name, args=things.get(name, []))).status_code) == (user, name, 405)
        assert every_row() == before


def test_an_address_takes_no_method_but_those_of_the_table(world, client, things):  # noqa: F811
    """Not even of whoever sees the thing, so of nobody; and what takes posts is asked by everybody in the table."""
    before, answers = every_row(), {}
    for user in CAST:
        client.force_login(getattr(world, user))
        before |= {"User": list(User.objects.order_by("pk").values())}  # logging in notes its time
        for name in sorted(set(PAGES) | set(ACTS)):
            may = PAGES.get(name, set()) | ACTS.get(name, set())
            if user != ("zhou" if "zhou" in may else min(may)):
                continue
            for method in ("put", "patch", "delete") if name in ACTS else ("post", "put", "patch", "delete"):
                status = getattr(client, method)(reverse(name, args=things[name])).status_code
                answers.setdefault(status, set()).add((name, method))
    assert set(answers) == {405}
    assert {name for name, _ in answers[405]} == set(PAGES) | set(ACTS)
    assert every_row() == before


def test_a_foreign_thing_under_two_numbers_looks_like_a_missing_one(world, client, things):  # noqa: F811
    client.force_login(world.qian)
    month = NOVEMBER.next.next.next
    asked = [
        (client.get, "plan_edit", [world.first.pk, month], [987654, month]),
        (client.post, "plan_save", [world.first.pk, month], [987654, month]),
        (client.post, "plan_submit", [world.first.pk, month], [987654, month]),
        (client.post, "urge", ["plan", NOVEMBER, world.first.pk], ["plan", NOVEMBER, 987654]),
        (client.get, "assessment_download", [OCTOBER, world.committee.pk], [OCTOBER, 987654]),
        (client.get, "assessment_evidence", things["assessment_evidence"],
         [OCTOBER, 987654, things["assessment_evidence"][2]]),
    ]  # fmt: skip
    for ask, name, foreign, missing in asked:
        theirs, nobodys = ask(reverse(name, args=foreign)), ask(reverse(name, args=missing))
        assert (name, theirs.status_code) == (name, 404)
        assert without_token(theirs) == without_token(nobodys)


def test_a_foreign_office_cannot_be_worked_in(world, client):
    client.force_login(world.zhao)
    theirs = Appointment.objects.get(person__user=world.zhou)
    assert client.post(reverse("office_choose", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("office_choose", args=[987654])).status_code == 404
    assert client.get(reverse("workbench")).wsgi_request.office.organization_id == world.second.pk
    mine = Appointment.objects.get(person__user=world.zhao)
    assert client.post(reverse("office_choose", args=[mine.pk])).url == reverse("workbench")


def test_an_office_put_into_the_session_by_hand_is_not_believed(world, client):
    client.force_login(world.zhao)
    session = client.session
    session["office"] = Appointment.objects.get(person__user=world.zhou).pk
    session.save()
    assert client.get(reverse("workbench")).wsgi_request.office.organization_id == world.second.pk


@pytest.fixture
def marked(world):
    """First Branch's things, each with the mark in its texts; and one of Second's for whoever may see that."""
    Organization.objects.filter(pk=world.first.pk).update(name=f"{MARK}全称", short_name=f"{MARK}支部")
    world.first.refresh_from_db()
    for number in range(3):
        make_person(world.first, f"{MARK}人{number}", is_floating=True, phone=f"1881234{number:04d}")
    day = make_day(world.first, absent=1, place=f"{MARK}房间", theme=f"{MARK}主题")
    MonthlyPlan.objects.filter(pk=day.plan.pk).update(theme=f"{MARK}计划", place=f"{MARK}房间")
    make_plan(world.first, NOVEMBER.next, MonthlyPlan.Status.SUBMITTED, theme=f"{MARK}下月计划")
    make_day(world.second)
    make_plan(world.second, NOVEMBER.next, MonthlyPlan.Status.SUBMITTED, theme="第二支部的下月计划")
    return world


def shown(client, name, **data):
    """All that an address gives: a page, or all parts of a workbook or a document."""
    answer = client.get(reverse(name), data, follow=True)
    assert answer.status_code == 200, (name, data)
    if not answer.streaming:
        return answer.content.decode()
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as file:
        return unescape("\n".join(file.read(part).decode() for part in file.namelist() if part.endswith(".xml")))


def filters(world):
    """What can stand behind the question mark, each naming First Branch or something of it."""
    plan = world.first.plans.get(month=NOVEMBER.next)
    return [
        {}, {"organization": world.first.pk}, {"organization": world.committee.pk}, {"branch": world.first.pk},
        {"plan": plan.pk}, {"open": world.first.pk}, {"mark": "floating"}, {"month": NOVEMBER},
        {"month": NOVEMBER.next}, {"status": "SUBMITTED", "month": NOVEMBER.next}, {"only": "warnings"}, {"q": "人"},
    ]  # fmt: skip


# of the keys that stand in ``filters``, with values that narrow nothing
EVERY_KEY = dict.fromkeys(
    ("organization", "branch", "plan", "open", "mark", "month", "status", "only", "q"), ""
)  # fmt: skip
# what one's own pages say of the branch to which one belongs is no leak; these say it to those outside
LISTS = sorted(OWN - {"login", "password_change", "me", "more"})


def leaks_of(client, name, asked):
    """What of that which can be asked shows the mark: everything is asked of which the list reads a key."""
    with keys_read() as read:
        found = [data for data in ({}, EVERY_KEY) if MARK in shown(client, name, **data)]
        done = [{}]
        while new := [data for data in asked if read & set(data) and data not in done]:
            found += [data for data in new if MARK in shown(client, name, **data)]
            done += new
    return [(name, data) for data in found]


@pytest.mark.parametrize("who", OUTSIDE)
def test_no_filter_brings_foreign_rows_into_a_list_or_its_export(marked, client, who):
    client.force_login(getattr(marked, who))
    assert [leak for name in LISTS for leak in leaks_of(client, name, filters(marked))] == []


def test_control_the_lists_do_hold_these_rows_for_those_who_may_see_them(marked):
    clients = [Client() for _ in ("li", "wang", "zhou")]
    for client, who in zip(clients, ("li", "wang", "zhou"), strict=True):
        client.force_login(getattr(marked, who))
    ways = [(client, data) for data in filters(marked) for client in clients]
    lists = {"workbench", "search", "plans", "plans_export", "review", "days", "days_export", "meetings"}
    registers = {"meeting_coverage", "organizations", "organizations_export", "people", "people_export"}
    wanted = lists | registers
    assert {name for name in wanted if any(MARK in shown(client, name, **data) for client, data in ways)} == wanted


def test_a_day_named_in_the_address_of_the_meetings_is_looked_for_in_the_own_part(marked, client):
    day = marked.first.days.get(month=NOVEMBER)
    client.force_login(marked.zhao)
    foreign, missing = [client.get(reverse("meetings"), {"day": number}) for number in (day.pk, 987654)]
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_token(foreign) == without_token(missing)


@pytest.mark.parametrize("who", ["zhao", "qian", "sun", "wu", "zheng"])
@pytest.mark.parametrize("act", ["plans_forward", "plans_accept"])
def test_ticking_a_foreign_row_does_nothing(marked, client, who, act):
    client.force_login(getattr(marked, who))
    theirs = marked.first.plans.get(month=NOVEMBER.next)
    before = every_row()
    answer = client.post(reverse(act), {"plan": [f"{theirs.pk}-1", "987654-1", "x", ""]})
    assert answer.status_code == 302
    assert [str(message)[:7] for message in get_messages(answer.wsgi_request)] == ["没有选中计划。"]
    assert every_row() == before


@pytest.mark.parametrize(("who", "theirs"), [("zhao", False), ("li", True)])
def test_phones_leave_only_of_the_own_part(marked, client, who, theirs):
    client.force_login(getattr(marked, who))
    address = f"{reverse('people_export_full')}?organization={marked.first.pk}"
    answer = client.post(address, {"reason": "通知", "organization": marked.first.pk})
    book = load_workbook(io.BytesIO(answer.getvalue())).active
    text = "\n".join(str(cell.value) for row in book.iter_rows() for cell in row)
    assert [MARK in text, "18812340001" in text] == [theirs, theirs]


def is_open(client, name, things):  # noqa: F811
    """Does the page open, or lead on? A file is read to its end, so that it is closed."""
    answer = client.get(reverse(name, args=things[name]))
    if answer.streaming:
        answer.getvalue()
    return answer.status_code in (200, 302)


def opened(client, world, user, things):  # noqa: F811
    """The pages of the table that open for a user."""
    client.force_login(fresh(user))
    return {name for name in PAGES if is_open(client, name, things)}


def test_taking_an_office_away_closes_every_page_at_the_next_request(world, client, things):  # noqa: F811
    held = {name for name, who in PAGES.items() if "wang" in who}
    client.force_login(world.wang)

    def open_now():
        return {name for name in held if is_open(client, name, things)}

    mine = Appointment.objects.filter(person__user=world.wang)
    mine.update(ends_on=datetime.date(2026, 11, 24))  # the last day is the one before
    assert open_now() == held
    mine.update(ends_on=datetime.date(2026, 11, 23))
    assert open_now() == set()  # in the same session


# what opens still for whoever's office does not run: what was told to the person stays the person's, and so does the
# own row on the roster of a day that was held, and a wish that is open to the branch where one is registered
OPEN_STILL = {
    "left": set(PAGES),  # every address leads to the log-in, which leads nowhere
    "closed": {"notice", "check_in"},
    "moved": {  # Zheng asks to move there
        "notice", "transfer", "transfer_print", "guide", "guide_print", "guide_file", "calendar_day", "check_in",
        "dimension", "wish", "bases_import", "bases_template",
    },
    "not yet": {"notice", "check_in", "wish"},
}  # fmt: skip


def test_an_office_that_does_not_run_opens_nothing(world, things):  # noqa: F811
    mine, first = Appointment.objects.filter(person__user=world.li), Organization.objects.filter(pk=world.first.pk)
    ends = {
        "left": lambda: Person.objects.filter(user=world.li).update(left_on=datetime.date(2026, 11, 22)),
        "closed": lambda: first.update(closed_on=datetime.date(2026, 11, 22)),
        "moved": lambda: mine.update(organization=world.second),
        "not yet": lambda: mine.update(starts_on=datetime.date(2026, 11, 24)),
    }
    still, doors = {}, {}
    for end, come in ends.items():
        client = Client()
        with transaction.atomic():
            come()
            still[end] = opened(client, world, world.li, things)
            if end == "left":
                doors = {client.get(reverse(name, args=things[name])).url.split("?")[0] for name in PAGES}
            transaction.set_rollback(True)
    assert still == OPEN_STILL
    assert doors == {reverse("login")}


def test_a_disabled_account_opens_nothing_with_its_old_session(world, client, things):  # noqa: F811
    client.force_login(world.li)
    assert client.get(reverse("plan", args=things["plan"])).status_code == 200
    world.li.is_active = False
    world.li.save(update_fields=["is_active"])
    answer = client.get(reverse("plan", args=things["plan"]))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("login"))


def test_nobody_is_let_in_by_asking_for_the_admin_or_the_files_folder(world, client):
    for user in CAST:
        client.force_login(getattr(world, user))
        for address in ("/admin/", "/media/", "/files/", "/var/", "/static/../var/secret_key", "/.git/config"):
            assert (user, address, client.get(address).status_code) == (user, address, 404)
