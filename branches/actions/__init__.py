"""Every write of the register, a module a noun. What other floors call stands here."""

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
    "add_person",
    "approve_exclusion",
    "arrange_groups",
    "change_password",
    "change_standing",
    "close_organization",
    "correct_standing",
    "decline_exclusion",
    "dissolve_group",
    "edit_own",
    "edit_person",
    "end_exclusion",
    "found_group",
    "found_organization",
    "log_export",
    "log_phone_export",
    "move_organization",
    "propose_exclusion",
    "read_all_notices",
    "read_notice",
    "rename_group",
    "rename_organization",
    "reopen_organization",
    "undo_standing",
]
