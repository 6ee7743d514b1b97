"""A whole month through the pages, with a counter in the database beside it: what it counts, the audit log names.

Triggers on every table write down each changed and each deleted row with its changed columns, whatever wrote it: an
action, an ``update()``, raw SQL. After each request the rows that they counted are those that its audit entries name.
"""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse

from activities.models import ActivityDay, Guest
from branches.models import Person
from core.audit import AuditEntry, record
from core.jobs import Job, work_off
from core.workflow import lock
from dues.actions import open_month
from dues.models import DuesMonth, Entry
from meetings.models import Meeting
from supervision.actions import compute_assessment
from supervision.models import Scheme
from supervision.tasks import daily_sweep
from tests.builders import NOVEMBER, OCTOBER, make_day, make_person, make_plan
from tests.pages import press

# What is not the business's: no act of anybody's, or computed anew from what is logged.
NOT_COUNTED = {
    "core.AuditEntry": "the log itself, which the database keeps from changing",
    "core.AuditSeal": "its chain, likewise",
    "core.Job": "how far work in the background is",
    "core.Notice": "whether a message was read, and its letter sent",
    "supervision.Result": "figures computed from what is logged, replaced at each computation",
    "supervision.ResultLine": "likewise",
}
NO_ACT = {("core.user", "last_login")}  # noted when somebody logs in
KEPT_BY_OTHERS = {"auth", "contenttypes", "sessions", "axes"}  # Django's own and the log-in guard


def watched():
    """The tables of the business, by model label."""
    return {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label not in KEPT_BY_OTHERS and model._meta.label not in NOT_COUNTED
    }


def _lay_triggers(cursor, model):
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [field.column for field in model._meta.concrete_fields]
    if connection.vendor == "postgresql":
        cursor.execute(
            f"CREATE TRIGGER counted AFTER UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION count_change('{model._meta.label_lower}')"
        )
        return
    changed = " || ".join(f"CASE WHEN OLD.\"{one}\" IS NOT NEW.\"{one}\" THEN '{one},' ELSE '' END" for one in columns)
    differs = " OR ".join(f'OLD."{one}" IS NOT NEW."{one}"' for one in columns)
    for verb, what, when in (("UPDATE", changed, f"WHEN {differs}"), ("DELETE", "'*'", "")):
        cursor.execute(
            f"CREATE TEMP TRIGGER counted_{table}_{verb} AFTER {verb} ON main.{table} {when} BEGIN "
            f"INSERT INTO counted VALUES ('{model._meta.label_lower}', OLD.{key}, {what}); END"
        )


COUNT_CHANGE = """
CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed text;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := '*';
  ELSE SELECT string_agg(now.key, ',') INTO changed FROM jsonb_each(to_jsonb(NEW)) now
       JOIN jsonb_each(to_jsonb(OLD)) was USING (key) WHERE now.value IS DISTINCT FROM was.value;
  END IF;
  IF changed IS NOT NULL THEN INSERT INTO counted VALUES (TG_ARGV[0], OLD.id, changed); END IF;
  RETURN NULL;
END $$"""


@pytest.fixture
def counter(world, monday):
    """Triggers on every table of the business, until the test's transaction is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE counted (subject text, id bigint, columns text)")
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come takes no trigger
            cursor.execute(COUNT_CHANGE)
        for model in watched().values():
            _lay_triggers(cursor, model)
    return Counter(monday)


class Counter:
    """What the triggers counted, against what the log names."""

    def __init__(self, monday):
        self.monday = monday
        self.rows = self.acts = 0
        self.seen = set()
        self.faults = []

    @contextmanager
    def beside(self, what):
        """One request: afterwards the counted rows are those that its entries name, column by column."""
        self.monday.shift(60)  # no two acts are of one moment
        self._take()
        newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        yield
        counted = self._take()
        named, fields = named_by(AuditEntry.objects.filter(pk__gt=newest))
        self.acts += 1
        self.rows += len(counted)
        self.seen |= {subject for subject, _ in counted}
        for (subject, pk), columns in counted.items():
            if (subject, pk) not in named:
                self.faults.append(f"{what}: {subject} {pk} changed ({', '.join(sorted(columns))}), and nobody says so")
            elif lacking := columns - fields[subject, pk] - {"*"}:
                self.faults.append(f"{what}: {subject} {pk}: before and after lack {', '.join(sorted(lacking))}")

    @staticmethod
    def _take():
        with connection.cursor() as cursor:
            cursor.execute("SELECT subject, id, columns FROM counted")
            rows = cursor.fetchall()
            cursor.execute("DELETE FROM counted")
        found = {}
        for subject, pk, columns in rows:
            changed = {one for one in columns.split(",") if one and (subject, one) not in NO_ACT}
            if changed:
                found.setdefault((subject, pk), set()).update(changed)
        return found


def named_by(entries):
    """The rows that entries name, and the fields of each of which they tell before and after."""
    named, fields = set(), {}
    for entry in entries:
        told = [{"subject": entry.subject, "id": entry.subject_id, "changes": entry.data.get("changes", {})}]
        for one in told + entry.data.get("also", []):
            row = (one["subject"], one["id"])
            named.add(row)
            fields.setdefault(row, set()).update(one["changes"])
    return named, fields


@pytest.fixture
def month(world):
    """First Branch before its November: a plan to write, dues opened, October behind it."""
    Person.objects.filter(pk__gt=world.zheng.person.pk).update(category="STUDENT")  # a fixed amount without a base
    make_person(world.first, "发展对象", standing="PROSPECT")
    make_day(world.first, OCTOBER, status=ActivityDay.Status.RECORDED)
    make_plan(world.second, NOVEMBER.next, status="SUBMITTED")
    for one in (OCTOBER, NOVEMBER):
        open_month(one)
    compute_assessment(OCTOBER.previous)
    return world


class Months:
    """Whoever acts through the pages, one request after another, each watched by the counter."""

    def __init__(self, client, counter):
        self.client, self.counter = client, counter

    def __call__(self, user, page, act="", /, **typed):
        """Open a page, press what leads to ``act``, and see that it was let through."""
        self.client.force_login(user)
        with self.counter.beside(act or page):
            answer = press(self.client, page, act, **typed)
        assert (act or page, answer.status_code) == (act or page, 302)


def test_every_row_that_a_month_changes_is_named_with_before_and_after(month, client, counter):
    does = Months(client, counter)
    the_plan_is_filed(month, does)
    day = the_day_is_held(month, does)
    minutes_are_written(month, does, day)
    dues_are_paid(month, does, day)
    the_record_is_handed_in(month, does, day)
    the_department_assesses(month, does)
    the_password_is_changed(month, does)
    with counter.beside("the daily sweep"):
        daily_sweep()

    assert counter.faults == []
    assert (counter.acts >= 50, counter.rows >= 50) == (True, True)
    assert counter.seen >= {
        "activities.monthlyplan", "activities.planitem", "activities.activityday", "activities.dayitem",
        "activities.attendance", "activities.guest", "meetings.meeting", "meetings.meetingkind", "dues.duesmonth",
        "dues.deferral", "supervision.assessment", "supervision.scheme", "supervision.schemeline", "core.user",
    }  # fmt: skip


def test_control_a_write_that_nobody_records_is_counted(world, counter):
    people = Person.objects.filter(organization=world.first)
    first, second, *_ = people.order_by("pk")
    guest = Guest.objects.create(day=make_day(world.first), name="专家")
    with counter.beside("an update"):
        people.filter(pk=first.pk).update(ethnicity="满族")
    with counter.beside("a deletion"):
        Guest.objects.filter(pk=guest.pk).delete()
    with counter.beside("half of it"), transaction.atomic():
        row = lock(second)
        row.name = "改名"
        row.save(update_fields=["name"])
        people.filter(pk=second.pk).update(phone="1")
        record(row, "person.renamed", by=world.li)
    with counter.beside("nothing"):
        people.update(name=F("name"))
    assert counter.faults == [
        f"an update: branches.person {first.pk} changed (ethnicity), and nobody says so",
        f"a deletion: activities.guest {guest.pk} changed (*), and nobody says so",
        f"half of it: branches.person {second.pk}: before and after lack phone",
    ]


def the_plan_is_filed(world, does):
    branch, month = world.first.pk, NOVEMBER
    edit, save = reverse("plan_edit", args=[branch, month]), reverse("plan_save", args=[branch, month])
    submit = reverse("plan_submit", args=[branch, month])
    people = list(world.first.people.order_by("pk")[:2])
    lines = {"i-TOTAL_FORMS": 3, "i-INITIAL_FORMS": 0}
    for place, what in enumerate(("DUES", "EDUCATION.SPIRIT", "MEETING.GENERAL")):
        lines |= {f"i-{place}-what": what, f"i-{place}-content": f"第 {place} 项", f"i-{place}-minutes": 20}
    values = {
        "planned_on": "2026-11-23", "starts_at": "15:00", "place": "201", "theme": "学用结合", "host": people[0].pk,
        "recorder": people[1].pk,
    }  # fmt: skip
    does(world.li, edit, save, **values | lines)
    does(world.li, edit, save, **{"theme": "改过的主题", "i-0-content": "改过的一项"})
    does(world.li, edit, save, drop="2")
    does(world.li, edit, submit)
    plan = world.first.plans.get(month=month)
    page = plan.get_absolute_url()
    does(world.li, page, reverse("plan_withdraw", args=[plan.pk]))
    does(world.li, edit, submit)
    does(world.wang, page, reverse("plan_return", args=[plan.pk]), note="请补充议程")
    more = {"i-TOTAL_FORMS": 3, "i-2-what": "MEETING.GENERAL", "i-2-content": "通报工作", "i-2-minutes": 30}
    does(world.chen, edit, save, **more)
    does(world.li, edit, submit)
    does(world.wang, page, reverse("plan_forward", args=[plan.pk]))
    does(world.zhou, page, reverse("plan_accept", args=[plan.pk]))
    does(world.wang, reverse("review"), reverse("plans_forward"), plan=[world.second.plans.get().pk])


def the_day_is_held(world, does):
    day = world.first.days.get(month=NOVEMBER)
    page = day.get_absolute_url()
    does(world.li, page, reverse("day_skip", args=[day.pk]), reason="全院实习")
    does(world.li, page, reverse("day_resume", args=[day.pk]))
    does(world.li, page, reverse("day_hold", args=[day.pk]))
    roster = reverse("day_attendance", args=[day.pk])
    rows = list(day.attendance.order_by("pk"))
    for row, status, reason in ((rows[0], "ABSENT", ""), (rows[1], "ON_LEAVE", "病假"), (rows[0], "PRESENT", "")):
        mark = reverse("attendance_mark", args=[row.pk])
        does(world.xu, f"{roster}?edit={row.pk}", mark, status=status, reason=reason)
    does(world.xu, roster, reverse("guest_invite", args=[day.pk]), name="校外专家", capacity="专家")
    guest = day.guests.get()
    does(world.xu, roster, reverse("guest_dismiss", args=[guest.pk]))
    record = reverse("day_record", args=[day.pk])
    add = {"new-what": "SERVICE.CONVENIENCE", "new-content": "临时服务", "new-minutes": 20}
    does(world.xu, record, reverse("day_item_add", args=[day.pk]), **add)
    extra = day.items.get(was_planned=False)
    does(world.xu, record, reverse("day_item_drop", args=[day.pk, extra.pk]))
    first = day.items.first()
    typed = {"summary": "写到一半", f"outcome-{first.pk}": "CHANGED", f"note-{first.pk}": "推迟十分钟"}
    does(world.xu, record, reverse("day_save", args=[day.pk]), **typed)
    return day


def minutes_are_written(world, does, day):
    item = day.items.get(kind="MEETING")
    listed = f"{reverse('meetings')}?day={day.pk}"
    does(world.chen, listed, reverse("meeting_open", args=[item.pk]))
    first = Meeting.objects.get(item=item)
    does(world.chen, first.get_absolute_url(), reverse("meeting_drop", args=[first.pk]))
    does(world.chen, listed, reverse("meeting_open", args=[item.pk]))
    row = Meeting.objects.get(item=item)
    page, save = row.get_absolute_url(), reverse("meeting_save", args=[row.pk])
    does(world.chen, page, save, content="逐项讨论", types=["GENERAL", "LESSON"], lecturer="李书记")
    does(world.chen, page, save, content="逐项讨论，表决通过", types=["GENERAL"])
    does(world.li, page, reverse("meeting_confirm", args=[row.pk]))
    does(world.li, page, reverse("meeting_correct", args=[row.pk]), text="地点应为 202。")


def dues_are_paid(world, does, day):
    row = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    page, lacking = row.get_absolute_url(), Person.objects.filter(organization=world.first, category="STAFF").members()
    bases = {f"base-{person.pk}": "5000" for person in lacking}
    does(world.chen, page, reverse("dues_fill", args=[row.pk]), reason="人事处核定", **bases)
    charges = list(row.charges.order_by("pk"))
    put_off = {f"method-{charges[0].pk}": "DEFER", f"note-{charges[0].pk}": "下月补交"}
    ways = {f"method-{charge.pk}": "TRANSFER" for charge in charges[1:]}
    does(world.li, page, reverse("dues_verify", args=[row.pk]), **ways, **put_off)
    does(world.li, reverse("dues_pay", args=[charges[0].pk]), method="CASH")
    does(world.li, reverse("dues_reverse", args=[Entry.objects.get(charge=charges[1]).pk]), reason="记错了人")
    does(world.li, page, reverse("dues_verify", args=[row.pk]))


def the_record_is_handed_in(world, does, day):
    page = reverse("day_record", args=[day.pk])
    done = {f"outcome-{pk}": "DONE" for pk in day.items.values_list("pk", flat=True)}
    does(world.li, page, reverse("day_submit", args=[day.pk]), summary="顺利完成", **done)
    does(world.li, page, reverse("day_reopen", args=[day.pk]), reason="人数不对")
    does(world.li, page, reverse("day_submit", args=[day.pk]))


def the_department_assesses(world, does):
    scheme = Scheme.objects.get()
    dropped, heavier = scheme.lines.all()[:2]
    points = f"{dropped.points + heavier.points:.1f}"  # they must be 100 in all
    changed = {f"{dropped.metric}-used": None, f"{heavier.metric}-points": points}
    does(world.zhou, reverse("scheme_edit", args=[scheme.pk]), act="save", name="改过的方案", **changed)
    for _ in range(2):
        does(world.zhou, reverse("assessments") + "?year=2026", reverse("assessment_compute", args=[OCTOBER]))
    page = reverse("assessment", args=[OCTOBER])
    for _ in range(2):  # the second time it replaces the first
        does(world.zhou, page, reverse("assessment_report", args=[OCTOBER]))
        with does.counter.beside("work of the job"):
            assert work_off(Job.objects.get(state=Job.State.PENDING).pk)
    does(world.zhou, reverse("assessment_publish", args=[OCTOBER]))
    does(world.wang, reverse("workbench"), reverse("urge", args=["plan", NOVEMBER.next, world.first.pk]))
    with does.counter.beside("exports"):
        for name in ("people_export", "organizations_export", "plans_export", "days_export", "dues_export"):
            assert does.client.get(reverse(name)).status_code == 200


def the_password_is_changed(world, does):
    world.li.set_password("first-one-1")
    world.li.save(update_fields=["password"])
    typed = {"old_password": "first-one-1", "new_password1": "秘密的口令-2026", "new_password2": "秘密的口令-2026"}
    does(world.li, reverse("password_change"), **typed)
