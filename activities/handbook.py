"""支部工作手册: a branch's year as one document, from the sections that the floors give; and those of this floor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from activities import day_paper
from activities.models import ActivityDay, AnnualPlan, MonthlyPlan, PlanItem, YearSummary
from activities.paper import moment, year_blocks
from activities.parts import run_words
from branches.models import Office, Organization
from core import clock
from core.contributions import HandbookSection, registry
from core.papers import Block, Contents, Fact, Heading, Note, Paper, facts
from core.periods import Month
from core.templatetags.page import cn_day

TITLE = "党支部工作手册"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Handbook:
    """A branch's year: the sections that are in it, in their order."""

    organization: Organization
    year: int
    sections: tuple[HandbookSection, ...]

    @property
    def title(self) -> str:
        return f"{self.organization}{self.year}年{TITLE}"

    @property
    def names(self) -> str:
        return "、".join(section.name for section in self.sections)


def chosen(codes: Iterable[str]) -> tuple[HandbookSection, ...]:
    """The sections with these codes, in the order of the handbook."""
    wanted = set(codes)
    return tuple(section for section in registry.handbook if section.code in wanted)


def handbook_papers(handbook: Handbook, user) -> list[Paper]:
    """The cover with what follows, and each section on a page of its own: as many queries for any number of rows."""
    named = [
        (f"{NUMERALS[place]}、{section.name}", f"part-{section.code}", section)
        for place, section in enumerate(handbook.sections)
    ]
    parts = [
        Paper(title=name, blocks=tuple(section.blocks(handbook.organization, handbook.year, user)), anchor=anchor)
        for name, anchor, section in named
    ]
    return [_cover(handbook, [(name, anchor) for name, anchor, _ in named]), *parts]


def _cover(handbook, entries) -> Paper:
    branch = handbook.organization
    on = min(Month(handbook.year, 12).last, clock.today())
    running = branch.appointments.active(on).filter(office=Office.SECRETARY)
    secretaries = running.values_list("person__name", flat=True)
    return Paper(
        title=TITLE,
        blocks=(
            facts(
                [("党支部", branch.name)],
                [("所属组织", branch.parent or ""), ("年度", f"{handbook.year} 年")],
                [("书记", "、".join(secretaries)), ("整理日期", cn_day(clock.today()))],
            ),
            Heading("目录"),
            Contents(tuple(entries)),
        ),
        foot="本手册由系统按各月的计划、记录、会议和党费汇编，与各自的原件一致。",
    )


def annual_plan(organization, year, user) -> list[Block]:
    return _paper_of(AnnualPlan, organization, year, user, "还没有年度计划。")


def summary(organization, year, user) -> list[Block]:
    return _paper_of(YearSummary, organization, year, user, "还没有年终总结。")


def _paper_of(model, organization, year, user, nothing) -> list[Block]:
    """What the paper of the year says that counts, with how it stands."""
    paper = model.objects.visible_to(user).standing().of([organization.pk]).filter(year=year).first()
    return [*year_blocks(paper), Note(f"状态：{paper.get_status_display()}。")] if paper else [Note(nothing)]


def months(organization, year, user) -> list[Block]:
    """The months that have come, and those that are planned: what was planned, and what the record says."""
    span = {"month__gte": Month(year, 1), "month__lte": Month(year, 12)}
    plans = MonthlyPlan.objects.visible_to(user).standing().of([organization.pk]).filter(**span)
    plans = {plan.month: plan for plan in plans.select_related("host", "recorder")}
    items = Prefetch("items", PlanItem.objects.select_related("leader"))
    prefetch_related_objects(list(plans.values()), items)
    days = ActivityDay.objects.visible_to(user).of([organization.pk]).filter(**span)
    days = {day.month: day for day in day_paper.read(days.select_related("plan", "host", "recorder"))}
    return [
        block
        for month in Month(year, 1).until(Month(year, 12))
        if month <= Month.current() or month in plans
        for block in _month(month, plans.get(month), days.get(month))
    ]


def _month(month, plan, day) -> Iterable[Block]:
    yield Heading(month.short)
    rows = [*_planned(plan), *_done(day)]
    yield facts(*rows) if rows else Note("没有计划和记录。")


def _planned(plan) -> Sequence[Sequence[Fact]]:
    if plan is None:
        return []
    if plan.cancels:
        return [[("计划", f"本月不开展，原因：{plan.reason}")], [("计划状态", plan.state_word)]]
    return [
        [("计划主题", plan.theme)],
        [("计划时间", moment(plan.month, plan.planned_on, plan.starts_at)), ("计划状态", plan.state_word)],
        [("计划议程", run_words(plan.items.all()))],
    ]


def _done(day) -> Sequence[Sequence[Fact]]:
    if day is None:
        return []
    if not day.happened:
        why = f"：{day.not_held_reason}" if day.not_held_reason else ""
        return [[("活动日", f"{day.get_status_display()}{why}")]]
    state = day.get_status_display() if day.recorded_at else day_paper.UNSUBMITTED
    return [[("实际时间", day_paper.held(day)), ("记录状态", state)], *day_paper.record_rows(day)]


SECTIONS = (
    HandbookSection("annual", "年度计划", 20, annual_plan),
    HandbookSection("months", "每月计划和活动记录", 30, months),
    HandbookSection("summary", "年终总结", 90, summary),
)
