"""Addresses of the rules of dues."""

from django.urls import path

from dues import policy_pages

urlpatterns = [
    path("", policy_pages.rates, name="rates"),
    path("edit/", policy_pages.rates_edit, name="rates_edit"),
    path("trial/", policy_pages.rates_trial, name="rates_trial"),
    path("trial/export/", policy_pages.rates_trial_export, name="rates_trial_export"),
    path("set/", policy_pages.rates_set, name="rates_set"),
    path("<month:month>/trial/", policy_pages.rates_trial_of, name="rates_trial_of"),
    path("<month:month>/trial/export/", policy_pages.rates_trial_of_export, name="rates_trial_of_export"),
    path("<int:pk>/drop/", policy_pages.rates_drop, name="rates_drop"),
]
