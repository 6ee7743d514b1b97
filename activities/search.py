"""What of plans and days is found by words: plans, a year's papers, what was done on a day, and guides."""

from activities.models import (
    ActivityDay,
    AnnualPlan,
    DayItem,
    MonthGuide,
    MonthlyPlan,
    PlanItem,
    Publicity,
    Wish,
    YearSummary,
)
from activities.models.guides import GuideItem
from activities.parts import parts_of
from core.contributions import SearchSource
from core.periods import Month
from core.search import Hit, found_texts, having, in_rows, with_found
from core.templatetags.page import cn_day

OWNER = "organization__short_name"
PLAN_ITEM, DAY_ITEM, GUIDE_ITEM = ("plan", ["content"]), ("day", ["content", "note"]), ("guide", ["content"])
# what a day's record says of the whole day: (where, the field)
RECORD = (
    ("主要内容及特色", "summary"), ("成效", "results"), ("存在问题和改进", "problems"),
    ("未开展原因", "not_held_reason"),
)  # fmt: skip


def find_plans(words, user):
    """The plan that counts of each month, by theme, place, guests, reason or items."""
    items = PlanItem.objects.order_by("order")
    fields = ["theme", "place", "guests", "reason", OWNER]
    rows = MonthlyPlan.objects.visible_to(user).standing().filter(having(words, fields, in_rows(items, *PLAN_ITEM)))
    rows = with_found(rows, words, items, *PLAN_ITEM)
    return rows.select_related("organization").order_by("-month", "organization__code")


def find_days(words, user):
    """Days by theme, place, or what their record says."""
    items = DayItem.objects.order_by("order", "pk")
    fields = ["plan__theme", "place", OWNER, *(field for _, field in RECORD)]
    rows = ActivityDay.objects.visible_to(user).filter(having(words, fields, in_rows(items, *DAY_ITEM)))
    rows = with_found(rows, words, items, *DAY_ITEM)
    return rows.select_related("organization", "plan").order_by("-month", "organization__code")


def find_guides(words, user):
    """Guides by title, text or items; a draft by its writers alone."""
    items = GuideItem.objects.order_by("order")
    fields = ["title", "text", OWNER]
    rows = MonthGuide.objects.visible_to(user).filter(having(words, fields, in_rows(items, *GUIDE_ITEM)))
    rows = with_found(rows, words, items, *GUIDE_ITEM)
    return rows.select_related("organization").order_by("-month", "organization__code")


def find_publicity(words, user):
    """What was published, by title, note or address."""
    rows = Publicity.objects.visible_to(user).filter(having(words, ["title", "note", "link", OWNER]))
    return rows.select_related("organization").order_by("-published_on", "-pk")


def find_wishes(words, user):
    """Wishes by what is wished; who asked is not looked through."""
    rows = Wish.objects.visible_to(user).filter(having(words, ["title", "text", OWNER]))
    return rows.select_related("organization").order_by("-pk")


def _papers_of(model, fields):
    """Finds a year's papers: of each organization and year the one that counts."""

    def find(words, user):
        rows = model.objects.visible_to(user).standing().filter(having(words, [*fields, OWNER]))
        return rows.select_related("organization").order_by("-year", "organization__code")

    return find


def _plan(row, words) -> Hit:
    on = f"，{cn_day(row.planned_on)}" if row.planned_on else ""
    texts = [("主题", row.theme), *found_texts(row, words, "议程"), ("地点", row.place), ("列席", row.guests)]
    title = f"{row.organization} {row.title}"
    return Hit(title, row.get_absolute_url(), f"{row.state_word}{on}", [*texts, ("原因", row.reason)])


def _day(row, words) -> Hit:
    on = f"，{cn_day(row.on)}" if row.on else ""
    told = [(where, getattr(row, field)) for where, field in RECORD]
    texts = [("主题", row.plan.theme), *told, *found_texts(row, words, "各项内容"), ("地点", row.place)]
    title = f"{row.organization} {row.month.label}活动日"
    return Hit(title, row.get_absolute_url(), f"{row.get_status_display()}{on}", texts)


def _year_paper(row, words) -> Hit:
    texts = [(part.word, part.text(row)) for part in parts_of(row)]
    return Hit(f"{row.organization} {row.title}", row.get_absolute_url(), row.get_status_display(), texts)


def _guide(row, words) -> Hit:
    texts = [("正文", row.text), *found_texts(row, words, "议程")]
    return Hit(row.title, row.get_absolute_url(), f"{row.issuer_name}，{row.month.label}工作提示", texts)


def _publicity(row, words) -> Hit:
    detail = f"{row.organization}，{row.channel_word}，{cn_day(row.published_on)}"
    return Hit(row.title, row.get_absolute_url(), detail, [("备注", row.note), ("链接", row.link)])


def _wish(row, words) -> Hit:
    detail = f"{row.organization}，{row.get_status_display()}"
    return Hit(row.title, row.get_absolute_url(), detail, [("心愿", row.text)])


def _in_months(rows, year):
    return rows.filter(month__gte=Month(year, 1), month__lte=Month(year, 12))


def _of_year(rows, year):
    return rows.filter(year=year)


THEMES = ["theme_1", "theme_2", "theme_3", "theme_4"]
SOURCES = (
    SearchSource("plans", "月计划", 30, find_plans, _plan, _in_months),
    SearchSource("days", "活动日", 35, find_days, _day, _in_months),
    SearchSource(
        "publicity", "宣传", 42, find_publicity, _publicity, lambda rows, year: rows.filter(published_on__year=year)
    ),
    SearchSource("wishes", "微心愿", 44, find_wishes, _wish, lambda rows, year: rows.filter(posted_at__year=year)),
    SearchSource(
        "annual", "年度计划", 50, _papers_of(AnnualPlan, ["goals", "measures", *THEMES]), _year_paper, _of_year
    ),
    SearchSource(
        "summaries", "年终总结", 55, _papers_of(YearSummary, ["achieved", "shortcomings", "next_steps"]),
        _year_paper, _of_year,
    ),
    SearchSource("guides", "工作提示", 60, find_guides, _guide, _in_months),
)  # fmt: skip
