"""A new plan, filled in as far as the year's plan, the fixed day, last month and the month's guide allow."""

import re
from functools import cached_property

from django.db.models import Exists, OuterRef, Subquery

from activities.birthdays import Birthday, birthdays_of, for_another_month
from activities.guides import guides_for, with_guides
from activities.kinds import EducationKind, ItemKind, MeetingType
from activities.models import AnnualPlan, MonthGuide, MonthlyPlan, PlanCadre, Policy
from branches.models import Organization, Person, Transfer
from core.periods import Month


def members_of(branch: Organization, plan: MonthlyPlan | None = None) -> list[Person]:
    """Who can be named in a plan: the branch's members at present, each with ``is_coming``: as a leading cadre.

    ``came_on`` is when they were transferred in, None for who was always there.
    """
    coming = PlanCadre.objects.filter(plan=plan, person=OuterRef("pk"))
    moves = Transfer.objects.accepted().filter(person=OuterRef("pk")).order_by("-moved_on", "-pk")
    people = Person.objects.of(branch).present().members()
    return list(people.annotate(is_coming=Exists(coming), came_on=Subquery(moves.values("moved_on")[:1])))


class Background:
    """What a branch's plan of a month builds on, each read once; ``plan`` is the one that is there already."""

    def __init__(self, branch: Organization, month: Month, plan: MonthlyPlan | None = None):
        self.branch, self.month, self.plan = branch, month, plan

    @cached_property
    def policy(self) -> Policy:
        return Policy.in_force(self.month)

    @cached_property
    def last(self) -> tuple[MonthlyPlan | None, list[dict]]:
        """The branch's latest plan before the month, with its run."""
        plans = MonthlyPlan.objects.of([self.branch]).up_to(self.month).exclude(month=self.month)
        return plans.select_related("host", "recorder").first_with_run()

    @property
    def before(self) -> MonthlyPlan | None:
        return self.last[0]

    @cached_property
    def members(self) -> list[Person]:
        return members_of(self.branch, self.plan)

    @cached_property
    def annual(self) -> AnnualPlan | None:
        """The year's plan that gives this month's quarter its theme."""
        return AnnualPlan.guiding(self.branch, self.month)

    @cached_property
    def theme(self) -> str:
        return self.annual.theme_of(self.month.quarter) if self.annual else ""

    @cached_property
    def guides(self) -> list[MonthGuide]:
        return guides_for(self.branch, self.month)

    @cached_property
    def birthdays(self) -> list[Birthday]:
        return birthdays_of(self.members, self.month)


def prefill(background: Background):
    """``(values, items, origins)`` for a branch's new plan; ``origins`` says in words where each value comes from.

    An item that comes from a guide has an ``origin`` of its own.
    """
    values, origins = first_values(background)
    return values, with_guides(first_items(background), background.guides), origins


def first_values(background: Background):
    """``(values, origins)`` of a new plan's fields."""
    branch, month, policy = background.branch, background.month, background.policy
    theme, before = background.theme, background.before
    values = {
        "planned_on": policy.usual_day(month),
        "starts_at": before.starts_at if before else policy.usual_start,
        "theme": theme,
    }
    origins = {
        "planned_on": f"由“{policy.pattern_label}”预填",
        "starts_at": "同上次" if before else "由通常时间预填",
        "theme": f"由{background.annual.organization} {month.quarter.label}主题预填" if background.annual else "",
    }
    if before:
        for name in ("place", "host", "recorder"):
            person = getattr(before, name)
            if name == "place" or (person and person.organization_id == branch.pk and person.left_on is None):
                values[name] = person
                origins[name] = "同上次"
    return values, origins


def first_items(background: Background) -> list[dict]:
    """A new plan's run: the last plan's in this month's words, else the usual one."""
    before, run = background.last
    if before is None or not run:
        return _usual_items(background.theme, background.month)
    return lines_like(run, before.month, background)


def lines_like(run: list[dict], month: Month, background: Background) -> list[dict]:
    """Another month's run in this month's words; who was in charge and has left since is not named again."""
    here = {person.pk for person in background.members}
    run = for_another_month(run, lambda: background.birthdays)
    return [
        item
        | {
            "content": moved(item["content"], month, background.month),
            "leader_id": item["leader_id"] if item["leader_id"] in here else None,
        }
        for item in run
    ]


def moved(text: str, old: Month, new: Month) -> str:
    """One month's words for another: '10 月党费' becomes '11 月党费', and the year goes along where it is named."""

    def name_of_the_new(found):
        words = f"{new.year} 年 {new.number} 月" if found["year"] else f"{new.number} 月"
        return found["before"] + (words if found["space"] else words.replace(" ", ""))

    return _name_of(old).sub(name_of_the_new, text)


def without_month(text: str, month: Month) -> str:
    """A month's words for any month: '交 10 月党费' becomes '交本月党费'."""
    return _name_of(month).sub("本月", text)


def _name_of(month: Month) -> re.Pattern:
    """Where a text names the month, alone or with its year, written with spaces or without; '11 月' is no January."""
    return re.compile(rf"(?P<before> ?)(?<!\d)(?P<year>{month.year} ?年 ?)?{month.number}(?P<space> ?)月")


def _usual_items(theme, month):
    subject = f"围绕“{theme}”学习讨论" if theme else "专题学习讨论"
    rows = [
        (ItemKind.DUES, "", f"集中交纳并查验 {month.number} 月党费", 10),
        (ItemKind.EDUCATION, EducationKind.SPIRIT, subject, 40),
        (ItemKind.MEETING, MeetingType.GENERAL, "通报支部工作，讨论下一步安排", 30),
        (ItemKind.SERVICE, "CONVENIENCE", "校园志愿服务", 30),
    ]
    return [{"kind": kind, "subtype": sub, "content": text, "minutes": minutes} for kind, sub, text, minutes in rows]
