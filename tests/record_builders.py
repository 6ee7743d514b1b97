"""Builders of what a day leaves behind: photos, documents, materials."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from core.documents import keep, keep_picture
from tests.builders import PDF
from tests.core.hostile_pictures import jpeg


def photo(name="合影.jpg", content=None):
    """An upload."""
    return SimpleUploadedFile(name, jpeg() if content is None else content)


def paper(name="签到表.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def make_photo(day, by, name="合影.jpg", **fields):
    """A photo of a day, kept by somebody."""
    file, thumb = keep_picture(photo(name), by=by)
    return day.files.create(sort="PHOTO", file=file, thumb=thumb, order=day.files.count() + 1, **fields)


def make_paper(day, by, name="签到表.pdf", item=None, **fields):
    """A document of a day; of an item its material."""
    file = keep(ContentFile(PDF, name), by=by)
    sort = "MATERIAL" if item else "DOCUMENT"
    return day.files.create(sort=sort, item=item, file=file, order=day.files.count() + 1, **fields)
