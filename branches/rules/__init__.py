"""Who may see and change what of the register, a module a noun."""

from branches.rules.seeing import (
    can_export_phones,
    can_see_appointment,
    can_see_notice,
    can_see_organization,
    can_see_person,
)

__all__ = ["can_export_phones", "can_see_appointment", "can_see_notice", "can_see_organization", "can_see_person"]
