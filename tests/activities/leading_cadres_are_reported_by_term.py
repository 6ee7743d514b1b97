"""领导干部参加情况: a line for each leading cadre and branch, of the days held in a term, on rosters that stay frozen.

Li and Chen are leading cadres of First, Zhao of Second. September: all came. October: Li was on leave, Chen absent.
Zhao came in October, and was not counted in November. The calendar has a term from 7 September to 22 January.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from activities.models import Attendance, PlanCadre, Policy
from branches.actions import accept_transfer, request_transfer
from branches.models import Person, Term
from core.audit import AuditEntry
from core.periods import Month
from tests.activities.lists_go_out_as_they_are_shown import rows_of
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_person

SEPTEMBER = Month(2026, 9)
AUGUST_31 = datetime.date(2026, 8, 31)


def mark(day, user, status, reason=""):
    Attendance.objects.filter(day=day, person=user.person).update(status=status, reason=reason)


@pytest.fixture
def autumn(world):
    Policy.objects.update(effective_from=Month(2026, 2))
    Term.objects.create(
        name="2026—2027 学年第一学期", starts_on=datetime.date(2026, 9, 7), ends_on=datetime.date(2027, 1, 22)
    )
    Person.objects.filter(user__in=[world.li, world.chen, world.zhao]).update(is_leading_cadre=True)
    make_day(world.first, SEPTEMBER)
    october = make_day(world.first, OCTOBER, status="RECORDED")
    mark(october, world.li, "ON_LEAVE", "因公出差")
    mark(october, world.chen, "ABSENT")
    make_day(world.second, OCTOBER)
    mark(make_day(world.second, NOVEMBER), world.zhao, "NOT_COUNTED", "长期病休")
    for person in (world.li.person, world.chen.person):
        PlanCadre.objects.create(plan=october.plan, person=person)
    return world


def lines(client, **asked):
    """The lines of the page, after a look that the workbook has the same in the same order."""
    page = list(client.get(reverse("cadres"), asked).context["page"])
    book = rows_of(client.get(reverse("cadres_export"), asked))
    assert [(row[3], row[1], row[4:9]) for row in book] == [
        (line.name, line.branch, tuple(cell.word for cell in line.cells)) for line in page
    ]
    assert [row[9:14] for row in book] == [
        tuple(line.counts[name] for name in ("expected", "present", "on_leave", "absent", "not_counted"))
        for line in page
    ]
    return page


def test_each_has_a_line_with_months_counts_and_reasons(autumn, client):
    client.force_login(autumn.zhou)
    found = {line.name: line for line in lines(client)}

    words = {name: [cell.word for cell in line.cells] for name, line in found.items()}
    assert words == {
        "李书记": ["到会", "请假", "—", "—", "—"],
        "陈组织": ["到会", "缺席", "—", "—", "—"],
        "赵书记": ["—", "到会", "不计", "—", "—"],
    }
    assert {name: (line.share, line.reasons) for name, line in found.items()} == {
        "李书记": ("50.0", "因公出差"), "陈组织": ("50.0", ""), "赵书记": ("100", "长期病休"),
    }  # fmt: skip
    assert [line.counts["planned_missed"] for line in found.values()] == [1, 1, 0]


def test_the_sums_add_up_and_each_opens_its_rows(autumn, client):
    client.force_login(autumn.zhou)
    context = client.get(reverse("cadres")).context
    assert context["sums"] == {
        "people": 3, "held": 6, "expected": 5, "present": 3, "on_leave": 1, "absent": 1, "not_counted": 1,
        "planned_missed": 2,
    }  # fmt: skip
    opened = {word: client.get(url).context["page"].paginator.count for word, _, url in context["figures"]}
    assert opened == {word: number for word, number, _ in context["figures"]}
    assert client.get(context["all_days"]).context["page"].paginator.count == 6


def test_the_numbers_of_a_line_open_the_days_of_its_person_and_branch(autumn, client):
    client.force_login(autumn.wang)
    line = next(line for line in lines(client) if line.name == "陈组织")
    for status, number in (("", 2), ("&status=ABSENT", 1), ("&status=PLANNED", 1), ("&status=ON_LEAVE", 0)):
        rows = client.get(f"{line.url}{status}").context["page"].object_list
        assert ([row.person.name for row in rows], len(rows)) == (["陈组织"] * number, number)
        for row in rows:
            assert client.get(reverse("day_attendance", args=[row.day_id])).status_code == 200


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("li", ["李书记", "陈组织"]),
        ("zhao", ["赵书记"]),
        ("wang", ["李书记", "陈组织", "赵书记"]),
        ("sun", []),
        ("wu", []),
    ],
)
def test_everybody_finds_the_own_part(autumn, client, who, names):
    client.force_login(getattr(autumn, who))
    assert [line.name for line in lines(client)] == names


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"only": "ABSENT"}, ["陈组织"]),
        ({"only": "AWAY"}, ["李书记", "陈组织"]),
        ({"only": "PLANNED"}, ["李书记", "陈组织"]),
        ({"q": "第二"}, ["赵书记"]),
        ({"q": "陈"}, ["陈组织"]),
        ({"order": "-code"}, ["赵书记", "李书记", "陈组织"]),
        ({"order": "-absent"}, ["陈组织", "李书记", "赵书记"]),
        ({"order": "-rate"}, ["赵书记", "李书记", "陈组织"]),
        ({"order": "nonsense", "only": "x", "term": "never"}, ["李书记", "陈组织", "赵书记"]),
    ],
)
def test_it_is_narrowed_and_sorted(autumn, client, asked, names):
    client.force_login(autumn.zhou)
    assert [line.name for line in lines(client, **asked)] == names


def test_above_leaves_the_branches_under_it(autumn, client):
    client.force_login(autumn.zhou)
    assert [line.name for line in lines(client, above=autumn.arts.pk)] == ["李书记", "陈组织", "赵书记"]
    assert lines(client, above=autumn.history.pk) == []


def test_a_day_counts_in_the_term_in_which_it_was_held(autumn, client):
    autumn.first.days.filter(month=SEPTEMBER).update(held_on=datetime.date(2026, 9, 7))  # its first day
    client.force_login(autumn.li)
    assert [line.counts["held"] for line in lines(client)] == [2, 2]
    autumn.first.days.filter(month=SEPTEMBER).update(held_on=datetime.date(2026, 9, 6))  # the day before
    assert [line.counts["held"] for line in lines(client)] == [1, 1]


def test_a_day_between_two_terms_counts_in_the_earlier_one(autumn, client):
    """Otherwise it would stand in no term's figures at all."""
    Term.objects.update(ends_on=datetime.date(2026, 10, 8))  # before October's day, the 9th
    client.force_login(autumn.li)

    def held(term):
        page = client.get(reverse("cadres"), {"term": term}).context["page"]
        return [line.counts["held"] for line in page]

    assert held("2026-09-07") == [2, 2]
    Term.objects.create(name="十月", starts_on=datetime.date(2026, 10, 9), ends_on=datetime.date(2026, 12, 1))
    assert (held("2026-09-07"), held("2026-10-09")) == ([1, 1], [1, 1])


def test_where_no_term_is_entered_it_is_the_half_year_and_the_page_says_so(autumn, client):
    client.force_login(autumn.li)
    shown = client.get(reverse("cadres"))
    assert [(span.key, span.is_entered) for span in shown.context["spans"]] == [
        ("2026-09-07", True), ("2026-02-01", False),
    ]  # fmt: skip
    assert "按半年统计" not in shown.content.decode()

    Term.objects.all().delete()
    shown = client.get(reverse("cadres"))

    assert [str(span) for span in shown.context["spans"]] == [
        "2026—2027 学年上半年（9—1 月，日历里没有学期）", "2025—2026 学年下半年（2—7 月，日历里没有学期）",
    ]  # fmt: skip
    assert (shown.context["asked"].span.key, "按半年统计" in shown.content.decode()) == ("2026-09-01", True)
    assert [line.name for line in shown.context["page"]] == ["李书记", "陈组织"]
    assert list(client.get(reverse("cadres"), {"term": "2026-02-01"}).context["page"]) == []


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2026-08-20", "2026-02-01", "2026-08-20"),  # the summer belongs to the half-year before
        ("2026-09-01", "2026-09-01", "2027-01-31"),
        ("2027-01-31", "2026-09-01", "2027-01-31"),
        ("2027-02-01", "2027-02-01", "2027-07-31"),
    ],
)
def test_a_half_year_begins_in_september_and_in_february(world, client, monday, today, first, last):
    monday.move_to(f"{today}T10:00:00+08:00")
    client.force_login(world.li)
    span = client.get(reverse("cadres")).context["asked"].span
    assert (str(span.first), str(span.last)) == (first, last)


def test_a_transfer_or_another_word_on_the_person_changes_no_past_line(autumn, client):
    before = [(line.name, line.branch, line.counts) for line in _lines_seen(client, autumn.wang)]
    asked = request_transfer(autumn.chen.person, by=autumn.li, to=autumn.other)
    accept_transfer(asked, by=autumn.qian, moved_on=datetime.date(2026, 11, 20))
    Person.objects.filter(user=autumn.li).update(is_leading_cadre=False)
    assert [(line.name, line.branch, line.counts) for line in _lines_seen(client, autumn.wang)] == before


def _lines_seen(client, user):
    client.force_login(user)
    return lines(client)


def test_who_moved_has_a_line_for_each_branch(autumn, client):
    day = make_day(autumn.other, NOVEMBER)
    Attendance.objects.create(day=day, person=autumn.chen.person, standing="FULL", is_leading_cadre=True)
    found = [line for line in _lines_seen(client, autumn.zhou) if line.name == "陈组织"]
    assert [(line.branch, line.counts["held"]) for line in found] == [("文学院第一党支部", 2), ("历史学院党支部", 1)]
    assert [client.get(line.url).context["page"].paginator.count for line in found] == [2, 1]
    assert [line.counts["held"] for line in _lines_seen(client, autumn.sun)] == [1]


def test_who_is_no_leading_cadre_on_a_roster_and_a_day_not_held_do_not_count(autumn, client):
    assert len({line.person_id for line in _lines_seen(client, autumn.zhou)}) == 3  # of some fifteen on the rosters
    autumn.first.days.filter(month=OCTOBER).update(status="NOT_HELD", not_held_reason="停课")
    assert [line.counts["held"] for line in _lines_seen(client, autumn.li)] == [1, 1]


def test_who_came_although_planned_is_not_among_the_missed(autumn, client):
    Attendance.objects.filter(day__month=OCTOBER, person=autumn.chen.person).update(status="PRESENT")
    client.force_login(autumn.zhou)
    assert client.get(reverse("cadres")).context["sums"]["planned_missed"] == 1


def test_the_paper_has_the_lines_of_the_page(autumn, client):
    client.force_login(autumn.zhou)
    answer = client.get(reverse("cadres_print"), {"only": "ABSENT"})
    assert [line.name for line in answer.context["lines"]] == ["陈组织"]
    page = answer.content.decode()
    assert ("党员领导干部参加活动日情况表" in page, "2026—2027 学年第一学期" in page) == (True, True)


def test_the_paper_says_how_often_somebody_was_not_counted(autumn, client):
    client.force_login(autumn.zhou)
    table = html.fromstring(client.get(reverse("cadres_print"), {"q": "赵书记"}).content).find(".//table")
    heads, cells = ([cell.text_content() for cell in row] for row in table.iter("tr"))
    line = dict(zip(heads, cells, strict=True))
    assert (line["应到"], line["不计"], line["请假、不计的原因"]) == ("1", "1", "长期病休")


def test_an_export_is_logged(autumn, client):
    client.force_login(autumn.zhou)
    client.get(reverse("cadres_export"), {"above": autumn.arts.pk, "only": "ABSENT"})
    entry = AuditEntry.objects.get(event="cadres.exported")
    assert (entry.data["count"], entry.data["filters"]) == (
        1, {"学期": "2026—2027 学年第一学期", "范围": "文学院党总支", "只看": "有缺席"},
    )  # fmt: skip


def test_the_days_behind_a_number_go_out_as_they_are_shown(autumn, client):
    client.force_login(autumn.zhou)
    away = {"status": "ON_LEAVE", "person": autumn.li.person.pk}
    page = client.get(reverse("cadre_days"), away)
    assert f"{reverse('cadre_days_export')}?status=ON_LEAVE&amp;person={autumn.li.person.pk}" in page.content.decode()
    (row,) = rows_of(client.get(reverse("cadre_days_export"), away))
    assert [one.person.name for one in page.context["page"]] == [row[2]] == [autumn.li.person.name]
    assert (row[4], row[6:]) == (autumn.first.short_name, ("请假", "是", "因公出差"))
    entry = AuditEntry.objects.get(event="cadre_days.exported")
    assert entry.data["filters"] == {
        "学期": "2026—2027 学年第一学期", "范围": "全部", "到会情况": "请假", "姓名": autumn.li.person.name,
    }  # fmt: skip


def test_many_lines_cost_as_many_queries_as_few(autumn, client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("cadres"))
        return len(queries)

    client.force_login(autumn.zhou)
    cost()  # the first page of a session reads more
    few = cost()
    for number in range(3, 8):
        branch = make_branch(autumn.arts, f"第{number}党支部")
        make_person(branch, is_leading_cadre=True)
        make_day(branch, OCTOBER)
    assert cost() == few <= 15
