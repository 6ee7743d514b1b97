"""Every write of the register, a module a noun. What other floors call stands here."""

from branches.actions.accounts import (
    MOST_AT_ONCE,
    account_of,
    activate,
    disable_account,
    enable_account,
    end_sessions,
    hand_out_code,
    note_log_in,
    open_account,
    open_accounts,
    open_first_account,
    unlock_account,
)
from branches.actions.exclusions import approve_exclusion, decline_exclusion, end_exclusion, propose_exclusion
from branches.actions.exports import log_export, log_phone_export
from branches.actions.groups import arrange_groups, dissolve_group, found_group, rename_group
from branches.actions.organizations import (
    close_organization,
    found_organization,
    move_organization,
    rename_organization,
    reopen_organization,
)
from branches.actions.own import change_password, read_all_notices, read_notice
from branches.actions.persons import add_person, edit_own, edit_person
from branches.actions.standings import change_standing, correct_standing, undo_standing

__all__ = [
    "MOST_AT_ONCE",
    "accept_transfer",
    "accept_transfers",
    "account_of",
    "activate",
    "add_person",
    "admit_person",
    "approve_exclusion",
    "arrange_groups",
    "change_password",
    "change_standing",
    "close_organization",
    "correct_standing",
    "decline_exclusion",
    "decline_transfer",
    "disable_account",
    "dissolve_group",
    "edit_own",
    "edit_person",
    "enable_account",
    "end_exclusion",
    "end_sessions",
    "found_group",
    "found_organization",
    "hand_out_code",
    "log_export",
    "log_phone_export",
    "move_many",
    "move_organization",
    "note_log_in",
    "open_account",
    "open_accounts",
    "open_first_account",
    "propose_exclusion",
    "read_all_notices",
    "read_notice",
    "release_graduates",
    "release_person",
    "rename_group",
    "rename_organization",
    "reopen_organization",
    "request_transfer",
    "undo_standing",
    "undo_transfer",
    "unlock_account",
    "withdraw_transfer",
]
