"""Plans and summaries on their road, activity days, attendance, and the policy that sets their deadlines."""

from activities.models.attendance import Attendance, Guest
from activities.models.check_ins import CheckIn
from activities.models.day_files import DayFile
from activities.models.days import ActivityDay, DayItem
from activities.models.dimensions import DayMark, Dimension
from activities.models.feeds import Feed
from activities.models.filings import Attempt, Filing
from activities.models.guides import GuideFile, GuideItem, MonthGuide
from activities.models.leaves import LeaveRequest
from activities.models.make_ups import MakeUp, MakeUpAttendance, MakeUpFile
from activities.models.pairings import Pairing, PairingVisit
from activities.models.plans import MonthlyPlan, PlanCadre, PlanItem
from activities.models.pledges import Pledge
from activities.models.policies import Policies, Policy
from activities.models.publicity import Publicity
from activities.models.templates import PlanTemplate, TemplateItem
from activities.models.wishes import Wish
from activities.models.years import AnnualPlan, YearSummary

__all__ = [
    "ActivityDay",
    "AnnualPlan",
    "Attempt",
    "Attendance",
    "CheckIn",
    "DayFile",
    "DayItem",
    "DayMark",
    "Dimension",
    "Feed",
    "Filing",
    "Guest",
    "GuideFile",
    "GuideItem",
    "LeaveRequest",
    "MakeUp",
    "MakeUpAttendance",
    "MakeUpFile",
    "MonthGuide",
    "MonthlyPlan",
    "Pairing",
    "PairingVisit",
    "PlanCadre",
    "PlanItem",
    "PlanTemplate",
    "Pledge",
    "Policies",
    "Policy",
    "Publicity",
    "TemplateItem",
    "Wish",
    "YearSummary",
]
