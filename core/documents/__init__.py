"""Uploaded documents and photos: looked at, kept where no address leads, given out only by what they hang on.

Whoever keeps a document has a row of its own that points to a ``StoredFile`` and belongs to something with
``visible_to``. A view finds that something first, then the row, then answers with ``attachment``.
"""

from core.documents.fields import DocumentsField
from core.documents.kinds import ACCEPTED, LARGEST, Refused, clean_name, look
from core.documents.pictures import PicturesField, drawn, keep_picture, shown
from core.documents.store import StoredFile, attachment, drop, keep, sweep

__all__ = [
    "ACCEPTED",
    "LARGEST",
    "DocumentsField",
    "PicturesField",
    "Refused",
    "StoredFile",
    "attachment",
    "clean_name",
    "drawn",
    "drop",
    "keep",
    "keep_picture",
    "look",
    "shown",
    "sweep",
]
