"""The one table of parents: every kind under every kind, founded, moved or in a sheet, with the same answer."""

import datetime
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches import actions
from branches.models import Organization
from branches.structure import NOTHING, STANDS, kinds_under, why_not_under
from tests.branches.sheets import ORGANIZATION_HEADINGS, run, write_sheet
from tests.builders import World, fresh, make_organization

Kind = Organization.Kind
DAY = datetime.date(2026, 11, 1)
LEGAL = {
    (Kind.COMMITTEE, NOTHING), (Kind.COMMITTEE, Kind.COMMITTEE), (Kind.GENERAL_BRANCH, Kind.COMMITTEE),
    (Kind.BRANCH, Kind.GENERAL_BRANCH), (Kind.BRANCH, Kind.COMMITTEE),
}  # fmt: skip
PAIRS = list(product(Kind.values, Kind.values))


def test_the_table_is_that_of_the_field():
    assert {
        (kind, above) for kind in Kind.values for above in (NOTHING, *Kind.values) if not why_not_under(kind, above)
    } == LEGAL
    assert kinds_under(Kind.COMMITTEE) == {"COMMITTEE": "党委", "GENERAL_BRANCH": "党总支", "BRANCH": "直属党支部"}
    assert kinds_under(Kind.GENERAL_BRANCH) == {"BRANCH": "党支部"}
    assert kinds_under(Kind.BRANCH) == {}


def one_of(world, kind):
    """An organization of a kind to stand above something."""
    return {Kind.COMMITTEE: world.committee, Kind.GENERAL_BRANCH: world.history, Kind.BRANCH: world.other}[kind]


def goes(act) -> bool:
    """Was the act let through?"""
    try:
        with transaction.atomic():
            act()
    except PermissionDenied:
        return False
    return True


@pytest.mark.parametrize("kind, above", PAIRS)
def test_founding_follows_the_table(world: World, kind, above):
    def found():
        return actions.found_organization(
            one_of(world, above),
            by=world.zhou,
            code="X1",
            name="新组织",
            short_name="新组织",
            kind=kind,
            founded_on=DAY,
        )

    assert goes(found) == ((kind, above) in LEGAL)
    assert Organization.objects.filter(code="X1").count() == ((kind, above) in LEGAL)


@pytest.mark.parametrize("kind, above", PAIRS)
def test_moving_follows_the_table(world: World, kind, above):
    elsewhere = make_organization(Kind.COMMITTEE, "分校党委", world.committee)
    start = elsewhere if kind != Kind.BRANCH else make_organization(Kind.GENERAL_BRANCH, "分校总支", elsewhere)
    row = make_organization(kind, "要动的", start)

    moved = goes(lambda: actions.move_organization(row, by=world.zhou, parent=one_of(world, above), on=DAY, reason="x"))

    assert moved == ((kind, above) in LEGAL)
    assert (Organization.objects.get(pk=row.pk).parent == one_of(world, above)) == moved


@pytest.mark.parametrize("kind, above", [*PAIRS, *((kind, NOTHING) for kind in Kind.values)])
def test_a_sheet_follows_the_table(world: World, tmp_path, kind, above):
    """With the word that goes there: under a committee a branch is called 直属."""
    words = [word for word, (one, _) in STANDS.items() if one == kind]
    code = one_of(world, above).code if above else None

    answers = []
    for number, word in enumerate(words):
        row = [f"X{number}", f"新组织{number}", None, word, code, None, None]
        answers.append(
            run("import_organizations", write_sheet(tmp_path / f"{number}.xlsx", ORGANIZATION_HEADINGS, [row]))[2]
        )

    assert (0 in answers) == ((kind, above) in LEGAL)
    assert Organization.objects.filter(code__startswith="X").count() == answers.count(0)


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_nothing_is_moved_under_itself_or_what_is_below_it(world: World, levels):
    chain = [make_organization(Kind.COMMITTEE, "甲党委", world.committee)]
    for name in ("乙党委", "丙党委"):
        chain.append(make_organization(Kind.COMMITTEE, name, chain[-1]))

    with pytest.raises(PermissionDenied, match="不能放到它自己或它下面的组织底下"):
        actions.move_organization(chain[0], by=fresh(world.zhou), parent=chain[levels], on=DAY, reason="x")


def test_nothing_is_put_under_a_closed_organization_or_where_it_stands_already(world: World):
    world.history.closed_on = DAY
    world.history.save(update_fields=["closed_on"])

    with pytest.raises(PermissionDenied, match="历史学院党总支已经撤销"):
        actions.move_organization(world.first, by=world.zhou, parent=world.history, on=DAY, reason="x")
    with pytest.raises(PermissionDenied, match="现在的上级就是文学院党总支"):
        actions.move_organization(world.first, by=world.zhou, parent=world.arts, on=DAY, reason="x")
    with pytest.raises(PermissionDenied, match="已经撤销"):
        actions.found_organization(
            world.history, by=world.zhou, code="X", name="X", short_name="X", kind=Kind.BRANCH, founded_on=DAY
        )
