"""备案: the road of a monthly plan, one level at a time. The only door to a plan's status.

``FROM`` says from which states each step starts; the same table draws the buttons, guards the actions and is what the
tests read. A direct branch's submission is filed at once.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from activities import rules
from activities.models import ActivityDay, MonthlyPlan, PlanItem, Policy
from branches import access
from branches.models import Appointment, Organization
from core import clock
from core.audit import AuditEntry, history_of, record
from core.inbox import tell
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, no, require

Status = MonthlyPlan.Status
FROM = {
    "save": (Status.DRAFT, Status.RETURNED),
    "submit": (Status.DRAFT, Status.RETURNED),
    "withdraw": (Status.SUBMITTED, Status.FILED),
    "forward": (Status.SUBMITTED,),
    "accept": (Status.FILED,),
    "return": (Status.SUBMITTED, Status.FILED),
}


class Incomplete(Exception):
    """Raised when a plan is submitted that still lacks something; ``missing`` lists it."""

    def __init__(self, missing):
        super().__init__("、".join(one.word for one in missing))
        self.missing = missing


class Overtaken(Exception):
    """Raised when the draft was saved by somebody else since the page was opened; nothing was written."""


@dataclass(frozen=True)
class Missing:
    """One thing that a plan lacks before it can be submitted: the form field and its word."""

    field: str
    word: str


def missing(plan: MonthlyPlan, items) -> list[Missing]:
    """What must be filled in before submission."""
    wanted = [
        ("planned_on", "活动日期", plan.planned_on),
        ("starts_at", "开始时间", plan.starts_at),
        ("place", "地点", plan.place),
        ("host", "主持人", plan.host_id),
        ("recorder", "记录人", plan.recorder_id),
        ("theme", "主题", plan.theme),
        ("items", "议程", items),
    ]
    return [Missing(field, word) for field, word, value in wanted if not value]


@transaction.atomic
def save_draft(branch: Organization, month: Month, *, by, version, values, items) -> MonthlyPlan:
    """Write the draft of a branch's month: ``values`` by field name, ``items`` a list of dicts of PlanItem fields.

    ``version`` is what the page was opened with (0 for a new draft). Raises Overtaken if it is no longer the latest.
    """
    plan = MonthlyPlan.objects.filter(organization=branch, month=month).first()
    if plan is None:
        require(rules.can_draft(by, branch))
        plan = _new_draft(branch, month)
    else:
        plan = lock(plan, *FROM["save"])
        require(rules.can_save(by, plan))
    if version != (0 if plan._state.adding else plan.version):
        raise Overtaken
    for name, value in values.items():
        setattr(plan, name, value)
    is_new = plan._state.adding
    if not is_new:
        plan.version += 1
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Overtaken from error
    kept, gone = _write_items(plan, items)
    record(plan, "plan.started" if is_new else "plan.saved", by=by, also=kept, gone=gone)
    return plan


def _write_items(plan, items):
    """Make the plan's lines what they should be, line by line; gives those that stay and those that go."""
    lines = lock_all(plan.items.order_by("order", "pk"))
    kept, gone = lines[: len(items)], lines[len(items) :]
    for order, (line, item) in enumerate(zip(kept, items, strict=False), start=1):
        for name, value in {**item, "order": order}.items():
            setattr(line, name, value)
    PlanItem.objects.bulk_update(kept, ["order", "kind", "subtype", "content", "minutes"])
    plan.items.filter(pk__in=[line.pk for line in gone]).delete()
    added = enumerate(items[len(kept) :], start=len(kept) + 1)
    PlanItem.objects.bulk_create(PlanItem(plan=plan, order=order, **item) for order, item in added)
    return kept, gone


def _new_draft(branch, month):
    return MonthlyPlan(organization=branch, month=month, due_on=Policy.in_force(month).plan_due_on(month))


@transaction.atomic
def submit_plan(plan, *, by):
    """Send a complete plan upward; late or not is decided by the server's clock, once, at the first time."""
    plan = lock(plan, *FROM["submit"])
    require(rules.can_submit(by, plan))
    lacking = missing(plan, plan.items.all())
    if lacking:
        raise Incomplete(lacking)
    now = clock.now()
    direct = plan.organization.is_direct
    plan.status = Status.FILED if direct else Status.SUBMITTED
    plan.submitted_at, plan.submitted_by = now, by
    plan.filed_at = now if direct else None
    plan.first_submitted_on = plan.first_submitted_on or clock.today()
    plan.return_note = ""
    plan.attempts += 1
    plan.save(
        update_fields=[
            "status", "submitted_at", "submitted_by", "filed_at", "first_submitted_on", "return_note", "attempts",
        ]
    )  # fmt: skip
    ActivityDay.objects.get_or_create(organization=plan.organization, month=plan.month, defaults={"plan": plan})
    record(plan, "plan.submitted", by=by, attempt=plan.attempts, content=snapshot(plan))
    tell(
        _department(plan.organization) if rules.nobody_can_forward(plan) else reviewers_of(plan.organization),
        "plan_submitted", key=f"plan_submitted:{plan.pk}:{plan.attempts}",
        title=f"{plan.organization}报来 {plan.month.label}活动日计划", url=f"/plans/review/?plan={plan.pk}",
        sender=plan.organization.short_name,
    )  # fmt: skip
    return plan


@transaction.atomic
def withdraw_plan(plan, *, by):
    """Take a submission back that nobody has taken up yet."""
    plan = lock(plan, *FROM["withdraw"])
    require(rules.can_withdraw(by, plan))
    plan.status, plan.filed_at = Status.DRAFT, None
    plan.save(update_fields=["status", "filed_at"])
    record(plan, "plan.withdrawn", by=by)
    return plan


def plan_for_review(pk, user) -> MonthlyPlan:
    """The plan on which a reviewer acts; raises Http404 for one that is not seen.

    One that its branch took back meanwhile is not seen any more either, but was: that is said by StaleState.
    """
    taken_back = MonthlyPlan.objects.taken_back_from(user).filter(pk=pk).first()
    if taken_back:
        raise StaleState(f"{taken_back.organization}刚刚撤回了 {taken_back.month.short}计划，等支部改好再报。")
    return access.get_visible_or_404(MonthlyPlan, user, pk=pk)


@transaction.atomic
def forward_plan(plan, *, by):
    """转报: the general branch passes a plan on to the organization department, which may have to stand in for it."""
    plan = lock(plan, *FROM["forward"])
    require(rules.can_forward(by, plan))
    stood_in = not access.holds(by, plan.organization.parent, access.DRAFTERS)
    plan.status, plan.filed_at = Status.FILED, clock.now()
    plan.save(update_fields=["status", "filed_at"])
    record(plan, "plan.forwarded", by=by, note="党总支无人可办，组织部代为转报" if stood_in else "")
    tell(
        _department(plan.organization), "plan_filed", key=f"plan_filed:{plan.pk}:{plan.attempts}",
        title=f"{plan.organization} {plan.month.label}计划待备案", url=f"/plans/review/?plan={plan.pk}",
        sender=plan.organization.parent.short_name,
    )  # fmt: skip
    return plan


@transaction.atomic
def accept_plan(plan, *, by):
    """备案: the organization department puts a plan on file."""
    plan = lock(plan, *FROM["accept"])
    require(rules.can_accept(by, plan))
    plan.status, plan.accepted_at = Status.ACCEPTED, clock.now()
    plan.save(update_fields=["status", "accepted_at"])
    record(plan, "plan.accepted", by=by)
    tell(
        secretaries(plan.organization), "plan_accepted", key=f"plan_accepted:{plan.pk}:{plan.attempts}",
        title=f"{plan.month.label}计划已备案", url=plan.get_absolute_url(), sender="党委组织部",
    )  # fmt: skip
    return plan


@transaction.atomic
def return_plan(plan, *, by, note):
    """Send a plan back to its branch, saying what to change."""
    plan = lock(plan, *FROM["return"])
    require(rules.can_return(by, plan))
    level = "党委组织部" if plan.status == Status.FILED else plan.organization.parent.short_name
    plan.status, plan.returned_at, plan.return_note, plan.filed_at = Status.RETURNED, clock.now(), note, None
    plan.save(update_fields=["status", "returned_at", "return_note", "filed_at"])
    record(plan, "plan.returned", by=by, note=note, level=level)
    tell(
        secretaries(plan.organization), "plan_returned", key=f"plan_returned:{plan.pk}:{plan.attempts}",
        title=f"{plan.month.label}计划被退回，请修改后再报", text=note, url=plan.get_absolute_url(), sender=level,
    )  # fmt: skip
    return plan


def act_on_many(step: str, plans, *, by):
    """Apply a step (forward or accept) to several plans, each in its own transaction; gives (done, [(plan, why)])."""
    action = {"forward": forward_plan, "accept": accept_plan}[step]
    done, refused = [], []
    for plan in plans:
        try:
            if step == "accept" and plan.status == Status.SUBMITTED:  # nobody was faster: it has not come so far
                require(no("党总支还没有转报。"))
            done.append(action(plan, by=by))
        except (StaleState, PermissionDenied) as error:
            refused.append((plan, str(error)))
    return done, refused


def last_steps(plan) -> dict:
    """The audit entries of the present attempt by step (submitted, forwarded, accepted), for the paper form."""
    found: dict[str, AuditEntry] = {}
    for entry in history_of(plan):
        if entry.event == "plan.submitted":
            found = {}
        found[entry.event.removeprefix("plan.")] = entry
    return found if "returned" not in found and "withdrawn" not in found else {}


def steps_to_come(plan) -> list[tuple[str, str]]:
    """(step, by whom or by when) that a plan still has before it, for the timeline."""
    above = plan.organization.parent
    steps = []
    if plan.is_open:
        steps.append(("再次报送" if plan.attempts else "报送", f"应于 {plan.due_on.month} 月 {plan.due_on.day} 日前"))
    if plan.is_open or plan.status == Status.SUBMITTED:
        steps += [] if plan.organization.is_direct else [("党总支转报", above.short_name)]
    if plan.status != Status.ACCEPTED:
        steps.append(("组织部备案", ""))
    return steps


def snapshot(plan) -> dict:
    """The plan's content as it was submitted, for the history."""
    return {
        "theme": plan.theme,
        "planned_on": str(plan.planned_on),
        "starts_at": f"{plan.starts_at:%H:%M}",
        "place": plan.place,
        "host": str(plan.host),
        "recorder": str(plan.recorder),
        "guests": plan.guests,
        "items": [[item.get_kind_display(), item.get_subtype_display(), item.content, item.minutes]
                  for item in plan.items.all()],
    }  # fmt: skip


def secretaries(organization):
    """The accounts of the secretaries and deputies in office at an organization."""
    return _holders([organization], access.SECRETARIES)


def reviewers_of(branch):
    """Who answers for a branch one level up: the officers of its general branch, else the department."""
    return _department(branch) if branch.is_direct else _holders([branch.parent], access.DRAFTERS)


def _department(organization):
    return _holders([int(part) for part in organization.path.strip("/").split("/")], access.DEPARTMENT)


def _holders(organizations, offices):
    return Appointment.objects.filling(offices, organizations).accounts()
