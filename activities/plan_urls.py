"""Addresses of plans and their review."""

from django.urls import path

from activities.views import plans, review

urlpatterns = [
    path("", plans.plans, name="plans"),
    path("export/", plans.plans_export, name="plans_export"),
    path("review/", review.review, name="review"),
    path("review/forward/", review.plans_forward, name="plans_forward"),
    path("review/accept/", review.plans_accept, name="plans_accept"),
    path("<int:pk>/", plans.plan, name="plan"),
    path("<int:pk>/withdraw/", plans.plan_withdraw, name="plan_withdraw"),
    path("<int:pk>/forward/", plans.plan_forward, name="plan_forward"),
    path("<int:pk>/accept/", plans.plan_accept, name="plan_accept"),
    path("<int:pk>/return/", plans.plan_return, name="plan_return"),
    path("<int:pk>/print/", plans.plan_print, name="plan_print"),
    path("<int:branch>/<month:month>/", plans.plan_edit, name="plan_edit"),
    path("<int:branch>/<month:month>/save/", plans.plan_save, name="plan_save"),
    path("<int:branch>/<month:month>/submit/", plans.plan_submit, name="plan_submit"),
]
