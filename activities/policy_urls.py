"""Addresses of the policy."""

from django.urls import path

from activities.views import policies

urlpatterns = [
    path("", policies.policies, name="policies"),
    path("edit/", policies.policy_edit, name="policy_edit"),
    path("preview/", policies.policy_preview, name="policy_preview"),
    path("set/", policies.policy_set, name="policy_set"),
    path("<int:pk>/drop/", policies.policy_drop, name="policy_drop"),
]
