"""Addresses of the top floor: the workbench, search, and the assessments."""

from django.urls import include, path

urlpatterns = [
    path("", include("supervision.workbench_urls")),
    path("assessments/", include("supervision.assessment_urls")),
]
