"""补课: sessions for those who missed a day, with who took part and what proves it. 实到 is never changed by one."""

from django.db import transaction
from django.db.models import Max

from activities import rules
from activities.models import ActivityDay, Attendance, MakeUp, MakeUpAttendance, MakeUpFile
from core import documents
from core.audit import record
from core.workflow import lock, lock_all, no, require

FROM = {"write": (ActivityDay.Status.HELD, ActivityDay.Status.RECORDED)}
MOST_FILES = 5


@transaction.atomic
def save_make_up(make_up, *, by, values, attended, attach=(), drop=()):
    """Write a session: a new one (unsaved, of its day) or one that stands. ``values`` are fields of MakeUp.

    ``attended`` are rows of the roster, on leave or absent; ``attach`` are uploads, ``drop`` ids of the session's
    files. Raises documents.Refused for an upload that is not taken.
    """
    day = lock(make_up.day, *FROM["write"])
    require(rules.can_make_up(by, day))
    is_new = make_up.pk is None
    make_up = MakeUp(day=day) if is_new else lock(make_up)
    for name, value in values.items():
        setattr(make_up, name, value)
    make_up.save(update_fields=None if is_new else [*values])
    new, gone = _write_attended(make_up, attended)
    names = "、".join(row.person.name for row in attended)
    event = "make_up.arranged" if is_new else "make_up.saved"
    record(day, event, by=by, note=f"{make_up}：{names}", also=[make_up, *new], gone=gone)
    for row in gone:
        row.delete()
    _write_files(make_up, attach, drop, by=by)
    return make_up


def _write_attended(make_up, attended):
    """Write who took part, each under a lock: who was marked as present meanwhile missed nothing. Gives new and gone.

    Of those who took part before, whoever is left out goes.
    """
    wanted = {row.pk for row in lock_all(make_up.day.attendance.filter(pk__in=[row.pk for row in attended]))
              if row.status in Attendance.MISSED}  # fmt: skip
    if len(wanted) < len(attended):
        require(no("补课只给当天请假或缺席的同志安排；有人的到会情况刚刚改过，请重新选。"))
    before = {row.attendance_id: row for row in lock_all(make_up.attended.all())}
    rows = [MakeUpAttendance(make_up=make_up, attendance_id=pk) for pk in sorted(wanted - before.keys())]
    new = MakeUpAttendance.objects.bulk_create(rows)
    return new, [row for pk, row in before.items() if pk not in wanted]


@transaction.atomic
def drop_make_up(make_up, *, by):
    """Delete a session that was entered by mistake, with its documents; those in it have made up for nothing."""
    day = lock(make_up.day, *FROM["write"])
    make_up = lock(make_up)
    require(rules.can_make_up(by, day))
    for row in lock_all(make_up.files.select_related("file")):
        _drop_file(row, by=by)
    attended = lock_all(make_up.attended.select_related("attendance__person"))
    names = "、".join(map(str, attended))
    record(day, "make_up.dropped", by=by, note=f"{make_up}：{names}", gone=[*attended, make_up])
    make_up.delete()
    return day


def _write_files(make_up, attach, drop, *, by):
    for row in lock_all(make_up.files.filter(pk__in=drop)):
        _drop_file(row, by=by)
    if len(attach) + make_up.files.count() > MOST_FILES:
        require(no(f"一次补课最多带 {MOST_FILES} 份材料。"))
    for upload in attach:
        last = make_up.files.aggregate(last=Max("order"))["last"] or 0
        row = MakeUpFile.objects.create(make_up=make_up, file=documents.keep(upload, by=by), order=last + 1)
        record(make_up.day, "make_up.file_attached", by=by, note=row.file.name, also=[row], digest=row.file.digest)


def _drop_file(row, *, by):
    file = row.file
    record(row.make_up.day, "make_up.file_dropped", by=by, note=file.name, gone=[row], digest=file.digest)
    row.delete()
    documents.drop(file)
