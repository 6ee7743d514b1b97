"""The tables of core's rooms; each room keeps its table beside the functions that are its only door."""

from core.accounts import Activation, User
from core.audit import AuditEntry, AuditSeal
from core.documents import StoredFile
from core.inbox import Notice
from core.jobs import Job

__all__ = ["Activation", "AuditEntry", "AuditSeal", "Job", "Notice", "StoredFile", "User"]
