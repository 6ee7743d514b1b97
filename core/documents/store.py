"""The table of kept documents, and the only doors to their content: keep, hand out, drop, sweep."""

import datetime
import logging
import os
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404

from core import clock
from core.documents.kinds import KINDS, LONGEST_NAME, look
from core.jobs import job

log = logging.getLogger(__name__)
FOLDER = "documents"
FORGOTTEN = datetime.timedelta(days=1)  # what nothing points to by then was left behind by a crash
BATCH = 500
CONTENT_TYPES = {suffix: kind.content_type for suffix, kind in KINDS.items()} | {"jpg": "image/jpeg"}


class StoredFileQuerySet(models.QuerySet):
    def unreferenced(self):
        """Those to which no row of any model points."""
        free = Q()
        for relation in StoredFile._meta.get_fields(include_hidden=True):
            if relation.one_to_one or relation.one_to_many:
                free &= ~Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
        return self.filter(free)


class StoredFile(models.Model):
    """A document as it was sent: under its cleaned name for people, under a random one on the disk.

    It has no ``visible_to``: who may have it is decided by what it hangs on.
    """

    name = models.CharField("文件名", max_length=LONGEST_NAME)
    kind = models.CharField("格式", max_length=8)
    size = models.PositiveIntegerField("大小（字节）")
    digest = models.CharField("内容摘要", max_length=64)
    path = models.CharField("存放位置", max_length=100, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=clock.now, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "文件"
        constraints = [
            models.CheckConstraint(name="a_stored_file_is_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self):
        return self.name


def keep(upload, *, by) -> StoredFile:
    """Look at an upload and keep it, in the caller's transaction; raises Refused, and then nothing is kept.

    The file is on the disk before its row: where the transaction fails, ``sweep`` takes the file away.
    """
    seen = look(upload, upload.name)
    return put_away(upload, name=seen.name, kind=seen.kind.suffix, size=seen.size, digest=seen.digest, by=by)


def put_away(file, *, by, **fields) -> StoredFile:
    """Write what was looked at under a random name, then its row; ``fields`` are those of the row."""
    path = default_storage.save(f"{FOLDER}/{clock.today():%Y/%m}/{uuid4().hex}", file)
    with default_storage.open(path) as written:
        os.fsync(written.fileno())  # the row is not more durable than its file
    return StoredFile.objects.create(path=path, by=by, **fields)


def drop(file: StoredFile) -> None:
    """Delete the row, and its content once that is committed. What points to it has been deleted before."""
    path = file.path
    file.delete()
    transaction.on_commit(partial(default_storage.delete, path))


def opened(file: StoredFile):
    """The content, to be read; 404 where it is gone."""
    try:
        return default_storage.open(file.path)
    except FileNotFoundError as error:
        log.error("the content of stored file %s is gone", file.pk)
        raise Http404("这个文件的内容已经不在了，请上传的人重新上传。") from error


def attachment(file: StoredFile) -> FileResponse:
    """The document as a download that no browser opens within the site. Who may have it was asked before."""
    answer = FileResponse(
        opened(file), as_attachment=True, filename=file.name, content_type=CONTENT_TYPES[file.kind]
    )  # fmt: skip
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


@job("documents.sweep")
def sweep_job(job):
    sweep(lambda: job.report_progress(50))


def sweep(say=lambda: None) -> int:
    """Take away what a crash or a failed act left behind for a day; returns how much. ``say`` renews the job's lease.

    A row to which nothing points goes with its content; content without a row goes. A row without content stays and is
    named in the log: it can only be uploaded again.
    """
    swept = 0
    old = StoredFile.objects.filter(at__lt=clock.now() - FORGOTTEN)
    while ids := list(old.unreferenced().order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            for file in StoredFile.objects.filter(pk__in=ids).unreferenced().select_for_update(of=("self",)):
                drop(file)
        swept += len(ids)
        say()
    for folder in _folders():
        names = sorted(default_storage.listdir(folder)[1])
        for start in range(0, len(names), BATCH):
            swept += _sweep_content([f"{folder}/{name}" for name in names[start : start + BATCH]])
            say()
        _name_the_lost(folder, set(names))
    return swept


def _folders():
    """The folders of the months; none before the first document."""
    if not default_storage.exists(FOLDER):
        return
    for year in sorted(default_storage.listdir(FOLDER)[0]):
        for month in sorted(default_storage.listdir(f"{FOLDER}/{year}")[0]):
            yield f"{FOLDER}/{year}/{month}"


def _sweep_content(paths) -> int:
    known = set(StoredFile.objects.filter(path__in=paths).values_list("path", flat=True))
    limit = clock.now() - FORGOTTEN
    lost = [path for path in paths if path not in known and default_storage.get_modified_time(path) < limit]
    for path in lost:
        default_storage.delete(path)
    return len(lost)


def _name_the_lost(folder, names):
    rows = StoredFile.objects.filter(path__startswith=f"{folder}/").order_by("pk").values_list("pk", "path")
    missing = [pk for pk, path in rows.iterator() if path.rpartition("/")[2] not in names]
    if missing:
        log.error("stored files without content: %s", missing)
