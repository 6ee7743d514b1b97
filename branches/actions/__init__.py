"""Every write of the register, a module a noun. What other floors call stands here."""

from branches.actions.exports import log_export, log_phone_export
from branches.actions.own import change_password, read_all_notices, read_notice

__all__ = ["change_password", "log_export", "log_phone_export", "read_all_notices", "read_notice"]
