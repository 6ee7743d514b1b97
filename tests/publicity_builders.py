"""Builders for tests: what was published, and what a branch says of 三定一创."""

import datetime
import io

from django.core.files.base import ContentFile
from PIL import Image

from activities.models import DayMark, Dimension, Publicity
from core.documents.pictures import keep_picture


def a_photo(name="宣传栏.png", colour="red"):
    """A small photo as it would be sent."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return ContentFile(file.getvalue(), name)


def make_publicity(organization, by, *, has_picture=False, **fields):
    """Something that was on the campus site last week, without a link."""
    fields = {"channel": "CAMPUS_WEB", "title": "活动日报道", "published_on": datetime.date(2026, 11, 16)} | fields
    if has_picture:
        fields["picture"], fields["thumb"] = keep_picture(a_photo(), by=by)
    return Publicity.objects.create(organization=organization, created_by=by, **fields)


def make_mark(day, name="定①", mark="MET", note=""):
    """What the branch says of one dimension on a day."""
    return DayMark.objects.create(day=day, dimension=Dimension.objects.get(name=name), mark=mark, note=note)
