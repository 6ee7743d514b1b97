"""Who did what, when, to which record, with what before and after. Rows are only ever added; the database refuses the
rest, and a chain of digests names whatever was changed behind its back.
"""

from core.audit.changes import remember, since
from core.audit.entries import (
    AuditEntry,
    AuditSeal,
    append_only,
    entry_of,
    event_groups,
    history_of,
    name_events,
    organization_of,
    record,
    record_many,
    show_entries,
)
from core.audit.seals import head, seal, verify
from core.audit.telling import fold, mask_fields, name_fields, tell

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "append_only",
    "entry_of",
    "event_groups",
    "fold",
    "head",
    "history_of",
    "mask_fields",
    "name_events",
    "name_fields",
    "organization_of",
    "record",
    "record_many",
    "remember",
    "seal",
    "show_entries",
    "since",
    "tell",
    "verify",
]
