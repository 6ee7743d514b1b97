"""The paper of plans: what stands on a form, in order. The print page and the Word document say the same from here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects

from activities import reports
from activities.models import AnnualPlan, MonthlyPlan
from activities.models.plans import parts_to_prefetch
from activities.parts import item_words, parts_of
from core import clock
from core.audit import AuditEntry
from core.papers import DATE, LABELS, WIDTH, Block, Cell, Heading, Table, Text, heads, label
from core.periods import Month
from core.templatetags.page import cn_day, md, weekday

FORM = "党员活动日计划备案表"
SERIES = {"annual": "计", "summary": "总"}  # a year's two papers are numbered apart
MOST_NAMES = 5  # so many branches are named in a sentence; more are counted


@dataclass(frozen=True)
class Entry:
    """A value with its label, as lines; a line break in a label is kept."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Opinion:
    """What a level says, by whom and when, with room to sign and seal. ``text`` is empty while nobody has spoken."""

    label: str
    text: str
    signer: str

    @property
    def signing(self) -> tuple[tuple[str, str], ...]:
        """The lines at the foot: (what is asked, what stands there); on an empty one somebody writes by hand."""
        return (self.signer, ""), ("（盖章）", DATE)


@dataclass(frozen=True)
class FilingForm:
    """《党员活动日计划备案表》 of one branch and month. A row is one entry over the whole width, or two in one line."""

    branch: str
    number: str
    rows: tuple[tuple[Entry, ...], ...]
    opinions: tuple[Opinion, ...]
    foot: str
    title: str = FORM

    @property
    def unit(self) -> str:
        return f"填报单位：{self.branch}"


@dataclass(frozen=True)
class Section:
    """A part of a paper that is written in sentences."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class SectionedPaper:
    """A plan or a summary of a year: sections, the table of the four quarters, and what each level says.

    ``columns`` are the heads of the table, ``quarters`` its rows, each with as many texts; without rows there is none.
    """

    title: str
    branch: str
    sections: tuple[Section, ...]
    quarters: tuple[tuple[str, ...], ...]
    opinions: tuple[Opinion, ...]
    columns: tuple[str, ...] = ("季度", "主题")
    number: str = ""
    foot: str = ""

    @property
    def unit(self) -> str:
        return f"填报单位：{self.branch}"


@dataclass(frozen=True)
class Batch:
    """The plans of a list that have a form, ``count`` of them. Of the others ``without`` have sent nothing.

    ``cancelled`` have sent that no day is held, of which ``names`` are the first.
    """

    plans: QuerySet[MonthlyPlan]
    count: int
    without: int
    cancelled: int
    names: tuple[str, ...]

    @property
    def note(self) -> str:
        """How many forms there are, and for how many branches of the list there is none, for users."""
        others = "，".join(self._others)
        return f"共 {self.count} 份备案表{f'，另有 {others}，没有备案表' if others else ''}。"

    @property
    def why_none(self) -> str:
        """Why there is no form at all, for users."""
        if self.cancelled:
            return f"{'，'.join(self._others)}。"
        return f"这 {self.without} 个党支部都还没有报送。" if self.without else "没有符合条件的党支部。"

    @property
    def _others(self) -> list[str]:
        unsent = [f"{self.without} 个党支部还没有报送"] if self.without else []
        named = "、".join(self.names) + ("等" if self.cancelled > len(self.names) else "")
        return unsent + ([f"{self.cancelled} 个党支部报的是本月不开展（{named}）"] if self.cancelled else [])


def batch_of(user, month: Month, listed) -> Batch:
    """The forms of a list of branches (``reports.plan_list``) in the order of codes, as far as the user sees them.

    A draft has no form, and one that was taken back is a draft again; who reports that no day is held fills in none.
    """
    sent = MonthlyPlan.objects.visible_to(user).standing().for_month(month).exclude(status=MonthlyPlan.Status.DRAFT)
    sent = sent.of(listed.branches.order_by()).order_by("organization__code")
    plans = sent.filter(cancels=False).select_related("organization__parent", "host", "recorder")
    count, cancelled = plans.count(), sent.filter(cancels=True)
    names = tuple(cancelled.values_list("organization__short_name", flat=True)[: MOST_NAMES + 1])
    number = cancelled.count() if len(names) > MOST_NAMES else len(names)
    return Batch(plans, count, len(listed) - count - number, number, names[:MOST_NAMES])


def title_of(month: Month, organization=None) -> str:
    """What a document of one branch's form, or of all below an organization, is called; its file too."""
    return f"{organization or ''}{month.year}年{month.number}月{FORM}"


def filing_forms(plans: Iterable[MonthlyPlan]) -> list[FilingForm]:
    """The forms of plans that the user may see, in their order: a fixed number of queries however many there are."""
    plans = list(plans)
    prefetch_related_objects(plans, "organization__parent", "host", "recorder", *parts_to_prefetch())
    expected = reports.headcounts(_day_of(plan) for plan in plans)
    steps, themes = last_steps(plans), _themes(plans)
    return [_form(plan, expected[_day_of(plan)]["expected"], steps[plan.pk], themes.get(plan.pk, "")) for plan in plans]


def _day_of(plan):
    return plan.organization_id, plan.month, plan.planned_on or clock.today()


def _form(plan, expected, steps, theme) -> FilingForm:
    branch, month = plan.organization, plan.month
    above = "（直属党支部）" if branch.is_direct else str(branch.parent)
    head = (_line("党总支", above), _line("所属月份", month.label))
    said = [(_line("本月不开展", f"原因：{plan.reason}"),)] if plan.cancels else _arrangement(plan, expected, theme)
    return FilingForm(
        branch=str(branch),
        number=f"编号：备〔{month.year}〕{month.number}-{branch.code}-{_count(plan)}" if plan.attempts else "",
        rows=(head, *said),
        opinions=tuple(_opinions(branch, steps)),
        foot=_foot(plan),
    )


def _arrangement(plan, expected, theme) -> list[tuple[Entry, ...]]:
    """What is planned for the month's day."""
    quarter = plan.month.quarter
    rows = [
        (_line("活动主题", plan.theme),),
        (_line("计划时间", moment(plan.month, plan.planned_on, plan.starts_at)), _line("时长", f"{plan.minutes} 分钟")),
        (_line("地点", plan.place), _line("主持人", plan.host or "")),
        (_line("记录人", plan.recorder or ""), _line("参加人数", f"应到 {expected} 人")),
        (_line("季度主题", f"{quarter.label}：{theme}" if theme else "无"),),
        (Entry("主要内容", _items(list(plan.items.all()))),),
        (_line("邀请列席", plan.guest_words or "无"),),
    ]
    if cadres := "、".join(one.person.name for one in plan.cadres.all()):
        rows.append((_line("参加的党员领导干部", cadres),))
    if plan.is_amendment:
        rows.append((_line("修订", f"第 {plan.revision} 版，原因：{plan.reason}"),))
    return rows


def moment(month: Month, day, starts_at) -> str:
    """Day and hour in one line: the form names the year already, unless the day was put into another one."""
    words = ""
    if day:
        words = f"{md(day)}（{weekday(day)}）" if day.year == month.year else cn_day(day)
    return words + (f"{starts_at:%H:%M}" if starts_at else "")


def _line(label, value) -> Entry:
    return Entry(label, (str(value),))


def _items(items) -> tuple[str, ...]:
    last = len(items)
    return tuple(
        f"{place}．{item_words(item)}{'。' if place == last else '；'}" for place, item in enumerate(items, start=1)
    )


def _opinions(branch, steps):
    yield Opinion("党支部\n意见", _said("同意报送", steps.get("submitted")), "书记（签字）：")
    if not branch.is_direct:
        yield Opinion("党总支\n意见", _said("同意转报", steps.get("forwarded")), "负责人（签字）：")
    yield Opinion("组织部\n备案意见", _said("已备案", steps.get("accepted")), "经办人（签字）：")


def _said(words, step) -> str:
    """The words with who said them and when; a step that somebody else stood in for says so."""
    if step is None:
        return ""
    if step.event == "plan.lapsed":
        return f"{words}（{md(step.at)}，到期没有退回，自动备案）。"
    note = f"{step.note}。" if step.note else ""
    return f"{words}（{step.by.name if step.by else '系统'}，{md(step.at)}）。{note}"


def _foot(plan) -> str:
    own = plan.organization.get_kind_display()
    copies = f"{own}、党总支、组织部" if plan.has_middle else f"{own}、组织部"
    if plan.is_open:
        made = f"本表按正在修改的内容生成，还没有{'再次' if plan.attempts else ''}报送"
    else:
        made = f"本表由系统按第 {plan.attempts} 次报送内容生成"
    return f"{made}，状态：{plan.get_status_display()}。{copies}各存一份。"


def last_steps(plans: Sequence) -> dict[int, dict[str, AuditEntry]]:
    """By plan id: the audit entries of its present attempt by step (submitted, forwarded, accepted), in one query.

    A plan that was returned or taken back has none: what was said then was said of other words.
    """
    found: dict[int, dict[str, AuditEntry]] = {plan.pk: {} for plan in plans}
    words = ("submitted", "forwarded", "accepted", "lapsed", "returned", "withdrawn")
    label = plans[0]._meta.label_lower if plans else ""
    entries = AuditEntry.objects.filter(
        subject=label, subject_id__in=found, event__in=[f"plan.{word}" for word in words]
    )
    for entry in entries.select_related("by").defer("data").order_by("pk"):
        word = entry.event.removeprefix("plan.")
        if word in ("submitted", "returned", "withdrawn"):
            found[entry.subject_id] = {}
        if word not in ("returned", "withdrawn"):
            found[entry.subject_id]["accepted" if word == "lapsed" else word] = entry
    return found


def _themes(plans) -> dict[int, str]:
    """By plan id: the nearest theme of its quarter, the branch's own or that of a level above, in one query."""
    lineages = {plan.pk: plan.organization.lineage for plan in plans}
    rows = AnnualPlan.objects.filter(
        organization__in={pk for lineage in lineages.values() for pk in lineage},
        year__in={plan.month.year for plan in plans}, status=AnnualPlan.Status.ACCEPTED,
    )  # fmt: skip
    in_force = {(row.organization_id, row.year): row for row in rows}
    found = {}
    for plan in plans:
        chain = [in_force.get((pk, plan.month.year)) for pk in reversed(lineages[plan.pk])]
        themes = (annual.theme_of(plan.month.quarter) for annual in chain if annual)
        found[plan.pk] = next(filter(None, themes), "")
    return found


def year_papers(papers: Sequence) -> list[SectionedPaper]:
    """Annual plans or year-end summaries as paper, in their order; all of one kind."""
    papers = list(papers)
    prefetch_related_objects(papers, "organization__parent")
    steps = last_steps(papers)
    return [_year_paper(paper, steps[paper.pk]) for paper in papers]


def year_blocks(paper) -> list[Block]:
    """What a year's plan or summary says, in blocks, without what each level says of it."""
    blocks: list[Block] = []
    for section in _sections(paper):
        blocks += [Heading(section.heading), *(Text(text) for text in section.paragraphs)]
    if quarters := _quarters(paper):
        rows = [(label(name), Cell((theme,))) for name, theme in quarters]
        blocks += [Heading("季度主题"), Table((LABELS, WIDTH - LABELS), (heads("季度", "主题"), *rows), has_head=True)]
    return blocks


def _sections(paper) -> tuple[Section, ...]:
    return tuple(
        Section(part.word, _paragraphs(part.text(paper))) for part in parts_of(paper) if "theme" not in part.name
    )


def _quarters(paper) -> tuple[tuple[str, ...], ...]:
    themes = getattr(paper, "themes", ())
    return tuple((f"第{'一二三四'[place]}季度", theme) for place, theme in enumerate(themes))


def _year_paper(paper, steps) -> SectionedPaper:
    owner = paper.organization
    return SectionedPaper(
        title=paper.title, branch=str(owner), sections=_sections(paper), quarters=_quarters(paper),
        opinions=tuple(_year_opinions(paper, steps)), foot=_foot(paper),
        number=f"编号：{SERIES[paper.kind]}〔{paper.year}〕{owner.code}-{_count(paper)}" if paper.attempts else "",
    )  # fmt: skip


def _count(paper) -> str:
    """Which submission it is, so that no two papers that are kept bear one number."""
    return f"修{paper.revision - 1}-{paper.attempts}" if paper.is_amendment else str(paper.attempts)


def _paragraphs(text) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _year_opinions(paper, steps):
    """What each level says: whoever files it, the general branch between, the department above."""
    own = "报送" if paper.organization.parent_id else "印发"
    yield Opinion("填报单位\n意见", _said(f"同意{own}", steps.get("submitted")), "负责人（签字）：")
    if paper.has_middle:
        yield Opinion("党总支\n意见", _said("同意转报", steps.get("forwarded")), "负责人（签字）：")
    if paper.organization.parent_id:
        yield Opinion("组织部\n备案意见", _said("已备案", steps.get("accepted")), "经办人（签字）：")
