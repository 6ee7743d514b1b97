"""The audit log's pages: who reads which entries, what they say of before and after, filters, export, one record's.

Li leads First Branch, Chen keeps its register, Xu does its publicity; Wang reviews above them, Zhao leads Second next
door. Zhou sits in the department, He reads. Each entry here is about a place that another could have leaked from.
"""

import datetime
import io

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from activities.actions import mark_attendance
from branches.access import can
from branches.reports import audit as reports
from core.audit import AuditEntry, record, seal, tell
from core.workflow import lock
from tests.builders import make_day, make_group, make_person, make_plan

CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"]


@pytest.fixture
def entries(world):
    """``{where: entry}``: one act each, none of them by somebody who must not see it anyway."""
    return {
        "first": record(world.first, "organization.renamed", by=world.zhou),
        "second": record(world.second, "organization.renamed", by=world.zhou),
        "arts": record(world.arts, "organization.renamed", by=world.zhou),
        "other": record(world.other, "organization.renamed", by=world.zhou),
        "nowhere": record(make_plan(world.direct), "plan.saved", by=None)
        and AuditEntry.objects.create(event="scheme.edited", subject="supervision.scheme", subject_id=1, by=None),
        "by zheng": record(world.direct, "organization.renamed", by=world.zheng),
    }


# who → the entries that they read; Zhou did four of them, and reads all for the office
READERS = {
    "li": {"first"}, "chen": {"first"}, "xu": set(), "zheng": {"by zheng"}, "zhao": {"second"},
    "wang": {"first", "second", "arts"}, "qian": {"other"}, "sun": {"other"}, "wu": {"by zheng"}, "he": set(),
    "zhou": {"first", "second", "arts", "other", "nowhere", "by zheng"},
}  # fmt: skip


@pytest.mark.parametrize("who", CAST)
def test_everybody_reads_what_concerns_them(world, client, entries, who):
    user = getattr(world, who)
    client.force_login(user)
    known = {entry.pk: name for name, entry in entries.items()}

    lines = client.get(reverse("audit")).context["lines"]

    assert {known[line.entry.pk] for line in lines if line.entry.pk in known} == READERS[who]
    assert {name for name, entry in entries.items() if can(user, "audit.see", entry)} == READERS[who]


def test_a_department_below_the_root_reads_its_part_and_nothing_of_nobodys(world, entries):
    """A committee under the committee has a department too, which does not read what belongs to no organization."""
    from tests.builders import fresh, make_organization, make_seat

    below = make_organization("COMMITTEE", "医学院党委", world.committee)
    make_seat(world.zheng, below, "ORGANIZATION_DEPARTMENT")
    own = record(below, "organization.founded", by=world.zhou)
    seen = AuditEntry.objects.visible_to(fresh(world.zheng))
    assert set(seen) == {own, entries["by zheng"]}


def test_who_lost_the_office_reads_no_more_of_it(world, entries, monday):
    world.li.person.appointments.update(ends_on=datetime.date(2026, 11, 24))
    assert set(AuditEntry.objects.visible_to(world.li)) == {entries["first"]}
    monday.shift(datetime.timedelta(days=1))
    assert list(AuditEntry.objects.visible_to(world.li)) == []


@pytest.fixture
def acts(world):
    """A person edited and a mark changed: with choices, keys, dates, a secret and private data in them."""
    group = make_group(world.first, "第一党小组")
    day = make_day(world.first)
    with transaction.atomic():
        person = lock(world.zheng.person)
        person.standing, person.group, person.is_floating = "PROBATIONARY", group, True
        person.phone, person.born_on, person.identity_sealed = "13900009999", datetime.date(1990, 5, 1), "封"
        person.save()
        record(person, "person.edited", by=world.chen, note="转为预备")
    mark_attendance(day.attendance.get(person=person), by=world.li, status="ABSENT")
    return person


def lines_of(client, **asked):
    return client.get(reverse("audit"), asked).context["lines"]


def test_before_and_after_are_read_in_words_and_private_data_is_masked_for_everybody(world, client, acts):
    client.force_login(world.zhou)
    (line,) = lines_of(client, event="person.edited")
    old = world.zheng.person.phone
    assert (line.kind, line.name, line.url, line.organization) == (
        "人员", "郑党员", acts.get_absolute_url(), "文学院第一党支部",
    )  # fmt: skip
    assert {one.field: (one.before, one.after) for one in line.told} == {
        "党小组": ("（空）", "第一党小组"),
        "人员类别": ("正式党员", "预备党员"),
        "流动党员": ("否", "是"),
        "联系电话": (f"{old[:3]}****{old[-4:]}", "139****9999"),
        "出生日期": ("（空）", "1990 年 **"),
        "公民身份证号（密文）": ("（已更改）", "（已更改）"),
    }
    page = client.get(reverse("audit")).content.decode()
    assert [secret for secret in (old, "13900009999", "1990-05-01") if secret in page] == []


def test_other_rows_of_an_act_are_named(world, client, acts):
    client.force_login(world.zhou)
    (line,) = lines_of(client, event="attendance.marked")
    assert [(one.row, one.field, one.before, one.after) for one in line.told] == [
        ("到会 郑党员", "到会情况", "到会", "缺席")
    ]


def test_what_is_gone_or_foreign_is_named_without_a_way_to_it(world, client, acts):
    guest = AuditEntry.objects.create(event="plan.saved", subject="activities.monthlyplan", subject_id=999, by=world.li)
    old = AuditEntry.objects.create(event="x.y", subject="gone.model", subject_id=7, by=world.li,
                                    data={"changes": {"a": ["1", 2]}})  # fmt: skip
    client.force_login(world.li)
    lines = {line.entry.pk: line for line in lines_of(client)}
    assert [(lines[pk].kind, lines[pk].name, lines[pk].url) for pk in (guest.pk, old.pk)] == [
        ("月计划", "第 999 号", ""), ("gone.model", "第 7 号", ""),
    ]  # fmt: skip
    assert [(one.field, one.before, one.after) for one in lines[old.pk].told] == [("a", "1", "2")]


def test_flat_data_of_earlier_days_and_odd_values_do_no_harm(world, client):
    odd = (
        {"before": "甲", "after": "乙"}, {"ethnicity": ["汉族", "满族"]}, {"changes": {"standing": ["X", None]}},
        {"changes": {"organization_id": ["text", 10**9]}},
    )  # fmt: skip
    for data in odd:
        AuditEntry.objects.create(event="x.y", subject="branches.person", subject_id=1, by=world.li, data=data)
    client.force_login(world.li)
    assert [[(one.before, one.after) for one in line.told] for line in lines_of(client)] == [
        [("第 text 号", "第 1000000000 号")], [("X", "（空）")], [], [],
    ]  # fmt: skip


FILTERS = {
    "event": ({"event": "person.edited"}, {"person.edited"}),
    "kind": ({"kind": "activities.activityday"}, {"attendance.marked"}),
    "who by name": ({"who": "陈组"}, {"person.edited"}),
    "note": ({"q": "预备"}, {"person.edited"}),
    "nothing": ({"q": "没有这样的话"}, set()),
    "no such event": ({"event": "nonsense"}, {"person.edited", "attendance.marked", "organization.renamed"}),
    "until before": ({"until": "2026-11-22"}, {"plan.accepted"}),
    "the day itself": (
        {"since": "2026-11-23", "until": "2026-11-23"}, {"person.edited", "attendance.marked", "organization.renamed"},
    ),
    "a day out of time": ({"since": "0001-01-01", "until": "9999-12-31"}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_filters_narrow_and_the_last_thirty_days_are_shown_first(world, client, acts, name):
    asked, found = FILTERS[name]
    record(world.second, "organization.renamed", by=world.zhou)
    AuditEntry.objects.create(
        at="2026-10-20T10:00+08:00", event="plan.accepted", subject="x.y", subject_id=1, by=world.zhou,
    )  # fmt: skip
    client.force_login(world.zhou)
    events = {line.entry.event for line in lines_of(client, **asked)}
    assert events == (found if found is not None else events)


def test_an_organization_means_everything_below_it(world, client, acts):
    record(world.second, "organization.renamed", by=world.zhou)
    record(world.other, "organization.renamed", by=world.zhou)
    client.force_login(world.zhou)
    places = {line.organization for line in lines_of(client, organization=world.arts.pk)}
    assert places == {"文学院第一党支部", "文学院第二党支部"}
    client.force_login(world.li)  # who is not offered the other one, and gets no more by naming it
    assert {line.organization for line in lines_of(client, organization=world.other.pk)} == {"文学院第一党支部"}


def test_the_export_is_the_list_and_is_itself_in_the_log(world, client, acts):
    client.force_login(world.zhou)
    shown = lines_of(client, who="陈")
    answer = client.get(reverse("audit_export"), {"who": "陈"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))

    assert rows[1][0] == "从：2026-10-24；办理人：陈。共 1 行，2026-11-23 导出"
    assert [row[1:8] for row in rows[3:]] == [
        ("陈组织", world.chen.username, "修改人员资料", "人员", "郑党员", "文学院第一党支部", "转为预备")
    ]
    assert rows[3][8].splitlines()[:2] == ["党小组：（空）", "出生日期：（空）"]
    assert len(shown) == 1
    entry = AuditEntry.objects.get(event="audit.exported")
    assert entry.data == {"count": 1, "filters": {"从": "2026-10-24", "办理人": "陈"}}


def test_an_export_that_is_cut_says_so(world, client, monkeypatch):
    for number in range(5):
        record(world.first, "organization.renamed", by=world.zhou, note=f"第 {number} 次")
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    monkeypatch.setattr("branches.views.audit.MOST_ROWS", 3)
    monkeypatch.setattr(reports, "CHUNK", 2)
    client.force_login(world.zhou)
    assert "导出这 5 条（最近 3 条）" in client.get(reverse("audit")).content.decode()
    answer = client.get(reverse("audit_export"))
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][0] == "从：2026-10-24；只导出最近：3 条，共找到 5 条。共 3 行，2026-11-23 导出"
    assert [row[7] for row in rows[3:]] == ["第 4 次", "第 3 次", "第 2 次"]


def test_one_records_history_is_for_whom_sees_the_record(world, client, acts):
    address = reverse("audit_of", args=["branches.person", acts.pk])
    for who, status in {"li": 200, "xu": 200, "he": 200, "zheng": 200, "zhao": 404, "qian": 404}.items():
        client.force_login(getattr(world, who))
        assert (who, client.get(address).status_code) == (who, status)
    client.force_login(world.li)
    assert [line.entry.event for line in client.get(address).context["lines"]] == ["person.edited"]
    for kind in ("core.user", "core.auditentry", "core.notice", "no.such", "nonsense", "sessions.session"):
        assert (kind, client.get(reverse("audit_of", args=[kind, 1])).status_code) == (kind, 404)


def test_a_timeline_shows_what_each_step_changed_and_a_run_of_saves_as_one(world, client):
    from activities.filing import save_draft

    plan = make_plan(world.first)
    items = [{"kind": "DUES", "subtype": "", "content": "交党费", "minutes": 10}]
    for version, theme in enumerate(("甲", "乙"), start=1):
        save_draft(world.first, plan.month, by=world.li, version=version, values={"theme": theme}, items=items)
    client.force_login(world.li)

    page = client.get(reverse("plan_edit", args=[world.first.pk, plan.month]))

    text = page.content.decode()
    assert "修改草稿（2 次）" in text
    assert "<del>学用结合</del>" in text and "<ins>乙</ins>" in text and "<del>甲</del>" not in text
    assert "版本" not in text.split("备案过程")[1]


def test_the_department_reads_how_far_the_chain_is(world, client, entries):
    client.force_login(world.zhou)
    assert "还没有封存的记录" in client.get(reverse("audit")).content.decode()
    seal()
    page = client.get(reverse("audit"))
    assert page.context["chain"].count == AuditEntry.objects.count()
    text = page.content.decode()
    said = [page.context["chain"].digest, "这份记录的校验值", "链头", "manage.py", "--head"]
    assert [word for word in said if word in text] == said[:2]
    client.force_login(world.li)
    assert client.get(reverse("audit")).context["chain"] is None


def test_the_page_costs_no_more_with_many_entries_than_with_few(world, client, acts):
    client.force_login(world.zhou)
    client.get(reverse("audit"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("audit"))
    for _ in range(12):
        person = make_person(world.second)
        with transaction.atomic():
            person = lock(person)
            person.group = make_group(world.second, f"{person.pk} 组")
            record(person, "person.edited", by=world.zhou)
        day = lock_free(make_plan(world.first, month_after(person.pk)))
        record(day, "plan.saved", by=world.li)
    with CaptureQueriesContext(connection) as many:
        assert len(lines_of(client)) > 20
    assert (len(many) - len(few), len(many) <= 15) == (0, True)  # and one more kind of record: plans


def lock_free(row):
    return row


def month_after(number):
    from core.periods import Month

    return Month(2027 + number // 12, number % 12 + 1)


def test_every_field_of_every_record_has_a_word(world):
    """Before and after are read by people: no field goes by its name in the code."""
    from django.apps import apps

    from core.audit.telling import word_of

    own = ("core", "branches", "activities", "dues", "meetings", "supervision")
    nameless = [
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        if model._meta.app_label in own
        for field in model._meta.concrete_fields
        if field.name != "id" and word_of(model, field.attname).isascii()
    ]
    assert nameless == []


def test_telling_of_nothing_asks_nothing(db):
    with CaptureQueriesContext(connection) as queries:
        assert tell([]) == {}
    assert len(queries) == 0
