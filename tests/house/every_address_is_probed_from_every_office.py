"""Every address with an argument, asked from every office about things of every place, by GET and by POST.

Everybody works in or above First Branch. Second is next door under the same general branch; Qian's branch belongs to
another one; two branches are closed, with all that they had left in them, and even an officer whose office still runs.
Whoever may not see a thing gets exactly the page of a thing that does not exist, and nothing is changed.

Who may open which address at all stands in ``who_may_open_what``; what an address takes in ``tests.things``.
"""

import datetime
import os
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from activities.models import MonthlyPlan
from branches.actions import request_transfer
from branches.models import Appointment, CalendarDay, Office, Organization
from branches.reports.audit import subjects
from supervision.models import Assessment, Report, ResultLine
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_import, make_officer, make_person, make_plan
from tests.house.offices_and_places import (
    ALSO,
    BRANCHES,
    CELLS,
    FOREIGN_UNDER_OWN,
    FURTHER,
    HAS,
    HIDDEN_FROM_ALL,
    PERSONAL,
    RECORDS,
    SEEN_AS,
    TABLE,
    WITHOUT_OFFICE,
)
from tests.house.who_may_open_what import ACTS, ACTS_ON_OWN, BY_KEY, PAGES, changing, every_row, names, without_token
from tests.things import (
    MONDAY,
    SEPTEMBER,
    TAKES,
    assess,
    fill,
    guides_of,
    report_of,
    things_of,
    things_of_nobody,
    things_of_office,
)

# these stand in the table exactly like another office
LIKE_ANOTHER = {
    "branch deputy", "branch organization", "branch discipline", "branch member of committee", "general deputy",
    "general organization", "former secretary", "coming secretary",
}  # fmt: skip
EVERYTHING = bool(os.environ.get("PROBE_EVERYTHING"))  # in full for these too: some 22,000 probes
LET_THROUGH = {200, 302, 403, 405, 409, 422}
NOBODYS = 987654
OF_A_PERSON = ("notices", "seats", "feeds")
METHODS = {
    "GET": set(PAGES) | BY_KEY,
    "POST": set(ACTS) | ACTS_ON_OWN,
}  # with the addresses that take it; the others say 405


def table():
    """``{office: {column: places}}`` as written."""
    found = {}
    for text in (TABLE, FURTHER):
        columns, *rows = [line for line in text.splitlines() if line.strip()]
        columns = columns.split()
        for row in rows:
            office, cells = row[:27].strip(), row[27:].split()
            assert len(cells) == len(columns), office
            found.setdefault(office, {}).update(zip(columns, cells, strict=True))
    for office, cells in found.items():
        cells |= {"nobody": "-", "everybody": "all", "officers": "-" if office in WITHOUT_OFFICE else "all"}
        cells |= {what: PERSONAL.get((office, what), "-") for what in OF_A_PERSON}
    return {office: {column: CELLS[cell] for column, cell in cells.items()} for office, cells in found.items()}


OFFICES = table()
COLUMN = {kind: column for column, kinds in SEEN_AS.items() for kind in kinds}


@dataclass(frozen=True)
class Probe:
    """One address about one thing of one place."""

    name: str
    kind: str
    place: str
    address: str

    def may(self, office) -> bool:
        return self.place in OFFICES[office][COLUMN[self.kind]]

    @property
    def refusals(self) -> set[int]:
        """Under one's own branch the rule may answer first: with the same 403 for a number that nothing has."""
        return {404, 403} if self.kind in FOREIGN_UNDER_OWN else {404}


def rows():
    """``(address, what it takes, how to write that)`` of everything that is asked."""
    for kind, addresses in (*TAKES.items(), *ALSO.items()):
        if kind != "record":
            yield from ((name, kind, list) for name in addresses)
    for label, kinds in RECORDS.items():
        yield from (("audit_of", kind, lambda args, label=label: [label, args[-1]]) for kind in kinds)


def probes_of(place, things):
    return [
        Probe(name, kind, place, reverse(name, args=write(things[kind])))
        for name, kind, write in rows()
        if kind in things
    ]


def nobodys(things):
    """The same addresses with numbers that nothing has; one's own branch or day stays, where something is under it."""
    found = {}
    for kind, args in things.items():
        keep = 1 if kind in FOREIGN_UNDER_OWN else 0
        missing = args[:keep] + [NOBODYS if isinstance(one, int) else one for one in args[keep:]]
        found |= {kind: missing} if missing != args else {}
    return found


@pytest.fixture
def cast(world):
    """``{office: user}`` of the table."""
    first, arts = world.first, world.arts
    leader = make_officer(first, Office.GROUP_LEADER, "祖组长")
    former, coming = make_officer(first, Office.SECRETARY, "顾书记"), make_officer(first, Office.SECRETARY, "来书记")
    Appointment.objects.filter(person__user=former).update(ends_on=MONDAY)
    Appointment.objects.filter(person__user=coming).update(starts_on=MONDAY + datetime.timedelta(days=1))
    world.closed = make_branch(arts, "文学院已撤党支部")
    world.closed_elsewhere = make_branch(world.history, "历史学院已撤党支部")
    make_officer(world.closed_elsewhere, Office.SECRETARY, "石书记")
    return {
        "branch secretary": world.li,
        "branch deputy": make_officer(first, Office.DEPUTY_SECRETARY, "邓副书记"),
        "branch organization": world.chen,
        "branch publicity": world.xu,
        "branch discipline": make_officer(first, Office.DISCIPLINE_COMMISSIONER, "纪纪检"),
        "branch member of committee": make_officer(first, Office.MEMBER, "魏委员"),
        "branch group leader": leader,
        "general secretary": world.wang,
        "general deputy": make_officer(arts, Office.DEPUTY_SECRETARY, "傅副书记", branch=world.direct),
        "general organization": make_officer(arts, Office.ORGANIZATION_COMMISSIONER, "柳组织", branch=world.direct),
        "general publicity": make_officer(arts, Office.PUBLICITY_COMMISSIONER, "宣总支", branch=world.direct),
        "general leader": make_officer(arts, Office.LEADER, "鲁领导", branch=world.direct),
        "department": world.zhou,
        "university leader": world.he,
        "plain member": world.zheng,
        "closed secretary": make_officer(world.closed, Office.SECRETARY, "白书记"),
        "former secretary": former,
        "coming secretary": coming,
    }


@pytest.fixture
def things(world, cast):
    """``{place: {kind: what stands in an address}}``: the same kinds of things in every place that can have them."""
    branches = dict(
        zip(BRANCHES, [world.first, world.second, world.other, world.closed, world.closed_elsewhere], strict=True)
    )
    above = {"parent": world.arts, "other general branch": world.history, "university": world.committee}
    fill(world, branches.values())
    assess(world)
    found = {place: things_of(world, branch) | more_of(world, branch) for place, branch in branches.items()}
    for place, organization in above.items():
        found[place] = things_of_office(organization, world.direct) | report_of(organization, by=world.zhou)
        found[place] |= guides_of(organization, by=world.zhou)
        found[place]["report row"] = [Report.objects.get(organization=organization).pk]
    colleague = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "秦组织部", branch=world.direct)
    found["university"]["import"] = [make_import(colleague).pk]
    row = Assessment.objects.get(month=OCTOBER).pk
    found["no place"] = things_of_nobody() | {"published assessment": [SEPTEMBER], "assessment row": [row]}
    found["no place"]["calendar row"] = [CalendarDay.objects.create(day=MONDAY, is_workday=False, name="校庆").pk]
    for place in BRANCHES[1:]:
        found[place]["their group under one's own branch"] = [world.first.pk, found[place]["group"][-1]]
        found[place]["their item under one's own day"] = [found["own"]["day"][0], found[place]["item"][-1]]
        found[place]["their file under one's own day"] = [found["own"]["day"][0], found[place]["file of a day"][-1]]
    closed = [world.closed.pk, world.closed_elsewhere.pk]
    Organization.objects.filter(pk__in=closed).update(closed_on=MONDAY - datetime.timedelta(days=3))
    for one in found.values():
        one.pop("record", None)
    return found


def more_of(world, branch):
    """What is not there for everybody above: a draft, a plan that was taken back, with its day; and who comes."""
    draft = make_plan(branch, NOVEMBER + 5)
    back = make_plan(branch, NOVEMBER + 6, MonthlyPlan.Status.SUBMITTED)
    MonthlyPlan.objects.filter(pk=back.pk).update(status=MonthlyPlan.Status.DRAFT)
    metric = ResultLine.objects.filter(result__organization=branch, denominator__gt=0).first().metric
    coming = request_transfer(make_person(world.direct), by=world.zhou, to=branch)
    return {
        "draft": [draft.pk], "step of a draft": ["month", draft.pk], "plan taken back": [back.pk],
        "step of a plan taken back": ["month", back.pk], "review of a plan taken back": ["month", back.pk],
        "day of a plan taken back": [back.day.pk], "incoming transfer": [coming.pk],
        "published result": [SEPTEMBER, branch.pk, metric],
    }  # fmt: skip


BODY = {
    "note": "补记", "reason": "登记有误", "answer": "同意", "comments": "请补充", "status": "ABSENT", "version": "1",
    "confirmed": "1", "step": "confirmed", "act": "save", "kind": "ADMITTED", "theme": "换一个主题", "place": "302",
    "name": "换一个名字", "short_name": "换一个简称", "code": "0999999", "phone": "13900009999", "office": "SECRETARY",
    "capacity": "群众", "summary": "顺利完成", "content": "换一段内容", "topic": "换一个议题", "method": "CASH",
    "planned_on": "2026-11-27", "held_on": "2026-11-20", "starts_at": "15:00", "moved_on": "2026-11-23",
    "changed_on": "2026-11-23", "starts_on": "2026-11-23", "ends_on": "2026-11-23", "left_on": "2026-11-23",
    "closed_on": "2026-11-23", "last_on": "2026-11-23", "month_paid": "2026-11", "seen": "0", "standing": "FULL",
    "i-TOTAL_FORMS": "0", "i-INITIAL_FORMS": "0", "comment": "请补充",
}  # fmt: skip


def ask(client, probe, method):
    """The answer; a file is read to its end, so that it is closed."""
    answer = client.get(probe.address) if method == "GET" else client.post(probe.address, BODY)
    if answer.streaming:
        answer.getvalue()
    return answer


def refused_wrongly(client, asked, pages):
    """Where a probe that must be refused is answered otherwise than the same about a missing thing."""
    for probe, method in asked:
        is_taken, answer = probe.name in METHODS[method], ask(client, probe, method)
        if answer.status_code not in (probe.refusals if is_taken else {405}):
            yield probe, method, answer.status_code
        elif is_taken:
            page = answer.status_code, without_token(answer)
            if page != pages.setdefault((probe.name, probe.kind, method), page):
                yield probe, method, "is told apart from a missing one"


def let_through_wrongly(client, probes):
    """Where a probe that the rules must answer gets no answer of theirs. What it changes is undone."""
    for probe in probes:
        for method in (method for method, taken in METHODS.items() if probe.name in taken):
            with transaction.atomic():
                status = ask(client, probe, method).status_code
                transaction.set_rollback(True)
            if status not in LET_THROUGH:
                yield probe, method, status


def one_of_each(probes, office, turn):
    """One probe for each kind of thing, for most offices for each column of the table; another one at every turn."""
    found = {}
    by_kind = office in ("department", "general secretary", "branch secretary")
    for probe in probes:
        found.setdefault(probe.kind if by_kind else COLUMN[probe.kind], []).append(probe)
    return [some[turn % len(some)] for some in found.values()]


def share_of(probes, office, turn):
    """All of them; of an office that stands in the table like another one a sixth, other ones at every turn."""
    if office not in LIKE_ANOTHER or EVERYTHING:
        return probes
    return [probe for number, probe in enumerate(probes) if (number + turn) % 6 == 0]


def takes_an_argument(name):
    return any(params for forms, *_ in get_resolver().reverse_dict.getlist(name) for _, params in forms)


def test_every_address_with_an_argument_stands_in_the_table():
    asked = [name for addresses in TAKES.values() for name in addresses]
    assert sorted(asked) == sorted(name for name in names() if takes_an_argument(name))
    assert set(asked) <= set().union(*METHODS.values())


def test_everything_that_can_stand_in_an_address_has_one_column_and_its_places():
    kinds = {kind for _, kind, _ in rows()}
    assert sorted(kinds) == sorted(kind for columns in SEEN_AS.values() for kind in columns)
    assert kinds == set().union(*HAS.values())
    assert sorted(RECORDS) == sorted(subjects())
    assert {len(cells) for cells in OFFICES.values()} == {len(SEEN_AS)}
    assert {column for cells in OFFICES.values() for column in cells} == set(SEEN_AS)


def test_an_office_of_which_less_is_asked_stands_like_one_that_is_asked_in_full():
    def row(office):
        return {column: places for column, places in OFFICES[office].items() if column not in OF_A_PERSON}

    in_full = [row(office) for office in set(OFFICES) - LIKE_ANOTHER]
    assert {office for office in LIKE_ANOTHER if row(office) not in in_full} == set()
    assert not any((office, what) in PERSONAL for office in LIKE_ANOTHER for what in OF_A_PERSON)


def asked_of_what_is_let_through(probes, office, turn):
    """What another part asks with the rights of this office."""
    found = set()
    for number, some in enumerate(probes.values(), start=turn):
        may = [probe for probe in some if probe.may(office)]
        found |= {(probe.kind, probe.place) for probe in one_of_each(may, office, number)}
    return found


PARTS = 3  # the offices are divided, so that several workers ask at once


@pytest.mark.long
@pytest.mark.usefixtures("refusals_unheard")
@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_reaches_what_the_table_does_not_give(client, cast, things, part):
    """Everything that is refused is asked; of what is let through, one address for each kind of thing in each place."""
    assert {place: set(kinds) for place, kinds in things.items()} == HAS
    assert set(cast) == set(OFFICES)
    missing = {kind: args for kinds in things.values() for kind, args in nobodys(kinds).items()}
    probes = {place: probes_of(place, kinds) for place, kinds in ({"missing": missing} | things).items()}
    client.raise_request_exception = False  # a 500 is an answer too: it is named with the others
    wrong, changed, refused_at, let_through = [], [], Counter(), set()
    in_full_first = sorted(cast, key=LIKE_ANOTHER.__contains__)  # so that the parts are about as long
    for turn, (office, user) in enumerate(cast.items()):
        if in_full_first.index(office) % PARTS != part:
            let_through |= asked_of_what_is_let_through(probes, office, turn)
            continue
        client.force_login(user)
        before, pages, asked = every_row(), {}, []
        with transaction.atomic():
            for number, (place, some) in enumerate(probes.items(), start=turn):
                refused = share_of([probe for probe in some if not probe.may(office)], office, number)
                refused = [(probe, method) for probe in refused for method in METHODS]
                may = one_of_each([probe for probe in some if probe.may(office)], office, number)
                wrong += [(office, *what) for what in refused_wrongly(client, refused, pages)]
                wrong += [(office, *what) for what in let_through_wrongly(client, may)]
                refused_at[place] += len(refused)
                let_through |= {(probe.kind, probe.place) for probe in may}
                asked += refused
            is_changed = every_row() != before
            transaction.set_rollback(True)
        if is_changed:
            changed += [(office, *what) for what in changing(asked, lambda one: ask(client, *one))]
    assert wrong == []
    assert changed == []
    assert sum(refused_at[place] for place in HAS) >= 4000 / PARTS
    assert {(kind, place) for place, kinds in HAS.items() for kind in kinds} - let_through == HIDDEN_FROM_ALL
