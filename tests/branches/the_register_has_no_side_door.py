"""Row by row of the table: by the page and by direct post exactly the named cells succeed, and nothing else changes.

Each cell is tried twice. The page: is the form there, with the very choice in it? The post: what a browser would send,
from the same state, with no page asked before. Whoever is refused is told so in Chinese, and no row has changed.
"""

import re

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.urls import reverse

from branches.models import Appointment
from branches.urls import urlpatterns
from tests.branches.register_acts import ALL, YESTERDAY
from tests.branches.register_rights import CASES, TABLE
from tests.branches.register_states import OFFICES, cast_of
from tests.pages import offer_of, offers_of

CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}")
TITLES = {403: "现在不能办理这件事", 404: "没有找到这一页"}
SESSION = {"login", "logout", "activate", "password_change", "office_choose"}  # posts about the session alone
MODELS = {model._meta.db_table: model for model in apps.get_models()}


class Writes:
    """Notes which tables were written to, but for the session's: only these need to be compared."""

    def __init__(self):
        self.tables = set()

    def __call__(self, execute, sql, params, many, context):
        if found := re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            self.tables |= {found[1]} - {"django_session"}
        return execute(sql, params, many, context)

    def rows(self):
        return {table: list(MODELS[table]._base_manager.order_by("pk").values()) for table in sorted(self.tables)}


def done(client, address, data) -> bool:
    """Does a post change anything? It is taken back; whoever is refused has been told."""
    for file in (value for value in data.values() if hasattr(value, "seek")):
        file.seek(0)
    client.cookies.pop("messages", None)  # what an earlier answer said
    writes = Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            answer = client.post(address, data)
        after = writes.rows()
        transaction.set_rollback(True)
    has_changed = after != writes.rows()
    told = answer.status_code in (200, 302) if has_changed else is_told(answer)
    assert told, (address, answer.status_code, has_changed)
    return has_changed


def is_told(answer) -> bool:
    """A refusal is one of five answers, each with a sentence."""
    page = answer.content.decode()
    if answer.status_code in TITLES:
        title, text = TITLES[answer.status_code], re.search(r'<p class="mt-2">(.*?)</p>', page)
        return title in page and bool(text and CHINESE.search(text[1]))
    if answer.status_code in (409, 422):
        return bool(re.search(r'class="(errors|empty|notice s-(late|due|wait|none|done))"', page))
    said = [(one.level_tag, str(one)) for one in get_messages(answer.wsgi_request)]
    honest = [text for level, text in said if level in ("warning", "info") or text == "没有改动。"]
    return answer.status_code == 302 and len(honest) == len(said) > 0 and all(map(CHINESE.search, honest))


def ids(kind, subject):
    if kind == "gathered":
        return []
    if kind.startswith("calendar"):
        return [getattr(subject, "day", subject)]
    return [subject.organization_id, subject.pk] if kind == "group" else [subject.pk]


@pytest.mark.usefixtures("refusals_unheard")
@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda value: value.replace(" ", "_"))
def test_exactly_the_named_cells_succeed(world, client, kind, name):
    state, cast = TABLE[kind][name], cast_of(world)
    subject = state.build(world, cast)
    numbers, typed = ids(kind, subject), {act: ALL[act].typed(subject) for act in state.acts}
    pages, posts = {}, {}
    for office in OFFICES:
        client.force_login(cast[office])
        seen = {}
        for act, what in state.acts.items():
            page, way = what.form(numbers), what.way(numbers)
            if page not in seen:
                shown = client.get(page)
                assert shown.status_code in (200, 302, 403, 404), (office, act, shown.status_code)
                seen[page] = offers_of(shown, page)
            if offer_of(seen[page], way, **what.choices(subject)):
                pages.setdefault(act, set()).add(office)
            if done(client, way, typed[act]):
                posts.setdefault(act, set()).add(office)
            if office == "leader" and office not in state.may.get(act, ()):  # told, whatever is typed
                assert not done(client, way, {"nothing": "typed"})
    assert posts == state.may
    assert pages == {act: state.may.get(act, set()) | state.shown.get(act, set()) for act in state.may | state.shown}


def test_every_address_of_the_register_that_takes_posts_stands_in_the_table(world, client):
    """Asked by the department, which sees everything: an address that only reads answers 405."""
    taken = set()
    for pattern in urlpatterns:
        client.force_login(world.zhou)
        typed = {"IntConverter": 987654, "DayConverter": YESTERDAY}
        arguments = {name: typed.get(type(one).__name__, "people") for name, one in pattern.pattern.converters.items()}
        if client.post(reverse(pattern.name, kwargs=arguments)).status_code != 405:
            taken.add(pattern.name)
    assert taken == {act.address for act in ALL.values()} | SESSION


def test_every_act_is_somebodys_in_some_state_and_nobodys_in_another():
    cells = [(act, name, state) for rows in TABLE.values() for name, state in rows.items() for act in state.acts]
    assert {act for act, _, state in cells if state.may.get(act)} == set(ALL)
    assert len(cells) * len(OFFICES) > 7000


@pytest.mark.parametrize("office", OFFICES)
def test_one_works_in_a_seat_of_ones_own_alone(world, client, office):
    cast = cast_of(world)
    client.force_login(cast[office])
    mine = set(Appointment.objects.filter(person__user=cast[office]).values_list("pk", flat=True))
    answers = {row.pk: client.post(reverse("office_choose", args=[row.pk])) for row in Appointment.objects.all()}
    assert {pk for pk, answer in answers.items() if answer.status_code == 302} == mine
    assert all(is_told(answer) for pk, answer in answers.items() if pk not in mine)
