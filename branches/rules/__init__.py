"""Who may see and change what of the register, a module a noun."""

from branches.rules.exclusions import can_decide_exclusion, can_end_exclusion, can_propose_exclusion
from branches.rules.organizations import (
    came_before,
    can_arrange_groups,
    can_close,
    can_dissolve,
    can_found,
    can_move,
    can_receive,
    can_rename,
    can_reopen,
    is_a_day_of,
    why_not_empty,
    why_not_parent,
)
from branches.rules.persons import can_add_person, can_edit_own, can_edit_person
from branches.rules.seeing import (
    can_export_phones,
    can_see_appointment,
    can_see_notice,
    can_see_organization,
    can_see_person,
)
from branches.rules.standings import (
    can_change_standing,
    can_correct_standing,
    can_take_step,
    can_undo_standing,
)

__all__ = [
    "came_before",
    "can_add_person",
    "can_arrange_groups",
    "can_change_standing",
    "can_close",
    "can_correct_standing",
    "can_decide_exclusion",
    "can_dissolve",
    "can_edit_own",
    "can_edit_person",
    "can_end_exclusion",
    "can_export_phones",
    "can_found",
    "can_move",
    "can_propose_exclusion",
    "can_receive",
    "can_rename",
    "can_reopen",
    "can_see_appointment",
    "can_see_notice",
    "can_see_organization",
    "can_see_person",
    "can_take_step",
    "can_undo_standing",
    "is_a_day_of",
    "why_not_empty",
    "why_not_parent",
]
