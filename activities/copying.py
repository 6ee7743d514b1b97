"""取内容: a month's form filled from an earlier plan of the branch or from a template. Nothing is written by it."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from activities.filing.drafts import shut_fields
from activities.guides import with_guides
from activities.models import MonthlyPlan, PlanItem, PlanTemplate, TemplateItem
from activities.prefill import Background, first_items, first_values, lines_like, moved
from core.periods import Month

MOST_PLANS = 12


@dataclass(frozen=True)
class Taken:
    """What a form is filled with: ``values`` by field name, the lines of the run, and where each value is from.

    ``source`` names the plan or the template; ``replaces`` says that a draft is there whose content would give way.
    """

    source: str
    values: dict
    items: list[dict]
    replaces: bool
    origins: dict[str, str] = field(default_factory=dict)


def earlier_plans(user, branch, month: Month):
    """The branch's plans of earlier months that have content, the latest first, as far as the user may see them."""
    rows = MonthlyPlan.objects.visible_to(user).standing().of([branch]).filter(month__lt=month, cancels=False)
    items = Prefetch("items", PlanItem.objects.select_related("leader"))
    return rows.select_related("host", "recorder").prefetch_related(items).order_by("-month")


def templates_for(user, branch, text=""):
    """The templates that a branch can take from: its own and those of the levels above it; narrowed by a word."""
    return PlanTemplate.objects.visible_to(user).matching(text).offered_to(branch)


def can_take(draft) -> bool:
    """Can content be taken into the draft, or into a new plan (None)? Not while only single parts of it are open."""
    return draft is None or not shut_fields(draft)


def begin(user, background: Background, draft, run, asked):
    """``(values, items, origins, taken)`` with which a month's form opens; ``asked`` are the values of its address.

    The draft as it stands, with its ``run``, or a new plan filled in as far as possible; over that what is taken from
    elsewhere.
    """
    taken = take(user, background, draft, asked) if is_asked(asked) else None
    is_written = draft is not None and (run or draft.planned_on or draft.theme)  # not one that only said 不开展
    if is_written:
        values, origins = {}, {}
    else:
        values, origins = first_values(background)
        values = {name: getattr(value, "pk", value) for name, value in values.items()}
    if taken:
        values, origins = values | taken.values, origins | taken.origins
    items = (taken and taken.items) or (run if is_written else first_items(background))
    return values, items if is_written else with_guides(items, background.guides), origins, taken


def is_asked(asked) -> bool:
    """Does the address ask to take content from somewhere?"""
    return "from" in asked or "template" in asked


def take(user, background: Background, draft, asked) -> Taken | None:
    """What the address asks for by ``from=<month>`` or ``template=<id>``; None for what is not there (any more)."""
    branch, month = background.branch, background.month
    if not can_take(draft):
        return None
    if "from" in asked:
        earlier = earlier_plans(user, branch, month).filter(month=_month(asked["from"]))
        items = list(
            PlanItem.objects.filter(plan__in=earlier.order_by())
            .select_related("plan__host", "plan__recorder")
            .order_by("order")
        )
        plan = items[0].plan if items else earlier.first()  # one query where there are items
        return _of_plan(plan, items, background, draft) if plan else None
    number = asked.get("template", "")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    offered = templates_for(user, branch).filter(pk=wanted)
    lines = list(TemplateItem.objects.filter(template__in=offered).select_related("template").order_by("order"))
    template = lines[0].template if lines else offered.first()  # one query where there are items
    return _of_template(template, lines, background, draft) if template else None


def _month(text):
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _of_plan(plan, items, background, draft):
    """All that an earlier plan says, but for its date; who has left the branch since is not named again."""
    run = [item.copied for item in items]
    background.last = plan, run  # what the form leans on instead of the last one
    here = {person.pk: person for person in background.members}
    leading = {pk for pk, person in here.items() if person.is_leading_cadre}
    coming = plan.cadres.values_list("person", flat=True) if leading else ()
    values = {
        "starts_at": plan.starts_at,
        "place": plan.place,
        "host": plan.host_id if plan.host_id in here else None,
        "recorder": plan.recorder_id if plan.recorder_id in here else None,
        "theme": background.theme or moved(plan.theme, plan.month, background.month),
        "guest_groups": plan.guest_groups,
        "guests": plan.guests,
        "cadres": [pk for pk in coming if pk in leading],
    }
    title = plan.short_title if plan.month.year == background.month.year else plan.title
    return _taken(title, values, lines_like(run, plan.month, background), background, draft)


def _of_template(template, items, background, draft):
    """What a template says; what it leaves open stays as the draft has it, or as the last plan would fill it."""
    values = {"starts_at": template.starts_at, "place": template.place, "theme": template.theme or background.theme}
    lines = [item.copied | {"leader_id": None} for item in items]
    return _taken(str(template), values, lines, background, draft)


def _taken(source, values, items, background, draft):
    values = {name: value for name, value in values.items() if value not in (None, "", [])}
    source = f" {source}" if source[:1].isdigit() else source  # a Chinese sentence sets a space before a number
    origins = dict.fromkeys([*values, *(["items"] if items else [])], f"取自{source}")
    if background.theme and values.get("theme") == background.theme:
        origins["theme"] = f"由{background.annual.organization} {background.month.quarter.label}主题预填"
    if draft is None or draft.planned_on is None:  # a date that was set for this very month stays
        values["planned_on"] = background.policy.usual_day(background.month)
        origins["planned_on"] = f"由“{background.policy.pattern_label}”预填"
    return Taken(source, values, items, draft is not None, origins)
