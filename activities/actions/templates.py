"""计划模板 are kept, changed and dropped: every write to them."""

from django.db import IntegrityError, transaction

from activities import birthdays, rules
from activities.filing.drafts import Overtaken, write_items
from activities.models import MonthlyPlan, PlanTemplate, TemplateItem
from activities.prefill import without_month
from branches.models import Organization
from core.audit import record
from core.workflow import lock, lock_all, require


class NameTaken(Exception):
    """Raised when the organization has another template of that name; ``str()`` is a sentence for users."""

    def __init__(self, name):
        super().__init__(f"已有名为“{name}”的模板，请换一个名称。")


@transaction.atomic
def begin_template(organization: Organization, *, by, name) -> PlanTemplate:
    """An empty template of an organization, to be written."""
    require(rules.can_keep_template(by, organization))
    template = PlanTemplate(organization=organization, name=name, created_by=by)
    _store(template)
    record(template, "template.begun", by=by)
    return template


@transaction.atomic
def keep_template(plan: MonthlyPlan, organization: Organization, *, by, name) -> PlanTemplate:
    """存为模板: what a month's plan says, kept for an organization; words that name its month say 本月.

    The place stays the branch's own: a level above keeps the plan for branches that meet elsewhere.
    """
    require(rules.can_keep_template(by, organization))
    template = PlanTemplate(
        organization=organization, name=name, theme=without_month(plan.theme, plan.month), starts_at=plan.starts_at,
        place=plan.place if plan.organization_id == organization.pk else "", created_by=by,
    )  # fmt: skip
    _store(template)
    lines = [{field: getattr(item, field) for field in TemplateItem.COPIED} for item in plan.items.all()]
    write_items(template, [], [line | {"content": _for_any_month(line, plan.month)} for line in lines])
    record(template, "template.kept", by=by, note=str(plan))
    return template


@transaction.atomic
def save_template(template: PlanTemplate, *, by, version, values, items) -> PlanTemplate:
    """Write a template: ``values`` by field name, ``items`` a list of dicts of TemplateItem fields.

    ``version`` is what the page was opened with. Raises Overtaken if it is no longer the latest.
    """
    template = lock(template)
    require(rules.can_change_template(by, template))
    lines = lock_all(template.items.order_by("order", "pk"))
    if version != template.version:
        raise Overtaken
    for name, value in values.items():
        setattr(template, name, value)
    template.version += 1
    _store(template)
    kept, gone = write_items(template, lines, items)
    record(template, "template.saved", by=by, also=kept, gone=gone)
    return template


@transaction.atomic
def drop_template(template: PlanTemplate, *, by):
    """Give a template up; the plans that were begun with it keep what they say."""
    template = lock(template)
    require(rules.can_change_template(by, template))
    lines = lock_all(template.items.order_by("order", "pk"))
    record(template, "template.dropped", by=by, gone=lines, note=template.name)
    template.delete()


def _for_any_month(line, month) -> str:
    """The words of a line without its month; whose political birthday it was concerns the month alone."""
    return birthdays.OF_NOBODY if birthdays.celebrates(line) else without_month(line["content"], month)


def _store(template):
    """Save it under a name that the organization has not given to another one."""
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise NameTaken(template.name) from error
