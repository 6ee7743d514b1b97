"""Organizations, people, offices, policies, and sheets on their way in: the register on which everything stands."""

from branches.models.calendar import CalendarDay, Term
from branches.models.imports import SheetImport, SheetRow
from branches.models.offices import Appointment, Election, Office
from branches.models.organizations import Group, Organization
from branches.models.people import Exclusion, Person, StandingChange
from branches.models.policies import StructurePolicy
from branches.models.transfers import Transfer

__all__ = [
    "Appointment",
    "CalendarDay",
    "Election",
    "Exclusion",
    "Group",
    "Office",
    "Organization",
    "Person",
    "SheetImport",
    "SheetRow",
    "StandingChange",
    "StructurePolicy",
    "Term",
    "Transfer",
]
