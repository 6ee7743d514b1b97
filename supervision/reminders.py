"""Who is told what is not done, once each: the branch before and after the day, those above it by one digest.

A stage is reached on its day; a sweep that comes later sends the latest stage only, and says so. What was told is
known from the keys of the notices, so that any number of sweeps tells it once. Former officers are not asked for.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches import access
from branches.models import Appointment, Organization
from core import clock
from core.audit import AuditEntry, record
from core.contributions import registry
from core.inbox import Notice, tell
from core.periods import Month
from core.workflow import StaleState, lock, require
from dues.actions import open_month
from dues.models import DuesMonth
from supervision import rules

BATCH = 500
NAMED = 60
LATE = "（提醒发得晚了）"
KIND, DIGEST = "plan_missing", "plan_missing_digest"


@dataclass(frozen=True)
class Stage:
    """A moment of reminding: so many days after the due day (negative: before), and what it says."""

    code: str
    days: int
    words: str


STAGES = (
    Stage("before", -3, "{left} 天后截止"),
    Stage("due", 0, "今天截止"),
    Stage("overdue", 1, "已过截止日，请尽快办理"),
)


def stage_of(due_on: datetime.date, today: datetime.date) -> tuple[Stage, bool] | None:
    """The latest stage reached by ``today`` and whether its own day has passed; None before the first."""
    reached = [stage for stage in STAGES if due_on + datetime.timedelta(days=stage.days) <= today]
    if not reached:
        return None
    return reached[-1], due_on + datetime.timedelta(days=reached[-1].days) < today


def remind_of_plans() -> int:
    """Raise every 计划未报 notice that is due and not yet told; returns how many were written for the first time."""
    today = clock.today()
    months = [Month.of(today), Month.of(today).next]
    late, told = [], 0
    ids = list(Organization.objects.branches().open().values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        branches = Organization.objects.filter(pk__in=ids[start : start + BATCH])
        duties = [duty for duty in registry.duties_of(branches, months, {"plan"}) if duty.is_open]
        told += _remind_branches(branches, duties, today)
        late += [duty for duty in duties if duty.due_on < today]
    return told + _tell_superiors(late, today)


def _remind_branches(branches, duties, today):
    reached = [(duty, found) for duty in duties if (found := stage_of(duty.due_on, today))]
    users = _officers(branches, access.SECRETARIES) if reached else {}
    notices = []
    for duty, (stage, is_late) in reached:
        title = f"请{duty.title}：{stage.words}{LATE if is_late else ''}"
        notices.append(
            {
                "recipients": users.get(duty.organization_id, []),
                "key": f"{KIND}:{duty.organization_id}:{duty.month}:{duty.due_on}:{stage.code}",
                "title": title.format(left=(duty.due_on - today).days),
                "text": f"应于 {duty.due_on.month} 月 {duty.due_on.day} 日前办理。{duty.detail}",
                "url": duty.url,
            }
        )
    return _tell_new(KIND, notices)


def _tell_superiors(late, today):
    """One digest a general branch and one a department, for each month and due day, naming the branches."""
    if not late:
        return 0
    owners = Organization.objects.select_related("parent").in_bulk({duty.organization_id for duty in late})
    groups = defaultdict(list)
    for duty in sorted(late, key=lambda one: owners[one.organization_id].code):
        branch = owners[duty.organization_id]
        scopes = branch.lineage[:-1]
        for scope in scopes:
            groups[scope, duty.month, duty.due_on].append(branch.short_name)
    above = Organization.objects.filter(pk__in={scope for scope, _, _ in groups}, closed_on=None)
    users = _officers(above.general_branches(), access.DRAFTERS)
    users |= _officers(above.filter(kind=Organization.Kind.COMMITTEE), access.DEPARTMENT)
    return _tell_new(
        DIGEST,
        [_digest(scope, month, due_on, names, users, today) for (scope, month, due_on), names in groups.items()],
    )


def _digest(scope, month, due_on, names, users, today):
    is_late = due_on + datetime.timedelta(days=1) < today
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return {
        "recipients": users.get(scope, []),
        "key": f"{DIGEST}:{scope}:{month}:{due_on}",
        "title": f"{len(names)} 个党支部的 {month.short}计划逾期未报{LATE if is_late else ''}",
        "text": f"截止 {due_on.month} 月 {due_on.day} 日，还没有报送：{'、'.join(names[:NAMED])}{more}。",
        "url": f"{reverse('plans')}?month={month}&status=OPEN",
    }


def _officers(organizations, offices):
    """The accounts in office today, as ``{organization_id: [user]}``, in one query."""
    users = defaultdict(list)
    for row in Appointment.objects.filling(offices, organizations).select_related("person__user"):
        users[row.organization_id].append(row.person.user)
    return users


def _tell_new(kind, notices):
    """Tell what was not told before; what was is read in one query a batch, so that a sweep costs little."""
    known = set()
    keys = [notice["key"] for notice in notices]
    for start in range(0, len(keys), BATCH):
        rows = Notice.objects.filter(kind=kind, key__in=keys[start : start + BATCH])
        known |= set(rows.values_list("recipient_id", "key"))
    told = 0
    for notice in notices:
        recipients = [user for user in notice["recipients"] if (user.pk, notice["key"]) not in known]
        if recipients:
            words = {name: notice[name] for name in ("key", "title", "text", "url")}
            told += tell(recipients, kind, sender="系统提醒", **words)
    return told


def open_dues_months() -> int:
    """Open the dues months that branches still lack, from the last one opened up to the present; returns how many."""
    current = Month.current()
    last = DuesMonth.objects.order_by("-month").values_list("month", flat=True).first()
    opened = 0
    for month in min(last or current, current).until(current):
        branches = Organization.objects.branches().open().exclude(founded_on__gt=month.last)
        lacking = list(branches.exclude(dues_months__month=month).values_list("pk", flat=True))
        if lacking:
            open_month(month, Organization.objects.filter(pk__in=lacking))
            opened += len(lacking)
    return opened


@transaction.atomic
def urge(branch: Organization, kind: str, month: Month, *, by) -> int:
    """Remind a branch's secretaries of an open duty, at most once a day; returns how many accounts were told.

    Raises StaleState when the duty is done, or when somebody urged it today.
    """
    branch = lock(branch)
    require(rules.can_urge(by, branch))
    duties = registry.duties_of(Organization.objects.filter(pk=branch.pk), [month], {kind})
    duty = next((one for one in duties if one.is_open), None)
    if duty is None:
        raise StaleState(f"{branch}的这件事已经办好，或现在不需要办，不用再催。")
    if before := _urged_today(branch, kind, month):
        raise UrgedToday(f"今天已由{before.by}催过{branch}，请明天再催，或直接打电话。")
    told = tell(
        _officers([branch], access.SECRETARIES)[branch.pk], "duty_urged",
        key=f"duty_urged:{kind}:{branch.pk}:{month}:{clock.today()}", title=f"催办：请尽快{duty.title}",
        text=f"应于 {duty.due_on.month} 月 {duty.due_on.day} 日前完成。", url=duty.url, sender=_sender(by, branch),
    )  # fmt: skip
    record(branch, "duty.urged", by=by, kind=kind, month=str(month), told=told)
    return told


class UrgedToday(StaleState):
    """Somebody was faster today."""


def urge_many(branches, kind: str, month: Month, *, by):
    """Urge several branches, each in its own transaction; gives ``([(branch, told)], [(branch, why not)])``."""
    urged, refused = [], []
    for branch in branches:
        try:
            urged.append((branch, urge(branch, kind, month, by=by)))
        except (StaleState, PermissionDenied) as error:
            refused.append((branch, error))
    return urged, refused


def _urged_today(branch, kind, month):
    return (
        AuditEntry.objects.about(branch)
        .filter(event="duty.urged", at__gte=clock.at(clock.today()), data__kind=kind, data__month=str(month))
        .first()
    )


@dataclass(frozen=True)
class Urged:
    """That a branch was urged: last when and by whom, how many accounts that reached, and how often in all."""

    on: datetime.date
    by: str
    told: int
    times: int

    @property
    def is_today(self) -> bool:
        return self.on == clock.today()


def urged_before(branch_ids, kind: str) -> dict[tuple[int, str], Urged]:
    """``{(branch, month): Urged}`` of all that was ever urged of the branches, in one query."""
    entries = AuditEntry.objects.filter(
        event="duty.urged", subject=Organization._meta.label_lower, subject_id__in=list(branch_ids), data__kind=kind
    )
    found: dict[tuple[int, str], Urged] = {}
    for entry in entries.select_related("by").order_by("pk"):
        key = (entry.subject_id, entry.data["month"])
        times = found[key].times + 1 if key in found else 1
        found[key] = Urged(clock.day_of(entry.at), entry.by.name if entry.by else "系统", entry.data["told"], times)
    return found


def _sender(user, branch):
    """The nearest office above the branch, in whose name the user urges."""
    held = [seat for seat in access.seats(user) if branch.path.startswith(seat.path) and seat.kind != "BRANCH"]
    return f"{held[-1].organization}　{user.name}"
