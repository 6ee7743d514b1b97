"""HTTP input of plans, of years and of days, turned into clean values."""

from activities.forms.attendance import GuestForm, MarkForm
from activities.forms.days import HoldForm, ReasonForm, SkipForm
from activities.forms.overtaken import differences_from, differences_from_fields, renew
from activities.forms.plans import CHOOSE_KIND, DAY, MOST_ITEMS, TIME, BaseItems, ItemForm, PlanForm, items_form
from activities.forms.records import RecordForm, ReturnRecordForm
from activities.forms.review import AnswerForm
from activities.forms.templates import TemplateForm, TemplateNameForm
from activities.forms.years import AnnualPlanForm, YearSummaryForm

__all__ = [
    "CHOOSE_KIND",
    "DAY",
    "MOST_ITEMS",
    "TIME",
    "AnnualPlanForm",
    "AnswerForm",
    "BaseItems",
    "GuestForm",
    "HoldForm",
    "ItemForm",
    "MarkForm",
    "PlanForm",
    "ReasonForm",
    "RecordForm",
    "ReturnRecordForm",
    "SkipForm",
    "TemplateForm",
    "TemplateNameForm",
    "YearSummaryForm",
    "differences_from",
    "differences_from_fields",
    "items_form",
    "renew",
]
