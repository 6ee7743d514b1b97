"""Forty hostile files are sent from the record page: what is no photo is refused, what is kept does nothing.

Li keeps the record at a desk. Whatever a file wants to run asks for an address with RUN in it.
"""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from core.documents import StoredFile
from tests.builders import PDF, make_day
from tests.core.hostile_pictures import REDRAWN, REFUSED, content_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 9


def as_files(cases):
    """All of them but the one of 10 MB, which says nothing here and takes long to hand over."""
    return [
        {"name": name, "mimeType": "image/jpeg", "buffer": content_of(content)}
        for case, (name, content, _) in cases.items()
        if case != "too large"
    ]


def in_batches(files):
    return [files[start : start + AT_ONCE] for start in range(0, len(files), AT_ONCE)]


def upload(person, field, files):
    person.page.locator(field).set_input_files(files)
    person.press("上传选好的")


def test_nothing_that_is_sent_runs(world, sits_down):
    day = make_day(world.first)
    li = sits_down(world.li)
    asked = []
    li.page.context.on("request", lambda request: asked.append(request.url))
    li.open(reverse("day_record", args=[day.pk]))
    for files in in_batches(as_files(REFUSED)):
        upload(li, "#id_photos", files)
        li.reads("要上传的照片和文件请重新选")
        assert li.page.locator("#id_photos_error li, .errorlist li, .errors li").count() >= len(files)
    assert (StoredFile.objects.count(), default_storage.exists("documents")) == (0, False)

    for files in in_batches(as_files(REDRAWN)):
        upload(li, "#id_photos", files)
        li.reads("记录已保存")
    upload(li, "#id_papers", [{"name": "签到表.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    photos, paper = day.files.photos(), day.files.get(sort="DOCUMENT")
    assert photos.count() == len(REDRAWN)
    li.open(reverse("day_record", args=[day.pk]))
    broken = "[...document.querySelectorAll('.photos img')].filter(one => one.complete && !one.naturalWidth)"
    assert li.page.evaluate(f"{broken}.length") == 0
    assert li.page.locator(".photos img").count() == len(REDRAWN)

    for photo in photos:  # its large one, alone in a window
        page = li.page.context.new_page()
        answer = page.goto(li.base + reverse("day_file", args=[day.pk, photo.pk]))
        headers = answer.headers
        assert (headers["content-type"], headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        page.close()
    with li.page.expect_download() as download:
        li.page.locator(f'a[href="{reverse("day_file", args=[day.pk, paper.pk])}"]').click()
    assert download.value.suggested_filename == "签到表.pdf"

    assert [address for address in asked if "RUN" in address or not address.startswith(li.base)] == []
    assert (li.questions, li.complaints) == ([], [])
    for file in StoredFile.objects.exclude(pk=paper.file_id):
        with default_storage.open(file.path) as content:
            assert not any(mark in content.read() for mark in (b"RUN", b"Exif", b"script", b"CAMERA"))
