"""Who did what, when, to which record, with what before and after. Rows are only ever added; the database refuses the
rest, and a chain of digests names whatever was changed behind its back.
"""

from core.audit.changes import remember, since
from core.audit.entries import (
    AuditEntry,
    AuditSeal,
    append_only,
    entry_of,
    history_of,
    name_events,
    record,
    record_many,
)
from core.audit.seals import head, seal, verify

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "append_only",
    "entry_of",
    "head",
    "history_of",
    "name_events",
    "record",
    "record_many",
    "remember",
    "seal",
    "since",
    "verify",
]
