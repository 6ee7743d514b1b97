"""A whole month through the pages, with a counter in the database beside it: what it counts, the audit log names.

Triggers on every table write down each changed and each deleted row with its changed columns, whatever wrote it: an
action, an ``update()``, raw SQL. After each request the rows that they counted are those that its audit entries name.
"""

import pytest
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from activities.models import ActivityDay, Guest
from branches.models import Person
from core.audit import record
from core.jobs import Job, work_off
from core.workflow import lock
from dues.actions import open_month
from dues.models import DuesMonth, Entry, PayScheme, ReversalRequest
from meetings.models import Meeting
from supervision.actions import compute_assessment
from supervision.models import Scheme
from supervision.tasks import daily_sweep
from tests.builders import NOVEMBER, OCTOBER, make_day, make_person, make_plan
from tests.counting import ThroughPages


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


def test_every_row_that_a_month_changes_is_named_with_before_and_after(month, client, counter):
    does = ThroughPages(client, counter)
    the_plan_is_filed(month, does)
    day = the_day_is_held(month, does)
    minutes_are_written(month, does, day)
    dues_are_paid(month, does, day)
    items_of_pay_are_set(month, does)
    the_record_is_handed_in(month, does, day)
    the_department_assesses(month, does)
    the_password_is_changed(month, does)
    with counter.beside("the daily sweep"):
        daily_sweep()

    assert counter.faults == []
    assert (counter.acts >= 50, counter.rows >= 49) == (True, True)
    assert counter.seen >= {
        "activities.monthlyplan", "activities.planitem", "activities.activityday", "activities.dayitem",
        "activities.attendance", "activities.guest", "meetings.meeting", "meetings.meetingkind", "dues.duesmonth",
        "dues.deferral", "dues.payscheme", "dues.payitem",
        "supervision.assessment", "supervision.scheme", "supervision.schemeline", "core.user",
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
    does(world.li, page, reverse("plan_withdraw", args=["month", plan.pk]))
    does(world.li, edit, submit)
    does(world.wang, page, reverse("plan_return", args=["month", plan.pk]), attempt=2, note="请补充议程")
    more = {"i-TOTAL_FORMS": 3, "i-2-what": "MEETING.GENERAL", "i-2-content": "通报工作", "i-2-minutes": 30}
    does(world.chen, edit, save, **more)
    does(world.li, edit, submit)
    does(world.wang, page, reverse("plan_forward", args=["month", plan.pk]), attempt=3)
    does(world.zhou, page, reverse("plan_accept", args=["month", plan.pk]), attempt=3)
    does(world.wang, reverse("review"), reverse("plans_forward"), plan=[f"{world.second.plans.get().pk}-1"])


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
    of_chen, others = lacking.filter(user=world.chen), lacking.exclude(user=world.chen)
    for by, people in ((world.chen, others), (world.li, of_chen)):  # nobody fills in their own
        bases = {f"base-{person.pk}": "5000" for person in people}
        does(by, page, reverse("dues_fill", args=[row.pk]), reason="人事处核定", **bases)
    charges = list(row.charges.order_by("pk"))
    put_off = {f"method-{charges[0].pk}": "DEFER", f"note-{charges[0].pk}": "下月补交"}
    ways = {f"method-{charge.pk}": "TRANSFER" for charge in charges[1:]}
    does(world.li, page, reverse("dues_verify", args=[row.pk]), **ways, **put_off, then=None)
    does(world.li, reverse("dues_pay", args=[charges[0].pk]), method="CASH")
    for who, typed in (
        (world.li, {"act": "withdraw"}),
        (world.wang, {"act": "decline", "answer": "钱已收到"}),
        (world.wang, {"act": "confirm"}),
    ):
        does(world.li, reverse("dues_reverse", args=[Entry.objects.get(charge=charges[1]).pk]), reason="记错了人")
        does(who, ReversalRequest.objects.waiting().get().get_absolute_url(), **typed)
    does(world.li, page, reverse("dues_verify", args=[row.pk]))
    goes_up(world, does, row)


def goes_up(world, does, row):
    page, waiting = row.get_absolute_url(), reverse("dues_waiting")
    does(world.li, page, reverse("dues_withdraw", args=[row.pk]))
    does(world.li, page, reverse("dues_submit", args=[row.pk]))
    does(world.wang, reverse("dues_return", args=[row.pk]), reason="请核对缓交")
    does(world.li, page, reverse("dues_submit", args=[row.pk]))
    does(world.wang, waiting, reverse("dues_forward"), month=row.pk)
    does(world.zhou, waiting, reverse("dues_settle"), month=row.pk)


def items_of_pay_are_set(world, does):
    page = reverse("pay_items")
    for name in ("职业年金", "工会会费"):  # a scheme to come, then other items in it
        does(world.zhou, page, effective_from="2027-01", **{"name-5": name})
    coming = PayScheme.objects.first()
    does(world.zhou, page, reverse("pay_items_drop", args=[coming.pk]))


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
