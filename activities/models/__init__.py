"""Monthly plans, activity days, attendance, and the policy that sets their deadlines."""

from activities.models.days import ActivityDay, Attendance, DayItem, Guest
from activities.models.plans import MonthlyPlan, PlanItem
from activities.models.policies import Policies, Policy, QuarterTheme

__all__ = [
    "ActivityDay",
    "Attendance",
    "DayItem",
    "Guest",
    "MonthlyPlan",
    "PlanItem",
    "Policies",
    "Policy",
    "QuarterTheme",
]
