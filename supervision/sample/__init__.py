"""The sample university: the register of ``docs/sample`` and some months of plausible, seeded records, to try.

Written straight into the tables in bulk, because it is history: nobody did these steps. Nothing else may do so.
"""

import random
from pathlib import Path

from django.conf import settings

from core.audit import AuditEntry, organization_of

FOLDER = Path(settings.BASE_DIR) / "docs" / "sample"


def seeded(*parts) -> random.Random:
    """The same chances for the same words, on every machine."""
    return random.Random("/".join(str(part) for part in parts))


def step(row, event, moment, by, note=""):
    """An audit row for something done in the past."""
    return AuditEntry(
        at=moment, by=by, event=event, subject=row._meta.label_lower, subject_id=row.pk, note=note,
        organization_id=organization_of(row),
    )  # fmt: skip
