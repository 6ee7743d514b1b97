"""宣传 is entered, corrected and taken off again: every write to it. lock · check · change · record · tell."""

from django.db import IntegrityError, transaction

from activities.models import Publicity
from activities.rules import publicity as rules
from branches.models import Organization
from core import clock, documents
from core.audit import record
from core.documents.pictures import keep_picture
from core.workflow import lock, no, require


class Overtaken(Exception):
    """Raised when the row was saved by somebody else since the page was opened; nothing was written."""


class LinkTaken(Exception):
    """Raised when the organization has entered that link for that channel already; nothing was written."""


@transaction.atomic
def add_publicity(organization: Organization, *, by, values, picture=None) -> Publicity:
    """Enter a piece of publicity; ``values`` are fields of Publicity, ``picture`` is an upload. Raises LinkTaken."""
    require(rules.can_add_publicity(by, organization))
    row = Publicity(organization=organization, created_by=by)
    _write(row, values, picture, by=by)
    record(row, "publicity.added", by=by, note=row.title)
    return row


@transaction.atomic
def save_publicity(row: Publicity, *, by, version, values, picture=None, drops_picture=False) -> Publicity:
    """Correct it; a new ``picture`` takes the place of the old one. Raises Overtaken and LinkTaken.

    ``version`` is what the page was opened with.
    """
    row = lock(row)
    require(rules.can_change_publicity(by, row))
    if version != row.version:
        raise Overtaken
    row.version += 1
    old = _take_off_picture(row) if picture or drops_picture else []
    _write(row, values, picture, by=by)
    for file in old:
        documents.drop(file)
    record(row, "publicity.saved", by=by)
    return row


@transaction.atomic
def drop_publicity(row: Publicity, *, by) -> None:
    """Take it off the list, with its picture."""
    row = lock(row)
    require(rules.can_change_publicity(by, row))
    record(row, "publicity.dropped", by=by, note=row.title, gone=[row])
    old = _take_off_picture(row)
    row.delete()
    for file in old:
        documents.drop(file)


def _take_off_picture(row):
    """The files that the row will not point to any more."""
    old = [file for file in (row.picture, row.thumb) if file]
    row.picture = row.thumb = None
    return old


def _write(row, values, picture, *, by):
    for name, value in values.items():
        setattr(row, name, value)
    if row.published_on > clock.today():
        require(no("刊发日期还没有到，刊发以后再登记。"))
    if row.day and row.day.organization_id != row.organization_id:
        require(no("只能关联本组织的活动日。"))
    if picture:
        row.picture, row.thumb = keep_picture(picture, by=by)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if Publicity.objects.linked(row.organization, row.link).filter(channel=row.channel).exists():
            raise LinkTaken from error
        raise
