"""The figures of service equal the rows that they open, on the page and in the workbook; each is of its branch.

First: two items of which one did not take place, a wish that Second claimed and did, a pairing, pledges. Second: an
item of another kind, and a wish of its own.
"""

import datetime
import io
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from activities.models import Wish
from branches.models import Term
from core.clock import at
from tests.builders import NOVEMBER, OCTOBER, World, make_branch, make_day
from tests.service_builders import make_pairing, make_pledge, make_service_item, make_wish

D = datetime.date
YEAR = {"period": "2026"}
NAMES = ("服务项目", "服务人数", "服务小时", "发布心愿", "认领心愿", "实现心愿", "走访", "承诺", "已兑现")


@pytest.fixture
def counted(world: World):
    october, november = make_day(world.first, OCTOBER), make_day(world.first, NOVEMBER)
    make_service_item(october, "CONVENIENCE", helpers=5, beneficiaries=30, minutes=90)
    make_service_item(november, "CONVENIENCE", "CHANGED", helpers=2, beneficiaries=None, minutes=60)
    make_service_item(november, "LEGAL_AID", "NOT_DONE", helpers=9, beneficiaries=99, minutes=90)
    make_service_item(make_day(world.second), "LEGAL_AID", helpers=None, beneficiaries=8)
    planned = make_day(world.other, status="PLANNED")
    make_service_item(planned, "LEGAL_AID")  # of a day that nobody has held
    make_wish(world.first, "CONFIRMED", claiming_branch=world.second, open_to=world.arts)
    make_wish(world.first, "CLAIMED", claimant=world.zheng.person)
    make_wish(world.second, posted_at=at(D(2025, 12, 31), 23))
    make_pairing(world.first, visits=[D(2025, 12, 31), D(2026, 1, 1), D(2026, 11, 1)], starts_on=D(2025, 10, 1))
    make_pledge(world.zheng.person, 2026, "KEPT")
    make_pledge(world.chen.person, 2026, "PARTLY")
    make_pledge(world.li.person, 2025, "KEPT", by=world.chen, checked_by=world.chen)
    return world


EXPECTED = {
    "文学院第一党支部": ["2", "30", "9.5", "2", "1", "0", "2", "2", "1"],
    "文学院第二党支部": ["1", "8", "0.0", "0", "1", "1", "0", "0", "0"],
}


def table(context):
    return {line[0][1].text: [cell.text for _, cell in line[1:]] for line in context["lines"]}


def rows_behind(client, cell):
    """How many rows the page lists to which a number leads."""
    return client.get(cell.url).context["page"].paginator.count


def test_every_number_is_that_of_the_rows_it_opens(counted, client):
    client.force_login(counted.wang)
    context = client.get(reverse("service_figures"), YEAR).context
    assert table(context) == EXPECTED
    assert [cell.text for _, cell in context["sums"]] == ["合计", "3", "38", "9.5", "2", "2", "1", "2", "2", "1"]
    opened = 0
    for line in (*context["lines"], context["sums"]):
        for column, cell in line[1:]:
            assert bool(cell.url) == (cell.text not in ("0", "0.0")), column.name
            if cell.url and column.name not in ("服务人数", "服务小时"):
                assert rows_behind(client, cell) == int(cell.text), (line[0][1].text, column.name)
                opened += 1
    assert opened == 6 + 3 + 7
    people, hours = (line[2][1] for line in context["lines"][:1]), context["lines"][0][3][1]
    shown = client.get(next(people).url).context["page"]
    assert sum(row.beneficiaries or 0 for row in shown) == 30
    assert sum(Decimal(row.helpers * row.minutes) for row in shown) / 60 == Decimal(hours.text)


def test_a_branch_reads_its_own_and_who_is_above_all_below(counted, client):
    found = {}
    for who in ("li", "xu", "zhao", "qian", "wang", "zhou", "he"):
        client.force_login(getattr(counted, who))
        found[who] = set(table(client.get(reverse("service_figures"), YEAR).context))
    first, second = EXPECTED
    assert found == {
        "li": {first}, "xu": {first}, "zhao": {second}, "qian": {"历史学院党支部"}, "wang": {first, second},
        "zhou": {first, second, "历史学院党支部", "图书馆直属党支部"},
        "he": {first, second, "历史学院党支部", "图书馆直属党支部"},
    }  # fmt: skip


def test_the_ten_kinds_stand_in_the_order_of_the_scheme_with_their_bars(counted, client):
    client.force_login(counted.wang)
    kinds = client.get(reverse("service_figures"), YEAR).context["kinds"]
    assert [kind.word for kind in kinds] == [
        "便民利民", "扶贫帮困", "治安维稳", "文体娱乐", "环境保护", "信息咨询", "家政服务",
        "送学送医", "就业创业", "法律援助",
    ]  # fmt: skip
    assert {kind.word: (kind.items, kind.beneficiaries, kind.hours, kind.width) for kind in kinds if kind.items} == {
        "便民利民": (2, 30, Decimal("9.5"), 100), "法律援助": (1, 8, Decimal("0.0"), 50),
    }  # fmt: skip
    for kind in kinds:
        if kind.url:
            assert client.get(kind.url).context["page"].paginator.count == kind.items


def test_the_workbook_is_the_table_with_its_sum(counted, client):
    client.force_login(counted.wang)
    answer = client.get(reverse("service_figures_export"), YEAR)
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))[2:]
    assert rows[0] == ("党支部", *NAMES)
    said = {
        row[0]: [f"{value:.1f}" if place == 2 else str(value) for place, value in enumerate(row[1:])]
        for row in rows[1:]
    }
    assert said == EXPECTED | {"合计": ["3", "38", "9.5", "2", "2", "1", "2", "2", "1"]}


def test_another_year_and_a_term_have_their_own(counted, client):
    term = Term.objects.create(name="秋季学期", starts_on=D(2026, 11, 1), ends_on=D(2027, 1, 20))
    client.force_login(counted.wang)
    before = table(client.get(reverse("service_figures"), {"period": "2025"}).context)
    assert before["文学院第一党支部"] == ["0", "0", "0.0", "0", "0", "0", "1", "1", "1"]
    assert before["文学院第二党支部"][3] == "1"
    autumn = table(client.get(reverse("service_figures"), {"period": f"t{term.pk}"}).context)
    assert autumn["文学院第一党支部"] == ["1", "0", "2.0", "2", "1", "0", "1", "—", "—"]


def test_lists_go_out_as_they_are_shown(counted, client):
    client.force_login(counted.wang)
    for name in ("service_items", "visits", "pairings", "pledges"):
        for asked in ({}, YEAR, {"order": "-place"}, {"organization": counted.first.pk}):
            context = client.get(reverse(name), asked).context
            answer = client.get(reverse(f"{name}_export"), asked)
            rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))[2:]
            lines = [line[1] for line in context["lines"]] if name == "pledges" else context["lines"]
            assert rows[0] == tuple(column.name for column in context["listing"].columns)
            shown = [line[0][1].value for line in lines]
            if name == "visits":
                shown = [at(day).replace(tzinfo=None) for day in shown]
            assert [row[0] for row in rows[1:]] == shown, (name, asked)


def test_ones_own_hours_are_of_days_wishes_and_visits_and_count_once(world, client):
    day = make_day(world.first, absent=0)
    item = make_service_item(day, minutes=90)
    zheng = world.zheng.person
    make_wish(world.first, "DONE", claimant=zheng, minutes=60)
    make_wish(world.first, "CONFIRMED", claimant=zheng, minutes=500, day_item=item)  # counted with the day
    make_wish(world.first, "CLAIMED", claimant=zheng, minutes=500, done_on=D(2026, 11, 1))  # sent back
    make_pairing(world.first, zheng, [D(2026, 11, 1), D(2025, 12, 1)], starts_on=D(2025, 9, 1))
    client.force_login(world.zheng)
    page = unescape(client.get(reverse("me")).content.decode())
    assert "今年服务 <b>3.5</b> 小时" in page
    day.attendance.filter(person=zheng).update(status="ABSENT")
    assert "今年服务 <b>2.0</b> 小时" in client.get(reverse("me")).content.decode()


def test_a_persons_time_has_wishes_visits_and_the_pledge(world, client):
    zheng = world.zheng.person
    make_wish(world.second, "DONE", claimant=zheng, title="修灯", done_on=D(2026, 11, 5))
    make_pairing(world.first, zheng, [D(2026, 11, 9)])
    make_pledge(zheng, 2026, "PARTLY", made_on=D(2026, 3, 1))
    seen = {}
    for who in ("zheng", "li", "zhou"):
        client.force_login(getattr(world, who))
        shown = client.get(reverse("person_timeline", args=[zheng.pk]), {"source": "为民服务"}).context["timeline"]
        seen[who] = [(str(entry.day), entry.what) for entry in shown.entries]
    everything = [
        ("2026-11-09", "走访小周：辅导一次"), ("2026-11-05", "微心愿“修灯”：待确认"),
        ("2026-03-01", "2026 年承诺：部分兑现"),
    ]  # fmt: skip
    assert seen == {"zheng": everything, "li": everything, "zhou": everything}
    Wish.objects.update(claiming_branch=world.second)
    client.force_login(world.xu)  # a wish of Second, claimed there, is no business of First's
    shown = client.get(reverse("person_timeline", args=[zheng.pk]), {"source": "为民服务"}).context["timeline"]
    assert [entry.what for entry in shown.entries] == ["走访小周：辅导一次", "2026 年承诺：部分兑现"]


def test_of_many_branches_a_page_shows_some_and_the_sum_has_all(world, client):
    for number in range(31):
        make_wish(make_branch(world.arts, f"第{number:02d}支部"), by=world.li)
    client.force_login(world.wang)
    context = client.get(reverse("service_figures"), YEAR).context
    assert (len(context["lines"]), context["sums"][4][1].text) == (30, "31")
