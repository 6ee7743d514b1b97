"""What a day leaves behind: photos and documents are kept with it, put in order, taken off. lock · check · change."""

from django.db import transaction
from django.db.models import Max

from activities import rules
from activities.models import ActivityDay, DayFile
from core import documents
from core.audit import record
from core.workflow import StaleState, lock, lock_all, no, require

FROM = {"write": (ActivityDay.Status.HELD,)}
MOST_FILES, MOST_AT_ONCE = 30, 9


@transaction.atomic
def attach_files(day, *, by, photos=(), papers=(), item_id=None):
    """Keep uploads with a day; papers that belong to an item are its material. Raises documents.Refused."""
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    item = day.items.filter(pk=item_id).first()
    before = day.files.count()
    if before + len(photos) + len(papers) > MOST_FILES:
        require(no(f"一次活动最多放 {MOST_FILES} 个文件，现在已有 {before} 个；先删去不要的。"))
    for upload in photos:
        file, thumb = documents.keep_picture(upload, by=by)
        _attach(day, by=by, sort=DayFile.Sort.PHOTO, file=file, thumb=thumb, item=item)
    for upload in papers:
        sort = DayFile.Sort.MATERIAL if item else DayFile.Sort.DOCUMENT
        _attach(day, by=by, sort=sort, file=documents.keep(upload, by=by), item=item)
    return day


def _attach(day, *, by, **fields):
    last = day.files.aggregate(last=Max("order"))["last"] or 0
    row = DayFile.objects.create(day=day, order=last + 1, **fields)
    record(day, "day.file_attached", by=by, note=row.file.name, also=[row], file=row.pk, digest=row.file.digest)


@transaction.atomic
def drop_day_file(row, *, by):
    """Take one file off; its content goes with it, for good."""
    day = lock(row.day, *FROM["write"])
    require(rules.can_write(by, day))
    row = _still_there(day, row)
    file, thumb = row.file, row.thumb
    record(day, "day.file_dropped", by=by, note=file.name, gone=[row], digest=file.digest)
    row.delete()
    for content in filter(None, (file, thumb)):
        documents.drop(content)
    return day


@transaction.atomic
def move_day_file(row, *, by):
    """Put one file a place further up among those of its sort; the first stays."""
    day = lock(row.day, *FROM["write"])
    require(rules.can_write(by, day))
    row = _still_there(day, row)
    rows = lock_all(day.files.filter(sort=row.sort).order_by("order", "pk"))
    place = rows.index(row)
    if place == 0:
        return day
    above = rows[place - 1]
    row, moved = rows[place], [above, rows[place]]
    above.order, row.order = row.order, above.order
    DayFile.objects.bulk_update(moved, ["order"])
    record(day, "day.file_moved", by=by, note=row.file.name, also=moved)
    return day


def _still_there(day, row):
    row = day.files.select_related("file", "thumb").filter(pk=row.pk).first()
    if row is None:
        raise StaleState("这个文件已经删去了。")
    return row
