"""Addresses of how leading cadres took part in a term."""

from django.urls import path

from activities.views import cadres

urlpatterns = [
    path("", cadres.cadres, name="cadres"),
    path("export/", cadres.cadres_export, name="cadres_export"),
    path("print/", cadres.cadres_print, name="cadres_print"),
    path("days/", cadres.cadre_days, name="cadre_days"),
    path("days/export/", cadres.cadre_days_export, name="cadre_days_export"),
]
