"""An import of people and the opening of a month touch the same people and the same months: one waits for the other.

Both begin with the rates. The control takes that away from the import: on PostgreSQL each then holds what the other
wants, and the database ends one of them. SQLite has one writer at a time, so there the control harms nobody.
"""

import threading
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from branches.imports import people as register
from branches.models import Person
from core.contributions import registry
from core.periods import Month
from dues import actions
from dues.actions import opening
from dues.bases import column
from dues.models import Charge
from tests.branches.sheets import GOOD_PERSON, HEADINGS, write_sheet
from tests.builders import NOVEMBER, World, make_person
from tests.threads import move_to_a_file, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(db, tmp_path):
    """An opened November; the sheet names two officers, one with the base that was lacking, one not charged yet."""
    world = World()
    known = {person.pk: Decimal(4000) for person in Person.objects.all()}
    actions.set_bases(known, Month(2026, 1), "核定", None)
    lacking = make_person(world.first, "无基数")
    actions.open_month(NOVEMBER)
    student = make_person(world.first, "新学生", category="STUDENT")
    path = write_sheet(tmp_path / "people.xlsx", HEADINGS, [line(lacking, 4000), line(student)])
    back = move_to_a_file(tmp_path)
    yield register.read(path)
    back()


def line(person, base=None):
    fields = {"学工号": person.staff_number, "姓名": person.name, "党内职务": "支部委员", "党费计算基数(元)": base}
    return (GOOD_PERSON | fields | {"工作岗位": person.get_category_display()}).values()


def import_and_open(plan, monkeypatch):
    """Both at once, each going on when the other holds its first rows too, or cannot come so far."""
    both_hold = threading.Barrier(2)
    fill_opened, charges_owed = actions.fill_opened, opening._charges_owed

    def wait():
        with suppress(threading.BrokenBarrierError):
            both_hold.wait(timeout=1)

    def filling(*given):
        wait()
        return fill_opened(*given)

    def owing(*given):
        charges = charges_owed(*given)
        wait()
        return charges

    monkeypatch.setattr(column, "fill_opened", filling)
    monkeypatch.setattr(opening, "_charges_owed", owing)
    return together(lambda: register.apply(plan, by=None), lambda: actions.open_month(NOVEMBER))


def charged():
    rows = Charge.objects.filter(person__name__in=["无基数", "新学生"], month=NOVEMBER).order_by("person")
    return list(rows.values_list("person__name", flat=True))


def test_both_are_done(plan, monkeypatch):
    imported, opened = import_and_open(plan, monkeypatch)

    assert (imported, type(opened)) == (None, int)
    assert charged() == ["无基数", "新学生"]


def test_the_control_that_does_not_begin_with_the_rates_is_ended_by_the_database(plan, monkeypatch):
    columns = [replace(column, lock=lambda: None) for column in registry.sheet_columns]
    monkeypatch.setattr(registry, "sheet_columns", columns)

    answers = import_and_open(plan, monkeypatch)

    ended = [str(answer).splitlines()[0] for answer in answers if isinstance(answer, Exception)]
    assert ended == (["deadlock detected"] if connection.vendor == "postgresql" else [])
