"""发布: the road of a month's guide, from its writers to everybody below. The only door to a guide's status.

Those below are told by a job, in batches: an organization may have 50,000 branches under it, and no request writes as
many rows. What the job tells is keyed, so that it may run twice and nobody is told twice.
"""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse

from activities.filing.drafts import write_items
from activities.models import GuideFile, MonthGuide
from activities.rules import guides as rules
from branches import access
from branches.models import Appointment, Organization
from core import clock, documents
from core.accounts import User
from core.audit import record
from core.inbox import tell
from core.jobs import enqueue
from core.periods import Month
from core.workflow import lock, lock_all, no, require

Status = MonthGuide.Status
FROM = {
    "save": (Status.DRAFT,),
    "issue": (Status.DRAFT,),
    "correct": (Status.ISSUED,),
    "withdraw": (Status.ISSUED,),
    "drop": (Status.DRAFT,),
}
MOST_FILES = 10
BATCH = 500
TELLINGS = {  # event → what the notice says
    "guide_issued": "{issuer}发布 {month}工作提示：{title}",
    "guide_corrected": "{issuer}更正 {month}工作提示：{title}",
    "guide_withdrawn": "{issuer}撤回 {month}工作提示：{title}",
}


class Overtaken(Exception):
    """Raised when the guide was saved by somebody else since the page was opened; nothing was written."""


class Blank(Exception):
    """Raised when a guide is issued that says nothing: no text, no items, no files."""


@transaction.atomic
def save_guide(organization: Organization, month: Month, *, by, version, values, items, attach=(), drop=()):
    """Write the draft of an organization's month: ``values`` by field name, ``items`` dicts of GuideItem fields.

    ``attach`` are uploads, ``drop`` ids of the guide's files. ``version`` is what the page was opened with (0 for a
    new draft). Raises Overtaken if it is no longer the latest, documents.Refused for an upload that is not taken.
    """
    guide = MonthGuide.objects.filter(organization=organization, month=month).first()
    is_new = guide is None
    if is_new:
        require(rules.can_draft(by, organization))
        guide = MonthGuide(organization=organization, month=month, version=0)
    else:
        guide = lock(guide, *FROM["save"])
        require(rules.can_save(by, guide))
    if version != guide.version:
        raise Overtaken
    kept, gone = _write(guide, values, items)
    record(guide, "guide.started" if is_new else "guide.saved", by=by, also=kept, gone=gone)
    _write_files(guide, attach, drop, by=by)
    return guide


@transaction.atomic
def issue_guide(guide, *, by):
    """Issue a draft: everybody below sees it at once, and the secretaries are told. Raises Blank if it says nothing."""
    guide = lock(guide, *FROM["issue"])
    require(rules.can_issue(by, guide))
    if not (guide.text.strip() or guide.items.exists() or guide.files.exists()):
        raise Blank
    guide.status, guide.issued_at, guide.issued_by = Status.ISSUED, clock.now(), by
    guide.issues += 1
    guide.save(update_fields=["status", "issued_at", "issued_by", "issues"])
    record(guide, "guide.issued", by=by)
    _have_told(guide, "guide_issued", by=by)
    return guide


@transaction.atomic
def correct_guide(guide, *, by, version, values, items, reason, attach=(), drop=()):
    """Change an issued guide, saying why. It stays in force throughout; those below are told once more.

    Takes what ``save_guide`` takes, and raises the same.
    """
    guide = lock(guide, *FROM["correct"])
    require(rules.can_correct(by, guide))
    if version != guide.version:
        raise Overtaken
    guide.issues += 1
    kept, gone = _write(guide, values, items)
    record(guide, "guide.corrected", by=by, note=reason, also=kept, gone=gone)
    _write_files(guide, attach, drop, by=by)
    _have_told(guide, "guide_corrected", by=by, reason=reason)
    return guide


@transaction.atomic
def withdraw_guide(guide, *, by, reason):
    """Take an issued guide back: it is a draft again, which nobody below sees. They are told, with the reason."""
    guide = lock(guide, *FROM["withdraw"])
    require(rules.can_withdraw(by, guide))
    guide.status = Status.DRAFT
    guide.save(update_fields=["status"])
    record(guide, "guide.withdrawn", by=by, note=reason)
    _have_told(guide, "guide_withdrawn", by=by, reason=reason)
    return guide


@transaction.atomic
def drop_guide(guide, *, by):
    """删去草稿: give up a draft that nobody below has ever seen, with its items and files."""
    guide = lock(guide, *FROM["drop"])
    require(rules.can_drop(by, guide))
    for row in lock_all(guide.files.select_related("file")):
        drop_file(row, by=by)
    record(guide, "guide.dropped", by=by, note=str(guide), gone=[*lock_all(guide.items.all()), guide])
    guide.delete()


def _write(guide, values, items):
    """Write fields and lines, line by line; gives the lines that stay and those that go."""
    for name, value in values.items():
        setattr(guide, name, value)
    guide.version += 1
    try:
        with transaction.atomic():
            guide.save()
    except IntegrityError as error:  # two began the month's guide at once
        raise Overtaken from error
    return write_items(guide, lock_all(guide.items.order_by("order", "pk")), items)


def _write_files(guide, attach, drop, *, by):
    """Take files off and add others, in the order in which they came."""
    for row in lock_all(guide.files.filter(pk__in=drop)):
        drop_file(row, by=by)
    if len(attach) + guide.files.count() > MOST_FILES:
        require(no(f"一份工作提示最多带 {MOST_FILES} 个附件。"))
    for upload in attach:
        attach_file(guide, upload, by=by)


def attach_file(guide, upload, *, by):
    """Keep one upload with a guide that the caller has locked; raises documents.Refused."""
    last = guide.files.aggregate(last=Max("order"))["last"] or 0
    row = GuideFile.objects.create(guide=guide, file=documents.keep(upload, by=by), order=last + 1)
    record(guide, "guide.file_attached", by=by, note=row.file.name, file=row.pk, digest=row.file.digest)
    return row


def drop_file(row, *, by):
    """Take one file off a guide that the caller has locked; its content goes with it."""
    file = row.file
    record(row.guide, "guide.file_dropped", by=by, note=file.name, gone=[row], digest=file.digest)
    row.delete()
    documents.drop(file)


def _have_told(guide, event, *, by, reason=""):
    enqueue(
        "guides.tell", f"{event}:{guide.pk}:{guide.issues}", by=by, guide=guide.pk, event=event, issue=guide.issues,
        reason=reason,
    )  # fmt: skip


def tell_below(*, guide: int, event: str, issue: int, reason: str, say) -> int:
    """Tell the secretaries and deputies below of one step of a guide, each once; returns how many.

    What was overtaken by a later step is not told any more: that step has its own telling. ``say`` takes the progress
    in percent and keeps the job.
    """
    row = MonthGuide.objects.select_related("organization").get(pk=guide)
    if row.issues != issue or row.is_issued == (event == "guide_withdrawn"):
        return 0
    words = TELLINGS[event].format(issuer=row.issuer_name, month=row.month.label, title=row.title)
    url = f"{reverse('guides')}?year={row.month.year}" if event == "guide_withdrawn" else row.get_absolute_url()
    ids = list(secretaries_below(row.organization).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        tell(
            User.objects.filter(pk__in=ids[start : start + BATCH]), event, key=f"{event}:{row.pk}:{issue}",
            title=words[:200], text=f"原因：{reason}" if reason else "", url=url, sender=row.issuer_name,
        )  # fmt: skip
        say(min(99, 100 * start // len(ids)))
    return len(ids)


def secretaries_below(organization):
    """The accounts of the secretaries and deputies in office under an organization, its own left out."""
    below = access.within("organization__path", organization.path)
    running = Appointment.objects.filled().filter(below, office__in=access.SECRETARIES)
    return running.exclude(organization=organization).accounts()


def branches_below(organization) -> int:
    """How many branches a guide of the organization reaches."""
    return Organization.objects.branches().open().under(organization).count()
