"""Addresses of plans and their review."""

from django.urls import path, register_converter

from activities.addresses import PaperConverter
from activities.views import paper, plans, review, steps, templates, year, years

register_converter(PaperConverter, "paper")

urlpatterns = [
    path("", plans.plans, name="plans"),
    path("export/", plans.plans_export, name="plans_export"),
    path("print/", paper.plans_print, name="plans_print"),
    path("document/", paper.plans_document, name="plans_document"),
    path("review/", review.review, name="review"),
    path("review/forward/", review.plans_forward, name="plans_forward"),
    path("review/accept/", review.plans_accept, name="plans_accept"),
    # the road, the same for every kind of paper
    path("<paper:model>/<int:pk>/withdraw/", steps.plan_withdraw, name="plan_withdraw"),
    path("<paper:model>/<int:pk>/forward/", steps.plan_forward, name="plan_forward"),
    path("<paper:model>/<int:pk>/accept/", steps.plan_accept, name="plan_accept"),
    path("<paper:model>/<int:pk>/return/", steps.plan_return, name="plan_return"),
    path("<paper:model>/<int:pk>/amend/", steps.plan_amend, name="plan_amend"),
    path("<paper:model>/<int:pk>/drop/", steps.plan_drop, name="plan_drop"),
    path("<paper:model>/<int:pk>/discard/", steps.plan_discard, name="plan_discard"),
    # a month
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/print/", plans.plan_print, name="plan_print"),
    path("<int:pk>/document/", paper.plan_document, name="plan_document"),
    path("<int:pk>/postpone/", steps.plan_postpone, name="plan_postpone"),
    path("<int:branch>/<month:month>/", plans.plan_edit, name="plan_edit"),
    path("<int:branch>/<month:month>/from/", plans.plan_from, name="plan_from"),
    path("<int:branch>/<month:month>/save/", plans.plan_save, name="plan_save"),
    path("<int:branch>/<month:month>/autosave/", plans.plan_autosave, name="plan_autosave"),
    path("<int:branch>/<month:month>/submit/", plans.plan_submit, name="plan_submit"),
    path("<int:branch>/<month:month>/cancel/", steps.plan_cancel, name="plan_cancel"),
    # templates
    path("<int:pk>/keep/", templates.template_keep, name="template_keep"),
    path("templates/", templates.plan_templates, name="plan_templates"),
    path("templates/begin/", templates.template_begin, name="template_begin"),
    path("templates/<int:pk>/", templates.plan_template, name="plan_template"),
    path("templates/<int:pk>/save/", templates.template_save, name="template_save"),
    path("templates/<int:pk>/drop/", templates.template_drop, name="template_drop"),
    # a year
    path("annual/", year.annual_plans, name="annual_plans"),
    path("annual/export/", year.annual_plans_export, name="annual_plans_export"),
    path("year/<int:organization>/<int:year>/", year.year, name="year"),
    path("year/<int:organization>/<int:year>/export/", year.year_export, name="year_export"),
    path("annual/<int:pk>/", years.annual_plan, name="annual_plan"),
    path("summary/<int:pk>/", years.summary, name="summary"),
    path("<paper:model>/<int:pk>/print/", paper.year_print, name="year_print"),
    path("<paper:model>/<int:pk>/document/", paper.year_document, name="year_document"),
    path("<paper:model>/of/<int:organization>/<int:year>/", years.year_edit, name="year_edit"),
    path("<paper:model>/of/<int:organization>/<int:year>/save/", years.year_save, name="year_save"),
    path("<paper:model>/of/<int:organization>/<int:year>/submit/", years.year_submit, name="year_submit"),
]
