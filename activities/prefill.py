"""A new plan, filled in as far as the year's plan, the fixed day and last month allow. Typed once, used again."""

from functools import cached_property

from activities.kinds import EducationKind, ItemKind, MeetingType
from activities.models import MonthlyPlan, Policy, QuarterTheme
from branches.models import Organization
from core.periods import Month


def last_plan(branch: Organization, month: Month) -> MonthlyPlan | None:
    """The branch's latest plan before a month."""
    return (
        MonthlyPlan.objects.filter(organization=branch, month__lt=month)
        .select_related("host", "recorder")
        .prefetch_related("items")
        .order_by("-month")
        .first()
    )


class Background:
    """What a branch's plan of a month builds on, each read once."""

    def __init__(self, branch: Organization, month: Month):
        self.branch, self.month = branch, month

    @cached_property
    def policy(self) -> Policy:
        return Policy.in_force(self.month)

    @cached_property
    def before(self) -> MonthlyPlan | None:
        return last_plan(self.branch, self.month)

    @cached_property
    def theme(self) -> QuarterTheme | None:
        return QuarterTheme.for_month(self.branch, self.month)


def prefill(background: Background):
    """``(values, items, origins)`` for a branch's new plan; ``origins`` says in words where each value comes from."""
    branch, month, policy = background.branch, background.month, background.policy
    theme, before = background.theme, background.before
    values = {
        "planned_on": policy.usual_day(month),
        "starts_at": before.starts_at if before else policy.usual_start,
        "theme": theme.theme if theme else "",
    }
    origins = {
        "planned_on": f"由“{policy.pattern_label}”预填",
        "starts_at": "同上次" if before else "由通常时间预填",
        "theme": f"由 {month.quarter.label}主题预填" if theme else "",
    }
    if before:
        for name in ("place", "host", "recorder"):
            person = getattr(before, name)
            if name == "place" or (person and person.organization_id == branch.pk and person.left_on is None):
                values[name] = person
                origins[name] = "同上次"
    items = _items_like(before, month) if before and before.items.all() else _usual_items(values["theme"], month)
    return values, items, origins


def _items_like(before, month):
    return [
        {
            "kind": item.kind,
            "subtype": item.subtype,
            "content": _moved(item.content, before.month, month),
            "minutes": item.minutes,
        }
        for item in before.items.all()
    ]


def _moved(text, old, new):
    """Last month's words for this month: '10 月党费' becomes '11 月党费'."""
    return text.replace(f"{old.number} 月", f"{new.number} 月").replace(f"{old.number}月", f"{new.number}月")


def _usual_items(theme, month):
    subject = f"围绕“{theme}”学习讨论" if theme else "专题学习讨论"
    rows = [
        (ItemKind.DUES, "", f"集中交纳并查验 {month.number} 月党费", 10),
        (ItemKind.EDUCATION, EducationKind.SPIRIT, subject, 40),
        (ItemKind.MEETING, MeetingType.GENERAL, "通报支部工作，讨论下一步安排", 30),
        (ItemKind.SERVICE, "CONVENIENCE", "校园志愿服务", 30),
    ]
    return [{"kind": kind, "subtype": sub, "content": text, "minutes": minutes} for kind, sub, text, minutes in rows]
