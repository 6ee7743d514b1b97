"""What a plan of organizations writes, all of it in one transaction: level by level, then the paths."""

from django.db import transaction

from branches.imports.organizations.comparison import FIELDS
from branches.imports.plan import Faulty, Plan
from branches.models import Organization
from core.audit import AuditEntry, entry_of


def lock(sheet) -> None:
    """Hold the tree before it is compared, whatever the sheet names."""
    Organization.objects.lock_tree()


@transaction.atomic
def apply(plan: Plan, *, by) -> None:
    """Write what ``read`` found. Raises Faulty, with nothing written, when the plan has faults."""
    if plan.faults:
        raise Faulty
    Organization.objects.lock_tree()
    audit: list[AuditEntry] = []
    for line, changes in plan.changed:
        for change in changes:
            if change.field != "parent":
                setattr(line.existing, change.field, change.after)
        audit.append(_entry(line.existing, changes, by))
    rows = [line.existing for line, _ in plan.changed]
    # new codes first: the rows below name their parents by them
    Organization.objects.bulk_update(rows, [name for name in FIELDS if name != "kind"], batch_size=200)
    _create(plan.new, audit, by)
    known = {one.code: one for one in Organization.objects.all()}
    moving = [line for line, changes in plan.changed if any(change.field == "parent" for change in changes)]
    for line in moving:
        line.existing.parent = known[line.parent_code]
    Organization.objects.bulk_update(rows, ["kind", "parent"], batch_size=200)
    if plan.new or moving:
        _write_paths()
    AuditEntry.objects.bulk_create(audit, batch_size=500)


def _create(lines, audit, by):
    """Insert level by level, so that every parent has its id."""
    known = {one.code: one for one in Organization.objects.all()}
    waiting = list(lines)
    while waiting:
        ready = [line for line in waiting if not line.parent_code or line.parent_code in known]
        made = Organization.objects.bulk_create(
            [
                Organization(**line.values, parent=known.get(line.parent_code), path=f"new/{line.values['code']}/")
                for line in ready
            ],
            batch_size=500,
        )
        known |= {one.code: one for one in made}
        audit += [_entry(one, [], by) for one in made]
        waiting = [line for line in waiting if line.values["code"] not in known]


def _write_paths():
    """Recompute every path from the parents; only those that differ are written."""
    rows = {one.pk: one for one in Organization.objects.all()}
    paths: dict[int, str] = {}

    def path_of(one):
        if one.pk not in paths:
            above = path_of(rows[one.parent_id]) if one.parent_id else "/"
            paths[one.pk] = f"{above}{one.pk}/"
        return paths[one.pk]

    changed = [one for one in rows.values() if one.path != path_of(one)]
    for one in changed:
        one.path = f"moving/{one.pk}/"  # paths are unique: two that change places would collide
    Organization.objects.bulk_update(changed, ["path"], batch_size=500)
    for one in changed:
        one.path = paths[one.pk]
    Organization.objects.bulk_update(changed, ["path"], batch_size=500)


def _entry(one, changes, by):
    """The audit row of an organization; the one above it is told by its code, as a new one has no id yet."""
    told = {change.field: [change.before, change.after] for change in changes}
    if "parent" in told:
        told["parent"][0] = one.parent.code if one.parent else ""
    return entry_of(one, "organization.imported", by=by, changes=told)
