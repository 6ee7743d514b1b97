"""The year's papers: annual plans of this year, some still on their road, and the summaries of the year before."""

import datetime

from activities.models import AnnualPlan, Attempt, Filing, MonthlyPlan, Policies, YearSummary
from activities.parts import content_of
from activities.year_duties import due_on
from branches.calendar import add_working_days
from branches.models import Organization
from core.audit import AuditEntry
from core.clock import at
from core.periods import Month
from supervision.sample import seeded, step

Status = Filing.Status
GOALS = [
    "党员活动日每月按时开展，全年不少于十次，党员到会率不低于百分之九十。\n四类教育全年全覆盖，书记每季度讲一次党课。",
    "把活动日和{what}结合起来，每季度形成一项可以检查的成果。\n党员人人参加为民服务，全年不少于四次。",
    "补齐去年督查指出的不足：计划按时报送率百分之百，活动记录五日内提交。\n每名党员全年至少领学一次。",
    "围绕季度主题开展学习教育，做到每月有主题、每次有记录。\n党费按月查验，全年无拖欠。",
]
MEASURES = [
    "书记负总责，委员分工到人；每月二十日前支委会研究下月安排。\n请假须书面说明，缺席的由委员补课。",
    "建立议程清单，会前三天通知党员；活动后两天内写好记录。\n每季度听取一次党员意见，调整下季度安排。",
    "与{what}相关的工作同部署、同检查；年中对照目标自查一次。\n结对帮扶学业困难学生，记录服务时长。",
    "用好校内外教育基地，全年组织两次现场教学。\n请党员领导干部以普通党员身份参加并讲党课。",
]
WORK = ["教学科研", "师德师风建设", "学生成长", "学科建设", "服务师生"]
ACHIEVED = [
    "全年开展活动日十次，党员到会率百分之九十三，四类教育全部覆盖；为民服务六次。",
    "各月计划和记录基本按时报送，党课四次；结对帮扶学生十二人，八人学业好转。",
    "完成年初各项目标。党费全年按月查验，没有拖欠；年中自查的三项问题均已整改。",
]
SHORTCOMINGS = [
    "个别月份活动形式单一，青年党员发言不够。",
    "有两个月记录提交偏晚，现场教学次数少。",
    "外出实习党员较多时到会率偏低。",
]
NEXT_STEPS = [
    "增加现场教学和案例讨论，请党员轮流领学。",
    "记录当天写好，书记次日核对提交。",
    "对外出党员线上同步，返校后补课。",
]
RETURNED = "目标要能检查，措施要落实到人。"
COMMENTS = {"goals": "请写明全年次数和到会比例，年底好对照。", "measures": "每项措施写明由哪位委员负责。"}


def load_years(today: datetime.date, cast, untouched: set[str]) -> None:
    """Plans of general branches and most branches are in force; three wait, one was returned, a few are missing."""
    guide = AnnualPlan.objects.filter(year=today.year, organization__parent=None).get()
    units = list(Organization.objects.general_branches().select_related("parent"))
    branches = [branch for branch in cast.branches if branch.code not in untouched]
    plans = [_plan(one, today, guide, cast) for one in [*units, *branches] if one.kind != "BRANCH" or _files(one)]
    of_branches = [plan for plan in plans if plan.organization.is_branch]
    with_middle = [plan for plan in of_branches if not plan.organization.is_direct]
    for plan, status in zip(with_middle[:3], (Status.SUBMITTED, Status.RETURNED, Status.FILED), strict=True):
        _set_back(plan, status, today, cast)
    _set_back(next(plan for plan in reversed(of_branches)), Status.FILED, today, cast)
    summaries = [_summary(one, today, cast) for one in [*units, *branches] if seeded("sum", one.code).random() < 0.6]
    AnnualPlan.objects.bulk_create(plans, batch_size=500)
    YearSummary.objects.bulk_create(summaries, batch_size=500)
    _keep([*plans, *summaries], cast)


def _files(branch) -> bool:
    return seeded("annual", branch.code).random() < 0.93


def _plan(organization, today, guide, cast) -> AnnualPlan:
    chance = seeded("annual plan", organization.code)
    what, last = chance.choice(WORK), due_on(AnnualPlan, today.year, Policies())
    plan = AnnualPlan(
        organization=organization, year=today.year, due_on=last,
        goals=chance.choice(GOALS).format(what=what), measures=chance.choice(MEASURES).format(what=what),
        **{f"theme_{number}": theme for number, theme in enumerate(guide.themes, start=1)},
    )  # fmt: skip
    return _accepted(plan, min(last - datetime.timedelta(days=chance.randint(0, 20)), today), chance, cast)


def _summary(organization, today, cast) -> YearSummary:
    chance, year = seeded("summary", organization.code), today.year - 1
    last = due_on(YearSummary, year, Policies())
    summary = YearSummary(
        organization=organization, year=year, due_on=last, achieved=chance.choice(ACHIEVED),
        shortcomings=chance.choice(SHORTCOMINGS), next_steps=chance.choice(NEXT_STEPS),
    )  # fmt: skip
    return _accepted(summary, min(last - datetime.timedelta(days=chance.randint(0, 12)), today), chance, cast)


def _accepted(paper, sent_on, chance, cast):
    paper.status, paper.attempts = Status.ACCEPTED, 1
    paper.first_submitted_on, paper.submitted_at = sent_on, at(sent_on, 9 + chance.randint(0, 7))
    paper.submitted_by = cast.secretary(paper.organization)
    paper.filed_at = at(sent_on, 17)
    paper.accepted_at = at(sent_on + datetime.timedelta(days=chance.randint(1, 3)), 16)
    return paper


def _set_back(plan, status, today, cast):
    """It was sent some days ago and is on its road still; a returned one came back from the department yesterday."""
    sent_on = today - datetime.timedelta(days=3)
    plan.status, plan.accepted_at = status, None
    plan.first_submitted_on, plan.submitted_at = sent_on, at(sent_on, 10)
    plan.filed_at = None if status == Status.SUBMITTED else at(sent_on, 17)
    if status == Status.FILED:
        plan.lapses_on = add_working_days(today, Policies().of(Month.of(today)).lapse_working_days)
    if status == Status.RETURNED:
        plan.returned_at, plan.return_note = at(today - datetime.timedelta(days=1), 15), RETURNED
        plan.reopened = list(COMMENTS)


def _keep(papers, cast) -> None:
    """The steps so far in the log, and what was sent with its answer; of papers that are stored by now."""
    AuditEntry.objects.bulk_create([one for paper in papers for one in _steps(paper, cast)], batch_size=500)
    Attempt.objects.bulk_create([_attempt(paper) for paper in papers], batch_size=500)


def _steps(paper, cast):
    yield step(paper, "plan.submitted", paper.submitted_at, paper.submitted_by)
    if paper.filed_at and paper.has_middle:
        yield step(paper, "plan.forwarded", paper.filed_at, cast.reviewer(paper.organization))
    if paper.accepted_at:
        yield step(paper, "plan.accepted", paper.accepted_at, cast.department)
    if paper.returned_at:
        yield step(paper, "plan.returned", paper.returned_at, cast.department, RETURNED)


def _attempt(paper) -> Attempt:
    kind = {MonthlyPlan: "plan", AnnualPlan: "annual_plan", YearSummary: "summary"}[type(paper)]
    outcome = {Status.ACCEPTED: Attempt.Outcome.ACCEPTED, Status.RETURNED: Attempt.Outcome.RETURNED}
    attempt = Attempt(
        number=paper.attempts, content=content_of(paper), submitted_at=paper.submitted_at,
        submitted_by=paper.submitted_by, outcome=outcome.get(paper.status, Attempt.Outcome.WAITING), **{kind: paper},
    )  # fmt: skip
    if paper.status == Status.RETURNED:
        attempt.note, attempt.comments = RETURNED, COMMENTS
    return attempt


def keep_attempts_of_months() -> None:
    """What waits for an answer was sent as it stands."""
    waiting = MonthlyPlan.objects.filter(status__in=[Status.SUBMITTED, Status.FILED]).with_parts()
    Attempt.objects.bulk_create([_attempt(plan) for plan in waiting.select_related("submitted_by")], batch_size=500)
