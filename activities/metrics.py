"""Indicators of the activity day, each over all branches at once: one grouped query a table, then a dictionary.

A month off, or a branch not yet founded, owes nothing: the figure does not apply and says why.
"""

from django.db.models import Count, Q
from django.urls import reverse

from activities.duties import owed, why_no_day
from activities.kinds import ItemKind
from activities.models import ActivityDay, Attendance, DayItem, DayMark, Dimension, MonthlyPlan
from core import clock
from core.contributions import Evidence, Figure, Metric, Scope
from core.periods import Month

NOT_HELD = "本月未开展活动日"
EMPTY = "名单里没有应到的党员"
NOT_DUE = "记录还没有到截止日"
TOOK_PLACE = Q(outcome__in=[DayItem.Outcome.DONE, DayItem.Outcome.CHANGED])


def _owing(branches, month):
    """``{branch: why it owes no day}``, empty where it owes."""
    cancelled = {pk: why_no_day(plan) for pk, plan in _plans(branches, month, cancels=True).items()}
    return {pk: why or cancelled.get(pk, "") for pk, _, _, why, _ in owed(Scope(branches, [month]))}


def _owing_plans(branches, month):
    """The same for the plan, which a branch founded after its due day does not owe."""
    return {pk: why for pk, _, _, _, why in owed(Scope(branches, [month]))}


def _plans(branches, month, **which):
    rows = MonthlyPlan.objects.standing().filter(month=month, organization__in=branches, **which)
    return {row.organization_id: row for row in rows}


def _days(branches, month):
    rows = ActivityDay.objects.filter(month=month, organization__in=branches).select_related("plan")
    return {row.organization_id: row for row in rows}


def _once(test, rows_of, owing=_owing):
    """A metric of yes or no: ``test(row)`` says whether the branch's row counts."""

    def compute(branches, month: Month):
        rows = rows_of(branches, month)
        return {
            pk: Figure(0, 0, why) if why else Figure(int(pk in rows and test(rows[pk])), 1)
            for pk, why in owing(branches, month).items()
        }

    return compute


def _filed_in_time(plan):
    return not plan.is_open and not plan.is_late


def _plan_evidence(branches, month):
    plans = _plans(branches, month)
    for pk, why in _owing_plans(branches, month).items():
        plan = plans.get(pk)
        if why:
            continue
        if plan is None or plan.first_submitted_on is None:
            due = plan.due_on if plan else None
            yield Evidence(pk, f"{month.label}计划", f"未报送{f'，应于 {due} 前' if due else ''}", False)
        else:
            word = "逾期报送" if plan.is_late else "按时报送"
            value = f"{word}：{plan.first_submitted_on}（截止 {plan.due_on}），{plan.get_status_display()}"
            yield Evidence(pk, f"{month.label}计划", value, _filed_in_time(plan), plan.get_absolute_url())


def _filed_beforehand(day):
    """A date that was filed after the day itself was not kept: it was chosen."""
    return clock.day_of(day.plan.submitted_at) <= day.held_on


def _on_filed_day(day):
    return day.happened and day.held_on == day.plan.planned_on and _filed_beforehand(day)


def _day_evidence(branches, month):
    days = _days(branches, month)
    for pk, why in _owing(branches, month).items():
        day = days.get(pk)
        if why:
            continue
        if day is None or not day.happened:
            reason = f"：{day.not_held_reason}" if day and day.not_held_reason else ""
            yield Evidence(pk, f"{month.label}活动日", f"未开展{reason}", False, day.get_absolute_url() if day else "")
        else:
            value = f"{day.held_on} 开展，备案日期 {day.plan.planned_on}"
            if not _filed_beforehand(day):
                value += f"（{clock.day_of(day.plan.submitted_at)} 才报送）"
            yield Evidence(pk, f"{month.label}活动日", value, _on_filed_day(day), day.get_absolute_url())


def _held_only(compute_held):
    """Figures that exist only where the day was owed and held."""

    def compute(branches, month: Month):
        owing = _owing(branches, month)
        days = {pk: day for pk, day in _days(branches, month).items() if day.happened and not owing[pk]}
        figures = compute_held(days, month)
        none = {pk: Figure(0, 0, why or (EMPTY if pk in days else NOT_HELD)) for pk, why in owing.items()}
        return none | figures

    return compute


def _owed_only(evidence):
    """The evidence of the branches that owed the day: one held in a month off is behind no figure."""

    def rows(branches, month: Month):
        owing = _owing(branches, month)
        return (row for row in evidence(branches, month) if not owing[row.organization_id])

    return rows


def _record_in_time(days, month):
    """A record that may still come counts neither way."""
    return {
        pk: Figure(0, 0, NOT_DUE) if _may_still_come(day) else Figure(int(_came(day)), 1) for pk, day in days.items()
    }


def _came(day):
    return day.recorded_at is not None and not day.record_is_late


def _may_still_come(day):
    return day.recorded_at is None and day.record_due_on >= clock.today()


def _record_evidence(branches, month):
    for pk, day in _days(branches, month).items():
        if day.happened:
            when = f"{clock.day_of(day.recorded_at)} 提交" if day.recorded_at else "未提交"
            url = reverse("day_record", args=[day.pk])
            if not _may_still_come(day):
                yield Evidence(pk, "活动日记录", f"{when}（截止 {day.record_due_on}）", _came(day), url)


def _attendance(days, month):
    rows = (
        Attendance.objects.filter(day__in=[day.pk for day in days.values()])
        .expected()
        .values("day__organization")
        .annotate(expected=Count("pk"), present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)))
        .values_list("day__organization", "present", "expected")
    )
    return {pk: Figure(present, expected) for pk, present, expected in rows}


def _people_evidence(**which):
    """Everybody of the denominator, whoever did not come first."""

    def evidence(branches, month):
        rows = Attendance.objects.filter(day__month=month, day__organization__in=branches, **which).expected()
        rows = rows.annotate(came=Q(status=Attendance.Status.PRESENT)).order_by("came", "pk")
        for row in rows.select_related("day", "person"):
            reason = f"：{row.reason}" if row.reason else ""
            url = reverse("day_attendance", args=[row.day_id])
            yield Evidence(
                row.day.organization_id, row.person.name, f"{row.get_status_display()}{reason}", row.came, url
            )

    return evidence


def _education(days, month):
    done = set(
        DayItem.objects.filter(
            TOOK_PLACE, day__in=[day.pk for day in days.values()], kind=ItemKind.EDUCATION
        ).values_list("day__organization", flat=True)
    )
    return {pk: Figure(int(pk in done), 1) for pk in days}


def _service(days, month):
    rows = (
        DayItem.objects.filter(day__in=[day.pk for day in days.values()], kind=ItemKind.SERVICE)
        .values("day__organization")
        .annotate(
            planned=Count("pk"),
            done=Count("pk", filter=TOOK_PLACE),
        )
        .values_list("day__organization", "done", "planned")
    )
    found = {pk: Figure(done, planned) for pk, done, planned in rows}
    return {pk: found.get(pk, Figure(0, 0, "本月没有安排为民服务")) for pk in days}


def _items_evidence(kind):
    def evidence(branches, month):
        rows = DayItem.objects.filter(day__month=month, day__organization__in=branches, kind=kind).select_related("day")
        for row in rows:
            name = " · ".join(row.narrower_words) or row.get_kind_display()
            value = f"{row.content}：{row.get_outcome_display() or '未记完成情况'}"
            url = reverse("day_record", args=[row.day_id])
            yield Evidence(row.day.organization_id, name, value, row.took_place, url)

    return evidence


def _leading_cadres(days, month):
    rows = (
        Attendance.objects.filter(day__in=[day.pk for day in days.values()], is_leading_cadre=True)
        .expected()
        .values("day__organization")
        .annotate(expected=Count("pk"), present=Count("pk", filter=Q(status=Attendance.Status.PRESENT)))
        .values_list("day__organization", "present", "expected")
    )
    found = {pk: Figure(present, expected) for pk, present, expected in rows}
    return {pk: found.get(pk, Figure(0, 0, "本支部没有应到的党员领导干部")) for pk in days}


def _responsibility(days, month):
    rows = (
        DayMark.objects.filter(day__in=[day.pk for day in days.values()])
        .order_by()
        .values("day__organization")
        .annotate(given=Count("pk"), met=Count("pk", filter=Q(mark=DayMark.Mark.MET)))
        .values_list("day__organization", "met", "given")
    )
    found = {pk: Figure(met, given) for pk, met, given in rows}
    why = "没有评价三定一创" if Dimension.objects.in_force(month).exists() else "这个月没有三定一创的维度"
    return {pk: found.get(pk, Figure(0, 0, why)) for pk in days}


def _mark_evidence(branches, month):
    rows = DayMark.objects.filter(day__month=month, day__organization__in=branches)
    for row in rows.select_related("day", "dimension"):
        value = f"{row.get_mark_display()}{f'：{row.note}' if row.note else ''}"
        url = reverse("day_record", args=[row.day_id])
        yield Evidence(row.day.organization_id, row.dimension.name, value, row.mark == DayMark.Mark.MET, url)


METRICS = [
    Metric(
        "plan_in_time", "月计划按时备案", "份", "截止日前首次报送且未被退回的月计划", "应报的月计划（每月 1 份）",
        "假期月份、当月尚未成立的支部", _once(_filed_in_time, _plans, _owing_plans), _plan_evidence,
    ),
    Metric(
        "held_on_filed_day", "按备案日期开展", "次", "在备案日期当天开展的活动日（日期要在开展之前报送）",
        "应开展的活动日（每月 1 次）",
        "假期月份、当月尚未成立的支部", _once(_on_filed_day, _days), _day_evidence,
    ),
    Metric(
        "record_in_time", "记录按时提交", "份", "期限内提交的活动日记录", "已开展且记录已交或已到期的活动日",
        "本月未开展活动日、记录还没有到截止日",
        _held_only(_record_in_time), _owed_only(_record_evidence),
    ),
    Metric(
        "attendance", "党员到会率", "人次", "实到", "应到（名单固定时的正式党员和预备党员，不含经批准不计者）",
        "本月未开展活动日", _held_only(_attendance), _owed_only(_people_evidence()),
    ),
    Metric(
        "education", "集中教育", "次", "有完成的集中教育内容的活动日", "已开展的活动日", "本月未开展活动日",
        _held_only(_education), _owed_only(_items_evidence(ItemKind.EDUCATION)),
    ),
    Metric(
        "service", "为民服务", "项", "已完成的为民服务", "活动日安排的为民服务", "本月没有安排为民服务",
        _held_only(_service), _owed_only(_items_evidence(ItemKind.SERVICE)),
    ),
    Metric(
        "leading_cadres", "领导干部到会", "人次", "实到的党员领导干部", "应到的党员领导干部",
        "没有应到的党员领导干部", _held_only(_leading_cadres), _owed_only(_people_evidence(is_leading_cadre=True)),
    ),
    Metric(
        "responsibility", "三定一创", "项", "评价为“做到”的维度（“部分做到”不计）", "活动日评价过的维度",
        "本月未开展活动日，或没有评价（可以不评）", _held_only(_responsibility), _owed_only(_mark_evidence),
    ),
]  # fmt: skip
