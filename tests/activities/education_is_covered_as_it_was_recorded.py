"""The year of education by kinds: what took place counts, item by item, as recorded; the workbook says the same."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from activities.metrics import METRICS
from activities.rosters import roster
from activities.run_sheet import run_sheet
from branches.models import Organization
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_guide
from tests.education_builders import ABILITY, OATH, READING, REPORT, SPIRIT, THOUGHT, WISH, make_bare_day, make_item

SEPTEMBER = OCTOBER.previous


def lines(client, user, **asked):
    client.force_login(user)
    return {line.name: line for line in client.get(reverse("education"), asked).context["lines"]}


def matrix(client, user, **asked):
    """``{branch: the times of the four kinds}`` and the context."""
    client.force_login(user)
    context = client.get(reverse("education"), asked).context
    return {str(row.branch): [one.times for one in row.counts] for row in context["page"]}, context


def sheet(answer, number=0):
    book = load_workbook(io.BytesIO(answer.getvalue()))
    return [list(row) for row in book.worksheets[number].iter_rows(values_only=True)]


def test_a_branchs_year_stands_in_months_and_forms(world, client):
    september = make_bare_day(world.first, SEPTEMBER, OATH, REPORT, THOUGHT, SPIRIT, WISH)
    october = make_bare_day(world.first, OCTOBER, OATH, outcome="CHANGED")
    make_item(october, SPIRIT, outcome="NOT_DONE")
    november = make_bare_day(world.first, NOVEMBER, ABILITY, outcome="", status="HELD")
    make_bare_day(world.second, OCTOBER, ABILITY)
    make_bare_day(world.first, Month(2025, 10), ABILITY)

    found = lines(client, world.li)

    said = {
        name: {one.month.number: (one.word, one.detail, one.url) for one in line.cells if one.word}
        for name, line in found.items()
    }
    september, october, november = (reverse("day_record", args=[day.pk]) for day in (september, october, november))
    assert said == {
        "党性观念教育": {
            9: ("1 次", "没有注明形式", september), 10: ("未进行", "计划了，当天没有进行", october),
        },
        "思想政治教育": {
            9: ("3 次", "思想汇报 1 次、重温入党誓词 1 次", september), 10: ("1 次", "重温入党誓词 1 次", october),
        },
        "能力素质教育": {11: ("待记录", "活动日已开展，还没有写明完成情况", november)},
        "廉政文化教育": {},
    }  # fmt: skip
    totals = {name: (line.times, line.minutes, line.forms) for name, line in found.items()}
    assert totals == {
        "党性观念教育": (1, 20, ""), "思想政治教育": (4, 80, "思想汇报 1 次、重温入党誓词 2 次"),
        "能力素质教育": (0, 0, ""), "廉政文化教育": (0, 0, ""),
    }  # fmt: skip
    assert lines(client, world.li, year="2025")["能力素质教育"].times == 1


def test_the_list_below_has_the_rows_of_the_counts(world, client):
    make_bare_day(world.first, SEPTEMBER, OATH, SPIRIT, WISH, READING)
    make_bare_day(world.first, OCTOBER, OATH, outcome="NOT_DONE")
    client.force_login(world.li)
    context = client.get(reverse("education")).context
    rows = [(item.day.month.number, item.label) for item in context["page"]]
    assert rows == [(9, "集中教育 · 思想政治教育 · 重温入党誓词"), (9, "集中教育 · 党性观念教育")]
    assert len(rows) == sum(line.times for line in context["lines"])


def test_those_above_see_their_branches_in_four_counts(world, client):
    make_bare_day(world.first, SEPTEMBER, OATH, REPORT, SPIRIT)
    make_bare_day(world.first, OCTOBER, OATH, ABILITY, outcome="CHANGED")
    make_bare_day(world.second, OCTOBER, SPIRIT, outcome="NOT_DONE")
    make_bare_day(world.other, OCTOBER, ABILITY)

    below, context = matrix(client, world.wang)
    assert below == {"文学院第一党支部": [1, 3, 1, 0], "文学院第二党支部": [0, 0, 0, 0]}
    assert [(one.branches, one.times) for one in context["sums"]] == [(1, 1), (1, 3), (1, 1), (0, 0)]
    row = context["page"][0]
    assert (row.covered, row.times, row.minutes) == (3, 5, 100)
    assert [one.forms for one in row.counts] == ["", "思想汇报 1 次、重温入党誓词 2 次", "", ""]
    everywhere, context = matrix(client, world.zhou)
    assert (everywhere["历史学院党支部"], len(everywhere)) == ([0, 0, 1, 0], 4)
    assert [one.branches for one in context["sums"]] == [1, 1, 2, 0]


@pytest.mark.parametrize("who", ["wang", "zhou"])
def test_every_count_is_that_of_its_branchs_page(world, client, who):
    for branch, whats in ((world.first, (OATH, SPIRIT, SPIRIT)), (world.second, (ABILITY,)), (world.direct, (REPORT,))):
        make_bare_day(branch, OCTOBER, *whats)
    found, context = matrix(client, getattr(world, who))
    assert len(context["page"]) == len(found) > 1
    for row in context["page"]:
        own = client.get(reverse("education_year", args=[row.branch.pk, 2026])).context["lines"]
        assert [line.times for line in own] == found[str(row.branch)], row.branch


def test_the_indicator_counts_by_the_same_items(world, client):
    make_bare_day(world.first, OCTOBER, OATH, outcome="CHANGED")
    make_bare_day(world.second, OCTOBER, SPIRIT, outcome="NOT_DONE")
    make_bare_day(world.other, OCTOBER, WISH)
    metric = next(one for one in METRICS if one.code == "education")
    figures = metric.compute(Organization.objects.branches(), OCTOBER)
    found, context = matrix(client, world.zhou)
    for row in context["page"]:
        figure = figures[row.branch.pk]
        assert (figure.applies and figure.numerator == 1) == (sum(found[str(row.branch)]) > 0), row.branch


def test_it_is_narrowed_and_sorted(world, client):
    make_bare_day(world.first, OCTOBER, OATH, OATH, SPIRIT)
    make_bare_day(world.second, OCTOBER, OATH)
    make_bare_day(world.other, OCTOBER, SPIRIT)

    def shown(**asked):
        return list(matrix(client, world.zhou, **asked)[0])

    first, second, other, direct = "文学院第一党支部", "文学院第二党支部", "历史学院党支部", "图书馆直属党支部"
    assert shown() == [first, second, other, direct]
    assert shown(lacking="SPIRIT") == [second, direct]
    assert shown(lacking="nonsense") == [first, second, other, direct]
    below, context = matrix(client, world.zhou, above=str(world.arts.pk))
    assert list(below) == [first, second]
    assert [(one.branches, one.times) for one in context["sums"]] == [(1, 1), (2, 3), (0, 0), (0, 0)]
    assert shown(q="图书馆") == [direct]
    assert shown(order="-THOUGHT") == [first, second, other, direct]
    assert shown(order="THOUGHT") == [other, direct, second, first]
    assert shown(order="covered")[0] == direct
    assert shown(order="-minutes") == [first, second, other, direct]


def test_the_workbook_has_what_the_page_has(world, client):
    make_bare_day(world.first, SEPTEMBER, OATH, REPORT, SPIRIT)
    make_bare_day(world.second, OCTOBER, READING, SPIRIT)
    found, context = matrix(client, world.wang)

    answer = client.get(reverse("education_year_export", args=[world.arts.pk, 2026]))
    rows = sheet(answer)

    head = next(place for place, row in enumerate(rows) if row[0] == "组织编码")
    assert [[row[1], *row[3:]] for row in rows[head + 1 : -1]] == [
        [str(row.branch), *[one.times for one in row.counts], row.covered, row.minutes] for row in context["page"]
    ]  # fmt: skip
    assert len(found) == 2
    assert rows[-1][3:7] == [f"{one.branches}／2 个党支部，{one.times} 次" for one in context["sums"]]
    narrowed = sheet(client.get(reverse("education_year_export", args=[world.arts.pk, 2026]), {"lacking": "THOUGHT"}))
    assert [row[1] for row in narrowed if row[0] == world.second.code] == ["文学院第二党支部"]
    assert [row for row in narrowed if row[0] == world.first.code] == []
    assert sheet(client.get(reverse("education_year_export", args=[world.arts.pk, 2026])), 1)[-1] == ["读书分享", 1, 1]


def test_a_branchs_workbook_has_its_twelve_months(world, client):
    make_bare_day(world.first, SEPTEMBER, OATH, REPORT, READING)
    client.force_login(world.li)
    context = client.get(reverse("education")).context
    rows = sheet(client.get(reverse("education_year_export", args=[world.first.pk, 2026])))
    assert [[cell or "" for cell in row[:13]] for row in rows[-4:]] == [
        [line.name, *[cell.word for cell in line.cells]] for line in context["lines"]
    ]  # fmt: skip
    assert [[row[13], row[14], row[15] or ""] for row in rows[-4:]] == [
        [line.times, line.minutes, line.forms] for line in context["lines"]
    ]  # fmt: skip
    assert (rows[-3][9], rows[-3][15]) == ("2 次", "思想汇报 1 次、重温入党誓词 1 次")
    listed = sheet(client.get(reverse("education_year_export", args=[world.first.pk, 2026])), 1)[-2:]
    assert [[row[0].date(), row[1], row[2], *row[3:]] for row in listed] == [
        [item.day.held_on, "思想政治教育", form, item.content, item.minutes, "已完成"]
        for item, form in zip(context["page"], ["重温入党誓词", "思想汇报"], strict=True)
    ]


def test_a_neighbours_year_is_not_there(world, client):
    client.force_login(world.zhao)
    for page in ("education_year", "education_year_export", "education_people", "education_people_export"):
        assert client.get(reverse(page, args=[world.first.pk, 2026])).status_code == 404
        assert client.get(reverse(page, args=[world.second.pk, 1999])).status_code == 404
        assert client.get(reverse(page, args=[world.second.pk, 2026])).status_code == 200


def test_it_costs_the_same_with_many_rows(world, client, django_assert_max_num_queries):
    def cost(user):
        client.force_login(user)
        client.get(reverse("education"))
        with django_assert_max_num_queries(15) as queries:
            client.get(reverse("education"))
        return len(queries)

    make_bare_day(world.first, OCTOBER, OATH, SPIRIT, READING)
    few = [cost(world.li), cost(world.wang), cost(world.zhou)]
    for number in range(3):
        branch = make_branch(world.arts, f"新党支部{number}", members=1)
        make_bare_day(branch, OCTOBER, OATH, SPIRIT, ABILITY, READING)
    make_bare_day(world.first, SEPTEMBER, OATH, REPORT, READING)
    assert [cost(world.li), cost(world.wang), cost(world.zhou)] == few


def test_the_run_sheet_counts_as_the_roster_does(world, client):
    day = make_bare_day(world.first, OCTOBER, OATH, absent=1, on_leave=2)
    day.attendance.filter(status="PRESENT").first().delete()
    row = day.attendance.filter(status="PRESENT").last()
    row.status, row.reason = "NOT_COUNTED", "因病"
    row.save()
    for beside in ([], ["江映雪", "何老师"]):
        for name in beside:
            day.guests.create(name=name)
        found = run_sheet(day, world.li).counts
        assert {name: found[name] for name in roster(day)["counts"]} == roster(day)["counts"]
    assert found["guests"] == 2


def test_the_months_documents_are_at_hand_on_the_run_sheet(world, client, django_assert_max_num_queries):
    day = make_bare_day(world.first, OCTOBER, OATH)
    made = [
        make_guide(world.committee, world.zhou, OCTOBER, files=["学习材料.pdf", "名单.pdf"]),
        make_guide(world.arts, world.wang, OCTOBER, files=["补充.pdf"]),
        make_guide(world.history, world.sun, OCTOBER, files=["别处.pdf"]),
        make_guide(world.committee, world.zhou, NOVEMBER, files=["下月.pdf"]),
    ]
    client.force_login(world.li)
    page = client.get(day.get_absolute_url())
    assert [str(row) for row in page.context["materials"]] == ["学习材料.pdf", "名单.pdf", "补充.pdf"]
    row = made[0].files.first()
    address = reverse("guide_file", args=[made[0].pk, row.pk])
    assert (f'href="{address}"' in page.text, b"".join(client.get(address)).startswith(b"%PDF")) == (True, True)
    made[0].status = "DRAFT"
    made[0].save()
    for page in ("day", "day_record"):
        with django_assert_max_num_queries(15):
            client.get(reverse(page, args=[day.pk]))
    for user in (world.li, world.zhou):  # a draft is at hand to nobody, not even to its writers
        client.force_login(user)
        assert [str(row) for row in client.get(day.get_absolute_url()).context["materials"]] == ["补充.pdf"]
