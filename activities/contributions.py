"""What the activity floor gives to pages that gather: duties, metrics, a person's attendance, search."""

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from activities import duties, free_days, handbook, search, service, year_duties
from activities.education.hours import own_hours
from activities.metrics import METRICS
from activities.models import ActivityDay, AnnualPlan, Attendance, MakeUpAttendance, MonthlyPlan, YearSummary
from activities.own_days import own_days
from activities.service_lists import masked_name
from branches.reports.people import masked_phone
from core.audit import mask_fields, name_events
from core.contributions import (
    CalendarReader,
    OwnPart,
    TimelineSource,
    WaitingSource,
    in_batches,
    registry,
)
from core.templatetags.page import md


def attendance_of(person, user):
    """A person's days, as far as the user may see them, latest first; one that was made up for says so."""
    seen = Exists(ActivityDay.objects.visible_to(user).filter(pk=OuterRef("day")))
    later = MakeUpAttendance.objects.filter(attendance=OuterRef("pk")).order_by("-make_up__held_on", "-pk")
    rows = Attendance.objects.visible_to(user).filter(person=person).select_related("day").annotate(
        is_seen=seen, later_on=Subquery(later.values("make_up__held_on")[:1]),
        later_what=Subquery(later.values("make_up__content")[:1]),
    )  # fmt: skip
    for row in in_batches(rows.order_by("-day__held_on", "-pk")):
        reason = f"（{row.reason}）" if row.reason else ""
        later_words = f"，{md(row.later_on)}补课：{row.later_what[:80]}" if row.later_on else ""
        url = reverse("day_attendance", args=[row.day_id]) if row.is_seen else ""
        yield row.day.held_on, f"{row.day.month.label}活动日：{row.get_status_display()}{reason}{later_words}", url


def plans_to_review(user):
    """Plans on which the user's review is the next step."""
    return MonthlyPlan.objects.visible_to(user).awaiting(user)


def annual_plans_to_review(user):
    return AnnualPlan.objects.visible_to(user).awaiting(user)


def summaries_to_review(user):
    return YearSummary.objects.visible_to(user).awaiting(user)


def _queue(kind):
    return lambda: f"{reverse('review')}?kind={kind}"


registry.add(
    *year_duties.SOURCES,  # first: its one reading has the lifespans that the others ask for
    *duties.SOURCES,
    *METRICS,
    TimelineSource("活动日", attendance_of),
    OwnPart("days", 10, "activities/own_days.html", own_days),
    *search.SOURCES,
    *handbook.SECTIONS,
    CalendarReader(free_days.days_became_free),
    OwnPart("education", 20, "activities/own_education.html", own_hours),
    TimelineSource("为民服务", service.service_of),
    OwnPart("service", 30, "activities/own_service.html", service.own_service),
    WaitingSource("plans", "份计划待审核", "去审核", 10, plans_to_review, lambda: reverse("review")),
    WaitingSource("annual_plans", "份年度计划待审核", "去审核", 11, annual_plans_to_review, _queue("annual")),
    WaitingSource("summaries", "份年终总结待审核", "去审核", 12, summaries_to_review, _queue("summary")),
)
name_events(
    {
        "plan.started": "开始填写",
        "plan.saved": "修改草稿",
        "plan.submitted": "报送",
        "plan.withdrawn": "撤回",
        "plan.forwarded": "党总支转报",
        "plan.accepted": "组织部备案",
        "plan.lapsed": "到期自动备案",
        "plan.returned": "退回",
        "plan.amended": "开始修订",
        "plan.cancelled": "改报本月不开展",
        "plan.dropped": "放弃修订",
        "plan.discarded": "删去草稿",
        "template.begun": "新建模板",
        "template.kept": "存为模板",
        "template.saved": "修改模板",
        "template.dropped": "删去模板",
        "day.held": "确认开展，名单固定",
        "day.skipped": "记为未开展",
        "day.resumed": "撤销未开展",
        "day.item_added": "加一项计划外内容",
        "day.item_dropped": "删去计划外内容",
        "day.saved": "保存记录",
        "day.recorded": "提交记录",
        "day.reopened": "退回记录更正",
        "attendance.marked": "登记到会",
        "guide.started": "开始起草",
        "guide.saved": "修改草稿",
        "guide.issued": "发布",
        "guide.corrected": "更正",
        "guide.withdrawn": "撤回",
        "guide.dropped": "删去草稿",
        "guide.file_attached": "加附件",
        "guide.file_dropped": "去掉附件",
        "guest.invited": "登记列席",
        "guest.dismissed": "删去列席",
        "policy.set": "制定活动日规则",
        "policy.dropped": "取消活动日规则",
        "plans.exported": "导出活动日计划",
        "plan_forms.exported": "导出备案表",
        "days.exported": "导出活动日",
        "feed.opened": "生成日历订阅链接",
        "feed.renewed": "更换日历订阅链接",
        "feed.revoked": "停用日历订阅链接",
        "annual_plans.exported": "导出年度计划和总结",
        "year.exported": "导出全年一览",
        "education.exported": "导出集中教育开展情况",
        "education_people.exported": "导出党员参加集中教育时长",
        "day.returned": "退回记录",
        "day.file_attached": "加照片或文件",
        "day.file_dropped": "删去照片或文件",
        "day.file_moved": "调整照片或文件的顺序",
        "attendance.corrected": "更正到会",
        "attendance.checked_in": "扫码签到",
        "guests.carried": "按计划列入列席",
        "leave.asked": "登记请假",
        "leave.withdrawn": "撤回请假",
        "make_up.arranged": "登记补课",
        "make_up.saved": "修改补课",
        "make_up.dropped": "删去补课",
        "make_up.file_attached": "加补课材料",
        "make_up.file_dropped": "去掉补课材料",
        "publicity.added": "登记宣传",
        "publicity.saved": "修改宣传",
        "publicity.dropped": "删去宣传",
        "publicity.exported": "导出宣传情况",
        "cadres.exported": "导出领导干部参加情况",
        "cadre_days.exported": "导出领导干部参加明细",
        "day.marked": "三定一创评价",
        "dimension.added": "增加三定一创维度",
        "dimension.saved": "修改三定一创维度",
        "dimension.raised": "上移三定一创维度",
        "dimension.ended": "停用三定一创维度",
        "dimension.resumed": "撤销停用三定一创维度",
        "dimension.dropped": "删去三定一创维度",
        "wish.posted": "发布微心愿",
        "wish.withdrawn": "撤回微心愿",
        "wish.claimed": "认领微心愿",
        "wish.given_back": "退回认领",
        "wish.finished": "登记办好",
        "wish.confirmed": "确认实现",
        "wish.sent_back": "还没办好",
        "pairing.begun": "登记结对",
        "pairing.visited": "登记走访",
        "pairing.visit_dropped": "删去走访",
        "pairing.ended": "结束结对",
        "pledge.made": "作出承诺",
        "pledge.saved": "修改承诺",
        "pledge.checked": "评定承诺",
        "wishes.exported": "导出微心愿",
        "pairings.exported": "导出结对帮带",
        "visits.exported": "导出走访记录",
        "pledges.exported": "导出承诺",
        "service_items.exported": "导出为民服务项目",
        "service_figures.exported": "导出为民服务统计",
        "day_records.exported": "导出活动记录",
        "sign_in_sheets.exported": "导出签到表",
        "handbooks.exported": "导出支部工作手册",
    },
    group="计划与活动日",
)
# who asked a wish is told to the posting branch's chain on its page, and to nobody by the log
mask_fields(
    {"contact": masked_phone, "asker_name": masked_name, "confirmed_for": masked_name, "partner_name": masked_name}
)
