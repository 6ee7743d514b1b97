"""The tables of core's rooms; each room keeps its table beside the functions that are its only door."""

from core.accounts import User
from core.audit import AuditEntry
from core.inbox import Notice
from core.jobs import Job

__all__ = ["AuditEntry", "Job", "Notice", "User"]
