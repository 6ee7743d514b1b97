"""Writing a paper before it goes up: kept complete or not, never over somebody else's text."""

from django.db import IntegrityError, transaction

from activities import road, rules
from activities.guides import guides_for, lacking_items
from activities.models import Filing, MonthlyPlan, PlanCadre, PlanItem, Policy
from activities.parts import Missing, parts_of
from activities.required import lacking
from activities.years import new_paper
from branches.models import Organization
from core.audit import history_of, record
from core.periods import Month
from core.workflow import lock, lock_all, no, require

PLAIN_ITEM = {"subtype": "", "form": "", "own_kind": "", "also": [], "minutes": 20, "leader_id": None}


class Overtaken(Exception):
    """Raised when the draft was saved by somebody else since the page was opened; nothing was written."""


def missing(plan, items, required=()) -> list[Missing]:
    """What a month's plan lacks before it can be submitted; ``plan`` is one, or what its form shows at present.

    ``required`` are words of what every plan must have and ``items`` lack.
    """
    wanted = [
        ("planned_on", "活动日期", plan.planned_on),
        ("starts_at", "开始时间", plan.starts_at),
        ("place", "地点", plan.place),
        ("host", "主持人", plan.host_id),
        ("recorder", "记录人", plan.recorder_id),
        ("theme", "主题", plan.theme),
        ("items", "议程", items),
    ]
    gaps = [Missing(field, word) for field, word, value in wanted if not value]
    return gaps + ([Missing("items", f"议程里的“{word}”") for word in required] if items else [])


def not_on_the_agenda(policy: Policy, guides, items) -> list[str]:
    """In words, what every plan must have by the rules, and this month's by its guides, and ``items`` do not have."""
    return lacking(policy.required_items, items) + lacking_items(guides, items)


def lacks(paper) -> list[Missing]:
    """What a stored paper of any kind still lacks."""
    if isinstance(paper, MonthlyPlan):
        items = list(paper.items.all())
        required = not_on_the_agenda(Policy.in_force(paper.month), guides_for(paper.organization, paper.month), items)
        return [] if paper.cancels else missing(paper, items, required)
    return [Missing(part.name, part.word) for part in parts_of(paper) if part.needed and not part.text(paper).strip()]


def opened_parts(paper) -> list[str]:
    """The parts that can be changed after a return on single parts: those, and what lacks something by now.

    What is asked of a paper may have grown since it was filed: a guide was issued, a rule has come into force. Without
    such a return the list is empty, and everything is open.
    """
    if paper.status != Filing.Status.RETURNED or not paper.reopened:
        return []
    lacking = {one.field for one in lacks(paper)}
    return [part.name for part in parts_of(paper) if part.name in paper.reopened or part.name in lacking]


def shut_fields(paper) -> set[str]:
    """The fields that stay as they are: those of all parts that are not open."""
    opened = opened_parts(paper)
    return {field for part in parts_of(paper) if opened and part.name not in opened for field in part.writes}


@transaction.atomic
def save_draft(branch: Organization, month: Month, *, by, version, values, items, cadres=()) -> MonthlyPlan:
    """Write the draft of a branch's month: ``values`` by field name, ``items`` a list of dicts of PlanItem fields.

    ``version`` is what the page was opened with (0 for a new draft). Raises Overtaken if it is no longer the latest.
    What a return did not ask to change stays as it was filed. A month that was reported as not held is planned again.
    """
    plan = _to_write(MonthlyPlan, branch, by, rules.can_draft(by, branch), month=month)
    plan = plan or MonthlyPlan(organization=branch, month=month, due_on=Policy.in_force(month).plan_due_on(month))
    if plan.cancels:
        values = values | {"cancels": False, "reason": _why_revised(plan) if plan.is_amendment else ""}
    lines = lock_all(plan.items.order_by("order", "pk")) if plan.pk else []
    coming = lock_all(plan.cadres.order_by("pk")) if plan.pk else []
    items = [PLAIN_ITEM | item for item in items]
    shut = shut_fields(plan)
    if ("items" in shut and [line.copied for line in lines] != [_copied(item) for item in items]) or (
        "cadres" in shut and {one.person_id for one in coming} != {person.pk for person in cadres}
    ):
        require(no(ONLY_THE_REOPENED))
    is_new = _write(plan, version, values, shut)
    kept, gone = write_items(plan, lines, items)
    left = [one for one in coming if one.person_id not in {person.pk for person in cadres}]
    plan.cadres.filter(pk__in=[one.pk for one in left]).delete()
    there = {one.person_id for one in coming}
    PlanCadre.objects.bulk_create(PlanCadre(plan=plan, person=one) for one in cadres if one.pk not in there)
    record(plan, "plan.started" if is_new else "plan.saved", by=by, also=kept, gone=[*gone, *left])
    return plan


def _why_revised(plan) -> str:
    """The reason of a revision that said meanwhile that no day would be held: what it was begun for."""
    begun = next((entry.note for entry in history_of(plan) if entry.event == "plan.amended"), "")
    return begun if begun and begun != plan.reason else "改为照常开展"


@transaction.atomic
def save_year(model, organization: Organization, year: int, *, by, version, values) -> Filing:
    """Write the draft of an organization's annual plan or year-end summary; as ``save_draft`` does for a month."""
    paper = _to_write(model, organization, by, rules.can_draft_year(by, organization), year=year)
    if paper is None:
        paper = new_paper(model, organization, year)
    is_new = _write(paper, version, values, shut_fields(paper))
    record(paper, "plan.started" if is_new else "plan.saved", by=by)
    return paper


ONLY_THE_REOPENED = "这次只退回了部分内容，其余的保持报送时的样子；还要改别的，请联系退回的单位。"


def _to_write(model, organization, by, may_begin, **period):
    """The paper of the period that is open to its writer, locked; None while there is none at all."""
    paper = model.objects.of([organization]).filter(**period).latest_first().first()
    if paper is None:
        require(may_begin)
        return None
    paper = lock(paper, *road.starts("save"))
    require(rules.can_save(by, paper))
    return paper


def _write(paper, version, values, shut) -> bool:
    """Store the values under the version that the page was opened with; says whether the paper is new.

    A part that was opened because it lacked something stays open once it has it, until the paper is sent.
    """
    is_new = paper._state.adding
    opened = [] if is_new else opened_parts(paper)
    if version != (0 if is_new else paper.version):
        raise Overtaken
    for name, value in values.items():
        if name in shut and value != getattr(paper, name):
            require(no(ONLY_THE_REOPENED))
        setattr(paper, name, value)
    if not is_new:
        paper.version += 1
    paper.reopened = opened
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        raise Overtaken from error
    return is_new


def _copied(item) -> dict:
    return {name: item[name] for name in PlanItem.COPIED}


def write_items(owner, lines, items):
    """Make the lines of a plan's or a template's run what they should be, in their order.

    ``lines`` are those that it has, locked; gives those that stay and those that go.
    """
    model, whose = owner.items.model, owner.items.field.name
    kept, gone = lines[: len(items)], lines[len(items) :]
    for order, (line, item) in enumerate(zip(kept, items, strict=False), start=1):
        for name, value in {**item, "order": order}.items():
            setattr(line, name, value)
    model.objects.bulk_update(kept, ["order", *model.COPIED])
    owner.items.filter(pk__in=[line.pk for line in gone]).delete()
    added = enumerate(items[len(kept) :], start=len(kept) + 1)
    model.objects.bulk_create(model(**{whose: owner}, order=order, **item) for order, item in added)
    return kept, gone
