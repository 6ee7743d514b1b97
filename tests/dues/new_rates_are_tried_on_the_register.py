"""试算: whom new rules of dues would change and by how much, computed here a second time by hand."""

import io
import tracemalloc
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Person
from core import pages
from core.audit import AuditEntry
from dues.actions import open_month, set_bases
from dues.models import Base, Charge, RatePolicy
from dues.policies import RatePolicies
from dues.trial import Window, try_rates
from tests.builders import NOVEMBER, make_branch, make_person, new_person
from tests.rates_builders import bands_of, make_rates, typed_rates

DECEMBER, JANUARY = NOVEMBER + 1, NOVEMBER + 2
NEW = {"STAFF": [("4000", "0.8", ""), ("", "1.2", "")], "RETIRED": [], "STUDENT": [("", "", "0.5")]}
PEOPLE = [  # (branch, name, category, base); what each owes by the old and by the new rules stands in OWED
    ("first", "甲", "STAFF", "3000"), ("first", "乙", "STAFF", "4000.01"), ("first", "丙", "STUDENT", None),
    ("second", "丁", "STAFF", "20000"), ("second", "戊", "RETIRED", "6000"), ("other", "己", "OTHER", None),
    ("other", "庚", "STAFF", None), ("direct", "辛", "STAFF", "100000"),
]  # fmt: skip
OWED = {
    "甲": ("15.00", "24.00"), "乙": ("40.00", "48.00"), "丙": ("0.20", "0.50"), "丁": ("400.00", "240.00"),
    "戊": ("60.00", None), "己": ("0.20", "0.20"), "庚": (None, None), "辛": ("2000.00", "1200.00"),
}  # fmt: skip


@pytest.fixture
def register(world):
    """Nobody but these is in the register; who is no member, has left, or is admitted later owes nothing."""
    Person.objects.update(standing="ACTIVIST")
    for branch, name, category, base in PEOPLE:
        person = make_person(getattr(world, branch), name, category=category)
        if base:
            set_bases({person.pk: Decimal(base)}, NOVEMBER, "", None)
    make_person(world.first, "入党积极分子", standing="ACTIVIST", category="STUDENT")
    make_person(world.first, "已离开", category="STUDENT", left_on="2026-11-01")
    make_person(world.first, "下月才入党", category="STUDENT", joined_on=JANUARY.next.first)
    return world


def draft(month=JANUARY, **changes):
    policy = RatePolicy(effective_from=month, soft_cap=Decimal(1000))
    policy.bands = bands_of(**(changes or NEW))
    return policy


def tried(world, new=None, **asked):
    new = new or draft()
    return try_rates(world.zhou, RatePolicies().before(new.effective_from), new, **asked)


def named(trial):
    return [one.name for one in trial.list.rows]


def money(text):
    return Decimal(text) if text else Decimal(0)


def test_everybody_who_is_changed_stands_there_with_old_and_new(register):
    trial = tried(register)
    assert [(one.name, one.old.amount, one.new.amount, one.difference) for one in trial.list.rows] == [
        (name, Decimal(old), new and Decimal(new), money(new) - money(old))
        for _, name, _, _ in PEOPLE
        for old, new in [OWED[name]]
        if old != new
    ]
    first = trial.list.rows[0]
    assert (first.branch, first.above, first.category, first.base) == (
        "文学院第一党支部", "文学院党总支", "在岗职工", Decimal("3000.00"),
    )  # fmt: skip
    assert (first.old.rate, first.new.rate) == ("0.5%", "0.8%")


def test_the_sums_are_those_of_the_members(register):
    trial = tried(register)
    old, new = (sum(money(pair[place]) for pair in OWED.values()) for place in (0, 1))
    assert (trial.total.members, trial.total.old, trial.total.new) == (8, old, new)
    assert trial.total.difference == new - old
    assert trial.total.counts == {"": 6, "more": 3, "less": 2, "uncharged": 2, "over": 1}
    assert [(str(one), sums.members, sums.difference, sums.changed) for one, sums in trial.parts] == [
        ("文学院党总支", 5, Decimal("-202.70"), 5), ("历史学院党总支", 2, Decimal(0), 0),
        ("图书馆直属党支部", 1, Decimal("-800.00"), 1),
    ]  # fmt: skip


def test_who_could_not_be_charged_is_counted_by_category_and_why(register):
    trial = tried(register, only="uncharged")
    assert [(one.name, one.new.rate) for one in trial.list.rows] == [("戊", "未定标准"), ("庚", "未定基数")]
    assert trial.lacking == {"离退休人员": 1}
    assert tried(register, draft(OTHER=[])).lacking == {"其他": 1}
    assert tried(register, draft(RETIRED=[]), place=register.direct).lacking == {"离退休人员": 0}


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ("", ["甲", "乙", "丙", "丁", "戊", "辛"]), ("more", ["甲", "乙", "丙"]), ("less", ["丁", "辛"]),
        ("uncharged", ["戊", "庚"]), ("over", ["辛"]),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_and_the_sums_stay(register, only, names):
    trial = tried(register, only=only)
    assert (named(trial), len(trial.list), trial.total.members) == (names, len(names), 8)


def test_a_place_narrows_everything(register):
    trial = tried(register, place=register.arts)
    assert (named(trial), trial.total.members) == (["甲", "乙", "丙", "丁", "戊"], 5)
    assert [str(one) for one, _ in trial.parts] == ["文学院第一党支部", "文学院第二党支部"]
    trial = tried(register, place=register.direct)
    assert (named(trial), trial.parts) == (["辛"], [])


def test_the_trial_is_what_the_opening_charges(register):
    """The new rules are saved, and the month is opened: every charge is what the trial said."""
    trial = tried(register)
    make_rates(JANUARY, **NEW)
    open_month(JANUARY)
    charged = dict(Charge.objects.filter(month=JANUARY).values_list("person__name", "amount"))
    assert charged == {name: Decimal(new) for name, (_, new) in OWED.items() if new}
    assert (trial.total.new, trial.total.counts["uncharged"]) == (sum(charged.values()), len(PEOPLE) - len(charged))


@pytest.mark.parametrize(("unit", "rounding"), [("0.01", "0.01"), ("0.1", "0.1"), ("1", "1")])
def test_random_registers_add_up_as_computed_by_hand(world, unit, rounding):
    Person.objects.update(standing="ACTIVIST")
    bases = [Decimal(number) / 100 for number in range(99_950, 1_300_000, 37_123)]
    for place, base in enumerate(bases):
        person = make_person(world.second if place % 3 else world.other)
        set_bases({person.pk: base}, NOVEMBER, "", None)
    new = draft(STAFF=[("4000", "0.8", ""), ("8000", "1.3", ""), ("", "2.5", "")])
    new.rounding = rounding

    def by_hand(base):
        percent = "0.8" if base <= 4000 else "1.3" if base <= 8000 else "2.5"
        return (base * Decimal(percent) / 100).quantize(Decimal(unit), ROUND_HALF_UP)

    def before(base):
        percent = "0.5" if base <= 3000 else "1" if base <= 5000 else "1.5" if base <= 10000 else "2"
        return (base * Decimal(percent) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)

    trial = tried(world, new)
    assert trial.total.difference == sum(by_hand(base) - before(base) for base in bases)
    assert trial.total.counts["more"] == sum(by_hand(base) > before(base) for base in bases)


def test_the_base_is_that_of_the_month(register):
    person = Person.objects.get(name="甲")
    Base.objects.create(person=person, amount=Decimal(5000), from_month=JANUARY)
    assert [tried(register, draft(month)).list.rows[0].base for month in (DECEMBER, JANUARY)] == [3000, 5000]


def test_a_branch_that_will_not_be_asked_is_not_tried(register):
    for fields in ({"founded_on": JANUARY.next.first}, {"closed_on": NOVEMBER.first}):
        type(register.direct).objects.filter(pk=register.direct.pk).update(founded_on=None, closed_on=None)
        type(register.direct).objects.filter(pk=register.direct.pk).update(**fields)
        assert "辛" not in named(tried(register))


def test_a_window_holds_one_page_and_beyond_the_end_the_last():
    for start, held in ((0, [0, 1, 2]), (3, [3, 4, 5]), (6, [6]), (900, [6])):
        window = Window(start, 3)
        for number in range(7):
            window.add(number)
        assert (window.rows, len(window)) == (held, 7)


# the page


@pytest.fixture
def zhou(register, client):
    client.force_login(register.zhou)
    return client


def typed(**fields):
    return typed_rates(JANUARY, NEW, **fields)


def exact(cell):
    return Decimal(str(cell))


def coming():
    return make_rates(JANUARY, **NEW)


def test_the_page_and_the_workbook_show_the_same(register, zhou):
    coming()
    ways = [
        (reverse("rates_trial_of", args=[JANUARY]), reverse("rates_trial_of_export", args=[JANUARY]), {}),
        (reverse("rates_trial"), reverse("rates_trial_export"), typed(base_month="6")),
    ]
    for page, export, data in ways:
        for asked in ({}, {"only": "less"}, {"organization": str(register.arts.pk), "only": "more"}):
            shown = zhou.get(page, data | asked).context
            book = load_workbook(io.BytesIO(zhou.get(export, data | asked).getvalue()))
            rows = [tuple(row) for row in book["逐人"].iter_rows(min_row=4, values_only=True)]
            assert [(row[1], exact(row[10])) for row in rows] == [(one.name, one.difference) for one in shown["page"]]
            sums = [tuple(row) for row in book["汇总"].iter_rows(min_row=4, values_only=True)]
            assert [(*row[1:3], *map(exact, row[3:6])) for row in sums[:-1]] == [
                (str(one), sums.members, sums.old, sums.new, sums.difference) for one, sums in shown["trial"].parts
            ]
            assert (sums[-1][2], exact(sums[-1][3])) == (shown["trial"].total.members, shown["trial"].total.old)
    entry = AuditEntry.objects.filter(event="rates.exported").last()
    assert (entry.by, entry.data["count"], entry.data["filters"]["范围"]) == (register.zhou, 3, "多交的")


def test_the_page_warns_of_whom_the_rules_forget(register, zhou):
    assert "“离退休人员”没有定标准，1 人不能计收" in zhou.get(reverse("rates_trial"), typed()).content.decode()


def test_the_list_goes_by_pages_and_keeps_what_was_typed(register, zhou):
    Person.objects.bulk_create([new_person(register.first, category="STUDENT") for _ in range(60)])
    pages_of = {number: zhou.get(reverse("rates_trial"), typed(page=str(number))) for number in (1, 2, 3, 99, 0)}
    seen = [[one.number for one in pages_of[number].context["page"]] for number in (1, 2, 3)]
    assert [len(one) for one in seen] == [30, 30, 6]
    assert len({number for one in seen for number in one}) == 66
    for beyond in (99, 0):
        assert [one.number for one in pages_of[beyond].context["page"]] == seen[2]
        assert pages_of[beyond].context["page"].number == 3
    following = pages_of[1].content.decode()
    assert "STUDENT-0-amount=0.5" in following and "page=2" in following


def test_more_than_a_workbook_takes_lead_back_to_the_page_with_what_was_typed(register, zhou, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 5)
    coming()
    ways = (
        (reverse("rates_trial"), typed(base_month="6")),
        (reverse("rates_trial_of", args=[JANUARY]), {}),
    )
    for page, data in ways:
        answer = zhou.get(f"{page}export/", data, follow=True)
        assert answer.wsgi_request.path == page
        assert answer.wsgi_request.GET.dict() == data
        assert [str(one) for one in answer.context["messages"]] == [
            "一次最多导出 5 人，这里有 6 人。请先选党组织或别的条件，分几次导出。"
        ]
    assert not AuditEntry.objects.filter(event="rates.exported").exists()


def test_rules_that_have_begun_or_whose_month_is_opened_are_not_tried(register, zhou):
    first, _ = RatePolicy.objects.get(), coming()
    assert zhou.get(reverse("rates_trial_of", args=[first.effective_from])).status_code == 403
    assert zhou.get(reverse("rates_trial_of", args=[DECEMBER])).status_code == 404
    assert zhou.get(reverse("rates_trial_of", args=[JANUARY])).status_code == 200
    open_month(JANUARY)
    answer = zhou.get(reverse("rates_trial_of", args=[JANUARY]))
    assert (answer.status_code, "2027 年 1 月已经开账" in answer.content.decode()) == (403, True)


def test_it_costs_the_same_few_queries_and_little_memory_however_many_they_are(register, zhou):
    def cost(address, data):
        zhou.get(address, data)
        with CaptureQueriesContext(connection) as queries:
            assert zhou.get(address, data).status_code == 200
        return len(queries)

    make_rates(JANUARY.next, **NEW)
    asked = [
        (reverse("rates_trial"), typed()), (reverse("rates_trial"), typed(organization=str(register.arts.pk))),
        (reverse("rates_trial_of", args=[JANUARY.next]), {}),
    ]  # fmt: skip
    few = [cost(*one) for one in asked]
    for number in range(5):
        branch = make_branch(register.arts, f"第{number}学生党支部")
        Person.objects.bulk_create([new_person(branch, category="STUDENT") for _ in range(400)])
    assert few == [cost(*one) for one in asked]
    assert max(few) <= 15
    tracemalloc.start()
    trial = tried(register)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (trial.total.members, len(trial.list.rows), peak < 4_000_000) == (2008, 30, True)
