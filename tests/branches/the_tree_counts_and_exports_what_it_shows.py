"""The tree's page: levels that open, counts that roll up, a list of what fits a filter, remarks, the workbook.

Zhou sees everything; Wang the general branch of First and Second Branch.
"""

import datetime

from django.urls import reverse

from branches.models import Appointment, Office, Organization, Person
from branches.reports.lines import lines_of, with_warnings
from tests.branches.the_register_counts_and_exports_what_it_shows import workbook_rows
from tests.builders import World, make_branch, make_officer, make_organization, make_person

TODAY = datetime.date(2026, 11, 23)


def line_of(client, organization, **data):
    """The organization's line in the list that finds it by its code."""
    lines = client.get(reverse("organizations"), {"q": organization.code} | data).context["lines"]
    return next(line for line in lines if line.organization == organization)


def level_of(client, **data):
    return client.get(reverse("organizations"), data).context["level"]


def test_people_are_counted_once_and_roll_up_to_the_general_branch(world: World, client):
    make_person(world.first, standing=Person.Standing.PROBATIONARY)
    make_person(world.first, standing=Person.Standing.PROSPECT)
    make_person(world.second, standing=Person.Standing.ACTIVIST)
    make_person(world.second, left_on=TODAY)
    client.force_login(world.zhou)

    def counts(organization):
        totals = line_of(client, organization).totals
        return totals.full, totals.probationary, totals.prospects, totals.activists

    # First: Li, Chen, Xu, Zheng and five more. Second: Zhao, Wang, two. Others: Qian, Sun, three; Wu, Zhou, He, one.
    assert counts(world.first) == (9, 1, 1, 0)
    assert counts(world.second) == (4, 0, 0, 1)
    assert counts(world.arts) == (13, 1, 1, 1)
    assert counts(world.committee) == (22, 1, 1, 1)
    level = level_of(client)
    assert (level.totals.members, level.totals.general_branches, level.totals.branches) == (23, 2, 4)
    assert level.head.totals == level.totals
    assert [(line.organization, line.totals.full, line.totals.branches) for line in level.lines] == [
        (world.arts, 13, 2), (world.history, 5, 1), (world.direct, 4, 1),
    ]  # fmt: skip


def test_direct_branches_stand_apart(world: World, client):
    client.force_login(world.zhou)
    level = level_of(client)

    assert level.head.organization == world.committee
    assert [line.organization for line in level.units] == [world.arts, world.history]
    assert [line.organization for line in level.branches] == [world.direct]


def test_a_folded_line_opens_into_what_stands_under_it(world: World, client):
    client.force_login(world.zhou)
    address = reverse("organization_below", args=[world.arts.pk])

    below = client.get(address, headers={"HX-Request": "true"})

    assert [line.organization for line in below.context["level"].rows] == [world.arts, world.first, world.second]
    assert "<html" not in below.content.decode()
    assert client.get(address).url == world.arts.get_absolute_url()  # without htmx: the organization's own page
    assert f'hx-get="{address}"' in client.get(reverse("organizations")).content.decode()


def test_organizations_are_found_by_name_and_code(world: World, client):
    client.force_login(world.zhou)

    def found(**data):
        return [line.organization for line in client.get(reverse("organizations"), data).context["lines"]]

    assert found(q="第二党支部") == [world.second]
    assert found(q="0301") == [world.history, world.other]
    assert found(q="文学院党总支") == [world.arts]
    assert found(q="没有这个") == []
    assert found(kind="GENERAL_BRANCH") == [world.arts, world.history]
    assert found(kind="BRANCH") == [world.first, world.second, world.other, world.direct]
    assert found(kind="DIRECT") == [world.direct]
    assert found(under=world.arts.pk) == [world.first, world.second]
    assert found(kind="BRANCH", order="-full") == [world.first, world.other, world.second, world.direct]
    assert found(kind="GENERAL_BRANCH", order="full") == [world.history, world.arts]
    assert found(kind="BRANCH", order="name")[0] == world.other  # 历 stands before 图 and 文


def test_closed_organizations_are_shown_with_their_day_where_they_are_asked_for(world: World, client):
    Organization.objects.filter(pk=world.second.pk).update(closed_on=datetime.date(2026, 9, 1))
    client.force_login(world.zhou)

    def found(**data):
        return [line.organization for line in client.get(reverse("organizations"), data).context["lines"]]

    assert found(q="0201") == [world.arts, world.first]
    assert found(q="0201", only="closed") == [world.arts, world.first, world.second]
    assert "2026-09-01 撤销" in client.get(reverse("organizations"), {"only": "closed"}).content.decode()
    rows = workbook_rows(client.get(reverse("organizations_export"), {"q": "0201", "only": "closed"}))
    assert [(row[0], row[11].date()) for row in rows if row[11]] == [("0201002", datetime.date(2026, 9, 1))]
    assert client.get(world.arts.get_absolute_url()).context["closed_below"] == 1


def test_a_search_does_not_change_the_counts(world: World, client):
    client.force_login(world.zhou)

    (by_code,) = client.get(reverse("organizations"), {"q": "文学院党总支"}).context["lines"]
    in_tree = level_of(client).units[0]

    assert by_code.totals.full == in_tree.totals.full == 13
    assert client.get(world.arts.get_absolute_url()).context["line"].totals == in_tree.totals


def test_a_vacancy_shows_when_the_secretarys_term_of_office_ended_today(world: World, client):
    client.force_login(world.zhou)
    assert line_of(client, world.first).secretary.person == world.li.person

    Appointment.objects.filter(person=world.li.person).update(ends_on=TODAY)

    line = line_of(client, world.first)
    assert (line.secretary, [remark.word for remark in line.remarks]) == (
        None, ["书记空缺", "支委会不足 3 人"],
    )  # fmt: skip


def test_only_organizations_with_warnings(world: World, client):
    Appointment.objects.filter(person=world.qian.person).update(ends_on=TODAY)
    make_officer(world.history, Office.SECRETARY, "历史书记", branch=world.other)
    client.force_login(world.zhou)

    rows = client.get(reverse("organizations"), {"only": "warnings"}).context["lines"]
    assert [line.organization for line in rows] == [world.other]
    assert [(line.organization, line.totals.warnings) for line in level_of(client).units] == [
        (world.arts, 0), (world.history, 1),
    ]  # fmt: skip


def test_the_database_and_the_page_remark_the_same(world: World):
    """Every mark of the policy, each one short of it and on it: SQL counts what the sentences say."""

    def branch(full, committee, term=None, secretary=True):
        row = make_branch(world.arts, f"支部{full}-{committee}-{term}-{secretary}", members=full)
        row.term_ends_on = term
        row.save(update_fields=["term_ends_on"])
        offices = [Office.SECRETARY] * secretary + [Office.MEMBER] * committee
        for office, person in zip(offices, row.people.all(), strict=False):
            Appointment.objects.create(person=person, organization=row, office=office, starts_on=TODAY)

    for full in (2, 3, 6, 7, 50, 51):
        for committee in (1, 2, 3):
            branch(full, committee)
    for days in (-1, 0, 181, 182):
        branch(5, 0, term=TODAY + datetime.timedelta(days=days))
    branch(9, 5, secretary=False)
    world.history.term_ends_on = TODAY
    world.history.save(update_fields=["term_ends_on"])
    rows = Organization.objects.select_related("parent")

    by_sql = dict(with_warnings(rows.open()).values_list("pk", "warnings"))

    assert by_sql == {line.organization.pk: line.warnings for line in lines_of(rows)}
    assert set(by_sql.values()) == {0, 1, 2}


def test_the_organizations_export_is_the_page(world: World, client):
    client.force_login(world.wang)
    for data in ({}, {"q": "第二"}, {"kind": "BRANCH", "order": "-full"}):
        page = client.get(reverse("organizations"), data).context
        shown = page["level"].rows if "level" in page else page["lines"]
        rows = workbook_rows(client.get(reverse("organizations_export"), data))
        assert [tuple(row[:1] + row[6:10]) for row in rows] == [
            (line.organization.code, count.full, count.probationary, count.prospects, count.activists)
            for line in shown
            for count in [line.totals]
        ]
        assert len(rows) == len(shown) > 0


def test_the_departments_export_is_the_whole_tree_unfolded(world: World, client):
    deeper = make_organization(Organization.Kind.COMMITTEE, "医学院党委", world.committee, code="0901")
    ward = make_branch(deeper, "医学院直属支部", code="0901001", members=3)
    client.force_login(world.zhou)

    rows = workbook_rows(client.get(reverse("organizations_export")))

    assert [row[0] for row in rows] == [
        "01", "0201", "0201001", "0201002", "0301", "0301001", "0901", ward.code, "9901001",
    ]  # fmt: skip
    assert [row[6] for row in rows] == [25, 13, 9, 4, 5, 5, 3, 3, 4]


def test_counts_roll_up_through_committees_under_committees(world: World, client):
    """Campus above ward above two branches: each level shows its own part once, and the tree opens level by level."""
    campus = make_organization(Organization.Kind.COMMITTEE, "分校党委", world.committee)
    ward = make_organization(Organization.Kind.COMMITTEE, "附属医院党委", campus)
    general = make_organization(Organization.Kind.GENERAL_BRANCH, "内科党总支", ward)
    inner, direct = make_branch(general, "内科支部", members=4), make_branch(ward, "机关支部", members=3)
    make_person(inner, standing=Person.Standing.PROBATIONARY)
    make_person(ward, standing=Person.Standing.ACTIVIST)  # somebody whom a sheet put above the branches
    client.force_login(world.zhou)

    def below(organization):
        page = client.get(reverse("organization_below", args=[organization.pk]), headers={"HX-Request": "true"})
        return page.context["level"]

    top = {line.organization: line.totals for line in level_of(client).lines}
    assert [(top[one].full, top[one].branches) for one in (world.arts, campus)] == [(13, 2), (7, 2)]
    assert [line.organization for line in below(campus).units] == [ward]
    assert [line.organization for line in below(ward).lines] == [general, direct]
    totals = [below(one).totals for one in (campus, ward, general)]
    assert [(one.full, one.probationary, one.activists, one.general_branches, one.branches) for one in totals] == [
        (7, 1, 1, 1, 2), (7, 1, 1, 1, 2), (4, 1, 0, 1, 1),
    ]  # fmt: skip
    assert level_of(client).totals.full == 22 + 7
    by_list = {line.organization: line.totals.full for line in lines_of(Organization.objects.select_related("parent"))}
    assert [by_list[one] for one in (world.committee, campus, ward, general, inner)] == [29, 7, 7, 4, 4]


def test_a_university_of_250_branches_is_a_light_page(world: World, client):
    for number in range(23):
        general = make_organization(Organization.Kind.GENERAL_BRANCH, f"第{number}学院党总支", world.committee)
        for other in range(11):
            make_branch(general, f"第{number}学院第{other}党支部")
    client.force_login(world.zhou)

    for data in ({}, {"q": "党支部"}, {"only": "warnings"}, {"kind": "GENERAL_BRANCH"}):
        page = client.get(reverse("organizations"), data)
        assert len(page.content) < 60_000, data
    level = level_of(client)
    assert (level.totals.branches, len(level.lines), level.page.paginator.count) == (257, 26, 26)
    page = client.get(reverse("organizations"), {"q": "党支部", "page": 2}).context
    assert (len(page["lines"]), page["page"].paginator.count) == (40, 257)
